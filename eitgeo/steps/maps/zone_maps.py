"""Print the map of zones: where work and potential waste gather."""

from __future__ import annotations

from eitgeo.maps.prints.zone_maps import zones_map
from eitgeo.sources.activity.cells import NO_SITES
from eitgeo.steps.maps.prints import print_sheet
from eitgeo.steps.maps.released import printed_ground
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.public import PublicTables
from eitgeo.zones.clustering import STABLE


@step(
    "Carte des zones",
    products="zone_map_files",
)
def run(public: PublicTables, *, project: Project) -> dict[str, object]:
    """Write ``carte_zones`` in every format of the study."""
    if not project.study.has_sites:
        return {"carte des zones": NO_SITES}
    sheet = zones_map(
        printed_ground(project, public),
        public["zone_potentials"],
        settings=public["zone_settings"],
        stable_from=STABLE,
    )
    return {"fichiers": print_sheet(project, "carte_zones", sheet)}

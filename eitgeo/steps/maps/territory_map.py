"""Print the map of the territory."""

from __future__ import annotations

from eitgeo.maps.prints.print_maps import territory_map
from eitgeo.steps.maps.prints import print_sheet
from eitgeo.steps.maps.released import printed_ground, shown_perimeters
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.public import PublicTables


@step(
    "Carte du territoire",
    prints=("carte_territoire",),
)
def run(public: PublicTables, *, project: Project) -> dict[str, object]:
    """Write ``carte_territoire`` in every format of the study."""
    ground = printed_ground(project, public)
    declared = project.study.territory.perimeters
    declared_perimeters = shown_perimeters(project, public, declared)
    sheet = territory_map(
        ground, declared_perimeters, members=public["perimeter_communes"]
    )
    return {"fichiers": print_sheet(project, "carte_territoire", sheet)}

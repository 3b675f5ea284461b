"""Print the map of the territory."""

from __future__ import annotations

from eitgeo.disclosure.door.passing import released
from eitgeo.maps.prints.print_maps import territory_map
from eitgeo.steps.maps.prints import print_sheet
from eitgeo.steps.maps.released import printed_ground, publish
from eitgeo.steps.step import step
from eitgeo.study.project import Project


@step(
    "Carte du territoire",
    reads=("PRINTED_GROUND",),
    settings=("PRINTED",),
    files="ground_files",
    prints=("carte_territoire",),
)
def run(*, project: Project) -> dict[str, object]:
    """Write ``carte_territoire`` in every format of the study."""
    public = publish(project)
    ground = printed_ground(project, public)
    declared = project.study.territory.perimeters
    declared_perimeters = released(project, "perimeters", named=declared)
    sheet = territory_map(ground, declared_perimeters, members=public.members)
    return {"fichiers": print_sheet(project, "carte_territoire", sheet)}

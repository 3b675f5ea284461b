"""Print the map of the territory."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from eitgeo.disclosure.door.passing import released
from eitgeo.maps.paper.sheet import make_sheet
from eitgeo.maps.prints.print_maps import territory_map
from eitgeo.steps.maps.prints import print_map
from eitgeo.steps.maps.released import publish, publish_ground
from eitgeo.steps.step import step

if TYPE_CHECKING:
    from eitgeo.study.project import Project


@step(
    "Carte du territoire",
    reads=("GROUND",),
    settings=("PRINTED",),
    files="ground_files",
    prints=("carte_territoire",),
)
def run(*, project: Project) -> dict[str, object]:
    """Write ``carte_territoire`` in every format of the study."""
    public = publish(project)
    ground = publish_ground(project, public)
    shown = [
        public.communes,
        public.bodies,
        public.outlets,
        public.places,
        public.relief,
    ]
    declared = project.study.territory.perimeters
    held = released(project, "perimeters", named=declared)
    count = print_map(
        project,
        "carte_territoire",
        partial(territory_map, ground, held, members=public.members),
        sheet=make_sheet(project.study.identity, [*shown, held]),
    )
    return {"fichiers": count}

"""Print one map of each compared perimeter."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from eitgeo.disclosure.door.passing import released
from eitgeo.maps.prints.print_maps import perimeter_map
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.steps.maps.prints import print_map
from eitgeo.steps.maps.released import (
    known_sheet,
    publish,
    publish_ground,
)
from eitgeo.steps.step import step

if TYPE_CHECKING:
    from eitgeo.study.project import Project


@step(
    "Cartes des périmètres comparés",
    reads=("GROUND", "MEASURED"),
    settings=("PRINTED",),
    files="ground_files",
    products="perimeter_map_files",
)
def run(*, project: Project) -> dict[str, object]:
    """Write ``carte_perimetre_<id>`` in every format, for each perimeter."""
    public = publish(project)
    indicators = released(project, "indicators_known")
    ground = publish_ground(project, public)
    shown = [
        public.communes,
        public.bodies,
        public.outlets,
        public.places,
        public.relief,
    ]
    catalogue = indicator_catalogue()
    for name in project.study.compared_ids:
        one = released(project, "perimeters", only=name)
        sheet = known_sheet(project, [*shown, one, indicators])
        draw = partial(
            perimeter_map,
            ground,
            one,
            perimeter_id=name,
            members=public.members,
            indicators=indicators,
            catalogue=catalogue,
        )
        print_map(
            project,
            f"carte_perimetre_{name}",
            draw,
            sheet=sheet,
        )
    return {"périmètres": len(project.study.compared_ids)}

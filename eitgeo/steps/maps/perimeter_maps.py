"""Print one map of each compared perimeter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.disclosure.door.passing import released
from eitgeo.maps.prints.print_maps import perimeter_map
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.steps.maps.prints import print_sheet
from eitgeo.steps.maps.released import known_sheet, publish, publish_ground
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
    catalogue = indicator_catalogue()
    for name in project.study.compared_ids:
        drawn = perimeter_map(
            ground,
            released(project, "perimeters", only=name),
            perimeter_id=name,
            members=public.members,
            indicators=indicators,
            catalogue=catalogue,
        )
        sheet = known_sheet(project, drawn.released)
        print_sheet(project, f"carte_perimetre_{name}", drawn, sheet=sheet)
    return {"périmètres": len(project.study.compared_ids)}

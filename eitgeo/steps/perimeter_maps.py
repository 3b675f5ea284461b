"""Print one map of each compared perimeter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.maps import make_sheet, perimeter_map
from eitgeo.reference import indicator_catalogue
from eitgeo.steps._released import (
    publish,
    publish_ground,
    publish_indicators,
    publish_perimeters,
)
from eitgeo.store import write_bytes

if TYPE_CHECKING:
    from eitgeo.study import Project


def run(project: Project) -> dict[str, object]:
    """Write ``carte_perimetre_<id>_A4`` as PDF and PNG for each perimeter.

    Parameters
    ----------
    project
        The study and its folders.

    Returns
    -------
    dict
        What the run log tells.
    """
    public = publish(project)
    indicators = publish_indicators(project)
    ground = publish_ground(project, public)
    shown = [public.communes, public.bodies, public.outlets, public.places]
    catalogue = indicator_catalogue()
    for name in project.study.compared_ids:
        one = publish_perimeters(project, only=name)
        sheet = make_sheet(project.study.identity, [*shown, one, indicators])
        drawn = perimeter_map(
            ground,
            one,
            perimeter_id=name,
            members=public.members,
            indicators=indicators,
            catalogue=catalogue,
            sheet=sheet,
        )
        for suffix, content in drawn.items():
            stem = f"carte_perimetre_{name}_A4"
            write_bytes(project.published(stem, f".{suffix}"), content)
    return {"périmètres": len(project.study.compared_ids)}

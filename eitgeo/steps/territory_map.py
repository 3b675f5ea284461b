"""Print the map of the territory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.maps import make_sheet, territory_map
from eitgeo.steps._released import publish, publish_ground
from eitgeo.store import write_bytes

if TYPE_CHECKING:
    from eitgeo.study import Project


def run(project: Project) -> dict[str, object]:
    """Write ``carte_territoire_A4`` as PDF and PNG.

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
    shown = [public.communes, public.bodies, public.outlets, public.places]
    drawn = territory_map(
        publish_ground(project, public),
        public.perimeters,
        members=public.members,
        sheet=make_sheet(project.study.identity, [*shown, public.perimeters]),
    )
    for suffix, content in drawn.items():
        write_bytes(project.published("carte_territoire_A4", f".{suffix}"), content)
    return {"fichiers": len(drawn)}

"""Print the maps of matter: arisings by group of communes, exchanges between EPCI."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.maps import arisings_map, exchanges_map, make_sheet
from eitgeo.steps._released import publish, publish_ground
from eitgeo.steps._released_flows import arising_evidence, publish_flows, publish_sums
from eitgeo.store import write_bytes

if TYPE_CHECKING:
    from eitgeo.study import Project


def run(project: Project) -> dict[str, object]:
    """Write ``carte_gisements_A4`` and ``carte_echanges_A4`` as PDF and PNG.

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
    ground = publish_ground(project, public)
    blocks, links = publish_flows(project)
    shown = [public.communes, public.bodies, public.places]
    identity = project.study.identity
    drawn = {
        "carte_gisements_A4": arisings_map(
            ground,
            blocks,
            sums=publish_sums(project, blocks),
            evidence=arising_evidence(project),
            sheet=make_sheet(identity, [*shown, blocks]),
        ),
        "carte_echanges_A4": exchanges_map(
            ground, links, sheet=make_sheet(identity, [*shown, links])
        ),
    }
    for stem, contents in drawn.items():
        for suffix, content in contents.items():
            write_bytes(project.published(stem, f".{suffix}"), content)
    return {
        "cartes": len(drawn),
        "groupes de communes": len(blocks.table),
        "liaisons entre EPCI": len(links.table),
    }

"""Print the maps of matter: arisings by group of communes, exchanges between EPCI."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from eitgeo.maps import arisings_map, exchanges_map, make_sheet
from eitgeo.steps._prints import print_map
from eitgeo.steps._released import publish, publish_ground
from eitgeo.steps._released_flows import arising_evidence, publish_flows, publish_sums

if TYPE_CHECKING:
    from eitgeo.study import Project


def run(project: Project) -> dict[str, object]:
    """Write ``carte_gisements`` and ``carte_echanges`` in every format.

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
    shown = [public.communes, public.bodies, public.places, public.relief]
    identity = project.study.identity
    arisings = partial(
        arisings_map,
        ground,
        blocks,
        sums=publish_sums(project, blocks),
        evidence=arising_evidence(project),
    )
    exchanges = partial(exchanges_map, ground, links)
    count = 0
    for stem, draw, used in (
        ("carte_gisements", arisings, blocks),
        ("carte_echanges", exchanges, links),
    ):
        sheet = make_sheet(identity, [*shown, used])
        count += print_map(project, stem, draw, sheet=sheet)
    return {
        "fichiers": count,
        "groupes de communes": len(blocks.table),
        "liaisons entre EPCI": len(links.table),
    }

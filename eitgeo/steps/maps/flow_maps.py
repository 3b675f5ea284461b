"""Print the maps of matter: arisings by group of communes, outlets, exchanges."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.disclosure.door.passing import released
from eitgeo.flows.exchanges.participation import if_taking_part, taking_part_in
from eitgeo.maps.paper.sheet import make_sheet
from eitgeo.maps.prints.flow_maps import arisings_map, exchanges_map
from eitgeo.maps.prints.outlet_map import outlets_map
from eitgeo.steps.decision.activity import study_activity
from eitgeo.steps.maps.prints import print_map
from eitgeo.steps.maps.released import arising_evidence, publish, publish_ground
from eitgeo.steps.step import step

if TYPE_CHECKING:
    from eitgeo.study.project import Project


@step(
    "Cartes des gisements, des exutoires et des échanges potentiels",
    reads=("ACTIVITY", "GROUND", "GUARDED"),
    settings=(
        "PRINTED",
        "comparison.min_headcount",
        "comparison.seat_min_population",
        "comparison.target_naf",
    ),
    files="ground_files",
    prints=("carte_gisements", "carte_exutoires", "carte_echanges"),
)
def run(*, project: Project) -> dict[str, object]:
    """Write the maps of arisings, nearest outlets and exchanges in every format."""
    public = publish(project)
    ground = publish_ground(project, public)
    blocks = released(project, "arising_blocks")
    links = released(project, "exchange_links")
    shown = [public.communes, public.bodies, public.places, public.relief]
    identity = project.study.identity
    arisings = partial(
        arisings_map,
        ground,
        blocks,
        sums=released(project, "arising_sums", given={"arising_blocks": blocks}),
        evidence=arising_evidence(project),
    )
    if_part = if_taking_part(taking_part_in(project.study))
    exchanges = partial(exchanges_map, ground, links, if_part=if_part)
    ways = pd.DataFrame(study_activity(project).outlet_ways)
    if "cell_id" in ways:
        ways = ways.drop_duplicates(["cell_id", "ewc_stat"])
    lines = released(project, "outlet_lines", given={"outlet_ways": ways})
    outlets = partial(outlets_map, ground, lines, counted="cell_id" in ways)
    count = 0
    for stem, draw, used in (
        ("carte_gisements", arisings, blocks),
        ("carte_exutoires", outlets, lines),
        ("carte_echanges", exchanges, links),
    ):
        also = [public.outlets] if used is lines else []
        sheet = make_sheet(identity, [*shown, *also, used])
        count += print_map(project, stem, draw, sheet=sheet)
    return {
        "fichiers": count,
        "groupes de communes": len(blocks.table),
        "liaisons entre EPCI": len(links.table),
        "liaisons vers un exutoire": len(lines.table),
    }

"""Print the maps of matter: arisings by EPCI, outlets by road, exchanges."""

from __future__ import annotations

from eitgeo.flows.exchanges.participation import if_taking_part, taking_part_in
from eitgeo.flows.exchanges.realised import animation_of
from eitgeo.maps.prints.destination_maps import exchanges_map, outlets_map
from eitgeo.maps.prints.flow_maps import arisings_map
from eitgeo.steps.maps.prints import print_sheet
from eitgeo.steps.maps.released import arising_evidence, printed_ground
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.public import PublicTables


@step(
    "Cartes des gisements, des exutoires et des échanges potentiels",
    prints=("carte_gisements", "carte_exutoires", "carte_echanges"),
)
def run(public: PublicTables, *, project: Project) -> dict[str, object]:
    """Write the maps of arisings, nearest outlets and exchanges in every format."""
    ground = printed_ground(project, public)
    blocks = public["arising_blocks"]
    links = public["exchange_links"]
    sheets = {
        "carte_gisements": arisings_map(
            ground,
            public["arising_sums"],
            streams=public["arising_streams"],
            evidence=arising_evidence(public),
        ),
        "carte_exutoires": outlets_map(ground, public["nearest_outlets"]),
        "carte_echanges": exchanges_map(
            ground,
            links,
            givers=public["exchange_givers"],
            if_part=if_taking_part(taking_part_in(project.study)),
            animation=animation_of(project.study.governance),
        ),
    }
    return {
        "fichiers": sum(print_sheet(project, *one) for one in sheets.items()),
        "groupes de communes": len(blocks.table),
        "liaisons entre EPCI": len(links.table),
    }

"""Print the maps that answer what the study asks of its roads."""

from __future__ import annotations

from dataclasses import replace

from eitgeo.maps.paper.ground import make_ground
from eitgeo.maps.paper.map_sheet import MapSheet
from eitgeo.maps.roads.closures import closure_map
from eitgeo.maps.roads.layers import Roads
from eitgeo.maps.roads.network import link_map, network_map
from eitgeo.maps.roads.reach import Reach, isochrone_map, seat_map
from eitgeo.roads.questions.seats import no_seats
from eitgeo.steps.files import road_map_stems
from eitgeo.steps.maps.prints import print_sheet
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.study.roads import Isochrones
from eitgeo.tables.public import PublicTables, Released


@step(
    "Cartes des routes",
    products="road_map_files",
)
def run(public: PublicTables, *, project: Project) -> dict[str, object]:
    """Write each map in every format of the study."""
    stems = road_map_stems(project)
    if not stems:
        return {"fichiers": 0}
    roads = _roads(project, public)
    count = sum(
        print_sheet(project, stem, _map(project, public, roads, question=question))
        for stem, question in stems.items()
    )
    return {"fichiers": count}


def _roads(project: Project, public: PublicTables) -> Roads:
    network = project.study.roads.network
    ground = make_ground(
        public["communes"],
        public["bodies"],
        places=public["places"],
        root_commune=project.study.territory.root_commune,
    )
    drawn_roads = public["drawn_roads"]
    why = no_seats(public["road_checks"].table)
    label = f"{network.label} ; {why}" if why else network.label
    return Roads(ground, drawn_roads, label)


def _map(
    project: Project, public: PublicTables, roads: Roads, *, question: str
) -> MapSheet:
    """Draw the map that answers a question; some bear a key behind a colon."""
    asked, limit = project.study.roads, project.study.comparison.seat_minutes
    kind, _, key = question.partition(":")
    if kind == "isochrones":
        given = asked.isochrones or Isochrones()
        reach = Reach(key, given.profile, sorted(given.minutes), limit)
        shares = public["reach_shares"]
        return isochrone_map(roads, _minutes(public, key), shares, reach=reach)
    if kind == "seats":
        return seat_map(
            roads,
            public["animation_seats"],
            _minutes(public, "seats"),
            n_seats=asked.seats.shown if asked.seats else 2,
            limit_min=limit,
        )
    if kind == "closure":
        return closure_map(roads, public, closure_id=key)
    if kind == "network":
        return network_map(roads, public)
    classes = 1 if asked.criticality is None else asked.criticality.classes
    return link_map(roads, public["link_criticality"], classes=classes)


def _minutes(public: PublicTables, shown: str) -> Released:
    """Take the minutes of each commune that a map shows."""
    every = public["commune_minutes"]
    rows = every.table[every.table["map"].eq(shown)]
    return replace(every, table=rows[["code_insee", "minutes"]])

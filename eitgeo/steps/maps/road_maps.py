"""Print the maps that answer what the study asks of its roads."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from eitgeo.maps.paper.ground import make_ground
from eitgeo.maps.paper.map_sheet import MapSheet
from eitgeo.maps.roads.closures import closure_map
from eitgeo.maps.roads.layers import Roads
from eitgeo.maps.roads.links import link_map
from eitgeo.maps.roads.network import network_map
from eitgeo.maps.roads.reach import Reach, isochrone_map, seat_map
from eitgeo.roads.questions.seats import no_seats
from eitgeo.steps.files import road_map_stems
from eitgeo.steps.maps.prints import print_sheet
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.study.roads import Isochrones
from eitgeo.tables.public import PublicTables, Released


class _Made(NamedTuple):
    """What every map of the study is made from."""

    project: Project
    public: PublicTables
    roads: Roads

    def minutes(self, shown: str) -> Released:
        """Take the minutes of each commune that a map shows."""
        every = self.public["commune_minutes"]
        rows = every.table[every.table["map"].eq(shown)]
        return replace(every, table=rows[["code_insee", "minutes"]])


@step(
    "Cartes des routes",
    products="road_map_files",
)
def run(public: PublicTables, *, project: Project) -> dict[str, object]:
    """Write each map in every format of the study."""
    stems = road_map_stems(project)
    if not stems:
        return {"fichiers": 0}
    made = _Made(project, public, _roads(project, public))
    count = 0
    for stem, what in stems.items():
        question, _, key = what.partition(":")
        count += print_sheet(project, stem, _DRAWN[question](made, key))
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


def _isochrones(made: _Made, key: str) -> MapSheet:
    study = made.project.study
    asked = study.roads.isochrones or Isochrones()
    limit = study.comparison.seat_minutes
    reach = Reach(key, asked.profile, sorted(asked.minutes), limit)
    return isochrone_map(
        made.roads, made.minutes(key), made.public["reach_shares"], reach=reach
    )


def _seats(made: _Made, key: str) -> MapSheet:
    del key
    study = made.project.study
    asked = study.roads.seats
    return seat_map(
        made.roads,
        made.public["animation_seats"],
        made.minutes("seats"),
        n_seats=asked.shown if asked else 2,
        limit_min=study.comparison.seat_minutes,
    )


def _closure(made: _Made, key: str) -> MapSheet:
    return closure_map(made.roads, made.public, closure_id=key)


def _network(made: _Made, key: str) -> MapSheet:
    del key
    return network_map(made.roads, made.public)


def _links(made: _Made, key: str) -> MapSheet:
    del key
    asked = made.project.study.roads.criticality
    classes = 1 if asked is None else asked.classes
    return link_map(made.roads, made.public["link_criticality"], classes=classes)


_DRAWN = {
    "isochrones": _isochrones,
    "seats": _seats,
    "closure": _closure,
    "network": _network,
    "criticality": _links,
}

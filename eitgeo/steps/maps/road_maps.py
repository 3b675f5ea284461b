"""Print the maps that answer what the study asks of its roads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from eitgeo.disclosure.door.passing import released
from eitgeo.disclosure.door.rules import Released
from eitgeo.maps.paper.ground import make_ground
from eitgeo.maps.paper.map_sheet import MapSheet
from eitgeo.maps.roads.closures import ClosureTables, closure_map
from eitgeo.maps.roads.layers import Roads
from eitgeo.maps.roads.links import link_map
from eitgeo.maps.roads.network import network_map
from eitgeo.maps.roads.reach import Reach, answer, isochrone_map, seat_map
from eitgeo.roads.questions.seats import no_seats
from eitgeo.steps.files import road_map_stems
from eitgeo.steps.maps.prints import print_sheet
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.study.roads import Isochrones
from eitgeo.tables.columns import OD_WAYS
from eitgeo.tables.files import read_table

_BEYOND = "beyond_limit"
"""Status of a pair that is known to be further than the study asks."""


class _Made(NamedTuple):
    """What every map of the study is made from."""

    project: Project
    roads: Roads

    def released(self, name: str) -> Released:
        """Release a table."""
        return released(self.project, name)


@step(
    "Cartes des routes",
    reads=(
        "animation_seats",
        "bodies",
        "closed_roads",
        "closure_access",
        "closure_trips",
        "closures",
        "communes",
        "dead_end_valleys",
        "drawn_roads",
        "link_criticality",
        "od_matrix",
        "places",
        "reach_shares",
        "road_checks",
        "road_names",
    ),
    settings=(
        "comparison.seat_minutes",
        "identity",
        "methods.reach",
        "prints",
        "roads",
        "sources.credits",
        "territory.root_commune",
    ),
    products="road_map_files",
)
def run(*, project: Project) -> dict[str, object]:
    """Write each map in every format of the study."""
    stems = road_map_stems(project)
    if not stems:
        return {"fichiers": 0}
    made = _Made(project, _roads(project))
    count = 0
    for stem, what in stems.items():
        question, _, key = what.partition(":")
        count += print_sheet(project, stem, _DRAWN[question](made, key))
    return {"fichiers": count}


def _roads(project: Project) -> Roads:
    network = project.study.roads.network
    ground = make_ground(
        released(project, "communes"),
        released(project, "bodies"),
        places=released(project, "places"),
        root_commune=project.study.territory.root_commune,
    )
    drawn_roads = released(project, "drawn_roads")
    why = no_seats(released(project, "road_checks").table)
    label = f"{network.label} ; {why}" if why else network.label
    return Roads(ground, drawn_roads, label)


def _minutes(
    project: Project, ends: Iterable[str], *, profile: str, at: str, to: str
) -> Released:
    """Release the minutes of each commune to the nearest of some ends.

    `at`, `to`: columns of the matrix where the ends, and the communes, stand.
    """
    pairs = read_table(project.processed, "od_matrix", columns=OD_WAYS)
    of_profile = pairs[pairs["profile"].eq(profile) & pairs[at].isin([*ends])]
    minutes = (of_profile["time_s"] / 60).mask(of_profile["status"].eq(_BEYOND), np.inf)
    nearest = minutes.groupby(of_profile[to], sort=True).min()
    table = pd.DataFrame({"code_insee": nearest.index, "minutes": nearest.to_numpy()})
    return released(project, "commune_minutes", given={"commune_minutes": table})


def _isochrones(made: _Made, key: str) -> MapSheet:
    study = made.project.study
    asked = study.roads.isochrones or Isochrones()
    profile = asked.profile
    minutes = _minutes(
        made.project, [key], profile=profile, at="origin_id", to="destination_id"
    )
    limit = study.comparison.seat_minutes
    reach = Reach(key, profile, sorted(asked.minutes), limit)
    return isochrone_map(
        made.roads, minutes, made.released("reach_shares"), reach=reach
    )


def _seats(made: _Made, key: str) -> MapSheet:
    del key
    study = made.project.study
    asked = study.roads.seats
    seats, shown = made.released("animation_seats"), asked.shown if asked else 2
    minutes = _minutes(
        made.project,
        answer(seats, shown),
        profile="car",
        at="destination_id",
        to="origin_id",
    )
    limit = study.comparison.seat_minutes
    return seat_map(made.roads, seats, minutes, n_seats=shown, limit_min=limit)


def _closure_tables(made: _Made) -> ClosureTables:
    return ClosureTables(*(made.released(name) for name in ClosureTables._fields))


def _closure(made: _Made, key: str) -> MapSheet:
    return closure_map(made.roads, _closure_tables(made), closure_id=key)


def _network(made: _Made, key: str) -> MapSheet:
    del key
    return network_map(
        made.roads, made.released("dead_end_valleys"), _closure_tables(made)
    )


def _links(made: _Made, key: str) -> MapSheet:
    del key
    asked = made.project.study.roads.criticality
    classes = 1 if asked is None else asked.classes
    return link_map(made.roads, made.released("link_criticality"), classes=classes)


_DRAWN = {
    "isochrones": _isochrones,
    "seats": _seats,
    "closure": _closure,
    "network": _network,
    "criticality": _links,
}

"""Borders that a truck can cross."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eitgeo.roads.matrix.paths import trip_times
from eitgeo.roads.matrix.snap import snap

if TYPE_CHECKING:
    from eitgeo.roads.matrix.network_matrix import Limits
    from eitgeo.roads.matrix.ready import Network
    from eitgeo.roads.network.profile import Costs
    from eitgeo.roads.network.surrogate import SurrogateNetwork
    from eitgeo.study.roads import Roads


def add_road_minutes(
    borders: pd.DataFrame, network: SurrogateNetwork, roads: Roads
) -> pd.DataFrame:
    """Add to each border the truck minutes from seat to seat across it.

    ``borders``: table ``borders``. ``network``: the surrogate network; a border whose
    edge was dropped has no road. ``roads``: what a trip has at its two ends. Returns:
    table ``contiguity``: ``road_minutes`` [min], NaN where no road crosses.
    """
    crossing = network.edges[network.edges["class"].isin(["route", "crete"])]
    ends_minutes = 2 * (roads.street_minutes + roads.truck.terminal_minutes)
    minutes = pd.DataFrame(
        {
            "code_a": crossing["u"],
            "code_b": crossing["v"],
            "road_minutes": crossing["truck_time_s"] / 60 + ends_minutes,
        }
    )
    return borders.merge(minutes, on=["code_a", "code_b"], how="left", validate="1:1")


def add_crossing_minutes(
    borders: pd.DataFrame,
    crossings: pd.DataFrame,
    *,
    seats: pd.DataFrame,
    network: Network,
    costs: Costs,
    limits: Limits,
) -> pd.DataFrame:
    """Add to each border that a road crosses the truck minutes from seat to seat.

    ``borders``: table ``borders``. ``seats``: ``place_id`` (INSEE code), ``x``, ``y``
    [m, EPSG:2154]. Returns: table ``contiguity``: ``road_minutes`` is half the fastest
    round trip, by whatever way [min]; NaN where no road crosses the border, or a seat
    is not reached both ways within the limits.
    """
    pairs = ["code_a", "code_b"]
    crossed = borders[pairs].merge(crossings[pairs], on=pairs, validate="1:1")
    minutes = _round_trips(crossed, seats, (network, costs), limits) / 2
    found = crossed.assign(road_minutes=minutes)
    return borders.merge(found, on=pairs, how="left", validate="1:1")


def _round_trips(
    pairs: pd.DataFrame,
    seats: pd.DataFrame,
    road: tuple[Network, Costs],
    limits: Limits,
) -> np.ndarray:
    """Minutes there and back of each pair of seats, NaN where one is not reached."""
    network, costs = road
    used = seats[seats["place_id"].isin([*pairs["code_a"], *pairs["code_b"]])]
    if used.empty:
        return np.full(len(pairs), np.nan)
    placed = snap(
        network,
        costs,
        x=used["x"].to_numpy(dtype=float),
        y=used["y"].to_numpy(dtype=float),
        max_snap_m=limits.max_snap_m,
    )
    at = pd.Index(used["place_id"])
    there = np.column_stack(
        [at.get_indexer(pairs["code_a"]), at.get_indexer(pairs["code_b"])]
    )
    both = np.concatenate([there, there[:, ::-1]])
    driven_s = trip_times(
        network, costs, origins=placed.ends, destinations=placed.ends, pairs=both
    )
    minutes = (driven_s + limits.ends_s(placed.snap_m[both].sum(axis=1))) / 60
    minutes[minutes > limits.max_minutes] = np.nan
    return np.asarray(minutes.reshape(2, -1).sum(axis=0))

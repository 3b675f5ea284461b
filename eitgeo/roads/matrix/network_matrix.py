"""The table of times, lengths and climbs between places, on a real road network."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from eitgeo.roads.matrix.crosscheck import require_agreement
from eitgeo.roads.matrix.layout import Ends
from eitgeo.roads.matrix.ready import Network
from eitgeo.roads.matrix.router import many_to_many
from eitgeo.roads.matrix.snap import Snapped, geodesic_m, pair_geodesic_m, snap
from eitgeo.roads.network.closures import without
from eitgeo.roads.network.profile import DECISECONDS, Costs
from eitgeo.tables.columns import OD_REACHED, OD_STATUSES

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]
    Ints = npt.NDArray[np.int64]


_SAMPLE_SEED = 20261125
_RANK = {status: rank for rank, status in enumerate(OD_STATUSES)}
_NOWHERE_M = 1.0
"""Shorter trips, straight line included, are inside one place."""
_SURELY_APART_M = 10.0
"""Further apart on the map, no two places are one on the ellipsoid."""


@dataclass(frozen=True)
class Limits:
    """What bounds a trip, and the legs between a place and its road.

    ``max_snap_m``: furthest road that a place is set on [m]. ``max_minutes``: longest
    trip that counts [min]. ``access_kmh``: speed on the legs between a place and its
    road [km/h]. ``terminal_minutes``: time at each end of a trip, before the road and
    after it [min].
    """

    max_snap_m: float
    max_minutes: float
    access_kmh: float
    terminal_minutes: float = 0.0

    def ends_s(self, access_m: Any) -> Any:
        """Seconds at both ends of a trip, whose two legs are so long together."""
        return access_m / (self.access_kmh / 3.6) + 2 * 60 * self.terminal_minutes


@dataclass(frozen=True)
class Trips:
    """Every pair of some places, origins by destinations.

    ``figures``: ``length_m``, ``ascent_m``, ``descent_m``, ``unknown_m`` and
    ``time_s``; NaN unless the status is ``ok`` or ``same_place``. ``ends``: origins and
    destinations on their roads. ``status``: rank in ``OD_STATUSES``.
    """

    figures: dict[str, Floats] = field(repr=False)
    ends: tuple[Snapped, Snapped] = field(repr=False)
    status: npt.NDArray[np.int8] = field(repr=False)

    def statuses(self) -> Any:
        """Write the statuses, pair by pair, as a column of text."""
        return pd.array(OD_STATUSES, dtype="str").take(self.status.ravel())


def network_matrix(
    network: Network,
    costs: Costs,
    *,
    origins: pd.DataFrame,
    destinations: pd.DataFrame,
    limits: Limits,
    labels: tuple[str, str] = ("truck", ""),
    closed: Ints | None = None,
) -> pd.DataFrame:
    """Compute every pair of places: time, length, climb and status.

    ``origins``, ``destinations``: ``place_id``, ``place_kind``, ``x``, ``y`` [m,
    EPSG:2154] and ``inner_m``, the distance taken inside a place [m]. ``limits``:
    bounds and access legs. ``labels``: profile and closure of the table. ``closed``:
    edges that are closed. Places keep the road that they stand on when all are open;
    one whose road is closed is ``forbidden_to_profile``. Returns: table ``od_matrix``,
    with ``unknown_m``: metres of the path where a limit of height or weight is not
    known. Figures are NaN unless the status is ``ok`` or ``same_place``; access legs
    are counted in time and length, terminal times in time. Refused when a few origins,
    drawn by a seed, contradict Dijkstra.
    """
    computed = trips(
        network,
        costs,
        origins=origins,
        destinations=destinations,
        limits=limits,
        closed=closed,
    )
    return matrix_table(computed, origins, destinations, labels=labels)


def matrix_table(
    found: Trips,
    origins: pd.DataFrame,
    destinations: pd.DataFrame,
    *,
    labels: tuple[str, str] = ("truck", ""),
) -> pd.DataFrame:
    """Write the pairs of some places as a table (:func:`network_matrix`)."""
    row, column = np.indices(found.status.shape).reshape(2, -1)
    straight_m = geodesic_m(_xy(origins), _xy(destinations))
    table = pd.DataFrame(
        {
            "origin_id": origins["place_id"].array.take(row),
            "destination_id": destinations["place_id"].array.take(column),
            "place_kind": _kinds(origins, destinations, row, column),
            "straight_m": straight_m.ravel(),
            "snap_origin_m": found.ends[0].snap_m[row],
            "snap_destination_m": found.ends[1].snap_m[column],
        }
    )
    for name, values in found.figures.items():
        table[name] = values.ravel()
    table["status"] = found.statuses()
    table["profile"], table["closure_id"] = labels
    return table


def _xy(places: pd.DataFrame) -> tuple[Floats, Floats]:
    return places["x"].to_numpy(dtype=float), places["y"].to_numpy(dtype=float)


def _kinds(
    origins: pd.DataFrame, destinations: pd.DataFrame, row: Ints, column: Ints
) -> Any:
    """Write the kind of each pair: few words, each made once."""
    left, starts = pd.factorize(origins["place_kind"])
    right, stops = pd.factorize(destinations["place_kind"])
    words = [f"{start}-{stop}" for start in starts for stop in stops]
    return pd.array(words, dtype="str").take(left[row] * len(stops) + right[column])


def trips(
    network: Network,
    costs: Costs,
    *,
    origins: pd.DataFrame,
    destinations: pd.DataFrame,
    limits: Limits,
    closed: Ints | None = None,
    ends: tuple[Snapped, Snapped] | None = None,
) -> Trips:
    """Compute every pair of places, as arrays (:func:`network_matrix`).

    Where the same places were set on their roads before, `ends` are these.
    """
    from_road, to_road = ends or (
        _set_down(network, costs, origins, limits, end="origin"),
        _set_down(network, costs, destinations, limits, end="destination"),
    )
    if closed is not None:
        costs = without(costs, closed)
        from_road, to_road = (_shut(side, costs) for side in (from_road, to_road))
    best = many_to_many(
        network, costs, origins=from_road.ends, destinations=to_road.ends
    )
    require_agreement(
        network,
        costs,
        best,
        places=(from_road.ends, to_road.ends),
        rng=np.random.default_rng(_SAMPLE_SEED),
    )
    reached = best.reached
    figures = {name: values.astype(float) for name, values in best.sums.items()}
    figures["time_s"] = figures.pop("time_ds") / DECISECONDS
    inside = _inside(origins, destinations, figures["length_m"])
    access_m = from_road.snap_m[:, None] + to_road.snap_m[None, :]
    at = np.nonzero(inside)
    inner_m = np.maximum(
        origins["inner_m"].to_numpy()[at[0]], destinations["inner_m"].to_numpy()[at[1]]
    )
    access_m[at] = np.maximum(access_m[at], inner_m)
    figures["length_m"] += access_m
    figures["time_s"] += limits.ends_s(access_m)
    is_long = figures["time_s"] > 60 * limits.max_minutes
    status = _statuses((from_road, to_road), inside, reached, is_long)
    unknown = ~np.isin(status, [_RANK[one] for one in OD_REACHED])
    for values in figures.values():
        values[unknown] = np.nan
    return Trips(figures, (from_road, to_road), status)


def _set_down(
    network: Network,
    costs: Costs,
    places: pd.DataFrame,
    limits: Limits,
    *,
    end: Literal["origin", "destination"],
) -> Snapped:
    return snap(
        network,
        costs,
        x=places["x"].to_numpy(dtype=float),
        y=places["y"].to_numpy(dtype=float),
        max_snap_m=limits.max_snap_m,
        end=end,
    )


def _shut(side: Snapped, costs: Costs) -> Snapped:
    """Take off the network the places whose road is closed."""
    edge = side.ends.edge
    open_edge = costs.usable.reshape(-1, 2).any(axis=1)
    lost = (edge >= 0) & ~open_edge[edge]
    return Snapped(
        ends=Ends(np.where(lost, -1, edge), side.ends.fraction),
        snap_m=np.where(lost, np.nan, side.snap_m),
        status=np.where(lost, "forbidden_to_profile", side.status),
    )


def _inside(
    origins: pd.DataFrame, destinations: pd.DataFrame, length_m: Floats
) -> Flags:
    """Mark trips inside a place: from it to itself, or of no length at all."""
    rank, _ = pd.factorize(
        pd.concat([origins["place_id"], destinations["place_id"]], ignore_index=True)
    )
    inside: Flags = rank[: len(origins), None] == rank[None, len(origins) :]
    (x, y), (to_x, to_y) = _xy(origins), _xy(destinations)
    start, stop = np.nonzero(~inside & (length_m < _NOWHERE_M))
    is_near = np.hypot(x[start] - to_x[stop], y[start] - to_y[stop]) < _SURELY_APART_M
    start, stop = start[is_near], stop[is_near]
    straight_m = pair_geodesic_m((x[start], y[start]), (to_x[stop], to_y[stop]))
    inside[start, stop] = length_m[start, stop] + straight_m < _NOWHERE_M
    return inside


def _statuses(
    ends: tuple[Snapped, Snapped], inside: Flags, reached: Flags, is_long: Flags
) -> npt.NDArray[np.int8]:
    """Say what became of each pair: the first reason counts."""
    start, stop = (
        np.array([_RANK[one] for one in side.status], dtype=np.int8) for side in ends
    )
    status = np.where(is_long, _RANK["beyond_limit"], _RANK["ok"]).astype(np.int8)
    status[~reached] = _RANK["other_component"]
    status[inside] = _RANK["same_place"]
    status[:, stop != _RANK["ok"]] = stop[stop != _RANK["ok"]]
    lost = start != _RANK["ok"]
    status[lost] = start[lost, None]
    return status

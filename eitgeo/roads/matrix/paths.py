"""The best paths of chosen pairs: edges driven, sums, and the line to draw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from eitgeo.check import WORKING_EPSG
from eitgeo.roads.matrix.engine import Engine
from eitgeo.roads.matrix.layout import (
    TIME_FACTOR,
    Ends,
    Layout,
    lay_out,
    require_counted,
    require_weights,
)
from eitgeo.roads.matrix.ready import Network
from eitgeo.roads.matrix.router import MEASURES, _heaviest, scaled_weights
from eitgeo.roads.matrix.snap import snap
from eitgeo.roads.network.profile import DECISECONDS, Costs
from eitgeo.roads.network.stretches import Stretches, cut

if TYPE_CHECKING:
    Ints = npt.NDArray[np.int64]

IMPEDANCE = ("time_ds", "length_m")
"""What paths are chosen by."""

_SUMS = (*IMPEDANCE, *MEASURES)
_FIGURES = ("time_s", "length_m", *MEASURES)


class _Trip(NamedTuple):
    """Directed edges of a trip, in order; none where there is no way."""

    driven: tuple[int, ...]
    sums: dict[str, int]


def paths(
    network: Network,
    costs: Costs,
    *,
    origins: Ends,
    destinations: Ends,
    pairs: Ints,
) -> gpd.GeoDataFrame:
    """Find the best path of each pair, and draw it.

    ``origins``, ``destinations``: points on edges. ``pairs``: shape (pairs, 2): rows of
    the origins and of the destinations. Returns: one row a pair, in order, EPSG:2154:
    ``origin``, ``destination`` (the rows), ``time_s`` [s], ``length_m``, ``ascent_m``,
    ``descent_m``, ``unknown_m`` [m], ``driven`` (directed edges, ``2 e`` along edge
    ``e``, ``2 e + 1`` back) and the line, whose first and last edges are cut at the
    places. Without a way: NaN, no edge, no line. Refused when a sum could reach the
    bound of the engine.

    Notes
    -----
    The sums are those of :func:`eitgeo.roads.matrix.router.many_to_many`, except where
    two paths of one impedance tie. About 0.1 ms a pair.
    """
    trips = _trips(network, costs, (origins, destinations), pairs)
    lines = [
        _line(network.graph.lines, trip, origins.fraction[a], destinations.fraction[b])
        for trip, (a, b) in zip(trips, pairs.tolist(), strict=True)
    ]
    figures = np.array(
        [[trip.sums.get(name, np.nan) for name in _SUMS] for trip in trips], dtype=float
    ).reshape(-1, len(_SUMS))
    figures[:, 0] /= DECISECONDS
    table: dict[str, Any] = {"origin": pairs[:, 0], "destination": pairs[:, 1]}
    table |= dict(zip(_FIGURES, figures.T, strict=True))
    table["driven"] = [trip.driven for trip in trips]
    return gpd.GeoDataFrame(table, geometry=lines, crs=WORKING_EPSG)


def trip_times(
    network: Network,
    costs: Costs,
    *,
    origins: Ends,
    destinations: Ends,
    pairs: Ints,
) -> npt.NDArray[np.float64]:
    """Find the time of the best path of each pair [s]; NaN without a way.

    Returns: shape (pairs,): cheaper than a matrix where few of its pairs are asked.
    """
    trips = _trips(network, costs, (origins, destinations), pairs, sums=IMPEDANCE)
    times = np.array([trip.sums.get("time_ds", np.nan) for trip in trips], dtype=float)
    return times / DECISECONDS


def _trips(
    network: Network,
    costs: Costs,
    places: tuple[Ends, Ends],
    pairs: Ints,
    *,
    sums: Sequence[str] = _SUMS,
) -> list[_Trip]:
    rows, row = np.unique(pairs[:, 0], return_inverse=True)
    columns, column = np.unique(pairs[:, 1], return_inverse=True)
    ends = (places[0].take(rows), places[1].take(columns))
    layout = lay_out(network.topology, costs, *ends)
    require_weights(_heaviest(layout, MEASURES))
    engine = Engine(layout, network)
    asked = np.column_stack([row, column])
    trips = list(best_trips(engine, layout, asked, sums=sums))
    has_way = np.ones((len(rows), len(columns)), dtype=bool)
    has_way[row, column] = [bool(trip.driven) for trip in trips]
    require_counted(layout, has_way)
    return trips


def best_trips(
    engine: Engine, layout: Layout, pairs: Ints, *, sums: Sequence[str]
) -> Iterator[_Trip]:
    """Yield the best trip of each pair, on the roads or along their common edge."""
    straight = _straight(layout)
    for row, column, path in engine.paths(scaled_weights(layout, 1), pairs):
        trip = _Trip((), {})
        if len(path):
            driven = tuple(layout.driven(row, path).tolist())
            along = {name: layout.along(name, row, path) for name in sums}
            trip = _Trip(driven, along)
        yield min(
            (one for one in (straight.get((row, column)), trip) if one and one.driven),
            key=_impedance,
            default=trip,
        )


def _straight(layout: Layout) -> dict[tuple[int, int], _Trip]:
    rows, columns, sums = layout.straight()
    start, stop = layout.origins.fraction[rows], layout.destinations.fraction[columns]
    arc = 2 * layout.origins.edge[rows] + (stop < start)
    arc = np.where(layout.costs.usable[arc], arc, arc ^ 1)
    return {
        (row, column): _Trip(
            (int(arc[at]),), {name: int(sums[name][at]) for name in _SUMS}
        )
        for at, (row, column) in enumerate(
            zip(rows.tolist(), columns.tolist(), strict=True)
        )
    }


def _impedance(trip: _Trip) -> int:
    return TIME_FACTOR * trip.sums["time_ds"] + trip.sums["length_m"]


def _line(
    lines: npt.NDArray[Any], trip: _Trip, leaves: float, arrives: float
) -> shapely.LineString | None:
    """Draw a trip from a fraction of its first edge to a fraction of its last."""
    if not trip.driven:
        return None
    arc = np.array(trip.driven)
    back = (arc % 2).astype(float)
    start, stop = back, 1 - back
    start[0], stop[-1] = leaves, arrives
    points = shapely.get_coordinates(cut(lines, Stretches(arc // 2, start, stop)))
    fresh = np.ones(len(points), dtype=bool)
    fresh[1:] = (np.diff(points, axis=0) != 0).any(axis=1)
    distinct = points[fresh]
    # A trip of no length is drawn as a point is: twice.
    return shapely.LineString(
        distinct if len(distinct) > 1 else np.repeat(distinct, 2, axis=0)
    )


def draw_pairs(
    pairs: pd.DataFrame,
    network: Network,
    costs: Costs,
    *,
    origins: pd.DataFrame,
    destinations: pd.DataFrame,
    max_snap_m: float,
) -> gpd.GeoDataFrame:
    """Draw the trips of some rows of a matrix.

    ``pairs``: rows of table ``od_matrix`` that
    :func:`eitgeo.roads.matrix.network_matrix.network_matrix` made with the same
    network, costs and places. ``network``, ``costs``: those of the matrix. ``origins``,
    ``destinations``: its places: ``place_id``, ``x``, ``y`` [m, EPSG:2154].
    ``max_snap_m``: its furthest road [m]. Returns: the rows, with ``driven`` and the
    line on the roads, EPSG:2154; none unless the status is ``ok``. The legs between a
    place and its road are in the length, not in the line.
    """
    ok = np.flatnonzero(pairs["status"].to_numpy() == "ok")
    sides = [
        _set_down(network, costs, places, pairs[name].iloc[ok], max_snap_m=max_snap_m)
        for places, name in ((origins, "origin_id"), (destinations, "destination_id"))
    ]
    (from_ends, row), (to_ends, column) = sides
    drawn_paths = paths(
        network,
        costs,
        origins=from_ends,
        destinations=to_ends,
        pairs=np.column_stack([row, column]),
    )
    driven = np.full(len(pairs), None, dtype=object)
    lines = driven.copy()
    driven[:] = [()] * len(pairs)
    driven[ok], lines[ok] = drawn_paths["driven"], drawn_paths.geometry
    return gpd.GeoDataFrame(
        pairs.assign(driven=driven), geometry=lines, crs=WORKING_EPSG
    )


def _set_down(
    network: Network,
    costs: Costs,
    places: pd.DataFrame,
    wanted: pd.Series[str],
    *,
    max_snap_m: float,
) -> tuple[Ends, Ints]:
    """Set places on roads; return them with the row of each one wanted."""
    x, y = (places[name].to_numpy(dtype=float) for name in ("x", "y"))
    ends = snap(network, costs, x=x, y=y, max_snap_m=max_snap_m).ends
    row = pd.Series(np.arange(len(places)), index=places["place_id"])
    return ends, row[~row.index.duplicated()].loc[wanted].to_numpy()

"""Places set on roads, and the best paths between them: figures, edges, lines.

The engine is a customizable contraction hierarchy (RoutingKit); the network is
ordered once, and a profile or a closure is a new set of weights. The impedance is
one whole number, ``K · time [0.1 s] + length [m]``; time, length and climb belong
to the same path and are proved so, pair by pair.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from eitgeo.check import WORKING_EPSG
from eitgeo.crs import to_degrees
from eitgeo.errors import InfeasibleError
from eitgeo.roads.matrix.engine import NOT_REACHED, Engine
from eitgeo.roads.matrix.topology import (
    TIME_FACTOR,
    TOO_FAR,
    Ends,
    Layout,
    Network,
    lay_out,
    require_counted,
    require_weights,
)
from eitgeo.roads.network.graph import Stretches, cut
from eitgeo.roads.network.profile import DECISECONDS, Costs

type Ints = npt.NDArray[np.int64]
type Floats = npt.NDArray[np.float64]
type Flags = npt.NDArray[np.bool_]

MEASURES = ("ascent_m", "descent_m", "unknown_m")
"""What is summed along the path beside time and length."""


@dataclass(frozen=True)
class Found:
    """Pairs of a matrix, origins by destinations.

    ``sums``: ``time_ds`` [0.1 s], ``length_m`` and the measures asked for [m], each of
    shape (origins, destinations), of the same path; −1 where none exists.
    ``requeried``: how many pairs were unpacked edge by edge, because two paths tie.
    """

    sums: dict[str, Ints] = field(repr=False)
    requeried: int

    @property
    def reached(self) -> npt.NDArray[np.bool_]:
        """Whether a path exists."""
        return self.sums["time_ds"] != NOT_REACHED


def many_to_many(
    network: Network,
    costs: Costs,
    *,
    origins: Ends,
    destinations: Ends,
    measures: tuple[str, ...] = MEASURES,
) -> Found:
    """Find the best path of every pair, with its time, length and climb.

    ``costs``: from :func:`eitgeo.roads.network.profile.edge_costs`; a closed road is
    one that is not usable. ``origins``, ``destinations``: points on edges; one without
    an edge is never reached. Returns: whole numbers, each of shape (origins,
    destinations). Refused when the sum of a pair passes what the engine counts, 2³¹ −
    2.

    Notes
    -----
    Sets of weights on one hierarchy: ``c₁ = K T + L`` decides; ``c₂ = K T + 2 L``;
    for a measure ``M``, ``c₁ ± M``. Where ``(2 c₁ − c₂) ÷ K`` is whole and
    ``(c₁ + M)* − c₁* = c₁* − (c₁ − M)*`` (the first bounds the sum of ``M`` on the
    path from below, the second from above) all optima name one path; the other
    pairs are unpacked edge by edge. Two places on one edge may also go straight.
    """
    layout = lay_out(network.topology, costs, origins, destinations)
    require_weights(_heaviest(layout, measures))
    engine = Engine(layout, network)
    base = engine.matrix(scaled_weights(layout, 1))
    reached = base != NOT_REACHED
    require_counted(layout, reached)
    double = _again(engine, scaled_weights(layout, 2), reached)
    time_ds, rest = np.divmod(2 * base - double, TIME_FACTOR)
    sound = ~reached | (rest == 0)
    del double, rest
    sums = {"time_ds": time_ds, "length_m": base - TIME_FACTOR * time_ds}
    for name in measures:
        if _is_length(layout, name):
            sums[name] = sums["length_m"].copy()
            continue
        sums[name], agree = _measured(engine, layout, (name, base), reached)
        sound &= ~reached | agree
    del base
    for values in sums.values():
        values[~reached] = NOT_REACHED
    doubtful = np.argwhere(~sound)
    for row, column, path in engine.paths(scaled_weights(layout, 1), doubtful):
        for name, values in sums.items():
            values[row, column] = layout.along(name, row, path)
    _take_straight(sums, layout)
    return Found(sums, requeried=len(doubtful))


def _is_length(layout: Layout, name: str) -> bool:
    """Tell whether a measure is the length, wherever a trip may go."""
    return all(
        np.array_equal(sums(name), sums("length_m"))
        for sums in (layout.arc_sums, layout.start_sums.__getitem__)
    )


def _measured(
    engine: Engine, layout: Layout, known: tuple[str, Ints], reached: Any
) -> tuple[Ints, Any]:
    """Sum a measure on the best paths, and say where both bounds of it agree."""
    name, base = known
    if not layout.arc_sums(name).any() and not layout.start_sums[name].any():
        return np.zeros_like(base), np.ones_like(reached)
    below = _again(engine, scaled_weights(layout, 1, (name, 1)), reached) - base
    above = base - _again(engine, scaled_weights(layout, 1, (name, -1)), reached)
    return below, below == above


def _again(engine: Engine, weights: tuple[Ints, Ints], reached: Any) -> Ints:
    """Compute the same pairs with other weights."""
    cost = engine.matrix(weights)
    if (reached & (cost == NOT_REACHED)).any():
        raise InfeasibleError(TOO_FAR)
    return cost


def scaled_weights(
    layout: Layout, n_lengths: int, measure: tuple[str, int] | None = None
) -> tuple[Ints, Ints]:
    """Weights of the arcs, and of the two starts of each origin."""
    parts = []
    for sums in (layout.arc_sums, layout.start_sums.__getitem__):
        total = TIME_FACTOR * sums("time_ds") + n_lengths * sums("length_m")
        if measure is not None:
            name, sign = measure
            total += sign * sums(name)
        parts.append(total)
    return parts[0], parts[1]


def _heaviest(layout: Layout, measures: tuple[str, ...]) -> tuple[Ints, Ints]:
    """Weights that no set of weights exceeds."""
    arcs, starts = scaled_weights(layout, 2)
    for name in measures:
        arcs = np.maximum(arcs, scaled_weights(layout, 1, (name, 1))[0])
        starts = np.maximum(starts, scaled_weights(layout, 1, (name, 1))[1])
    return arcs, starts


def _take_straight(whole: dict[str, Ints], layout: Layout) -> None:
    """Take the way along the edge itself where both places stand on it."""
    rows, columns, sums = layout.straight()
    if not len(rows):
        return
    reached = whole["time_ds"][rows, columns] != NOT_REACHED
    impedance = TIME_FACTOR * whole["time_ds"] + whole["length_m"]
    direct = TIME_FACTOR * sums["time_ds"] + sums["length_m"]
    better = ~reached | (direct <= impedance[rows, columns])
    for name, values in whole.items():
        values[rows[better], columns[better]] = sums[name][better]


_GEOD = pyproj.Geod(ellps="GRS80")


@dataclass(frozen=True)
class Reachable:
    """What the largest strong component reaches and is reached from.

    ``leaves``, ``enters``: shape (edges,): a trip from the edge can join the main
    network; a trip from the main network can come to the edge. ``usable``: shape
    (edges,): open to the vehicle in one direction at least.
    """

    leaves: Flags
    enters: Flags
    usable: Flags

    @property
    def both(self) -> Flags:
        """Mark the edges that can be left and come back to."""
        return self.leaves & self.enters


@dataclass(frozen=True)
class Snapped:
    """Places on the network.

    ``ends``: edge and fraction of each place; edge −1 where it has none. ``snap_m``:
    geodesic distance from the place to the road [m]; NaN where it has none. ``status``:
    ``ok``, or why the place has no road: ``outside_extract``, ``snap_too_far``,
    ``forbidden_to_profile``, ``one_way_trap``, ``other_component``.
    """

    ends: Ends
    snap_m: Floats
    status: npt.NDArray[Any] = field(repr=False)


def reachable(network: Network, costs: Costs) -> Reachable:
    """Say which edges the main network joins, both ways."""
    topology = network.topology
    n_edges = len(network.graph.edges)
    move = np.flatnonzero(costs.usable[topology.arc])
    tail, head, arc = topology.tail[move], topology.head[move], topology.arc[move]
    n = len(topology.node)
    steps = csr_array((np.ones(len(move)), (tail, head)), shape=(n, n))
    _, part = connected_components(steps, directed=True, connection="strong")
    core = int(np.flatnonzero(part == np.bincount(part).argmax())[0])
    reached, reaching = _visited(steps, core), _visited(steps.T.tocsr(), core)
    after = topology.after
    leaves = costs.usable & (after >= 0) & reaching[np.maximum(after, 0)]
    enters = np.zeros(2 * n_edges, dtype=bool)
    enters[arc[reached[tail]]] = True
    return Reachable(
        leaves=leaves.reshape(-1, 2).any(axis=1),
        enters=enters.reshape(-1, 2).any(axis=1),
        usable=costs.usable.reshape(-1, 2).any(axis=1),
    )


def _visited(steps: csr_array, start: int) -> Flags:
    order = breadth_first_order(steps, start, return_predecessors=False)
    seen = np.zeros(steps.shape[0], dtype=bool)
    seen[order] = True
    return seen


def snap(
    network: Network,
    costs: Costs,
    *,
    x: Floats,
    y: Floats,
    max_snap_m: float,
    end: Literal["origin", "destination"] | None = None,
) -> Snapped:
    """Set each place on the nearest edge that can be left and come back to.

    ``x``, ``y``: shape (n,): places [m, EPSG:2154]. ``max_snap_m``: no road further
    than this is taken [m]. ``end``: of trips: where one-way roads alone meet, an origin
    is at the end of one that comes in, a destination at the start of one that goes out.
    Returns: on the edge, not at its ends.
    """
    graph = network.graph
    points = shapely.points(x, y)
    joined = reachable(network, costs)
    real = graph.edges["length_m"].to_numpy() > 0
    usable = costs.usable.reshape(-1, 2)
    two_way = usable.all(axis=1)
    free = None if end is None else usable[:, 0 if end == "origin" else 1].astype(float)
    edge, far_m = _nearest(
        *(points, graph.lines, joined.both & real, max_snap_m),
        rather=two_way,
        free=free,
    )
    foot = _at(graph.lines, edge, points)
    status = np.where(edge >= 0, "ok", "").astype(object)
    missing = np.flatnonzero(edge < 0)
    if len(missing):
        status[missing] = _reasons(points[missing], network, (joined, real), max_snap_m)
    shapely.prepare(graph.ground)
    status[~shapely.contains_xy(graph.ground, x, y)] = "outside_extract"
    placed = status == "ok"
    return Snapped(
        ends=Ends(np.where(placed, edge, -1), np.where(placed, foot, 0.0)),
        snap_m=np.where(placed, far_m, np.nan),
        status=status,
    )


def _nearest(
    points: Any,
    lines: Any,
    wanted: Flags,
    max_m: float,
    *,
    rather: Flags,
    free: Floats | None = None,
) -> tuple[Ints, Floats]:
    """Nearest wanted line of each point; of equals, one that is rather taken.

    Several are as near where a place stands at a junction, or looks to its corner: a
    one-way road there would have to be driven whole, unless the place is at its
    ``free`` end (share of the line).
    """
    rows = np.flatnonzero(wanted)
    edge = np.full(len(points), -1)
    far_m = np.full(len(points), np.nan)
    if not len(rows):
        return edge, far_m
    (point, road), distance = shapely.STRtree(lines[rows]).query_nearest(
        points, max_distance=max_m, return_distance=True
    )
    row = rows[road]
    cost = np.where(rather[row], -1.0, 0.0)
    if free is not None:
        share = shapely.line_locate_point(lines[row], points[point], normalized=True)
        cost = np.where(rather[row], cost, np.abs(share - free[row]))
    order = np.lexsort((row, cost, point))
    point, first = np.unique(point[order], return_index=True)
    edge[point] = row[order][first]
    far_m[point] = distance[order][first]
    return edge, far_m


def _at(lines: Any, edge: Ints, points: Any) -> Floats:
    placed = edge >= 0
    share = np.zeros(len(edge))
    share[placed] = shapely.line_locate_point(
        lines[edge[placed]], points[placed], normalized=True
    )
    return share


def _reasons(
    points: Any, network: Network, joined: tuple[Reachable, Flags], max_m: float
) -> npt.NDArray[Any]:
    """Why no road could be taken, from the nearest one that is there."""
    known, real = joined
    lines = network.graph.lines
    any_edge, _ = _nearest(points, lines, real, max_m, rather=known.both)
    drivable, _ = _nearest(points, lines, real & known.usable, max_m, rather=known.both)
    half = known.leaves[drivable] != known.enters[drivable]
    return np.select(
        [any_edge < 0, drivable < 0, half],
        ["snap_too_far", "forbidden_to_profile", "one_way_trap"],
        default="other_component",
    )


def geodesic_m(from_xy: tuple[Floats, Floats], to_xy: tuple[Floats, Floats]) -> Floats:
    """Measure the straight line of every pair on the ellipsoid, shape (from, to)."""
    to_lon_lat = to_degrees().transform
    start, stop = to_lon_lat(*from_xy), to_lon_lat(*to_xy)
    shape = (len(start[0]), len(stop[0]))
    from_lon, from_lat = (np.repeat(values, shape[1]) for values in start)
    to_lon, to_lat = (np.tile(values, shape[0]) for values in stop)
    _, _, length_m = _GEOD.inv(from_lon, from_lat, to_lon, to_lat)
    return np.asarray(length_m).reshape(shape)


def pair_geodesic_m(
    from_xy: tuple[Floats, Floats], to_xy: tuple[Floats, Floats]
) -> Floats:
    """Measure the straight line of chosen pairs on the ellipsoid."""
    to_lon_lat = to_degrees().transform
    ends = (*to_lon_lat(*from_xy), *to_lon_lat(*to_xy))
    return np.asarray(_GEOD.inv(*ends)[2])


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

    ``pairs``: shape (pairs, 2): rows of the origins and of the destinations. Returns:
    one row a pair, in order, EPSG:2154: ``origin``, ``destination`` (the rows),
    ``time_s`` [s], ``length_m``, ``ascent_m``, ``descent_m``, ``unknown_m`` [m],
    ``driven`` (directed edges, ``2 e`` along edge ``e``, ``2 e + 1`` back) and the
    line, whose first and last edges are cut at the places. Without a way: NaN, no edge,
    no line. Refused when a sum could reach the bound of the engine.

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

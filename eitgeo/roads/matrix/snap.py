"""Places set on the nearest road that their vehicle can leave and come back to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from eitgeo.crs import to_degrees
from eitgeo.roads.matrix.layout import Ends
from eitgeo.roads.network.profile import Costs

if TYPE_CHECKING:
    from eitgeo.roads.matrix.ready import Network

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

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

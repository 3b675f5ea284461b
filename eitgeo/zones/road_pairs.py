"""Distances by road between sites near each other: metres or minutes by truck."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from eitgeo.check import require_lambert93
from eitgeo.roads.matrix.od_matrix import Limits
from eitgeo.roads.matrix.router import Snapped, many_to_many, snap
from eitgeo.roads.matrix.topology import Network
from eitgeo.roads.network.profile import Costs
from eitgeo.zones.clustering import require_room, symmetric

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

BATCH_CELLS = 2_000_000
"""Distances that the road engine holds at once, about 100 MB."""

_STRETCH = 1.01
"""Straight lines in the plane may be so much longer than on the ground."""


def road_pairs(
    sites: gpd.GeoDataFrame,
    network: Network,
    costs: Costs,
    *,
    limits: Limits,
    reach: float,
    in_minutes: bool = False,
) -> csr_array:
    """Measure the roads between sites within a radius.

    ``limits``: furthest road that a site is set on, and speed of its access leg.
    ``reach``: radius, included: metres, or minutes where ``in_minutes``. Returns: shape
    (n, n), symmetric, in the order of the rows: the mean of both ways, with the legs
    between the sites and their roads; rounded to the thousandth. Sites set on one point
    of the road are as far as the straight line. A site without road, or a pair that no
    road joins both ways, is near nothing. Refused when the radius takes in more pairs
    than memory can hold.

    Notes
    -----
    A road is no shorter than the straight line, so only pairs within it are asked
    for, batch by batch.
    """
    require_lambert93(sites, where="sites")
    n = len(sites)
    if n == 0:
        return csr_array((0, 0), dtype=float)
    xy = np.column_stack([sites.geometry.x, sites.geometry.y])
    placed = snap(network, costs, x=xy[:, 0], y=xy[:, 1], max_snap_m=limits.max_snap_m)
    speed_m_min = limits.access_kmh * 1000 / 60
    reach_m = reach * max(speed_m_min, _fastest_m_min(costs)) if in_minutes else reach
    one, other = _candidates(xy, placed, reach_m=_STRETCH * reach_m)
    straight_m = np.hypot(*(xy[one] - xy[other]).T)
    leg_m = placed.snap_m[one] + placed.snap_m[other]
    time_min, length_m = _both_ways(network, costs, placed, one=one, other=other)
    is_same_point = length_m < 1
    walked_m = np.where(is_same_point, straight_m, leg_m)
    if in_minutes:
        distance = np.where(is_same_point, 0.0, time_min) + walked_m / speed_m_min
    else:
        distance = np.where(is_same_point, 0.0, length_m) + walked_m
    joined = np.isfinite(distance)
    return symmetric(one[joined], other[joined], distance[joined], n=n, at_most=reach)


def _fastest_m_min(costs: Costs) -> float:
    driven = costs.usable & (costs.time_ds > 0)
    if not driven.any():
        return 0.0
    return float((600 * costs.length_m[driven] / costs.time_ds[driven]).max())


def _candidates(xy: Floats, placed: Snapped, *, reach_m: float) -> tuple[Ints, Ints]:
    """Pairs of sites that have a road and are near enough in straight line."""
    rows = np.flatnonzero(placed.ends.edge >= 0)
    if len(rows) == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    tree = KDTree(xy[rows])
    require_room((int(tree.count_neighbors(tree, reach_m)) - len(rows)) // 2)
    pair = rows[tree.query_pairs(reach_m, output_type="ndarray")].reshape(-1, 2)
    return pair[:, 0], pair[:, 1]


def _both_ways(
    network: Network, costs: Costs, placed: Snapped, *, one: Ints, other: Ints
) -> tuple[Floats, Floats]:
    """Mean time [min] and length [m] of both ways of each pair, NaN where no road."""
    way_there = np.full((2, len(one)), np.nan)
    way_back = np.full((2, len(one)), np.nan)
    n = len(placed.ends.edge)
    for origins, targets in _batches(one, other, n):
        both = many_to_many(
            network,
            costs,
            origins=placed.ends.take(origins),
            destinations=placed.ends.take(targets),
            measures=(),
        )
        at_origin, at_target = np.full(n, -1), np.full(n, -1)
        at_origin[origins] = np.arange(len(origins))
        at_target[targets] = np.arange(len(targets))
        for ways, start, stop in (
            (way_there, one, other),
            (way_back, other, one),
        ):
            row, column = at_origin[start], at_target[stop]
            joined = np.flatnonzero((row >= 0) & (column >= 0))
            row, column = row[joined], column[joined]
            reached = both.reached[row, column]
            for rank, name in enumerate(("time_ds", "length_m")):
                values = both.sums[name][row, column].astype(float)
                ways[rank, joined] = np.where(reached, values, np.nan)
    time_min, length_m = (way_there + way_back) / 2
    return time_min / 600, length_m


def _batches(one: Ints, other: Ints, n: int) -> Iterator[tuple[Ints, Ints]]:
    """Split sites in batches: origins, and the sites that they may be near to."""
    links = coo_array((np.ones(len(one)), (one, other)), shape=(n, n))
    _, part = connected_components(links, directed=False)
    size = np.bincount(part)[part]
    order = np.lexsort((np.arange(n), part))
    order = order[size[order] > 1]
    at_once = max(1, min(len(order), BATCH_CELLS // max(1, len(order))))
    for start in range(0, len(order), at_once):
        origins = order[start : start + at_once]
        yield origins, order[np.isin(part[order], part[origins])]

"""Bridges of a graph: edges whose loss parts what they joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, depth_first_order

if TYPE_CHECKING:
    import numpy.typing as npt

    from eitgeo.roads.network.graph import RoadGraph
    from eitgeo.roads.network.profile import Costs

    Flags = npt.NDArray[np.bool_]
    Ints = npt.NDArray[np.int64]


def bridges(graph: RoadGraph, costs: Costs) -> Flags:
    """Say which edges part the network when they close, whatever the senses.

    Notes
    -----
    One-way roads and forbidden turns are left aside: every edge that is told here
    cuts pairs off when it closes, and others may. Linear time.

    References
    ----------
    Tarjan, « A note on finding the bridges of a graph », Information Processing
    Letters 2, 1974.
    """
    usable = np.flatnonzero(costs.usable.reshape(-1, 2).any(axis=1))
    ends = graph.edges[["u", "v"]].to_numpy(dtype=np.int64)[usable]
    found = np.zeros(len(graph.edges), dtype=bool)
    found[usable[_bridges(ends)]] = True
    return found


def _bridges(ends: Ints) -> list[int]:
    """Rows of ``ends`` that no cycle holds; a loop, or one of two alike, is in one.

    Notes
    -----
    Depth first, what the search does not follow joins a node to one that it came
    through: an edge that it follows is a bridge where nothing joins over it.
    """
    n = int(ends.max(initial=-1)) + 1
    plain = np.flatnonzero(ends[:, 0] != ends[:, 1])
    pairs, first, count = np.unique(
        np.sort(ends[plain], axis=1), axis=0, return_index=True, return_counts=True
    )
    ahead, through = _depth_first(pairs, n)
    rank = np.empty(n, dtype=np.int64)
    rank[ahead] = np.arange(n)
    ranked = np.take_along_axis(
        pairs, np.argsort(rank[pairs], axis=1, kind="stable"), axis=1
    )
    upper, lower = ranked.T
    followed = through[lower] == upper
    joins = np.bincount(lower[~followed], minlength=n)
    joins -= np.bincount(upper[~followed], minlength=n)
    over = [*joins.tolist(), 0]
    for node, came in zip(ahead[::-1].tolist(), through[ahead][::-1], strict=True):
        over[came] += over[node]
    alone = followed & (np.array(over)[lower] == 0) & (count == 1)
    return sorted(plain[first[alone]].tolist())


def _depth_first(pairs: Ints, n: int) -> tuple[Ints, Ints]:
    """Order the nodes depth first, with the node before each; ``n`` before pieces."""
    weights = np.ones(len(pairs), dtype=np.int8)
    joined = coo_array((weights, tuple(pairs.T)), shape=(n + 1, n + 1)).tocsr()
    _, piece = connected_components(joined, directed=False)
    _, top = np.unique(piece[:n], return_index=True)
    every = np.concatenate([pairs, np.column_stack([np.full(len(top), n), top])])
    weights = np.ones(len(every), dtype=np.int8)
    whole = coo_array((weights, tuple(every.T)), shape=(n + 1, n + 1)).tocsr()
    ahead, through = depth_first_order(whole, n, directed=False)
    return ahead[1:], through

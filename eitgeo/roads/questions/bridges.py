"""Bridges of a graph: edges whose loss parts what they joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
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
    Letters 2, 1974: depth first, an edge joins a node to one above it.
    """
    usable = np.flatnonzero(costs.usable.reshape(-1, 2).any(axis=1))
    ends = graph.edges[["u", "v"]].to_numpy(dtype=np.int64)[usable]
    found = np.zeros(len(graph.edges), dtype=bool)
    found[usable[_bridges(ends)]] = True
    return found


def _bridges(ends: Ints) -> list[int]:
    """Rows of ``ends`` that no cycle holds; a loop, or one of two alike, is in one."""
    n = int(ends.max(initial=0)) + 1
    _, part = connected_components(_joined(ends, n), directed=False)
    # One root above a node of each part.
    _, first = np.unique(part, return_index=True)
    roots = np.column_stack([first, np.full(len(first), n)])
    whole = _joined(np.concatenate([ends, roots]), n + 1)
    order, parent = depth_first_order(whole, n, directed=False)
    rank = np.argsort(order, kind="stable")
    above, below = np.sort(rank[ends], axis=1).T
    # Edges from a node to one above it, then from all that is under the node.
    up = np.bincount(below, minlength=n + 1) - np.bincount(above, minlength=n + 1)
    leaving, parents = up.tolist(), rank[parent[order[1:]]].tolist()
    for node in range(n, 0, -1):
        leaving[parents[node - 1]] += leaving[node]
    alone = np.array(leaving)[below] == 1
    return np.flatnonzero(alone & (above != below)).tolist()


def _joined(ends: Ints, n: int) -> csr_array:
    return csr_array((np.ones(len(ends)), ends.T), shape=(n, n))

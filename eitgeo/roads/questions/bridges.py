"""Bridges of a graph: edges whose loss parts what they joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    found[usable[_bridges(ends, len(graph.x))]] = True
    return found


def _bridges(ends: Ints, n_nodes: int) -> list[int]:
    """Rows of ``ends`` that no cycle holds."""
    walk = _Walk(_around(ends, n_nodes))
    for root in np.unique(ends).tolist():
        walk.explore(root)
    return sorted(walk.found)


class _Walk:
    # Depth first, without recursion.

    def __init__(self, around: list[list[tuple[int, int]]]) -> None:
        self.found: list[int] = []
        self._around = around
        self._rank = [-1] * len(around)
        self._low = [0] * len(around)
        self._clock = 0
        self._stack: list[tuple[int, int, Iterator[tuple[int, int]]]] = []

    def explore(self, root: int) -> None:
        # Visit what is joined to a node, unless it was.
        if self._rank[root] >= 0:
            return
        self._enter(root, -1)
        while self._stack:
            node, came_by, moves = self._stack[-1]
            edge, there = next(moves, (-1, -1))
            if edge < 0:
                self._leave()
            elif edge != came_by and self._rank[there] < 0:
                self._enter(there, edge)
            elif edge != came_by:
                self._low[node] = min(self._low[node], self._rank[there])

    def _enter(self, node: int, edge: int) -> None:
        self._rank[node] = self._low[node] = self._clock
        self._clock += 1
        self._stack.append((node, edge, iter(self._around[node])))

    def _leave(self) -> None:
        node, came_by, _ = self._stack.pop()
        if not self._stack:
            return
        above = self._stack[-1][0]
        self._low[above] = min(self._low[above], self._low[node])
        # Nothing below leads back above: the edge between is the only way.
        if self._low[node] > self._rank[above]:
            self.found.append(came_by)


def _around(ends: Ints, n_nodes: int) -> list[list[tuple[int, int]]]:
    around: list[list[tuple[int, int]]] = [[] for _ in range(n_nodes)]
    for edge, (one, other) in enumerate(ends.tolist()):
        around[one].append((edge, other))
        around[other].append((edge, one))
    return around

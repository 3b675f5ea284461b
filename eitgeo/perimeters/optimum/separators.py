"""Node separators: which inequality says that a unit held must be joined to the root.

A unit held needs, in every set of units that cuts it off from the root, one that is
held too. Of all these inequalities only those that a solution breaks are written
down: minimum cuts by maximum flow find them.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, csr_matrix
from scipy.sparse.csgraph import (
    breadth_first_order,
    connected_components,
    maximum_flow,
)

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]
    Ints = npt.NDArray[np.int64]

_SCALE = 1_000_000
_UNBOUND = 20_000_000
_CREEP, _NESTED = 20, 8
_HELD, _TRACE, _BREACH = 1 - 1e-6, 1e-3, 2e-3


class Separator(NamedTuple):
    """Say that ``Σ held(through) + Σ root(inside) ≥ held(target)``.

    ``through``: the units that cut the target off. ``inside``: where the root is free:
    the units on the side of the target, one of which may be the root. ``target``: the
    unit that is cut off.
    """

    through: tuple[int, ...]
    inside: tuple[int, ...]
    target: int


class Separation:
    """Finds the separators that a fractional solution breaks."""

    def __init__(self, graph: csr_array, root: int | None) -> None:
        self._graph = graph
        self._root = root
        parts = np.split(graph.indices, graph.indptr[1:-1])
        self._near = [part.tolist() for part in parts]

    def broken(
        self, held: Floats, rooted: Floats | None, *, most: int
    ) -> list[Separator]:
        """List separators that a solution breaks, the most held targets first.

        Notes
        -----
        No flow is sought for a unit that one wide enough way joins to the root, or to
        a unit that is held as much and that enough flow reaches: what separates the
        first would separate the second.
        """
        separators: dict[Separator, None] = {}
        joined = self._joined(held)
        network = _Network(self._graph, held, rooted, joined)
        width = np.where(joined, 1.0, np.clip(held, 0, 1)).tolist()
        carried = [0.0] * len(width)
        if rooted is None:
            self._carry(carried, width, [(1.0, int(joined.argmax()))])
        else:
            self._carry(carried, width, _ranked(rooted))
        by_share = np.argsort(-held, kind="stable")
        for target in by_share[held[by_share] > _TRACE].tolist():
            if len(separators) >= most:
                break
            if carried[target] >= held[target] - _BREACH / 2:
                continue
            cuts = network.minimum_cuts(target)
            separators |= dict.fromkeys(cuts)
            if not cuts:
                self._carry(carried, width, [(width[target], target)])
        return list(separators)

    def _joined(self, held: Floats) -> Flags:
        """Say which units are wholly held and joined so to the root."""
        joined = np.zeros(len(held), dtype=bool)
        if self._root is None:
            return joined
        full = held > _HELD
        full[self._root] = True
        units = np.flatnonzero(full)
        _, part = connected_components(self._graph[units][:, units], directed=False)
        joined[units[part == part[np.searchsorted(units, self._root)]]] = True
        return joined

    def _carry(
        self,
        carried: list[float],
        width: list[float],
        start: list[tuple[float, int]],
    ) -> None:
        """Widen what one way lets through to each unit, from some of them on."""
        queue = [(-wide, unit) for wide, unit in start]
        heapify(queue)
        while queue:
            narrow, unit = heappop(queue)
            if -narrow <= carried[unit]:
                continue
            carried[unit] = -narrow
            for other in self._near[unit]:
                wide = min(-narrow, width[other])
                if wide > carried[other]:
                    heappush(queue, (-wide, other))


class _Network:
    """The arcs that carry flow to a target; units joined to the root are the source.

    Notes
    -----
    The unit of rank k among those that are not joined enters at 2k and leaves at
    2k + 1. The last node lets no more through than is wanted: flow beyond it is idle.
    """

    def __init__(
        self, graph: csr_array, held: Floats, rooted: Floats | None, joined: Flags
    ) -> None:
        self._is_free = rooted is not None
        self._units = np.flatnonzero(~joined)
        size = len(self._units)
        self._rank = np.full(len(held), size)
        self._rank[self._units] = np.arange(size)
        self._source = 2 * size
        self._share = _scaled(held[self._units]) + _CREEP
        links = graph.tocoo()
        out = ~joined[links.col]
        # A joined unit leaves by the source.
        leave = np.minimum(2 * self._rank[links.row[out]] + 1, self._source)
        enter = 2 * self._rank[links.col[out]]
        wide = np.unique(np.column_stack([leave, enter]), axis=0)
        rank = np.arange(size)
        arcs = [np.column_stack([2 * rank, 2 * rank + 1]), wide]
        capacity = [self._share, np.full(len(wide), _UNBOUND)]
        if rooted is not None:
            arcs.append(np.column_stack([np.full(size, self._source), 2 * rank + 1]))
            capacity.append(_scaled(rooted))
        arcs.append(np.array([[self._source + 1, self._source]]))
        capacity.append(np.zeros(1, dtype=np.int64))
        self._n_nodes = self._source + 2
        arc_ends = np.concatenate(arcs)
        order = np.lexsort((arc_ends[:, 1], arc_ends[:, 0]))
        self._place = np.argsort(order)
        self._columns = arc_ends[order, 1].astype(np.int32)
        self._starts = np.searchsorted(
            arc_ends[order, 0], np.arange(self._n_nodes + 1)
        ).astype(np.int32)
        self._capacity = np.concatenate(capacity)[order].astype(np.int32)

    def minimum_cuts(self, target: int) -> list[Separator]:
        # Those nearest to the source and to the target, nested, if broken.
        rank = int(self._rank[target])
        wanted = self._share[rank]
        capacity = self._capacity.copy()
        capacity[self._place[rank]] = _UNBOUND
        capacity[self._place[-1]] = wanted
        cuts: list[Separator] = []
        while len(cuts) < _NESTED:
            shape = (self._n_nodes, self._n_nodes)
            network = csr_matrix((capacity, self._columns, self._starts), shape)
            flow = maximum_flow(network, self._source + 1, 2 * rank + 1)
            if flow.flow_value >= wanted - _BREACH * _SCALE:
                break
            left = (network - flow.flow).tocsr()
            left.data[left.data < 0] = 0
            left.eliminate_zeros()
            near_root = _reached(left, self._source)
            near_target = ~_reached(left.T.tocsr(), 2 * rank + 1)
            for side in (near_root, near_target):
                enters, leaves = side[: self._source : 2], side[1 : self._source : 2]
                through = np.flatnonzero(enters & ~leaves)
                inside = np.flatnonzero(~leaves & self._is_free)
                cuts.append(
                    Separator(
                        through=tuple(self._units[through].tolist()),
                        inside=tuple(self._units[inside].tolist()),
                        target=target,
                    )
                )
                capacity[self._place[through]] = _UNBOUND
        return cuts


def _ranked(rooted: Floats) -> list[tuple[float, int]]:
    return [(wide, unit) for unit, wide in enumerate(rooted.tolist())]


def _scaled(share: Floats) -> Ints:
    return np.rint(np.clip(share, 0, 1) * _SCALE).astype(np.int64)


def _reached(network: csr_matrix, start: int) -> Flags:
    reached = np.zeros(network.shape[0], dtype=bool)
    order = breadth_first_order(network, start, return_predecessors=False)
    reached[order] = True
    return reached

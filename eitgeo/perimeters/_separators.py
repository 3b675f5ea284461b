"""Node separators: which inequality says that a unit held must be joined to the root.

A unit held needs, in every set of units that cuts it off from the root, one that is
held too. Of all these inequalities only those that a solution breaks are written
down: minimum cuts by maximum flow find them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import csr_array, csr_matrix
from scipy.sparse.csgraph import (
    breadth_first_order,
    connected_components,
    maximum_flow,
    minimum_spanning_tree,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]

_SCALE = 1_000_000
_UNBOUND = 20_000_000
_CREEP, _NESTED = 20, 8
_HELD, _TRACE, _BREACH = 1 - 1e-6, 1e-3, 2e-3


class Separator(NamedTuple):
    """Say that ``Σ held(through) + Σ root(inside) ≥ held(target)``.

    Attributes
    ----------
    through
        The units that cut the target off.
    inside
        Where the root is free: the units on the side of the target, one of which may
        be the root.
    target
        The unit that is cut off.
    """

    through: tuple[int, ...]
    inside: tuple[int, ...]
    target: int


class Separation:
    """Finds the separators that a fractional solution breaks.

    Parameters
    ----------
    graph
        Links of the units, symmetric.
    root
        Index of the root; None when it is free.
    """

    def __init__(self, graph: csr_array, root: int | None) -> None:
        self._graph = graph
        self._root = root
        size = graph.shape[0]
        unit = np.arange(size)
        tail = np.repeat(unit, np.diff(graph.indptr))
        # Unit v enters at 2v and leaves at 2v + 1; the source, if any, comes last.
        rows = [2 * unit, 2 * tail + 1]
        columns = [2 * unit + 1, 2 * graph.indices.astype(np.int64)]
        if root is None:
            rows.append(np.full(size, 2 * size))
            columns.append(2 * unit + 1)
        self._rows, self._columns = np.concatenate(rows), np.concatenate(columns)
        self._ends = tail, graph.indices
        self._n_links = len(tail)
        self._n_nodes = 2 * size + (root is None)

    def broken(
        self, held: Floats, rooted: Floats | None, *, most: int
    ) -> list[Separator]:
        """List separators that a solution breaks, the most held targets first.

        Parameters
        ----------
        held
            How much each unit is held, 0 to 1.
        rooted
            How much each unit is the root; None when the root is given.
        most
            Stop at this count.

        Returns
        -------
        list of Separator
            Each once; empty when none is broken.
        """
        found: dict[Separator, None] = {}
        joined = self._joined(held)
        # One way wide enough carries the flow that is wanted: nothing to look for.
        doubtful = (held > _TRACE) & (
            self._widest(held, rooted, joined) < held - _BREACH / 2
        )
        by_share = np.argsort(-held, kind="stable")
        for target in by_share[doubtful[by_share]].tolist():
            if len(found) >= most:
                break
            for one in self._minimum_cuts(held, rooted, joined, target):
                found[one] = None
        return list(found)

    def _joined(self, held: Floats) -> Flags:
        """Say which units are wholly held and joined so to the root."""
        joined = np.zeros(len(held), dtype=bool)
        if self._root is None:
            return joined
        full = held > _HELD
        full[self._root] = True
        at = np.flatnonzero(full)
        _, part = connected_components(self._graph[at][:, at], directed=False)
        joined[at[part == part[np.searchsorted(at, self._root)]]] = True
        return joined

    def _widest(self, held: Floats, rooted: Floats | None, joined: Flags) -> Floats:
        """Say how much the one way from the root that lets most through lets through.

        Such ways are those of a spanning tree of widest links (T. C. Hu, Operations
        Research 9, 1961, p. 898-900).
        """
        size = len(held)
        width = np.where(joined, 1.0, np.clip(held, 0, 1))
        tail, head = self._ends
        wide = np.minimum(width[tail], width[head])
        start, first = self._root, width
        if rooted is not None:
            start, first = size, np.minimum(width, rooted)
            tail = np.concatenate([tail, np.full(size, size)])
            head = np.concatenate([head, np.arange(size)])
            wide = np.concatenate([wide, first])
        # A cost of zero would read as no link.
        links = csr_array((2.0 - wide, (tail, head)), shape=(size + 1, size + 1))
        tree = minimum_spanning_tree(links)
        order, before = breadth_first_order(tree, start, directed=False)
        found = np.zeros(size + 1)
        found[start] = 1.0
        for unit in order[1:].tolist():
            enters = width if before[unit] < size else first
            found[unit] = min(found[before[unit]], enters[unit])
        return found[:size]

    def _minimum_cuts(
        self, held: Floats, rooted: Floats | None, joined: Flags, target: int
    ) -> list[Separator]:
        """Return the cuts nearest to the root and to the target, if broken."""
        size = len(held)
        share = _CREEP + np.rint(np.clip(held, 0, 1) * _SCALE).astype(np.int32)
        wanted = int(share[target])
        share[joined] = _UNBOUND
        share[target] = _UNBOUND
        capacity = [share, np.full(self._n_links, _UNBOUND, dtype=np.int32)]
        if rooted is not None:
            roots = np.rint(np.clip(rooted, 0, 1) * _SCALE)
            capacity.append(roots.astype(np.int32))
        source = 2 * size if self._root is None else 2 * self._root + 1
        sink = 2 * target + 1
        found: list[Separator] = []
        while len(found) < _NESTED:
            network = csr_matrix(
                (np.concatenate(capacity), (self._rows, self._columns)),
                shape=(self._n_nodes, self._n_nodes),
            )
            flow = maximum_flow(network, source, sink)
            if flow.flow_value >= wanted - _BREACH * _SCALE:
                break
            left = (network - flow.flow).tocsr()
            left.data[left.data < 0] = 0
            left.eliminate_zeros()
            near_root = _reached(left, source, self._n_nodes)
            near_target = ~_reached(left.T.tocsr(), sink, self._n_nodes)
            cuts = [self._cut(side, target, size) for side in (near_root, near_target)]
            found += cuts
            for one in cuts:
                share[list(one.through)] = _UNBOUND
        return found

    def _cut(self, side: Flags, target: int, size: int) -> Separator:
        """Read a cut: the units whose entry is on the root's side and exit is not."""
        enters, leaves = side[0 : 2 * size : 2], side[1 : 2 * size : 2]
        through = np.flatnonzero(enters & ~leaves)
        inside = np.flatnonzero(~leaves) if self._root is None else through[:0]
        return Separator(tuple(through.tolist()), tuple(inside.tolist()), target)


def _reached(network: csr_matrix, start: int, n_nodes: int) -> Flags:
    reached = np.zeros(n_nodes, dtype=bool)
    order = breadth_first_order(network, start, return_predecessors=False)
    reached[order] = True
    return reached

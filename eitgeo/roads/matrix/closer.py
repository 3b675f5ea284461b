"""A hierarchy in which edges are closed, a few at a time, and opened again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import routingkit_cch as cch

from eitgeo.roads.matrix.layout import MAX_SUM
from eitgeo.roads.matrix.router import scaled_weights

if TYPE_CHECKING:
    import numpy.typing as npt

    from eitgeo.roads.matrix.layout import Layout
    from eitgeo.roads.matrix.ready import Network

    Ints = npt.NDArray[np.int64]

FAR = 2**40
"""Cost of a pair without a way: past any sum."""

_CLOSED = MAX_SUM + 1
"""What the engine takes for infinity."""


@dataclass(frozen=True)
class Grouped:
    """Values by edge.

    Attributes
    ----------
    start, values
        Those of edge ``e`` are ``values[start[e]:start[e + 1]]``.
    """

    start: Ints = field(repr=False)
    values: Ints = field(repr=False)

    def of(self, edges: Ints) -> Ints:
        """Return the values of some edges."""
        parts = [self.values[self.start[at] : self.start[at + 1]] for at in edges]
        return np.unique(np.concatenate([self.values[:0], *parts]))


def group(edge: Ints, values: Ints, *, n_edges: int) -> Grouped:
    """Group values by edge."""
    count = np.bincount(edge, minlength=n_edges)
    start = np.concatenate([[0], np.cumsum(count)])
    return Grouped(start, values[np.argsort(edge, kind="stable")])


class _Side(NamedTuple):
    """One set of weights: of the moves, of the starts, of the arrivals."""

    metric: Any
    weights: npt.NDArray[np.uint32]
    starts: Ints
    legs: Ints


class Closer:
    """Two sets of weights, ``K T + L`` and ``K T + 2 L``, on one hierarchy.

    Closing edges weighs anew only the shortcuts that lie over them.
    """

    def __init__(self, network: Network, layout: Layout) -> None:
        self._layout = layout
        edge = (network.topology.arc // 2).astype(np.int64)
        moves = np.arange(len(edge))
        self._moves = group(edge, moves, n_edges=len(network.graph.edges))
        self._updater = cch.CCHMetricPartialUpdater(network.hierarchy)
        self._sides = [_side(network, layout, n_lengths) for n_lengths in (1, 2)]
        n_moves = len(layout.move)
        place = layout.head[n_moves:] - layout.n_states
        self._order = np.argsort(place, kind="stable")
        self._place, self._first = np.unique(place[self._order], return_index=True)
        states = layout.tail[n_moves:][self._order]
        self._pinned, self._at = np.unique(states, return_inverse=True)

    def costs_without(self, edges: Ints, ends: Ints) -> tuple[Ints, Ints]:
        """Compute both costs of some pairs while edges are closed."""
        moves = self._moves.of(edges)
        found = []
        for side in self._sides:
            keys = moves.tolist()
            self._updater.apply(side.metric, dict.fromkeys(keys, _CLOSED))
            found.append(self._costs(side, ends))
            opened = side.weights[moves].tolist()
            self._updater.apply(side.metric, dict(zip(keys, opened, strict=True)))
        return found[0], found[1]

    def _costs(self, side: _Side, ends: Ints) -> Ints:
        query = cch.CCHOneToMany(side.metric, self._pinned.astype(np.uint32))
        legs = side.legs[self._order]
        cost = np.full(len(ends), FAR)
        place = np.full(self._layout.n_places, FAR)
        for origin in np.unique(ends[:, 0]).tolist():
            found = query.distances_from_multi(self._leaving(side, origin))
            states = np.array([FAR if one is None else one for one in found])
            whole = np.minimum(states[self._at] + legs, FAR)
            place[self._place] = np.minimum.reduceat(whole, self._first)
            mine = ends[:, 0] == origin
            cost[mine] = place[ends[mine, 1]]
        return cost

    def _leaving(self, side: _Side, origin: int) -> list[tuple[int, int]]:
        states = self._layout.start_states[origin].tolist()
        both = zip(states, side.starts[origin].tolist(), strict=True)
        return [(state, cost) for state, cost in both if state >= 0]


def _side(network: Network, layout: Layout, n_lengths: int) -> _Side:
    arcs, starts = scaled_weights(layout, n_lengths)
    n_moves = len(layout.move)
    whole = np.full(len(network.topology.arc), _CLOSED, np.uint32)
    whole[layout.move] = arcs[:n_moves]
    metric = cch.CCHMetric(network.hierarchy, whole)
    return _Side(metric, whole, starts, arcs[n_moves:])

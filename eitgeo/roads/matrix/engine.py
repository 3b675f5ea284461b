"""The engine of shortest paths: a hierarchy, a set of weights, matrices and paths."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import routingkit_cch as cch

from eitgeo.roads.matrix.layout import MAX_SUM, Layout
from eitgeo.roads.matrix.ready import Network

if TYPE_CHECKING:
    Ints = npt.NDArray[np.int64]
    Narrow = npt.NDArray[np.int32]
    Costs = list[tuple[int, int]]

NOT_REACHED = -1

FAR = MAX_SUM + 1
"""What the engine takes for infinity: the weight of a closed move, and the cost of
what is not reached; two of them added still are a number of 32 bits."""


class Engine:
    """The hierarchy of a network for one layout; weights customize it anew."""

    def __init__(self, layout: Layout, network: Network) -> None:
        self._layout = layout
        self._hierarchy = network.hierarchy
        self.scaled_weights = np.full(len(network.topology.arc), FAR, np.uint32)
        self._updater = cch.CCHMetricPartialUpdater(network.hierarchy)
        self._metric: Any = None
        self._arrival, self._pinned, self._column = _arrivals(layout)

    def _customize(self, arcs: Ints) -> Any:
        before, moves = self.scaled_weights, self._layout.move
        self.scaled_weights = before.copy()
        self.scaled_weights[moves] = arcs[: len(moves)]
        if self._metric is not None and np.array_equal(before, self.scaled_weights):
            return self._metric
        if self._metric is None:
            self._metric = cch.CCHMetric(self._hierarchy, self.scaled_weights)
        else:
            self._metric.reset(self.scaled_weights)
        return self._metric

    def _sources(self, starts: Ints) -> list[Costs]:
        """List the states that each origin leaves by, with what it costs."""
        states = self._layout.start_states.tolist()
        return [
            [(state, cost) for state, cost in zip(*both, strict=True) if state >= 0]
            for both in zip(states, starts.tolist(), strict=True)
        ]

    def matrix(self, weights: tuple[Ints, Ints]) -> Ints:
        """Compute the cost of each pair."""
        arcs, starts = weights
        cost = np.full((len(starts), self._layout.n_places), FAR)
        if len(self._pinned):
            self._fill(cost, arcs, self._sources(starts))
        # What the engine counts and a last arc may pass it: no sum past it is told.
        return np.where(cost <= MAX_SUM, cost, NOT_REACHED)

    def _fill(self, cost: Ints, arcs: Ints, sources: list[Costs]) -> None:
        pinned = self._pinned.astype(np.uint32)
        query = cch.CCHOneToMany(self._customize(arcs), pinned)
        ways = [
            (_slice(places), at[places], arcs[arrival[places]])
            for arrival, at in zip(self._arrival, self._column, strict=True)
            for places in [np.flatnonzero(arrival >= 0)]
        ]
        gaps: list[int] = []
        for row, leaving in zip(cost, sources, strict=True):
            if leaving:
                least = numbers_of(query.distances_from_multi(leaving), gaps)
                for places, at, leg in ways:
                    row[places] = np.minimum(row[places], least[at] + leg)

    @contextmanager
    def closed(self, moves: Ints) -> Iterator[None]:
        """Close moves of the weights that were asked last."""
        keys, weights = moves.tolist(), self.scaled_weights[moves].tolist()
        self._updater.apply(self._metric, dict.fromkeys(keys, FAR))
        yield
        self._updater.apply(self._metric, dict(zip(keys, weights, strict=True)))

    def paths(
        self, weights: tuple[Ints, Ints], pairs: Ints
    ) -> Iterator[tuple[int, int, Ints]]:
        """Unpack the best path of chosen pairs."""
        if not len(pairs):
            return
        arcs, starts = weights
        sources = self._sources(starts)
        query = cch.CCHQuery(self._customize(arcs))
        for row, column in pairs.tolist():
            last = self._arrival[:, column]
            last = last[last >= 0]
            yield row, column, self._path(query, sources[row], (last, arcs[last]))

    def _path(self, query: Any, sources: Costs, arrivals: tuple[Ints, Ints]) -> Ints:
        last, legs = arrivals
        states = self._layout.tail[last]
        targets = list(zip(states.tolist(), legs.tolist(), strict=True))
        moves = _driven(query, sources, targets) if sources and targets else None
        if moves is None:
            return np.empty(0, dtype=np.int64)
        path = np.searchsorted(self._layout.move, moves)
        # The last arc is the lightest of those at the end of the path; without a
        # move, the lightest of those at a state where the trip may start.
        ends = {int(self._layout.head[path[-1]]): 0} if len(path) else dict(sources)
        whole = [ends.get(state, FAR) + leg for state, leg in targets]
        return np.append(path, last[int(np.argmin(whole))])


def _arrivals(layout: Layout) -> tuple[Ints, Narrow, Ints]:
    """Lay out the arcs that lead to each place.

    Returns their rows, shape (most arrivals of a place, places), −1 where a place
    has fewer; the states they leave from; the position of that state among them.
    """
    n_moves = len(layout.move)
    place = layout.head[n_moves:] - layout.n_states
    order = np.argsort(place, kind="stable")
    count = np.bincount(place, minlength=layout.n_places)
    nth = np.arange(len(order)) - np.repeat(np.cumsum(count) - count, count)
    arrival = np.full((int(count.max(initial=0)), layout.n_places), -1)
    arrival[nth, place[order]] = n_moves + order
    states, at = np.unique(layout.tail[n_moves:], return_inverse=True)
    column = np.zeros_like(arrival)
    column[nth, place[order]] = at[order]
    return arrival, states, column


def _slice(places: Ints) -> slice | Ints:
    """Make consecutive places a slice, which is faster."""
    if places[-1] - places[0] == len(places) - 1:
        return slice(int(places[0]), int(places[-1]) + 1)
    return places


def numbers_of(numbers: list[int | None], gaps: list[int]) -> Any:
    """Turn what the engine found into numbers; what it did not reach is far.

    ``gaps`` are where something was not reached so far, and grow: mostly the same
    states are missed, and a list without a gap is read four times as fast.
    """
    for gap in gaps:
        if numbers[gap] is None:
            numbers[gap] = FAR
    try:
        return np.frombuffer(array("I", numbers), dtype=np.uintc)  # type: ignore[type-var]
    except TypeError:
        values = np.array(numbers, dtype=float)
        missed = np.isnan(values)
        gaps.extend(np.flatnonzero(missed).tolist())
        return np.where(missed, FAR, values).astype(np.int64)


def _driven(query: Any, sources: Costs, targets: Costs) -> Ints | None:
    """Return the moves of the best path; None where there is none.

    The engine wants the result of a query gone before the next one.
    """
    driven = query.run_multi(sources, targets)
    return (
        None if driven.distance is None else np.array(driven.arc_path, dtype=np.int64)
    )

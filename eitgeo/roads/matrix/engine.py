"""The engine of shortest paths: a hierarchy, a set of weights, matrices and paths."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import routingkit_cch as cch

from eitgeo.roads.matrix.topology import MAX_SUM, Layout, Network

type Ints = npt.NDArray[np.int64]
type Narrow = npt.NDArray[np.int32]
type Costs = list[tuple[int, int]]
type Table = npt.NDArray[np.uint32]
type Ways = list[tuple[int, int]]

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


@dataclass(frozen=True)
class Grouped:
    """Values by edge.

    ``start``, ``values``: those of edge ``e`` are ``values[start[e]:start[e + 1]]``,
    sorted, none twice.
    """

    start: Ints = field(repr=False)
    values: Ints = field(repr=False)

    def of(self, edges: Ints) -> Ints:
        """Return the values of some edges, sorted."""
        if len(edges) == 1:
            return self.values[self.start[edges[0]] : self.start[edges[0] + 1]]
        parts = [self.values[self.start[at] : self.start[at + 1]] for at in edges]
        return np.unique(np.concatenate([self.values[:0], *parts]))


def group(edge: Ints, values: Ints, *, n_edges: int) -> Grouped:
    """Group values by edge; they come sorted, and none twice for an edge."""
    count = np.bincount(edge, minlength=n_edges)
    start = np.concatenate([[0], np.cumsum(count)])
    return Grouped(start, values[np.argsort(edge, kind="stable")])


class Closing(NamedTuple):
    """Edges that close together, and the pairs that are asked meanwhile."""

    edges: Ints
    ends: Ints


class _Shut(NamedTuple):
    """A closing in a table of costs: moves from columns to rows, and its pairs."""

    columns: Ints
    rows: Ints
    weights: Table
    from_rows: Ints
    to_columns: Ints


class _Side(NamedTuple):
    """One set of weights: of the moves, of the starts, of the arrivals."""

    metric: Any
    weights: npt.NDArray[np.uint32]
    starts: Ints
    legs: Ints


class Closer:
    """Sets of weights on one hierarchy, in which edges close and open again.

    Notes
    -----
    All edges of the closings that are asked together close once, and the costs
    between what leads to them, what they lead to and the places of the pairs make
    a table. A closing alone is that table with the edges of the others opened
    again: a move from ``a`` to ``b`` makes of ``M`` the table ``min(M, M[:, a] + w
    + M[b, :])``. Halves of the closings are opened in turn, and halves of halves:
    the costs are those of each closing computed by itself, to the last unit.
    """

    def __init__(
        self, network: Network, layout: Layout, sets: Sequence[tuple[Ints, Ints]]
    ) -> None:
        self._layout = layout
        self._topology = network.topology
        edge = (network.topology.arc // 2).astype(np.int64)
        moves = np.arange(len(edge))
        self._moves = group(edge, moves, n_edges=len(network.graph.edges))
        self._updater = cch.CCHMetricPartialUpdater(network.hierarchy)
        self._sides = [_side(network, layout, weights) for weights in sets]
        n_moves = len(layout.move)
        place = layout.head[n_moves:] - layout.n_states
        self._arrivals = group(
            place.astype(np.int64), np.arange(len(place)), n_edges=layout.n_places
        )
        self._leaves = layout.tail[n_moves:].astype(np.int64)

    def costs(self, closings: Sequence[Closing]) -> Iterator[Ints]:
        """Compute the costs of the pairs of each closing, shape (sets, pairs).

        No two closings share an edge.
        """
        open_moves = [self.open_moves(one.edges) for one in closings]
        moves = np.unique(np.concatenate(open_moves))
        tails, heads = (
            np.unique(ends_of_closings[moves]).astype(np.int64)
            for ends_of_closings in (self._topology.tail, self._topology.head)
        )
        ends_of_closings = np.concatenate([one.ends for one in closings])
        origins, places = (np.unique(ends_of_closings[:, side]) for side in (0, 1))
        shut = [
            _Shut(
                np.searchsorted(tails, self._topology.tail[mine]),
                np.searchsorted(heads, self._topology.head[mine]),
                np.array([side.weights[mine] for side in self._sides]),
                len(heads) + np.searchsorted(origins, one.ends[:, 0]),
                len(tails) + np.searchsorted(places, one.ends[:, 1]),
            )
            for one, mine in zip(closings, open_moves, strict=True)
        ]
        table = np.array(
            [
                self._closed(side, moves, (heads, origins), (tails, places)).T
                for side in self._sides
            ]
        )
        yield from _each_alone(table, shut)

    def open_moves(self, edges: Ints) -> Ints:
        """List the moves of some edges that the costs do not bar."""
        moves = self._moves.of(edges)
        return moves[self._sides[0].weights[moves] < FAR]

    def _closed(
        self,
        side: _Side,
        moves: Ints,
        leave: tuple[Ints, Ints],
        reach: tuple[Ints, Ints],
    ) -> Table:
        """Costs from states and origins to states and places, some moves closed."""
        keys = moves.tolist()
        self._updater.apply(side.metric, dict.fromkeys(keys, FAR))
        (heads, origins), (tails, places) = leave, reach
        sources = [[(state, 0)] for state in heads.tolist()]
        sources += [self._leaving(side, origin) for origin in origins.tolist()]
        targets = [[(state, 0)] for state in tails.tolist()]
        targets += [self._arriving(side, place) for place in places.tolist()]
        table = _distances(side.metric, sources, targets)
        opened = side.weights[moves].tolist()
        self._updater.apply(side.metric, dict(zip(keys, opened, strict=True)))
        return table

    def _leaving(self, side: _Side, origin: int) -> Ways:
        states = self._layout.start_states[origin].tolist()
        both = zip(states, side.starts[origin].tolist(), strict=True)
        return [(state, cost) for state, cost in both if state >= 0]

    def _arriving(self, side: _Side, place: int) -> Ways:
        last = self._arrivals.of(np.array([place]))
        return list(
            zip(self._leaves[last].tolist(), side.legs[last].tolist(), strict=True)
        )


def _side(network: Network, layout: Layout, weights: tuple[Ints, Ints]) -> _Side:
    arcs, starts = weights
    n_moves = len(layout.move)
    whole = np.full(len(network.topology.arc), FAR, np.uint32)
    whole[layout.move] = arcs[:n_moves]
    metric = cch.CCHMetric(network.hierarchy, whole)
    return _Side(metric, whole, starts, arcs[n_moves:])


def _distances(metric: Any, sources: list[Ways], targets: list[Ways]) -> Table:
    """Costs from some ends to others, asked from the side that has fewer of them.

    Ends are states, each with what leads from it or to it. The engine wants the query
    gone before weights change.
    """
    if not any(sources) or not any(targets):
        return np.full((len(sources), len(targets)), FAR, np.uint32)
    if len(targets) < len(sources):
        back = cch.CCHManyToOne(metric, pinned := _states(sources))
        return _costs(back.distances_to_multi, targets, sources, pinned).T
    query = cch.CCHOneToMany(metric, pinned := _states(targets))
    return _costs(query.distances_from_multi, sources, targets, pinned)


def _states(ends: list[Ways]) -> Table:
    return np.unique([state for some in ends for state, _ in some]).astype(np.uint32)


def _costs(
    ask: Callable[[Ways], list[int | None]],
    asked: list[Ways],
    others: list[Ways],
    pinned: Table,
) -> Table:
    """Ask the costs between each end and some states, then others from these."""
    costs = np.full((len(asked), len(pinned)), FAR, np.uint32)
    gaps: list[int] = []
    for row, some in zip(costs, asked, strict=True):
        if some:
            row[:] = numbers_of(ask(some), gaps)
    np.minimum(costs, FAR, out=costs)
    table = np.full((len(asked), len(others)), FAR, np.uint32)
    count = np.array([len(some) for some in others])
    states, legs = np.array([way for some in others for way in some], np.uint32).T
    whole = costs[:, np.searchsorted(pinned, states)] + legs
    has_way = count > 0
    starts = (np.cumsum(count) - count)[has_way]
    table[:, has_way] = np.minimum.reduceat(whole, starts, axis=1)
    return np.minimum(table, FAR)


def _each_alone(table: Table, shut: list[_Shut]) -> Iterator[Ints]:
    """Costs of the pairs of each closing, the others opened again."""
    if len(shut) == 1:
        yield table[:, shut[0].to_columns, shut[0].from_rows].astype(np.int64)
        return
    half = len(shut) // 2
    for kept, others in ((shut[:half], shut[half:]), (shut[half:], shut[:half])):
        opened = _opened(table, others)
        yield from _each_alone(
            *((opened, kept) if len(kept) == 1 else _narrowed(opened, kept))
        )


def _opened(table: Table, shut: list[_Shut]) -> Table:
    """Open some closings, all the moves that leave a state at once."""
    columns, rows = (np.concatenate([one[at] for one in shut]) for at in (0, 1))
    weights = np.concatenate([one.weights for one in shut], axis=1)
    opened, by_moves = table.copy(), np.empty_like(table)
    # No path takes two of the moves that leave a state: it would be there twice.
    for column in sorted(set(columns.tolist())):
        leave = np.flatnonzero(columns == column)
        after = opened[:, :, rows[leave]] + weights[:, None, leave]
        after = np.minimum(after.min(axis=2), FAR)
        np.add(after[:, :, None], opened[:, None, column], out=by_moves)
        np.minimum(opened, by_moves, out=opened)
    return opened


def _narrowed(table: Table, shut: list[_Shut]) -> tuple[Table, list[_Shut]]:
    """Keep the rows and columns that some closings need."""
    columns, rows = (
        _ranks(table.shape[axis], [one[at] for one in shut for at in fields])
        for axis, fields in ((1, (0, 4)), (2, (1, 3)))
    )
    kept = [
        _Shut(
            columns[one.columns],
            rows[one.rows],
            one.weights,
            rows[one.from_rows],
            columns[one.to_columns],
        )
        for one in shut
    ]
    asked = np.ix_([True] * len(table), columns >= 0, rows >= 0)
    return table[asked], kept


def _ranks(n: int, used: Sequence[npt.NDArray[Any]]) -> Ints:
    """Rank of each number among those that are used; −1 elsewhere."""
    is_used = np.zeros(n, dtype=bool)
    is_used[np.concatenate(used)] = True
    return np.where(is_used, np.cumsum(is_used) - 1, -1)

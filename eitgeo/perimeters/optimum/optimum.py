"""The connected set of units that keeps most value inside, with a proved bound.

Cheapest ways out of a set are a forest: what each way holds is summed at once.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from eitgeo.errors import InfeasibleError
from eitgeo.perimeters.optimum.choice import (
    NONE,
    Choice,
    Limit,
    contract,
    groups_hold_together,
    holds_together,
    weight_on_ceilings,
)
from eitgeo.perimeters.optimum.relaxation import Relaxation, Relaxed, Separation
from eitgeo.words import french_count

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]
type Flags = npt.NDArray[np.bool_]

_MOST_MOVES = 60
_TRIED = 24
_WORTH_HOLDING = 0.05
_MORE_SPLIT = 2
_LEAST_COST = 1e-3


class GroupGrowth:
    """Grows sets that hold in part no more groups than they may."""

    def __init__(self, choice: Choice, max_split: int) -> None:
        self._choice = choice
        self._max_split = max_split
        self._groups = np.asarray(choice.groups)
        self._size = np.bincount(self._groups)
        self._grown: dict[tuple[int, ...], tuple[Growth, Ints]] = {}

    def along(self, held: Floats) -> Flags | None:
        """As `Growth.along`, for each likely choice of the groups held in part."""
        trials = [self._split(held, groups) for groups in self._likely(held)]
        allowed = [one for one in trials if one is not None]
        return max(allowed, key=self._choice.worth, default=None)

    def _likely(self, held: Floats) -> Iterator[tuple[int, ...]]:
        """List which groups to hold in part: those that the solution splits most."""
        share = np.bincount(self._groups, weights=held) / self._size
        doubt = np.minimum(share, 1 - share) * self._size
        most = np.argsort(-doubt, kind="stable")[: self._max_split + _MORE_SPLIT]
        return combinations(sorted(most.tolist()), min(self._max_split, len(most)))

    def _split(self, held: Floats, groups: tuple[int, ...]) -> Flags | None:
        if groups not in self._grown:
            merged = np.ones(len(self._size), dtype=bool)
            merged[list(groups)] = False
            fewer, unit_of = contract(self._choice, merged)
            self._grown[groups] = Growth(fewer, more_starts=0), unit_of
        growth, unit_of = self._grown[groups]
        share = np.bincount(unit_of, weights=held) / np.bincount(unit_of)
        grown = growth.along(share)
        if grown is None or not self._choice.allows(grown[unit_of]):
            return None
        return grown[unit_of]


class Growth:
    """Grows sets that hold together and keep the ceilings."""

    def __init__(self, choice: Choice, *, more_starts: int = 2) -> None:
        self._choice = choice
        self._more_starts = more_starts
        self._graph = choice.graph()
        parts = np.split(self._graph.indices, self._graph.indptr[1:-1])
        self._near = [part.tolist() for part in parts]
        self._values = choice.values()
        self._forced = np.zeros(choice.size, dtype=bool)
        self._forced[choice.forced] = True
        self._open = np.ones(choice.size, dtype=bool)
        self._open[choice.exclude] = False
        self._ceilings = [one for one in choice.limits if np.isfinite(one.high)]
        self._weight = weight_on_ceilings(choice)
        self._trade = choice.own + self._values.sum(axis=1)
        self._mended: dict[bytes, Flags] = {}

    def along(self, held: Floats) -> Flags | None:
        """Grow a set along a fractional solution, then mend it."""
        length = self._length(held)
        trials = [self._from(start, held, length) for start in self._starts(held)]
        allowed = [one for one in trials if one is not None]
        return max(allowed, key=self._choice.worth, default=None)

    def _starts(self, held: Floats) -> list[int]:
        """Take the first forced unit; else the most held, and what trades most."""
        forced = np.flatnonzero(self._forced)
        if len(forced):
            return forced[:1].tolist()
        share = np.where(self._open, held, -1.0)
        trade = np.where(self._open, held * self._trade, -1.0)
        most = np.argsort(-trade, kind="stable")[: self._more_starts]
        return list(dict.fromkeys([int(share.argmax()), *most.tolist()]))

    def _from(self, start: int, held: Floats, length: csr_array) -> Flags | None:
        grown = self._joined(start, length)
        if grown is None:
            return None
        for wanted in (held > _WORTH_HOLDING, np.ones(len(held), dtype=bool)):
            while path := self._best_path(grown, length, wanted):
                grown[path] = True
        # What is mended depends on the set alone, and solutions often grow the same.
        key = grown.tobytes()
        if key not in self._mended:
            self._mended[key] = self._mend(grown)
        mended = self._mended[key]
        return mended if self._choice.allows(mended) else None

    def _length(self, held: Floats) -> csr_array:
        """Say what entering units costs: more where little held and heavy.

        What is heavy counts by its weight: units may be whole groups, and one that is
        not held is no short way to the next.
        """
        absent = 1.001 - np.clip(held, 0, 1)
        graph = self._graph
        cost = np.where(self._open, _LEAST_COST + absent * self._weight, 0.0)
        length = csr_array(
            (cost[graph.indices], graph.indices, graph.indptr), shape=graph.shape
        )
        length.eliminate_zeros()
        return length

    def _joined(self, start: int, length: csr_array) -> Flags | None:
        """Join the forced units to a start by cheapest ways."""
        grown = np.zeros(self._choice.size, dtype=bool)
        grown[start] = True
        for unit in np.flatnonzero(self._forced).tolist():
            if not grown[unit]:
                ways = Ways(length, grown)
                if not ways.reached[unit]:
                    return None
                grown[ways.path(unit)] = True
        return grown if self._fits(grown) else None

    def _best_path(self, grown: Flags, length: csr_array, wanted: Flags) -> list[int]:
        """Return the way to a new unit that gains most for its weight, if any."""
        ways = Ways(length, grown)
        able = wanted & ways.reached & self._open
        gain = self._choice.own + self._values @ grown
        worth = ways.sums(gain)
        worth += ways.pair_sums(self._choice.pairs, self._choice.pair_value)
        burden = np.zeros(len(grown)) if self._ceilings else ways.depth.astype(float)
        for limit in self._ceilings:
            taken = ways.sums(limit.weight)
            able &= limit.weight[grown].sum() + taken <= limit.high
            burden = np.maximum(burden, taken / limit.high)
        rate = np.where(able, worth / (burden + 1e-9), 0.0)
        unit = int(rate.argmax())
        return ways.path(unit) if rate[unit] > 0 else []

    def _fits(self, grown: Flags) -> bool:
        return all(one.weight[grown].sum() <= one.high for one in self._ceilings)

    def _mend(self, grown: Flags) -> Flags:
        """Add and swap units at the edge as long as the worth rises."""
        for _ in range(_MOST_MOVES):
            better = self._better(grown)
            if better is None:
                break
            grown = better
        return grown

    def _better(self, grown: Flags) -> Flags | None:
        gain = self._choice.own + self._values @ grown
        edge = np.flatnonzero(~grown & self._open & (self._graph @ grown > 0))
        by_gain = edge[np.argsort(-gain[edge], kind="stable")]
        best, best_rise = None, 1e-9 * max(1.0, float(gain[grown].sum()))
        for unit in by_gain[:_TRIED].tolist():
            if gain[unit] <= best_rise:
                break
            swapped, loss = self._make_room(grown, unit, gain[unit])
            if swapped is not None and gain[unit] - loss > best_rise:
                best, best_rise = swapped, gain[unit] - loss
        return best

    def _make_room(
        self, grown: Flags, unit: int, gain: float
    ) -> tuple[Flags | None, float]:
        """Add a unit, and drop the least useful ones until the ceilings hold."""
        flags = grown.copy()
        flags[unit] = True
        loss = 0.0
        while not self._fits(flags):
            over = max(
                self._ceilings, key=lambda one: one.weight[flags].sum() / one.high
            )
            worth = self._choice.own + self._values @ flags
            droppable = np.flatnonzero(flags & ~self._forced & (over.weight > 0))
            droppable = droppable[droppable != unit]
            rate = worth[droppable] / over.weight[droppable]
            dropped = self._first_to_drop(
                flags, droppable[np.argsort(rate, kind="stable")], worth, gain - loss
            )
            if dropped is None:
                return None, loss
            flags[dropped] = False
            loss += worth[dropped]
        return flags, loss

    def _first_to_drop(
        self, held: Flags, ordered: Ints, worth: Floats, most: float
    ) -> int | None:
        """Return the first unit that leaves one piece, before one is worth too much."""
        is_in = held.tolist()
        for unit in ordered.tolist():
            if worth[unit] >= most:
                return None
            if stays_whole(self._near, is_in, unit):
                return unit
        return None


class Ways:
    """The cheapest way from a set to each unit.

    Notes
    -----
    Sums along all ways at once by pointer doubling: as many passes over the units as
    the logarithm of the longest way.
    """

    def __init__(self, length: csr_array, start: Flags) -> None:
        distance, before, _ = dijkstra(
            length,
            indices=np.flatnonzero(start),
            min_only=True,
            return_predecessors=True,
        )
        self.reached: Flags = np.isfinite(distance) & ~start
        size = len(start)
        # The unit before on the way; ``size`` where the way begins.
        self._up: Ints = np.full(size + 1, size)
        inner = self.reached & ~start[np.maximum(before, 0)]
        self._up[:size][inner] = before[inner]
        self._jumps = [self._up]
        while (self._jumps[-1] < size).any():
            self._jumps.append(self._jumps[-1][self._jumps[-1]])
        self.depth = self.sums(np.ones(size)).astype(np.int64)

    def sums(self, amounts: Floats) -> Floats:
        """Of the units of each way, its end included, the start not."""
        total = np.append(amounts, 0.0)
        for jump in self._jumps:
            total = total + total[jump]
        return total[:-1]

    def pair_sums(self, pairs: Ints, amounts: Floats) -> Floats:
        """Of the pairs that have both units on each way."""
        a, b = pairs[:, 0], pairs[:, 1]
        upper = np.where(self.depth[a] < self.depth[b], a, b)
        lower = a + b - upper
        rise = self.depth[lower] - self.depth[upper]
        unit = lower
        for power, jump in enumerate(self._jumps):
            unit = np.where(rise >> power & 1, jump[unit], unit)
        on_way = unit == upper
        counts = np.bincount(
            lower[on_way], weights=amounts[on_way], minlength=len(self.depth)
        )
        return self.sums(counts)

    def path(self, unit: int) -> list[int]:
        """From a unit that is reached, back to the start."""
        units = []
        while unit < len(self.depth):
            units.append(unit)
            unit = int(self._up[unit])
        return units


def stays_whole(
    near: Sequence[Sequence[int]], is_in: Sequence[bool], unit: int
) -> bool:
    """Say whether a set in one piece stays so without one of its units.

    Examples
    --------
    >>> row = [[1], [0, 2], [1]]
    >>> [stays_whole(row, [True, True, True], unit) for unit in range(3)]
    [True, False, True]
    """
    linked = [other for other in near[unit] if is_in[other]]
    wanted = set(linked[1:])
    seen, edge = {unit, *linked[:1]}, linked[:1]
    while wanted and edge:
        for other in near[edge.pop()]:
            if is_in[other] and other not in seen:
                seen.add(other)
                edge.append(other)
                wanted.discard(other)
    return not wanted


__all__ = ["Choice", "Limit", "Optimum", "best_set"]

_WHOLE = 1e-6
_CUTS_A_ROUND = 80
_STALL = 12
_TIE = 1e-7


@dataclass(frozen=True)
class Optimum:
    """The best set found, and how much better another could be.

    ``held``: one flag a unit. ``value``: what the set is worth. ``bound``: no set that
    keeps the rules is worth more. ``gap``: ``bound ÷ value − 1``. ``n_nodes``,
    ``n_cuts``: nodes of the tree that were solved, separators written down at the end.
    ``omitted``: worth of the pairs left out of the relaxation; counted in ``bound``.
    ``proved``: whether the gap that was asked for was reached within the nodes.
    """

    held: Flags = field(repr=False)
    value: float
    bound: float
    gap: float
    n_nodes: int
    n_cuts: int
    omitted: float
    proved: bool


def best_set(
    choice: Choice,
    *,
    gap: float = 0.01,
    max_nodes: int = 20,
    max_rounds: int = 60,
    max_pairs: int = 20_000,
) -> Optimum:
    """Find the connected set of units that is worth most under the limits.

    ``gap``: stop when no set can be worth more than ``1 + gap`` times the best one
    found. ``max_nodes``: stop after this many nodes of the tree. Never on time: the
    same inputs give the same set. ``max_pairs``: pairs that the relaxation writes down,
    the largest first; the worth of the others is added to the bound, and they count in
    the value. Returns: ``held`` is in one piece and keeps every rule, checked by code
    that the method does not share. Refused when an array is unsound: lengths, indices,
    negative or unknown values. Refused when rules clash, or no set that keeps them was
    found within the nodes.

    Notes
    -----
    Branch and cut: the linear relaxation of the 0–1 programme (a pair counts when
    both ends are held), tightened by node separators of minimum cuts where a unit is
    held without a way to the root (M. Fischetti et al., Mathematical Programming
    Computation 9, 2017, p. 203–229, for Steiner trees), sets grown along it, then
    branching on the unit nearest to one half. The bound of each node is recomputed
    from the duals by weak duality, so that it holds whatever the solver (HiGHS) did.

    Examples
    --------
    >>> line = Choice(units=("a", "b", "c"), links=np.array([[0, 1], [1, 2]]),
    ...     own=np.array([1.0, 0.0, 1.0]), pairs=np.array([[0, 2]]),
    ...     pair_value=np.array([5.0]),
    ...     limits=(Limit("population", np.array([1.0, 1.0, 1.0]), high=3.0),), root=0)
    >>> found = best_set(line, gap=0.0)
    >>> found.held.tolist(), found.value, round(found.bound, 6)
    ([True, True, True], 7.0, 7.0)
    """
    choice.require_possible()
    unit_of = np.arange(choice.size)
    whole = choice.groups is not None and choice.max_split == 0
    if whole and groups_hold_together(choice):
        # Nothing but whole groups, each in one piece: each is one unit.
        every = np.ones(int(np.max(np.asarray(choice.groups))) + 1, dtype=bool)
        choice, unit_of = contract(choice, every)
    by_value = np.argsort(-choice.pair_value, kind="stable")
    is_kept = np.zeros(len(choice.pairs), dtype=bool)
    is_kept[by_value[:max_pairs]] = True
    search = _Search(choice, is_kept, gap=gap, max_rounds=max_rounds)
    n_nodes = search.run(max_nodes)
    best = search.result(n_nodes)
    return replace(best, held=best.held[unit_of])


@dataclass(frozen=True)
class _Node:
    """A node of the tree: what is fixed, and the bound that it was born with."""

    bound: float
    number: int
    lower: Flags
    upper: Flags

    def __lt__(self, other: _Node) -> bool:
        return (-self.bound, self.number) < (-other.bound, other.number)


class _Search:
    """The tree: a node is a set of units fixed in or out."""

    def __init__(
        self, choice: Choice, kept: Flags, *, gap: float, max_rounds: int
    ) -> None:
        self._choice = choice
        self._gap, self._max_rounds = gap, max_rounds
        self._omitted = float(choice.pair_value[~kept].sum())
        self._relaxation = Relaxation(choice, kept)
        self._graph = choice.graph()
        self._separation = Separation(self._graph, choice.root)
        self._growth = (
            Growth(choice)
            if choice.groups is None or choice.max_split is None
            else GroupGrowth(choice, choice.max_split)
        )
        self._group_weight = _group_weights(choice)
        self._best: Flags | None = None
        self._value = -np.inf
        self._closed = -np.inf

    def run(self, max_nodes: int) -> int:
        # The highest bound first.
        lower = np.zeros(self._relaxation.n_switches, dtype=bool)
        lower[self._choice.forced] = True
        upper = np.ones(self._relaxation.n_switches, dtype=bool)
        upper[self._choice.exclude] = False
        self._open = [_Node(np.inf, 0, lower, upper)]
        n_nodes = 0
        while self._open and n_nodes < max_nodes and not self._is_proved():
            n_nodes += 1
            self._solve(replace(heapq.heappop(self._open), number=n_nodes))
        return n_nodes

    def result(self, n_nodes: int) -> Optimum:
        if self._best is None:
            how = "en" if self._open else "tout exploré,"
            message = (
                "optimum : aucun périmètre d'un seul tenant ne respecte ensemble les "
                f"règles ({how} {n_nodes} nœuds) → desserrer une contrainte"
            )
            raise InfeasibleError(message)
        bound = float(max(self._value, self._bound()))
        return Optimum(
            held=self._best,
            value=self._value,
            bound=bound,
            gap=bound / self._value - 1 if self._value > 0 else 0.0,
            n_nodes=n_nodes,
            n_cuts=self._relaxation.n_cuts,
            omitted=self._omitted,
            proved=bool(self._is_proved()),
        )

    def _bound(self) -> float:
        return max([self._closed, *(node.bound for node in self._open)])

    def _is_proved(self) -> bool:
        return self._best is not None and self._is_hopeless(self._bound())

    def _is_hopeless(self, bound: float) -> bool:
        """Say whether a bound leaves nothing worth looking for."""
        return bound <= self._value * (1 + self._gap) + _TIE * abs(self._value)

    def _solve(self, node: _Node) -> None:
        """Tighten one node, then close it or branch."""
        bound, lower, upper = node.bound, node.lower, node.upper
        history: list[float] = []
        solved = None
        for turn in range(self._max_rounds):
            solved = self._relaxation.solve(lower, upper)
            if solved is None:
                return
            bound = min(bound, solved.bound + self._omitted)
            if turn in (0, 4, 12, 24, 48) or turn == self._max_rounds - 1:
                self._try(self._growth.along(solved.held))
            if self._is_hopeless(bound):
                self._closed = max(self._closed, bound)
                return
            cuts = self._separation.broken(
                solved.held, solved.rooted, most=_CUTS_A_ROUND
            )
            if not self._relaxation.cut(cuts):
                break
            history.append(bound)
            if self._has_stalled(history):
                break
        if solved is not None:
            self._branch(solved, replace(node, bound=bound))

    def _has_stalled(self, history: list[float]) -> bool:
        if len(history) <= _STALL:
            return False
        return history[-_STALL - 1] - history[-1] < 1e-4 * abs(history[-1])

    def _branch(self, solved: Relaxed, node: _Node) -> None:
        lower, upper = node.lower, node.upper
        split = np.abs(solved.switches - np.rint(solved.switches))
        split[lower == upper] = 0.0
        unit = self._doubtful(split)
        if split[unit] <= _WHOLE:
            self._try(solved.held > 1 / 2)
            free = np.flatnonzero(lower != upper)
            if self._is_hopeless(node.bound) or len(free) == 0:
                self._closed = max(self._closed, node.bound)
                return
            unit = int(free[0])
        for keep in (True, False):
            low, high = lower.copy(), upper.copy()
            low[unit], high[unit] = keep, keep
            child = _Node(node.bound, 2 * node.number + keep, low, high)
            heapq.heappush(self._open, child)

    def _doubtful(self, split: Floats) -> int:
        """Choose where to branch: at a group if any, the heavy ones before others.

        What is held in part and what is not settles most units.
        """
        of_groups = np.where(split > _WHOLE, split, 0.0)[self._choice.size :]
        if not of_groups.any():
            return int(split[: self._choice.size].argmax())
        return self._choice.size + int((of_groups * self._group_weight).argmax())

    def _try(self, held: Flags | None) -> None:
        """Keep a set if it is better, in one piece, and keeps the rules."""
        if held is None or not self._choice.allows(held):
            return
        value = self._choice.worth(held)
        if value > self._value and holds_together(self._graph, held):
            self._best, self._value = held.copy(), value


def _group_weights(choice: Choice) -> Floats:
    """Weigh the switches of groups, touched then whole, by what the ceilings count."""
    if choice.groups is None or choice.max_split is None:
        return np.zeros(0)
    weight = np.bincount(choice.groups, weights=weight_on_ceilings(choice))
    return np.tile(np.maximum(weight, 1e-9), 2)


_NODES = 12
_HALVINGS = 8
_ANY = 1e9
_TOLD = 5
_NO_PAIRS = np.zeros((0, 2), dtype=np.int64)


@dataclass(frozen=True)
class _Rule:
    """A rule that may be taken away, and what is told of its smallest relaxation."""

    name: str
    without: Callable[[Choice], Choice]
    relaxed: Callable[[Choice], str]


def clash_text(choice: Choice) -> str:
    """Say which rules cannot be kept together, and the smallest relaxations.

    ``choice``: a choice that no set satisfies. Returns: French: a smallest set of rules
    that clash (none can be left out), then for each of them how far it has to give way
    when all the others hold. Empty when no rule is at fault by itself.

    Notes
    -----
    Deletion filter: a rule is left out when the rest still clashes without it
    (J. W. Chinneck, Feasibility and Infeasibility in Optimization, Springer 2008,
    chapter 6). A floor gives way to the largest sum that the others let
    through, itself an optimum; a ceiling by halving; the rest one by one. A set that
    was not found within the nodes counts as absent: a figure that is told was reached.
    """
    rules = list(_rules(choice))
    needed = list(rules)
    for rule in rules:
        others = [one for one in needed if one is not rule]
        if not _is_possible(_only(choice, others, rules)):
            needed = others
    if len(needed) == len(rules) == 0:
        return ""
    names = " ; ".join(rule.name for rule in needed)
    lines = [f"règles incompatibles : {names}"]
    for rule in needed:
        remedy = rule.relaxed(_only(choice, needed, rules))
        if remedy:
            lines.append(f"→ {remedy}")
    return "\n  ".join(lines)


def _only(choice: Choice, kept: list[_Rule], rules: list[_Rule]) -> Choice:
    for rule in rules:
        if rule not in kept:
            choice = rule.without(choice)
    return choice


def _rules(choice: Choice) -> Iterator[_Rule]:
    for rank, limit in enumerate(choice.limits):
        if np.isfinite(limit.low):
            yield _floor(rank, limit)
        if np.isfinite(limit.high):
            yield _ceiling(rank, limit)
    if len(choice.include):
        yield _Rule(
            f"{len(choice.include)} commune(s) imposée(s)",
            lambda one: replace(one, include=NONE),
            lambda one: _named(one, "include", "ne plus imposer"),
        )
    if len(choice.exclude):
        yield _Rule(
            f"{len(choice.exclude)} commune(s) exclue(s)",
            lambda one: replace(one, exclude=NONE),
            lambda one: _named(one, "exclude", "ne plus exclure"),
        )
    if choice.max_split is not None:
        yield _Rule(
            f"EPCI coupés : au plus {choice.max_split}",
            lambda one: replace(one, max_split=None),
            _more_split,
        )


def _floor(rank: int, limit: Limit) -> _Rule:
    def without(choice: Choice) -> Choice:
        return _with_limit(choice, rank, low=-np.inf)

    def relaxed(choice: Choice) -> str:
        open_ = replace(
            without(choice), own=limit.weight, pairs=_NO_PAIRS, pair_value=np.zeros(0)
        )
        try:
            best = best_set(open_, gap=1e-3, max_nodes=_NODES)
        except InfeasibleError:
            return ""
        return (
            f"plancher {limit.name} : {french_count(best.value)} au plus si les "
            "autres règles tiennent"
        )

    return _Rule(
        f"plancher {limit.name} {french_count(limit.low)}",
        without,
        relaxed,
    )


def _ceiling(rank: int, limit: Limit) -> _Rule:
    def without(choice: Choice) -> Choice:
        return _with_limit(choice, rank, high=np.inf)

    def relaxed(choice: Choice) -> str:
        low, high = limit.high, float(limit.weight.sum())
        if not _is_possible(without(choice)):
            return ""
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            if _is_possible(_with_limit(choice, rank, high=middle)):
                high = middle
            else:
                low = middle
        return (
            f"plafond {limit.name} : entre {french_count(low)} et {french_count(high)} "
            "si les autres règles tiennent"
        )

    return _Rule(
        f"plafond {limit.name} {french_count(limit.high)}",
        without,
        relaxed,
    )


def _with_limit(choice: Choice, rank: int, **bounds: Any) -> Choice:
    limits = list(choice.limits)
    limits[rank] = replace(limits[rank], **bounds)
    return replace(choice, limits=tuple(limits))


def _named(choice: Choice, field: str, words: str) -> str:
    """Tell the units whose rule alone is too much."""
    listed = getattr(choice, field).tolist()
    enough = []
    for unit in listed:
        left: Any = np.array([one for one in listed if one != unit], dtype=np.int64)
        if _is_possible(replace(choice, **{field: left})):
            enough.append(choice.units[unit])
    if not enough:
        return ""
    rest = f" (ou {len(enough) - _TOLD} autres)" if len(enough) > _TOLD else ""
    return f"{words} {' ou '.join(enough[:_TOLD])}{rest}"


def _more_split(choice: Choice) -> str:
    n_groups = int(np.max(choice.groups)) + 1 if choice.groups is not None else 0
    for most in range((choice.max_split or 0) + 1, n_groups + 1):
        if _is_possible(replace(choice, max_split=most)):
            return f"EPCI coupés : {most} suffisent si les autres règles tiennent"
    return ""


def _is_possible(choice: Choice) -> bool:
    """Say whether a set that keeps the rules was found; any will do."""
    floors = [
        limit for limit in choice.limits if np.isfinite(limit.low) and limit.low > 0
    ]
    own = np.ones(choice.size)
    for limit in floors:
        own = own + choice.size * limit.weight / max(limit.weight.sum(), limit.low)
    plain = replace(choice, own=own, pairs=_NO_PAIRS, pair_value=np.zeros(0))
    try:
        best_set(plain, gap=_ANY, max_nodes=_NODES)
    except InfeasibleError:
        return False
    return True

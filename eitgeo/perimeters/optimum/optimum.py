"""The connected set of units that keeps most value inside, with a proved bound."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from eitgeo.errors import InfeasibleError
from eitgeo.perimeters.optimum.choice import (
    Choice,
    Limit,
    contract,
    groups_hold_together,
    holds_together,
    weight_on_ceilings,
)
from eitgeo.perimeters.optimum.growth import GroupGrowth, Growth
from eitgeo.perimeters.optimum.relaxation import Relaxation, Relaxed
from eitgeo.perimeters.optimum.separators import Separation

if TYPE_CHECKING:
    Flags = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float64]

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

    ``choice``: units, links, values, limits. ``gap``: stop when no set can be worth
    more than ``1 + gap`` times the best one found. ``max_nodes``: stop after this many
    nodes of the tree. Never on time: the same inputs give the same set. ``max_rounds``:
    rounds of separators in one node. ``max_pairs``: pairs that the relaxation writes
    down, the largest first; the worth of the others is added to the bound, and they
    count in the value. Returns: ``held`` is in one piece and keeps every rule, checked
    by code that the method does not share. Refused when an array is unsound: lengths,
    indices, negative or unknown values. Refused when rules clash, or no set that keeps
    them was found within the nodes.

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

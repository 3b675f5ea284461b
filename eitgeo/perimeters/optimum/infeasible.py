"""Rules that clash: which ones, and how little has to give way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from eitgeo.errors import InfeasibleError
from eitgeo.perimeters.optimum.choice import NONE, Choice, Limit
from eitgeo.perimeters.optimum.optimum import best_set
from eitgeo.words import french_count

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

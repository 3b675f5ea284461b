"""An attacker: given what is published, tries to give a secret cell back.

It shares no code with the package. What it knows: every published number, which
communes each number may cover, which firm sits in which commune (registers are
public), and the rule. What it looks for: the amount of a set of sites that fails the
rule – fewer than three firms, or one above 85 %.

Two searches, both exact:

- differences: for every pair of published sets, one inside the other, what is left;
- linear algebra over a prime field, on the finest sets that published numbers tell
  apart: every such set that fails, and every union of two or three of them that
  fails, is tested for being a combination of published sets; the combination is then
  applied to the published numbers.

A set is recovered when the number found is the true amount. Numbers are judged, not
only sets: a figure that leaves cut blocks out covers less than its contour says.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np

PRIME = 2_147_483_647
TOLERANCE = 1e-7
CHUNK = 1000
"""Unions of sets that are tried at once."""
MAX_UNITS = 40
"""Largest difference that is looked into; the algebra has no such limit."""

Unit = Any
Holdings = Mapping[Unit, Mapping[str, float]]
"""Unit (a commune, a pair of communes) → firm → amount."""
Way = tuple[frozenset[Unit], dict[int, float]]
"""A set of units, and how many times each published figure is added to get its own."""
_last: deque[tuple[list[frozenset[Unit]], Sequence[Holdings], list[Way]]] = deque(
    maxlen=8
)


@dataclass(frozen=True)
class Figure:
    """A published number and the units that it covers."""

    units: frozenset[Unit]
    number: float


def fails(units: Iterable[Unit], truths: Sequence[Holdings]) -> bool:
    """Say whether somebody is in a set, and too few, or one too large."""
    listed = list(units)
    return any(
        breaks_rule([truth[unit] for unit in listed if unit in truth])
        for truth in {id(truth): truth for truth in truths}.values()
    )


def breaks_rule(parts: Sequence[Mapping[str, float]]) -> bool:
    """Say whether somebody makes parts together, and too few, or one too large."""
    firms: dict[str, float] = {}
    for part in parts:
        for firm, amount in part.items():
            firms[firm] = firms.get(firm, 0.0) + amount
    amounts = [amount for amount in firms.values() if amount > 0]
    return bool(amounts) and (len(amounts) < 3 or max(amounts) > 0.85 * sum(amounts))


def total(units: Iterable[Unit], truth: Holdings) -> float:
    """Sum what a set really makes."""
    return sum(sum(truth[unit].values()) for unit in units if unit in truth)


def attack(figures: Sequence[Figure], *truths: Holdings) -> set[frozenset[Unit]]:
    """Return the secret sets whose amount the attacker finds.

    The first of `truths` is what the figures measure; a set fails where it fails in
    any of them (givers, takers).
    """
    known = [one for one in figures if np.isfinite(one.number)]
    found = set()
    for units, mix in _ways_to([one.units for one in known], truths):
        number = sum(times * known[n].number for n, times in mix.items())
        if is_breach(units, number, truths):
            found.add(units)
    return found


def _ways_to(sets: list[frozenset[Unit]], truths: Sequence[Holdings]) -> list[Way]:
    """Look for ways once where figures of other levels cover the same sets."""
    for known, held, ways in _last:
        if known == sets and {*map(id, held)} == {*map(id, truths)}:
            return ways
    ways = [*by_differences(sets), *by_algebra(sets, truths)]
    _last.append((sets, truths, ways))
    return ways


def is_breach(
    units: frozenset[Unit], number: float, truths: Sequence[Holdings]
) -> bool:
    """Say whether a number gives the amount of a secret set."""
    real = total(units, truths[0])
    close = abs(number - real) <= TOLERANCE * max(1.0, abs(real))
    return real > 0 and close and fails(units, truths)


def by_differences(sets: Sequence[frozenset[Unit]]) -> Iterator[Way]:
    """Yield each set, and each set less another that it holds."""
    names = sorted({unit for one in sets for unit in one}, key=str)
    rank = {unit: n for n, unit in enumerate(names)}
    masks = {sum(1 << rank[u] for u in one): n for n, one in enumerate(sets)}
    left: dict[int, dict[int, float]] = {mask: {n: 1.0} for mask, n in masks.items()}
    for large, high in masks.items():
        for small, low in masks.items():
            if small != large and small & large == small:
                left.setdefault(large ^ small, {high: 1.0, low: -1.0})
    for mask, mix in left.items():
        if mask.bit_count() <= MAX_UNITS:
            bits = f"{mask:b}"[::-1]
            yield frozenset(names[n] for n, bit in enumerate(bits) if bit == "1"), mix


def by_algebra(
    sets: Sequence[frozenset[Unit]], truths: Sequence[Holdings]
) -> Iterator[Way]:
    """Yield the finest sets that the figures tell apart, and unions of those failing.

    Only those that a combination of the figures gives.
    """
    groups = finest(sets)
    secret = [rank for rank, units in enumerate(groups) if fails(units, truths)]
    # A figure covers all of a group or none of it: its first unit stands for it.
    firsts = [next(iter(units)) for units in groups]
    rows = np.array(
        [[int(one in units) for one in firsts] for units in sets], dtype=np.int64
    ).reshape(len(sets), len(groups))
    basis = reduced(rows)
    for size in (1, 2, 3):
        unions = np.array(list(combinations(secret[: 400 if size == 1 else 60], size)))
        for start in range(0, len(unions), CHUNK):
            some = unions[start : start + CHUNK]
            chosen = some if size == 1 else some[unions_fail(some, groups, truths)]
            targets = np.zeros((len(chosen), len(groups)), dtype=np.int64)
            np.put_along_axis(targets, chosen, 1, axis=1)
            for ranks, mix in zip(chosen, basis.combinations(targets), strict=True):
                if mix is not None:
                    units = frozenset().union(*(groups[rank] for rank in ranks))
                    yield units, {n: float(times) for n, times in mix.items()}


def unions_fail(
    unions: np.ndarray, groups: Sequence[frozenset[Unit]], truths: Sequence[Holdings]
) -> np.ndarray:
    """Say of many unions of groups, one a row, what `fails` says of one."""
    ranks, place = np.unique(unions, return_inverse=True)
    place = place.reshape(unions.shape)
    broken = np.zeros(len(unions), dtype=bool)
    for truth in {id(truth): truth for truth in truths}.values():
        held = firm_table([groups[rank] for rank in ranks], truth)[place].sum(axis=1)
        largest = held.max(axis=1, initial=0.0)
        few = (held > 0).sum(axis=1) < 3
        broken |= (largest > 0) & (few | (largest > 0.85 * held.sum(axis=1)))
    return broken


def firm_table(groups: Sequence[frozenset[Unit]], truth: Holdings) -> np.ndarray:
    """Lay out what each firm (column) makes of each group (row)."""
    columns: dict[str, int] = {}
    cells: dict[tuple[int, int], float] = {}
    for row, units in enumerate(groups):
        for unit in units & truth.keys():
            for firm, amount in truth[unit].items():
                key = row, columns.setdefault(firm, len(columns))
                cells[key] = cells.get(key, 0.0) + amount
    table = np.zeros((len(groups), len(columns)))
    for key, amount in cells.items():
        table[key] = amount
    return table


def finest(sets: Sequence[frozenset[Unit]]) -> list[frozenset[Unit]]:
    """Group units that no published figure tells apart."""
    patterns: dict[tuple[int, ...], set[Unit]] = {}
    where: dict[Unit, list[int]] = {}
    for row, one in enumerate(sets):
        for unit in one:
            where.setdefault(unit, []).append(row)
    for unit, covers in where.items():
        patterns.setdefault(tuple(covers), set()).add(unit)
    return [frozenset(units) for _, units in sorted(patterns.items())]


class Basis:
    """The rows of a 0/1 table, reduced, with how each comes from the first ones."""

    def __init__(self, rows: np.ndarray) -> None:
        n_rows, n_columns = rows.shape
        table = np.hstack([rows % PRIME, np.eye(n_rows, dtype=np.int64)])
        self.n_columns, self.pivots = n_columns, []
        top = 0
        for column in range(n_columns):
            below = np.flatnonzero(table[top:, column])
            if not len(below):
                continue
            table[[top, top + below[0]]] = table[[top + below[0], top]]
            table[top] = table[top] * pow(int(table[top, column]), -1, PRIME) % PRIME
            others = np.flatnonzero(table[:, column])
            others = others[others != top]
            factors = table[others, column][:, None]
            table[others] = (table[others] - factors * table[top] % PRIME) % PRIME
            self.pivots.append(column)
            top += 1
            if top == n_rows:
                break
        self.table = table[:top]

    def combinations(self, targets: np.ndarray) -> list[dict[int, Fraction] | None]:
        """Write sets, one a row, as combinations of the first rows; None where none."""
        left = targets.copy()
        mixes = np.zeros((len(left), self.table.shape[1] - self.n_columns), np.int64)
        for row, column in enumerate(self.pivots):
            some = np.flatnonzero(left[:, column])
            factors = left[some, column][:, None]
            known, came = np.split(self.table[row], [self.n_columns])
            left[some] = (left[some] - factors * known) % PRIME
            mixes[some] = (mixes[some] + factors * came) % PRIME
        return [
            None
            if rest.any()
            else {int(n): as_fraction(int(mix[n])) for n in np.flatnonzero(mix)}
            for rest, mix in zip(left, mixes, strict=True)
        ]


def reduced(rows: np.ndarray) -> Basis:
    """Reduce a table of sets."""
    return Basis(rows)


def as_fraction(residue: int) -> Fraction:
    """Read a residue as the fraction of smallest terms that gives it."""
    low, high, u, v = PRIME, residue, 0, 1
    limit = int((PRIME / 2) ** 0.5)
    while high > limit:
        quotient = low // high
        low, high, u, v = high, low - quotient * high, v, u - quotient * v
    return Fraction(high, v)


def top_headcounts(
    jobs: Mapping[str, float],
    shares: Mapping[str, tuple[float, float]],
    largest: Mapping[str, tuple[str, float]],
) -> set[str]:
    """Return the sites whose headcount share × jobs gives to within 10 %.

    Every perimeter bounds the headcount of its largest site; perimeters with the
    same largest site bound it together.
    """
    bounds: dict[str, list[float]] = {}
    truth: dict[str, float] = {}
    for name, (site, headcount) in largest.items():
        low, high = (share * jobs[name] / 100 for share in shares[name])
        if not (np.isfinite(low) and np.isfinite(high)):
            continue
        held = bounds.setdefault(site, [0.0, np.inf])
        held[0], held[1] = max(held[0], low), min(held[1], high)
        truth[site] = headcount
    return {
        site
        for site, (low, high) in bounds.items()
        # Bounds that cross speak of two sites: they say nothing of either.
        if low <= high * (1 + TOLERANCE)
        and abs(low - truth[site]) <= 0.1 * truth[site] >= abs(high - truth[site])
    }


def real_parts(
    totals: Mapping[str, float],
    synthetic_pct: Mapping[str, float],
    truth: Mapping[str, Mapping[str, float]],
) -> set[str]:
    """Return the perimeters whose few real sites (1 − share) × total gives."""
    found = set()
    for name, firms in truth.items():
        number = totals[name] * (1 - synthetic_pct[name] / 100)
        if is_breach(frozenset([name]), number, [{name: firms}]):
            found.add(name)
    return found


def figures_of(rows: Iterable[tuple[Iterable[Unit], Any]]) -> list[Figure]:
    """Make figures of sets and numbers."""
    return [Figure(frozenset(units), float(number)) for units, number in rows]

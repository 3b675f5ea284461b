"""Sums of answers to the survey: which may be told, judged as a respondent would.

Sums over firms put together are judged too: a combination of them may tell a firm.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import linprog

from eitgeo.disclosure.rule import MAX_TOP_SHARE_PCT, MIN_CONTRIBUTORS
from eitgeo.exact import at_most
from eitgeo.words import round_significant

if TYPE_CHECKING:
    Firms = Mapping[str, float]
    Columns = dict[str, list[tuple[int, ...]]]

P_PCT = 10.0
"""How near a respondent may come to the largest of the others (p % rule) [%]."""

SIGNIFICANT = 2
_SIGNED_UP, _OUTLET = "inscrites", "exutoire"
KEY = ["epci_siren", "subject", "item"]

ERASED = "effacee-"
"""How a firm that was erased is named: nothing else is kept of it."""

_REST = (100 - MAX_TOP_SHARE_PCT) / MAX_TOP_SHARE_PCT
_TINY = 1e-9


class Cell(NamedTuple):
    """A sum of answers, as its key names it.

    ``subject``, ``item``: what is summed (:mod:`eitgeo.flows.arisings.declared`).
    """

    epci_siren: str
    subject: str
    item: str


class Answers(NamedTuple):
    """What answers may tell.

    ``table``: ``epci_siren``, ``subject``, ``item``, ``n_firms``, ``t`` (NaN: firms
    alone are counted), two significant figures, one row a cell that is told.
    ``withheld``: ``epci_siren``, ``subject``, ``item`` of the cells that are not.
    """

    table: pd.DataFrame
    withheld: pd.DataFrame


def publishable_answers(
    contributions: pd.DataFrame, *, held_back: Collection[Cell] = ()
) -> Answers:
    """Sum answers cell by cell, and withhold the cells that fail.

    Notes
    -----
    Cells share nothing that would make one the difference of others: no total is
    published, tonnes stand by stream alone, and of registered firms and of outlets
    firms alone are counted. An outlet is told where three registered firms or more have
    another: else it would be that of all, or of all but one who knows it.
    """
    rows, withheld = [], []
    registered = contributions[contributions["subject"] == _SIGNED_UP]
    n_registered = registered.groupby("epci_siren").size()
    groups = contributions.groupby(KEY)
    for key in cells_of(contributions):
        own = groups.get_group(tuple(key))
        tonnes = own["t"].dropna().to_numpy(dtype=float)
        others = int(n_registered.get(key.epci_siren, 0)) - len(own)
        hides = key.subject != _OUTLET or others >= MIN_CONTRIBUTORS
        if key not in held_back and hides and is_told(tonnes, n_firms=len(own)):
            n_firms = int(round_significant(len(own), SIGNIFICANT))
            t = round_significant(float(tonnes.sum()), SIGNIFICANT)
            rows.append((*key, n_firms, t if len(tonnes) else float("nan")))
        else:
            withheld.append(key)
    table = pd.DataFrame(rows, columns=[*KEY, "n_firms", "t"])
    kinds = dict.fromkeys(KEY, "str") | {"n_firms": "int64", "t": "float64"}
    return Answers(table.astype(kinds), pd.DataFrame(withheld, columns=KEY, dtype=str))


def is_told(tonnes: npt.NDArray[np.float64], *, n_firms: int) -> bool:
    """Say whether a sum of answers may be told.

    References
    ----------
    Hundepool et al., Statistical Disclosure Control (2012), p % rule.

    Examples
    --------
    >>> is_told(np.array([50.0, 45.0, 5.0]), n_firms=3)
    True
    >>> is_told(np.array([50.0, 45.1, 4.9]), n_firms=3)
    False
    >>> is_told(np.array([86.0, 5.0, 9.0]), n_firms=3)
    False
    >>> is_told(np.array([]), n_firms=2)
    False
    """
    if n_firms < MIN_CONTRIBUTORS:
        return False
    if not len(tonnes):
        return True
    if len(tonnes) < MIN_CONTRIBUTORS:
        return False
    ordered = np.sort(tonnes)[::-1]
    first, total = ordered[0], ordered.sum()
    rest = total - ordered[:2].sum()
    return bool(
        at_most(100 * first, MAX_TOP_SHARE_PCT * total)
        and at_most(P_PCT * first, 100 * rest)
    )


def cells_of(rows: pd.DataFrame) -> list[Cell]:
    """List the cells that rows name."""
    names: Iterable[tuple[str, str, str]] = rows[KEY].itertuples(index=False, name=None)
    return [Cell(*one) for one in sorted(set(names))]


def approximates_firm(sums: Sequence[Firms]) -> bool:
    """Say whether the last of some sums lets a respondent approach another to 10 %.

    Notes
    -----
    For each firm, the least that others make in a combination that holds it once is a
    linear program in the weights. Where a firm knows its own, the two together make all
    but a tenth of the smaller at most: for the larger of them, others with that firm
    make less than 1.1 times its own, so that the programs of most firms are not needed.

    Examples
    --------
    >>> first, second = dict(a=5.0, b=5.0, c=5.0), dict(d=5.0, e=5.0, f=5.0)
    >>> approximates_firm([first, second, first | second | dict(g=300.0, h=1.0, i=1.0)])
    True
    >>> approximates_firm([first, second, first | second | dict(g=30.0, h=20.0, i=9.0)])
    False
    """
    columns = _weighed_columns(sums)
    before = [column._replace(pattern=column.pattern[:-1]) for column in columns]
    for rank, column in enumerate(columns):
        alone = _least_others(columns, rank, None)
        # Of two firms that make nearly all, the larger has little more than its own.
        is_far = alone >= (1 + P_PCT / 100) * column.amounts[0]
        for knower in () if is_far else (None, *range(len(columns))):
            limit = _REST if knower is None else P_PCT / 100
            least = _least_others(columns, rank, knower)
            if least < limit * column.amounts[0] * (1 - _TINY) and (
                least < _least_others(before, rank, knower) * (1 - _TINY)
            ):
                return True
    return False


class _Column(NamedTuple):
    """What firms bring to each sum, in shares of the most that each ever brought.

    ``pattern``: share in each sum: 0 or 1, but for a firm whose answer moved.
    ``amounts``: the most that each such firm brought [t/year], the largest first.
    """

    pattern: tuple[float, ...]
    amounts: tuple[float, ...]


def _weighed_columns(sums: Sequence[Firms]) -> list[_Column]:
    """Lay out what firms bring; those that were erased protect nobody."""
    amounts_of: dict[tuple[float, ...], list[float]] = {}
    for name in sorted({name for one in sums for name in one}):
        brought = [one.get(name, 0.0) for one in sums]
        most = max(brought)
        if not name.startswith(ERASED) and most > 0:
            amounts_of.setdefault(tuple(t / most for t in brought), []).append(most)
    return [
        _Column(pattern, tuple(sorted(amounts, reverse=True)))
        for pattern, amounts in sorted(amounts_of.items())
    ]


def _least_others(columns: Sequence[_Column], rank: int, knower: int | None) -> float:
    """Return the least that others make in a combination that holds a firm once.

    The firm is the largest of column `rank`; the largest other one of column `knower`
    knows its own answer and counts for nothing. Infinite where it is in no sum.
    """
    weights = np.array([sum(one.amounts) for one in columns])
    weights[rank] -= columns[rank].amounts[0]
    if knower is not None:
        known = columns[knower].amounts[int(knower == rank) :]
        weights[knower] -= sum(known[:1])
    matrix = np.array([one.pattern for one in columns], dtype=float)
    if not matrix[rank].any():
        return float("inf")
    n_columns, n_sums = matrix.shape
    cost = np.concatenate([np.zeros(n_sums), np.maximum(weights, 0.0)])
    eye = np.eye(n_columns)
    solution = linprog(
        cost,
        A_ub=np.block([[matrix, -eye], [-matrix, -eye]]),
        b_ub=np.zeros(2 * n_columns),
        A_eq=np.concatenate([matrix[rank], np.zeros(n_columns)])[None, :],
        b_eq=[1.0],
        bounds=[(None, None)] * n_sums + [(0, None)] * n_columns,
    )
    if solution.status != 0:  # it has a solution: a firm is in a sum
        message = f"sums of answers: no least found ({solution.message})"
        raise RuntimeError(message)
    return float(solution.fun)


def isolates_firms(sums: Sequence[Firms]) -> bool:
    """Say whether the last of some sums gives what fewer than three firms make.

    Examples
    --------
    >>> three = {"a": 1.0, "b": 1.0, "c": 1.0}
    >>> isolates_firms([three, three | {"d": 1.0}])
    True
    >>> isolates_firms([three, three | {"d": 1.0, "e": 1.0, "f": 1.0}])
    False

    No two of these differ by fewer than three firms; the third less the first two do:

    >>> seconds = {"d": 1.0, "e": 1.0, "f": 1.0}
    >>> isolates_firms([three, seconds, three | seconds | {"g": 1.0}])
    True
    """
    groups = _groups(sums)
    every = [pattern for one in groups for pattern in one.columns]
    whole = _rank(every, len(sums))
    before = _rank([one[:-1] for one in every], len(sums) - 1)
    for taken in _small(groups):
        left = [p for one in groups if one not in taken for p in one.columns]
        if _rank(left, len(sums)) == whole:
            continue
        # What earlier sums tell of so few by themselves is told: the last adds nothing.
        silent = [one for one in taken if any(any(c[:-1]) for c in one.columns)]
        is_lost = _rank([one[:-1] for one in left], len(sums) - 1) < before
        if not (is_lost and _fewest(silent) < MIN_CONTRIBUTORS):
            return True
    return False


class _Group(NamedTuple):
    """Firms that no combination of sums tells apart.

    ``columns``: in which sums they are, one column for each amount that they ever
    brought. ``known``: how many are in a sum together with every firm that was erased.
    ``perhaps``: how many others: each may be one that was erased, come back.
    ``erased``: how many were erased.
    """

    columns: tuple[tuple[int, ...], ...]
    known: int
    perhaps: int
    erased: int


def _groups(sums: Sequence[Firms]) -> list[_Group]:
    columns = _columns(sums)
    gone = [columns[name][0] for name in columns if name.startswith(ERASED)]
    counts: dict[tuple[tuple[int, ...], ...], list[int]] = {}
    for name, pattern in columns.items():
        numbers = counts.setdefault(tuple(pattern), [0, 0, 0])
        if name.startswith(ERASED):
            numbers[2] += 1
        else:
            numbers[int(not all(_meet(pattern, one) for one in gone))] += 1
    return [_Group(pattern, *numbers) for pattern, numbers in sorted(counts.items())]


def _meet(columns: Sequence[tuple[int, ...]], other: tuple[int, ...]) -> bool:
    """Say whether two firms are in one sum together: they are two then."""
    return any(a and b for one in columns for a, b in zip(one, other, strict=True))


def _small(groups: Sequence[_Group]) -> Iterator[frozenset[_Group]]:
    """List the sets of groups that may be fewer than three firms.

    Part of a group leaves the column of the others: groups are taken whole.
    """
    few = MIN_CONTRIBUTORS - 1
    n_erased = sum(one.erased for one in groups)
    rare = [one for one in groups if one.known <= few]
    rare = [one for one in rare if one.perhaps <= few + n_erased]
    # Each column of a group falls apart alone: few sums make few groups.
    for size in range(1, len(rare) + 1):
        is_any = False
        for taken in combinations(rare, size):
            known = sum(one.known for one in taken)
            perhaps = sum(one.perhaps for one in taken)
            if known > few or perhaps > few + n_erased:
                continue
            is_any = True
            if _fewest(taken) <= few:
                yield frozenset(taken)
        if not is_any:
            return


def _fewest(groups: Collection[_Group]) -> int:
    """Count firms: erased ones may be those that came, and have changed nothing."""
    known = sum(one.known for one in groups)
    return known + abs(sum(one.perhaps - one.erased for one in groups))


def _columns(sums: Sequence[Firms]) -> Columns:
    """Give the columns of each firm: one for each amount that it ever brought."""
    columns: Columns = {}
    for name in sorted({name for one in sums for name in one}):
        brought = [one.get(name) for one in sums]
        if name.startswith(ERASED):
            columns[name] = [tuple(int(t is not None) for t in brought)]
            continue
        amounts = sorted({t for t in brought if t is not None})
        columns[name] = [tuple(int(t == amount) for t in brought) for amount in amounts]
    return columns


def _rank(patterns: Sequence[tuple[int, ...]], n_sums: int) -> int:
    distinct = sorted(set(patterns))
    matrix: npt.NDArray[np.float64] = np.array(distinct, dtype=float).reshape(
        len(distinct), n_sums
    )
    return int(np.linalg.matrix_rank(matrix))

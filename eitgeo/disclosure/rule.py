"""The rule of secrecy: how many make a figure, how much the first one weighs.

How finely a sum of estimates leaves, rows that were computed to leave, and which groups
of firms that share nothing may be told.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from eitgeo.check import require_columns
from eitgeo.exact import at_most, each
from eitgeo.scenarios.measures.activity import PUBLISHED, REDUCED
from eitgeo.words import round_share, round_significant, settled

if TYPE_CHECKING:
    Firms = npt.NDArray[np.int64]
    Amounts = npt.NDArray[np.float64]
    type Parts = Sequence[Part]

MIN_CONTRIBUTORS = 3
"""Firms that a published figure needs (INSEE, « Guide du secret statistique »)."""

MAX_TOP_SHARE_PCT = 85.0
"""Share of a published figure that one firm may make (same source) [%]."""


NOBODY = -1
"""Number of the firm of what rests on published counts alone."""

LESSENED = -2
"""Number of the firm of a published count less who answered: it covers nobody."""

FIGURES = 2
"""Significant figures of blocks, of their draws, of cells and of study totals."""

_NUMBER = "number of "


def firm_numbers(firms: pd.Series[str]) -> pd.Series[int]:
    """Give each firm a number, and that of nobody to what is nobody's."""
    numbers = pd.Series(pd.factorize(firms)[0], index=firms.index)
    numbers = numbers.where(firms != PUBLISHED, NOBODY)
    return numbers.where(firms != REDUCED, LESSENED)


class Part(NamedTuple):
    """What some firms make of a figure, at one or more levels.

    ``firms``: number of the firm of each row; a firm may have several rows; ``NOBODY``
    where anybody can compute the amount. ``amounts``: shape (rows, levels), ≥ 0.
    """

    firms: Firms
    amounts: Amounts

    def union(self, other: Part) -> Part:
        """Put two parts together."""
        return Part(
            np.concatenate([self.firms, other.firms]),
            np.concatenate([self.amounts, other.amounts]),
        )


def parts_by(
    rows: pd.DataFrame, keys: list[str], levels: list[str]
) -> dict[tuple[str, ...], Part]:
    """Split rows into parts."""
    if rows.empty:
        return {}
    number = rows.groupby(keys).ngroup().to_numpy()
    order = np.argsort(number, kind="stable")
    cuts = np.flatnonzero(np.diff(number[order])) + 1
    firms = np.split(rows["firm"].to_numpy()[order], cuts)
    amounts = np.split(rows[levels].to_numpy(dtype=float)[order], cuts)
    names = rows[keys].iloc[order[np.concatenate([[0], cuts])]]
    return {
        tuple(name): Part(*part)
        for name, *part in zip(
            names.itertuples(index=False, name=None), firms, amounts, strict=True
        )
    }


def passes(part: Part) -> bool:
    """Say whether a figure may be published.

    Notes
    -----
    The union of parts that pass, passes. Firms only add up: the union has as many
    firms as any of its parts. A firm that makes at most 85 % of each part makes at
    most 85 % of their sum, were it in all of them. What is published is a sum of
    parts that pass and that share nothing; differences of such sums that are sums
    themselves hold whole parts, hence they pass too.

    What is nobody's counts neither as a firm nor in the total: who knows it takes it
    off, so that the firms beside it must pass without it. Alone, it passes; less who
    answered, it does not, and covers nobody either: the count that is published would
    tell the answers.

    Examples
    --------
    >>> three = np.array([1, 2, 3])
    >>> passes(Part(three, np.array([[85.0], [10.0], [5.0]])))
    True
    >>> passes(Part(three, np.array([[86.0], [10.0], [4.0]])))
    False
    >>> passes(Part(np.array([1, 2, 2]), np.array([[5.0], [3.0], [2.0]])))
    False
    >>> passes(Part(np.array([NOBODY]), np.array([[5.0]])))
    True
    >>> passes(Part(np.array([NOBODY, NOBODY, 1]), np.array([[5.0], [5.0], [5.0]])))
    False
    """
    if len(part.firms) and (part.firms == NOBODY).all():
        return True
    is_firm = part.firms >= 0
    firms, amounts = part.firms[is_firm], part.amounts[is_firm]
    names, rank = np.unique(firms, return_inverse=True)
    sums = np.zeros((len(names), amounts.shape[1]))
    np.add.at(sums, rank, amounts)
    enough = (sums > 0).sum(axis=0) >= MIN_CONTRIBUTORS
    first, total = sums.max(axis=0, initial=0.0), sums.sum(axis=0)
    return bool((enough & at_most(100 * first, MAX_TOP_SHARE_PCT * total)).all())


def rounded(values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Round numbers to the figures that may leave, halves away from zero.

    Printed with one figure, what leaves is what the exact number would be: a number is
    not rounded up to a half, which would then be rounded up again.

    Examples
    --------
    >>> rounded([12_345.6, 0.0249, -2.45, 14_662.0, 15_100.0]).tolist()
    [12000.0, 0.024, -2.4, 14000.0, 15000.0]
    """
    return each(values, lambda one: _once(one, round_significant))


def _once(value: float, rule: Callable[[float, int], float]) -> float:
    """Round, short of a half that the value does not reach."""
    number = rule(value, FIGURES)
    if not math.isfinite(value) or rule(number, 1) == rule(value, 1):
        return number
    step = Decimal(1).scaleb(settled(number - rule(number, 1)).adjusted())
    return float(settled(number) + step.copy_sign(settled(value - number)))


def rounded_share(share_pct: float) -> float:
    """Round a share so that its smaller part has the figures that may leave.

    Examples
    --------
    >>> [rounded_share(one) for one in (12.34, 97.347, 99.999, 100.0)]
    [12.0, 97.3, 99.9, 100.0]
    """
    return _once(share_pct, round_share)


def told_groups(
    amounts: pd.DataFrame, *, group: str, firms: Sequence[str], value: str
) -> pd.Series[bool]:
    """Say of which groups the sum may be told.

    Parameters
    ----------
    amounts
        One row a contribution; a row without a group belongs nowhere.
    group
        Column of the groups: an activity, a family, a class of distance.
    firms
        Columns that name a firm: one, or both ends of an exchange.
    value
        Column of the amounts, ≥ 0.

    Returns
    -------
    pandas.Series of bool
        ``told``, indexed by group, sorted.

    Raises
    ------
    SchemaError
        When a column is missing.

    Notes
    -----
    A group is told where it passes at each end: three firms at least, none above
    85 %. Those that stay in must pass together too, or who knows the sum of all
    would have them by subtraction: else the smallest of the told ones joins them.

    Examples
    --------
    >>> rows = pd.DataFrame({"naf": list("aaabbbcccd"), "firm": list("1234567890"),
    ...     "t": [1.0, 1, 1, 2, 2, 2, 3, 3, 3, 9]})
    >>> told_groups(rows, group="naf", firms=["firm"], value="t").to_dict()
    {'a': False, 'b': True, 'c': True, 'd': False}
    """
    require_columns(amounts, [group, *firms, value], where="groupes")
    numbers = {_NUMBER + one: pd.factorize(amounts[one])[0] for one in firms}
    known = amounts.assign(**numbers)[amounts[group].notna()]
    parts = {
        str(name): [_part(rows, firm, value) for firm in firms]
        for name, rows in known.groupby(group, sort=True)
    }
    size = known.groupby(group, sort=True)[value].sum()
    is_told = {name: all(map(passes, ends)) for name, ends in parts.items()}
    for name in size.sort_values(kind="stable").index.astype(str):
        if _rest_passes(parts, is_told):
            break
        is_told[name] = False
    return pd.Series(
        list(is_told.values()), index=size.index, dtype="bool", name="told"
    )


def _part(rows: pd.DataFrame, firm: str, value: str) -> Part:
    known = rows[rows[firm].notna()]
    return Part(known[_NUMBER + firm].to_numpy(), known[[value]].to_numpy(dtype=float))


def _rest_passes(parts: Mapping[str, Parts], told: Mapping[str, bool]) -> bool:
    hidden = [ends for name, ends in parts.items() if not told[name]]
    return all(passes(reduce(Part.union, same)) for same in zip(*hidden, strict=True))


class Rows(NamedTuple):
    """Rows that were computed to leave, and what their computation says of them.

    ``sources`` and ``demonstration`` are those of the catalogue where they are None.
    """

    table: pd.DataFrame
    withheld: int = 0
    to_confirm: tuple[str, ...] = ()
    secrecy: tuple[str, ...] = ()
    sources: tuple[str, ...] | None = None
    demonstration: tuple[str, ...] | None = None

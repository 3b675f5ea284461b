"""The rule of secrecy: how many make a figure, and how much the first one weighs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from eitgeo.exact import at_most
from eitgeo.scenarios.measures.amounts import PUBLISHED, REDUCED

if TYPE_CHECKING:
    import numpy.typing as npt

    Firms = npt.NDArray[np.int64]
    Amounts = npt.NDArray[np.float64]

MIN_CONTRIBUTORS = 3
"""Firms that a published figure needs (INSEE, « Guide du secret statistique »)."""

MAX_TOP_SHARE_PCT = 85.0
"""Share of a published figure that one firm may make (same source) [%]."""


NOBODY = -1
"""Number of the firm of what rests on published counts alone."""

LESSENED = -2
"""Number of the firm of a published count less who answered: it covers nobody."""


def firm_numbers(firms: pd.Series[str]) -> pd.Series[int]:
    """Give each firm a number, and that of nobody to what is nobody's."""
    numbers = pd.Series(pd.factorize(firms)[0], index=firms.index)
    numbers = numbers.where(firms != PUBLISHED, NOBODY)
    return numbers.where(firms != REDUCED, LESSENED)


class Part(NamedTuple):
    """What some firms make of a figure, at one or more levels.

    Attributes
    ----------
    firms
        Number of the firm of each row; a firm may have several rows; ``NOBODY`` where
        anybody can compute the amount.
    amounts
        Shape (rows, levels), ≥ 0.
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
    groups = rows.groupby(keys, sort=True)
    number = groups.ngroup().to_numpy()
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
    _, rank = np.unique(firms, return_inverse=True)
    held = np.zeros((rank.max(initial=-1) + 1, amounts.shape[1]))
    np.add.at(held, rank, amounts)
    enough = (held > 0).sum(axis=0) >= MIN_CONTRIBUTORS
    first, total = held.max(axis=0, initial=0.0), held.sum(axis=0)
    return bool((enough & at_most(100 * first, MAX_TOP_SHARE_PCT * total)).all())

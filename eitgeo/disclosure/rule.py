"""The rule of secrecy: how many make a figure, and how much the first one weighs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from eitgeo.exact import at_most

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Firms = npt.NDArray[np.int64]
    Amounts = npt.NDArray[np.float64]

MIN_CONTRIBUTORS = 3
"""Firms that a published figure needs (INSEE, « Guide du secret statistique »)."""

MAX_TOP_SHARE_PCT = 85.0
"""Share of a published figure that one firm may make (same source) [%]."""


class Part(NamedTuple):
    """What some firms make of a figure, at one or more levels.

    Attributes
    ----------
    firms
        Number of the firm of each row; a firm may have several rows.
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

    Examples
    --------
    >>> three = np.array([1, 2, 3])
    >>> passes(Part(three, np.array([[85.0], [10.0], [5.0]])))
    True
    >>> passes(Part(three, np.array([[86.0], [10.0], [4.0]])))
    False
    >>> passes(Part(np.array([1, 2, 2]), np.array([[5.0], [3.0], [2.0]])))
    False
    """
    _, rank = np.unique(part.firms, return_inverse=True)
    held = np.zeros((rank.max(initial=-1) + 1, part.amounts.shape[1]))
    np.add.at(held, rank, part.amounts)
    enough = (held > 0).sum(axis=0) >= MIN_CONTRIBUTORS
    first, total = held.max(axis=0, initial=0.0), held.sum(axis=0)
    return bool((enough & at_most(100 * first, MAX_TOP_SHARE_PCT * total)).all())

"""What all measures share: figures, shares, and which communes a perimeter holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Figures = dict[str, pd.DataFrame]
"""Indicator → ``value``, ``low``, ``high``, ``note``, one row a perimeter; where it
rests on a membership to confirm, ``doubt_pct`` [%]."""


def figure(values: np.ndarray, note: Sequence[str] | str = "") -> pd.DataFrame:
    """Lay out exact values as a figure without interval."""
    number = np.asarray(values, dtype=float)
    return pd.DataFrame({"value": number, "low": number, "high": number, "note": note})


def ratio_pct(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Divide, in per cent."""
    blank = np.full(np.shape(whole), np.nan)
    return 100 * np.divide(part, whole, out=blank, where=np.asarray(whole) > 0)


def with_doubt(table: pd.DataFrame, documented: np.ndarray) -> pd.DataFrame:
    """Say which share of a count no source tells."""
    counted = table["value"].to_numpy(dtype=float)
    share = ratio_pct(counted - documented, counted)
    return table.assign(doubt_pct=np.nan_to_num(share))


def incidence(groups: Sequence[frozenset[str]], codes: Iterable[str]) -> np.ndarray:
    """Tell which communes each group holds.

    Examples
    --------
    >>> incidence([frozenset({"09001", "99999"})], ["09001", "31002"])
    array([[ True, False]])
    """
    place = {code: column for column, code in enumerate(codes)}
    table = np.zeros((len(groups), len(place)), dtype=bool)
    for row, group in enumerate(groups):
        table[row, [place[code] for code in group if code in place]] = True
    return table

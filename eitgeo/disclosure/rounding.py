"""How finely a sum of estimates leaves: once rounded, sums of it are sums of that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.exact import each
from eitgeo.words import round_share, round_significant

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

FIGURES = 2
"""Significant figures of blocks, of their draws, of cells and of study totals."""


def rounded(values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Round numbers to the figures that may leave, halves away from zero.

    Examples
    --------
    >>> rounded([12_345.6, 0.0249, -2.45]).tolist()
    [12000.0, 0.025, -2.5]
    """
    return each(values, lambda one: round_significant(one, FIGURES))


def rounded_share(share_pct: float) -> float:
    """Round a share so that its smaller part has the figures that may leave.

    Examples
    --------
    >>> [rounded_share(one) for one in (12.34, 97.347, 99.999, 100.0)]
    [12.0, 97.3, 99.9, 100.0]
    """
    return round_share(share_pct, FIGURES)

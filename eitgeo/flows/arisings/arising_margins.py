"""P10, P50 and P90 of the waste of one site, without a draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import ndtr

from eitgeo.draws import Z90, two_piece_loguniform

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

HEADCOUNTS = ["headcount_low", "headcount_mid", "headcount_high"]
RATIOS = ["t_per_employee_low", "t_per_employee", "t_per_employee_high"]
LEVELS_PCT = (10.0, 50.0, 90.0)
MASS_COLUMNS = ["t_low", "t_mid", "t_high"]

_STRATA = 64
_HALVINGS = 60
_FARTHEST_SCORE = 4.0


def term_intervals(terms: pd.DataFrame) -> pd.DataFrame:
    """Give the P10, P50 and P90 of each term: headcount × ratio.

    Parameters
    ----------
    terms
        As `arising_terms` returns them.

    Returns
    -------
    pandas.DataFrame
        ``t_low``, ``t_mid``, ``t_high`` [t/year] on the index of ``terms``, of the laws
        that `drawn_blocks` draws from; ``weight`` plays no part.

    Notes
    -----
    ``P(h × r ≤ q)`` is the mean over 64 strata of the headcount *h* of the probability
    that the ratio is at most ``q ÷ h``; *q* is found by bisection. How much of the
    error of a ratio is common does not matter for one site.

    Examples
    --------
    >>> terms = pd.DataFrame([[20.0, 20.0, 20.0, 30.0, 60.0, 100.0]],
    ...     columns=HEADCOUNTS + RATIOS)
    >>> term_intervals(terms).round(6).values.tolist()
    [[600.0, 1200.0, 2000.0]]
    """
    given = terms[HEADCOUNTS + RATIOS].to_numpy(dtype=float)
    kinds, where = np.unique(given, axis=0, return_inverse=True)
    found = np.empty((len(kinds), len(LEVELS_PCT)))
    unit = (np.arange(_STRATA) + 0.5) / _STRATA
    heads = two_piece_loguniform(unit[None, :], *kinds[:, :3].T[:, :, None])
    for column, level in enumerate(LEVELS_PCT):
        found[:, column] = _quantile(heads, kinds[:, 3:], level / 100.0)
    return pd.DataFrame(
        found[where.reshape(-1)], index=terms.index, columns=MASS_COLUMNS
    )


def term_exceeded(terms: pd.DataFrame, t: Floats) -> Floats:
    """Give the probability that each term is above an amount [t/year].

    Examples
    --------
    >>> terms = pd.DataFrame([[20.0, 20.0, 20.0, 30.0, 60.0, 100.0]],
    ...     columns=HEADCOUNTS + RATIOS)
    >>> [round(float(term_exceeded(terms, np.array([t]))[0]), 6)
    ...     for t in (0.0, 600.0, 1200.0, 2000.0)]
    [1.0, 0.9, 0.5, 0.1]
    """
    given = terms[HEADCOUNTS + RATIOS].to_numpy(dtype=float)
    unit = (np.arange(_STRATA) + 0.5) / _STRATA
    heads = two_piece_loguniform(unit[None, :], *given[:, :3].T[:, :, None])
    low, mid, high = given[:, 3:].T[:, :, None]
    with np.errstate(divide="ignore"):
        away = np.log(t)[:, None] - np.log(mid) - np.log(heads)
        down, up = np.log(mid / low), np.log(high / mid)
    above: Floats = ndtr(-_scores(away, down, up)).mean(axis=1)
    return above


def _quantile(heads: Floats, ratios: Floats, level: float) -> Floats:
    low, mid, high = ratios.T
    with np.errstate(divide="ignore", invalid="ignore"):
        up, down = np.log(high / mid), np.log(mid / low)
    up, down = np.where(mid > 0, up, 0.0), np.where(mid > 0, down, 0.0)
    farthest = _FARTHEST_SCORE / Z90
    below = np.log(heads.min(axis=1)) - farthest * down
    above = np.log(heads.max(axis=1)) + farthest * up
    log_heads = np.log(heads)
    for _ in range(_HALVINGS):
        middle = (below + above) / 2.0
        # Logarithm of the ratio over its median.
        away = middle[:, None] - log_heads
        reached = ndtr(_scores(away, down[:, None], up[:, None])).mean(axis=1)
        below = np.where(reached < level, middle, below)
        above = np.where(reached < level, above, middle)
    quantile: Floats = mid * np.exp((below + above) / 2.0)
    return quantile


def _scores(away: Floats, down: Floats, up: Floats) -> Floats:
    """Return the normal score of a ratio so far from its median, in logarithms."""
    spread = np.where(away >= 0, up, down)
    safe = np.where(spread > 0, spread, 1.0)
    # On a side where the ratio is sure, it is wholly reached or not at all.
    sure = np.where(away >= 0, np.inf, -np.inf)
    scores: Floats = np.where(spread > 0, Z90 * away / safe, sure)
    return scores

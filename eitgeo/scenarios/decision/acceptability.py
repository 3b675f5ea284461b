"""How far an order depends on the weights: drawn weights, shares of ranks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from eitgeo.scenarios.decision.ranking import counted_scores

_SAME = 1e-9
_BATCH = 50
"""Draws ranked together: 50 × 400 × 400 comparisons take 8 MB."""


def draw_weights(
    n_criteria: int, *, n_draws: int, rng: np.random.Generator
) -> np.ndarray:
    """Draw weights evenly among all those that are positive and sum to one."""
    return rng.dirichlet(np.ones(n_criteria), size=n_draws)


def rank_acceptability(
    scores: pd.DataFrame,
    weights: pd.Series[float],
    *,
    n_draws: int,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Count, over drawn weights, who takes which rank and who is ahead of whom.

    Parameters
    ----------
    scores
        Perimeters × criteria.
    weights
        Only say which criteria count: their sizes are drawn.
    n_draws
        How many draws.
    rng
        Source of randomness.

    Returns
    -------
    tuple of pandas.DataFrame
        Perimeters × ranks (1, 2, …) and perimeters × perimeters (row ahead of
        column) [% of the draws]; equals share ranks and pairs evenly. Perimeters that
        lack a counted score are left out.

    Raises
    ------
    StudyError
        When no criterion counts.

    References
    ----------
    Lahdelma, R., Hokkanen, J., Salminen, P. (1998). SMAA – Stochastic multiobjective
    acceptability analysis. European Journal of Operational Research 106(1).
    """
    counted = counted_scores(scores, weights).dropna()
    drawn = draw_weights(counted.shape[1], n_draws=n_draws, rng=rng)
    totals = drawn @ counted.to_numpy().T
    n = len(counted)
    ranks, ahead = np.zeros((n, n)), np.zeros((n, n))
    rows = np.arange(n)
    for start in range(0, n_draws, _BATCH):
        part = totals[start : start + _BATCH]
        gaps = part[:, :, None] - part[:, None, :]
        better, equal = gaps > _SAME, np.abs(gaps) <= _SAME
        ahead += better.sum(axis=0) + equal.sum(axis=0) / 2
        first = (gaps < -_SAME).sum(axis=2)
        width = equal.sum(axis=2)
        if width.max(initial=1) == 1:
            np.add.at(ranks, (np.broadcast_to(rows, first.shape), first), 1.0)
        else:
            _share_ranks(ranks, first, width)
    labels = counted.index
    shares = pd.DataFrame(100 * ranks / n_draws, index=labels, columns=rows + 1)
    pairs = pd.DataFrame(100 * ahead / n_draws, index=labels, columns=labels)
    return shares, pairs


def _share_ranks(ranks: np.ndarray, first: np.ndarray, width: np.ndarray) -> None:
    """Give each of so many equals an even part of the ranks that they hold."""
    n = ranks.shape[1]
    for one in range(ranks.shape[0]):
        starts = np.bincount(first[:, one], weights=1 / width[:, one], minlength=n + 1)
        stops = np.bincount(
            first[:, one] + width[:, one], weights=1 / width[:, one], minlength=n + 1
        )
        ranks[one] += np.cumsum(starts - stops)[:n]


def order_words(share_pct: float, *, decided_from_pct: float) -> str:
    """Say what the draws say of two perimeters, without their names.

    Parameters
    ----------
    share_pct
        Share of the draws in which the first is ahead [%].
    decided_from_pct
        Share from which an order is told [%].

    Returns
    -------
    str
        ``premier``, ``second`` or ``indécis``.

    Examples
    --------
    >>> [order_words(share, decided_from_pct=80) for share in (85.0, 62.0, 20.0)]
    ['premier', 'indécis', 'second']
    """
    if share_pct >= decided_from_pct:
        return "premier"
    return "second" if share_pct <= 100 - decided_from_pct else "indécis"

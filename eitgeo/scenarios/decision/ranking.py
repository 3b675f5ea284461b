"""Orders of perimeters, and how far they depend on the weights.

Pareto front first, then a weighted sum on fixed anchors; shares of ranks under drawn
weights.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from eitgeo.errors import StudyError
from eitgeo.extras import from_extra

_SAME = 1e-9

_BATCH = 50
"""Draws ranked together: 50 × 400 × 400 comparisons take 8 MB."""


def pareto_front(scores: pd.DataFrame, weights: pd.Series[float]) -> pd.Series[bool]:
    """Say which perimeters no other one does at least as well as on all criteria.

    ``scores``: perimeters × criteria, higher is better. ``weights``: criteria of weight
    0 do not count. Returns: false also for a perimeter that lacks a counted score: it
    neither dominates nor is on the front. Perimeters that are equal are on the front
    together. Refused when no criterion counts.
    """
    counted = counted_scores(scores, weights)
    known = counted.notna().all(axis=1).to_numpy()
    points = counted.to_numpy()[known]
    front = np.zeros(len(counted), dtype=bool)
    front[known] = [
        not ((points >= one).all(axis=1) & (points > one).any(axis=1)).any()
        for one in points
    ]
    return pd.Series(front, index=scores.index, name="on_front", dtype=bool)


def weighted_scores(
    scores: pd.DataFrame, weights: pd.Series[float]
) -> pd.Series[float]:
    """Sum scores by their weights.

    ``scores``: perimeters × criteria, between 0 and 1. ``weights``: of each criterion,
    100 together. Returns: 0 to 100; NaN for a perimeter that lacks a counted score.
    Refused when no criterion counts.

    Examples
    --------
    >>> table = pd.DataFrame({"a": [1.0, 0.5], "b": [0.0, 1.0]}, index=["x", "y"])
    >>> weighted_scores(table, pd.Series({"a": 60.0, "b": 40.0})).tolist()
    [60.0, 70.0]
    """
    counted = counted_scores(scores, weights)
    # Row by row: the sum of one does not depend on how many others there are.
    totals = (counted.to_numpy() * weights[counted.columns].to_numpy()).sum(axis=1)
    return pd.Series(totals, index=scores.index, name="score")


def rank_scores(totals: pd.Series[float]) -> pd.Series[float]:
    """Rank totals, the highest first.

    ``totals``: any numbers. Returns: from 1; equals share the better rank; NaN where
    there is no total.

    Examples
    --------
    >>> rank_scores(pd.Series([50.0, 70.0, 50.0, float("nan")])).tolist()
    [2.0, 1.0, 2.0, nan]
    """
    values = totals.to_numpy(dtype=float)
    ahead = values[None, :] > values[:, None] + _SAME
    ranks = 1.0 + ahead.sum(axis=1)
    return pd.Series(
        np.where(np.isnan(values), np.nan, ranks), index=totals.index, name="rank"
    )


def counted_scores(scores: pd.DataFrame, weights: pd.Series[float]) -> pd.DataFrame:
    """Keep the criteria that weigh."""
    counted = [name for name in scores.columns if weights.get(name, 0.0) > 0]
    if not counted:
        message = (
            "classement : aucun critère ne pèse "
            "→ donner un poids à un critère observé ou inclure les estimations"
        )
        raise StudyError(message)
    return scores[counted]


def same_orders(scores: pd.DataFrame, weights: pd.Series[float]) -> dict[str, bool]:
    """Say whether other methods give the order of the weighted sum.

    ``scores``: perimeters × criteria. ``weights``: of each criterion, 100 together.
    Returns: ``TOPSIS`` and ``PROMETHEE II``: whether each orders every pair alike,
    equals included. Perimeters that lack a counted score are left out. Refused when no
    criterion counts.

    Notes
    -----
    Both take the scores on fixed anchors, TOPSIS without another normalisation,
    PROMETHEE II with its usual (strict) preference function. They say nothing else
    here than this yes or no: ranks of both methods move when a perimeter is added.

    References
    ----------
    Hwang, C.-L., Yoon, K. (1981). Multiple Attribute Decision Making. Springer.
    Brans, J.-P., Vincke, P. (1985). A preference ranking organisation method.
    Management Science 31(6).
    """
    counted = counted_scores(scores, weights).dropna()
    order = _signs(weighted_scores(counted, weights).to_numpy())
    shares = weights[counted.columns].to_numpy() / 100
    points = counted.to_numpy()
    return {
        name: bool(np.array_equal(order, _signs(method(points, shares))))
        for name, method in _other_methods().items()
    }


def _signs(totals: np.ndarray) -> np.ndarray:
    gaps = totals[:, None] - totals[None, :]
    return np.sign(np.where(np.abs(gaps) <= _SAME, 0.0, gaps))


def _as_it_is(column: np.ndarray, cost: bool = False) -> np.ndarray:  # noqa: FBT001, FBT002
    """Normalise nothing: scores are on fixed anchors already."""
    del cost
    return column


def _other_methods() -> dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]]:
    # The library takes seconds to import: only who ranks waits for it.
    pymcdm = from_extra("pymcdm.methods", extra="methods", purpose="classement")

    def topsis(points: np.ndarray, weights: np.ndarray) -> np.ndarray:
        if len(points) == 0 or (points == points[0]).all():
            return np.zeros(len(points))  # ideal and anti-ideal are one: 0/0
        method = pymcdm.TOPSIS(normalization_function=_as_it_is)
        # Its checks warn of equals and of dominated perimeters, which are welcome.
        return method(points, weights, np.ones(len(weights)), validation=False)

    def promethee(points: np.ndarray, weights: np.ndarray) -> np.ndarray:
        if len(points) < 2:  # noqa: PLR2004 - flows compare with others
            return np.zeros(len(points))
        method = pymcdm.PROMETHEE_II("usual")
        return method(points, weights, np.ones(len(weights)), validation=False)

    return {"TOPSIS": topsis, "PROMETHEE II": promethee}


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

    ``scores``: perimeters × criteria. ``weights``: only say which criteria count: their
    sizes are drawn. Returns: perimeters × ranks (1, 2, …) and perimeters × perimeters
    (row ahead of column) [% of the draws]; equals share ranks and pairs evenly.
    Perimeters that lack a counted score are left out. Refused when no criterion counts.

    References
    ----------
    Lahdelma, R., Hokkanen, J., Salminen, P. (1998). SMAA – Stochastic multiobjective
    acceptability analysis. European Journal of Operational Research 106(1).
    """
    counted = counted_scores(scores, weights).dropna()
    draws = draw_weights(counted.shape[1], n_draws=n_draws, rng=rng)
    totals = draws @ counted.to_numpy().T
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
    for row in range(ranks.shape[0]):
        starts = np.bincount(first[:, row], weights=1 / width[:, row], minlength=n + 1)
        stops = np.bincount(
            first[:, row] + width[:, row], weights=1 / width[:, row], minlength=n + 1
        )
        ranks[row] += np.cumsum(starts - stops)[:n]


def order_words(share_pct: float, *, decided_from_pct: float) -> str:
    """Say what the draws say of two perimeters, without their names.

    ``share_pct``: share of the draws in which the first is ahead [%].
    ``decided_from_pct``: share from which an order is told [%]. Returns: ``premier``,
    ``second`` or ``indécis``.

    Examples
    --------
    >>> [order_words(share, decided_from_pct=80) for share in (85.0, 62.0, 20.0)]
    ['premier', 'indécis', 'second']
    """
    if share_pct >= decided_from_pct:
        return "premier"
    return "second" if share_pct <= 100 - decided_from_pct else "indécis"

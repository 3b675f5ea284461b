"""Orders of perimeters: Pareto front first, then a weighted sum on fixed anchors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eitgeo.errors import StudyError
from eitgeo.extras import from_extra

if TYPE_CHECKING:
    from collections.abc import Callable

_SAME = 1e-9


def pareto_front(scores: pd.DataFrame, weights: pd.Series[float]) -> pd.Series[bool]:
    """Say which perimeters no other one does at least as well as on all criteria.

    Parameters
    ----------
    scores
        Perimeters × criteria, higher is better.
    weights
        Criteria of weight 0 do not count.

    Returns
    -------
    pandas.Series of bool
        False also for a perimeter that lacks a counted score: it neither dominates
        nor is on the front. Perimeters that are equal are on the front together.

    Raises
    ------
    StudyError
        When no criterion counts.
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

    Parameters
    ----------
    scores
        Perimeters × criteria, between 0 and 1.
    weights
        Of each criterion, 100 together.

    Returns
    -------
    pandas.Series of float
        0 to 100; NaN for a perimeter that lacks a counted score.

    Raises
    ------
    StudyError
        When no criterion counts.

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

    Parameters
    ----------
    totals
        Any numbers.

    Returns
    -------
    pandas.Series of float
        From 1; equals share the better rank; NaN where there is no total.

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
    kept = [name for name in scores.columns if weights.get(name, 0.0) > 0]
    if not kept:
        message = (
            "classement : aucun critère ne pèse "
            "→ donner un poids à un critère observé ou inclure les estimations"
        )
        raise StudyError(message)
    return scores[kept]


def same_orders(scores: pd.DataFrame, weights: pd.Series[float]) -> dict[str, bool]:
    """Say whether other methods give the order of the weighted sum.

    Parameters
    ----------
    scores
        Perimeters × criteria.
    weights
        Of each criterion, 100 together.

    Returns
    -------
    dict of bool
        ``TOPSIS`` and ``PROMETHEE II``: whether each orders every pair alike, equals
        included. Perimeters that lack a counted score are left out.

    Raises
    ------
    StudyError
        When no criterion counts.

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

"""Switching values: which criterion would have to change, and by how much."""

from __future__ import annotations

import numpy as np
import pandas as pd

from eitgeo.errors import StudyError
from eitgeo.scenarios.decision.criteria import TOTAL_WEIGHT
from eitgeo.scenarios.decision.ranking import counted_scores, weighted_scores

_SAME = 1e-9


def switching_values(
    values: pd.DataFrame,
    scores: pd.DataFrame,
    weights: pd.Series[float],
    *,
    pair: tuple[str, str],
    criteria: pd.DataFrame,
) -> pd.DataFrame:
    """Find what makes two perimeters equal, one criterion at a time.

    Parameters
    ----------
    values, scores
        Perimeters × criteria, of `criteria_values` and
        `criteria_scores`.
    weights
        Of each criterion, 100 together.
    pair
        The two perimeters.
    criteria
        Rows of the catalogue: the anchors.

    Returns
    -------
    pandas.DataFrame
        One row a counted criterion and ``lever``: ``valeur`` (the perimeter behind
        would have to reach ``at_switch`` instead of ``now``) or ``poids`` (the
        criterion would have to weigh so much, the others keeping their proportions).
        ``behind`` names who is behind; ``at_switch`` is NaN where no such value lies
        between the anchors, or no such weight between 0 and 100.

    Raises
    ------
    StudyError
        When a perimeter is unknown or lacks a counted score, both are the same, or no
        criterion counts.

    Notes
    -----
    With S the totals, the value that makes them equal has the score s + (S₁ − S₂)/w.
    The weight is where w·d + (100 − w)·r = 0, d being the gap on the criterion and r
    that of the others at their proportions.
    """
    counted = counted_scores(scores, weights)
    _require_pair(counted, pair)
    totals = weighted_scores(counted, weights)[list(pair)].to_numpy(dtype=float)
    ahead, behind = pair if totals[0] >= totals[1] - _SAME else pair[::-1]
    gap = float(np.abs(totals[0] - totals[1]))
    names = [str(name) for name in counted.columns]
    weight = weights[names].to_numpy(dtype=float)
    best, own = (counted.loc[one].to_numpy(dtype=float) for one in (ahead, behind))
    anchors = criteria.loc[names, ["worst", "best"]].to_numpy(dtype=float)
    needed = own + gap / weight
    reached = anchors[:, 0] + np.minimum(needed, 1.0) * (anchors[:, 1] - anchors[:, 0])
    now = values.loc[behind, names].to_numpy(dtype=float)
    at_switch = np.where(needed <= 1 + _SAME, reached, np.nan)
    by_value = pd.DataFrame(
        {
            "indicator_id": names,
            "lever": "valeur",
            "now": now,
            "at_switch": at_switch,
        }
    )
    by_weight = pd.DataFrame(
        {
            "indicator_id": names,
            "lever": "poids",
            "now": weight,
            "at_switch": [
                _weight_at_switch(float(size), float(ahead_by), gap)
                for size, ahead_by in zip(weight, best - own, strict=True)
            ],
        }
    )
    table = pd.concat([by_value, by_weight], ignore_index=True)
    return table.assign(first_id=pair[0], second_id=pair[1], behind=behind)


def _weight_at_switch(weight: float, own_gap: float, gap: float) -> float:
    """Solve w·own + (100 − w)·rest = 0; NaN where no weight does."""
    if weight >= TOTAL_WEIGHT - _SAME:
        return float("nan")  # no other criterion counts
    rest_gap = (gap - weight * own_gap) / (TOTAL_WEIGHT - weight)
    slope = own_gap - rest_gap
    if abs(slope) <= _SAME:
        return float("nan")
    found = -TOTAL_WEIGHT * rest_gap / slope
    inside = -_SAME <= found <= TOTAL_WEIGHT + _SAME
    return float(np.clip(found, 0.0, TOTAL_WEIGHT)) if inside else float("nan")


def _require_pair(counted: pd.DataFrame, pair: tuple[str, str]) -> None:
    if pair[0] == pair[1]:
        message = f"« {pair[0]} » : un périmètre ne se compare pas à lui-même"
        raise StudyError(message)
    for name in pair:
        if name not in counted.index:
            message = f"périmètre inconnu « {name} » dans le classement"
            raise StudyError(message)
        row = counted.loc[name].to_numpy(dtype=float)
        unknown = np.isnan(row)
        missing = counted.columns[unknown].tolist()
        if missing:
            message = (
                f"« {name} » : sans valeur pour {', '.join(missing)} "
                "→ ôter le poids de ces critères ou le périmètre"
            )
            raise StudyError(message)

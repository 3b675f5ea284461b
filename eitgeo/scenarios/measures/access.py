"""How far the animator drives: best seat, shares in reach, a second seat."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eitgeo.scenarios.measures.governance import figure

if TYPE_CHECKING:
    from eitgeo.scenarios.measures.activity import Activity
    from eitgeo.scenarios.measures.governance import Figures


SEAT_NOTE = "siège calculé : "
"""Begins the note of the figures that are about a seat."""


def weighted_median(values: np.ndarray, weights: np.ndarray) -> float:
    """Return the smallest value that at least half of the weight does not pass.

    Examples
    --------
    >>> weighted_median(np.array([10.0, 20.0, 30.0]), np.array([1.0, 1.0, 3.0]))
    30.0
    """
    total = weights.sum()
    if total == 0:
        return float("nan")
    filled = np.where(np.isnan(values), np.inf, values)
    order = np.argsort(filled, kind="stable")
    reached = np.cumsum(weights[order]) >= total / 2
    found = float(filled[order][reached.argmax()])
    return found if np.isfinite(found) else float("nan")


def access_figures(
    activity: Activity,
    held: np.ndarray,
    *,
    town_names: pd.Series[str],
    seat_minutes: float,
) -> Figures:
    """Measure access to the best seat of animation inside each perimeter."""
    weights = activity.by_commune(activity.target)
    minutes = activity.town_minutes.to_numpy(dtype=float)
    towns = list(activity.town_minutes.columns)
    at = activity.codes.get_indexer(pd.Index(towns))
    rows = [
        _best_seat(
            minutes,
            held[row] * weights,
            towns=np.flatnonzero(held[row, at]),
            limit_min=seat_minutes,
        )
        for row in range(len(held))
    ]
    notes = [
        _why_none(held[row], at, weights)
        if seat is None
        else f"{SEAT_NOTE}{town_names[towns[seat]]}"
        for row, (seat, *_) in enumerate(rows)
    ]
    return {
        "seat_median_min": figure(np.array([row[1] for row in rows]), notes),
        "seat_45min_pct": figure(np.array([row[2] for row in rows]), notes),
        "two_seats_gain_pct": figure(np.array([row[3] for row in rows]), notes),
    }


def _why_none(inside: np.ndarray, at: np.ndarray, weights: np.ndarray) -> str:
    if not inside[at].any():
        return "aucune ville assez peuplée dans le périmètre"
    if (inside * weights).sum() == 0:
        return "aucun établissement à mobiliser dans le périmètre"
    return "pas de chemin vers une ville pour la plupart des établissements"


def _best_seat(
    minutes: np.ndarray, weights: np.ndarray, *, towns: np.ndarray, limit_min: float
) -> tuple[int | None, float, float, float]:
    nothing = (None, float("nan"), float("nan"), float("nan"))
    total = weights.sum()
    if len(towns) == 0 or total == 0:
        return nothing
    medians = np.array([weighted_median(minutes[:, t], weights) for t in towns])
    if np.isnan(medians).all():
        return nothing
    near = np.nan_to_num(minutes[:, towns], nan=np.inf) <= limit_min
    share = 100 * (weights @ near) / total
    # Smallest median; among equals the larger share in reach.
    best = int(np.lexsort((-share, np.nan_to_num(medians, nan=np.inf)))[0])
    pairs = [
        100 * (weights @ (near[:, i] | near[:, j])) / total
        for i, j in combinations(range(len(towns)), 2)
    ]
    gain = max([*pairs, share[best]]) - share[best]
    return int(towns[best]), float(medians[best]), float(share[best]), float(gain)

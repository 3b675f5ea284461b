"""How far the animator drives: best seat, shares in reach, a second seat."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eitgeo.scenarios.measures.figures import (
    UNTOLD_NOTE,
    counted_between,
    figure,
    median_between,
    share_between,
)
from eitgeo.scenarios.measures.measures import measures

if TYPE_CHECKING:
    from eitgeo.scenarios.measures.figures import Figures
    from eitgeo.scenarios.measures.measures import Inputs

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


@measures("seat_median_min", "seat_45min_pct", "two_seats_gain_pct")
def access_figures(inputs: Inputs) -> Figures:
    """Measure access to the best seat of animation inside each perimeter.

    The seat is the town inside that makes the median smallest; its name is in the
    note. NaN, and the reason in the note, where there is no town, no target site or
    no way for most of them.
    """
    if inputs.activity.counted:
        return _between(inputs)
    town_minutes = inputs.activity.town_minutes
    minutes = town_minutes.to_numpy(dtype=float)
    towns = list(town_minutes.columns)
    at = inputs.activity.codes.get_indexer(pd.Index(towns))
    seats = [
        _best_seat(
            minutes,
            inside * inputs.targets,
            towns=np.flatnonzero(inside[at]),
            limit_min=inputs.study.comparison.seat_minutes,
        )
        for inside in inputs.held
    ]
    names = inputs.communes.set_index("code_insee")["nom"]
    notes = [
        _why_none(inside, at, inputs.targets)
        if seat is None
        else f"{SEAT_NOTE}{names[towns[seat]]}"
        for inside, (seat, *_) in zip(inputs.held, seats, strict=True)
    ]
    return {
        "seat_median_min": figure(np.array([seat[1] for seat in seats]), notes),
        "seat_45min_pct": figure(np.array([seat[2] for seat in seats]), notes),
        "two_seats_gain_pct": figure(np.array([seat[3] for seat in seats]), notes),
    }


def _between(inputs: Inputs) -> Figures:
    """Bound access to the seat that is best for the middles of the counts.

    Of cells, target sites are known by their least and their most: the median and the
    share to that seat lie between those that the worst and the best of them make.
    """
    town_minutes = inputs.activity.town_minutes
    minutes = town_minutes.to_numpy(dtype=float)
    at = inputs.activity.codes.get_indexer(pd.Index(town_minutes.columns))
    names = inputs.communes.set_index("code_insee")["nom"]
    limit_min = inputs.study.comparison.seat_minutes
    notes, bounds = [], np.full((len(inputs.held), 4), np.nan)
    for row, inside in enumerate(inputs.held):
        least, most = inside * inputs.targets, inside * inputs.possible_targets
        towns = np.flatnonzero(inside[at])
        seat = _best_seat(minutes, least + most, towns=towns, limit_min=limit_min)[0]
        if seat is None:
            notes.append(_why_none(inside, at, inputs.possible_targets))
            continue
        way = np.nan_to_num(minutes[:, seat], nan=np.inf)
        bounds[row] = _bounds(way, least, most, limit_min=limit_min)
        notes.append(f"{SEAT_NOTE}{names[town_minutes.columns[seat]]}")
    unknown = figure(np.full(len(notes), np.nan), UNTOLD_NOTE)
    return {
        "seat_median_min": counted_between(bounds[:, 0], bounds[:, 1], notes),
        "seat_45min_pct": counted_between(bounds[:, 2], bounds[:, 3], notes),
        "two_seats_gain_pct": unknown,
    }


def _bounds(
    way: np.ndarray, least: np.ndarray, most: np.ndarray, *, limit_min: float
) -> tuple[float, ...]:
    """Bound the median of some ways, and the share of the near ones."""
    near = way <= limit_min
    part, rest = (
        (least[who].sum(keepdims=True), most[who].sum(keepdims=True))
        for who in (near, ~near)
    )
    shares = (float(bound[0]) for bound in share_between(part, rest))
    return (*median_between(way, least, most), *shares)


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

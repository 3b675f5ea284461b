"""How far the animator drives: best seat, shares in reach, a second seat."""

from __future__ import annotations

import numpy as np
import pandas as pd

from eitgeo.exact import weighted_medians
from eitgeo.scenarios.measures.activity import Counted
from eitgeo.scenarios.measures.counted import counted_notes, counted_sums
from eitgeo.scenarios.measures.figures import (
    UNTOLD_NOTE,
    Figures,
    counted_between,
    figure,
    median_between,
    share_between,
)
from eitgeo.scenarios.measures.measures import Inputs, measures_indicator
from eitgeo.words import SIGNIFICANT, round_significant

SEAT_NOTE = "siège calculé : "
"""Begins the note of the figures that are about a seat."""
UNNAMED_SEAT = "siège calculé sur des établissements tirés"
"""Note of a drawn seat where another one, that counts make, bears a name."""
FIRMS_10 = "etablissements_10"
_NO_TARGET = "aucun établissement à mobiliser dans le périmètre"
_NO_FIRM = "aucun établissement de 10 salariés ou plus compté dans le périmètre"

type _Seat = tuple[int | None, float, float, float]
"""Rank of the town; median minutes, share in reach and gain of a second one."""


@measures_indicator("seat_median_min", "seat_45min_pct", "two_seats_gain_pct")
def access_figures(inputs: Inputs) -> Figures:
    """Measure access to the best seat of animation inside each perimeter.

    The seat is the town inside that makes the median smallest; its name is in the
    note, unless sites are drawn and counts make a seat of their own. NaN, and the
    reason in the note, where there is no town, no target site or no way for most of
    them, or where the roads are not believed.
    """
    if inputs.activity.in_cells:
        return _between(inputs)
    seats, notes = _seats(inputs, inputs.targets, nothing=_NO_TARGET)
    counted = inputs.activity.counted
    if inputs.study.has_synthetic_sites and _counts_firms(counted):
        notes = [UNNAMED_SEAT if one.startswith(SEAT_NOTE) else one for one in notes]
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
    least, most = inputs.targets, inputs.possible_targets
    seats, notes = _seats(inputs, least + most, nothing=_NO_TARGET)
    minutes = inputs.activity.town_minutes.to_numpy(dtype=float)
    bounds = np.full((len(seats), 4), np.nan)
    for row, (seat, *_) in enumerate(seats):
        if seat is not None:
            inside = inputs.held[row]
            bounds[row] = _bounds(
                np.nan_to_num(minutes[:, seat], nan=np.inf),
                inside * least,
                inside * most,
                limit_min=inputs.study.comparison.seat_minutes,
            )
    return {
        "seat_median_min": counted_between(bounds[:, 0], bounds[:, 1], notes),
        "seat_45min_pct": counted_between(bounds[:, 2], bounds[:, 3], notes),
        "two_seats_gain_pct": figure(np.full(len(seats), np.nan), UNTOLD_NOTE),
    }


def _bounds(
    way: np.ndarray, least: np.ndarray, most: np.ndarray, *, limit_min: float
) -> tuple[float, ...]:
    """Bound the median of some ways, and the share of the near ones."""
    in_reach = way <= limit_min
    part, rest = (
        (least[who].sum(keepdims=True), most[who].sum(keepdims=True))
        for who in (in_reach, ~in_reach)
    )
    shares = (float(bound[0]) for bound in share_between(part, rest))
    return (*median_between(way, least, most), *shares)


@measures_indicator("counted_firms_10_45min")
def counted_access_figures(inputs: Inputs) -> Figures:
    """Count the establishments of 10 or more near the seat that is nearest to them.

    Neither the seat nor the count rests on what is drawn.
    """
    counted = inputs.activity.counted
    if not _counts_firms(counted):
        return {}
    by_commune = np.nan_to_num(inputs.counted_by_commune(FIRMS_10))
    seats, notes = _seats(inputs, by_commune, nothing=_NO_FIRM)
    share = np.array([seat[2] for seat in seats])
    every = counted_sums(inputs, FIRMS_10)
    texts = [
        note if np.isnan(n) else f"{note} ; {when}"
        for note, when, n in zip(
            notes, counted_notes(inputs, FIRMS_10), share, strict=True
        )
    ]
    # A share of whole numbers: settled, it is one again.
    counts = np.round(share * every / 100)
    bounded = [at_most_whole(*pair) for pair in zip(counts, every, strict=True)]
    return {"counted_firms_10_45min": figure(np.array(bounded), texts)}


def at_most_whole(part: float, whole: float) -> float:
    """Round a count down where the two figures of its class would pass its whole.

    Examples
    --------
    >>> at_most_whole(525, 528), at_most_whole(525, 530), at_most_whole(96, 96)
    (520, 525, 96)
    """
    if not round_significant(part, SIGNIFICANT["S"]) > whole:
        return part
    digits = len(str(int(part)))
    return part - part % 10 ** (digits - SIGNIFICANT["S"])


def _counts_firms(counted: Counted | None) -> bool:
    return counted is not None and FIRMS_10 in counted.table


def _seats(
    inputs: Inputs, weights: np.ndarray, *, nothing: str
) -> tuple[list[_Seat], list[str]]:
    """Find the best seat of each perimeter for what weighs on communes, and name it."""
    town_minutes = inputs.activity.town_minutes
    minutes = town_minutes.to_numpy(dtype=float)
    towns = list(town_minutes.columns)
    order = np.argsort(minutes, axis=0, kind="stable")
    rows = inputs.activity.codes.get_indexer(pd.Index(towns))
    seats = [
        _best_seat(
            (minutes, order),
            inside * weights,
            towns=np.flatnonzero(inside[rows] & (inputs.activity.no_seats == "")),
            limit_min=inputs.study.comparison.seat_minutes,
        )
        for inside in inputs.held
    ]
    names = inputs.communes.set_index("code_insee")["nom"]
    notes = [
        inputs.activity.no_seats or _why_none(inside, rows, weights, nothing)
        if seat is None
        else f"{SEAT_NOTE}{names[towns[seat]]}"
        for inside, (seat, *_) in zip(inputs.held, seats, strict=True)
    ]
    return seats, notes


def _why_none(
    inside: np.ndarray, at: np.ndarray, weights: np.ndarray, nothing: str
) -> str:
    if not inside[at].any():
        return "aucune ville assez peuplée dans le périmètre"
    if (inside * weights).sum() == 0:
        return nothing
    return "pas de chemin vers une ville pour la plupart des établissements"


def _best_seat(
    ways: tuple[np.ndarray, np.ndarray],
    weights: np.ndarray,
    *,
    towns: np.ndarray,
    limit_min: float,
) -> _Seat:
    """Find the best of some towns; ways are minutes to towns, and their order."""
    nothing = (None, float("nan"), float("nan"), float("nan"))
    total = weights.sum()
    if len(towns) == 0 or total == 0:
        return nothing
    minutes, order = (one[:, towns] for one in ways)
    medians = weighted_medians(minutes, order, weights)
    if np.isnan(medians).all():
        return nothing
    # Where nothing weighs, nothing counts: sums of whole numbers are the same.
    some = np.flatnonzero(weights)
    weighed, in_reach = (
        weights[some],
        np.nan_to_num(minutes[some], nan=np.inf) <= limit_min,
    )
    reached = weighed @ in_reach
    share = 100 * reached / total
    # Smallest median; among equals the larger share in reach.
    best = int(np.lexsort((-share, np.nan_to_num(medians, nan=np.inf)))[0])
    # Of two seats, what either reaches: less what both do, counted once.
    both = in_reach.T @ (weighed[:, None] * in_reach)
    two = 100 * (reached[:, None] + reached - both) / total
    gain = two.max() - share[best]
    return int(towns[best]), float(medians[best]), float(share[best]), float(gain)

"""Waste and exchanges inside a perimeter."""

from __future__ import annotations

import math
from functools import cache, partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from eitgeo.flows.exchanges.realised import (
    CASES_OF,
    Animation,
    Reach,
    above_text,
    animator_text,
    of_potential,
    realised_text,
    realised_without_limit,
)
from eitgeo.scenarios.measures.figures import Figures, figure, ratio_pct
from eitgeo.scenarios.measures.measures import Inputs, measures_indicator
from eitgeo.words import typographic

_LEVELS = ["value", "low", "high"]
_LITTLE_T = 1e-9


@measures_indicator("deposit_t")
def deposit_t(inputs: Inputs) -> Figures:
    """Give P10, mean and P90 of the total: errors of sites cancel out in part."""
    draws = inputs.activity.draws
    if draws is None or draws.empty:
        return {"deposit_t": inputs.interval(inputs.activity.deposit, "t")}
    seen = inputs.interval(inputs.activity.observed, "t")
    levels = draw_levels(inputs.held.astype(float) @ draws.to_numpy(dtype=float))
    return {
        "deposit_t": seen.assign(
            **{name: seen[name] + levels[name] for name in _LEVELS}
        )
    }


LEVER_INDICATORS = {
    "landfill_t": ("landfill_t", 1.0),
    "tkm_avoided": ("tkm_avoided", 1.0),
    "co2_avoided": ("tco2e_avoided", 1.0),
    "eur_net": ("eur_firms", 1e-3),
}
"""Indicator → lever of the whole study, and what its unit is multiplied by."""


@measures_indicator("captured_pct", *LEVER_INDICATORS)
def exchange_figures(inputs: Inputs) -> Figures:
    """Share the exchanges kept inside, and with them the levers of the whole study.

    Levers are there where they may be told.
    """
    activity = inputs.activity
    pairs = activity.exchanges.set_index(["donor_id", "receiver_id"])["t_mid"]
    tonnes = pairs.to_numpy(dtype=float)
    given_t, kept_t = _given_and_kept(inputs, pairs.index, tonnes)
    captured = figure(ratio_pct(kept_t, given_t))
    captured[["low", "high"]] = _drawn_bounds(inputs, captured["value"].to_numpy())
    if activity.levers is None:
        return {"captured_pct": captured}
    share = kept_t / max(float(tonnes.sum()), _LITTLE_T)
    return {"captured_pct": captured} | lever_figures(share, activity.levers)


def _given_and_kept(
    inputs: Inputs, pairs: pd.Index, tonnes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Sum what each perimeter gives, and what of it a taker inside takes."""
    donor, taker = (
        inputs.activity.codes.get_indexer(pairs.get_level_values(end))
        for end in ("donor_id", "receiver_id")
    )
    gives = inputs.held[:, donor] & (donor >= 0)
    keeps = gives & inputs.held[:, taker] & (taker >= 0)
    return gives.astype(float) @ tonnes, keeps.astype(float) @ tonnes


def _drawn_bounds(inputs: Inputs, middle: np.ndarray) -> np.ndarray:
    """Give P10 and P90 of the share kept, over draws of who takes part [%].

    A draw weighs what it gives, as it does in the ratio of means: the bounds are those
    of what the middle is the mean of, and hold it where one draw makes almost all.
    """
    bounds = np.full((len(inputs.held), 2), np.nan)
    draws = inputs.activity.exchange_draws
    if draws is None or draws.empty:
        return bounds
    given_t, kept_t = _given_and_kept(inputs, draws.index, draws.to_numpy(dtype=float))
    shares = ratio_pct(kept_t, given_t)
    known = given_t.any(axis=1)
    bounds[known] = np.quantile(
        np.nan_to_num(shares[known]),
        [0.1, 0.9],
        axis=1,
        weights=given_t[known],
        method="inverted_cdf",
    ).T
    low, high = bounds.T
    return np.column_stack([np.minimum(low, middle), np.maximum(high, middle)])


def lever_levels(levers: pd.DataFrame) -> pd.DataFrame:
    """Lay out the levers of the whole study as indicators name them.

    ``levers``: ``lever``, ``low``, ``mid``, ``high``: those that may be told. Returns:
    indexed by indicator: ``value``, ``low``, ``high``; NaN where not told.
    """
    table = levers.set_index("lever")[["mid", "low", "high"]].set_axis(_LEVELS, axis=1)
    rows = {
        name: table.reindex([lever]).iloc[0] * unit
        for name, (lever, unit) in LEVER_INDICATORS.items()
    }
    return pd.DataFrame(rows).T


def lever_figures(kept_share: np.ndarray, levels: pd.DataFrame) -> Figures:
    """Give each perimeter its part of the levers of the whole study.

    ``kept_share``: tonnes exchanged inside each perimeter ÷ all that are exchanged
    (0–1). Returns: ``landfill_t``, ``tkm_avoided``, ``co2_avoided``, ``eur_net``.

    Notes
    -----
    ``lever × share of tonnes``: in proportion, since a lever of few firms may not be
    told; nothing is said here that the lever and the tonnes do not say.
    """
    return {
        str(name): pd.DataFrame(
            {level: kept_share * float(row[level]) for level in _LEVELS}
        ).assign(note="")
        for name, row in levels.iterrows()
    }


def draw_levels(draws: np.ndarray) -> pd.DataFrame:
    """Give the P10, the mean and the P90 of each row of draws.

    Returns: ``low``, ``value``, ``high``; 0 where nothing was drawn.

    Notes
    -----
    The mean of a sum is the sum of the means: values add up over any partition, which
    medians do not. The bounds do not add up: errors cancel out in part.

    Examples
    --------
    >>> two = np.array([[0.0, 1.0, 8.0], [5.0, 1.0, 0.0]])
    >>> draw_levels(np.vstack([two, two.sum(axis=0)]))["value"].tolist()
    [3.0, 2.0, 5.0]
    """
    if draws.shape[1] == 0:
        draws = np.zeros((len(draws), 1))
    low, high = np.percentile(draws, [10, 90], axis=1)
    return pd.DataFrame({"value": draws.mean(axis=1), "low": low, "high": high})


_SITES = "target_sites"


class _Lever(NamedTuple):
    """What cases tell of a lever, and how it is written."""

    measure: str | None
    unit: str
    scale: float


def with_realised(
    figures: pd.DataFrame,
    *,
    catalogue: pd.DataFrame,
    animation: Animation,
) -> pd.DataFrame:
    """Say in the note of each lever what animators make of it.

    Notes
    -----
    It is by animator, not by perimeter: the firms of a perimeter bind only where they
    are fewer than animators meet.
    """
    sites = figures[figures["indicator_id"].eq(_SITES)].set_index("perimeter_id")
    to_meet = figures["perimeter_id"].map(sites["value"]).fillna(math.inf)
    levers = {
        name: _Lever(CASES_OF.get(lever), str(catalogue.loc[name, "unit"]), scale)
        for name, (lever, scale) in LEVER_INDICATORS.items()
    }
    is_lever = figures["indicator_id"].isin(list(levers)) & figures["value"].notna()
    known = figures[is_lever]
    cells = zip(known["indicator_id"], known["value"], to_meet[is_lever], strict=True)
    # Past those that animators meet, more firms change nothing.
    most_met, reached = (
        max(animation.met),
        cache(partial(realised_without_limit, animation)),
    )
    beside = [
        _realised_note(
            levers[name],
            value,
            reached(levers[name].measure, n_sites=min(n_sites, most_met)),
            animation,
        )
        for name, value, n_sites in cells
    ]
    note = known["note"].str.cat(beside, sep=" ; ")
    notes = note.str.removeprefix(" ; ").reindex(figures.index)
    return figures.assign(note=notes.fillna(figures["note"]))


def _realised_note(
    lever: _Lever, value: float, reached: Reach, animation: Animation
) -> str:
    reached_part = of_potential(reached, value / lever.scale)
    text = realised_text(reached_part, lever.unit, scale=lever.scale)
    parts = [above_text(reached_part), f"{animator_text(animation)} : {text}"]
    return typographic(" ; ".join(filter(None, parts)))

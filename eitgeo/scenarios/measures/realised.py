"""Beside each lever of a perimeter, what an animator makes of it."""

from __future__ import annotations

import math
from functools import cache, partial
from typing import NamedTuple

import pandas as pd

from eitgeo.flows.exchanges.realised import (
    CASES_OF,
    Animation,
    Reach,
    above_text,
    animator_text,
    of_potential,
    reach,
    realised_text,
)
from eitgeo.scenarios.measures.matter import LEVER_INDICATORS
from eitgeo.words import typographic

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

    ``figures``: table ``indicators_public``. ``catalogue``: `indicator_catalogue`.
    ``animation``: as `animation_of` returns it.

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
    most_met, reached = max(animation.met), cache(partial(reach, animation))
    beside = [
        _beside(
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


def _beside(lever: _Lever, value: float, reached: Reach, animation: Animation) -> str:
    reached_part = of_potential(reached, value / lever.scale)
    text = realised_text(reached_part, lever.unit, scale=lever.scale)
    parts = [above_text(reached_part), f"{animator_text(animation)} : {text}"]
    return typographic(" ; ".join(filter(None, parts)))

"""Beside each lever of a perimeter, what an animator makes of it."""

from __future__ import annotations

import math
from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

from eitgeo.flows.exchanges.realised import (
    CASES_OF,
    above_text,
    animator_text,
    of_potential,
    reach,
    realised_text,
)
from eitgeo.scenarios.measures.matter import LEVER_INDICATORS
from eitgeo.words import typographic

if TYPE_CHECKING:
    import pandas as pd

    from eitgeo.flows.exchanges.realised import Animation, Reach

_NET, _OF_FIRMS = "eur_net", "eur_firms"
_SITES = "target_sites"


class _Lever(NamedTuple):
    """What cases tell of a lever, how it is written, and whose part of it they tell."""

    measure: str | None
    unit: str
    scale: float
    whose: str
    part: float


def with_realised(
    figures: pd.DataFrame,
    levels: pd.DataFrame,
    *,
    catalogue: pd.DataFrame,
    animation: Animation,
) -> pd.DataFrame:
    """Say in the note of each lever what animators make of it.

    ``figures``: table ``indicators_public``. ``levels``: as `lever_levels` lays out the
    levers of the study. ``catalogue``: `indicator_catalogue`. ``animation``: as
    `animation_of` returns it.

    Notes
    -----
    It is by animator, not by perimeter: the firms of a perimeter bind only where they
    are fewer than animators meet. Cases tell what firms save, so that the balance is
    held against the part of firms.
    """
    sites = figures[figures["indicator_id"].eq(_SITES)].set_index("perimeter_id")
    to_meet = figures["perimeter_id"].map(sites["value"]).fillna(math.inf)
    levers = {
        name: _lever(name, levels, unit=str(catalogue.loc[name, "unit"]))
        for name in LEVER_INDICATORS
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


def _lever(name: str, levels: pd.DataFrame, *, unit: str) -> _Lever:
    lever, scale = LEVER_INDICATORS[name]
    if name != _NET:
        return _Lever(CASES_OF.get(lever), unit, scale, "", 1.0)
    whole = float(levels["value"][_NET])
    part = float(levels["firms"][_NET]) / whole if whole else math.nan
    alone = math.isnan(part)  # the balance is that of firms, or there is none
    return _Lever(
        CASES_OF[_OF_FIRMS],
        unit,
        scale,
        "pour les entreprises, ",
        1.0 if alone else part,
    )


def _beside(lever: _Lever, value: float, reached: Reach, animation: Animation) -> str:
    reached_part = of_potential(reached, value * lever.part / lever.scale)
    text = realised_text(reached_part, lever.unit, scale=lever.scale)
    parts = [above_text(reached_part), f"{animator_text(animation)} : {text}"]
    return typographic(lever.whose + " ; ".join(filter(None, parts)))

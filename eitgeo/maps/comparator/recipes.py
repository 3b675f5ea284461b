"""How the page recomputes an indicator: a kind of sum and what it sums.

The page knows kinds, not indicators: what has no recipe in the catalogue is read from
the published table, or said to need a run.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pandas as pd

from eitgeo.disclosure.published import MAX_LEFT_PCT, MAX_UNSURE_PCT
from eitgeo.maps.words.belief import PART_OF, PART_TITLES, gaps, weak_bases
from eitgeo.reference.indicators import parted
from eitgeo.scenarios.decision.orders import PLANE
from eitgeo.tables.public import Released
from eitgeo.words import (
    DIRECTION_NAMES,
    EVIDENCE_NAMES,
    EVIDENCE_SYMBOLS,
    typographic,
)


class ComparatorThresholds(NamedTuple):
    """What the study sets of the indicators."""

    posts: float  # Posts of animation that the study chooses [FTE]
    seat_minutes: float  # How far the seat may be [min]
    diversity_min_sites: int  # Target sites that make a NAF division count
    families_min_donors: int  # Givers that make a family count
    waste_bodies: tuple[str, ...]
    # Whether cells of counts stand in for establishments: what hangs on how many of
    # them are large is read, not recomputed
    counted: bool = False
    # Indicators that nothing which the study names tells → what is said of them
    unread: Mapping[str, str] = MappingProxyType({})


def recipe_of(written: str, known: Mapping[str, Any]) -> dict[str, Any] | None:
    """Read how the page recomputes an indicator.

    Examples
    --------
    >>> recipe_of("how=count per=@posts", {"posts": 2.0})
    {'how': 'count', 'per': 2.0}
    """
    pairs = [part.split("=", maxsplit=1) for part in written.split()]
    return {key: _value(text, known) for key, text in pairs} or None


def _value(text: str, known: Mapping[str, Any]) -> Any:
    if text.startswith("@"):
        return known[text[1:]]
    return int(text) if text.isdigit() else text


def known_to_recipes(
    thresholds: ComparatorThresholds, bodies: pd.DataFrame
) -> dict[str, Any]:
    """Name what recipes may ask for: thresholds, limits of secrecy, PETR."""
    petr = bodies.loc[bodies["kind"] == "petr", "body_id"]
    return thresholds._asdict() | {
        "waste_bodies": list(thresholds.waste_bodies),
        "petr": sorted(petr),
        "max_left_pct": MAX_LEFT_PCT,
        "max_unsure_pct": MAX_UNSURE_PCT,
    }


def indicator_lists(
    catalogue: pd.DataFrame, thresholds: ComparatorThresholds, bodies: pd.DataFrame
) -> list[dict[str, Any]]:
    """Say of each indicator what the page shows, and how it recomputes it."""
    known = known_to_recipes(thresholds, bodies)
    copied = ["label", "unit", "direction", "kind", "evidence", "group", "formula"]
    return [
        {
            "id": str(name),
            **{column: str(about[column]) for column in copied},
            "label": typographic(str(about["label"])),
            "brief": _BRIEF.get(str(name), ""),
            "decimals": int(about["decimals"]),
            "star": str(about["first_screen"]) == "oui",
            "recipe": _recipe(str(name), str(about["recipe"]), thresholds, known),
        }
        for name, about in catalogue.to_dict("index").items()
    ]


_BRIEF = {"body_fit_pct": "Part commune avec une structure existante"}
"""Labels of the first screen, where those of the catalogue are no word of a council."""


def _recipe(
    name: str, written: str, thresholds: ComparatorThresholds, known: Mapping[str, Any]
) -> dict[str, Any] | None:
    if thresholds.counted and written.startswith(_ON_LARGE_SITES):
        return None
    if name in thresholds.unread:
        return {"how": "unread", "note": thresholds.unread[name]}
    return recipe_of(written, known)


_ON_LARGE_SITES = ("how=count", "how=seat", "how=tranche", "how=distinct of=division")
"""Recipes that count, place or rank establishments of a size."""


_TALLY = ("counted_firms_10", "target_sites")
"""What is told of an EPCI that comes in or leaves: the first that is known."""


def page_words(catalogue: pd.DataFrame, figures: Released) -> dict[str, Any]:
    """Return words of classes and parts, what is missing, axes, what is tallied."""
    directions = {key: typographic(text) for key, text in DIRECTION_NAMES.items()}
    words = {
        "symbols": EVIDENCE_SYMBOLS,
        "evidence": EVIDENCE_NAMES,
        "directions": directions,
        "parts": PART_TITLES,
        "part_of": PART_OF,
    }
    return {
        "words": words,
        "gaps": _gap_lists(catalogue, weak_bases(figures)),
        "plane": [name for name in PLANE if name in catalogue.index],
        "tally": [name for name in _TALLY if name in catalogue.index],
    }


def _gap_lists(
    catalogue: pd.DataFrame, weak: frozenset[str]
) -> list[dict[str, str | list[str]]]:
    """Say what would make figures firmer, and which ones."""
    rests_on = catalogue["rests_on"]
    return [
        {
            "what": gap.what,
            "where": gap.where,
            "indicators": [
                str(name)
                for name, cell in rests_on.items()
                if gap.basis in parted(str(cell))
            ],
        }
        for gap in gaps(rests_on, weak)
    ]

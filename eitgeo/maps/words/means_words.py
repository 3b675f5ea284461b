"""Posts and parts in words: what is met, what is left out, who would pay what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from eitgeo.ledger import WHOLE, Place, record, written
from eitgeo.reference.labels import labels_of
from eitgeo.scenarios.carriers.budget import posts_text, share_range_text
from eitgeo.tables.public import Released
from eitgeo.words import (
    MISSING,
    NBSP,
    first_upper,
    published_value,
    range_text,
)

KEY_WORDS = labels_of("cost_key")
_LEVELS = ("low", "mid", "high")
_NONE = "aucun"
_BY_KEY = "selon la clé"


class PostLine(NamedTuple):
    """What a choice of posts does in a perimeter, in words."""

    posts: str  # « Un poste », and whether the study chooses it
    chosen: bool
    meetings: str  # Firms met a year
    met: str  # Share met in three years, firms not met, and firms far from the seat
    left: str
    far: str
    cost: str  # Cost a year, and what is left to pay
    rest: str


def post_lines(posts: Released, perimeter_id: str) -> list[PostLine]:
    """Word each choice of posts for a perimeter, the smallest first."""
    table = posts.table
    posts_rows = table[table["perimeter_id"] == perimeter_id]
    ordered = posts_rows.sort_values("posts", kind="stable")
    return [_line(row, perimeter_id) for row in ordered.to_dict("records")]


def _line(row: Mapping[Any, Any], perimeter_id: str) -> PostLine:
    key = f"{perimeter_id} / {row['posts']:g}"
    met_text = left = MISSING
    if not row["missing"]:
        met_text = share_range_text(row["met_low_pct"], row["met_high_pct"])
        left = _left_text(row["left_low"], row["left_high"])
        _record(key, "met_low_pct", row, met_text, unit="%")
        _record(key, "left_high", row, left, unit="nombre")
    meetings = range_text(row["meetings_low"], row["meetings_high"], unit="nombre")
    _record(key, "meetings_low", row, meetings, unit="nombre")
    return PostLine(
        posts=first_upper(posts_text(float(row["posts"]))),
        chosen=row["chosen"] == "oui",
        meetings=meetings,
        met=met_text,
        left=left,
        far=written(
            float(row["far_sites"]),
            Place("posts", key, "far_sites"),
            bounds=(float(row["far_sites"]),) * 2,
            evidence=str(row["evidence"]),
            unit="nombre",
            decimals=0,
        ),
        cost=_cost(row, key, "total"),
        rest=_cost(row, key, "rest"),
    )


def _record(key: str, column: str, row: Any, text: str, *, unit: str) -> None:
    rounded = published_value(float(row[column]), evidence="H", decimals=0, unit=unit)
    record(Place("posts", key, column), rounded, WHOLE, text)


def _left_text(fewest: float, most: float) -> str:
    """Write the firms that are not met, two ends."""
    return range_text(fewest, most, unit="nombre") if most > 0 else _NONE


def _cost(row: Mapping[Any, Any], key: str, item: str) -> str:
    low, mid, high = (float(row[f"{item}_{level}"]) for level in _LEVELS)
    return written(
        mid,
        Place("posts", key, f"{item}_mid"),
        bounds=(low, high),
        evidence=str(row["cost_evidence"]),
        unit="€/an",
        decimals=0,
    )


def share_rows(shares: Released, perimeter_id: str) -> pd.DataFrame:
    """Return the parts of a perimeter: ``epci_siren`` × key, columns of the table."""
    table = shares.table
    return table[table["perimeter_id"] == perimeter_id]


def share_cost_text(
    row: Mapping[Any, Any], *, unit: str = "€/an", per: float = 1.0
) -> str:
    """Write what a member would pay under a key; to the cent where it is observed."""
    where = f"{row['perimeter_id']} / {row['epci_siren']} / {row['cost_key']}"
    low, mid, high = (
        float(row[level]) / per if per > 0 else float("nan") for level in _LEVELS
    )
    tail = "" if per == 1.0 else " / habitant"
    return written(
        mid,
        Place("cost_shares", f"{where}{tail}", "mid"),
        bounds=(low, high),
        evidence=str(row["evidence"]),
        unit=unit,
        decimals=2,
    )


def share_cost_range(rows: pd.DataFrame) -> str:
    """Write between what and what the keys put the part of one member."""
    known = rows[rows["mid"].notna()]
    if known.empty or known["mid"].min() == known["mid"].max():
        return ""
    text = range_text(known["mid"].min(), known["mid"].max(), unit="€/an")
    first = known.iloc[0]
    place = Place(
        "cost_shares", f"{first['perimeter_id']} / {first['epci_siren']} / clés", "mid"
    )
    rounded = published_value(
        float(known["mid"].min()), evidence="H", decimals=0, unit="€/an"
    )
    record(place, rounded, WHOLE, text)
    return f"{_BY_KEY}{NBSP}: {text}"

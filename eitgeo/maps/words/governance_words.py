"""The French words of states, verdicts, facts of EPCI, costs, posts and parts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from eitgeo.ledger import WHOLE, Place, plain, record, told, written
from eitgeo.reference.labels import epci_fact_labels, labels_of
from eitgeo.scenarios.carriers.budget import posts_text, share_range_text
from eitgeo.tables.public import Released
from eitgeo.words import (
    EVIDENCE_SYMBOLS,
    MISSING,
    NBSP,
    NEARLY,
    first_upper,
    french_number,
    published_value,
    range_text,
    round_share,
    typographic,
)

STATE_WORDS = labels_of("carrier_state")
VERDICT_WORDS = labels_of("verdict")
BENEFIT_WORDS = labels_of("benefit")
ANSWER_WORDS = labels_of("answer")
SIDE_WORDS = labels_of("swot_side")
OUTCOME_WORDS = labels_of("swot_outcome")
KIND_WORDS = labels_of("body_kind")
COST_WORDS = labels_of("cost_item")
EASE_WORDS = labels_of("ease")
_FACT_WORDS = epci_fact_labels()
_TEXTS = ("departements", "outlets_unsure")
"""Facts that are no number."""
ROUNDED_APART = (
    "Montants de classe H arrondis un à un : un total imprimé peut différer de la "
    "somme de ses lignes ou des années."
)
COST_CLASSES = "€ : moins de 5 000 € ; €€ : 5 000 à 25 000 € ; €€€ : plus de 25 000 €"


def unsure_lists(bodies: Released, overlaps: Released) -> set[str]:
    """Name the bodies whose list of members is to confirm."""
    return {
        str(name)
        for table in (bodies, overlaps)
        for name in table.table.loc[table.table["status"] == "a_confirmer", "body_id"]
    }


def named_epci(bodies: Released) -> dict[str, str]:
    """Return the name of each EPCI by its SIREN."""
    epci = bodies.table[bodies.table["kind"] == "epci"]
    sirens = epci["body_id"].str.removeprefix("epci_")
    return dict(zip(sirens, epci["name"].astype(str), strict=True))


def share_text(value: float, place: Place, *, evidence: str = "O") -> str:
    """Write a share of a population or of jobs."""
    if not math.isfinite(value):
        return MISSING
    number, mark = round_share(value, 2), ""
    if evidence == "H":
        number = published_value(value, evidence="H", decimals=0, unit="%")
        mark = f"{EVIDENCE_SYMBOLS['H']} {NEARLY}{NBSP}"
    text = f"{mark}{french_number(number)} %"
    record(place, number, WHOLE, text)
    return text


def deliberations_text(least: float, most: float, place: Place) -> str:
    """Write how many deliberations a carrier asks; `place` is theirs, but for it."""
    if math.isnan(least) or math.isnan(most):
        return ""
    low, high = (
        plain(n, place._replace(column=f"deliberations_{end}"), decimals=None)
        for n, end in ((least, "least"), (most, "most"))
    )
    if least == most:
        plural = "s" if least > 1 else ""
        return f"{low} délibération{plural}"
    return f"{low} à {high} délibérations"


def told_facts(
    facts: Released,
    *,
    siren: str,
    division_names: Mapping[str, str],
    root_name: str,
    only: str = "",
) -> list[tuple[str, str, str]]:
    """Word what is known of an EPCI."""
    table = facts.table
    epci_facts = table[table["epci_siren"] == siren]
    if only:
        epci_facts = epci_facts[epci_facts["fact_id"] == only]
    return epci_lines(epci_facts, division_names=division_names, root_name=root_name)


def epci_lines(
    facts: pd.DataFrame, *, division_names: Mapping[str, str], root_name: str
) -> list[tuple[str, str, str]]:
    """Word what is known of an EPCI."""
    rows = {str(row["fact_id"]): row for row in facts.to_dict("records")}
    lines = []
    for fact in _FACT_WORDS.itertuples():
        name, label = str(fact.Index), str(fact.label)
        if name not in rows:
            continue
        row: dict[Any, Any] = rows[name]
        text = (
            _names_of(str(row["told"]), division_names)
            if name == "main_divisions"
            else _fact_text(row, str(fact.unit), int(str(fact.decimals)))
        )
        if name == "minutes_to_root":
            label = f"Temps en voiture de {row['told']} à {root_name}"
        lines.append((label, text, str(row["evidence"])))
    return lines


def _names_of(codes: str, division_names: Mapping[str, str]) -> str:
    names = [division_names.get(code, code) for code in codes.split(";") if code]
    return " ; ".join(names) or MISSING


def _fact_text(row: Mapping[Any, Any], unit: str, decimals: int) -> str:
    names = str(row["told"])
    if row["fact_id"] in _TEXTS:
        return names
    place = Place("epci_facts", f"{row['epci_siren']} / {row['fact_id']}")
    number = told(row, place, unit=unit, decimals=decimals)
    if number == MISSING or not names:
        return number
    if row["fact_id"] == "outlets":
        return f"{number} : {names}"
    is_dated = str(row["fact_id"]).startswith("counted_")
    return f"{number} ({names})" if is_dated else number


_SHORT_UP_TO = (" (", ", ")


def short_carrier(label: str) -> str:
    """Cut the name of a carrier, or what a rule is about, at its first precision.

    Examples
    --------
    >>> short_carrier("Association (club d'entreprises)")
    'Association'
    """
    for mark in _SHORT_UP_TO:
        label = label.partition(mark)[0]
    return typographic(label)


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

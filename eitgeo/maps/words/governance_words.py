"""The French words of states, verdicts, facts of EPCI and costs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from eitgeo.ledger import WHOLE, Place, plain, record, told
from eitgeo.reference.labels import epci_fact_labels, labels_of
from eitgeo.tables.public import Released
from eitgeo.words import (
    EVIDENCE_SYMBOLS,
    MISSING,
    NBSP,
    NEARLY,
    french_number,
    published_value,
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

"""Facts on perimeters that rules read: known with a value, or not known and why."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from eitgeo.exact import at_most
from eitgeo.scenarios.measures.access import SEAT_NOTE
from eitgeo.scenarios.measures.unconfirmed import LIST_TO_CONFIRM, TO_CONFIRM

NOT_MEASURED = "non mesuré"
SYNTHETIC = "données synthétiques"
ASSUMED = "hypothèse de travail (classe H)"


class Fact(NamedTuple):
    """A number or a text; `missing` says, in French, why there is none.

    `bounds` are those of a number that a list to confirm leaves open: what holds for
    both holds for it. `evidence` is the class of a published figure.
    """

    value: float | str
    missing: str = ""
    bounds: tuple[float, float] | None = None
    evidence: str = ""


_SEAT_SHARE = "seat_45min_pct"
Facts = dict[str, Fact]
"""Fact by name; a name that ends in ``_pct`` is a percentage."""


def unknown(reason: str, *, bounds: tuple[float, float] | None = None) -> Fact:
    """Make a fact that is not known."""
    return Fact(float("nan"), reason, bounds)


def fact_between(least: float, most: float) -> Fact:
    """Make a fact that hangs on lists to confirm."""
    if least < most and not at_most(most, least):
        return unknown(LIST_TO_CONFIRM, bounds=(least, most))
    return Fact(least)


def fact_of(facts: Mapping[str, Fact], name: str) -> Fact:
    """Return a fact; one that nobody measured is not known."""
    return facts.get(name, unknown(NOT_MEASURED))


def indicator_facts(
    indicators: pd.DataFrame, *, demonstration: bool
) -> dict[str, Facts]:
    """Read released indicators as facts of each perimeter.

    ``indicators``: table ``indicators_public``. ``demonstration``: whether an input of
    the study is synthetic or surrogate: a figure of class H then is no fact. Returns:
    perimeter → facts by ``indicator_id``, and ``seat_town``.
    """
    facts_of: dict[str, Facts] = {}
    for row in indicators.to_dict("records"):
        facts = facts_of.setdefault(str(row["perimeter_id"]), {})
        name, fact = str(row["indicator_id"]), _read(row, demonstration=demonstration)
        facts[name] = fact
        if name == _SEAT_SHARE:
            facts["seat_town"] = _seat_town(str(row["note"]), fact)
    return facts_of


def _seat_town(note: str, fact: Fact) -> Fact:
    if fact.missing or not note.startswith(SEAT_NOTE):
        return unknown(fact.missing or NOT_MEASURED)
    return Fact(note.removeprefix(SEAT_NOTE))


def _read(row: Mapping[Hashable, Any], *, demonstration: bool) -> Fact:
    value = float(row["value"])
    if math.isnan(value) and TO_CONFIRM in str(row["note"]):
        return unknown(LIST_TO_CONFIRM, bounds=(float(row["low"]), float(row["high"])))
    evidence = str(row["evidence"])
    if demonstration and evidence == "H":
        share = float(row["synthetic_share_pct"])
        why = SYNTHETIC if share > 0 or math.isnan(share) else ASSUMED
        return Fact(math.nan, why, evidence=evidence)
    if math.isnan(value):
        return unknown(str(row["note"]) or NOT_MEASURED)
    return Fact(value, evidence=evidence)

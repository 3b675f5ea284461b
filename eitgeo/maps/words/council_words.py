"""What would be put to the council of an EPCI, in a few figures and few words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from eitgeo.ledger import Place, headed, told
from eitgeo.maps.paper.sheet import require_released
from eitgeo.words import NBSP, french_number, range_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eitgeo.disclosure.door.rules import Released

_LEVELS = ("low", "high")
_TO_CONFIRM = "a_confirmer"


class CouncilTables(NamedTuple):
    """Released tables, none of which rests on drawn establishments."""

    perimeters: Released  # Those that are compared, contours made by drawn inputs apart
    members: Released  # table ``perimeter_communes``
    communes: Released
    indicators: Released  # table ``indicators_known``
    facts: Released  # table ``epci_facts_known``
    budget: Released  # table ``animation_budget``

    def frame(self, name: str) -> pd.DataFrame:
        """Return the rows of a table."""
        return require_released(getattr(self, name), name).table


class CouncilLine(NamedTuple):
    """A figure, what it is about, and how sure it is (O, S or H)."""

    figure: str
    text: str
    evidence: str


class _Place(NamedTuple):
    """What a perimeter asks that holds an EPCI."""

    perimeter: str
    n_epci: float
    deliberations: float
    share: float
    doubtful: bool


NOWHERE = CouncilLine(
    "Aucune délibération",
    "aucun des périmètres comparés ne compte tout votre EPCI",
    "O",
)
_IF_CHOSEN = "si un périmètre qui comprend votre EPCI est retenu"


def council_lines(
    tables: CouncilTables, siren: str, *, root_name: str
) -> list[CouncilLine]:
    """Say what an EPCI is asked, with whom, how far, for how much.

    Every compared perimeter that holds it whole counts alike: none is preferred.
    """
    places = _places(tables, siren)
    if not places:
        return [NOWHERE]
    return [
        CouncilLine(f"1{NBSP}délibération", _IF_CHOSEN, "O"),
        _partners(places),
        *_minutes(tables, siren, root_name),
        *_cost(tables, places),
    ]


def _places(tables: CouncilTables, siren: str) -> list[_Place]:
    communes = tables.frame("communes")
    people = communes.set_index("code_insee")["population"]
    codes = set(communes.loc[communes["epci_siren"] == siren, "code_insee"])
    members = tables.frame("members").drop_duplicates(["perimeter_id", "code_insee"])
    held = members.loc[members["code_insee"].isin(codes), "perimeter_id"].value_counts()
    figures = tables.frame("indicators").set_index(["perimeter_id", "indicator_id"])
    values = figures["value"]
    places = []
    for row in tables.frame("perimeters").to_dict("records"):
        name = str(row["perimeter_id"])
        if not codes or held.get(name, 0) < len(codes):
            continue
        of_all = members.loc[members["perimeter_id"] == name, "code_insee"]
        total = float(people.reindex(of_all).sum())
        part = float(people.reindex(sorted(codes)).sum())
        places.append(
            _Place(
                name,
                float(values[name, "n_epci"]),
                float(values[name, "n_deliberations"]),
                part / total if total > 0 else float("nan"),
                str(row["membership_status"]) == _TO_CONFIRM,
            )
        )
    return places


def _partners(places: Sequence[_Place]) -> CouncilLine:
    others = [place.n_epci - 1 for place in places]
    asked = [
        headed(
            place.deliberations,
            Place("indicators_public", f"{place.perimeter} / n_deliberations"),
            evidence="O",
            unit="nombre",
        )
        for place in (
            min(places, key=lambda place: place.deliberations),
            max(places, key=lambda place: place.deliberations),
        )
    ]
    told_of = _compared(len(places), sum(place.doubtful for place in places))
    count = _between(*(french_number(place) for place in (min(others), max(others))))
    return CouncilLine(
        f"Avec {count}{NBSP}autres EPCI",
        f"{_between(*asked)} délibérations en tout ({told_of})",
        "O",
    )


def _compared(count: int, doubts: int) -> str:
    if count == 1:
        return f"1{NBSP}périmètre comparé{', à confirmer' if doubts else ''}"
    told_of = f"{count}{NBSP}périmètres comparés"
    return f"{told_of}, dont {doubts} à confirmer" if doubts else told_of


def _between(low: str, high: str) -> str:
    return low if low == high else f"{low} à {high}"


def _minutes(tables: CouncilTables, siren: str, root_name: str) -> list[CouncilLine]:
    facts = tables.frame("facts")
    is_mine = facts["epci_siren"].eq(siren) & facts["fact_id"].eq("minutes_to_root")
    return [
        CouncilLine(
            told(
                row,
                Place("epci_facts", f"{siren} / minutes_to_root"),
                unit="min",
                decimals=0,
            ),
            f"en voiture, de {row['told']} à {root_name}",
            str(row["evidence"]),
        )
        for row in facts[is_mine].to_dict("records")
        if pd.notna(row["value"])
    ]


def _cost(tables: CouncilTables, places: Sequence[_Place]) -> list[CouncilLine]:
    """Say what is left to pay in a year, from the least to the most."""
    budget = tables.frame("budget")
    left = budget[budget["item"] == "reste"].sort_values("year", kind="stable")
    shares = [one.share for one in places if math.isfinite(one.share)]
    if left.empty or not shares:
        return []
    low, high = (float(left.iloc[0][level]) for level in _LEVELS)
    text = range_text(min(shares) * low, max(shares) * high, unit="€/an")
    return [
        CouncilLine(
            text[:1].upper() + text[1:],
            "à votre charge, au prorata : clé à négocier",
            str(left.iloc[0]["evidence"]),
        )
    ]

"""What the page on refusals knows: each refusal of each perimeter, and all unions."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from eitgeo.ledger import Place, record
from eitgeo.maps.comparator.carriers import union_carrier_lists
from eitgeo.maps.comparator.published import plain
from eitgeo.maps.paper.sheet import require_released
from eitgeo.maps.words.cards import perimeter_rows
from eitgeo.maps.words.governance_words import STATE_WORDS, named_epci
from eitgeo.maps.words.refusal_words import (
    cost_place,
    cost_printed,
    cost_text,
    refusal_lines,
    refusal_place,
)
from eitgeo.perimeters.contours.refusals import most_refusals, near_epci
from eitgeo.reference.governance import carriers
from eitgeo.scenarios.carriers.refused import MARK, eur_each, first_year
from eitgeo.words import EVIDENCE_NAMES, name_key, published_value, typographic

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from eitgeo.disclosure.door.rules import Released
    from eitgeo.maps.paper.ground import Ground
    from eitgeo.maps.paper.sheet import Sheet


_MOST_ROWS = 2**15
"""Refusals that the page holds, all perimeters together: it stays under 2.5 MB."""
_COUNTED = {
    "firms": ("firms_10_45min", "counted_firms_10_45min"),
    "jobs": ("industry_employees", "counted_industry_employees"),
}


class _Once:
    """Values by their rank: nothing is written twice."""

    def __init__(self) -> None:
        self.ranks: dict[Any, int] = {}

    def __call__(self, value: Any) -> int:
        return self.ranks.setdefault(value, len(self.ranks))


def page_epci(ground: Ground, tables: RefusalTables) -> list[str]:
    """List the EPCI of the perimeters and unions of the page, by name: its numbers."""
    held = {
        one for text in tables.frame("refusals")["refused"] for one in text.split(MARK)
    }
    held |= {*tables.frame("union_seats")["epci_siren"]}
    known = held & {*ground.epci.index}
    names = ground.epci["short_name"]
    return sorted(known, key=lambda one: (name_key(str(names[one])), one))


def shown_perimeters(tables: RefusalTables) -> pd.DataFrame:
    """Keep the named perimeters that hold whole EPCI alone, in the order given."""
    rows = perimeter_rows(tables.perimeters)
    known = set(tables.frame("refusals")["perimeter_id"])
    return rows[rows["perimeter_id"].isin(known)].reset_index(drop=True)


def refusal_payload(
    ground: Ground,
    tables: RefusalTables,
    *,
    catalogue: pd.DataFrame,
    choices: RefusalChoices,
    sheet: Sheet,
) -> dict[str, Any]:
    """Gather what the page knows."""
    order = page_epci(ground, tables)
    at = {siren: rank for rank, siren in enumerate(order)}
    names = named_epci(tables.bodies)
    shorts = ground.epci["short_name"]
    prices, lists = _Once(), _Once()
    most = _most_told(tables)
    perimeters = [
        _perimeter(
            row,
            tables,
            at=at,
            prices=prices,
            lists=lists,
            most=most,
            catalogue=catalogue,
        )
        for row in shown_perimeters(tables).to_dict("records")
    ]
    unions = _unions(tables, at=at, prices=prices, choices=choices)
    # Stand-in roads name no seat: they would put a real town before others.
    named = choices.road_evidence == "S"
    towns = ground.communes["nom"].astype(str) if named else {}
    return {
        "study": _study(sheet, choices, at=at)
        | {"cost": str(tables.frame("budget")["evidence"].iloc[0])},
        "epci": [{"name": names[one], "short": str(shorts[one])} for one in order],
        "near": _near(tables, ground, at=at),
        **_labels(catalogue),
        "perimeters": perimeters,
        "unions": unions | {"towns": [towns.get(one, "") for one in unions["towns"]]},
        "reasons": union_carrier_lists(
            tables.frame("union_carrier_states"),
            tables.frame("union_carrier_reasons"),
            carriers=carriers(),
            union_ids=list(dict.fromkeys(tables.frame("union_seats")["union_id"])),
            demonstration=bool(sheet.demonstration),
        ),
        "prices": [[*numbers, text] for text, numbers in prices.ranks],
        "lists": [one.split(MARK) if one else [] for one in lists.ranks],
    }


def _labels(catalogue: pd.DataFrame) -> dict[str, Any]:
    """Name carriers, their states, indicators and classes of evidence."""
    ranked = catalogue[catalogue["direction"].isin(["up", "down"])]
    about = {
        str(name): [typographic(str(one["label"])), str(one["evidence"])]
        for name, one in catalogue.to_dict("index").items()
    }
    return {
        "evidence": EVIDENCE_NAMES,
        "carriers": {name: typographic(one) for name, one in _carrier_names().items()},
        "states": STATE_WORDS,
        "indicators": {str(name): about[str(name)] for name in ranked.index},
        "counted": {key: about[name] for key, (_, name) in _COUNTED.items()},
    }


def _carrier_names() -> dict[str, str]:
    return {str(name): str(one) for name, one in carriers()["carrier"].items()}


def _study(
    sheet: Sheet, choices: RefusalChoices, *, at: Mapping[str, int]
) -> dict[str, Any]:
    return {
        "title": sheet.title,
        "subtitle": sheet.subtitle,
        "edition": sheet.edition_text,
        "status": sheet.status_stamp,
        "demonstration": list(sheet.demonstration),
        "first": choices.first,
        "root": at.get(choices.root_epci, -1),
        "road": choices.road_evidence,
    }


def _near(
    tables: RefusalTables, ground: Ground, *, at: Mapping[str, int]
) -> dict[str, list[list[int]]]:
    """List the neighbours of each EPCI, by border and by road."""
    area, pairs = ground.area.reset_index(drop=True), tables.frame("contiguity")
    here = pairs[["code_a", "code_b"]].isin({*area["code_insee"]}).all(axis=1)
    return {
        kind: [sorted(at[one] for one in near[siren] if one in at) for siren in at]
        for kind, near in near_epci(pairs[here], area).items()
    }


def _most_told(tables: RefusalTables) -> int:
    """Say how many refusals together the page tells: all of them, where it has room."""
    sizes = [
        int(size)
        for size in tables.frame("refusals").groupby("perimeter_id")["n_left"].max()
    ]
    most = max(map(most_refusals, sizes), default=1)
    while most > 1 and _listed(sizes, most) > _MOST_ROWS:
        most -= 1
    return most


def _listed(sizes: list[int], most: int) -> int:
    """Count the refusals of perimeters of so many EPCI, up to so many together."""
    return sum(
        math.comb(size, k)
        for size in sizes
        for k in range(min(most_refusals(size), most) + 1)
    )


def _perimeter(
    about: Mapping[Any, Any],
    tables: RefusalTables,
    *,
    at: Mapping[str, int],
    prices: _Once,
    lists: _Once,
    most: int,
    catalogue: pd.DataFrame,
) -> dict[str, Any]:
    """Pack the refusals of a perimeter in the order of their number, then of SIREN."""
    mine = tables.frame("refusals")
    mine = mine[mine["perimeter_id"].eq(about["perimeter_id"])]
    mine = mine[mine["n_refused"].le(most)]
    rows = mine.sort_values(["n_refused", "refused"], kind="stable")
    members = sorted(rows.loc[rows["n_refused"].eq(1), "refused"])
    told = rows.to_dict("records")
    return {
        "id": str(about["perimeter_id"]),
        "name": str(about["name"]),
        "toConfirm": about["membership_status"] != "publie",
        "members": [at[one] for one in members],
        "most": int(rows["n_refused"].max()),
        "lines": refusal_lines(
            tables.refusals,
            str(about["perimeter_id"]),
            epci_names=named_epci(tables.bodies),
            carrier_names=_carrier_names(),
            to_confirm=about["membership_status"] == "a_confirmer",
        ),
        "rows": {
            "border": rows["n_pieces_border"].tolist(),
            "road": rows["n_pieces_road"].tolist(),
            "pop": rows["population"].tolist(),
            "able": [lists(one) for one in rows["carriers"]],
            "sure": [lists(one) for one in rows["carriers_sure"]],
            "states": [lists(one) for one in rows["states"]],
            "fell": [lists(one) for one in rows["fell"]],
            "blind": [lists(one) for one in rows["not_compared"]],
            "price": [prices(_price(one, cost_place(one))) for one in told],
            **{
                key: _printed(rows, column, catalogue.loc[[name]])
                for key, (column, name) in _COUNTED.items()
            },
        },
    }


def _printed(
    rows: pd.DataFrame, column: str, about: pd.DataFrame
) -> list[float | None]:
    """Round what is counted as the comparator prints it; `about` has one row."""
    (said,) = about.to_dict("records")
    rounding: dict[str, Any] = {key: said[key] for key in ("evidence", "unit")}
    rounding["decimals"] = int(said["decimals"])
    numbers = [published_value(float(one), **rounding) for one in rows[column]]
    for row, number in zip(rows.to_dict("records"), numbers, strict=True):
        record(refusal_place(row, column), number)
    return plain(np.array(numbers, float))


def _price(
    row: Mapping[Any, Any], place: Place
) -> tuple[str, tuple[float | None, ...]]:
    """Return a cost as it is printed, and its three levels so rounded."""
    numbers = cost_printed(row)
    return cost_text(row, place), tuple(None if math.isnan(n) else n for n in numbers)


def _unions(
    tables: RefusalTables,
    *,
    at: Mapping[str, int],
    prices: _Once,
    choices: RefusalChoices,
) -> dict[str, Any]:
    """Pack the unions of whole EPCI: members, seat, minutes and cost of each member."""
    seats = tables.frame("union_seats")
    budget = tables.frame("budget")
    towns = _Once()
    found: dict[str, list[Any]] = {
        key: [] for key in ("members", "minutes", "seat", "pop", "price")
    }
    for name, rows in seats.groupby("union_id", sort=False):
        told = sorted(rows.to_dict("records"), key=lambda one: at[one["epci_siren"]])
        n_people = sum(int(one["population"]) for one in told)
        found["members"].append([at[one["epci_siren"]] for one in told])
        found["minutes"].append([_minutes(one["minutes"], choices) for one in told])
        found["seat"].append(towns(str(told[0]["seat"])))
        found["pop"].append(n_people)
        found["price"].append(prices(_union_price(str(name), budget, n_people)))
    return {**found, "towns": list(towns.ranks)}


def _union_price(
    name: str, budget: pd.DataFrame, n_people: int
) -> tuple[str, tuple[float | None, ...]]:
    """Share what is left to pay by inhabitants: the same for each of its members."""
    row = {
        f"left_{level}": eur_each(eur, n_people)
        for level, eur in first_year(budget).items()
    }
    row_told = row | {"evidence": str(budget["evidence"].iloc[0])}
    return _price(row_told, Place("union_seats", name, "left_mid"))


def _minutes(minutes: float, choices: RefusalChoices) -> float | None:
    """Round minutes as they are printed."""
    if math.isnan(minutes):
        return None
    return published_value(
        minutes, evidence=choices.road_evidence, decimals=0, unit="min"
    )


@dataclass(frozen=True)
class RefusalTables:
    """Released tables that the page reads."""

    bodies: Released = field(repr=False)
    perimeters: Released = field(repr=False)  # Those that are shown by name
    refusals: Released = field(repr=False)
    budget: Released = field(repr=False)  # table ``animation_budget``
    contiguity: Released = field(repr=False)
    # Each EPCI of each union of whole EPCI, and how far it is from its seat
    union_seats: Released = field(repr=False)
    # Who could carry each union of whole EPCI
    union_carrier_states: Released = field(repr=False)
    union_carrier_reasons: Released = field(repr=False)

    @property
    def all(self) -> list[Released]:
        """Return them all, for what a page says of its sources."""
        return [getattr(self, one.name) for one in fields(self)]

    def frame(self, name: str) -> pd.DataFrame:
        """Return the rows of a table."""
        return require_released(getattr(self, name), name).table


@dataclass(frozen=True)
class RefusalChoices:
    """What the study says."""

    first: str  # Perimeter shown at first; the first of the page where it is not there
    root_epci: str  # SIREN of the EPCI that all unions hold
    # Class of what rests on roads: ``S`` where they are real, ``H`` otherwise
    road_evidence: str
    # Of how many EPCI unions are listed at most; None: of any number
    most_epci: int | None = None

"""What the comparator knows: released tables only, as one JSON object."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

import pandas as pd

from eitgeo.disclosure.published import MAX_LEFT_PCT, MAX_UNSURE_PCT
from eitgeo.maps.comparator.ground import (
    border_lists,
    commune_lists,
    dep_order,
    epci_lists,
    epci_order,
    epci_pieces,
    link_list,
    place_lists,
)
from eitgeo.maps.comparator.published import (
    block_lists,
    carrier_lists,
    cell_list,
    closure_lists,
    count_lists,
    counted_lists,
    packed_figures,
    plain,
    post_lists,
    union_carrier_lists,
    without_uncounted,
)
from eitgeo.maps.paper.ground import Ground
from eitgeo.maps.paper.sheet import Sheet
from eitgeo.maps.words.cards import perimeter_rows
from eitgeo.maps.words.hypotheses import PART_OF, PART_TITLES, gaps, weak_bases
from eitgeo.maps.words.sentences import of_whole_epci
from eitgeo.reference.governance import carriers
from eitgeo.reference.indicators import parted
from eitgeo.reference.tables import ranking_criteria
from eitgeo.scenarios.decision.orders import PLANE
from eitgeo.tables.public import Released, ReleasedTables
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


FORMAT = "eitgeo-comparateur/1"
_SLIDERS = {"Gouvernance": "Simplicité de gouvernance", "Accessibilité": "Proximité"}
_OTHER_SLIDER = "Richesse du tissu"
_ESTIMATE_SLIDER = "Potentiel estimé"


@dataclass(frozen=True)
class ComparatorChoices:
    """What the study says of the comparison."""

    study: str
    on_date: str  # Date of the memberships, ``AAAA-MM-JJ``
    root_epci: str  # SIREN of the EPCI that all unions hold
    thresholds: ComparatorThresholds
    network: str  # What times and lengths rest on, French
    if_part: str  # Who takes part in exchanges, as `if_taking_part` says
    # Why no order, rank or score of bodies is shown, French; empty: they are
    orders_held: str = ""
    # Said in the place of the seat that drawn sites make, French; empty: named
    unnamed_seat: str = ""
    no_seats: str = ""  # Why none is computed on these roads
    # Identifiers of the perimeters shown at first; empty: the first of the study and
    # the one, to confirm if any, that overlaps it most
    first_pair: tuple[str, str] | tuple[()] = ()
    # Weight of each criterion, of 100 together, estimates counted; None: those of the
    # catalogue
    weights: pd.Series[float] | None = field(default=None, repr=False)
    # Share of the drawn weights under which an order is « indécis » [%]
    decided_pct: float = 80.0
    # Where the page will be read from; empty: it gives no link to itself
    address: str = ""
    # How many hypotheses are replaced, and which are not, French; may be empty
    supposed: str = ""
    # Of how many EPCI unions are listed at most; None: of any number
    most_epci: int | None = None


def comparator_payload(
    ground: Ground,
    public: ReleasedTables,
    *,
    catalogue: pd.DataFrame,
    choices: ComparatorChoices,
    sheet: Sheet,
) -> dict[str, Any]:
    """Gather what the page knows."""
    frame, borders = border_lists(ground)
    communes = commune_lists(ground, frame)
    rank = {code: place for place, code in enumerate(communes["code"])}
    compared = perimeter_rows(public["perimeters"])
    unions = _unions(public, ground)
    figures = public["indicators_public"].table
    bodies = _bodies(public, ground)
    return {
        "format": FORMAT,
        "study": _study(choices, sheet, communes["code"]),
        "frame": frame._asdict(),
        "communes": communes,
        "epci": epci_lists(ground, frame),
        "deps": dep_order(ground),
        "borders": borders,
        "links": link_list(public["contiguity"].table, communes["code"]),
        **place_lists(ground, frame),
        "bodies": [
            {**body, **{key: _ranks(body[key], rank) for key in ("codes", "certain")}}
            for body in bodies
        ],
        "pieces": _pieces(ground, bodies, choices.root_epci),
        "perimeters": _compared(compared, public["perimeter_communes"].table, rank),
        "unions": unions,
        "indicators": indicator_lists(
            without_uncounted(catalogue, public["activity_counts"].table),
            choices.thresholds,
            public["bodies"].table,
        ),
        **page_words(catalogue, public["indicators_public"]),
        "carriers": _carriers(public, unions["id"], sheet),
        "posts": post_lists(public["posts"].table),
        "criteria": _criteria(catalogue, choices),
        "published": {
            "perimeters": packed_figures(figures, list(compared["perimeter_id"])),
            "unions": packed_figures(figures, unions["id"]),
        },
        **_summed(public, rank),
    }


def _carriers(
    public: ReleasedTables, union_ids: list[str], sheet: Sheet
) -> dict[str, Any]:
    """Say who could carry, perimeter by perimeter, then union by union."""
    known, demonstration = carriers(), bool(sheet.demonstration)
    return {
        **carrier_lists(
            public["carrier_states"].table,
            public["carrier_reasons"].table,
            carriers=known,
            demonstration=demonstration,
        ),
        "unions": union_carrier_lists(
            public["union_carrier_states"].table,
            public["union_carrier_reasons"].table,
            carriers=known,
            union_ids=union_ids,
            demonstration=demonstration,
        ),
    }


def _summed(public: ReleasedTables, rank: Mapping[str, int]) -> dict[str, Any]:
    """Lay out what the page sums into the figures of any perimeter."""
    return {
        "closures": closure_lists(
            public["closures"].table, public["closure_access"].table, rank=rank
        ),
        "counts": count_lists(public["register_counts"].table, rank),
        "counted": counted_lists(public["activity_counts"].table, list(rank)),
        "minutes": _minutes(public["town_minutes"].table, list(rank)),
        "blocks": block_lists(
            public["communes_public"].table,
            public["blocks_public"].table,
            public["block_draws_public"].table,
            rank=rank,
        ),
        "cells": cell_list(public["exchanges_public"].table),
    }


def _study(
    choices: ComparatorChoices, sheet: Sheet, codes: list[str]
) -> dict[str, Any]:
    return {
        "name": choices.study,
        "title": sheet.title,
        "subtitle": sheet.subtitle,
        "edition": sheet.edition_text,
        "status": sheet.status_stamp,
        "final": sheet.status == "valide",
        "on_date": choices.on_date,
        "communes": hashlib.sha256(";".join(codes).encode()).hexdigest()[:12],
        "demonstration": list(sheet.demonstration),
        "pair": list(choices.first_pair),
        "decided": choices.decided_pct,
        "orders": not choices.orders_held,
        "ordersHeld": typographic(choices.orders_held),
        "unnamedSeat": choices.unnamed_seat,
        "noSeats": choices.no_seats,
        "network": typographic(choices.network),
        "rootEpci": choices.root_epci,
        "ofUnions": typographic(of_whole_epci(choices.most_epci)),
        "contact": sheet.contact,
        "address": choices.address,
    }


def _ranks(codes: frozenset[str] | None, rank: Mapping[str, int]) -> list[int] | None:
    return None if codes is None else sorted(rank[c] for c in codes if c in rank)


def _bodies(public: ReleasedTables, ground: Ground) -> list[dict[str, Any]]:
    """List the bodies that hold a commune of the study area, in the table's order."""
    members = public["body_members"].table.groupby("body_id")
    codes = {str(body): frozenset(rows["code_insee"]) for body, rows in members}
    certain = {
        str(body): frozenset(rows.loc[rows["status"] == "publie", "code_insee"])
        for body, rows in members
    }
    people = ground.communes["population"]
    area_codes, at_hand = frozenset(ground.area["code_insee"]), frozenset(people.index)
    bodies = []
    for row in public["bodies"].table.to_dict("records"):
        body = str(row["body_id"])
        if not codes.get(body, frozenset()) & area_codes:
            continue
        body_entry = {
            "id": body,
            "name": str(row["name"]),
            "kind": str(row["kind"]),
            "legal": bool(row["legal_person"]),
            "sure": str(row["status"]) == "publie",
            "doubtful": certain[body] != codes[body],
            "codes": codes[body],
            # Published members of a list to confirm; None: it is published.
            "certain": None,
            "total": len(codes[body]),
            # A body that reaches beyond what is at hand fits nothing.
            "pop": int(people.loc[sorted(codes[body])].sum())
            if codes[body] <= at_hand
            else None,
        }
        if body_entry["doubtful"] or not body_entry["sure"]:
            body_entry["certain"] = certain[body] if body_entry["sure"] else frozenset()
        bodies.append(body_entry)
    return bodies


def _pieces(
    ground: Ground, bodies: list[dict[str, Any]], root_epci: str
) -> list[dict[str, Any]]:
    order = epci_order(ground)
    pieces = epci_pieces(
        ground.area,
        bodies=[one for one in bodies if one["kind"] != "epci"],
        names=ground.epci["name"].to_dict(),
        root_epci=root_epci,
    )
    return [
        {**piece, "epci": [order.index(siren) for siren in piece["epci"]]}
        for piece in pieces
    ]


def _compared(
    compared: pd.DataFrame, members: pd.DataFrame, rank: Mapping[str, int]
) -> list[dict[str, Any]]:
    codes = members.groupby("perimeter_id")["code_insee"].agg(list)
    return [
        {
            "id": str(row["perimeter_id"]),
            "name": str(row["name"]),
            "method": str(row["method"]),
            "sure": str(row["membership_status"]) == "publie",
            "certificate": str(row["certificate"]),
            "codes": sorted(rank[code] for code in codes[row["perimeter_id"]]),
        }
        for row in compared.to_dict("records")
    ]


def _unions(public: ReleasedTables, ground: Ground) -> dict[str, Any]:
    order = {siren: place for place, siren in enumerate(epci_order(ground))}
    others = perimeter_rows(public["perimeters"], compared=False)
    rows = others[others["method"] == "union_epci"]
    lists = [json.loads(text)["epci"] for text in rows["parameters"]]
    return {
        "id": rows["perimeter_id"].astype(str).tolist(),
        "epci": [sorted(order[siren] for siren in sirens) for sirens in lists],
    }


def _criteria(
    catalogue: pd.DataFrame, choices: ComparatorChoices
) -> list[dict[str, Any]]:
    """List the criteria that the study measures, each with the slider it goes by."""
    criteria = ranking_criteria()
    weights = criteria["weight"] if choices.weights is None else choices.weights
    groups = catalogue["group"]
    return [
        {
            "id": str(name),
            "slider": _ESTIMATE_SLIDER
            if about["set"] == "estimations"
            else _SLIDERS.get(str(groups[str(name)]), _OTHER_SLIDER),
            "estimate": about["set"] == "estimations",
            "weight": float(weights[str(name)]),
            "measure": str(about["measure"]),
            "worst": float(about["worst"]),
            "best": float(about["best"]),
        }
        for name, about in criteria.to_dict("index").items()
        if name in groups.index
    ]


def _minutes(minutes: pd.DataFrame, codes: list[str]) -> dict[str, Any]:
    towns = minutes.reindex(codes).items()
    by_town = {str(town): plain(told.to_numpy(dtype=float)) for town, told in towns}
    return {"towns": [*by_town], "by_town": [*by_town.values()]}

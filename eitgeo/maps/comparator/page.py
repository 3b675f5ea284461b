"""The comparator: one file that works from a disk, and what it opens with."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import pandas as pd

from eitgeo.maps.comparator.bundle import bundle, payload_json, read_modules
from eitgeo.maps.comparator.payload import (
    ComparatorChoices,
    comparator_payload,
)
from eitgeo.maps.pages.page_parts import closed_page, part_of
from eitgeo.maps.paper.ground import Ground
from eitgeo.maps.paper.map_sheet import compose
from eitgeo.maps.paper.sheet import Sheet
from eitgeo.maps.paper.side import CardRow
from eitgeo.maps.paper.small_maps import difference_sketch, light_picture
from eitgeo.maps.words.cards import (
    card_rows,
    gap_text,
    identity_lines,
    one_perimeter,
    printed_gap,
)
from eitgeo.maps.words.hypotheses import by_part
from eitgeo.maps.words.sentences import of_whole_epci
from eitgeo.tables.public import Released, ReleasedTables
from eitgeo.words import MISSING, NBSP, french_count, name_key

type Payload = Mapping[str, Any]
type Pair = tuple[Mapping[str, Any], Mapping[str, Any]]


class OpeningRow(NamedTuple):
    """An indicator of the pair that the page opens with, in words."""

    first: CardRow
    second: CardRow
    gap: str

    @property
    def classes(self) -> list[str]:
        """The class of both figures, or that of A then that of B."""
        return list(dict.fromkeys((self.first.evidence, self.second.evidence)))


def opening_view(
    ground: Ground, public: ReleasedTables, payload: Payload, *, sheet: Sheet
) -> dict[str, Any]:
    """Gather what the template shows: the pair, its map, its figures, who is in it."""
    pair = opening_pair(payload)
    ids = str(pair[0]["id"]), str(pair[1]["id"])
    drawn = difference_sketch(ground, public["perimeter_communes"], pair=ids)
    picture = light_picture(compose(drawn, replace(sheet, pdf=False))["png"])
    return {
        "pair": dict(zip("AB", pair, strict=True)),
        "sizes": [
            " · ".join(f"{number}{NBSP}{what}" for number, what in lines[:2])
            for lines in (
                identity_lines(one_perimeter(public["perimeters"], name))
                for name in ids
            )
        ],
        "picture": f"data:image/png;base64,{b64encode(picture).decode()}",
        "parts": by_part(
            opening_rows(public["indicators_public"], payload, pair), told=_least_sure
        ),
        "words": payload["words"],
        "places": _places(payload, pair),
    }


def opening_pair(payload: Payload) -> Pair:
    """Return the pair of the study, else its two first perimeters."""
    by_id = {perimeter["id"]: perimeter for perimeter in payload["perimeters"]}
    known = [by_id[one] for one in payload["study"]["pair"] if one in by_id]
    if len(known) != len("AB"):
        known = (payload["perimeters"] * 2)[:2]
    return known[0], known[1]


def opening_rows(
    indicators: Released, payload: Payload, pair: Pair
) -> list[OpeningRow]:
    """Word the first indicators of the pair, in the order of the page."""
    shown = pd.DataFrame([one for one in payload["indicators"] if one["star"]])
    shown = shown.set_index("id").assign(
        label=shown["brief"].where(shown["brief"] != "", shown["label"]).to_numpy(),
        unit=[_unit(one) for one in shown.to_dict("records")],
    )
    first, second = (
        {
            row.indicator_id: row
            for row in card_rows(indicators, shown, perimeter_id=str(one["id"]))
        }
        for one in pair
    )
    ranks = [payload["perimeters"].index(one) for one in pair]
    rows = []
    for name in [name for name in first if name in second]:
        values = payload["published"]["perimeters"][name]["value"]
        ends = [float("nan") if values[n] is None else values[n] for n in ranks]
        about: Any = shown.loc[name]
        gap = printed_gap(
            *ends,
            evidence=(first[name].evidence, second[name].evidence),
            unit=about["unit"],
            decimals=int(about["decimals"]),
        )
        text = gap_text(gap, unit=about["unit"])
        rows.append(OpeningRow(first[name], second[name], text))
    return rows


def _unit(indicator: Mapping[Any, Any]) -> str:
    """Return the unit, unless the label says what is counted."""
    unit, label = str(indicator["unit"]), str(indicator["label"]).lower()
    return "nombre" if unit == "étab./ETP" or label.startswith(unit) else unit


def _least_sure(row: OpeningRow) -> tuple[str, str]:
    known = [one for one in (row.first, row.second) if one.text != MISSING]
    if not known:
        return MISSING, ""
    return known[0].text, max((one.evidence for one in known), key="OSH".index)


def _places(payload: Payload, pair: Pair) -> list[tuple[str, list[str]]]:
    """Say of each EPCI whether it is in A and in B: what the map shows, in words."""
    epci_of = payload["communes"]["epci"]
    places = []
    for rank, epci in enumerate(payload["epci"]):
        counts = [sum(epci_of[code] == rank for code in one["codes"]) for one in pair]
        words = [_part(count, int(epci["total"])) for count in counts]
        places.append((str(epci["name"]), words))
    return sorted(places, key=lambda place: name_key(place[0]))


def _part(count: int, total: int) -> str:
    if count in {0, total}:
        return "oui" if count else "non"
    plural = "s" if count > 1 else ""
    return f"{french_count(count)} commune{plural} sur {french_count(total)}"


def comparator_page(
    ground: Ground,
    public: ReleasedTables,
    *,
    catalogue: pd.DataFrame,
    choices: ComparatorChoices,
    sheet: Sheet,
    refusals: str = "",
) -> bytes:
    """Make the page on which perimeters are compared and composed.

    `refusals`: address of the page on refusals, beside this one; empty: none.

    References
    ----------
    W3C, *Content Security Policy Level 3*; DINUM, *RGAA 4.1*.
    """
    payload = comparator_payload(
        ground, public, catalogue=catalogue, choices=choices, sheet=sheet
    )
    if_part = f"Échanges potentiels et leviers{NBSP}: {choices.if_part}."
    return closed_page(
        "comparator/comparator.html.j2",
        style=part_of("comparator", "comparator.css"),
        script=bundle(read_modules(), "main"),
        data=payload_json(payload),
        is_still=True,
        images="data:",
        sheet=sheet,
        network=choices.network,
        of_unions=of_whole_epci(choices.most_epci),
        more=" ".join(filter(None, (choices.supposed, if_part))),
        refusals=refusals,
        opening=opening_view(ground, public, payload, sheet=sheet),
    )

"""The page of the territory: who is in it, and whether my commune is."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from eitgeo.maps.comparator.bundle import bundle, payload_json, read_modules
from eitgeo.maps.comparator.ground import (
    border_lists,
    commune_lists,
    commune_postcodes,
    dep_order,
    epci_lists,
    epci_order,
    place_lists,
)
from eitgeo.maps.pages.page_parts import closed_page, part_of
from eitgeo.maps.paper.ground import Ground
from eitgeo.maps.paper.sheet import Sheet
from eitgeo.tables.public import Released
from eitgeo.words import name_key

_HUES = 36
_PALE = 0.82
_LEAST_GAP = 0.03
"""Square of the distance of two colours, each part from 0 to 1."""
_TO_CONFIRM = "a_confirmer"
_PUBLIC_KINDS = {
    "centre_tri",
    "compostage",
    "decheterie",
    "isdi",
    "isdnd",
    "methanisation",
    "quai_de_transfert",
}
"""Kinds of outlets that serve inhabitants: firms are not named on this page."""
_ANSWERS = {"publie": "oui", "a_confirmer": "à confirmer", "": "non"}


class TerritoryLinks(NamedTuple):
    """Pages that the answer leads to; empty: none."""

    form: str = ""  # The sign-up form, beside the page
    # Where the page is published; empty: the code to copy says its name alone
    address: str = ""


def territory_page(
    ground: Ground,
    members: Released,
    *,
    postcodes: Released,
    name: str,
    sheet: Sheet,
    links: TerritoryLinks | None = None,
) -> bytes:
    """Make the page on which one asks whether a commune is concerned."""
    payload = _payload(ground, members, sheet=sheet)
    payload |= (links or TerritoryLinks())._asdict()
    payload["postcodes"] = commune_postcodes(postcodes, payload["communes"]["code"])
    names = ("comparator.css", "territory.css")
    return closed_page(
        "comparator/territory.html.j2",
        style="".join(part_of("comparator", one) for one in names),
        script=bundle(read_modules(), "territory"),
        data=payload_json(payload),
        is_still=True,
        sheet=sheet,
        name=name,
        form=payload["form"],
        outlets=payload["outlets"],
        answers=_answers(payload),
    )


def _payload(ground: Ground, members: Released, *, sheet: Sheet) -> dict[str, Any]:
    table = members.table
    frame, borders = border_lists(ground)
    communes = commune_lists(ground, frame)
    codes, published = table["code_insee"], table["status"] == "publie"
    doubtful = dict.fromkeys(codes[~published], _TO_CONFIRM)
    states = doubtful | dict.fromkeys(codes[published], "publie")
    sirens = epci_order(ground)
    colours = distinct_colours([str(ground.epci["colour"][one]) for one in sirens])
    places = place_lists(ground, frame)
    area_codes = set(communes["code"])
    return {
        "study": {"title": sheet.title, "demonstration": list(sheet.demonstration)},
        "frame": frame._asdict(),
        "communes": communes,
        "epci": [
            {**epci, "colour": colour}
            for colour, epci in zip(colours, epci_lists(ground, frame), strict=True)
        ],
        "deps": dep_order(ground),
        "borders": borders,
        "members": [states.get(code, "") for code in communes["code"]],
        **places,
        "outlets": [
            outlet
            for outlet in places["outlets"]
            if outlet["code"] in area_codes and outlet["sign"] in _PUBLIC_KINDS
        ],
        "lists": _lists(table),
        # What only the comparator needs.
        "links": [],
        "perimeters": [],
        "unions": {"epci": []},
        "counts": {},
        "blocks": {},
        "minutes": {"towns": [], "by_town": []},
    }


def distinct_colours(colours: Sequence[str]) -> list[str]:
    """Turn the hue of a colour that is too near to that of another EPCI.

    A printed map gives neighbours other colours; here a list names them all.

    Examples
    --------
    >>> distinct_colours(["#f4e9b2", "#f4e9b2", "#85d3bd"])
    ['#f4e9b2', '#c8b2f4', '#85d3bd']
    """
    distinct: list[str] = []
    for rank, colour in enumerate(colours):
        is_near = any(_gap(colour, other) < _LEAST_GAP for other in distinct)
        others = [*distinct, *colours[rank + 1 :]]
        distinct.append(_turned(colour, others) if is_near else colour)
    return distinct


def _turned(colour: str, taken: Sequence[str]) -> str:
    """Return the hue that stands furthest from those taken."""
    hue, light, grey = colorsys.rgb_to_hls(*_parts(colour))
    tried = [
        _written(colorsys.hls_to_rgb((hue + step / _HUES) % 1, max(light, _PALE), grey))
        for step in range(_HUES)
    ]
    return max(
        tried, key=lambda candidate: min(_gap(candidate, other) for other in taken)
    )


def _parts(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _written(parts: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{int(part * 255 + 0.5):02x}" for part in parts)


def _gap(first: str, second: str) -> float:
    pairs = zip(_parts(first), _parts(second), strict=True)
    return sum((a - b) ** 2 for a, b in pairs)


def _lists(members: pd.DataFrame) -> list[dict[str, Any]]:
    """Count the communes of each list, in the order of their names."""
    counts = members.groupby("list")["code_insee"].nunique().sort_index()
    return [{"label": str(name), "n": int(n)} for name, n in counts.items()]


def _answers(payload: Mapping[str, Any]) -> list[tuple[str, str, list[str]]]:
    """List each EPCI by name, the answer of all its communes, then each with its own.

    It is what the page says to who runs no script.
    """
    communes = payload["communes"]
    by_epci: dict[int, list[tuple[str, str, str]]] = {}
    for name, code, epci, state in zip(
        communes["name"],
        communes["code"],
        communes["epci"],
        payload["members"],
        strict=True,
    ):
        by_epci.setdefault(epci, []).append((name, code, _ANSWERS[state]))
    names = {rank: str(one["name"]) for rank, one in enumerate(payload["epci"])}
    answers = []
    for rank in sorted(
        by_epci, key=lambda rank: (rank < 0, name_key(names.get(rank, "")), rank)
    ):
        rows = sorted(by_epci[rank], key=lambda row: (name_key(row[0]), row[1]))
        states = {state for *_, state in rows}
        whole = states.pop() if len(states) == 1 else "selon la commune"
        lines = [f"{name} ({code}) : {state}" for name, code, state in rows]
        answers.append((names.get(rank, "Sans intercommunalité"), whole, lines))
    return answers

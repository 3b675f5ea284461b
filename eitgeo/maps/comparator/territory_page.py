"""The page of the territory: who is in it, and whether my commune is."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

import pandas as pd

from eitgeo.check import require_columns
from eitgeo.disclosure.door.rules import Released
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
from eitgeo.maps.comparator.page import read_part
from eitgeo.maps.pages.page_parts import (
    AWAKE,
    fill_slots,
    fold,
    html_text,
    notes,
    private_slots,
    private_style,
    still_block,
    still_list,
    still_style,
)
from eitgeo.maps.pages.policy import content_policy, font_face
from eitgeo.maps.paper.ground import Ground
from eitgeo.maps.paper.sheet import Sheet, require_released
from eitgeo.words import NBSP, french_number, name_key

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
_NOTICE = (
    "Version de lecture : chaque intercommunalité s'ouvre sur ses communes. La carte "
    "et la recherche demandent un navigateur (Firefox, Chrome, Edge, Safari), avec "
    "JavaScript."
)
_ANSWERS = {"publie": "oui", "a_confirmer": "à confirmer", "": "non"}
_MEANING = (
    "Oui : la commune est dans la liste publiée des membres. À confirmer : elle est "
    "dans une liste de membres qui reste à confirmer par le maître d'ouvrage. Non : "
    "elle n'est dans aucune liste de membres de l'étude."
)
_TWO = 2


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
    links = links or TerritoryLinks()
    sheets = (read_part("comparator.css"), read_part("territory.css"))
    style = font_face() + "".join(sheets) + still_style() + private_style(sheet)
    script = bundle(read_modules(), "territory")
    payload = _payload(ground, members, sheet=sheet)
    payload |= links._asdict()
    payload["postcodes"] = commune_postcodes(postcodes, payload["communes"]["code"])
    page_notes = notes(sheet, greyed=False)
    slots = {
        "policy": escape(content_policy(script, style, post_url="", first=AWAKE)),
        **private_slots(sheet),
        "heading": html_text(f"Le territoire : {name}"),
        "subtitle": html_text(sheet.subtitle or sheet.title),
        "status": html_text(sheet.status_stamp),
        "edition": sheet.edition_text,
        "notes": page_notes,
        "css": style,
        "awake": AWAKE,
        "static": still_territory(payload, page_notes=page_notes),
        "js": script,
        "data": payload_json(payload),
    }
    return fill_slots(read_part("territory.html"), slots)


def _payload(ground: Ground, members: Released, *, sheet: Sheet) -> dict[str, Any]:
    table = require_released(members, "members").table
    require_columns(table, ["code_insee", "status", "list"], where="members")
    frame, borders = border_lists(ground)
    communes = commune_lists(ground, frame)
    states = _states(table)
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


def _states(members: pd.DataFrame) -> dict[str, str]:
    """Return the surest state of each commune."""
    codes, published = members["code_insee"], members["status"] == "publie"
    doubtful = dict.fromkeys(codes[~published], _TO_CONFIRM)
    return doubtful | dict.fromkeys(codes[published], "publie")


def _lists(members: pd.DataFrame) -> list[dict[str, Any]]:
    """Count the communes of each list, in the order of their names."""
    counts = members.groupby("list")["code_insee"].nunique().sort_index()
    return [{"label": str(name), "n": int(n)} for name, n in counts.items()]


def still_territory(payload: Mapping[str, Any], *, page_notes: str) -> str:
    """Return what the page says to who runs no script; `page_notes`: its sources."""
    communes = payload["communes"]
    states = [_ANSWERS[one] for one in payload["members"]]
    ranks: dict[int, list[int]] = {}
    for commune_rank, epci in enumerate(communes["epci"]):
        ranks.setdefault(epci, []).append(commune_rank)
    names = {rank: str(one["name"]) for rank, one in enumerate(payload["epci"])}
    ordered = sorted(
        ranks, key=lambda rank: (rank < 0, name_key(names.get(rank, "")), rank)
    )
    folds = "".join(
        _fold(names.get(rank, "Sans intercommunalité"), ranks[rank], communes, states)
        for rank in ordered
    )
    outlets = [
        f"{outlet['name']} – {outlet['kind'].lower()}"
        f"{'' if outlet['sure'] else ' (à vérifier)'}"
        for outlet in payload["outlets"]
    ]
    sites = (
        f"<section><h2>Les installations de traitement</h2>{still_list(outlets)}"
        "</section>"
        if outlets
        else ""
    )
    form = (
        f'<p><a href="{html_text(payload["form"])}">Une entreprise{NBSP}? S’inscrire, '
        "déclarer une ressource</a></p>"
        if payload["form"]
        else ""
    )
    return still_block(
        [
            (
                "<section><h2>Ma commune est-elle concernée ?</h2>"
                f"<p>{html_text(_MEANING)}</p>{folds}</section>"
            ),
            form,
            sites,
            fold("Sources, licences", page_notes),
        ],
        notice=_NOTICE,
    )


def _fold(
    name: str, ranks: list[int], communes: Mapping[str, Any], states: list[str]
) -> str:
    """Return an EPCI with its communes, each with its answer."""
    ordered = sorted(
        ranks,
        key=lambda rank: (
            name_key(str(communes["name"][rank])),
            communes["code"][rank],
        ),
    )
    answers = {states[rank] for rank in ranks}
    whole = answers.pop() if len(answers) == 1 else "selon la commune"
    count = french_number(float(len(ranks)), decimals=0)
    word = "commune" if len(ranks) < _TWO else "communes"
    listed = still_list(
        f"{communes['name'][rank]} ({communes['code'][rank]}) : {states[rank]}"
        for rank in ordered
    )
    return fold(f"{name} : {whole} ({count} {word})", listed)

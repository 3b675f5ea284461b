"""The page of the territory: who is in it, and whether my commune is."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from eitgeo.check import require_columns
from eitgeo.maps.comparator.bundle import bundle, read_modules
from eitgeo.maps.comparator.ground import (
    border_lists,
    commune_lists,
    dep_order,
    epci_lists,
    epci_order,
    place_lists,
)
from eitgeo.maps.comparator.json_text import payload_json
from eitgeo.maps.comparator.page import fill_slots, read_part
from eitgeo.maps.comparator.still_territory import still_territory
from eitgeo.maps.pages.page_parts import html_text, notes
from eitgeo.maps.pages.policy import content_policy
from eitgeo.maps.pages.without_scripts import AWAKE, still_style
from eitgeo.maps.paper.sheet import require_released

if TYPE_CHECKING:
    import pandas as pd

    from eitgeo.disclosure.door.rules import Released
    from eitgeo.maps.paper.ground import Ground
    from eitgeo.maps.paper.sheet import Sheet

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


def territory_page(
    ground: Ground,
    members: Released,
    *,
    name: str,
    sheet: Sheet,
    form: str = "",
) -> bytes:
    """Make the page on which one asks whether a commune is concerned."""
    style = read_part("comparator.css") + read_part("territory.css") + still_style()
    script = bundle(read_modules(), "territory")
    payload = _payload(ground, members, sheet=sheet, form=form)
    about = notes(sheet, greyed=False)
    slots = {
        "policy": escape(content_policy(script, style, post_url="", first=AWAKE)),
        "heading": html_text(f"Le territoire : {name}"),
        "subtitle": html_text(sheet.subtitle or sheet.title),
        "status": html_text(sheet.status_stamp),
        "edition": sheet.edition_text,
        "notes": about,
        "css": style,
        "awake": AWAKE,
        "static": still_territory(payload, about=about),
        "js": script,
        "data": payload_json(payload),
    }
    return fill_slots(read_part("territory.html"), slots)


def _payload(
    ground: Ground, members: Released, *, sheet: Sheet, form: str
) -> dict[str, Any]:
    table = require_released(members, "members").table
    require_columns(table, ["code_insee", "status", "list"], where="members")
    frame, borders = border_lists(ground)
    communes = commune_lists(ground, frame)
    states = _states(table)
    colours = ground.epci["colour"]
    places = place_lists(ground, frame)
    here = set(communes["code"])
    return {
        "study": {"title": sheet.title, "demonstration": list(sheet.demonstration)},
        "frame": frame._asdict(),
        "communes": communes,
        "epci": [
            {**one, "colour": str(colours[siren])}
            for siren, one in zip(
                epci_order(ground), epci_lists(ground, frame), strict=True
            )
        ],
        "deps": dep_order(ground),
        "borders": borders,
        "members": [states.get(code, "") for code in communes["code"]],
        **places,
        "outlets": [
            one
            for one in places["outlets"]
            if one["code"] in here and one["sign"] in _PUBLIC_KINDS
        ],
        "lists": _lists(table),
        "form": form,
        # What only the comparator needs.
        "links": [],
        "perimeters": [],
        "unions": {"epci": []},
        "counts": {},
        "blocks": {},
        "minutes": {"towns": [], "by_town": []},
    }


def _states(members: pd.DataFrame) -> dict[str, str]:
    """Return the surest state of each commune."""
    published = members["status"] == "publie"
    doubtful = dict.fromkeys(members.loc[~published, "code_insee"], _TO_CONFIRM)
    return doubtful | dict.fromkeys(members.loc[published, "code_insee"], "publie")


def _lists(members: pd.DataFrame) -> list[dict[str, Any]]:
    """Count the communes of each list, in the order of their names."""
    counts = members.groupby("list")["code_insee"].nunique().sort_index()
    return [{"label": str(name), "n": int(n)} for name, n in counts.items()]

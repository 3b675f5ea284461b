"""The page « Et si un conseil dit non ? »: one file that reaches and keeps nothing."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from eitgeo.maps.comparator.bundle import bundle, read_modules
from eitgeo.maps.comparator.json_text import payload_json
from eitgeo.maps.comparator.page import fill_slots
from eitgeo.maps.pages.page_parts import (
    evidence_key,
    html_text,
    notes,
    part_of,
    warning,
)
from eitgeo.maps.pages.policy import content_policy
from eitgeo.maps.pages.typeface import font_face
from eitgeo.maps.refusal_page.drawing import map_of_epci
from eitgeo.maps.refusal_page.payload import page_epci, refusal_payload
from eitgeo.maps.refusal_page.plain import refusal_details
from eitgeo.maps.words.union_words import of_whole_epci
from eitgeo.words import french_count

if TYPE_CHECKING:
    import pandas as pd

    from eitgeo.maps.paper.ground import Ground
    from eitgeo.maps.paper.sheet import Sheet
    from eitgeo.maps.refusal_page.tables import RefusalChoices, RefusalTables

_NONE_WHOLE = (
    "Aucun des périmètres comparés n'est fait d'intercommunalités entières : il n'y a "
    "pas de refus à compter."
)
_NOTHING: Final[dict[str, Any]] = {"name": "", "lines": [_NONE_WHOLE], "members": []}


def refusal_page(
    ground: Ground,
    tables: RefusalTables,
    *,
    catalogue: pd.DataFrame,
    choices: RefusalChoices,
    sheet: Sheet,
) -> bytes:
    """Make the page on which councils say no, and set red lines that nobody keeps.

    References
    ----------
    W3C, *Content Security Policy Level 3*; W3C, *WCAG 2.2*; DINUM, *RGAA 4.1*.
    """
    payload = refusal_payload(
        ground, tables, catalogue=catalogue, choices=choices, sheet=sheet
    )
    told = {one["id"]: one for one in payload["perimeters"]}
    lines = {name: one["lines"] for name, one in told.items()}
    first = told.get(choices.first) or next(iter(told.values()), _NOTHING)
    style = font_face() + _part("refusals.css")
    script = bundle(read_modules(), "refusals")
    slots = {
        "policy": escape(content_policy(script, style, post_url="")),
        "title": html_text(sheet.title),
        "subtitle": html_text(sheet.subtitle),
        "status": html_text(sheet.status_stamp),
        "edition": sheet.edition_text,
        "body": "demo" if sheet.demonstration else "",
        "banner": warning(sheet),
        "answer": html_text(first["lines"][0]),
        "first": html_text(first["name"]),
        "map": map_of_epci(
            ground,
            page_epci(ground, tables),
            ground.epci["short_name"].to_dict(),
            inside=first["members"],
        ),
        "list": _list(payload),
        "n_unions": french_count(len(payload["unions"]["members"])),
        "of_unions": html_text(of_whole_epci(choices.most_epci)),
        "key": html_text(evidence_key()),
        "details": refusal_details(tables, lines) or html_text(_NONE_WHOLE),
        "notes": notes(sheet, greyed=False, is_web_map=False),
        "css": style,
        "js": script,
        "data": payload_json(payload),
    }
    return fill_slots(_part("refusals.html"), slots)


def _list(payload: dict[str, list[dict[str, str]]]) -> str:
    """Name the numbers of the map, for who runs no script."""
    return "".join(f"<li>{html_text(one['name'])}</li>" for one in payload["epci"])


def _part(name: str) -> str:
    """Read a part of a page of this folder."""
    return part_of("eitgeo.maps.refusal_page", name)

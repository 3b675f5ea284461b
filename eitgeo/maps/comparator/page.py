"""The comparator: one file that works from a disk and can reach nothing."""

from __future__ import annotations

from html import escape

import pandas as pd

from eitgeo.maps.comparator.bundle import bundle, payload_json, read_modules
from eitgeo.maps.comparator.payload import (
    ComparatorChoices,
    ComparatorTables,
    comparator_payload,
)
from eitgeo.maps.comparator.still_view import still_view
from eitgeo.maps.pages.page_parts import (
    AWAKE,
    fill_slots,
    html_text,
    notes,
    part_of,
    private_slots,
    private_style,
    still_style,
    warning,
)
from eitgeo.maps.pages.policy import content_policy, font_face
from eitgeo.maps.paper.ground import Ground
from eitgeo.maps.paper.sheet import Sheet
from eitgeo.maps.words.sentences import of_whole_epci
from eitgeo.words import NBSP


def comparator_page(
    ground: Ground,
    tables: ComparatorTables,
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
        ground, tables, catalogue=catalogue, choices=choices, sheet=sheet
    )
    style = font_face() + read_part("comparator.css") + still_style()
    style += private_style(sheet)
    script = bundle(read_modules(), "main")
    if_part = f"Échanges potentiels et leviers{NBSP}: {choices.if_part}."
    page_notes = notes(
        sheet,
        greyed=bool(sheet.demonstration),
        more=" ".join(filter(None, (choices.supposed, if_part))),
    )
    slots = {
        "policy": escape(content_policy(script, style, post_url="", first=AWAKE)),
        "title": html_text(sheet.title),
        "subtitle": html_text(sheet.subtitle),
        "status": html_text(sheet.status_stamp),
        "edition": sheet.edition_text,
        "body": "demo" if sheet.demonstration else "",
        **private_slots(sheet),
        "banner": warning(sheet),
        "network": html_text(choices.network),
        "of_unions": html_text(of_whole_epci(choices.most_epci)),
        "notes": page_notes,
        "refusals": _refusals(refusals),
        "css": style,
        "awake": AWAKE,
        "static": still_view(ground, payload, tables.posts, page_notes=page_notes),
        "js": script,
        "data": payload_json(payload),
    }
    return fill_slots(read_part("comparator.html"), slots)


def _refusals(address: str) -> str:
    """Link the page on refusals, which lies beside this one."""
    if not address:
        return ""
    name = html_text("Et si un conseil dit non ?")
    return f'<a href="{escape(address)}">{name}</a> · '


def read_part(name: str) -> str:
    """Read a part of a page of this folder."""
    return part_of("eitgeo.maps.comparator", name)

"""The page around an executed notebook: who, when, on what data; no address in it."""

from __future__ import annotations

import re
from importlib import resources
from typing import TYPE_CHECKING

from eitgeo.maps.pages.page_parts import accessibility_link, banner, html_text

if TYPE_CHECKING:
    from eitgeo.maps.paper.sheet import Sheet

_STOPPED = (
    '<p class="arret" role="note">Ce carnet s’est arrêté avant la fin ; sur cette '
    "étude, la suite n’est pas calculée. Le journal du calcul dit pourquoi.</p>"
)
_STYLER_ID = re.compile(r"\bT_[0-9a-f]{5,}")
_ALT = re.compile(r'alt="[^"]*"')


def notebook_page(
    body: str, *, name: str, code_css: str, sheet: Sheet, is_whole: bool = True
) -> bytes:
    """Lay an executed notebook out as a page."""
    parts = {
        "name": html_text(name),
        "title": html_text(sheet.title),
        "subtitle": html_text(sheet.subtitle),
        "status": html_text(sheet.status_stamp),
        "edition": sheet.edition_text,
        "banner": banner(sheet),
        "access": accessibility_link("../../1_elus/"),
        "fault": "" if is_whole else _STOPPED,
        "code_css": code_css,
        "body": _settled(body, name),
    }
    file = resources.files("eitgeo.maps.pages") / "notebook.html"
    template = file.read_text(encoding="utf-8")
    page = re.sub(r"\{\{(\w+)\}\}", lambda slot: parts[slot[1]], template)
    return page.encode("utf-8")


def _settled(body: str, name: str) -> str:
    """Give random identifiers a number, and pictures a name."""
    known: dict[str, str] = {}
    settled = _STYLER_ID.sub(
        lambda identifier: known.setdefault(identifier[0], f"T_{len(known)}"), body
    )
    return _ALT.sub(f'alt="Figure du carnet {html_text(name)}"', settled)

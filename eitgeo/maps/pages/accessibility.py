"""The declaration of accessibility: what was tried, what was not, whom to write to."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from eitgeo.maps.pages.page_parts import html_text, part_of
from eitgeo.maps.pages.policy import still_policy
from eitgeo.maps.pages.typeface import font_face
from eitgeo.words import NBSP

if TYPE_CHECKING:
    from eitgeo.maps.paper.sheet import Sheet

_SLOT = re.compile(r"\{\{(\w+)\}\}")
_NO_CONTACT = (
    "Aucune adresse n'est donnée dans cette édition : elle est à compléter avant de "
    "publier ces pages."
)


def accessibility_page(sheet: Sheet) -> bytes:
    """Make the page, in the order that the French model of a declaration asks.

    References
    ----------
    DINUM, *RGAA 4.1*; article 47 of law 2005-102.
    """
    contact = f"Écrire à{NBSP}: {sheet.contact}" if sheet.contact else _NO_CONTACT
    template = part_of("eitgeo.maps.pages", "accessibility.html")
    template = template.replace("{{font}}", font_face())
    slots = {
        "policy": escape(still_policy(template)),
        "title": html_text(sheet.title),
        "subtitle": html_text(sheet.subtitle),
        "status": html_text(sheet.status_stamp),
        "edition": sheet.edition_text,
        "contact": html_text(contact),
    }
    return _SLOT.sub(lambda found: slots[found[1]], template).encode()

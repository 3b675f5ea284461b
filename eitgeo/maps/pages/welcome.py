"""The page that opens first, and the declaration of accessibility beside it."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from PIL import Image

from eitgeo.maps.pages.page_parts import (
    closed_page,
    filled,
    font_face,
    part_of,
    private_style,
    still_policy,
)
from eitgeo.maps.paper.sheet import Sheet

READERS = {
    "elus": ("Élus et directions", "Dix minutes : la question, puis votre EPCI."),
    "auteurs": ("Auteurs de l’étude", "Ce qui se remet, s’annexe et se corrige."),
    "cartes": ("Cartes à imprimer", "Une question par feuille, avec ses sources."),
    "entreprises": ("Entreprises et habitants", "Se reconnaître, s’inscrire."),
    "analystes": ("Analystes", "Refaire, vérifier, dessiner d’autres périmètres."),
}
"""Sections of the page: who, then what they come for."""
PICTOGRAMS = ("page", "tableur", "formulaire", "couches", "donnees")
_WIDE = (360, 360)
"""Box of a thumbnail [pixels]."""
_QUALITY = 70


class Card(NamedTuple):
    """A file of the page, or several of one content."""

    reader: str  # Key of `READERS`
    title: str  # What it is
    sentence: str  # what is read there
    # Address → what is written on the link; the first one is opened by the title
    links: dict[str, str]
    picture: str  # A pictogram, or the data of a thumbnail
    is_drawn: bool  # Whether it shows what is drawn


def thumbnail(content: bytes) -> str:
    """Return a picture, small, as the address of an image.

    Examples
    --------
    >>> picture = io.BytesIO()
    >>> Image.new("RGB", (1753, 1240)).save(picture, "PNG")
    >>> thumbnail(picture.getvalue())[:23]
    'data:image/webp;base64,'
    """
    with Image.open(io.BytesIO(content)) as picture:
        small = picture.convert("RGB")
    small.thumbnail(_WIDE, reducing_gap=2.0)
    written = io.BytesIO()
    small.save(written, "WEBP", quality=_QUALITY, method=2)
    return f"data:image/webp;base64,{b64encode(written.getvalue()).decode('ascii')}"


def welcome_page(
    cards: Sequence[Card],
    *,
    answers: str,
    search: str,
    sheet: Sheet,
    reasons: Iterable[str],
) -> bytes:
    """Make the page; `search` is JSON that closes no element, `answers` HTML."""
    shown = {
        key: found
        for key in READERS
        if (found := [one for one in cards if one.reader == key])
    }
    return closed_page(
        "pages/welcome.html.j2",
        style=part_of("pages", "welcome.css"),
        script=part_of("pages", "welcome.js"),
        data=search,
        images="data:",
        answers=answers,
        sheet=sheet,
        reasons=tuple(reasons),
        readers=READERS,
        pictograms=PICTOGRAMS,
        shown=shown,
    )


def accessibility_page(sheet: Sheet) -> bytes:
    """Make the page, in the order that the French model of a declaration asks.

    References
    ----------
    DINUM, *RGAA 4.1*; article 47 of law 2005-102.
    """
    template = "pages/accessibility.html.j2"
    css = font_face() + part_of("pages", "accessibility.css") + private_style(sheet)
    style = f"<style>\n{css}</style>"
    return filled(
        template, policy=still_policy(style), style=style, sheet=sheet
    ).encode()

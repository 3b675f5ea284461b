"""The page that opens first, and the declaration of accessibility beside it."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape
from importlib import resources
from typing import NamedTuple
from urllib.parse import quote

from PIL import Image

from eitgeo.maps.pages.page_parts import (
    accessibility_link,
    fill_slots,
    html_text,
    part_of,
    private_slots,
    private_style,
)
from eitgeo.maps.pages.policy import content_policy, font_face, still_policy
from eitgeo.maps.paper.sheet import Sheet
from eitgeo.words import NBSP

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
_NO_CONTACT = (
    "Aucune adresse n'est donnée dans cette édition : elle est à compléter avant de "
    "publier ces pages."
)


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
    by_reader = {key: [one for one in cards if one.reader == key] for key in READERS}
    shown = {key: found for key, found in by_reader.items() if found}
    style = font_face() + _read("welcome.css") + private_style(sheet)
    script = _read("welcome.js")
    policy = content_policy(script, style, post_url="")
    slots = {
        "policy": escape(f"{policy}; img-src data:"),
        "css": style,
        **private_slots(sheet),
        "js": script,
        "answers": answers,
        "data": search,
        "title": html_text(sheet.title),
        "subtitle": html_text(sheet.subtitle),
        "status": html_text(sheet.status_stamp),
        "edition": sheet.edition_text,
        "notice": _notice(tuple(reasons)),
        "contents": "".join(map(_entry, shown)),
        "sections": "\n".join(_section(key, found) for key, found in shown.items()),
        "access": accessibility_link("1_elus/"),
        "notes": "\n".join(f"<p>{html_text(one)}</p>" for one in _notes(sheet)),
    }
    return fill_slots(_read("welcome.html"), slots)


def _read(name: str) -> str:
    return (resources.files("eitgeo.maps.pages") / name).read_text(encoding="utf-8")


def _entry(key: str) -> str:
    return f'<li><a href="#{key}">{html_text(READERS[key][0])}</a></li>'


def _notes(sheet: Sheet) -> list[str]:
    """Say whose data the thumbnails show, who funds, whom to write to."""
    drawn_from = f"Sources et licences des aperçus{NBSP}: {' ; '.join(sheet.sources)}."
    contact = f"Contact{NBSP}: {sheet.contact}" if sheet.contact else ""
    return [one for one in (drawn_from, sheet.funders, contact) if one]


def _notice(reasons: tuple[str, ...]) -> str:
    """Say what the mark of a demonstration means, where a file bears it."""
    if not reasons:
        return ""
    said = html_text(", ".join(reasons))
    return (
        '<p class="avis" role="note">Un fichier marqué <span class="tiree">'
        "Démonstration</span> montre des données synthétiques ou de substitution "
        f"({said}){NBSP}: il sert à voir la méthode, pas à décider ni à diffuser.</p>"
    )


def _section(key: str, cards: Sequence[Card]) -> str:
    title, said = READERS[key]
    items = "\n".join(map(_item, cards))
    return (
        f'<section id="{key}" aria-labelledby="titre-{key}">'
        f'<h2 id="titre-{key}">{html_text(title)}</h2>'
        f'<p class="dit">{html_text(said)}</p>\n'
        f'<ul class="fichiers">\n{items}\n</ul></section>'
    )


def _item(card: Card) -> str:
    first, *_ = card.links
    mark = ' <span class="tiree">Démonstration</span>' if card.is_drawn else ""
    links = "".join(
        f'<a href="{quote(place)}" aria-label="{html_text(f"{said} : {card.title}")}">'
        f"{html_text(said)}</a>"
        for place, said in card.links.items()
    )
    return (
        f'<li>{_picture(card)}<h3><a href="{quote(first)}">{html_text(card.title)}</a>'
        f"{mark}</h3><p>{html_text(card.sentence)}</p>"
        f'<p class="formats">{links}</p></li>'
    )


def _picture(card: Card) -> str:
    if card.picture in PICTOGRAMS:
        return f'<svg aria-hidden="true"><use href="#p-{card.picture}"/></svg>'
    alt = html_text(f"Aperçu : {card.title}")
    return f'<img src="{card.picture}" alt="{alt}" width="360" height="255">'


def accessibility_page(sheet: Sheet) -> bytes:
    """Make the page, in the order that the French model of a declaration asks.

    References
    ----------
    DINUM, *RGAA 4.1*; article 47 of law 2005-102.
    """
    contact = f"Écrire à{NBSP}: {sheet.contact}" if sheet.contact else _NO_CONTACT
    template = part_of("eitgeo.maps.pages", "accessibility.html")
    template = template.replace("{{font}}", font_face() + private_style(sheet))
    slots = {
        "policy": escape(still_policy(template)),
        **private_slots(sheet),
        "title": html_text(sheet.title),
        "subtitle": html_text(sheet.subtitle),
        "status": html_text(sheet.status_stamp),
        "edition": sheet.edition_text,
        "contact": html_text(contact),
    }
    return fill_slots(template, slots)

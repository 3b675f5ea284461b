"""The page of the pictures of EPCI: each is seen small, and saved by its link."""

from __future__ import annotations

import re
import unicodedata
from base64 import b64encode
from html import escape
from importlib import resources
from typing import TYPE_CHECKING

from eitgeo.maps.pages.page_parts import accessibility_link, banner, html_text
from eitgeo.maps.pages.policy import still_policy
from eitgeo.maps.pages.typeface import font_face
from eitgeo.words import EVIDENCE_NAMES, NBSP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eitgeo.maps.cards.epci_messages import Message
    from eitgeo.maps.paper.sheet import Sheet

_SLOT = re.compile(r"\{\{(\w+)\}\}")
_NOT_A_NAME = re.compile(r"[^a-z0-9]+")


def messages_page(messages: Sequence[Message], *, sheet: Sheet) -> bytes:
    """Lay out the pictures, with the words of each beside it."""
    file = resources.files("eitgeo.maps.pages") / "messages.html"
    template = file.read_text(encoding="utf-8").replace("{{font}}", font_face())
    slots = {
        "policy": escape(still_policy(template, images="data:")),
        "title": html_text(sheet.title),
        "subtitle": html_text(sheet.subtitle),
        "status": html_text(sheet.status_stamp),
        "edition": sheet.edition_text,
        "banner": banner(sheet),
        "messages": "\n".join(map(_item, messages)),
        "notes": _notes(sheet),
    }
    return _SLOT.sub(lambda found: slots[found[1]], template).encode()


def _notes(sheet: Sheet) -> str:
    """Say whose data the pictures show, what is to confirm, whom to write to."""
    parts = [
        f"Sources et licences{NBSP}: {' ; '.join(sheet.sources)}.",
        f"À confirmer{NBSP}: {' ; '.join(sheet.to_confirm)}."
        if sheet.to_confirm
        else "",
        sheet.funders,
        f"Contact{NBSP}: {sheet.contact}" if sheet.contact else "",
        "Ce n’est pas une décision : c’est une aide à la discussion.",
    ]
    told = "".join(f"<p>{html_text(one)}</p>" for one in parts if one)
    return f"{told}<p>{accessibility_link()}</p>"


def _item(message: Message) -> str:
    data, small = (
        b64encode(one).decode("ascii") for one in (message.picture, message.preview)
    )
    name = html_text(message.name)
    words = "".join(
        f"<li><b>{html_text(line.figure)}</b>{NBSP}: {html_text(line.text)} "
        f"({EVIDENCE_NAMES[line.evidence]})</li>"
        for line in message.lines
    )
    return (
        f'<li id="epci-{html_text(message.siren)}"><h2>{name}</h2>'
        f'<a download="{_file_name(message.name)}" href="data:image/png;base64,{data}">'
        f'<img src="data:image/webp;base64,{small}" alt="Image à enregistrer{NBSP}: '
        f'{name}" width="360" height="450"></a><ul>{words}</ul></li>'
    )


def _file_name(name: str) -> str:
    """Name a picture as its EPCI, in letters that every disk takes.

    Examples
    --------
    >>> _file_name("CC du Cœur-de-l'Été")
    'message_cc_du_coeur_de_l_ete.png'
    """
    plain = unicodedata.normalize("NFKD", name.lower().replace("œ", "oe"))
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    return f"message_{_NOT_A_NAME.sub('_', letters).strip('_')}.png"

"""HTML fragments of the pages; every text that comes from data is escaped."""

from __future__ import annotations

import re
from html import escape
from importlib import resources
from typing import TYPE_CHECKING

from eitgeo.maps.paper.sheet import CRS_NAME
from eitgeo.words import EVIDENCE_NAMES, EVIDENCE_SYMBOLS, NBSP, typographic

if TYPE_CHECKING:
    from eitgeo.maps.paper.sheet import Sheet


_WORDS = re.compile(r"(?<=>)[^<>]+(?=<)")
DECLARATION = "accessibilite.html"
"""Declaration of accessibility, beside the pages of elected members."""


def html_text(text: str) -> str:
    """Escape a text that comes from data, and set its apostrophes."""
    return escape(typographic(text))


def evidence_key() -> str:
    """Name the three classes of evidence."""
    return " · ".join(
        f"{EVIDENCE_SYMBOLS[letter]} {letter}{NBSP}: {name}"
        for letter, name in EVIDENCE_NAMES.items()
    )


def banner(sheet: Sheet) -> str:
    """Return the banner of a demonstration, or nothing."""
    if not sheet.demonstration:
        return ""
    text = html_text(sheet.demonstration_text)
    return f'<p class="demonstration" role="note">{text}. Ne pas diffuser.</p>'


def warning(sheet: Sheet) -> str:
    """Return the banner of a demonstration as a landmark of its own, or nothing."""
    if not sheet.demonstration:
        return ""
    text = html_text(sheet.demonstration_text)
    return (
        '<section class="bandeau" aria-label="Avertissement">'
        f"<p>{text}. Ne pas diffuser.</p></section>"
    )


def part_of(package: str, name: str) -> str:
    """Read a part of a page beside its module; the words of its HTML are set."""
    text = resources.files(package).joinpath(name).read_text(encoding="utf-8")
    if not name.endswith(".html"):
        return text
    return _WORDS.sub(lambda match: typographic(match[0]), text)


def notes(
    sheet: Sheet, *, greyed: bool, more: str = "", is_web_map: bool = True
) -> str:
    """Return date, sources, doubts, accessibility: one paragraph each; and one more."""
    libraries = "Carte : Leaflet (licence BSD), folium (licence MIT)."
    shown = " ; carte affichée en projection web" if is_web_map else ""
    parts = [
        f"{sheet.status_stamp} · Édition du {sheet.edition_text} · {sheet.effort_text}",
        "En gris : hypothèses d’une démonstration, sans poids." if greyed else "",
        sheet.left_out,
        more,
        _listed("À confirmer", sheet.to_confirm),
        _listed("Secret statistique", sheet.secrecy),
        _listed("Sources et licences", sheet.sources),
        f"Mesures en {CRS_NAME}{shown}.",
        "Limites de communes simplifiées à 60 m, sans jour ni recouvrement.",
        libraries if is_web_map else "",
        sheet.funders,
        f"Contact{NBSP}: {sheet.contact}" if sheet.contact else "",
        "Ce n’est pas une décision : c’est une aide à la discussion.",
    ]
    told = "\n".join(f"<p>{html_text(part)}</p>" for part in parts if part)
    return f"{told}\n<p>{accessibility_link()}</p>"


def accessibility_link(folder: str = "") -> str:
    """Return the link to the declaration of accessibility, from beside it."""
    address = html_text(f"{folder}{DECLARATION}")
    return f'<a href="{address}">Accessibilité{NBSP}: non audité</a>'


def _listed(title: str, items: tuple[str, ...]) -> str:
    return f"{title}{NBSP}: {' ; '.join(items)}." if items else ""

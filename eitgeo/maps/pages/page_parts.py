"""HTML fragments of the pages, scripts or none; every text of data is escaped.

Previews of mail and of phones run no script. A page shows its still block, and hides
what needs a script, until one says that it runs; it takes that back if it fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from importlib import resources
from typing import Final

import numpy as np
import shapely

from eitgeo.maps.paper.sheet import CRS_NAME, Sheet
from eitgeo.study.asked import PRIVATE_STAMP
from eitgeo.words import EVIDENCE_NAMES, EVIDENCE_SYMBOLS, NBSP, typographic

_SLOT = re.compile(r"\{\{(\w+)\}\}")
_WORDS = re.compile(r"(?<=>)[^<>]+(?=<)")
DECLARATION = "accessibilite.html"
"""Declaration of accessibility, beside the pages of elected members."""
AWAKE: Final = (
    "(function(){var r=document.documentElement,read=false;r.className+=' anime';"
    "window.addEventListener('load',function(){read=true});"
    "window.addEventListener('error',function(){"
    "if(!read)r.className=r.className.replace(' anime','')})})();"
)
"""First script of a page: others take over, unless one fails before all is read."""


def html_text(text: str) -> str:
    """Escape a text that comes from data, and set its apostrophes."""
    return escape(typographic(text))


def evidence_key() -> str:
    """Name the three classes of evidence."""
    return " · ".join(
        f"{EVIDENCE_SYMBOLS[letter]} {letter}{NBSP}: {name}"
        for letter, name in EVIDENCE_NAMES.items()
    )


def private_slots(sheet: Sheet) -> dict[str, str]:
    """Say in the title of a page, and over it, that its study is private, if it is."""
    if not sheet.private:
        return {"tab": "", "band": ""}
    words = html_text(PRIVATE_STAMP)
    band = f'<p class="ne-pas-diffuser" role="note">{words}</p>'
    return {"tab": f"{words} – ", "band": band}


def private_style(sheet: Sheet) -> str:
    """Return the look of the band of a private study, or nothing."""
    return part_of("eitgeo.maps.pages", "private.css") if sheet.private else ""


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


def fill_slots(page: str, slots: dict[str, str]) -> bytes:
    """Fill the slots of a page."""
    return _SLOT.sub(lambda match: slots[match[1]], page).encode()


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
    paragraphs = "\n".join(f"<p>{html_text(part)}</p>" for part in parts if part)
    return f"{paragraphs}\n<p>{accessibility_link()}</p>"


def accessibility_link(folder: str = "") -> str:
    """Return the link to the declaration of accessibility, from beside it."""
    address = html_text(f"{folder}{DECLARATION}")
    return (
        f'<a class="declaration" href="{address}">Accessibilité{NBSP}: non audité</a>'
    )


def _listed(title: str, items: tuple[str, ...]) -> str:
    return f"{title}{NBSP}: {' ; '.join(items)}." if items else ""


def still_style() -> str:
    """Return the style of still blocks, and what hides them when scripts run."""
    file = resources.files("eitgeo.maps.pages") / "still.css"
    return file.read_text(encoding="utf-8")


def still_block(parts: Iterable[str], *, notice: str) -> str:
    """Wrap what a page opens with; `notice` says what scripts would add."""
    return (
        '<div class="sans-script" role="main" id="lecture">'
        f'<p class="lecture" role="note">{html_text(notice)}</p>'
        f"{''.join(part for part in parts if part)}</div>"
    )


def fold(summary: str, body: str, *, name: str = "") -> str:
    """Return a fold that opens without a script; `summary` is set as text."""
    anchor = f' id="{html_text(name)}"' if name else ""
    return f"<details{anchor}><summary>{html_text(summary)}</summary>{body}</details>"


def still_table(
    heads: Sequence[str], rows: Iterable[Sequence[str]], *, caption: str = ""
) -> str:
    """Return a table of texts; the first cell of a row is its head."""
    title = f"<caption>{html_text(caption)}</caption>" if caption else ""
    top = "".join(f'<th scope="col">{html_text(one)}</th>' for one in heads)
    body = "".join(
        f'<tr><th scope="row">{html_text(first)}</th>'
        + "".join(
            f'<td data-quoi="{html_text(head)}">{html_text(cell)}</td>'
            for head, cell in zip(heads[1:], rest, strict=True)
        )
        + "</tr>"
        for first, *rest in rows
    )
    return f"<table>{title}<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def still_list(texts: Iterable[str]) -> str:
    """Return a list of texts."""
    return f"<ul>{''.join(f'<li>{html_text(one)}</li>' for one in texts)}</ul>"


def outline_path(shape: shapely.Geometry, *, frame: tuple[float, float, float]) -> str:
    """Write rings or lines as a path; `frame` is left, top and metres of a unit.

    Examples
    --------
    >>> outline_path(shapely.box(0, 0, 100, 100), frame=(0.0, 100.0, 10.0))
    'M10 10l0 -10l-10 0l0 10z'
    """
    parts = shapely.get_parts(shape)
    is_area = shapely.get_dimensions(shape) > 1
    lines = shapely.get_rings(parts) if is_area else parts
    return "".join(_path(line, frame, closed=bool(is_area)) for line in lines)


def _path(
    line: shapely.Geometry, frame: tuple[float, float, float], *, closed: bool
) -> str:
    left, top, unit = frame
    away = (shapely.get_coordinates(line) - (left, top)) * (1.0, -1.0) / unit
    points = np.rint(away).astype("int64")
    moves = np.diff(points, axis=0)
    moves = moves[moves.any(axis=1)][: -1 if closed else None]
    steps = "".join(f"l{x} {y}" for x, y in moves.tolist())
    return f"M{points[0, 0]} {points[0, 1]}{steps}{'z' if closed else ''}"

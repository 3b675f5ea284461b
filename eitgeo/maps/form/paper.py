"""The sign-up form on paper: A4 sheets to fill with a pen."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from matplotlib.backends.backend_pdf import PdfPages

from eitgeo.maps.form.sign_up import (
    BLOCKS,
    DOORS,
    DRAFT_NOTICE,
    LEGAL_STATUS,
    NO_ADDRESS,
    NO_DIVULGENCE,
    TITLE,
    SignUp,
    landmarks,
)
from eitgeo.maps.paper.canvas import (
    Page,
    drawing_style,
    fill_box,
    line_height_mm,
    text_width_mm,
    wrap,
    write,
    write_block,
)
from eitgeo.maps.paper.charter import DEMONSTRATION_INK, INK, MUTED
from eitgeo.maps.paper.formats import FORMATS
from eitgeo.reference.survey import survey_choices, survey_fields
from eitgeo.words import typographic

RESOURCES_ON_PAPER = 2
_SIRET_DIGITS = 14
_COLUMNS = {
    "sens": 2,
    "effectif": 4,
    "interet": 3,
    "besoin": 7,
    "periode": 6,
    "etat": 5,
    "stockage": 6,
    "devenir": 3,
    "prix": 3,
}
_TOGETHER = {
    "commune": ("commune", "naf"),
    "nature": ("nature", "nature_precision"),
    "quantite": ("quantite", "unite", "code_dechet"),
    "mois_debut": ("mois_debut", "mois_fin", "disponible_des"),
    "devenir_precision": ("devenir_precision", "contrat_fin", "distance_km"),
    "contact_nom": ("contact_nom", "contact_fonction"),
    "contact_courriel": ("contact_courriel", "contact_telephone"),
}
"""Fields that stand on one line, under the first of them."""
_PAPER_HELP = {
    "commune": "Nom et code postal",
    "unite": "Tonne, benne de 15 m³, bac de 660 L, balle …",
    "nature": "En mots de tous les jours : palettes, cartons, gravats …",
    "code_dechet": "Facultatif, six chiffres",
    "devenir_precision": "Entreprise ou site",
}
WIDTH_MM, HEIGHT_MM = 210.0, 297.0
MARGIN_MM = 13.0
ROOM_MM = WIDTH_MM - 2 * MARGIN_MM
TOP_MM = HEIGHT_MM - 29.0
LOW_MM = 14.0
_LABEL_PT, _TICK_PT, _HELP_PT = 8.0, 8.0, 6.8
_BOX_MM, _TICK_MM = 6.6, 3.0
_GAP_MM = 3.0
_BAND = "#e4e9ec"
_RULED = {"facecolor": "white", "edgecolor": MUTED, "linewidth": 0.6}


def sign_up_pdf(sign_up: SignUp) -> bytes:
    """Lay the sign-up form out on A4 sheets, to print and fill by hand."""
    buffer = io.BytesIO()
    metadata: dict[str, Any] = {"Title": TITLE, "Subject": sign_up.sheet.subtitle}
    metadata |= {"CreationDate": None, "Producer": None, "Creator": "eitgeo"}
    with drawing_style(), PdfPages(buffer, metadata=metadata) as pdf:
        pages = paginate(_blocks(sign_up))
        for rank, items in enumerate(pages, start=1):
            page = Page(FORMATS["A4_portrait"])
            _draw_header(page, sign_up, f"{rank} / {len(pages)}")
            for y, item in items:
                item.draw(page, y)
            pdf.savefig(page.figure)
    return buffer.getvalue()


def _draw_header(page: Page, sign_up: SignUp, number: str) -> None:
    sheet, right = sign_up.sheet, WIDTH_MM - MARGIN_MM
    top = HEIGHT_MM - 10.0
    write(page, MARGIN_MM, top, TITLE, size=15, bold=True)
    write(page, MARGIN_MM, top - 7.5, sheet.subtitle, size=8.5, color=MUTED)
    status = sheet.status_stamp.upper()
    width = text_width_mm(status, 8, bold=True) + 5
    box = (right - width, top - 6, width, 6)
    fill_box(page, box, facecolor="none", edgecolor=INK, linewidth=0.8)
    middle = right - width / 2
    write(page, middle, top - 3, status, size=8, bold=True, ha="center", va="center")
    if not sign_up.has_address:
        stamp = NO_ADDRESS.upper()
        write(
            page, MARGIN_MM, top - 13, stamp, size=9, bold=True, color=DEMONSTRATION_INK
        )
    date = f"Édition du {sheet.edition_text} · {number}"
    write(page, right, top - 7.5, date, size=8, color=MUTED, ha="right")
    foot = " · ".join(filter(None, [sheet.funders, sheet.contact]))
    write(page, MARGIN_MM, 10.0, foot, size=6.8, color=MUTED)


def _blocks(sign_up: SignUp) -> list[list[Item]]:
    resources = [
        [heading(f"Ressource {rank}"), *_questions("ressource"), *_questions("devenir")]
        for rank in range(1, RESOURCES_ON_PAPER + 1)
    ]
    return [
        [paragraph(LEGAL_STATUS, bold=True), paragraph(NO_DIVULGENCE)],
        [ticks("Que souhaitez-vous faire ?", DOORS.values(), columns=2)],
        [heading(BLOCKS["etablissement"]), *_questions("etablissement")],
        [heading(BLOCKS["interet"]), *_questions("interet")],
        [heading(BLOCKS["besoin"]), *_questions("besoin")],
        _landmarks(),
        *resources,
        [*_notice(sign_up), heading(BLOCKS["consentement"]), *_consents()],
        [heading(BLOCKS["contact"]), *_questions("contact")],
        [boxes([("Date", ""), ("Signature", "")])],
        [paragraph(_return_to(sign_up), bold=True)],
    ]


def _return_to(sign_up: SignUp) -> str:
    where = sign_up.contact_email or sign_up.sheet.contact or "votre interlocuteur"
    return f"À remettre à {where}."


def _questions(block: str) -> list[Item]:
    fields = survey_fields()
    rows = fields[fields["block"] == block]
    followers = {name for group in _TOGETHER.values() for name in group[1:]}
    return [
        _question(str(name), fields.loc[[*_TOGETHER.get(str(name), (name,))]])
        for name in rows.index
        if name not in followers
    ]


def _question(name: str, rows: Any) -> Item:
    first = rows.iloc[0]
    label = _label(first)
    if name == "siret":
        return digits(label, first["help_fr"], _SIRET_DIGITS)
    if name in _COLUMNS:
        choices = survey_choices(first["choices"]).values()
        return ticks(label, choices, columns=_COLUMNS[name], help_text=first["help_fr"])
    return boxes(
        [
            (_label(row), _PAPER_HELP.get(str(field), row["help_fr"]))
            for field, row in rows.iterrows()
        ]
    )


def _label(field: Any) -> str:
    return f"{field['label_fr']}{' *' if field['compulsory'] == 'oui' else ''}"


def _consents() -> list[Item]:
    fields = survey_fields()
    rows = fields[fields["block"] == "consentement"]
    return [ticks("", [_label(row)], columns=1) for _, row in rows.iterrows()]


def _landmarks() -> list[Item]:
    marks = [f"{nature}, {unit} : {mass}" for nature, unit, mass in landmarks()]
    return [
        heading("Repères : ce que pèse une unité"),
        *(paragraph(mark, muted=True) for mark in marks),
    ]


def _notice(sign_up: SignUp) -> list[Item]:
    draft = [paragraph(DRAFT_NOTICE, bold=True)] if sign_up.is_draft else []
    return [
        heading("Notice d'information sur vos données"),
        *draft,
        *(paragraph(f"{heading_} : {text}") for heading_, text in sign_up.notice_lines),
    ]


class Item(NamedTuple):
    """Something to print across the sheet."""

    height_mm: float
    draw: Callable[[Page, float], object]  # Prints it on a page, from its top [mm]


def heading(text: str) -> Item:
    """Print a heading in a band."""

    def draw(page: Page, y: float) -> None:
        fill_box(page, (MARGIN_MM, y - 7.4, ROOM_MM, 6), facecolor=_BAND, linewidth=0)
        write(page, MARGIN_MM + 2, y - 4.4, text, size=10, bold=True, va="center")

    return Item(9.4, draw)


def paragraph(
    text: str, *, size_pt: float = 8.0, bold: bool = False, muted: bool = False
) -> Item:
    """Print a wrapped text."""
    set_ = typographic(text)
    lines = wrap(set_, ROOM_MM, size_pt=size_pt, bold=bold)

    def draw(page: Page, y: float) -> None:
        write_block(
            page,
            MARGIN_MM,
            y,
            set_,
            width=ROOM_MM,
            size=size_pt,
            bold=bold,
            color=MUTED if muted else INK,
        )

    return Item(len(lines) * line_height_mm(size_pt) + 1.2, draw)


def boxes(labels: Sequence[tuple[str, str]]) -> Item:
    """Print boxes to write in, side by side, each under its label and its help."""
    width = (ROOM_MM - _GAP_MM * (len(labels) - 1)) / len(labels)
    helps = [
        wrap(typographic(help_text), width, size_pt=_HELP_PT) for _, help_text in labels
    ]
    most = max(map(len, helps))
    tall = 4.0 + most * line_height_mm(_HELP_PT)

    def draw(page: Page, y: float) -> None:
        for rank, ((label, _), help_text) in enumerate(zip(labels, helps, strict=True)):
            x = MARGIN_MM + rank * (width + _GAP_MM)
            write(page, x, y, label, size=_LABEL_PT, bold=True)
            for line, text in enumerate(help_text):
                low = y - 3.7 - line * line_height_mm(_HELP_PT)
                write(page, x, low, text, size=_HELP_PT, color=MUTED)
            fill_box(page, (x, y - tall - _BOX_MM, width, _BOX_MM), **_RULED)

    return Item(tall + _BOX_MM + 2.2, draw)


def digits(label: str, help_text: str, count: int) -> Item:
    """Print a box for each digit of a number."""

    def draw(page: Page, y: float) -> None:
        write(page, MARGIN_MM, y, label, size=_LABEL_PT, bold=True)
        x = MARGIN_MM + text_width_mm(label, _LABEL_PT, bold=True) + 3
        write(page, x, y - 0.3, help_text, size=_HELP_PT, color=MUTED)
        for rank in range(count):
            left = MARGIN_MM + rank * 6.4 + 1.6 * min(rank // 3, 3)
            fill_box(page, (left, y - 4.0 - _BOX_MM, 6.0, _BOX_MM), **_RULED)

    return Item(4.0 + _BOX_MM + 2.4, draw)


def ticks(
    label: str, choices: Iterable[str], *, columns: int, help_text: str = ""
) -> Item:
    """Print choices to tick, in columns."""
    width = ROOM_MM / columns
    texts = [
        wrap(typographic(choice), width - _TICK_MM - 4, size_pt=_TICK_PT)
        for choice in choices
    ]
    rows = [texts[start : start + columns] for start in range(0, len(texts), columns)]
    line = line_height_mm(_TICK_PT)
    heights = [max(map(len, row)) * line + 1.5 for row in rows]
    head = 4.2 if label else 0.0

    def draw(page: Page, y: float) -> None:
        if label:
            write(page, MARGIN_MM, y, label, size=_LABEL_PT, bold=True)
            x = MARGIN_MM + text_width_mm(label, _LABEL_PT, bold=True) + 4
            write(page, x, y - 0.3, help_text, size=_HELP_PT, color=MUTED)
        top = y - head
        for row, height in zip(rows, heights, strict=True):
            for rank, lines in enumerate(row):
                _tick(page, MARGIN_MM + rank * width, top, lines)
            top -= height

    return Item(head + sum(heights) + 1.4, draw)


def _tick(page: Page, x: float, y: float, lines: list[str]) -> None:
    fill_box(page, (x, y - _TICK_MM - 0.1, _TICK_MM, _TICK_MM), **_RULED)
    for line, text in enumerate(lines):
        low = y - line * line_height_mm(_TICK_PT)
        write(page, x + _TICK_MM + 1.6, low, text, size=_TICK_PT)


def paginate(blocks: Iterable[Sequence[Item]]) -> list[list[tuple[float, Item]]]:
    """Give each item its page and height; a block is not cut where it can be whole."""
    pages: list[list[tuple[float, Item]]] = [[]]
    y = TOP_MM
    for block in blocks:
        tall = sum(item.height_mm for item in block)
        if pages[-1] and y - tall < LOW_MM:
            pages.append([])
            y = TOP_MM
        for item in block:
            if pages[-1] and y - item.height_mm < LOW_MM:
                pages.append([])
                y = TOP_MM
            pages[-1].append((y, item))
            y -= item.height_mm
        y -= 1.6
    return pages

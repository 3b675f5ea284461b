"""Match sheets: for the animator alone, who to call about a declared resource."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from docx.shared import Pt, RGBColor

from eitgeo.dossier.docx import (
    add_table,
    document_bytes,
    new_document,
    printable,
)

TITLE = "Fiches de rapprochement"
PRIVATE = (
    "Document privé, réservé à l’animation de la démarche : ne pas diffuser, ne pas "
    "publier."
)
LEGAL = (
    "Déclarer une ressource ne lui donne pas le statut juridique de sous-produit. Ces "
    "rapprochements sont potentiels : à vérifier avec chaque entreprise."
)
NOBODY = "Aucun établissement à portée selon les règles de synergie."
_HEADS = ("Établissement", "Commune", "Activité", "Poids lourd", "Règle", "Condition")
_QUESTION = "Question à poser"
_WIDTHS_CM = (4.2, 2.8, 3.7, 1.8, 4.6, 3.7, 5.3)
_STAMP = RGBColor(0xA3, 0x18, 0x2D)


@dataclass(frozen=True)
class Partner:
    """A possible giver or taker, in words."""

    name: str  # Who it is, where, what it does
    commune: str
    activity: str
    way: str  # Minutes and kilometres by truck
    rule: str  # What makes it possible, and under which condition
    permit: str
    question: str  # What to ask it


@dataclass(frozen=True)
class MatchSheet:
    """One declared resource and its nearest partners."""

    title: str  # What it is, which way
    # Label and text: firm, quantity, state, present outcome
    facts: tuple[tuple[str, str], ...]
    partners: tuple[Partner, ...]  # The nearest first
    note: str = ""  # Under them, or in their place: why there are no more


def match_sheets_docx(
    sheets: Sequence[MatchSheet],
    *,
    study: str,
    edition: dt.date,
    notes: Sequence[str] = (),
) -> bytes:
    """Lay match sheets out, one a page."""
    document = new_document(title=TITLE, edition=edition)
    section = document.sections[0]
    head = section.header.paragraphs[0]
    head.text = printable(f"{study} – édition du {edition:%d/%m/%Y}")
    _stamp(section.footer.paragraphs[0], PRIVATE)
    document.add_heading(TITLE, level=0)
    for text in (PRIVATE, *notes):
        _stamp(document.add_paragraph(), text)
    document.add_paragraph(LEGAL)
    if not sheets:
        document.add_paragraph("Aucune ressource déclarée.")
    for rank, sheet in enumerate(sheets):
        _add_sheet(document, sheet, new_page=rank > 0)
    return document_bytes(document)


def _stamp(paragraph: Any, text: str) -> None:
    run = paragraph.add_run(printable(text))
    run.bold, run.font.color.rgb = True, _STAMP


def _add_sheet(document: Any, sheet: MatchSheet, *, new_page: bool) -> None:
    heading = document.add_heading(printable(sheet.title), level=1)
    heading.paragraph_format.space_before = Pt(6)
    # A break of its own would leave a blank page after a full one.
    heading.paragraph_format.page_break_before = new_page
    for label, text in sheet.facts:
        paragraph = document.add_paragraph()
        paragraph.add_run(printable(f"{label}\N{NO-BREAK SPACE}: ")).bold = True
        paragraph.add_run(printable(text))
    if not sheet.partners:
        document.add_paragraph(printable(sheet.note or NOBODY))
        return
    rows = [
        (
            one.name,
            one.commune,
            one.activity,
            one.way,
            one.rule,
            one.permit,
            one.question,
        )
        for one in sheet.partners
    ]
    add_table(document, (*_HEADS, _QUESTION), rows, widths_cm=_WIDTHS_CM)
    if sheet.note:
        document.add_paragraph(
            printable(sheet.note)
        ).paragraph_format.space_before = Pt(4)

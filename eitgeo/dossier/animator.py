"""What is for the animator alone: match sheets, and contacts to call back."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from docx.shared import Pt, RGBColor

from eitgeo.check import require_columns
from eitgeo.dossier.docx import (
    add_table,
    document_bytes,
    new_document,
    printable,
)
from eitgeo.maps.workbooks.workbook import open_workbook
from eitgeo.reference.survey import LIST_SEPARATOR, survey_choices

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


PRIVATE_SHEET = "Contacts – document privé"
_COLUMNS = {
    "siret": ("SIRET", 15),
    "raison_sociale": ("Raison sociale", 24),
    "commune": ("Commune", 18),
    "contact_nom": ("Personne", 18),
    "contact_fonction": ("Fonction", 18),
    "contact_courriel": ("Courriel", 28),
    "contact_telephone": ("Téléphone", 16),
    "interet": ("Intérêts", 24),
    "besoin": ("Besoins", 18),
    "besoin_precision": ("Précisions", 24),
    "agreed": ("Autres accords", 14),
    "form_date": ("Date de la fiche", 11),
    "keep_until": ("À effacer après le", 11),
}
_AGREEMENTS = {
    "consent_partage": "partage",
    "consent_citation": "citation",
    "consent_carte": "carte",
}
_OUTSIDE = "hors"
_MARGIN_INCH = 0.4


def keep_until(form_date: str, years: int) -> str:
    """Return the last day on which a form may be kept.

    Examples
    --------
    >>> keep_until("2026-11-25", 3), keep_until("2024-02-29", 3)
    ('2029-11-25', '2027-02-28')
    """
    day = dt.date.fromisoformat(form_date)
    try:
        return day.replace(year=day.year + years).isoformat()
    except ValueError:  # 29 February of a year that has none
        return day.replace(year=day.year + years, day=28).isoformat()


def contacts_xlsx(
    declarations: pd.DataFrame,
    *,
    commune_names: Mapping[str, str],
    retention_years: int,
    edition: dt.date,
) -> bytes:
    """Lay out the contacts of the firms that agreed to be called back."""
    need = [name for name in _COLUMNS if name not in {"keep_until", "agreed"}]
    agreements = ["consent_recontact", *_AGREEMENTS]
    require_columns(declarations, [*need, *agreements], where="declarations")
    rows = _rows(declarations, commune_names, retention_years)
    buffer = io.BytesIO()
    workbook = open_workbook(buffer, edition=edition, title="Contacts")
    page = workbook.add_worksheet(PRIVATE_SHEET)
    top = {"valign": "top", "text_wrap": True}
    head = workbook.add_format(top | {"bold": True, "bg_color": "#e4e9ec", "border": 1})
    text = workbook.add_format(top | {"num_format": "@"})
    day = workbook.add_format(top | {"num_format": "dd/mm/yyyy"})
    for column, (name, (label, width)) in enumerate(_COLUMNS.items()):
        page.set_column(column, column, width)
        page.write_string(0, column, label, head)
        for row, value in enumerate(rows[name], start=1):
            if isinstance(value, dt.date):
                page.write_datetime(row, column, value, day)
            else:
                page.write_string(row, column, str(value), text)
    page.freeze_panes(1, 2)
    page.autofilter(0, 0, len(rows), len(_COLUMNS) - 1)
    page.repeat_rows(0)
    page.set_margins(*[_MARGIN_INCH] * 2, 0.6, 0.6)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_footer("&LDocument privé : ne pas diffuser&RPage &P / &N")
    workbook.close()
    return buffer.getvalue()


def _rows(
    declarations: pd.DataFrame, commune_names: Mapping[str, str], years: int
) -> pd.DataFrame:
    """Put what firms chose in words, one row a firm."""
    agreed = declarations[declarations["consent_recontact"]]
    firms = agreed.drop_duplicates("siret").sort_values(["raison_sociale", "siret"])
    names = {**commune_names, _OUTSIDE: "hors de la liste"}
    agreements = [
        ", ".join(word for name, word in _AGREEMENTS.items() if row[name])
        for row in firms.to_dict("records")
    ]
    days = firms["form_date"]
    return firms.assign(
        commune=[names.get(code, code) for code in firms["commune"]],
        interet=[_labels("interet", codes) for codes in firms["interet"]],
        besoin=[_labels("besoin", codes) for codes in firms["besoin"]],
        agreed=agreements,
        form_date=pd.Series(map(dt.date.fromisoformat, days), firms.index, object),
        keep_until=pd.Series(
            [dt.date.fromisoformat(keep_until(day, years)) for day in days],
            firms.index,
            object,
        ),
    )


def _labels(choices: str, codes: str) -> str:
    labels = survey_choices(choices)
    parts = [one for one in codes.split(LIST_SEPARATOR) if one]
    return ", ".join(labels.get(one, one) for one in parts)

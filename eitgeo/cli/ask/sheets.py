"""The sheet that a holder of data fills, and the letter that goes with it.

The sheet has typed columns, lists and a greyed example; the letter is a draft, to be
validated before it leaves.
"""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from docx.enum.section import WD_ORIENT
from docx.shared import Pt
from xlsxwriter.utility import xl_col_to_name

from eitgeo.cli.ask.questions import LAST_ROW, Column, Letter, Question
from eitgeo.dossier.docx import document_bytes, new_document, printable
from eitgeo.maps.workbooks.workbook import open_workbook
from eitgeo.words import typographic

if TYPE_CHECKING:
    type _Given = tuple[Column, str]

GUIDE, LISTS = "Mode d'emploi", "Listes"
HEAD_ROW, EXAMPLE_ROW, FIRST_ROW = 2, 3, 4
"""From 0: labels, the greyed example, the first row to fill."""
EXAMPLE = "exemple"
_FONT = {"font_name": "Arial", "font_size": 10, "text_wrap": True, "valign": "top"}
_CELL = {"border": 1, "border_color": "#b8b8b8"}
_STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14, "text_wrap": False},
    "note": {"font_color": "#505a61", "text_wrap": False},
    "head": {"bold": True, "font_color": "white", "bg_color": "#2f4858", "border": 1},
    "example": _CELL | {"italic": True, "font_color": "#6b6b6b", "bg_color": "#e8e8e8"},
    "text": _CELL | {"num_format": "@"},
    "number": _CELL | {"num_format": "#,##0.##"},
    "year": _CELL | {"num_format": "0"},
    "date": _CELL | {"num_format": "yyyy-mm-dd"},
    "plain": {},
}
_GUIDE = (
    "Une feuille par question. La ligne grise est un exemple : remplissez dessous.",
    "Corrigez ou complétez les lignes déjà remplies.",
    "Ce que vous ne savez pas reste vide. N’inscrivez le nom d’aucune personne.",
)
_WIDTHS = {"number": 14.0, "year": 14.0, "date": 14.0, "commune": 14.0}
_NUMBERS = frozenset({"number", "year"})
_HELP = {
    "date": "Année-mois-jour : 2026-03-12.",
    "commune": "Cinq signes : 31001, 2A004.",
    "identifier": "Lettres sans accent, chiffres et « _ » : pont_de_la_gare.",
    "headings": "Numéros séparés par « ; » : 2714;2760-2.",
    "road": "Lettre et numéro : D 618.",
}

DRAFT = "PROJET, À FAIRE VALIDER"
_PROMISE = (
    "Ce que deviendront vos réponses. Elles sont gardées dans un dossier qui n’est pas "
    "diffusé. Ce que l’étude publie porte sa source et sa date. Aucun chiffre n’est "
    "publié pour moins de trois établissements, ni quand un seul en fait plus de "
    "85 %. Aucun nom de personne n’est demandé."
)
_FORMAT = (
    "Sous quelle forme. Le tableau joint ({workbook}) est à remplir et à renvoyer tel "
    "quel. Un export de vos propres outils convient aussi : il sera recopié. Ce que "
    "vous ne savez pas reste vide."
)
_TO_FILL = "à compléter"


def letter_xlsx(letter: Letter, *, edition: dt.date, due: dt.date, head: str) -> bytes:
    """Lay out the sheets that a holder fills: the same bytes for the same study."""
    buffer = io.BytesIO()
    book = open_workbook(buffer, edition=edition, title=f"Demande : {letter.label}")
    formats = {name: book.add_format(_FONT | style) for name, style in _STYLES.items()}
    guide = book.add_worksheet(GUIDE)
    pages = [(one, book.add_worksheet(one.title)) for one in letter.questions]
    lists = book.add_worksheet(LISTS)
    places = _write_lists(lists, letter.questions, formats)
    said = [head, f"Réponse souhaitée avant le {due:%d/%m/%Y}."]
    _write_guide(guide, letter, said, formats)
    for question, page in pages:
        _write_question(page, question, places, formats)
    for page in (guide, *(page for _, page in pages), lists):
        page.set_paper(9)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.set_footer("&LProjet, à faire valider&C&A&RPage &P / &N")
    book.close()
    return buffer.getvalue()


def _write_guide(page: Any, letter: Letter, said: Sequence[str], formats: Any) -> None:
    page.hide_gridlines(2)
    page.set_column(0, 0, 110)
    lines = [
        *said,
        *_GUIDE,
        *(f"{one.title} : {one.what}. {one.use}." for one in letter.questions),
    ]
    page.write_string(0, 0, typographic(letter.label), formats["title"])
    for row, text in enumerate(lines, start=1):
        page.write_string(row, 0, typographic(text), formats["plain"])


def _write_lists(
    page: Any, questions: Sequence[Question], formats: Any
) -> dict[tuple[str, str], str]:
    """Write the lists, one a column; return the range of each."""
    places = {}
    asked = [(q, c) for q in questions for c in q.columns if c.choices]
    for rank, (question, column) in enumerate(asked):
        page.set_column(rank, rank, 30)
        page.write_string(0, rank, typographic(column.label), formats["head"])
        for row, label in enumerate(column.choices.values(), start=1):
            page.write_string(row, rank, typographic(label), formats["plain"])
        letter = xl_col_to_name(rank, col_abs=True)
        last = len(column.choices) + 1
        places[question.sheet, column.name] = f"={LISTS}!{letter}$2:{letter}${last}"
    return places


def _write_question(page: Any, question: Question, places: Any, formats: Any) -> None:
    page.write_string(0, 0, typographic(question.title), formats["title"])
    page.write_string(1, 0, typographic(f"{question.what}."), formats["note"])
    for rank, column in enumerate(question.columns):
        page.set_column(rank, rank, _WIDTHS.get(column.kind, 26.0))
        mark = " *" if column.required else ""
        label = typographic(f"{column.label}{mark}")
        page.write_string(HEAD_ROW, rank, label, formats["head"])
        shown = _shown(column, column.example) or (EXAMPLE if rank == 0 else "")
        page.write_string(EXAMPLE_ROW, rank, typographic(shown), formats["example"])
        place = places.get((question.sheet, column.name))
        _validate(page, rank, column, place)
        style = formats[_style(column)]
        for row in range(FIRST_ROW, FIRST_ROW + max(30, len(question.known) + 15)):
            page.write_blank(row, rank, None, style)
        for row, known in enumerate(question.known, start=FIRST_ROW):
            _write(page, (row, rank), (column, known[column.name]), style)
    first = _shown(question.columns[0], question.columns[0].example)
    example = f"{EXAMPLE} : {first}" if first else EXAMPLE
    page.write_string(EXAMPLE_ROW, 0, typographic(example), formats["example"])
    page.freeze_panes(FIRST_ROW, 1)
    page.repeat_rows(HEAD_ROW)


def _style(column: Column) -> str:
    return column.kind if column.kind in {*_NUMBERS, "date"} else "text"


def _shown(column: Column, value: str) -> str:
    return column.choices.get(value, value)


def _write(page: Any, place: tuple[int, int], given: _Given, style: Any) -> None:
    column, value = given
    if not value:
        return
    number, day = _as_number(value), _as_day(value)
    if column.kind in _NUMBERS and number is not None:
        page.write_number(*place, number, style)
    elif column.kind == "date" and day is not None:
        page.write_datetime(*place, day, style)
    elif column.choices:
        page.write_string(*place, typographic(_shown(column, value)), style)
    else:
        page.write_string(*place, value, style)


def _as_number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _as_day(value: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(value)
    except ValueError:
        return None


def _validate(page: Any, rank: int, column: Column, place: str | None) -> None:
    cells = (FIRST_ROW, rank, FIRST_ROW + LAST_ROW, rank)
    if place:
        page.data_validation(*cells, {"validate": "list", "source": place})
    elif column.kind in _NUMBERS and math.isfinite(column.least):
        rule = {"validate": "decimal", "criteria": "between", "ignore_blank": True}
        bounds = {"minimum": column.least, "maximum": column.most}
        page.data_validation(*cells, rule | bounds)
    elif column.kind == "date":
        rule = {"validate": "date", "criteria": "between", "ignore_blank": True}
        days = {"minimum": dt.date(1900, 1, 2), "maximum": dt.date(2100, 12, 31)}
        page.data_validation(*cells, rule | days | _message(column))
    elif column.kind in _HELP:
        page.data_validation(*cells, {"validate": "any"} | _message(column))


def _message(column: Column) -> dict[str, str]:
    return {"input_message": typographic(_HELP[column.kind])}


class Sender(NamedTuple):
    """Who writes, of what study, and until when an answer is asked."""

    study: str
    title: str
    contact: str
    edition: dt.date
    due: dt.date


def letter_docx(letter: Letter, sender: Sender) -> bytes:
    """Write the letter to one holder: the same bytes for the same study."""
    document = new_document(title=f"Demande : {letter.label}", edition=sender.edition)
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = section.page_height, section.page_width
    document.styles["Normal"].font.size = Pt(10.5)
    document.styles["Normal"].paragraph_format.space_after = Pt(6)
    _write_line(document, DRAFT, bold=True)
    _write_line(document, sender.study or sender.title)
    _write_line(document, f"Le {sender.edition:%d/%m/%Y}")
    _write_line(document, letter.to, bold=True)
    _write_line(document, f"Objet : données pour l’étude « {sender.title} »", bold=True)
    _write_line(document, "Madame, Monsieur,")
    _write_line(
        document,
        "Cette étude compare des périmètres pour une démarche d’écologie industrielle "
        "et territoriale. Aucun registre public ne donne ce qui suit ; vous l’avez "
        f"peut-être. Une réponse, même partielle, avant le {sender.due:%d/%m/%Y} "
        "nous serait utile.",
    )
    for rank, question in enumerate(letter.questions, start=1):
        _write_line(document, f"{rank}. {question.what}.", bold=True)
        _write_line(document, f"Pourquoi. {question.why}.")
        _write_line(document, f"Usage. {question.use}.")
    _write_line(document, _PROMISE)
    _write_line(document, _FORMAT.format(workbook=letter.workbook))
    _write_line(document, f"Contact : {sender.contact or _TO_FILL}.")
    _write_line(document, "Je vous remercie de votre aide.")
    _write_line(document, f"Nom et qualité du signataire : {_TO_FILL}.")
    return document_bytes(document)


def _write_line(document: Any, text: str, *, bold: bool = False) -> None:
    run = document.add_paragraph().add_run(typographic(printable(text)))
    run.bold = bold

"""The sheet that a holder of data fills, and the letter that goes with it.

The sheet has typed columns, lists and a greyed example; the letter is a draft, to be
validated before it leaves: its words are in ``letter.txt``.
"""

from __future__ import annotations

import datetime as dt
import math
from importlib import resources
from typing import Any, NamedTuple

from docx.enum.section import WD_ORIENT
from docx.shared import Pt
from jinja2 import Environment, StrictUndefined

from eitgeo.cli.ask.questions import LAST_ROW, Letter, Question
from eitgeo.dossier.docx import document_bytes, new_document, printable
from eitgeo.maps.form.sheets import GUIDE, Column, FillBook
from eitgeo.words import typographic

HEAD_ROW, EXAMPLE_ROW, FIRST_ROW = 2, 3, 4
"""From 0: labels, the greyed example, the first row to fill."""
EXAMPLE = "exemple"
DRAFT = "PROJET, À FAIRE VALIDER"
_GUIDE = (
    "Une feuille par question. La ligne grise est un exemple : remplissez dessous.",
    "Corrigez ou complétez les lignes déjà remplies.",
    "Ce que vous ne savez pas reste vide. N’inscrivez le nom d’aucune personne.",
)
_NARROW = frozenset({"number", "year", "date", "commune"})


class Sender(NamedTuple):
    """Who writes, of what study, and until when an answer is asked."""

    study: str
    title: str
    contact: str
    edition: dt.date
    due: dt.date


def letter_xlsx(letter: Letter, sender: Sender) -> bytes:
    """Lay out the sheets that a holder fills: the same bytes for the same study."""
    names = (GUIDE, *(one.title for one in letter.questions))
    book = FillBook(names, title=f"Demande : {letter.label}", edition=sender.edition)
    guide = book.pages[GUIDE]
    guide.hide_gridlines(2)
    guide.set_column(0, 0, 110)
    lines = [
        f"{DRAFT}. {sender.title}",
        f"Réponse souhaitée avant le {sender.due:%d/%m/%Y}.",
        *_GUIDE,
        *(f"{one.title} : {one.what}. {one.use}." for one in letter.questions),
    ]
    book.row(guide, 0, (letter.label,), "title")
    for row, text in enumerate(lines, start=1):
        book.row(guide, row, (text,), "text")
    for question in letter.questions:
        _write_question(book, question)
    return book.content("Projet, à faire valider")


def _write_question(book: FillBook, question: Question) -> None:
    page, columns = book.pages[question.title], question.columns
    book.row(page, 0, (question.title,), "title")
    page.write_string(1, 0, typographic(f"{question.what}."))
    book.row(page, HEAD_ROW, [one.marked for one in columns], "head")
    examples = [one.shown(one.example) for one in columns]
    examples[0] = " : ".join(filter(None, [EXAMPLE, examples[0]]))
    book.row(page, EXAMPLE_ROW, examples, "example")
    for rank, column in enumerate(columns):
        page.set_column(rank, rank, 14.0 if column.kind in _NARROW else 26.0)
        rows = max(30, len(question.known) + 15)
        book.ask(page, (FIRST_ROW, rank), column, rows=rows)
        book.rule(page, (FIRST_ROW + rows, rank, LAST_ROW, rank), column)
        for row, known in enumerate(question.known, start=FIRST_ROW):
            _write_known(book, page, (row, rank), (column, known[column.name]))
    page.freeze_panes(FIRST_ROW, 1)
    page.repeat_rows(HEAD_ROW)


def _write_known(
    book: FillBook, page: Any, place: tuple[int, int], cell: tuple[Column, str]
) -> None:
    """Write what the study knows already, as its kind where it is one."""
    column, value = cell
    style = book.formats.get(column.kind, book.formats["answer"])
    try:
        if column.kind in {"number", "year"} and math.isfinite(float(value)):
            page.write_number(*place, float(value), style)
            return
        if column.kind == "date":
            page.write_datetime(*place, dt.datetime.fromisoformat(value), style)
            return
    except ValueError:
        pass
    if value:
        shown = typographic(column.shown(value)) if column.choices else value
        page.write_string(*place, shown, book.formats["answer"])


def letter_docx(letter: Letter, sender: Sender) -> bytes:
    """Write the letter to one holder: the same bytes for the same study."""
    document = new_document(title=f"Demande : {letter.label}", edition=sender.edition)
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = section.page_height, section.page_width
    document.styles["Normal"].font.size = Pt(10.5)
    document.styles["Normal"].paragraph_format.space_after = Pt(6)
    template = resources.files("eitgeo.cli.ask") / "letter.txt"
    environment = Environment(  # a document, not a page: nothing is escaped  # noqa: S701
        undefined=StrictUndefined, trim_blocks=True, finalize=_one_line
    )
    text = environment.from_string(template.read_text(encoding="utf-8")).render(
        letter=letter,
        **sender._asdict()
        | {"edition": f"{sender.edition:%d/%m/%Y}", "due": f"{sender.due:%d/%m/%Y}"},
    )
    for line in text.splitlines():
        run = document.add_paragraph().add_run(typographic(printable(line.strip("*"))))
        run.bold = line.startswith("**")
    return document_bytes(document)


def _one_line(value: object) -> object:
    return printable(value) if isinstance(value, str) else value

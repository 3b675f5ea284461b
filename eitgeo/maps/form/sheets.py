"""Workbooks to fill: lists, a rule on each cell, no formula; the sign-up form."""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from xlsxwriter.utility import xl_col_to_name

from eitgeo.maps.form.page import WORDS, SignUp, landmarks
from eitgeo.maps.workbooks.workbook import open_workbook
from eitgeo.reference.survey import FORM_FORMAT, answer_kinds, survey_choices
from eitgeo.words import NARROW, typographic

GUIDE: Final = "Mode d'emploi"
LISTS: Final = "Listes"
_FONT = {"font_name": "Arial", "font_size": 10, "text_wrap": True, "valign": "top"}
_ANSWER = {
    "border": 1,
    "border_color": "#66727a",
    "bg_color": "#fffbe6",
    "locked": False,
}
_GREY = {"border": 1, "border_color": "#b8b8b8", "font_color": "#6b6b6b"}
_STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14, "text_wrap": False},
    "head": {"bold": True, "font_color": "white", "bg_color": "#2f4858", "border": 1},
    "group": {"bold": True, "bg_color": "#e4e9ec"},
    "text": {},
    "bold": {"bold": True},
    "code": {"font_color": "#6b6b6b", "font_size": 8},
    "help": {"font_color": "#505a61", "italic": True},
    "fixed": {"border": 1, "border_color": "#b8b8b8"},
    "example": _GREY | {"italic": True, "bg_color": "#e8e8e8"},
    "answer": _ANSWER | {"num_format": "@"},
    "number": _ANSWER | {"num_format": "#,##0.###"},
    "year": _ANSWER | {"num_format": "0"},
    "date": _ANSWER | {"num_format": "yyyy-mm-dd"},
}
_A4 = 9
_FIRST_DAY, _LAST_DAY = dt.date(1900, 1, 2), dt.date(2100, 12, 31)


class Column(NamedTuple):
    """What a cell is asked.

    ``name``, ``label``: key, and how it is asked (French). ``kind``: a row of
    `answer_kinds`. ``choices``: what is kept → what is shown, where it is a list.
    ``least``, ``most``: bounds of a number. ``required``: whether a row without it is
    refused. ``example``: shown in a greyed row. ``help``: how to answer. ``room``:
    characters that it takes.
    """

    name: str
    label: str
    kind: str
    choices: Mapping[str, str]
    least: float = -math.inf
    most: float = math.inf
    required: bool = False
    example: str = ""
    help: str = ""
    room: int = 300

    @property
    def marked(self) -> str:
        """Return the label, starred where it must be answered."""
        return typographic(f"{self.label}{' *' if self.required else ''}")

    @property
    def remedy(self) -> str:
        """Return how an answer of its kind is written."""
        return typographic(str(answer_kinds()["remedy"].get(self.kind, "")))

    @property
    def hint(self) -> str:
        """Return how to answer."""
        return typographic(self.help) or self.remedy

    def shown(self, value: str) -> str:
        """Return what a reader sees of a value."""
        return self.choices.get(value, value)


class FillBook:
    """A workbook of some sheets to fill, and of the lists that they drop down."""

    def __init__(self, names: Iterable[str], *, title: str, edition: dt.date) -> None:
        """Open it, its sheets in order."""
        self._buffer = io.BytesIO()
        self._book = open_workbook(self._buffer, edition=edition, title=title)
        self.formats = {
            name: self._book.add_format(_FONT | style)
            for name, style in _STYLES.items()
        }
        self.pages = {n: self._book.add_worksheet(n) for n in [*names, LISTS]}
        self._places: dict[tuple[str, ...], str] = {}

    def row(self, page: Any, row: int, texts: Sequence[str], style: str) -> None:
        """Write texts from the left of a row on."""
        for column, text in enumerate(texts):
            page.write_string(row, column, typographic(text), self.formats[style])

    def ask(
        self, page: Any, cell: tuple[int, int], column: Column, *, rows: int = 1
    ) -> None:
        """Open cells, from one down, for the answers to a question."""
        style = column.kind if column.kind in {"number", "year", "date"} else "answer"
        for row in range(cell[0], cell[0] + rows):
            page.write_blank(row, cell[1], None, self.formats[style])
        self.rule(page, (*cell, cell[0] + rows - 1, cell[1]), column)

    def rule(self, page: Any, box: tuple[int, int, int, int], column: Column) -> None:
        """Put the rule of its kind on the cells of a question."""
        rule: dict[str, Any] = {
            "ignore_blank": True,
            "error_title": "Réponse à corriger",
            "error_message": column.remedy,
            "input_message": column.hint[:255],
        }
        if column.choices:
            source = self._place(column)
            rule |= {"validate": "list", "source": source}
            rule["error_message"] = "Choisissez une réponse de la liste."
        elif column.kind in {"number", "year"}:
            least = column.least if math.isfinite(column.least) else 0
            rule |= {"validate": "decimal", "criteria": ">=", "value": least}
            if math.isfinite(column.most):
                rule |= {"criteria": "between", "minimum": least}
                rule["maximum"] = column.most
        elif column.kind == "date":
            rule |= {"validate": "date", "criteria": "between"}
            rule |= {"minimum": _FIRST_DAY, "maximum": _LAST_DAY}
        else:
            rule |= {"validate": "length", "criteria": "<=", "value": column.room}
            rule["error_message"] = f"Au plus {column.room} caractères."
        page.data_validation(*box, rule)

    def _place(self, column: Column) -> str:
        """Write a list, once whoever drops it down; return its range."""
        labels = tuple(column.choices.values())
        if labels not in self._places:
            rank = len(self._places)
            self.pages[LISTS].set_column(rank, rank, 30)
            for row, text in enumerate((column.label, *labels)):
                style = self.formats["text" if row else "head"]
                self.pages[LISTS].write_string(row, rank, typographic(text), style)
            letter = xl_col_to_name(rank, col_abs=True)
            self._places[labels] = f"={LISTS}!{letter}$2:{letter}${len(labels) + 1}"
        return self._places[labels]

    def content(self, footer: str) -> bytes:
        """Set the sheets for a printer, and close the workbook."""
        for page in self.pages.values():
            page.set_paper(_A4)
            page.set_landscape()
            page.fit_to_pages(1, 0)
            page.set_footer(f"&L{footer}&C&A&RPage &P / &N")
        self._book.close()
        return self._buffer.getvalue()


FIRM: Final = "Établissement"
RESOURCES: Final = "Ressources"
CONSENTS: Final = "Consentements"
RESOURCE_ROWS = 20
_WIDTHS = {"text": 30, "choice": 24, "number": 11, "date": 14, "low_code": 13}
_YES = {"oui": "oui"}


def sign_up_xlsx(sign_up: SignUp) -> bytes:
    """Lay the sign-up form out as a workbook."""
    sheet = sign_up.sheet
    names = (GUIDE, FIRM, RESOURCES, CONSENTS)
    book = FillBook(names, title=WORDS["title"], edition=sheet.edition)
    _write_guide(book, sign_up)
    page = book.pages[FIRM]
    _open_questions(book, page)
    for row, facts in enumerate(
        (
            ("format", "Format du fichier", FORM_FORMAT),
            ("etude", "Étude", sign_up.study),
        ),
        start=1,
    ):
        for column, style in enumerate(("code", "text", "fixed")):
            page.write_string(row, column, facts[column], book.formats[style])
    _write_question(book, page, 3, Column("date", "Date", "date", {}))
    row = 4
    for block in ("etablissement", "interet", "besoin", "contact"):
        book.row(page, row, ("", WORDS["blocks"][block], "", ""), "group")
        row = _write_block(book, page, row + 1, _columns(sign_up, block))
    _write_resources(book, sign_up)
    page = book.pages[CONSENTS]
    _open_questions(book, page)
    row = _write_block(book, page, 1, _columns(sign_up, "consentement")) + 1
    book.row(page, row, ("", "Notice d'information"), "bold")
    draft = [("", WORDS["draft_notice"])] if sign_up.is_draft else []
    for heading, text in [*draft, *sign_up.notice_lines]:
        row += 1
        page.write_string(row, 1, typographic(heading), book.formats["bold"])
        page.write_string(row, 3, typographic(text), book.formats["text"])
    for page in book.pages.values():
        page.protect("", {"format_columns": True, "format_rows": True})
    book.pages[LISTS].freeze_panes(1, 0)
    return book.content(f"{sheet.status_stamp}, édition du {sheet.edition_text}")


def _columns(sign_up: SignUp, *blocks: str) -> list[Column]:
    """Return the questions of blocks, one for each choice where several may hold."""
    columns = []
    for field in sign_up.fields:
        if field["block"] not in blocks:
            continue
        options = field["options"]
        if field["type"] == "commune":
            options = {
                code: f"{label} ({code})" if code == WORDS["outside_code"] else label
                for code, label in options.items()
            }
        column = Column(
            field["field_id"],
            field["label_fr"],
            field["type"],
            _YES if field["type"] == "boolean" else options,
            required=field["compulsory"] == "oui",
            help=field["help_fr"],
            room=field["room"],
        )
        if field["type"] != "multi":
            columns.append(column)
            continue
        for code, label in survey_choices(field["choices"]).items():
            name = f"{column.name}:{code}"
            columns.append(Column(name, label, "boolean", _YES))
    return columns


def _write_guide(book: FillBook, sign_up: SignUp) -> None:
    page, sheet = book.pages[GUIDE], sign_up.sheet
    page.hide_gridlines(2)
    for column, width in enumerate((78, 34, 38)):
        page.set_column(column, column, width)
    where = sign_up.contact_email or "votre interlocuteur"
    book.row(page, 0, (WORDS["title"],), "title")
    lines = [
        "" if sign_up.has_address else f"{WORDS['no_address'].upper()}.",
        " · ".join(filter(None, [sheet.subtitle, sheet.title])),
        f"{sheet.status_stamp}. Édition du {sheet.edition_text}.",
        *(one.format(where=where) for one in WORDS["steps"]),
        WORDS["legal_status"],
        WORDS["no_divulgence"],
    ]
    row = 0
    for text in filter(None, lines):
        row += 1
        book.row(page, row, (text,), "text")
    heads = ("Repères", "Unité", "Masse d'une unité (ordre de grandeur)")
    book.row(page, row + 2, heads, "head")
    row += 2
    for marks in landmarks():
        row += 1
        book.row(page, row, marks, "fixed")
    closing = [
        f"Communes : {NARROW.join(sheet.sources)}" if sheet.sources else "",
        sheet.funders,
        f"Contact : {sheet.contact}" if sheet.contact else "",
    ]
    for text in filter(None, closing):
        row += 1
        book.row(page, row, (text,), "help")


def _open_questions(book: FillBook, page: Any) -> None:
    page.hide_gridlines(2)
    for column, width in enumerate((17, 52, 42, 50)):
        page.set_column(column, column, width)
    book.row(page, 0, ("Code", "Question", "Réponse", "Aide"), "head")
    page.freeze_panes(1, 0)
    page.repeat_rows(0)


def _write_block(book: FillBook, page: Any, row: int, columns: list[Column]) -> int:
    """Write questions from a row on; return the next row."""
    for rank, column in enumerate(columns, start=row):
        _write_question(book, page, rank, column)
    return row + len(columns)


def _write_question(book: FillBook, page: Any, row: int, column: Column) -> None:
    page.write_string(row, 0, column.name, book.formats["code"])
    page.write_string(row, 1, column.marked, book.formats["text"])
    page.write_string(row, 3, column.hint, book.formats["help"])
    book.ask(page, (row, 2), column)


def _write_resources(book: FillBook, sign_up: SignUp) -> None:
    page = book.pages[RESOURCES]
    page.hide_gridlines(2)
    page.freeze_panes(2, 2)
    page.repeat_rows(0, 1)
    page.set_row(1, 60)
    for rank, column in enumerate(_columns(sign_up, "ressource", "devenir")):
        page.set_column(rank, rank, _WIDTHS[column.kind])
        page.write_string(0, rank, column.name, book.formats["code"])
        page.write_string(1, rank, column.marked, book.formats["head"])
        book.ask(page, (2, rank), column, rows=RESOURCE_ROWS)

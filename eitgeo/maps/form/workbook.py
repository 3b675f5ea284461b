"""The sign-up form as a workbook: drop-down lists, locked questions, no formula."""

from __future__ import annotations

from typing import Any, Final

from eitgeo.maps.form.sheets import GUIDE, LISTS, Column, FillBook
from eitgeo.maps.form.sign_up import WORDS, SignUp, landmarks
from eitgeo.reference.survey import FORM_FORMAT, survey_choices
from eitgeo.words import NARROW, typographic

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

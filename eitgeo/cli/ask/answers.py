"""A filled sheet read back: every row checked, each fault told with its cell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from xlsxwriter.utility import xl_rowcol_to_cell

from eitgeo.cli.ask.questions import LAST_ROW, Letter, Question
from eitgeo.cli.ask.sheets import EXAMPLE, FIRST_ROW, HEAD_ROW
from eitgeo.maps.form.sheets import GUIDE, Column
from eitgeo.sources.survey.checks import AnswerError, checked_kind
from eitgeo.sources.survey.files import named_rows, require_small
from eitgeo.sources.survey.raw import RefusedFileError, plain_text
from eitgeo.words import typographic

_FROM_THE_SHEET = "repartir du tableau joint à la lettre (.xlsx)"
_KEYS = {
    "membres": ("body_id", "code_insee"),
    "exutoires": ("outlet_id",),
    "routes": ("id",),
}
"""What names a row: given twice, nobody knows which one holds."""


class Answer(NamedTuple):
    """What one file holds.

    ``holder``: who answered. ``rows``: sheet → rows that say something new, key of each
    column → value. One that is as the study had written it is no answer. ``faults``:
    what was refused, a line each, with the address of the cell.
    """

    holder: str
    rows: dict[str, list[dict[str, str]]]
    faults: list[str]


def read_answer(path: Path, letters: Sequence[Letter]) -> Answer:
    """Read a filled sheet.

    Refused when nothing can be taken of it: no workbook of a demand, too large,
    damaged.
    """
    require_small(path)
    titles = {one.title for letter in letters for one in letter.questions}
    last = FIRST_ROW + LAST_ROW
    try:
        pages = named_rows(path, [GUIDE, *sorted(titles)], last=last)
    except RefusedFileError as error:
        raise RefusedFileError(error.met, _FROM_THE_SHEET) from error
    letter = _letter(pages.get(GUIDE, []), letters)
    answer = Answer(letter.holder, {}, [])
    for question in letter.questions:
        if question.title in pages:
            _read_sheet(path.name, question, pages[question.title], answer)
    return answer


def _letter(
    guide: Sequence[tuple[int, list[str]]], letters: Sequence[Letter]
) -> Letter:
    """Say whose sheet it is, whatever its file is called now."""
    said = guide[0][1][0] if guide and guide[0][1] else ""
    for letter in letters:
        if letter.questions and _same(said, letter.label):
            return letter
    why = f"feuille « {GUIDE} » absente, ou qui ne dit pas qui répond"
    raise RefusedFileError(why, _FROM_THE_SHEET)


def _same(left: str, right: str) -> bool:
    first, second = (plain_text(typographic(one)).casefold() for one in (left, right))
    return first == second


def _read_sheet(
    file: str,
    question: Question,
    page: Sequence[tuple[int, list[str]]],
    answer: Answer,
) -> None:
    """Check the rows of a sheet; keep those without a fault."""
    cells = dict(page)
    heads = cells.get(HEAD_ROW + 1, [])
    places = {one.name: _place(one, heads) for one in question.columns}
    where = f"{file}, {question.title}"
    absent = [one.label for one in question.columns if places[one.name] is None]
    if absent:
        answer.faults.append(f"{where} : colonne « {absent[0]} » absente ou renommée")
        return
    rows_of: dict[tuple[str, ...], dict[str, str]] = {}
    for number, texts in sorted(cells.items()):
        texts_of = [(one, _cell(texts, places[one.name])) for one in question.columns]
        if number <= HEAD_ROW + 1 or _is_blank(texts_of, number):
            continue
        row, faults = _checked(texts_of)
        for column, fault in faults:
            rank = places[column.name] or 0
            cell = xl_rowcol_to_cell(number - 1, rank)
            answer.faults.append(f"{where}!{cell} : {fault}")
        if faults:
            continue
        names = _KEYS.get(question.sheet)
        key = tuple(row[one] for one in names) if names else (str(number),)
        if key in rows_of:
            cell = xl_rowcol_to_cell(number - 1, 0)
            answer.faults.append(f"{where}!{cell} : déjà donné plus haut")
            continue
        rows_of[key] = row
    before = [{k: plain_text(v) for k, v in one.items()} for one in question.known]
    answer.rows[question.sheet] = [one for one in rows_of.values() if one not in before]


def _cell(texts: Sequence[str], rank: int | None) -> str:
    return "" if rank is None or rank >= len(texts) else texts[rank]


def _place(column: Column, heads: Sequence[str]) -> int | None:
    for rank, head in enumerate(heads):
        if _same(head.removesuffix("*").strip(), column.label):
            return rank
    return None


def _is_blank(given: Sequence[tuple[Column, str]], number: int) -> bool:
    first = given[0][1]
    is_example = number == FIRST_ROW and first.casefold().startswith(EXAMPLE)
    return is_example or not any(text for _, text in given)


def _checked(
    given: Sequence[tuple[Column, str]],
) -> tuple[dict[str, str], list[tuple[Column, str]]]:
    """Return a row as it is kept, and what is wrong with it."""
    row: dict[str, str] = {}
    faults: list[tuple[Column, str]] = []
    for column, text in given:
        row[column.name] = ""
        try:
            row[column.name] = _value(column, text)
        except AnswerError as error:
            told = f"« {column.label} » : {error.met}, {error.remedy}"
            faults.append((column, told))
    to_date = row.get("to_date", "")
    if to_date and row.get("from_date", "") >= to_date:
        column = next(one for one, _ in given if one.name == "to_date")
        faults.append((column, "la sortie précède l’entrée"))
    return row, faults


def _value(column: Column, text: str) -> str:
    """Return an answer as it is kept: text, whatever its kind."""
    if not text:
        if column.required:
            raise AnswerError("réponse nécessaire", "la donner")
        return ""
    if column.kind == "choice":
        for key, label in column.choices.items():
            if text == key or _same(text, label):
                return key
        raise AnswerError("réponse hors de la liste", "choisir dans la liste")
    if len(text) > column.room:
        raise AnswerError("texte trop long", f"{column.room} signes au plus")
    # Excel takes the zero of 01001 away.
    plain = text.zfill(5).upper() if column.kind == "commune" else text
    if column.kind not in {"number", "year"}:
        return str(checked_kind(column.kind, plain))
    try:
        value = float(checked_kind(column.kind, plain))
    except AnswerError:
        value = math.nan
    if not column.least <= value <= column.most:
        asked = "nombre requis" if column.kind == "number" else "année requise"
        raise AnswerError(asked, f"de {column.least:g} à {column.most:.0f}")
    return f"{value:.0f}" if value.is_integer() else repr(value)

"""A filled sheet read back: every row checked, each fault told with its cell."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from xlsxwriter.utility import xl_rowcol_to_cell

from eitgeo.cli.ask.questions import LAST_ROW, Column, Letter, Question
from eitgeo.cli.ask.sheets import EXAMPLE, FIRST_ROW, GUIDE, HEAD_ROW
from eitgeo.sources.survey.raw import MAX_FILE_BYTES, RefusedFileError, plain_text
from eitgeo.sources.survey.workbooks import named_rows
from eitgeo.words import french_number, typographic

if TYPE_CHECKING:
    type _Given = Sequence[tuple[Column, str]]

_MOST_SIGNS = 300
_FROM_THE_SHEET = "repartir du tableau joint à la lettre (.xlsx)"
_COMMUNE = re.compile(r"(\d{2}|2[AB])\d{3}", re.ASCII)
_IDENTIFIER = re.compile(r"[a-z0-9_]{1,80}")
_HEADINGS = re.compile(r"\d{4}(-\d{1,2}[a-z]?)?(;\d{4}(-\d{1,2}[a-z]?)?)*", re.ASCII)
_ROAD = re.compile(r"[A-Z]{1,2} ?\d{1,4}[A-Z]?", re.ASCII)
_NUMBER = re.compile(r"[-+]?\d{1,15}([.,]\d{1,9})?", re.ASCII)
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
    _require_small(path)
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


def _require_small(path: Path) -> None:
    if not path.is_file():
        why = "fichier absent, ou qui n'en est pas un"
        raise RefusedFileError(why, "vérifier le chemin")
    if path.stat().st_size > MAX_FILE_BYTES:
        most = french_number(MAX_FILE_BYTES / 1e6)
        raise RefusedFileError(f"fichier de plus de {most} Mo", _FROM_THE_SHEET)


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


def _is_blank(given: _Given, number: int) -> bool:
    first = given[0][1]
    is_example = number == FIRST_ROW and first.casefold().startswith(EXAMPLE)
    return is_example or not any(text for _, text in given)


def _checked(
    given: _Given,
) -> tuple[dict[str, str], list[tuple[Column, str]]]:
    """Return a row as it is kept, and what is wrong with it."""
    row: dict[str, str] = {}
    faults: list[tuple[Column, str]] = []
    for column, text in given:
        if not text:
            row[column.name] = ""
            if column.required:
                faults.append((column, f"« {column.label} » : réponse nécessaire"))
            continue
        value = _CHECKS[column.kind](text, column)
        if value is None:
            asked = _ASKED[column.kind].format(**_bounds(column))
            faults.append((column, f"« {column.label} » : {asked}"))
        row[column.name] = value or ""
    to_date = row.get("to_date", "")
    if to_date and row.get("from_date", "") >= to_date:
        column = next(one for one, _ in given if one.name == "to_date")
        faults.append((column, "la sortie précède l’entrée"))
    return row, faults


def _bounds(column: Column) -> dict[str, str]:
    return {"least": f"{column.least:g}", "most": f"{column.most:.0f}"}


def _text(text: str, column: Column) -> str | None:
    del column
    return text if len(text) <= _MOST_SIGNS else None


def _number(text: str, column: Column) -> str | None:
    plain = "".join(text.split())
    if not _NUMBER.fullmatch(plain):
        return None
    value = float(plain.replace(",", "."))
    if not column.least <= value <= column.most:
        return None
    return f"{value:.0f}" if value.is_integer() else repr(value)


def _date(text: str, column: Column) -> str | None:
    del column
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            moment = dt.datetime.strptime(text, form)  # noqa: DTZ007 - a day, no hour
        except ValueError:
            continue
        return moment.date().isoformat()
    return None


def _choice(text: str, column: Column) -> str | None:
    for key, label in column.choices.items():
        if text == key or _same(text, label):
            return key
    return None


def _matching(form: re.Pattern[str]) -> Callable[[str, Column], str | None]:
    def check(text: str, column: Column) -> str | None:
        del column
        return text if form.fullmatch(text) else None

    return check


def _commune(text: str, column: Column) -> str | None:
    del column
    code = text.zfill(5).upper()  # Excel takes the zero of 01001 away
    return code if _COMMUNE.fullmatch(code) else None


_CHECKS: dict[str, Callable[[str, Column], str | None]] = {
    "text": _text,
    "number": _number,
    "year": _number,
    "date": _date,
    "choice": _choice,
    "commune": _commune,
    "identifier": _matching(_IDENTIFIER),
    "headings": _matching(_HEADINGS),
    "road": _matching(_ROAD),
}
_ASKED = {
    "text": f"texte de {_MOST_SIGNS} signes au plus requis",
    "number": "nombre requis, de {least} à {most}",
    "year": "année requise, de {least} à {most}",
    "date": "date requise (AAAA-MM-JJ)",
    "choice": "choisir dans la liste",
    "commune": "code INSEE requis (cinq signes)",
    "identifier": "lettres sans accent, chiffres et « _ » seulement",
    "headings": "rubriques séparées par « ; » requises (2714;2760-2)",
    "road": "numéro de route requis (D 618)",
}

"""Workbooks of the form: read cell by cell, never trusted with memory or formulas."""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import openpyxl

from eitgeo.sources.survey.raw import (
    MAX_RESOURCES,
    MAX_ROWS,
    RawForm,
    RawPart,
    RefusedFileError,
    ReportLine,
    file_line,
    firm_fields,
    plain_text,
    resource_fields,
)
from eitgeo.sources.survey.text_files import flat_forms

FIRM, RESOURCES, CONSENTS = "Établissement", "Ressources", "Consentements"
MAX_UNZIPPED_BYTES = 20_000_000
MAX_COLUMNS = 60
MAX_QUESTIONS = 200
_FIRST_RESOURCE = 3
_ANSWER = 2
_FORMULA = "="
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_MACROS = re.compile(r"vbaproject|xl/macrosheets/|/activex/", re.IGNORECASE)
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*?\bref=[\"']([A-Z0-9:$]{1,30})")
_FROM_THE_FORM = "repartir du classeur d'inscription"

type _Row = tuple[int, list[str]]


class _Sheet(NamedTuple):
    """A sheet: its name, whether it is shown, which of its cells are merged."""

    name: str
    hidden: bool
    merged: str


def xlsx_forms(path: Path) -> list[RawForm]:
    """Read a workbook of the form, or a flat table saved as a workbook."""
    content = path.read_bytes()
    sheets = _sheets(content)
    with _opened(content) as book:
        return _forms(book, sheets, path.name)


def named_rows(
    path: Path, names: Collection[str], *, last: int
) -> dict[str, list[tuple[int, list[str]]]]:
    """Read the sheets of those names, as text; the same refusals as for a form.

    By name: number of the row, from 1, and its cells; absent where no sheet has it.
    """
    content = path.read_bytes()
    sheets = _sheets(content)
    sheet_names = [name for name in names if name.casefold() in sheets]
    with _opened(content) as book:
        for name in sheet_names:
            _require_open(sheets[name.casefold()])
        return {
            name: _rows(book, sheets[name.casefold()].name, last)
            for name in sheet_names
        }


@contextmanager
def _opened(content: bytes) -> Iterator[Any]:
    with _damage_refused(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # styles and validations that it drops
        yield openpyxl.load_workbook(io.BytesIO(content), read_only=True)


@contextmanager
def _damage_refused() -> Iterator[None]:
    """Refuse a damaged workbook: it is met with many an exception, all mean this."""
    try:
        yield
    except RefusedFileError:
        raise
    except Exception as error:
        met = f"classeur illisible ({type(error).__name__})"
        raise RefusedFileError(met, _FROM_THE_FORM) from error


def _sheets(content: bytes) -> dict[str, _Sheet]:
    """Look at the parts of the archive before any library opens them."""
    with _damage_refused():
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _require_size(archive)
            _require_no_macros(archive.namelist())
            parts = {
                info.filename.lstrip("/"): archive.read(info)
                for info in archive.infolist()
                if info.filename.endswith((".xml", ".rels"))
            }
        for part in parts.values():
            _require_plain_xml(part)
        return _described(parts)


def _require_size(archive: zipfile.ZipFile) -> None:
    size_bytes = sum(info.file_size for info in archive.infolist())
    if size_bytes > MAX_UNZIPPED_BYTES:
        met = f"classeur de {size_bytes / 1e6:.0f} Mo une fois décompressé"
        remedy = f"limite de {MAX_UNZIPPED_BYTES / 1e6:.0f} Mo : {_FROM_THE_FORM}"
        raise RefusedFileError(met, remedy)


def _require_no_macros(names: list[str]) -> None:
    if any(_MACROS.search(name) for name in names):
        remedy = "ne pas l'ouvrir ; demander un .xlsx sans macros, ou le fichier JSON"
        raise RefusedFileError("classeur qui contient des macros", remedy)


def _require_plain_xml(part: bytes) -> None:
    odd = part.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in part[:200]
    if odd or b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise RefusedFileError("classeur au contenu XML inhabituel", _FROM_THE_FORM)


def _described(parts: dict[str, bytes]) -> dict[str, _Sheet]:
    # Neither document type nor entity is left in these parts: see above.
    links = ET.fromstring(parts["xl/_rels/workbook.xml.rels"])  # noqa: S314
    target = {
        link.get("Id", ""): link.get("Target", "").lstrip("/").removeprefix("xl/")
        for link in links
    }
    book = ET.fromstring(parts["xl/workbook.xml"])  # noqa: S314
    described = {}
    for element in book.iter(f"{_MAIN}sheet"):
        content = parts.get(f"xl/{target.get(element.get(_REL, ''), '')}", b"")
        merged = _MERGED.search(content)
        name = plain_text(element.get("name", ""))
        described[name.casefold()] = _Sheet(
            name,
            element.get("state", "visible") != "visible",
            "" if merged is None else merged[1].decode(),
        )
    return described


def _forms(book: Any, sheets: dict[str, _Sheet], file: str) -> list[RawForm]:
    needed = [name for name in (FIRM, CONSENTS) if name.casefold() in sheets]
    if len(needed) == 1:
        met = f"feuille « {FIRM} » ou « {CONSENTS} » absente"
        raise RefusedFileError(met, _FROM_THE_FORM)
    if not needed:
        first = next(one for one in sheets.values() if not one.hidden)
        _require_open(first)
        rows = _rows(book, first.name, MAX_ROWS + 2)
        named = [(f"ligne {number}", cells) for number, cells in rows if any(cells)]
        return flat_forms(named, file, _hidden(sheets, {first.name}, file))
    used = [name for name in (FIRM, RESOURCES, CONSENTS) if name.casefold() in sheets]
    for name in used:
        _require_open(sheets[name.casefold()])
    firm = _firm(book, sheets)
    resources = _resources(book, sheets)
    return [RawForm(file, firm, resources, tuple(_hidden(sheets, set(used), file)))]


def _require_open(sheet: _Sheet) -> None:
    if sheet.hidden:
        met = f"feuille « {sheet.name} » masquée"
        raise RefusedFileError(met, "l'afficher, la relire, puis enregistrer")
    if sheet.merged:
        met = f"feuille « {sheet.name} » : cellules fusionnées ({sheet.merged})"
        remedy = "annuler la fusion et remplir chaque cellule"
        raise RefusedFileError(met, remedy)


def _hidden(sheets: dict[str, _Sheet], used: set[str], file: str) -> list[ReportLine]:
    met = "feuille masquée, non lue"
    remedy = "l'afficher ou la supprimer"
    hidden = [one for one in sheets.values() if one.hidden and one.name not in used]
    return [file_line(file, met, remedy, level="averti") for _ in hidden]


def _rows(book: Any, name: str, last: int) -> list[_Row]:
    page = next(one for one in book.worksheets if plain_text(one.title) == name)
    page.reset_dimensions()
    rows = page.iter_rows(max_row=last, max_col=MAX_COLUMNS)
    return [
        (number, [_text(cell.value) for cell in cells])
        for number, cells in enumerate(rows, start=1)
    ]


def _text(value: Any) -> str:
    """Write a cell as text; a formula is its own text, never its result."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:  # noqa: PLR2004
        return str(int(value))
    if isinstance(value, str | int | float | dt.date):
        return plain_text(str(value))
    return _FORMULA


def _firm(book: Any, sheets: dict[str, _Sheet]) -> RawPart:
    values: dict[str, str] = {}
    rows: dict[str, str] = {}
    known = set(firm_fields())
    for sheet in (FIRM, CONSENTS):
        name = sheets[sheet.casefold()].name
        for number, cells in _rows(book, name, MAX_QUESTIONS):
            code, _, choice = cells[0].partition(":") if cells else ("", "", "")
            answer = cells[_ANSWER] if len(cells) > _ANSWER else ""
            if code not in known:
                continue
            rows.setdefault(code, f"« {sheet} », ligne {number}")
            if not answer:
                continue
            rows[code] = f"« {sheet} », ligne {number}"
            if choice:
                # One line a choice: « oui » beside each that is chosen.
                picked = choice if answer.casefold() == "oui" else answer
                values[code] = "|".join(filter(None, [values.get(code, ""), picked]))
            else:
                values[code] = answer
    return RawPart(f"« {FIRM} »", values, rows)


def _resources(book: Any, sheets: dict[str, _Sheet]) -> tuple[RawPart, ...]:
    sheet = sheets.get(RESOURCES.casefold())
    if sheet is None:
        return ()
    lines = _rows(book, sheet.name, MAX_ROWS)
    names = lines[0][1] if lines else []
    asked = set(resource_fields())
    if not asked.intersection(names):
        met = f"feuille « {RESOURCES} » sans ses codes en première ligne"
        raise RefusedFileError(met, _FROM_THE_FORM)
    resources = []
    for number, cells in lines[_FIRST_RESOURCE - 1 :]:
        pairs = zip(names, cells, strict=False)
        values = {name: text for name, text in pairs if name in asked and text}
        if values:
            resources.append(RawPart(f"« {RESOURCES} », ligne {number}", values))
    if len(resources) > MAX_RESOURCES:
        met = f"{len(resources)} ressources"
        raise RefusedFileError(met, f"{MAX_RESOURCES} ressources au plus par fiche")
    return tuple(resources)

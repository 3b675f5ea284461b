"""Sheets of XLSX workbooks as text, with the line each row came from."""

from __future__ import annotations

import datetime as dt
import itertools
import logging
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from eitgeo.check import hint, require_columns
from eitgeo.errors import SchemaError, SourceError
from eitgeo.sources.files.archives import MAX_BYTES
from eitgeo.sources.files.csv import require_file

_log = logging.getLogger(__name__)

MAX_RATIO, FREE_BYTES = 100, 100_000_000
"""Of a workbook unfolded, from that many bytes on: true ones gain ten or twenty."""

HEADER_LINES = 30
"""Lines in which the header is looked for: banners stand above it."""


def read_sheet(
    path: Path,
    *,
    columns: Sequence[str],
    optional: Sequence[str] = (),
    extra: re.Pattern[str] | None = None,
    sheet: str | None = None,
    max_bytes: int = MAX_BYTES,
    where: str | None = None,
) -> pd.DataFrame:
    """Read a sheet of a workbook as text, line by line.

    Parameters
    ----------
    path
        The ``.xlsx`` file; formulas give the value they were saved with.
    columns
        Columns that must be there, whatever their case; the header is the first line
        that holds one of them, after any banner.
    optional
        Columns read where they exist, else filled with ``""``.
    extra
        Other columns read: those whose name holds this, after the others.
    sheet
        Name of the sheet, case ignored; None: the first one.
    max_bytes
        Limit of the workbook once decompressed [bytes].
    where
        The file, as the user names it; None: its own name.

    Returns
    -------
    pandas.DataFrame
        ``columns`` then ``optional``, text without surrounding blanks, dates as
        ``AAAA-MM-JJ``; the index is the line of the sheet, named ``line``.

    References
    ----------
    ECMA-376, *Office Open XML File Formats*, part 1, SpreadsheetML.
    """
    require_file(path)
    name = where or path.name
    _require_size(path, max_bytes, name)
    try:
        with warnings.catch_warnings(record=True) as met:
            warnings.simplefilter("always")
            lines = _sheet_lines(path, sheet, name)
            rows, header = _rows(lines, [*columns, *optional], extra)
    except SchemaError:
        raise
    except Exception as error:
        # A damaged workbook is met with many an exception: all mean this.
        raise _unreadable(name, error) from error
    for warning in met:
        _log.info("%s : %s", name, warning.message)
    require_columns(pd.DataFrame(columns=header), columns, where=name)
    if len(rows) == 0:
        message = f"{name} : feuille sans ligne → télécharger à nouveau"
        raise SourceError(message)
    wanted = [*columns, *optional]
    others = [
        column
        for column in rows.columns
        if extra is not None and extra.search(column) and column not in wanted
    ]
    return rows.reindex(columns=[*wanted, *others], fill_value="").astype("str")


def _require_size(path: Path, max_bytes: int, where: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise _unreadable(where, error) from error
    size_bytes = sum(info.file_size for info in members)
    folded_bytes = sum(info.compress_size for info in members)
    most_bytes = min(max_bytes, max(MAX_RATIO * folded_bytes, FREE_BYTES))
    if size_bytes > most_bytes:
        message = (
            f"{where} : classeur de {size_bytes / 1e6:.0f} Mo une fois décompressé, "
            f"limite de {most_bytes / 1e6:.0f} Mo → vérifier son origine"
        )
        raise SourceError(message)


def _unreadable(where: str, error: Exception) -> SourceError:
    return SourceError(
        f"{where} : classeur illisible ({type(error).__name__}) "
        "→ le télécharger à nouveau, ou l'enregistrer en « Classeur Excel (.xlsx) »"
    )


def _sheet_lines(path: Path, sheet: str | None, where: str) -> Iterator[list[str]]:
    # An open file would stay held on Windows if the workbook failed to load.
    with path.open("rb") as handle:
        book = openpyxl.load_workbook(handle, read_only=True, data_only=True)
        for cells in _sheet(book, sheet, where).iter_rows(values_only=True):
            yield [_text(cell) for cell in cells]


def _rows(
    lines: Iterator[list[str]], wanted: Sequence[str], extra: re.Pattern[str] | None
) -> tuple[pd.DataFrame, pd.Index[str]]:
    """Read the columns that are wanted, and every name of the header."""
    numbered = enumerate(lines, 1)
    head = list(itertools.islice(numbered, HEADER_LINES))
    folded = {name.casefold(): name for name in wanted}
    for rank, (_, cells) in enumerate(head):
        names = [folded.get(cell.casefold(), cell) for cell in cells]
        if set(names) & set(wanted):
            body = itertools.chain(head[rank + 1 :], numbered)
            picked = [name for name in names if extra and extra.search(name)]
            header = [name for name in dict.fromkeys(names) if name]
            frame = _frame(body, names, [*wanted, *picked])
            return frame, pd.Index(header, dtype="str")
    header = head[0][1] if head else []
    return pd.DataFrame(), pd.Index(header, dtype="str")


def _sheet(book: Any, sheet: str | None, where: str) -> Any:
    if sheet is None:
        return book.worksheets[0]
    sheets = {name.casefold(): name for name in book.sheetnames}
    if sheet.casefold() not in sheets:
        message = (
            f"{where} : feuille « {sheet} » absente → {hint(sheet, book.sheetnames)}"
        )
        raise SchemaError(message)
    return book[sheets[sheet.casefold()]]


def _frame(
    body: Iterable[tuple[int, list[str]]],
    names: Sequence[str],
    wanted: Sequence[str],
) -> pd.DataFrame:
    place_of = {name: names.index(name) for name in wanted if name in names}
    picked = list(_picked(body, list(place_of.values())))
    return pd.DataFrame(
        [cells for _, cells in picked],
        columns=list(place_of),
        index=pd.Index([line for line, _ in picked], name="line"),
        dtype="str",
    )


def _picked(
    body: Iterable[tuple[int, list[str]]], places: Sequence[int]
) -> Iterator[tuple[int, list[str]]]:
    for line, cells in body:
        row = [cells[place] if place < len(cells) else "" for place in places]
        if any(row):
            yield line, row


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()

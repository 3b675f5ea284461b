"""Words, sheets and layers of published files."""

from __future__ import annotations

import html
import re
import shutil
import sqlite3
import subprocess
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pandas as pd
from openpyxl.utils import get_column_letter

from eitgeo.errors import SourceError

type Row = tuple[Any, ...]

_BOOKS = 8
"""Workbooks whose pages are kept: those of a study."""
_HEAD_ROWS = 4
_SIGNS = (("’", "'"), ("\u00ad", ""), ("−", "-"))


def normalize_text(text: object) -> str:
    """Write a text as a keyboard does: plain spaces, apostrophes and signs."""
    if text is None:
        return ""
    plain = str(text)
    for sign, key in _SIGNS:  # far faster than to translate letter by letter
        plain = plain.replace(sign, key)
    return " ".join(plain.split())


def workbook_pages(path: Path) -> Iterator[tuple[str, list[Row]]]:
    """Read the pages of a workbook: once, though it is asked figures, then words."""
    try:
        status = path.stat()
        pages = _book_pages(path, status.st_mtime_ns, status.st_size)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        message = f"{path.name} : classeur illisible → refaire « eitgeo run »"
        raise SourceError(message) from error
    yield from pages


@lru_cache(maxsize=_BOOKS)
def _book_pages(path: Path, *state: int) -> tuple[tuple[str, list[Row]], ...]:
    """Read a workbook in a state: time of its last change, size."""
    del state
    with closing(openpyxl.load_workbook(path, read_only=True, data_only=True)) as book:
        return tuple(
            (normalize_text(page.title), list(page.iter_rows(values_only=True)))
            for page in book.worksheets
        )


def table_with(rows: Sequence[Row], heads: Sequence[str]) -> pd.DataFrame | None:
    """Find a table by its heads among the first rows of a page."""
    for rank, row in enumerate(rows[:_HEAD_ROWS]):
        names = [normalize_text(cell) for cell in row]
        if not set(heads) <= set(names):
            continue
        bodies = []
        for body in rows[rank + 1 :]:
            if all(cell is None for cell in body):
                break
            bodies.append(body)
        width = len(names)
        padded = [(*body[:width], *[None] * (width - len(body))) for body in bodies]
        return pd.DataFrame(padded, columns=names)
    return None


def open_layers(path: Path) -> closing[sqlite3.Connection]:
    """Open a GeoPackage to read it; a path may be relative."""
    return closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True))


def layer_rows(path: Path) -> Iterator[tuple[str, pd.DataFrame]]:
    """Read the layers of a GeoPackage without their shapes."""
    try:
        with open_layers(path) as base:
            names = [
                str(row[0])
                for row in base.execute("SELECT table_name FROM gpkg_contents")
            ]
            for name in sorted(names):
                quoted = name.replace('"', '""')
                rows = pd.read_sql_query(f'SELECT * FROM "{quoted}"', base)  # noqa: S608
                yield name, rows.drop(columns=["geom", "geometry"], errors="ignore")
    except (sqlite3.Error, pd.errors.DatabaseError) as error:
        message = f"{path.name} : GeoPackage illisible → refaire « eitgeo run »"
        raise SourceError(message) from error


PDF_TOOL = "pdftotext"
_PARTS = (".xml", ".qgs", ".rels")
_PARAGRAPH = re.compile(r"</(?:w:p|a:p|(?:cp|dc|dcterms):\w+)>|</[a-z]+>\s*<[A-Z]")
_COUNTS = "docProps/app.xml"
"""What an office program counts of a file: no reader opens it."""
_BLOCKS = re.compile(
    r"</?(?:p|li|td|th|tr|h[1-6]|div|section|option|button|dt|dd|text|summary|label)\b"
    r"[^>]*>"
)


class Piece(NamedTuple):
    """Words of a file, spaces as they are.

    ``place``: page, sheet and cell, paragraph or element, French. ``text``: what is
    read there.
    """

    place: str
    text: str


def can_read(path: Path) -> bool:
    """Say whether this machine can read a file."""
    return path.suffix.lower() != ".pdf" or shutil.which(PDF_TOOL) is not None


def pieces_of(path: Path) -> Iterator[Piece]:
    """Read the words of a file as they are, each with where it stands."""
    read = _READERS.get(path.suffix.lower())
    return iter(()) if read is None else read(path)


def _pages(path: Path) -> Iterator[Piece]:
    for rank, page in enumerate(_pdf_text(path).split("\f")[:-1], start=1):
        yield Piece(f"page {rank}", page)


def sheet_pieces(sheets: Iterable[tuple[str, Sequence[Row]]]) -> Iterator[Piece]:
    """List the texts of the sheets of a workbook."""
    for title, rows in sheets:
        for place, cell in cells_of(rows):
            if isinstance(cell, str):
                yield Piece(f"{title} {place}", cell)


def cells_of(rows: Sequence[Row]) -> Iterator[tuple[str, Any]]:
    """Name the cells of a sheet as a workbook does, those that hold something."""
    for rank, row in enumerate(rows, start=1):
        for column, cell in enumerate(row, start=1):
            if cell is not None:
                yield f"{get_column_letter(column)}{rank}", cell


def _elements(path: Path) -> Iterator[Piece]:
    page = path.read_text(encoding="utf-8")
    page = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    for rank, part in enumerate(_BLOCKS.split(page), start=1):
        text = html.unescape(re.sub(r"<[^>]*>", " ", part))
        if text.strip():
            yield Piece(f"élément {rank}", text)


def _pdf_text(path: Path) -> str:
    tool = shutil.which(PDF_TOOL)
    if tool is None:
        message = f"{path.name} : {PDF_TOOL} absent → installer poppler-utils"
        raise SourceError(message)
    command = [tool, "-raw", str(path), "-"]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        message = f"{path.name} : PDF illisible → refaire « eitgeo run »"
        raise SourceError(message)
    return done.stdout.decode("utf-8", errors="replace")


def _members(path: Path) -> Iterator[Piece]:
    try:
        with zipfile.ZipFile(path) as archive:
            for name in sorted(archive.namelist()):
                if name.endswith(_PARTS) and name != _COUNTS:
                    text = archive.read(name).decode("utf-8", errors="replace")
                    parts = _PARAGRAPH.split(text)
                    for rank, paragraph in enumerate(parts, start=1):
                        # Runs cut words: tags go without leaving a space.
                        words = html.unescape(re.sub(r"<[^>]*>", "", paragraph))
                        yield Piece(f"{name} § {rank}", words)
    except (OSError, zipfile.BadZipFile) as error:
        message = f"{path.name} : archive illisible → refaire « eitgeo run »"
        raise SourceError(message) from error


_READERS = {
    ".pdf": _pages,
    ".docx": _members,
    ".pptx": _members,
    ".qgz": _members,
    ".xlsx": lambda path: sheet_pieces(workbook_pages(path)),
    ".html": _elements,
    ".svg": _elements,
}


def number(text: str) -> float:
    """Read a French number.

    Examples
    --------
    >>> number("1 234,5"), number("-20")
    (1234.5, -20.0)
    """
    return float(text.replace(" ", "").replace(",", "."))

"""Tables of published workbooks and of the GeoPackage, found by the words of heads."""

from __future__ import annotations

import sqlite3
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from eitgeo.errors import SourceError

type Row = tuple[Any, ...]

_BOOKS = 8
"""Workbooks whose pages are kept: those of a study."""
_HEAD_ROWS = 4
_SIGNS = (("’", "'"), ("\u00ad", ""), ("−", "-"))


def bare(text: object) -> str:
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
        pages = _pages(path, status.st_mtime_ns, status.st_size)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        message = f"{path.name} : classeur illisible → refaire « eitgeo run »"
        raise SourceError(message) from error
    yield from pages


@lru_cache(maxsize=_BOOKS)
def _pages(path: Path, *state: int) -> tuple[tuple[str, list[Row]], ...]:
    """Read a workbook in a state: time of its last change, size."""
    del state
    with closing(openpyxl.load_workbook(path, read_only=True, data_only=True)) as book:
        return tuple(
            (bare(page.title), list(page.iter_rows(values_only=True)))
            for page in book.worksheets
        )


def table_with(rows: Sequence[Row], heads: Sequence[str]) -> pd.DataFrame | None:
    """Find a table by its heads among the first rows of a page."""
    for rank, row in enumerate(rows[:_HEAD_ROWS]):
        names = [bare(cell) for cell in row]
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


def layer_rows(path: Path) -> Iterator[tuple[str, pd.DataFrame]]:
    """Read the layers of a GeoPackage without their shapes."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as base:
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

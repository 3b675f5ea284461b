"""One source as the tests know it: a valid file, its reader, what its columns are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from eitgeo.sources.files.loaded import Loaded, dropped_rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import geopandas as gpd

    Read = Callable[[Path, gpd.GeoDataFrame], Any]

LATIN = "iso-8859-1"
SIRETS = ("39931827800021", "39931827800039")


@dataclass(frozen=True)
class Source:
    """A source: a valid file, its reader, and the part that each column plays.

    A part left at ``""`` is one that no column plays.  ``data`` is None where the file
    is not text: then ``make`` writes it, given a folder and what to change.
    """

    title: str
    readers: tuple[str, ...]
    file: str
    read: Read
    data: bytes | None = None
    make: Callable[..., Path] | None = None
    table: str | None = None
    form: str = "csv"
    separator: str = ","
    encoding: str = "utf-8"
    text: str = ""
    needed: str = ""
    number: str = ""
    date: str = ""
    xy: tuple[str, str] = ("", "")
    in_archive: bool = False
    entered: Callable[[Loaded, str], int] | None = field(default=None, repr=False)


def loaded(table: Any) -> Loaded:
    """Return what a reader gave, or its bare table with nothing left out."""
    if isinstance(table, Loaded):
        return table
    if isinstance(table, dict):
        table = pd.DataFrame({"key": list(table), "value": list(table.values())})
    return Loaded(table, dropped_rows([]))


def text(*lines: str) -> bytes:
    """Return the bytes of lines."""
    return ("\n".join(lines) + "\n").encode()


def plain(reader: Callable[..., Any]) -> Read:
    """Read with a reader that needs the file alone."""
    return lambda path, _: reader(path)


def placed(reader: Callable[..., Any]) -> Read:
    """Read with a reader that needs the communes."""
    return lambda path, communes: reader(path, communes=communes)


def own(result: Any, file: str) -> Any:
    """Keep the account of one file of a folder or an archive."""
    return replace(result, dropped=result.dropped[result.dropped["file"] == file])

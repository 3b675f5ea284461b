"""Keep GDAL to the file that it is given."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from eitgeo.errors import SourceError

RASTERS = {".asc": "AAIGrid", ".hgt": "SRTMHGT"}
"""Suffix → the format of GDAL that is opened, GeoTIFF for others, and no other format:
some send it to the network."""

_HEAD_BYTES = 65_536
_SQLITE = b"SQLite format 3\0"
_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<")
_ELSEWHERE = re.compile(rb"<(?:OGR|GDAL|VRT)")


def require_own_data(path: Path) -> None:
    """Refuse a layer that sends GDAL elsewhere: to other files, or to the network."""
    head = _head(path)
    if _XML.match(head) or _ELSEWHERE.search(head):
        message = (
            f"{path.name} : couche virtuelle ou XML, qui peut renvoyer ailleurs "
            "→ l'enregistrer en GeoPackage, GeoJSON ou Shapefile"
        )
        raise SourceError(message)
    views = _views(path)
    # GDAL asks these before anything else.
    if any(name.casefold().startswith("gpkg_") for name in views):
        raise _computed(path, min(views))


def require_table(path: Path, layer: str | None = None) -> None:
    """Refuse a layer that is a query: it may have no end."""
    for name in sorted(_views(path)):
        if layer is None or name.casefold() == layer.casefold():
            raise _computed(path, name)


def _computed(path: Path, name: str) -> SourceError:
    message = (
        f"{path.name} : « {name} » est une vue (une requête), non une couche "
        "→ l'enregistrer comme couche (QGIS : Exporter)"
    )
    return SourceError(message)


def _views(path: Path) -> set[str]:
    if not _head(path).startswith(_SQLITE):
        return set()
    address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as base:
            # What SQLite makes of it: a row of its schema may call a view a table.
            rows = base.execute("PRAGMA table_list").fetchall()
    except sqlite3.Error:  # GDAL is the judge of spoilt files
        return set()
    return {name for _, name, kind, *_ in rows if kind == "view"}


def _head(path: Path) -> bytes:
    with path.open("rb") as handle:
        return handle.read(_HEAD_BYTES)

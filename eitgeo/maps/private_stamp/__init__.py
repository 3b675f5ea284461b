"""The stamp of a private study: « NE PAS DIFFUSER » in every file that it writes.

A private study writes the files of a public one with firms' answers inside. Files
are stamped after a step wrote them, by kind of file and whatever the step: a new
output is stamped as the others are, or refused when its kind cannot bear words.

Each file rests on those above it:

- ``_text``: The words of the stamp, and HTML and JSON that bear them as text.
- ``_drawn``: PDF, PNG, SVG: the stamp drawn, a band along the top, letters across the
  page.
- ``_office``: XLSX and DOCX: a red tab and first cell; the words over each printed
  page.
- ``_gis``: QGIS project and GeoPackage: titles, print layouts, description of each
  layer.
"""

from __future__ import annotations

import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePath
from xml.etree.ElementTree import ParseError

from pypdf.errors import PyPdfError

from eitgeo.errors import SchemaError, SourceError, unread_reason
from eitgeo.maps.private_stamp._drawn import stamp_document, stamp_png, stamp_svg
from eitgeo.maps.private_stamp._gis import stamp_geopackage, stamp_project
from eitgeo.maps.private_stamp._office import stamp_text, stamp_workbook
from eitgeo.maps.private_stamp._text import WORDS, stamp_json, stamp_page
from eitgeo.store import write_bytes

__all__ = ["WORDS", "stamp_private", "stamped"]
_STAMPS: dict[str, Callable[[bytes], bytes]] = {
    ".docx": stamp_text,
    ".geojson": stamp_json,
    ".gpkg": stamp_geopackage,
    ".html": stamp_page,
    ".json": stamp_json,
    ".pdf": stamp_document,
    ".png": stamp_png,
    ".qgz": stamp_project,
    ".svg": stamp_svg,
    ".xlsx": stamp_workbook,
}
_SPOILT = (
    ValueError,
    KeyError,
    IndexError,
    AttributeError,
    ParseError,
    PyPdfError,
    zipfile.BadZipFile,
    sqlite3.DatabaseError,
    OSError,
)


def stamp_private(path: Path) -> None:
    """Write « NE PAS DIFFUSER – réponses d’entreprises » into a file, in place.

    Notes
    -----
    The same file gives the same bytes: no clock, no drawn identifier.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        message = f"{path.name} : lecture impossible ({unread_reason(error)})"
        raise SourceError(message) from error
    marked = stamped(path.name, content)
    if marked != content:
        write_bytes(path, marked)


def stamped(name: str, content: bytes) -> bytes:
    """Return a file with « NE PAS DIFFUSER – réponses d’entreprises » in it."""
    stamp = _STAMPS.get(PurePath(name).suffix.lower())
    if stamp is None:
        message = f"{name} : ce genre de fichier ne sait pas porter « NE PAS "
        known = ", ".join(sorted(_STAMPS))
        raise SchemaError(f"{message}DIFFUSER » → l'écrire dans l'un de : {known}")
    try:
        return stamp(content)
    except SchemaError as error:
        message = f"{name} : {error}"
        raise SchemaError(message) from error
    except _SPOILT as error:
        message = f"{name} : fichier abîmé, il ne peut pas être tamponné "
        raise SchemaError(f"{message}« NE PAS DIFFUSER » → le refaire") from error

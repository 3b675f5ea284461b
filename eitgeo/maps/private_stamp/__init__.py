"""The stamp of a private study: « NE PAS DIFFUSER » in every file that it writes.

A private study writes the files of a public one with firms' answers inside. Files
are stamped after a step wrote them, by kind of file and whatever the step: a new
output is stamped as the others are, or refused when its kind cannot bear words.

Each file rests on those above it:

- ``_archives``: Archives written again: the same members, in the same order, some of
  them changed.
- ``_words``: The words of the stamp, the same in every kind of file.
- ``_docx``: DOCX: the words at the top of every page, whatever header the page has.
- ``_geopackage``: GeoPackage: the words in the title and description of each layer, and
  in a note.
- ``_html``: HTML: a band that stays at the top of the window and of each printed page.
- ``_ink``: The stamp as a drawing: a band along the top, large letters across the page.
- ``_json``: JSON: a key of its own; in an RO-Crate, the name and description of the
  whole.
- ``_project``: QGIS project: its title, the top of its canvas, and each print layout.
- ``_xlsx``: XLSX: a red tab, a first cell in red, and the words over each printed page.
- ``_pdf``: PDF: the stamp over each page, as real text and out of the reading order.
- ``_pictures``: PNG and SVG: the band along the top, the large letters across.
"""

from __future__ import annotations

import sqlite3
import zipfile
from pathlib import PurePath
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from pypdf.errors import PyPdfError

from eitgeo.errors import SchemaError, SourceError, unread_reason
from eitgeo.maps.private_stamp._docx import stamp_text
from eitgeo.maps.private_stamp._geopackage import stamp_geopackage
from eitgeo.maps.private_stamp._html import stamp_page
from eitgeo.maps.private_stamp._json import stamp_json
from eitgeo.maps.private_stamp._pdf import stamp_document
from eitgeo.maps.private_stamp._pictures import stamp_png, stamp_svg
from eitgeo.maps.private_stamp._project import stamp_project
from eitgeo.maps.private_stamp._words import WORDS
from eitgeo.maps.private_stamp._xlsx import stamp_workbook
from eitgeo.store import write_bytes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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
    found = stamped(path.name, content)
    if found != content:
        write_bytes(path, found)


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

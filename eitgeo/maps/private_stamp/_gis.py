"""QGIS project and GeoPackage: titles, print layouts, description of each layer."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
import uuid
from collections.abc import Mapping
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, fromstring, indent, tostring

from eitgeo.errors import SchemaError
from eitgeo.maps.private_stamp._office import archive_bytes, members
from eitgeo.maps.private_stamp._text import INK, WORDS, told

_LABEL = "65641"
"""Item type of QGIS."""
_SPACE = uuid.UUID("0f3b7a3e-8a52-5d0b-8f0e-6d2d6a1f5c77")
_BAND_MM = 5.0
_ROOT = "<qgis"
_NOTE_TABLES = """
CREATE TABLE IF NOT EXISTS gpkg_metadata (
  id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL,
  md_scope TEXT NOT NULL DEFAULT 'dataset',
  md_standard_uri TEXT NOT NULL,
  mime_type TEXT NOT NULL DEFAULT 'text/xml',
  metadata TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS gpkg_metadata_reference (
  reference_scope TEXT NOT NULL,
  table_name TEXT,
  column_name TEXT,
  row_id_value INTEGER,
  timestamp DATETIME NOT NULL,
  md_file_id INTEGER NOT NULL,
  md_parent_id INTEGER,
  CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id),
  CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id)
);
CREATE TABLE IF NOT EXISTS gpkg_extensions (
  table_name TEXT,
  column_name TEXT,
  extension_name TEXT NOT NULL,
  definition TEXT NOT NULL,
  scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name)
);
"""
"""Extension « metadata » of GeoPackage (OGC 12-128, F.8)."""
_EXTENSION = (
    "gpkg_metadata",
    "http://www.geopackage.org/spec121/#extension_metadata",
    "read-write",
)
_STANDARD = "http://www.geopackage.org/"
_CONTENTS = "SELECT table_name, identifier, description, last_change FROM gpkg_contents"


def stamp_project(content: bytes) -> bytes:
    """Stamp a QGIS project."""
    parts = members(content)
    name = next((one for one in parts if one.endswith(".qgs")), "")
    if not name:
        message = "archive sans projet QGIS → supprimer ce fichier"
        raise SchemaError(message)
    text = parts[name].decode()
    if WORDS in text:
        return content
    before, _, inside = text.partition(_ROOT)
    root = fromstring(_ROOT + inside)  # noqa: S314 - written by this package
    _name(root)
    _cross_canvas(root)
    for layout in root.iter("Layout"):
        _label(layout)
    indent(root)
    parts[name] = f"{before}{tostring(root, encoding='unicode')}\n".encode()
    return archive_bytes(parts)


def _name(root: Element) -> None:
    title = root.find("title")
    if title is None:
        title = SubElement(root, "title")
    title.text = told(title.text or "")
    root.set("projectname", told(root.get("projectname", "")))


def _cross_canvas(root: Element) -> None:
    """Write the words at the top of the map's window, before what stands there."""
    properties = _held(root, "properties")
    label = _held(properties, "TitleLabel")
    shown = _held(label, "Enabled", {"type": "bool"})
    shown.text = "true"
    words = _held(label, "Label", {"type": "QString"})
    words.text = told(words.text or "")
    placement = _held(label, "Placement", {"type": "int"})
    placement.text = placement.text or "0"


def _held(
    parent: Element, tag: str, attributes: Mapping[str, str] | None = None
) -> Element:
    child = parent.find(tag)
    return SubElement(parent, tag, dict(attributes or {})) if child is None else child


def _label(layout: Element) -> None:
    """Write a band along the top of each sheet of a layout."""
    pages = layout.find("PageCollection")
    if pages is None:
        return
    for rank, page in enumerate(pages.findall("LayoutItem")):
        top = float(page.get("position", "0,0,mm").split(",")[1])
        width = float(page.get("size", "297,210,mm").split(",")[0])
        key = f"{{{uuid.uuid5(_SPACE, f'{layout.get("name", "")}/{rank}')}}}"
        made = Element("LayoutItem", _about(key, top=top, width=width))
        SubElement(made, "BackgroundColor", _parts(INK))
        SubElement(made, "text-style", _letters())
        layout.insert(list(layout).index(pages) + 1, made)


def _about(key: str, *, top: float, width: float) -> dict[str, str]:
    return {
        "type": _LABEL,
        "uuid": key,
        "templateUuid": key,
        "id": "ne_pas_diffuser",
        "position": f"0,{top:g},mm",
        "positionOnPage": "0,0,mm",
        "size": f"{width:g},{_BAND_MM:g},mm",
        "outlineWidthM": "0.3,mm",
        "opacity": "1",
        "visibility": "1",
        "frame": "false",
        "background": "true",
        "zValue": "9",
        "itemRotation": "0",
        "referencePoint": "0",
        "positionLock": "true",
        "labelText": WORDS,
        "htmlState": "0",
        "halign": "4",
        "valign": "128",
        "marginX": "0",
        "marginY": "0",
    }


def _parts(colour: str) -> dict[str, str]:
    starts = {"red": 1, "green": 3, "blue": 5}
    channels = {
        name: str(int(colour[start : start + 2], 16)) for name, start in starts.items()
    }
    return {**channels, "alpha": "255"}


def _letters() -> dict[str, str]:
    return {
        "fontFamily": "DejaVu Sans",
        "fontSize": "9",
        "fontSizeUnit": "Point",
        "fontWeight": "75",
        "namedStyle": "Bold",
        "textColor": "255,255,255,255",
        "textOpacity": "1",
        "multilineHeight": "1",
    }


def stamp_geopackage(content: bytes) -> bytes:
    """Stamp a GeoPackage."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "etude.gpkg"
        path.write_bytes(content)
        with contextlib.closing(sqlite3.connect(path)) as base:
            if not _stamp_base(base):
                return content
        return path.read_bytes()


def _stamp_base(base: sqlite3.Connection) -> bool:
    """Change the base; say whether it was."""
    rows = base.execute(f"{_CONTENTS} ORDER BY table_name").fetchall()
    if all(WORDS in (identifier or "") for _, identifier, _, _ in rows):
        return False
    with base:
        base.executescript(_NOTE_TABLES)
        for table, identifier, description, _ in rows:
            base.execute(
                "UPDATE gpkg_contents SET identifier = ?, description = ?"
                " WHERE table_name = ?",
                (told(identifier or table), told(description or ""), table),
            )
        _note(base, max(last for *_, last in rows))
    return True


def _note(base: sqlite3.Connection, moment: str) -> None:
    """Write the note of the whole base, dated as its layers are."""
    made = base.execute(
        "INSERT INTO gpkg_metadata (md_scope, md_standard_uri, mime_type, metadata)"
        " VALUES ('dataset', ?, 'text/plain', ?)",
        (_STANDARD, WORDS),
    )
    base.execute(
        "INSERT INTO gpkg_metadata_reference"
        " (reference_scope, timestamp, md_file_id) VALUES ('geopackage', ?, ?)",
        (moment, made.lastrowid),
    )
    for table in ("gpkg_metadata", "gpkg_metadata_reference"):
        base.execute(
            "INSERT INTO gpkg_extensions"
            " (table_name, extension_name, definition, scope) SELECT ?, ?, ?, ?"
            " WHERE NOT EXISTS (SELECT 1 FROM gpkg_extensions WHERE table_name = ?)",
            (table, *_EXTENSION, table),
        )

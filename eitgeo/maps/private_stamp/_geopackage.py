"""GeoPackage: the words in the title and description of each layer, and in a note."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from pathlib import Path

from eitgeo.maps.private_stamp._words import WORDS, told

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

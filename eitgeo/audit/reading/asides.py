"""Words beside a page: what tooltips, screen readers and properties of a file say."""

from __future__ import annotations

import html
import re
import sqlite3
import zipfile
from contextlib import closing
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from PIL import Image
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from eitgeo.audit.texts import Piece
from eitgeo.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_PROPERTIES = "propriétés"
_SPOKEN = {"alt", "aria-description", "aria-label", "placeholder", "title"}
_CODE = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL)
_TYPED = {"button", "number", "reset", "submit", "text"}
"""Kinds of fields whose value is read."""
_LITERAL = re.compile(r'"([^"]*)"')
_FORMULA = r"<f\b[^>]*>([^<]*)<"
_DESCRIBED = r'<\w+:(?:docPr|cNvPr) [^>]*?\b(?:descr|title)="([^"]*)"'
_OFFICE = (("docProps/core", r">([^<]+)<"), ("docProps/app", r"<vt:lpstr>([^<]+)<"))
_ZIPPED: dict[str, tuple[tuple[str, str], ...]] = {
    ".docx": (("word/", _DESCRIBED),),
    ".pptx": (*_OFFICE, ("ppt/", _DESCRIBED)),
    ".xlsx": (
        *_OFFICE,
        ("xl/workbook.xml", r'<sheet [^>]*?\bname="([^"]*)"'),
        ("xl/comments", r"<t\b[^>]*>([^<]*)<"),
        ("xl/threadedComments/", r"<text\b[^>]*>([^<]*)<"),
        ("xl/charts/", r"<a:t>([^<]*)<"),
        ("xl/drawings/", r"<a:t>([^<]*)<"),
        ("xl/drawings/", _DESCRIBED),
        ("xl/worksheets/", r"<(?:odd|even|first)(?:Head|Foot)er[^>]*>([^<]*)<"),
        ("xl/worksheets/", r'\b(?:prompt|error)(?:Title)?="([^"]*)"'),
        ("xl/worksheets/", _FORMULA),
        ("xl/styles.xml", r'\bformatCode="([^"]*)"'),
    ),
    ".qgz": (
        ("", r'\b(?:label|labelText|projectname)="([^"]*)"'),
        ("", r'<(?:layer-tree-(?:layer|group)|alias)\b[^>]*?\bname="([^"]*)"'),
        ("", r"<(?:title|layername|abstract|mapTip)\b[^>]*>([^<]*)<"),
    ),
}
"""Kind of archive → beginning of the names of its parts, and what is read there."""
STYLES = "layer_styles"
"""Layer of the styles of the others."""
_LAYERS = {
    "gpkg_contents": ("identifier", "description"),
    "gpkg_data_columns": ("title", "description"),
}
_XML = (".qgs", ".vml", ".xml")


def asides_of(path: Path) -> Iterator[Piece]:
    """Read the words of a file that stand beside its pages, each with its place."""
    suffix = path.suffix.lower()
    read = _READERS.get(suffix, _zipped if suffix in _ZIPPED else None)
    for place, text in () if read is None else read(path):
        if text.strip():
            yield Piece(place, text)


class _Attributes(HTMLParser):
    """The attributes of a page that a reader sees or hears."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what an element says of itself."""
        told = dict(attrs)
        names = _SPOKEN & told.keys()
        if tag == "meta" and ("name" in told or "property" in told):
            names |= {"content"}
        if tag == "input" and told.get("type", "text") in _TYPED:
            names |= {"value"}
        self.found += [(f"{tag}, {one}", told.get(one) or "") for one in sorted(names)]


def _attributes(path: Path) -> Iterator[tuple[str, str]]:
    reader = _Attributes()
    reader.feed(_CODE.sub("", path.read_text(encoding="utf-8")))
    yield from dict.fromkeys(reader.found)


def _zipped(path: Path) -> Iterator[tuple[str, str]]:
    try:
        with zipfile.ZipFile(path) as archive:
            for name in sorted(archive.namelist()):
                if name.endswith(_XML):
                    text = archive.read(name).decode("utf-8", errors="replace")
                    yield from _part(path.suffix.lower(), name, text)
    except (OSError, zipfile.BadZipFile) as error:
        message = f"{path.name} : archive illisible → refaire « eitgeo run »"
        raise SourceError(message) from error


def _part(suffix: str, name: str, text: str) -> Iterator[tuple[str, str]]:
    for start, pattern in _ZIPPED[suffix]:
        if not name.startswith(start):
            continue
        for met in re.findall(pattern, text):
            said = html.unescape(met)
            held = _LITERAL.findall(said) if pattern == _FORMULA else [said]
            yield from ((name, one) for one in held)


def _pdf(path: Path) -> Iterator[tuple[str, str]]:
    try:
        told: Mapping[str, Any] = PdfReader(path).metadata or {}
    except PyPdfError as error:
        message = f"{path.name} : PDF illisible → refaire « eitgeo run »"
        raise SourceError(message) from error
    yield from ((_PROPERTIES, str(one)) for one in told.values())


def _picture(path: Path) -> Iterator[tuple[str, str]]:
    with Image.open(path) as picture:
        told: dict[Any, Any] = dict(picture.info)
    yield from ((_PROPERTIES, one) for one in told.values() if isinstance(one, str))


def _layers(path: Path) -> Iterator[tuple[str, str]]:
    """Read the names and descriptions of the layers of a GeoPackage."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as base:
        for table, columns in _LAYERS.items():
            held = {row[1] for row in base.execute(f"PRAGMA table_info({table})")}
            for column in (one for one in columns if one in held):
                query = (
                    f"SELECT DISTINCT {column} FROM {table} "  # noqa: S608
                    f"WHERE table_name <> '{STYLES}'"
                )
                for (text,) in base.execute(query).fetchall():
                    yield f"{table}.{column}", str(text or "")
        if base.execute(f"PRAGMA table_info({STYLES})").fetchall():
            for (style,) in base.execute(f"SELECT styleQML FROM {STYLES}"):  # noqa: S608
                yield from _part(".qgz", STYLES, str(style))


_READERS = {
    ".gpkg": _layers,
    ".html": _attributes,
    ".pdf": _pdf,
    ".png": _picture,
}

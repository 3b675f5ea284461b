"""A published file opened for its readers: words, sheets, the stamp that it owes.

Words beside a page are read too: tooltips, screen readers, properties of a file.
"""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pandas as pd
from PIL import Image
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from eitgeo.audit.published import read_payload, read_payloads
from eitgeo.audit.texts import (
    Piece,
    Row,
    layer_rows,
    normalize_text,
    open_layers,
    pieces_of,
    sheet_pieces,
    workbook_pages,
)
from eitgeo.errors import SourceError
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.study.prints import files_published
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table
from eitgeo.words import MISSING

DEMONSTRATION = "DEMO_"
DATA = "données"
"""Place of what a page carries for its scripts."""
CLASS = "Fiabilité"
"""Head of the classes of rows."""
_PAGE = "comparateur.html"
_BODIES = ("epci", "perimeters", "bodies", "outlets", "towns")
_WORST_SHARE_PCT = 20.0
"""Share of what is drawn above which a figure is an assumption."""
_GIS_SHARES = {"share": 100.0, "stability": 1.0}
"""Columns of layers that are shares → what all of it is."""
_SHARE_DECIMALS = 6
_PROGRAMS = {".gpkg", ".json", ".qgz"}
"""Kinds whose fields have names that programs read."""
_GIS_HEADS = {"value": "Valeur", "unit": "Unité", "evidence": CLASS}

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


class Opened(NamedTuple):
    """A published file, as its readers see it.

    ``name``: name of the file. ``pieces``: its words, each with its place. ``sheets``:
    of a workbook: the rows of each sheet; of a GeoPackage, those of each layer whose
    figures have a class. ``owes``: whether it owes the stamp of a demonstration.
    ``bodies``: names of real bodies and towns that no sentence may prefer on invented
    data. ``drawn``: labels of the indicators that rest on drawn sites in every
    perimeter. ``asides``: words beside its pages: tooltips, descriptions, properties.
    ``classes``: label of an indicator → perimeter, by its key and by its name → class.
    ``figures``: of a comparator, its indicators, laid out as the rows of a sheet.
    """

    name: str
    pieces: tuple[Piece, ...] = ()
    sheets: tuple[tuple[str, list[Row]], ...] = ()
    owes: bool = False
    bodies: frozenset[str] = frozenset()
    drawn: frozenset[str] = frozenset()
    asides: tuple[Piece, ...] = ()
    classes: Mapping[str, Mapping[str, str]] = MappingProxyType({})
    figures: tuple[tuple[str, list[Row]], ...] = ()

    @property
    def words(self) -> tuple[Piece, ...]:
        """All that is read or heard."""
        return (*self.pieces, *self.asides)

    @property
    def sentences(self) -> tuple[Piece, ...]:
        """All of it, but for the fields whose words programs read."""
        if self.suffix not in _PROGRAMS:
            return self.words
        # A project is code; a layer has keys, which hold no space.
        pieces = self.pieces if self.suffix == ".gpkg" else ()
        return (*(one for one in pieces if " " in one.text), *self.asides)

    @property
    def suffix(self) -> str:
        """Kind of the file."""
        return self.name[self.name.rfind(".") :].lower()


class Finding(NamedTuple):
    """What no reader should see.

    ``file``, ``place``: where: page, sheet and cell, paragraph. ``what``: what is
    wrong, French. ``text``: the offending words.
    """

    file: str
    place: str
    what: str
    text: str


def open_published(project: Project) -> Iterator[Opened]:
    """Open every published file of a study."""
    files = files_published(project.maps)
    if not files:
        message = f"{project.maps} : rien de publié → faire d'abord « eitgeo run »"
        raise SourceError(message)
    bodies, (drawn, classes) = _bodies(files), _indicators(project)
    for path in files:
        name = path.name.removeprefix(DEMONSTRATION)
        owes = project.stamped(name).startswith(DEMONSTRATION)
        opened = open_file(path, owes=owes, bodies=bodies)
        yield opened._replace(drawn=drawn, classes=classes)


def open_file(
    path: Path, *, owes: bool = False, bodies: frozenset[str] = frozenset()
) -> Opened:
    """Open a published file."""
    suffix = path.suffix.lower()
    sheets = tuple(workbook_pages(path)) if suffix == ".xlsx" else ()
    pieces = [*(sheet_pieces(sheets) if sheets else pieces_of(path))]
    figures: list[tuple[str, list[Row]]] = []
    if suffix == ".html":
        payloads = read_payloads(path)
        pieces += _told(payloads, DATA)
        figures = [
            (DATA, _figures(one))
            for one in payloads
            if {"published", "indicators"} <= one.keys()
        ]
    elif suffix == ".gpkg":
        pieces += _cells(path)
        sheets = tuple(_classed_layers(path))
    return Opened(
        path.name,
        tuple(pieces),
        sheets,
        owes,
        bodies,
        asides=tuple(asides_of(path)),
        figures=tuple(figures),
    )


def _figures(payload: Mapping[str, Any]) -> list[Row]:
    """Lay out the indicators of a comparator: perimeter, label, class."""
    labels = {one["id"]: one["label"] for one in payload["indicators"]}
    keys = {
        "perimeters": [one["id"] for one in payload["perimeters"]],
        "unions": payload["unions"]["id"],
    }
    return [
        ("Périmètre", "Indicateur", CLASS),
        *(
            (key, labels[name], letter)
            for group, ids in keys.items()
            for name, told in payload["published"][group].items()
            for key, letter in zip(ids, told["evidence"], strict=True)
        ),
    ]


def _bodies(files: list[Path]) -> frozenset[str]:
    pages = [path for path in files if path.name.endswith(_PAGE)]
    payload = read_payload(pages[0]) if pages else {}
    return frozenset(
        str(one["name"]) for part in _BODIES for one in payload.get(part, ())
    )


def _indicators(
    project: Project,
) -> tuple[frozenset[str], dict[str, dict[str, str]]]:
    """Return the labels of drawn indicators, and the class of each by perimeter."""
    if not (project.processed / "indicators_public.parquet").is_file():
        return frozenset(), {}
    labels = indicator_catalogue()["label"].map(normalize_text).rename("label")
    rows = read_table(project.processed, "indicators_public")
    rows = rows.join(labels, on="indicator_id", how="inner")
    perimeters = read_table(project.processed, "perimeters").set_index("perimeter_id")
    names = rows["perimeter_id"].map(perimeters["name"].map(normalize_text))
    both = pd.concat([rows, rows.assign(perimeter_id=names)])
    classes: dict[str, dict[str, str]] = {
        str(label): dict(zip(of["perimeter_id"], of["evidence"], strict=True))
        for label, of in both.groupby("label")
    }
    least = rows.groupby("label")["synthetic_share_pct"].min()
    return frozenset(least.index[least.gt(_WORST_SHARE_PCT)]), classes


def _told(held: Any, place: str) -> Iterator[Piece]:
    """List the sentences among the data of a page: what has a space is no key."""
    if isinstance(held, dict):
        for name, inside in held.items():
            yield from _told(inside, f"{place}.{name}")
    elif isinstance(held, list):
        for inside in held:
            yield from _told(inside, place)
    elif isinstance(held, str) and " " in held:
        yield Piece(place, held)


def _classed_layers(path: Path) -> Iterator[tuple[str, list[Row]]]:
    """Lay out the layers of figures as the sheets of a workbook are."""
    for layer, rows in layer_rows(path):
        if "evidence" in rows:
            named = rows.drop(columns="fid", errors="ignore").rename(columns=_GIS_HEADS)
            for column, whole in _GIS_SHARES.items():
                if column in named:
                    share = 100 * named.pop(column) / whole
                    named.insert(0, f"{column} (%)", share.round(_SHARE_DECIMALS))
            body = named.astype(object).where(named.notna(), MISSING)
            yield layer, [tuple(named.columns), *body.itertuples(index=False)]


def _cells(path: Path) -> Iterator[Piece]:
    for layer, rows in layer_rows(path):
        # The words of a style stand among the asides.
        if layer == STYLES:
            continue
        for column in rows.select_dtypes(include=["str", "object"]):
            for text in rows[column].dropna().unique():
                yield Piece(f"{layer}.{column}", str(text))


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
        values = dict(attrs)
        names = _SPOKEN & values.keys()
        if tag == "meta" and ("name" in values or "property" in values):
            names |= {"content"}
        if tag == "input" and values.get("type", "text") in _TYPED:
            names |= {"value"}
        self.found += [
            (f"{tag}, {one}", values.get(one) or "") for one in sorted(names)
        ]


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
        for quoted in re.findall(pattern, text):
            said = html.unescape(quoted)
            literals = _LITERAL.findall(said) if pattern == _FORMULA else [said]
            yield from ((name, one) for one in literals)


def _pdf(path: Path) -> Iterator[tuple[str, str]]:
    try:
        metadata: Mapping[str, Any] = PdfReader(path).metadata or {}
    except PyPdfError as error:
        message = f"{path.name} : PDF illisible → refaire « eitgeo run »"
        raise SourceError(message) from error
    yield from ((_PROPERTIES, str(one)) for one in metadata.values())


def _picture(path: Path) -> Iterator[tuple[str, str]]:
    with Image.open(path) as picture:
        metadata: dict[Any, Any] = dict(picture.info)
    yield from ((_PROPERTIES, one) for one in metadata.values() if isinstance(one, str))


def _layers(path: Path) -> Iterator[tuple[str, str]]:
    """Read the names and descriptions of the layers of a GeoPackage."""
    with open_layers(path) as base:
        for table, columns in _LAYERS.items():
            names = {row[1] for row in base.execute(f"PRAGMA table_info({table})")}
            for column in (one for one in columns if one in names):
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

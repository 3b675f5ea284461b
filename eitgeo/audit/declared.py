"""Published files held against what is declared: what stands nowhere is a fault.

Sheets and columns, layers and fields, keys of the data of pages, members of archives,
attachments, properties, pictures, files: each kind of file has its reader.
"""

from __future__ import annotations

import base64
import json
import re
import sqlite3
import tomllib
import zipfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from functools import cache
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from typing import Any, Final, NamedTuple

import pandas as pd
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from eitgeo.audit.published import LEVELS, PAGE, Published, read_payloads
from eitgeo.audit.texts import normalize_text, open_layers
from eitgeo.errors import SourceError
from eitgeo.maps.qgis.layers import declared_columns, declared_kinds
from eitgeo.maps.workbooks.workbook import declared_sheets
from eitgeo.outlines import DRAWN_LAYER
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.study.prints import files_published
from eitgeo.study.project import STAMPED, Project
from eitgeo.tables.public import PublicTables

_DECLARED: Final[dict[str, Any]] = tomllib.loads(
    resources.files("eitgeo.audit").joinpath("declared.toml").read_text("utf-8")
)
_FICHES = "fiches"
"""Folder of ``data/processed``: what each step says of the files that it published."""
_BESIDE = re.compile(r"\.nouveau(?:-\d+)?(?=\.)")
"""In the name of a file written beside the one that a user changed."""
_KEEPS_FOLDER = ".gitkeep"
_HEAD_ROW = 1
"""Row of the heads of a sheet, from 0."""
_FREE = "*"
_PNG_START, _PNG_CHUNK, _WEBP_START = 8, 12, 12
_ZIP_HEADERS, _END_OF_ZIP = 76, 22
"""Bytes of an archive beside its parts and twice their names: each part, the end."""
_PICTURE = re.compile(r"^data:image/(png|webp);base64,(.*)$", re.DOTALL)
_TAG = re.compile(r"<(?![/?!])(?:[\w-]+:)?([\w-]+)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
_ATTRIBUTE = re.compile(r"([\w:-]+)\s*=\s*[\"']")
_HIDDEN = (
    (r"^xl/workbook\.xml$", r'<sheet [^>]*\bstate="(?!visible)', "feuille cachée"),
    (r"^xl/workbook\.xml$", r'<definedName name="(?!_xlnm\.)', "nom défini"),
    (r"^xl/worksheets/", r'<(?:row|col) [^>]*\bhidden="(?:1|true)"', "ligne cachée"),
    (r"^word/", r"<w:(?:vanish|webHidden|ins|del|comment\w*)\b", "texte caché"),
)
"""Part of an archive, what it may not hold there, and its name in French."""
_AS_TEMPLATE = re.compile(r"customXml/item|docProps/(?:app|thumbnail)|webSettings")
"""Parts of a document that are those of an empty one."""


_RELEASED = {
    "figures": ("indicators_public", ("indicator_id", "perimeter_id", *LEVELS)),
    "blocks": ("blocks_public", ("indicator_id", *LEVELS, "top_low", "top_high")),
    "cells": ("exchanges_public", ("donor_id", "receiver_ids", "value")),
}
"""What is read of the page of comparison → released table, columns of both."""


class Names(NamedTuple):
    """What the declarations call by a sign, in a study.

    ``indicator``, ``label``: identifiers and labels of the catalogue. ``perimeter``,
    ``name``: identifiers and names of the released perimeters.
    """

    indicator: frozenset[str] = frozenset()
    label: frozenset[str] = frozenset()
    perimeter: frozenset[str] = frozenset()
    name: frozenset[str] = frozenset()


def names_of(project: Project) -> Names:
    """Name the indicators and the perimeters that a study may publish."""
    catalogue = indicator_catalogue()
    perimeters = PublicTables(project.processed)["perimeters"].table
    return Names(
        indicator=frozenset(catalogue.index),
        label=frozenset(map(normalize_text, catalogue["label"])),
        perimeter=frozenset(perimeters["perimeter_id"].astype(str)),
        name=frozenset(map(normalize_text, perimeters["name"])),
    )


def undeclared_places(project: Project) -> list[str]:
    """List what a study publishes and nothing declares: files, then their parts."""
    faults = [
        f"{one} : fichier qu’aucune étape n’a écrit" for one in unwritten(project)
    ]
    names = names_of(project)
    for path in files_published(project.maps):
        faults += [f"{path.name} : {one}" for one in undeclared_parts(path, names)]
    return list(dict.fromkeys(faults))


def unwritten(project: Project) -> Iterator[str]:
    """List what lies below ``maps/`` and no step wrote, nor « eitgeo compare »."""
    for path in sorted(project.maps.rglob("*")):
        if path.is_dir() or path.name == DRAWN_LAYER.name:  # which users draw in
            continue
        below = path.relative_to(project.maps)
        signed = _BESIDE.sub("", below.name)
        fiche = (project.processed / _FICHES / below).with_name(f"{signed}.json")
        kept = path.name == _KEEPS_FOLDER and not path.stat().st_size
        if not (kept or fiche.is_file()):
            yield below.as_posix()


def undeclared_parts(path: Path, names: Names) -> Iterator[str]:
    """List what a published file holds and nothing declares, in French."""
    read = _READERS.get(path.suffix.lower())
    if read is None:
        yield "genre de fichier inconnu"
        return
    try:
        yield from read(path, names)
    except (
        OSError,
        ValueError,
        KeyError,
        IndexError,
        PyPdfError,
        sqlite3.Error,
        zipfile.BadZipFile,
    ) as error:
        message = f"{path.name} : illisible → refaire « eitgeo run »"
        raise SourceError(message) from error


def unreleased_figures(published: Published, public: PublicTables) -> Iterator[str]:
    """List the figures of the page of comparison that the door did not let through."""
    pages = {
        "figures": published.figures,
        "blocks": published.blocks[published.blocks["value"].notna()],
        "cells": published.cells.assign(
            receiver_ids=published.cells["receiver_ids"].map(";".join)
        ),
    }
    for place, (table, columns) in _RELEASED.items():
        passed = set(_rows_of(public[table].table, columns))
        for row in _rows_of(pages[place], columns):
            if row not in passed:
                yield f"{PAGE} : {' '.join(row)} : pas une ligne de {table}"


def _rows_of(table: pd.DataFrame, columns: Sequence[str]) -> list[tuple[str, ...]]:
    """Write the rows of a table, with as many digits as pages keep."""
    texts = [
        # A page writes no sign on zero.
        [
            f"{one + 0:.10g}" if isinstance(one, float) else str(one)
            for one in table[column]
        ]
        for column in columns
    ]
    return list(zip(*texts, strict=True))


def _listed(*keys: str) -> frozenset[str]:
    """Return a list of names of the declarations."""
    part: Any = _DECLARED
    for key in keys:
        part = part[key]
    return frozenset(part.split())


def _others(
    what: str, names: Collection[str], allowed: Collection[str]
) -> Iterator[str]:
    for name in sorted(set(names) - set(allowed)):
        yield f"{what} hors déclaration : {name}"


def stem_of(path: Path) -> str:
    """Name what a file shows, without its stamp.

    Examples
    --------
    >>> stem_of(Path("DEMO_zones.nouveau.xlsx"))
    'zones'
    """
    return path.name.removeprefix(STAMPED).partition(".")[0]


class _Page(HTMLParser):
    """The attributes, comments and scripts of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.n_payloads = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Hold the attributes of an element against those declared."""
        values = {name: value or "" for name, value in attrs}
        if tag == "script" and values:
            self.n_payloads += 1
            if values != {"type": "application/json", "id": "donnees"}:
                self.faults.append(f"script hors déclaration : {values}")
            return
        self.faults += _others("attribut", values, _listed("page", "attributes"))
        if tag == "meta":
            about = [values.get("name", values.get("http-equiv", "charset"))]
            self.faults += _others("propriété", about, _listed("page", "meta"))
        picture = _PICTURE.match(values.get("src", ""))
        if picture:
            chunks = _chunks if picture[1] == "png" else _web_chunks
            self.faults += chunks(base64.b64decode(picture[2]))

    def handle_comment(self, data: str) -> None:
        """Refuse comments."""
        self.faults.append(f"commentaire : {data.strip()[:40]}")


def _page(path: Path, names: Names) -> Iterator[str]:
    reader = _Page()
    reader.feed(path.read_text(encoding="utf-8"))
    yield from reader.faults
    declared = _DECLARED["payloads"].get(stem_of(path))
    if reader.n_payloads != (declared is not None):
        yield f"{reader.n_payloads} jeux de données"
    for data in read_payloads(path):
        yield from _keys(data, "", declared or {}, names)


def _keys(
    data: Any, place: str, declared: dict[str, str], names: Names
) -> Iterator[str]:
    """Hold the keys of data against those declared of their place."""
    if isinstance(data, list):
        for item in data:
            yield from _keys(item, place, declared, names)
    elif isinstance(data, dict):
        allowed = declared.get(place, "").split()
        signs = [name for name in allowed if name.startswith(("@", _FREE))]
        for key, value in data.items():
            step = key if key in allowed else _sign_of(key, signs, names)
            below = f"{place}.{step or key}" if place else step or key
            if step:
                yield from _keys(value, below, declared, names)
            else:
                yield f"clé hors déclaration : {below}"


def _sign_of(key: str, signs: Sequence[str], names: Names) -> str:
    """Return the sign that a key of the study stands for; empty: none."""
    for sign in signs:
        if sign == _FREE or key in getattr(names, sign[1:]):
            return sign
    return ""


def _workbook(path: Path, names: Names) -> Iterator[str]:
    yield from _archive(path, names)
    with closing(load_workbook(path, read_only=True, data_only=True)) as book:
        for page in book.worksheets:
            rows = [
                [normalize_text(cell) for cell in row]
                for row in page.iter_rows(values_only=True)
            ]
            yield from _sheet(normalize_text(page.title), rows, names)


def _sheet(title: str, rows: list[list[str]], names: Names) -> Iterator[str]:
    declared = [*_heads_of(title)]
    free = _free_head(title, names)
    width = _DECLARED["widths"].get(title)
    if width is None and not declared and free is None:
        yield f"feuille hors déclaration : {title}"
        return
    if width is None:
        heads = rows[_HEAD_ROW] if len(rows) > _HEAD_ROW else []
        while heads and not heads[-1]:
            heads.pop()
        width = len(heads)
        for head in heads:
            known = next((name for name in declared if re.fullmatch(name, head)), None)
            if known is not None:
                declared.remove(known)
            elif free is None or not free.fullmatch(head):
                said = head or "sans nom"
                yield f"feuille {title} : colonne hors déclaration : {said}"
    if any(cell for row in rows for cell in row[width:]):
        yield f"feuille {title} : cases hors des colonnes déclarées"


@cache
def _heads_of(title: str) -> tuple[str, ...]:
    """List the heads of a sheet that `sheets.csv` declares, as regular expressions.

    Each stands for one column, exact ones first; a unit may follow.
    """
    own = {title, *_DECLARED["titles"].get(title, ())}
    heads = [
        normalize_text(row["head"])
        for sheet, rows in declared_sheets().items()
        if normalize_text(sheet) in own
        for row in rows
        if row["head"] not in {"", _FREE}
    ]
    patterns = [re.sub(r"\\{\w+\\}", ".+", re.escape(head)) for head in heads]
    return tuple(rf"{one}(?: \(.*\))?" for one in sorted(patterns, key=_is_free))


def _is_free(pattern: str) -> bool:
    return ".+" in pattern


def _free_head(title: str, names: Names) -> re.Pattern[str] | None:
    pattern = _DECLARED["heads"].get(title)
    if pattern is None:
        return None
    for sign in ("name", "label"):
        ways = "|".join(map(re.escape, sorted(getattr(names, sign))))
        pattern = pattern.replace(f"@{sign}", f"(?:{ways})")
    return re.compile(pattern)


def _document(path: Path, names: Names) -> Iterator[str]:
    yield from _archive(path, names)
    free = _free_head("dossier", names)
    for table in Document(str(path)).tables:
        heads = {normalize_text(cell.text) for cell in table.rows[0].cells} - {""}
        for head in sorted(heads - _dossier_heads()):
            if free is None or not free.fullmatch(head):
                yield f"colonne de tableau hors déclaration : {head}"
    parts = Document().part.package.iter_parts()
    blank = {str(part.partname)[1:]: part.blob for part in parts}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            if _AS_TEMPLATE.search(name) and content != blank.get(name, content):
                yield f"partie qui n’est pas celle d’un document vide : {name}"
            if name.endswith(".png"):
                yield from _chunks(content)


@cache
def _dossier_heads() -> frozenset[str]:
    """List the heads of tables that the parts of the dossier declare."""
    texts = resources.files("eitgeo.dossier.texts").iterdir()
    parts = [
        tomllib.loads(file.read_text("utf-8"))
        for file in texts
        if file.name.endswith(".toml")
    ]
    return frozenset(map(normalize_text, _heads_in(parts, "")))


def _heads_in(part: Any, key: str) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            yield from _heads_in(value, name)
    elif isinstance(part, list):
        for value in part:
            yield from _heads_in(value, key)
    elif key.endswith(("heads", "head")):
        yield part


def _archive(path: Path, _: Names) -> Iterator[str]:
    allowed = re.compile(_DECLARED["members"][path.suffix.lower()])
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        names = archive.namelist()
        if archive.comment or any(part.comment or part.extra for part in members):
            yield "commentaire d’archive"
        if len(set(names)) < len(names):
            yield "partie en double"
        size = sum(part.compress_size for part in members)
        size += sum(2 * len(name.encode()) + _ZIP_HEADERS for name in names)
        if path.stat().st_size != size + _END_OF_ZIP:
            yield "octets hors des parties de l’archive"
        for name in names:
            if not allowed.fullmatch(name):
                yield f"partie hors déclaration : {name}"
            elif name.endswith(".xml"):
                yield from _part(name, archive.read(name).decode("utf-8"))


def _part(name: str, text: str) -> Iterator[str]:
    if name == "docProps/core.xml":
        filled = re.findall(r"<(?:\w+:)(\w+)(?:\s[^>]*)?>[^<]+</", text)
        yield from _others("propriété", filled, _listed("properties", "names"))
    for where, pattern, what in _HIDDEN:
        if re.search(where, name) and re.search(pattern, text):
            yield f"{what} ({name})"


@cache
def _project_words() -> tuple[set[str], set[str]]:
    """List the elements and attributes of the templates of a QGIS project."""
    folder = resources.files("eitgeo.maps.qgis")
    names = ("project.qgs", "layer.qml", "style.xml")
    text = "".join(folder.joinpath(name).read_text("utf-8") for name in names)
    corners = {"xmin", "xmax", "ymin", "ymax"}
    tags, attributes = re.findall(r"<([\w-]+)", text), _ATTRIBUTE.findall(text)
    return corners.union(tags), corners.union(attributes)


def _project(path: Path, names: Names) -> Iterator[str]:
    yield from _archive(path, names)
    tags, attributes = _project_words()
    with zipfile.ZipFile(path) as archive:
        text = archive.read(archive.namelist()[0]).decode("utf-8")
    yield from _elements(text, tags, attributes)


def _elements(
    text: str, tags: Collection[str], attributes: Collection[str] | None = None
) -> Iterator[str]:
    if "<!--" in text:
        yield "commentaire"
    elements = _TAG.findall(text)
    yield from _others("élément", {tag for tag, _ in elements}, tags)
    if attributes is not None:
        names = {name for _, rest in elements for name in _ATTRIBUTE.findall(rest)}
        yield from _others("attribut", names, attributes)


def _geopackage(path: Path, _: Names) -> Iterator[str]:
    layers = {kind: declared_columns(kind) for kind in declared_kinds()}
    layers |= {
        name: columns.split()
        for name, columns in _DECLARED["geopackage"]["layers"].items()
    }
    with open_layers(path) as base:
        query = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
        for (name,) in sorted(base.execute(query).fetchall()):
            index = re.fullmatch(r"rtree_(\w+)_geometry(?:_\w+)?", name)
            if name in layers:
                columns = [
                    row[1] for row in base.execute(f'PRAGMA table_info("{name}")')
                ]
                allowed = {*layers[name], *_listed("geopackage", "columns")}
                yield from _others(f"champ de {name}", columns, allowed)
            elif not (index and index[1] in layers):
                yield from _others("table", [name], _listed("geopackage", "tables"))


def _pdf(path: Path, _: Names) -> Iterator[str]:
    content = path.read_bytes()
    if content.count(b"%%EOF") != 1 or not content.rstrip().endswith(b"%%EOF"):
        yield "octets après la fin, ou version ajoutée"
    reader = PdfReader(path)
    root: Any = reader.trailer["/Root"]
    yield from _others("entrée", root, _listed("pdf", "root"))
    yield from _others("propriété", reader.metadata or {}, _listed("pdf", "info"))
    if "/Metadata" in root:
        xmp = root["/Metadata"].get_data().decode("utf-8", errors="replace")
        yield from _elements(xmp, _listed("pdf", "xmp"))
    for page in reader.pages:
        yield from _others("entrée de page", page, _listed("pdf", "page"))
        notes: Any = page.get("/Annots")
        kinds = {note.get_object()["/Subtype"] for note in notes or ()}
        yield from _others("annotation", kinds, _listed("pdf", "annotations"))


def _picture(path: Path, _: Names) -> Iterator[str]:
    yield from _chunks(path.read_bytes())


def _chunks(content: bytes) -> Iterator[str]:
    """Hold the chunks of a PNG against those declared, and its texts."""
    place = _PNG_START
    kind = ""
    while place < len(content) and kind != "IEND":
        length = int.from_bytes(content[place : place + 4], "big")
        kind = content[place + 4 : place + 8].decode("latin-1")
        body = content[place + 8 : place + 8 + length]
        yield from _others("bloc d’image", [kind], _listed("picture", "chunks"))
        if kind == "iTXt":
            word = body.partition(b"\0")[0].decode("latin-1")
            yield from _others("texte d’image", [word], _listed("picture", "texts"))
        place += _PNG_CHUNK + length
    if place != len(content):
        yield "octets après la fin de l’image"


def _web_chunks(content: bytes) -> Iterator[str]:
    """Hold the chunks of a WebP against those declared."""
    place = _WEBP_START
    while place < len(content):
        kind = content[place : place + 4].decode("latin-1").strip()
        yield from _others("bloc d’image", [kind], _listed("picture", "web_chunks"))
        length = int.from_bytes(content[place + 4 : place + 8], "little")
        place += 8 + length + length % 2


def _drawing(path: Path, _: Names) -> Iterator[str]:
    yield from _elements(path.read_text(encoding="utf-8"), _listed("svg", "tags"))


def _manifest(path: Path, _: Names) -> Iterator[str]:
    crate = json.loads(path.read_text(encoding="utf-8"))
    yield from _others("clé", crate, {"@context", "@graph"})
    keys = {key for entity in crate["@graph"] for key in entity}
    yield from _others("clé", keys, _listed("manifest", "keys"))


_READERS = {
    ".docx": _document,
    ".gpkg": _geopackage,
    ".html": _page,
    ".json": _manifest,
    ".pdf": _pdf,
    ".png": _picture,
    ".qgz": _project,
    ".svg": _drawing,
    ".xlsx": _workbook,
}

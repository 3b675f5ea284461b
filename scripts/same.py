"""Compare what two runs wrote: `python scripts/same.py BEFORE AFTER`.

Both are folders that `eitgeo run --out` wrote in. Tables are compared by bytes, pages
by what they carry, pictures and PDF by pixels, workbooks by cells with their formats,
projects of QGIS and documents by their XML, GeoPackages by rows. Sidecars and manifests
sign versions of files and are left out. Ends with code 1 where something differs, with
one line a file that tells the first difference.

``differences(…, close=1e-9)`` compares two processors (`tests/processors`): a number
written with more than twelve figures is a value, of which they may move the last bits;
any other is printed, and must be the same, as every word must, of a PDF too.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from contextlib import closing
from itertools import chain, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import shapely
from openpyxl import load_workbook
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from openpyxl import Workbook

_SIGNING = re.compile(
    r"(?:^|/)(?:fiches/|manifest\.json|run\.log|[^/]+\.parquet\.json$)"
)
_PAYLOAD = re.compile(r'<script type="application/json"[^>]*>(.*?)</script>', re.DOTALL)
_DPI = "60"
_NUMBER = re.compile(r"(\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)")
_DIGEST = re.compile(r"\b[0-9a-f]{64}\b|sha256-[A-Za-z0-9+/]{43}=")
_PICTURE = re.compile(r"data:image/png;base64,[A-Za-z0-9+/=]+")
_FIGURES = 12
_ENVELOPES = (0, 32, 48, 48, 64)
"""Bytes before the shape in a GeoPackage, by the kind of its header."""


def differences(before: Path, after: Path, *, close: float = 0.0) -> list[str]:
    """Tell what differs between two folders, a line a file."""
    mine, theirs = _files(before), _files(after)
    found = [f"{name}: only before" for name in sorted(mine.keys() - theirs.keys())]
    found += [f"{name}: only after" for name in sorted(theirs.keys() - mine.keys())]
    for name in sorted(mine.keys() & theirs.keys()):
        told = _difference(mine[name], theirs[name], close)
        if told:
            found.append(f"{name}: {told}")
    return found


def _files(folder: Path) -> dict[str, Path]:
    every = (
        path
        for part in ("data/processed", "maps")
        for path in (folder / part).rglob("*")
        if path.is_file()
    )
    named = {path.relative_to(folder).as_posix(): path for path in every}
    return {name: path for name, path in named.items() if not _SIGNING.search(name)}


def _difference(before: Path, after: Path, close: float) -> str:
    if before.read_bytes() == after.read_bytes():
        return ""
    if close and before.suffix == ".pdf":
        return _words(before, after, close)
    if before.suffix in _DRAWN:
        return _DRAWN[before.suffix](before, after)
    return _COMPARED.get(before.suffix, _bytes)(before, after, close)


def _bytes(before: Path, after: Path, close: float) -> str:
    if close:
        try:
            texts = [path.read_text(encoding="utf-8") for path in (before, after)]
        except UnicodeDecodeError:
            pass
        else:
            return _first(*map(_plain_lines, texts), close)
    return f"other bytes ({before.stat().st_size} → {after.stat().st_size})"


def _table(before: Path, after: Path, close: float) -> str:
    one, two = pd.read_parquet(before), pd.read_parquet(after)
    if list(one.columns) != list(two.columns):
        return f"columns {sorted(set(one.columns) ^ set(two.columns))}"
    if len(one) != len(two):
        return f"{len(one)} → {len(two)} rows"
    changed = [
        f"{name} ({int(rows.sum())} rows: {one[name][rows].iloc[0]!r} → "
        f"{two[name][rows].iloc[0]!r})"
        for name in one.columns
        if (rows := ~_alike(one[name], two[name], close)).any()
    ]
    return ", ".join(changed) or ("" if close else "other bytes, the same rows")


def _alike(one: pd.Series[Any], two: pd.Series[Any], close: float) -> pd.Series[bool]:
    if one.dtype != two.dtype:
        return pd.Series(data=False, index=one.index)
    if one.dtype.kind == "f":
        near = np.isclose(one, two, rtol=close, atol=0, equal_nan=True)
        return pd.Series(near, one.index)
    if one.dtype != object:
        return (one == two) | (one.isna() & two.isna())
    pairs = zip(one, two, strict=True)
    return pd.Series([_same_value(*pair, close) for pair in pairs], one.index, bool)


def _same_value(one: Any, two: Any, close: float) -> bool:
    """Compare two cells: lists by item, shapes by their points."""
    if isinstance(one, bytes) and isinstance(two, bytes) and one != two and close:
        shapes = shapely.from_wkb([one, two])
        points = [shapely.get_coordinates(shape) for shape in shapes]
        return (
            shapes[0].geom_type == shapes[1].geom_type
            and points[0].shape == points[1].shape
            and np.allclose(*points, rtol=close, atol=0)
        )
    if isinstance(one, np.ndarray | float) and isinstance(two, type(one)):
        if np.shape(one) != np.shape(two):
            return False
        if np.asarray(one).dtype.kind == "f":
            return np.allclose(one, two, rtol=close, atol=0, equal_nan=True)
        return bool(np.all(np.asarray(one) == np.asarray(two)))
    return bool(one is two or one == two or (pd.isna(one) and pd.isna(two)))


def _pixels(before: Path, after: Path) -> str:
    one, two = (np.asarray(Image.open(path).convert("RGB")) for path in (before, after))
    if one.shape != two.shape:
        return f"size {one.shape[:2]} → {two.shape[:2]}"
    other = (one != two).any(axis=2)
    return f"{int(other.sum())} of {other.size} pixels" if other.any() else ""


def _pages(before: Path, after: Path) -> str:
    """Draw both and compare: metadata of a PDF are not seen."""
    with tempfile.TemporaryDirectory() as folder:
        drawn = []
        for name, path in (("before", before), ("after", after)):
            where = Path(folder, name)
            where.mkdir()
            command = ["pdftoppm", "-r", _DPI, "-png", str(path), str(where / "p")]
            subprocess.run(command, check=True)  # noqa: S603
            drawn.append(sorted(where.iterdir()))
        if len(drawn[0]) != len(drawn[1]):
            return f"{len(drawn[0])} → {len(drawn[1])} pages"
        told = [
            f"page {page}: {seen}"
            for page, (one, two) in enumerate(zip(*drawn, strict=True), start=1)
            if (seen := _pixels(one, two))
        ]
    return " ; ".join(told)


def _words(before: Path, after: Path, close: float) -> str:
    """Compare the words of two PDF."""
    said = []
    for path in (before, after):
        command = ["pdftotext", "-layout", str(path), "-"]
        ran = subprocess.run(command, check=True, capture_output=True)  # noqa: S603
        said.append(ran.stdout.decode("utf-8").split("\n"))
    return _first(*said, close)


def _page(before: Path, after: Path, close: float) -> str:
    texts = [path.read_text(encoding="utf-8") for path in (before, after)]
    payloads = [[json.loads(one) for one in _PAYLOAD.findall(text)] for text in texts]
    if payloads[0] != payloads[1]:
        told = _first(_leaves(payloads[0]), _leaves(payloads[1]), close)
        if told:
            return f"payload, {told}"
    bare = [_PAYLOAD.sub("", text) for text in texts]
    if close:
        return _first(*map(_plain_lines, bare), close)
    return "" if payloads[0] else _first(*(text.splitlines() for text in texts), close)


def _plain_lines(text: str) -> list[str]:
    """Split a text whose digests and pictures say what they said of other bytes."""
    return _PICTURE.sub("picture", _DIGEST.sub("digest", text)).splitlines()


def _json(before: Path, after: Path, close: float) -> str:
    one, two = (
        json.loads(path.read_text(encoding="utf-8")) for path in (before, after)
    )
    return "" if one == two else _first(_leaves(one), _leaves(two), close)


def _leaves(value: object, where: str = "") -> Iterable[str]:
    """List the values of a document with the way to each."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, f"{where}.{key}")
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _leaves(item, f"{where}[{place}]")
    else:
        yield f"{where} = {value!r}"


def _cells(before: Path, after: Path, close: float) -> str:
    books = [load_workbook(path, rich_text=True) for path in (before, after)]
    return _first(*(_sheet_lines(book) for book in books), close)


def _sheet_lines(book: Workbook) -> Iterable[str]:
    """List what each sheet lays out, then its cells with their format."""
    looks: dict[int, str] = {}
    for sheet in book:
        merged = sorted(map(str, sheet.merged_cells.ranges))
        yield f"{sheet.title}: {sheet.freeze_panes} {sheet.auto_filter.ref} {merged}"
        for name, column in sheet.column_dimensions.items():
            yield f"{sheet.title}!{name} is {column.width} wide"
        for number, row in sheet.row_dimensions.items():
            yield f"{sheet.title}!{number} is {row.height} high"
        for cell in chain.from_iterable(sheet.iter_rows()):
            if cell.value is None and not cell.has_style:
                continue
            if cell.style_id not in looks:
                looks[cell.style_id] = _look(cell)
            place = f"{sheet.title}!{cell.coordinate}"
            note = cell.comment and cell.comment.text
            link = cell.hyperlink and cell.hyperlink.target
            yield f"{place} = {cell.value!r}"
            yield f"{place} in format {looks[cell.style_id]}, {note=}, {link=}"


def _look(cell: Any) -> str:
    """Tell a format by a digest: its parts are long."""
    parts = (cell.number_format, cell.font, cell.fill, cell.border, cell.alignment)
    text = " ".join(map(repr, parts))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _parts(before: Path, after: Path, close: float) -> str:
    """Compare the parts of a ZIP: a project of QGIS, a document."""
    with zipfile.ZipFile(before) as one, zipfile.ZipFile(after) as two:
        names = sorted({*one.namelist(), *two.namelist()})
        for name in names:
            if name not in one.namelist() or name not in two.namelist():
                return f"part {name} is in one alone"
            texts = [book.read(name).decode("utf-8", "replace") for book in (one, two)]
            if name.endswith(".qgs"):
                texts = [_laid_out(text) for text in texts]
            if told := _first(*(text.split("><") for text in texts), close):
                return f"{name}, {told}"
    return ""


def _laid_out(text: str) -> str:
    """Write XML of QGIS without what only lays it out: blanks between elements."""
    root = ET.fromstring(text)  # noqa: S314 - of a run of ours
    for one in root.iter():
        if len(one):
            one.text = (one.text or "").strip()
        one.tail = (one.tail or "").strip()
    return ET.canonicalize(ET.tostring(root, encoding="unicode"))


def _rows(before: Path, after: Path, close: float) -> str:
    return _first(*(list(_dumped(path)) for path in (before, after)), close)


def _dumped(path: Path) -> Iterable[str]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as base:
        asked = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        for (name,) in base.execute(asked).fetchall():
            if not name.startswith(("rtree_", "sqlite_")):
                quoted = name.replace('"', '""')
                for row in base.execute(f'SELECT * FROM "{quoted}"'):  # noqa: S608
                    yield f"{name}: {[_styled(value) for value in row]!r}"


def _styled(value: object) -> object:
    if isinstance(value, bytes) and value[:2] == b"GP":
        header = 8 + _ENVELOPES[value[3] >> 1 & 7]
        shape = shapely.from_wkb(value[header:])
        return value[4:8].hex() + shapely.to_wkt(shape, rounding_precision=-1)
    is_style = isinstance(value, str) and value.startswith("<qgis")
    return _laid_out(str(value)) if is_style else value


def _first(before: Iterable[str], after: Iterable[str], close: float) -> str:
    for one, two in zip_longest(before, after, fillvalue="(nothing)"):
        if one != two and not (close and _same_text(one, two, close)):
            return f"{one[:120]} → {two[:120]}"
    return ""


def _same_text(one: str, two: str, close: float) -> bool:
    """Say whether only the last bits of numbers written in full differ."""
    mine, its = _NUMBER.split(one), _NUMBER.split(two)
    return len(mine) == len(its) and all(
        here == there or (at % 2 and _is_close(here, there, close))
        for at, (here, there) in enumerate(zip(mine, its, strict=True))
    )


def _is_close(one: str, two: str, close: float) -> bool:
    digits = (len(re.sub(r"[eE].*|\.", "", text).strip("0")) for text in (one, two))
    return max(digits) > _FIGURES and abs(float(one) - float(two)) <= close * float(two)


_DRAWN: dict[str, Callable[[Path, Path], str]] = {".pdf": _pages, ".png": _pixels}
_COMPARED: dict[str, Callable[[Path, Path, float], str]] = {
    ".docx": _parts,
    ".gpkg": _rows,
    ".html": _page,
    ".json": _json,
    ".parquet": _table,
    ".qgz": _parts,
    ".xlsx": _cells,
}


def main() -> None:
    """Print what differs; code 1 where something does."""
    if len(sys.argv) != 3:  # noqa: PLR2004
        sys.exit(f"{__doc__}")
    before, after = (Path(one) for one in sys.argv[1:])
    for folder in (before, after):
        if not _files(folder):
            sys.exit(f"{folder}: no data/processed nor maps in there")
    found = differences(before, after)
    for line in found:
        print(line)
    print(f"{len(found)} of {len(_files(before))} files differ")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()

"""Compare what two runs wrote: `python scripts/same.py BEFORE AFTER`.

Both are folders that `eitgeo run --out` wrote in. Tables are compared by bytes, pages
by what they carry, pictures and PDF by pixels, workbooks by cells with their formats,
projects of QGIS and documents by their XML, GeoPackages by rows. Sidecars and manifests
sign versions of files and are left out. Ends with code 1 where something differs, with
one line a file that tells the first difference.
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


def differences(before: Path, after: Path) -> list[str]:
    """Tell what differs between two folders, a line a file."""
    mine, theirs = _files(before), _files(after)
    found = [f"{name}: only before" for name in sorted(mine.keys() - theirs.keys())]
    found += [f"{name}: only after" for name in sorted(theirs.keys() - mine.keys())]
    for name in sorted(mine.keys() & theirs.keys()):
        told = _difference(mine[name], theirs[name])
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


def _difference(before: Path, after: Path) -> str:
    if before.read_bytes() == after.read_bytes():
        return ""
    compare = _COMPARED.get(before.suffix, _bytes)
    return compare(before, after)


def _bytes(before: Path, after: Path) -> str:
    return f"other bytes ({before.stat().st_size} → {after.stat().st_size})"


def _table(before: Path, after: Path) -> str:
    one, two = pd.read_parquet(before), pd.read_parquet(after)
    if list(one.columns) != list(two.columns):
        return f"columns {sorted(set(one.columns) ^ set(two.columns))}"
    if len(one) != len(two):
        return f"{len(one)} → {len(two)} rows"
    changed = [
        f"{name} ({int(rows.sum())} rows: {one[name][rows].iloc[0]!r} → "
        f"{two[name][rows].iloc[0]!r})"
        for name in one.columns
        if (rows := ~_alike(one[name], two[name])).any()
    ]
    return ", ".join(changed) or "other bytes, the same rows"


def _alike(one: pd.Series[Any], two: pd.Series[Any]) -> pd.Series[bool]:
    return (one == two) | (one.isna() & two.isna())


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


def _page(before: Path, after: Path) -> str:
    texts = [path.read_text(encoding="utf-8") for path in (before, after)]
    payloads = [[json.loads(one) for one in _PAYLOAD.findall(text)] for text in texts]
    if payloads[0] != payloads[1]:
        return f"payload, {_first(_leaves(payloads[0]), _leaves(payloads[1]))}"
    return "" if payloads[0] else _first(*(text.splitlines() for text in texts))


def _json(before: Path, after: Path) -> str:
    one, two = (
        json.loads(path.read_text(encoding="utf-8")) for path in (before, after)
    )
    return "" if one == two else _first(_leaves(one), _leaves(two))


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


def _cells(before: Path, after: Path) -> str:
    books = [load_workbook(path, rich_text=True) for path in (before, after)]
    return _first(*(_sheet_lines(book) for book in books))


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


def _parts(before: Path, after: Path) -> str:
    """Compare the parts of a ZIP: a project of QGIS, a document."""
    with zipfile.ZipFile(before) as one, zipfile.ZipFile(after) as two:
        names = sorted({*one.namelist(), *two.namelist()})
        for name in names:
            if name not in one.namelist() or name not in two.namelist():
                return f"part {name} is in one alone"
            texts = [book.read(name).decode("utf-8", "replace") for book in (one, two)]
            if name.endswith(".qgs"):
                texts = [_laid_out(text) for text in texts]
            if texts[0] != texts[1]:
                return f"{name}, {_first(*(text.split('><') for text in texts))}"
    return ""


def _laid_out(text: str) -> str:
    """Write XML of QGIS without what only lays it out: blanks between elements."""
    root = ET.fromstring(text)  # noqa: S314 - of a run of ours
    for one in root.iter():
        if len(one):
            one.text = (one.text or "").strip()
        one.tail = (one.tail or "").strip()
    return ET.canonicalize(ET.tostring(root, encoding="unicode"))


def _rows(before: Path, after: Path) -> str:
    return _first(*(list(_dumped(path)) for path in (before, after)))


def _dumped(path: Path) -> Iterable[str]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as base:
        asked = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        for (name,) in base.execute(asked).fetchall():
            if not name.startswith(("rtree_", "sqlite_")):
                quoted = name.replace('"', '""')
                for row in base.execute(f'SELECT * FROM "{quoted}"'):  # noqa: S608
                    yield f"{name}: {[_styled(value) for value in row]!r}"


def _styled(value: object) -> object:
    is_style = isinstance(value, str) and value.startswith("<qgis")
    return _laid_out(str(value)) if is_style else value


def _first(before: Iterable[str], after: Iterable[str]) -> str:
    for one, two in zip_longest(before, after, fillvalue="(nothing)"):
        if one != two:
            return f"{one[:120]} → {two[:120]}"
    return ""


_COMPARED: dict[str, Callable[[Path, Path], str]] = {
    ".docx": _parts,
    ".gpkg": _rows,
    ".html": _page,
    ".json": _json,
    ".parquet": _table,
    ".pdf": _pages,
    ".png": _pixels,
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

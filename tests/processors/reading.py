"""What two runs of a study say differently: tables, printed figures, pictures.

A number written with more than twelve figures is a value: two processors may move its
last bits, and it is compared within 1e-9. Any other number is printed: it must be the
same, as every word must.
"""

import base64
import io
import json
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import shapely
from PIL import Image
from pypdf import PdfReader

CLOSE = 1e-9
FIGURES = 12
NUMBER = re.compile(r"(\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)")
DIGEST = re.compile(r"\b[0-9a-f]{64}\b|sha256-[A-Za-z0-9+/]{43}=")
PICTURE = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=]+)")
ZIPPED = {".docx", ".xlsx", ".qgz", ".zip"}
TEXTS = {
    *(".html", ".json", ".svg", ".csv", ".geojson", ".md", ".txt", ".ipynb", ".js"),
    *(".xml", ".rels", ".qgs", ".qml", ".css", ".typ", ".gitignore", ".vrt", ".cpg"),
}


def differences(first: Path, second: Path) -> list[str]:
    """List what differs between the files of two folders."""
    found = [
        {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
        for root in (first, second)
    ]
    lines = [f"{name} : d'un seul côté" for name in sorted(found[0] ^ found[1])]
    for name in sorted(found[0] & found[1]):
        one, other = ((root / name).read_bytes() for root in (first, second))
        lines += [f"{name} : {what}" for what in compared(Path(name).name, one, other)]
    return lines


def compared(name: str, one: bytes, other: bytes) -> Iterator[str]:
    """Tell what differs between two files of one name."""
    if one == other:
        return
    kind = Path(name).suffix or name
    if kind in ZIPPED:
        yield from _zipped(one, other)
    elif kind in TEXTS:
        yield from texts(one.decode(), other.decode())
    elif kind in READERS:
        yield from READERS[kind](one, other)
    else:
        yield f"octets ({len(one)} et {len(other)})"


def texts(one: str, other: str) -> Iterator[str]:
    """Tell which words and printed figures differ."""
    pictures = [PICTURE.findall(text) for text in (one, other)]
    for mine, its in zip(*pictures, strict=False):
        yield from _pictures(base64.b64decode(mine), base64.b64decode(its))
    parts = [
        NUMBER.split(DIGEST.sub("digest", PICTURE.sub("picture", text)))
        for text in (one, other)
    ]
    if len(parts[0]) != len(parts[1]):
        yield f"{len(parts[0])} mots et nombres au lieu de {len(parts[1])}"
    for at, (mine, its) in enumerate(zip(*parts, strict=False)):
        if mine != its and not (at % 2 and _same_value(mine, its)):
            around = "".join(parts[0][max(0, at - 3) : at])[-60:]
            yield f"« {around} » {mine[:60]!r} au lieu de {its[:60]!r}"
            if at % 2 == 0:
                return


def _same_value(one: str, other: str) -> bool:
    """Say whether two numbers are one value: long, and close."""
    digits = max(
        len(re.sub(r"[eE].*|\.", "", text).strip("0")) for text in (one, other)
    )
    return digits > FIGURES and abs(float(one) - float(other)) <= CLOSE * float(other)


def _zipped(one: bytes, other: bytes) -> Iterator[str]:
    packs = [zipfile.ZipFile(io.BytesIO(content)) for content in (one, other)]
    names = [pack.namelist() for pack in packs]
    if names[0] != names[1]:
        yield "membres d'archive"
        return
    for name in names[0]:
        mine, its = (pack.read(name) for pack in packs)
        yield from (f"{name} : {what}" for what in compared(name, mine, its))


def _tables(one: bytes, other: bytes) -> Iterator[str]:
    """Compare two tables: numbers within 1e-9, everything else as it is."""
    yield from frames(*(_frame(content) for content in (one, other)))


def _frame(content: bytes) -> pd.DataFrame:
    table = pq.read_table(io.BytesIO(content))
    told = json.loads((table.schema.metadata or {}).get(b"geo", b'{"columns": {}}'))
    frame = table.to_pandas()
    for name in told["columns"]:
        frame[name] = shapely.from_wkb(frame[name].to_numpy())
    return frame


def _layers(one: bytes, other: bytes) -> Iterator[str]:
    mine, its = (_read_layers(content) for content in (one, other))
    if list(mine) != list(its):
        yield "couches"
        return
    for name, table in mine.items():
        yield from (f"{name} : {what}" for what in frames(table, its[name]))


def _read_layers(content: bytes) -> dict[str, pd.DataFrame]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "couches.gpkg"
        path.write_bytes(content)
        names = pyogrio.list_layers(path)[:, 0].tolist()
        return {
            name: pd.DataFrame(pyogrio.read_dataframe(path, layer=name))
            for name in names
        }


def frames(one: pd.DataFrame, other: pd.DataFrame) -> Iterator[str]:
    """Tell which columns of two tables differ, and by how much."""
    if list(one.columns) != list(other.columns) or len(one) != len(other):
        yield f"forme {one.shape} au lieu de {other.shape}"
        return
    if list(one.dtypes) != list(other.dtypes):
        yield "types des colonnes"
    for name in one.columns:
        met = column_gap(one[name].to_numpy(), other[name].to_numpy())
        if met:
            yield f"{name} : {met}"


def column_gap(one: np.ndarray, other: np.ndarray) -> str:
    """Say how two columns differ; empty where they do not."""
    if one.dtype.kind == "f":
        gap = relative_gap(one, other)
        return f"écart relatif {gap:.1e}" if gap > CLOSE else ""
    if one.dtype.kind == "O" and any(isinstance(x, shapely.Geometry) for x in one):
        return _shapes(one, other)
    wrong = [
        (mine, its)
        for mine, its in zip(one.tolist(), other.tolist(), strict=True)
        if not _same_cell(mine, its)
    ]
    return f"{len(wrong)} cellules, ainsi {wrong[0]}" if wrong else ""


def _same_cell(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one == other or not list(texts(one, other))
    if isinstance(one, float) and isinstance(other, float):
        return relative_gap(np.array([one]), np.array([other])) <= CLOSE
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.shape == other.shape and not column_gap(one, other)
    return bool(one == other) or (pd.isna(one) and pd.isna(other))


def relative_gap(one: np.ndarray, other: np.ndarray) -> float:
    """Return the largest gap, relative; infinite where one alone is a number."""
    if (np.isfinite(one) != np.isfinite(other)).any():
        return np.inf
    known = np.isfinite(one)
    size = np.maximum(np.maximum(abs(one[known]), abs(other[known])), 1e-300)
    return float((abs(one[known] - other[known]) / size).max(initial=0.0))


def _shapes(one: np.ndarray, other: np.ndarray) -> str:
    if (shapely.get_type_id(one) != shapely.get_type_id(other)).any():
        return "types de géométrie"
    if (shapely.get_num_coordinates(one) != shapely.get_num_coordinates(other)).any():
        return "nombres de points"
    gap = relative_gap(*(shapely.get_coordinates(x).ravel() for x in (one, other)))
    return f"coordonnées, écart relatif {gap:.1e}" if gap > CLOSE else ""


def _documents(one: bytes, other: bytes) -> Iterator[str]:
    """Compare the words of two PDF, page by page, and nothing of their drawing."""
    pages = [PdfReader(io.BytesIO(content)).pages for content in (one, other)]
    if len(pages[0]) != len(pages[1]):
        yield f"{len(pages[0])} pages au lieu de {len(pages[1])}"
    for at, (mine, its) in enumerate(zip(*pages, strict=False), start=1):
        said = mine.extract_text(), its.extract_text()
        yield from (f"page {at} : {what}" for what in texts(*said))


def _pictures(one: bytes, other: bytes) -> Iterator[str]:
    """Compare two pictures: their size, and how many pixels differ at all."""
    pair = [
        np.asarray(Image.open(io.BytesIO(content)).convert("RGBA"), dtype=int)
        for content in (one, other)
    ]
    if pair[0].shape != pair[1].shape:
        yield f"{pair[0].shape} pixels au lieu de {pair[1].shape}"
        return
    gap = abs(pair[0] - pair[1]).max(axis=2)
    if gap.any():
        yield f"{(gap > 0).sum()} pixels, écart au plus {gap.max()} sur 255"


READERS: dict[str, Callable[[bytes, bytes], Iterator[str]]] = {
    ".gpkg": _layers,
    ".parquet": _tables,
    ".pdf": _documents,
    ".png": _pictures,
}

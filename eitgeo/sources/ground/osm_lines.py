"""Objects of OpenStreetMap as lines of text, and their columns as arrays.

Osmium filters a file and writes what passes in OPL, its format of one object a line;
arrow reads the lines: no object becomes one of Python.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import osmium
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from osmium.osm import NODE, WAY
from pyarrow import csv

from eitgeo.errors import SourceError, unread_reason
from eitgeo.words import french_size

_COLUMNS = {NODE: ["id", "tags", "lon", "lat"], WAY: ["id", "tags", "nodes"]}
_BLOCK_BYTES = 2**24
"""Longest line that is read."""

_LINES_PER_BYTE = 12
"""Room that lines may take, for a byte of a file that is packed; those of XML are
shorter than it."""

_PACKED = {".pbf", ".bz2", ".gz"}

_ESCAPED = re.compile("%([0-9a-f]+)%")


def read_lines(path: Path, kind: Any, *filters: Any) -> dict[str, pa.Array]:
    """Return the fields of the nodes, or ways, that pass all filters, in order.

    References
    ----------
    OPL, https://osmcode.org/opl-file-format/.
    """
    columns = dict.fromkeys(_COLUMNS[kind], pa.string())
    with _passing_folder(path) as folder:
        lines = Path(folder) / "objets.opl"
        target = osmium.io.File(str(lines), "opl,add_metadata=none")
        with (
            osmium.io.Reader(str(path), kind) as reader,
            osmium.SimpleWriter(target) as writer,
        ):
            osmium.apply(reader, *filters, writer)
        table = _table(lines, columns)
    return {name: _field(table, name) for name in columns}


def _passing_folder(path: Path) -> tempfile.TemporaryDirectory[str]:
    """Make a folder with room for lines: a full disk ends osmium, and all with it."""
    where = tempfile.gettempdir()
    try:
        folder = tempfile.TemporaryDirectory(prefix="eitgeo-")
        free = shutil.disk_usage(where).free
    except OSError as error:
        reason = unread_reason(error)
        message = f"{where} : dossier provisoire impossible ({reason})"
        raise SourceError(
            f"{message} → en nommer un autre (variable TMPDIR)"
        ) from error
    packed = path.suffix in _PACKED
    needed = (_LINES_PER_BYTE if packed else 1) * path.stat().st_size
    if free < needed:
        folder.cleanup()
        message = (
            f"{where} : {french_size(free)} libres, il en faut {french_size(needed)} "
            f"pour lire {path.name} → faire de la place, ou nommer un autre dossier "
            "(variable TMPDIR)"
        )
        raise SourceError(message)
    return folder


def _table(lines: Path, columns: dict[str, Any]) -> pa.Table:
    if not lines.stat().st_size:
        return pa.schema(columns).empty_table()
    return csv.read_csv(
        lines,
        csv.ReadOptions(column_names=list(columns), block_size=_BLOCK_BYTES),
        csv.ParseOptions(delimiter=" ", quote_char=False),
        csv.ConvertOptions(column_types=columns),
    )


def _field(table: pa.Table, name: str) -> pa.Array:
    # A letter says what a field is.
    values = pc.utf8_slice_codeunits(table[name].combine_chunks(), 1)
    if name == "id":
        return values.cast(pa.int64())
    if name in {"lon", "lat"}:
        # A node without a place has both letters and no number.
        return pc.if_else(pc.equal(values, ""), "nan", values).cast(pa.float64())
    return values


def node_refs(nodes: pa.Array) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return the nodes of all ways, one after the other, and the way of each."""
    lists = pc.split_pattern(nodes, ",")
    each = pc.list_flatten(lists)
    named = pc.not_equal(each, "")
    refs = pc.utf8_slice_codeunits(each.filter(named), 1).cast(pa.int64())
    return refs.to_numpy(), pc.list_parent_indices(lists).filter(named).to_numpy()


def tag_table(tags: pa.Array, keys: tuple[str, ...]) -> pd.DataFrame:
    """Lay tags out, a column a key: empty where an object has none."""
    lists = pc.split_pattern(tags, ",")
    pairs = pc.list_flatten(lists)
    owner = pc.list_parent_indices(lists)
    known = pc.not_equal(pairs, "")
    pair = pc.split_pattern(pairs.filter(known), "=", max_splits=1)
    key = pc.index_in(pc.list_element(pair, 0), pa.array(keys))
    asked = pc.is_valid(key)
    value = _plain(pc.list_element(pair, 1).filter(asked))
    row = owner.filter(known).filter(asked).to_numpy()
    column = key.filter(asked).to_numpy()
    table = {}
    for number, name in enumerate(keys):
        rows_tagged = np.flatnonzero(column == number)
        place = np.full(len(tags), -1)
        place[row[rows_tagged]] = rows_tagged
        table[name] = value.take(pa.array(place, mask=place < 0)).fill_null("")
    return pa.table(table).to_pandas()


def _plain(values: pa.Array) -> pa.Array:
    """Write again the characters that OPL tells by their number."""
    coded = values.dictionary_encode()
    texts = [
        _ESCAPED.sub(lambda one: chr(int(one[1], 16)), text)
        for text in coded.dictionary.to_pylist()
    ]
    return pa.array(texts, pa.string()).take(coded.indices)

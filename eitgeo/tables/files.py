"""Tables on disk: validated, then written whole through the store.

The private table of answers lies beside what is processed, never among it.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow.lib import ArrowException

from eitgeo.errors import SourceError
from eitgeo.store import note_reading, write, write_private
from eitgeo.tables.schema import TABLES, validate

_TABLE = "declarations"
_ARROW_TEXT = pd.StringDtype("pyarrow", na_value=np.nan)
_TEXT = pd.StringDtype("python", na_value=np.nan)

_MOST_HELD_BYTES = 700_000
_MOST_HELD = 128
HELD: dict[tuple[bytes, str, tuple[str, ...] | None], Any] = {}
"""Small tables that this process read last: content, table, columns → rows.

Most of them are read by a dozen steps.
"""


def write_table(folder: Path, frame: pd.DataFrame, *, table: str) -> Path:
    """Validate a table and write it as ``<folder>/<table>.parquet``.

    Parameters
    ----------
    folder
        ``data/processed`` of the study.
    frame
        The rows; geometries in EPSG:2154.
    table
        Name of the table, a key of ``TABLES``.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    SchemaError
        When the rows do not satisfy the schema; nothing is written.
    """
    tidy = validate(frame, table=table)
    return write(
        folder / f"{table}.parquet",
        lambda partial: put_rows(tidy, partial),
    )


def read_table(
    folder: str | os.PathLike[str],
    table: str,
    *,
    columns: Sequence[str] | None = None,
) -> Any:
    """Read a table back from ``<folder>/<table>.parquet``.

    Parameters
    ----------
    folder
        ``data/processed`` of the study.
    table
        Name of the table.
    columns
        Those to read; None: all.

    Returns
    -------
    pandas.DataFrame or geopandas.GeoDataFrame
        The rows, sorted by key; a geometry column is in EPSG:2154.

    Raises
    ------
    SourceError
        When the table has not been written, or was cut short.
    """
    path = Path(folder) / f"{table}.parquet"
    note_reading(path)
    if not path.is_file():
        message = f"{path.name} absent de {path.parent.name} → lancer « eitgeo run »"
        raise SourceError(message)
    try:
        return _held(path, table, None if columns is None else [*columns])
    except (OSError, KeyError, ArrowException) as error:
        remedy = "la supprimer, puis relancer « eitgeo run »"
        message = f"{path.name} : table illisible → {remedy}"
        raise SourceError(message) from error


def _held(path: Path, table: str, columns: list[str] | None) -> Any:
    """Read a file, or give again what was read of the same content.

    What is given shares its values with what is held: pandas copies them before it
    writes any.
    """
    read = gpd.read_parquet if TABLES[table].has_geometry else read_rows
    if path.stat().st_size > _MOST_HELD_BYTES:
        return read(path, columns=columns)
    content = path.read_bytes()
    asked = (content, table, None if columns is None else tuple(columns))
    rows = HELD.pop(asked, None)
    if rows is None:
        rows = read(io.BytesIO(content), columns=columns)
    HELD[asked] = rows
    if len(HELD) > _MOST_HELD:
        del HELD[next(iter(HELD))]
    return rows.copy(deep=False)


def read_rows(place: Path | io.BytesIO, columns: list[str] | None) -> pd.DataFrame:
    """Read rows as pandas does, but each text once: codes and names come again."""
    file = pq.ParquetFile(place)
    texts = {
        one.name for one in file.schema_arrow if pa.types.is_large_string(one.type)
    }
    file = pq.ParquetFile(place, metadata=file.metadata, read_dictionary=[*texts])
    whole = file.read(columns=columns)
    whole = whole if columns is None else whole.select(columns)
    rows = whole.drop_columns([*texts.intersection(whole.column_names)]).to_pandas()
    for at, name in enumerate(whole.column_names):
        if name in texts:
            rows.insert(at, name, _texts(whole.column(name)))
    return rows


def _texts(column: pa.ChunkedArray) -> pd.api.extensions.ExtensionArray:
    """Hold coded texts, none where a code is absent."""
    coded = column.unify_dictionaries().combine_chunks()
    texts = pd.array(coded.dictionary.to_numpy(zero_copy_only=False), dtype=_TEXT)
    codes = coded.indices.fill_null(-1).to_numpy()
    return texts.take(codes, allow_fill=True)


def put_rows(tidy: pd.DataFrame, place: Path) -> None:
    """Write rows as Parquet: the same bytes whatever holds their texts in memory."""
    kinds = dict(tidy.dtypes)
    texts = [name for name, one in kinds.items() if isinstance(one, pd.StringDtype)]
    told = {name: pa.large_string() for name in texts}
    for name in kinds.keys() - told.keys():
        if isinstance(kinds[name], np.dtype) and kinds[name].kind != "O":
            told[name] = pa.from_numpy_dtype(kinds[name])
    if told.keys() == kinds.keys():
        schema = pa.schema([(name, told[name]) for name in kinds])
        tidy.to_parquet(place, index=False, compression="zstd", schema=schema)
    else:  # there is a geometry
        rows = tidy.astype(dict.fromkeys(texts, _ARROW_TEXT))
        rows.to_parquet(place, index=False, compression="zstd")


def read_declarations(path: Path) -> pd.DataFrame:
    """Read the answers of firms."""
    if not path.is_file():
        message = (
            f"{path.name} absent de {path.parent.name} → importer des fiches "
            "(« eitgeo survey import »)"
        )
        raise SourceError(message)
    try:
        table = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        message = (
            f"{path.name} : table illisible → la supprimer, puis importer à nouveau "
            "les fiches (« eitgeo survey import »)"
        )
        raise SourceError(message) from error
    tidy: pd.DataFrame = validate(table, table=_TABLE, where=path.name)
    return tidy


def write_declarations(
    path: Path, frame: pd.DataFrame, *, root: Path | None = None
) -> Path:
    """Validate the answers of firms and write them for their owner alone."""
    tidy = validate(frame, table=_TABLE)
    return write_private(
        path,
        lambda partial: put_rows(tidy, partial),
        root=root or path.parent.parent,
    )

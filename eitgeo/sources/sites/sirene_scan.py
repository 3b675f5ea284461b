"""Large CSV or Parquet files seen by DuckDB as tables of text, never loaded whole."""

from __future__ import annotations

import atexit
import csv
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from eitgeo.check import Faults, require_columns
from eitgeo.errors import EitgeoError, SchemaError, SourceError
from eitgeo.extras import from_extra
from eitgeo.sources.files.archives import extracted
from eitgeo.sources.files.csv import csv_lines, require_file
from eitgeo.sources.files.declared import CsvSource

if TYPE_CHECKING:
    import duckdb


MEMORY_LIMIT = "500MB"
"""What DuckDB may hold; beyond, it spills to a temporary folder."""

THREADS = 2
MAX_ARCHIVE_BYTES = 20_000_000_000
"""The national CSV of establishments is about 9 GB once out of its archive."""

MAX_HEADER_BYTES = 100_000
_READABLE = (".csv", ".parquet")
_LINE = re.compile(r"CSV Error on Line: (\d+)")
_CELLS = re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)")


def _duckdb() -> ModuleType:
    return from_extra("duckdb", extra="sirene", purpose="fichiers de plusieurs Go")


@cache
def _database(process: int) -> duckdb.DuckDBPyConnection:
    """Open the database in memory, bounded, that all readings of a process share.

    Opening one costs more than reading a small file. Files are read anew each time.
    A process that is forked has its own: threads do not follow it.
    """
    spilled = tempfile.mkdtemp(prefix=f"eitgeo-{process}-")
    atexit.register(shutil.rmtree, spilled, ignore_errors=True)
    return _duckdb().connect(
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "enable_external_file_cache": False,
            "memory_limit": MEMORY_LIMIT,
            "preserve_insertion_order": False,
            "temp_directory": spilled,
            "threads": THREADS,
        }
    )


@contextmanager
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    """Lend a connection that reaches no network; its tables and views go with it."""
    with _database(os.getpid()).cursor() as connection:
        yield connection


@contextmanager
def attached(
    connection: duckdb.DuckDBPyConnection, path: Path, *, layout: CsvSource, view: str
) -> Iterator[None]:
    """Show the columns of a file to a connection as a view of its own, all text."""
    require_file(path)
    with _on_disk(path) as file, _told(path.name):
        if file.suffix.lower() == ".parquet":
            written = _parquet_names(file, path.name)
            names = _official(written, layout, path.name)
            rows = f"read_parquet({_quoted(file)}, hive_partitioning = false)"
        else:
            names = _official(_csv_header(file, layout, path.name), layout, path.name)
            written = [f"column_{rank}" for rank in range(len(names))]
            rows = _csv(file, layout.separator, written)
        places = dict(zip(names, written, strict=True))
        columns = _columns(places, layout)
        connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {view} AS SELECT {columns} FROM {rows}"  # noqa: S608 - quoted
        )
        yield


@contextmanager
def _on_disk(path: Path) -> Iterator[Path]:
    with extracted(path, wanted=_READABLE, max_bytes=MAX_ARCHIVE_BYTES) as members:
        if len(members) > 1:
            names = ", ".join(sorted(members))
            message = (
                f"{path.name} : {len(members)} fichiers dans l'archive ({names}) "
                "→ n'y laisser que celui à lire"
            )
            raise SourceError(message)
        yield next(iter(members.values()))


def _parquet_names(path: Path, where: str) -> list[str]:
    # Not asked of DuckDB: a name that is not UTF-8 stops it with a bare RuntimeError.
    try:
        return list(pq.read_schema(path).names)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise _explained(str(error), where) from error


def _csv_header(path: Path, layout: CsvSource, where: str) -> list[str]:
    with path.open("rb") as handle:
        line = handle.readline(MAX_HEADER_BYTES)
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = (
            f"{where} : encodage illisible (ligne 1) → enregistrer en « CSV UTF-8 »"
        )
        raise SourceError(message) from error
    reader = csv.reader([text.strip("\r\n")], delimiter=layout.separator)
    names = next((cells for _, cells in csv_lines(reader, where=where)), [])
    others = {";": ";", ",": ",", "\t": "tabulation"}
    met = [one for one in others if one != layout.separator and one in text]
    if len(names) == 1 and met:
        faults = Faults(where)
        faults.add(
            f"séparateur « {others[met[0]]} » au lieu de « {layout.separator} »",
            row=1,
            remedy="reprendre le fichier d'origine (il a été réenregistré)",
        )
        faults.raise_if_any(SchemaError)
    return names


def _official(names: Sequence[str], layout: CsvSource, where: str) -> list[str]:
    wanted = [*layout.needed, *layout.optional]
    folded = {name.casefold(): name for name in wanted}
    spelt = [folded.get(name.strip().casefold(), name.strip()) for name in names]
    faults = Faults(where)
    for name, times in Counter(spelt).items():
        if times > 1 and name in wanted:
            met = f"colonne « {name} » présente {times} fois"
            faults.add(met, row=1, remedy="n'en garder qu'une")
    faults.raise_if_any(SchemaError)
    require_columns(pd.DataFrame(columns=spelt), layout.needed, where=where)
    return spelt


def _csv(path: Path, separator: str, names: Sequence[str]) -> str:
    """Write what reads a CSV file; a relation built a step at a time costs thrice."""
    types = ", ".join(f"{name}: 'VARCHAR'" for name in names)
    return (
        f"read_csv({_quoted(path)}, auto_detect = false, columns = {{{types}}}, "
        f"escape = '\"', header = true, quote = '\"', delim = {_quoted(separator)})"
    )


def _columns(places: Mapping[str, str], layout: CsvSource) -> str:
    return ", ".join(
        f"CAST({_named(places[name]) if name in places else 'NULL'} AS VARCHAR) "
        f"AS {alias}"
        for name, alias in (layout.needed | layout.optional).items()
    )


def _quoted(text: object) -> str:
    """Write a text of SQL, in which nothing but its quote has a meaning.

    Examples
    --------
    >>> _quoted("l'étude")
    "'l''étude'"
    """
    return "'" + str(text).replace("'", "''") + "'"


def _named(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


@contextmanager
def _told(where: str) -> Iterator[None]:
    """Tell the faults that DuckDB meets in a file, in the words of the package."""
    try:
        yield
    except _duckdb().Error as error:
        raise _explained(str(error), where) from error


def _explained(text: str, where: str) -> EitgeoError:
    line = _LINE.search(text)
    place = f" (ligne {line[1]})" if line else ""
    if "nvalid unicode" in text or "not utf-8" in text:
        return SourceError(
            f"{where} : encodage illisible{place} → enregistrer en « CSV UTF-8 »"
        )
    cells = _CELLS.search(text)
    if line and cells:
        met = f"{cells[2]} cellules pour {cells[1]} colonnes"
        return SchemaError(
            f"{where} : 1 anomalie\n  - ligne {line[1]} : {met} "
            "→ vérifier les séparateurs et les guillemets"
        )
    if "Out of Memory" in text:
        return SourceError(
            f"{where} : mémoire ou disque temporaire insuffisants → libérer de la place"
        )
    return SourceError(
        f"{where} : fichier illisible{place}, tronqué ou abîmé "
        "→ le télécharger à nouveau"
    )

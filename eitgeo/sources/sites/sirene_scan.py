"""SIRENE seen by DuckDB: the rows of some communes, and the count of others."""

from __future__ import annotations

import atexit
import csv
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from eitgeo.check import Faults, commune_code_fault, hint, require_columns
from eitgeo.errors import EitgeoError, SchemaError, SourceError
from eitgeo.extras import from_extra
from eitgeo.sources.files.archives import extracted
from eitgeo.sources.files.csv import check_short, csv_lines, require_file
from eitgeo.sources.files.rows import CsvSource
from eitgeo.words import french_number

if TYPE_CHECKING:  # an extra
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
        columns = _selected(places, layout)
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


def _selected(places: Mapping[str, str], layout: CsvSource) -> str:
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


ESTABLISHMENTS = CsvSource("sirene", is_official=True)
LEGAL_UNITS = CsvSource("sirene_units", is_official=True)
GEOLOCATION = CsvSource("sirene_places", separator=";", is_official=True)
COMMUNE = r"(?:\d{2}|2[AB])\d{3}"
ACTIVE, CLOSED = "A", "F"
DIFFUSED, PARTIAL, WITHHELD = "O", "P", "N"
STATES = (ACTIVE, CLOSED)
STATUSES = (DIFFUSED, PARTIAL, WITHHELD)
AWAY = "hors des communes demandées"
BAD_COMMUNE = "code commune mal formé"
HIDDEN = "non diffusible (statut N)"
NO_COMMUNE = "sans commune française"
SHUT = "établissement fermé"
PICKED = ""

_TOLD = 40
"""Characters of a malformed identifier that a refusal tells."""

_COUNT = """
SELECT code_insee, state, status, count(*) AS n_rows
FROM establishments
GROUP BY ALL
"""
_NEAR = """
CREATE OR REPLACE TEMP TABLE near AS
SELECT * FROM establishments SEMI JOIN area USING (code_insee)
"""
_PICK = """
CREATE OR REPLACE TEMP TABLE picked AS
SELECT siret, code_insee, status, bracket, sign, usual_name, activity,
    nomenclature, activity_2025, own_category, own_unit_name, own_unit_status,
    count(*) AS n_rows
FROM near
WHERE state = 'A' AND status IN ('O', 'P')
GROUP BY ALL
"""
_SILENCED = """
SELECT DISTINCT siret
FROM near
WHERE status = 'N' OR (status = 'P' AND state <> 'A')
"""
_PICKED = "SELECT * FROM picked ORDER BY ALL"
_UNITS = """
SELECT siren, unit_status, unit_name, category, count(*) AS n_rows
FROM legal_units
WHERE siren IN (SELECT substr(siret, 1, 9) FROM picked)
GROUP BY ALL ORDER BY ALL
"""
_POSITIONS = """
SELECT siret, x, y, qualite_xy, epsg, count(*) AS n_rows
FROM geolocation SEMI JOIN picked USING (siret)
GROUP BY ALL ORDER BY ALL
"""


def picked_establishments(
    connection: duckdb.DuckDBPyConnection, path: Path, *, codes: Collection[str]
) -> tuple[pd.DataFrame, pd.DataFrame, frozenset[str]]:
    """Pick the active establishments of some communes, and count all other rows.

    Third, the SIRET of those that are withheld and not picked.
    """
    connection.register("area", pd.DataFrame({"code_insee": sorted(codes)}))
    with attached(connection, path, layout=ESTABLISHMENTS, view="establishments"):
        counts = _text(connection.execute(_COUNT).df())
        left = _left(counts, codes, path)
        connection.execute(_NEAR)
        connection.execute(_PICK)
        picked = _text(connection.execute(_PICKED).df())
        silenced = {str(one) for (one,) in connection.execute(_SILENCED).fetchall()}
    faults = Faults(path.name)
    if picked.empty:
        met = "aucun établissement actif dans les communes demandées"
        remedy = "vérifier le fichier et le millésime des codes communes"
        faults.add(met, remedy=remedy)
    _check_key(picked, "siret", r"\d{14}", faults=faults)
    for name in ("sign", "usual_name", "own_unit_name"):
        check_short(picked.set_index("siret")[name], faults=faults)
    faults.raise_if_any(SchemaError)
    return picked, left, frozenset(silenced)


def legal_units(connection: duckdb.DuckDBPyConnection, path: Path) -> pd.DataFrame:
    """Find the legal units of the establishments picked."""
    with attached(connection, path, layout=LEGAL_UNITS, view="legal_units"):
        units = _text(connection.execute(_UNITS).df())
    faults = Faults(path.name)
    _check_key(units, "siren", r"\d{9}", faults=faults)
    check_short(units.set_index("siren")["unit_name"], faults=faults)
    faults.raise_if_any(SchemaError)
    return units


def positions(connection: duckdb.DuckDBPyConnection, path: Path) -> pd.DataFrame:
    """Find the positions of the establishments picked."""
    with attached(connection, path, layout=GEOLOCATION, view="geolocation"):
        rows = _text(connection.execute(_POSITIONS).df())
    faults = Faults(path.name)
    _check_key(rows, "siret", r"\d{14}", faults=faults)
    faults.raise_if_any(SchemaError)
    return rows


def counted_lines(n_rows: int) -> str:
    """Write a number of lines in French.

    Examples
    --------
    >>> counted_lines(1), counted_lines(1_200).split()
    ('1 ligne', ['1', '200', 'lignes'])
    """
    number = french_number(n_rows)
    return f"{number} ligne" if n_rows == 1 else f"{number} lignes"


def _text(frame: pd.DataFrame) -> pd.DataFrame:
    words = frame.drop(columns="n_rows").fillna("").astype("str")
    return words.assign(n_rows=frame["n_rows"])


def _left(counts: pd.DataFrame, codes: Collection[str], path: Path) -> pd.DataFrame:
    if counts.empty:
        message = f"{path.name} : fichier vide (un en-tête sans ligne) → le compléter"
        raise SourceError(message)
    code = counts["code_insee"]
    inside = code.isin(list(codes))
    faults = Faults(path.name)
    _check_zeros(counts[~inside], faults=faults)
    _check_domain(counts[inside], "state", STATES, faults=faults)
    _check_domain(counts[inside], "status", STATUSES, faults=faults)
    faults.raise_if_any(SchemaError)
    reasons = np.select(
        [
            code == "",
            ~code.str.fullmatch(COMMUNE),
            ~inside,
            counts["state"] == CLOSED,
            counts["status"] == WITHHELD,
        ],
        [NO_COMMUNE, BAD_COMMUNE, AWAY, SHUT, HIDDEN],
        default=PICKED,
    )
    left_out = counts.assign(reason=reasons)[reasons != PICKED]
    return left_out.groupby("reason", as_index=False)["n_rows"].sum()


def _check_zeros(counts: pd.DataFrame, *, faults: Faults) -> None:
    short = counts[counts["code_insee"].str.fullmatch(r"\d{4}")]
    for code, n_rows in short.groupby("code_insee")["n_rows"].sum().items():
        met, remedy = commune_code_fault(code) or ("", "")
        faults.add(f"{met} ({counted_lines(n_rows)})", remedy=remedy)


def _check_domain(
    counts: pd.DataFrame, column: str, domain: tuple[str, ...], *, faults: Faults
) -> None:
    (official,) = (
        name for name, alias in ESTABLISHMENTS.needed.items() if alias == column
    )
    wrong = counts[~counts[column].isin(domain)]
    for value, n_rows in wrong.groupby(column)["n_rows"].sum().items():
        met = f"« {official} » = « {value} » ({counted_lines(n_rows)})"
        faults.add(met, remedy=hint(str(value), domain))


def _check_key(rows: pd.DataFrame, key: str, pattern: str, *, faults: Faults) -> None:
    malformed = ~rows[key].str.fullmatch(pattern)
    for value in rows.loc[malformed, key]:
        shown = value if len(value) <= _TOLD else f"{value[:_TOLD]}…"
        met = f"« {key} » = « {shown} » mal formé"
        faults.add(met, remedy="rétablir les zéros de tête (colonne au format texte)")
    for value in rows.loc[rows[key].duplicated() & ~malformed, key]:
        met = f"« {key} » {value} présent deux fois avec des valeurs différentes"
        faults.add(met, remedy="ne garder que la ligne du dernier traitement")

"""The rows of the SIRENE files that concern some communes, and the count of others."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eitgeo.check import Faults, commune_code_fault, hint
from eitgeo.errors import SchemaError, SourceError
from eitgeo.sources.files.csv import check_short
from eitgeo.sources.files.declared import CsvSource
from eitgeo.sources.sites.sirene_scan import attached
from eitgeo.words import french_number

if TYPE_CHECKING:
    import duckdb

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

"""The rows of the SIRENE files that concern some communes, and the count of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.check import Faults, commune_code_fault, hint
from eitgeo.errors import SchemaError, SourceError
from eitgeo.sources._sirene_header import ESTABLISHMENTS, GEOLOCATION, LEGAL_UNITS
from eitgeo.sources._sirene_scan import attached

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    import duckdb

ACTIVE, CLOSED = "A", "F"
DIFFUSED, PARTIAL, WITHHELD = "O", "P", "N"
_STATES = (ACTIVE, CLOSED)
_STATUSES = (DIFFUSED, PARTIAL, WITHHELD)

_COUNT = """
SELECT code_insee, state, status, count(*) AS n_rows
FROM establishments
GROUP BY ALL
"""
_PICK = """
CREATE OR REPLACE TEMP TABLE picked AS
SELECT siret, code_insee, status, bracket, sign, usual_name, activity,
    nomenclature, activity_2025, count(*) AS n_rows
FROM establishments SEMI JOIN area USING (code_insee)
WHERE state = 'A' AND status IN ('O', 'P')
GROUP BY ALL
"""
_PICKED = "SELECT * FROM picked ORDER BY ALL"
_UNITS = """
SELECT siren, unit_status, unit_name, category, count(*) AS n_rows
FROM legal_units
WHERE siren IN (SELECT substr(siret, 1, 9) FROM picked)
GROUP BY ALL ORDER BY ALL
"""
_POSITIONS = """
SELECT siret, x, y, quality, epsg, count(*) AS n_rows
FROM geolocation SEMI JOIN picked USING (siret)
GROUP BY ALL ORDER BY ALL
"""


def picked_establishments(
    connection: duckdb.DuckDBPyConnection, path: Path, *, codes: Collection[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Pick the active establishments of some communes, and count all other rows.

    Parameters
    ----------
    connection
        The engine; it keeps the rows picked as table ``picked``.
    path
        Stock of establishments.
    codes
        The communes wanted.

    Returns
    -------
    picked : pandas.DataFrame
        Text columns ``siret``, ``code_insee``, ``status`` …, ``""`` where empty;
        ``n_rows``: how many identical rows of the file each stands for.
    left : pandas.DataFrame
        ``reason`` and ``n_rows`` of the rows that are not picked.

    Raises
    ------
    SourceError
        File without a row, or unreadable.
    SchemaError
        Code without its zero, unknown state or status, SIRET malformed or repeated.
    """
    connection.register("area", pd.DataFrame({"code_insee": sorted(codes)}))
    with attached(connection, path, layout=ESTABLISHMENTS, view="establishments"):
        counts = _text(connection.execute(_COUNT).df())
        left = _left(counts, codes, path)
        connection.execute(_PICK)
        picked = _text(connection.execute(_PICKED).df())
    faults = Faults(path.name)
    if picked.empty:
        met = "aucun établissement actif dans les communes demandées"
        remedy = "vérifier le fichier et le millésime des codes communes"
        faults.add(met, remedy=remedy)
    _check_key(picked, "siret", r"\d{14}", faults=faults)
    faults.raise_if_any(SchemaError)
    return picked, left


def legal_units(connection: duckdb.DuckDBPyConnection, path: Path) -> pd.DataFrame:
    """Find the legal units of the establishments picked.

    Parameters
    ----------
    connection
        The engine, with table ``picked``.
    path
        Stock of legal units.

    Returns
    -------
    pandas.DataFrame
        Text columns ``siren``, ``unit_status``, ``unit_name``, ``category``;
        ``n_rows`` as for the establishments.

    Raises
    ------
    SourceError
        File unreadable.
    SchemaError
        SIREN repeated with other values.
    """
    with attached(connection, path, layout=LEGAL_UNITS, view="legal_units"):
        units = _text(connection.execute(_UNITS).df())
    faults = Faults(path.name)
    _check_key(units, "siren", r"\d{9}", faults=faults)
    faults.raise_if_any(SchemaError)
    return units


def positions(connection: duckdb.DuckDBPyConnection, path: Path) -> pd.DataFrame:
    """Find the positions of the establishments picked.

    Parameters
    ----------
    connection
        The engine, with table ``picked``.
    path
        Geolocation of the establishments.

    Returns
    -------
    pandas.DataFrame
        Text columns ``siret``, ``x``, ``y``, ``quality``, ``epsg``; ``n_rows`` as
        for the establishments.

    Raises
    ------
    SourceError
        File unreadable.
    SchemaError
        SIRET repeated with other values.
    """
    with attached(connection, path, layout=GEOLOCATION, view="geolocation"):
        found = _text(connection.execute(_POSITIONS).df())
    faults = Faults(path.name)
    _check_key(found, "siret", r"\d{14}", faults=faults)
    faults.raise_if_any(SchemaError)
    return found


def _text(frame: pd.DataFrame) -> pd.DataFrame:
    columns = frame.columns.drop("n_rows")
    return frame.assign(**{name: frame[name].fillna("").astype("str") for name in columns})


def _left(counts: pd.DataFrame, codes: Collection[str], path: Path) -> pd.DataFrame:
    if counts.empty:
        message = f"{path.name} : fichier vide (un en-tête sans ligne) → le compléter"
        raise SourceError(message)
    inside = counts["code_insee"].isin(list(codes))
    faults = Faults(path.name)
    here = counts[inside]
    _check_domain(here, "state", _STATES, "etatAdministratifEtablissement", faults)
    _check_domain(here, "status", _STATUSES, "statutDiffusionEtablissement", faults)
    reasons = counts["code_insee"].drop_duplicates().map(lambda code: code)
    by_code = {code: _reason_outside(code, faults) for code in reasons[~reasons.isin(list(codes))]}
    faults.raise_if_any(SchemaError)
    reason = counts["code_insee"].map(by_code).astype("object")
    reason = reason.where(~inside, "non diffusible (statut N)")
    reason = reason.where(~(inside & (counts["state"] == CLOSED)), "établissement fermé")
    kept = inside & (counts["state"] == ACTIVE) & (counts["status"] != WITHHELD)
    told = counts.assign(reason=reason)[~kept]
    return told.groupby("reason", as_index=False)["n_rows"].sum()

"""Writes small SIRENE files with the official headers, separators and encodings."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from tests.sources.sirene_header import (
    ESTABLISHMENT_HEADER,
    GEOLOCATION_HEADER,
    LEGAL_UNIT_HEADER,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

Row = dict[str, str]

_ESTABLISHMENT = {
    "statutDiffusionEtablissement": "O",
    "dateCreationEtablissement": "1997-12-05",
    "trancheEffectifsEtablissement": "NN",
    "dateDernierTraitementEtablissement": "2026-08-30T14:22:10.000",
    "etablissementSiege": "true",
    "nombrePeriodesEtablissement": "2",
    "codeCommuneEtablissement": "31002",
    "dateDebut": "2008-01-01",
    "etatAdministratifEtablissement": "A",
    "activitePrincipaleEtablissement": "17.11Z",
    "nomenclatureActivitePrincipaleEtablissement": "NAFRev2",
    "caractereEmployeurEtablissement": "O",
    "activitePrincipaleNAF25Etablissement": "17.11Y",
}
_LEGAL_UNIT = {
    "statutDiffusionUniteLegale": "O",
    "dateCreationUniteLegale": "1997-12-05",
    "trancheEffectifsUniteLegale": "21",
    "nombrePeriodesUniteLegale": "3",
    "categorieEntreprise": "PME",
    "dateDebut": "2008-01-01",
    "etatAdministratifUniteLegale": "A",
    "categorieJuridiqueUniteLegale": "5710",
    "activitePrincipaleUniteLegale": "17.11Z",
    "nomenclatureActivitePrincipaleUniteLegale": "NAFRev2",
    "caractereEmployeurUniteLegale": "O",
}
_POSITION = {"qualite_xy": "11", "epsg": "2154", "plg_code_commune": "31002"}


def establishment(siret: str, **cells: str) -> Row:
    """Return an active establishment of 31002; ``cells`` by official column."""
    own = {"siren": siret[:9], "nic": siret[9:], "siret": siret}
    return _ESTABLISHMENT | own | cells


def legal_unit(siren: str, name: str, **cells: str) -> Row:
    """Return a company; ``cells`` by official column."""
    return _LEGAL_UNIT | {"siren": siren, "denominationUniteLegale": name} | cells


def position(siret: str, x: float | str, y: float | str, **cells: str) -> Row:
    """Return a position in Lambert-93, quality 11."""
    return _POSITION | {"siret": siret, "x": str(x), "y": str(y)} | cells


def csv_text(
    rows: Iterable[Mapping[str, str]], header: Sequence[str], separator: str
) -> str:
    """Return rows as INSEE writes them: quotes only where needed, line feeds."""
    handle = io.StringIO()
    writer = csv.DictWriter(
        handle, header, delimiter=separator, lineterminator="\n", restval=""
    )
    writer.writeheader()
    writer.writerows(rows)
    return handle.getvalue()


def establishments_csv(
    rows: Iterable[Mapping[str, str]], header: Sequence[str] = ESTABLISHMENT_HEADER
) -> str:
    """Return the stock of establishments: comma."""
    return csv_text(rows, header, ",")


def legal_units_csv(rows: Iterable[Mapping[str, str]]) -> str:
    """Return the stock of legal units: comma."""
    return csv_text(rows, LEGAL_UNIT_HEADER, ",")


def geolocation_csv(
    rows: Iterable[Mapping[str, str]], header: Sequence[str] = GEOLOCATION_HEADER
) -> str:
    """Return the geolocation: semicolon."""
    return csv_text(rows, header, ";")


def left_out(dropped: pd.DataFrame, file: str) -> int:
    """Count the rows of a file that a report tells, listed or counted."""
    rows = dropped.loc[dropped["file"] == file, "row"]
    counted = rows[rows.str.fullmatch(r"[\d\s]+ lignes?")]
    told = counted.str.replace(r"\D", "", regex=True).astype("int64").sum()
    return int(told) + len(rows) - len(counted)


def write_zip(path: Path, name: str, text: str) -> Path:
    """Write the archive that INSEE publishes: one CSV."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return path


def write_parquet(
    path: Path, rows: Sequence[Mapping[str, str]], header: Sequence[str]
) -> Path:
    """Write text columns, NULL where empty; ``x`` and ``y`` as Float32."""
    arrays = {}
    for name in header:
        cells = [row.get(name) or None for row in rows]
        if name in {"x", "y"}:
            numbers = [None if cell is None else float(cell) for cell in cells]
            arrays[name] = pa.array(numbers, pa.float32())
        else:
            arrays[name] = pa.array(cells, pa.string())
    pq.write_table(pa.table(arrays), path)
    return path

"""SINOE directory (ADEME): déchèteries open to households, and often to firms."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from eitgeo.check import require_columns
from eitgeo.errors import SchemaError, SourceError
from eitgeo.reference.source_columns import source_columns
from eitgeo.sources.files.csv import require_file
from eitgeo.sources.files.declared import CsvSource
from eitgeo.sources.files.frames import tidy_outlets
from eitgeo.sources.files.loaded import (
    Audited,
    away,
    dropped_rows,
    drops,
    first_reason,
    looked_up,
    note_rows,
    where,
)
from eitgeo.sources.files.positions import place_degrees
from eitgeo.sources.files.rows import read_official

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

KIND, HEADING = "decheterie", "2710"
LATELY_YEARS = 4
"""The survey of ADEME is held every second year: two of them without an answer."""

SOURCE = CsvSource("sinoe", separator=";", is_official=True)
_COLUMNS = tuple(one.column for one in source_columns("sinoe"))


def read_sinoe(pages: Sequence[Path], *, communes: gpd.GeoDataFrame) -> Audited:
    """Read the directory of déchèteries: the latest record of each site.

    Parameters
    ----------
    pages
        The CSV (``;``, UTF-8 with a byte order mark), or the JSON pages of the service
        (``total``, ``results``, ``next``), all of them.
    communes
        ``code_insee``, ``seat_x``, ``seat_y``, polygons, EPSG:2154.

    Returns
    -------
    Audited
        Table ``outlets``, EPSG:2154, kind ``decheterie``, heading 2710, capacity NaN.
        Left out: records of older years, repeated, without identifier or year, of
        other communes; services that have not answered for ``LATELY_YEARS`` before the
        latest year of the file, named: the directory lists those closed since.
        Remarks: positions. Addresses, telephones and operators are
        not read.

    Raises
    ------
    SourceError
        No page, one that is absent, empty or unreadable, or pages that are missing.
    SchemaError
        Missing column, commune code without its leading zero, malformed coordinate.
    CrsError
        Coordinates that are not degrees.

    References
    ----------
    Producer: ADEME, SINOE déchets, annuaire des déchèteries DMA,
    https://data.ademe.fr/datasets/sinoe-(r)-annuaire-des-decheteries-dma. Licence:
    Licence Ouverte 2.0. Vintage: column ``ANNEE``. CRS: EPSG:4326 (``GPS_LONG``,
    ``GPS_LAT``; ``GPS_X``, ``GPS_Y`` are in EPSG:3857 and are not read).
    """
    text = _records(pages)
    file = pages[0].name
    read = SOURCE.hold(text, where=file)
    read.faults.raise_if_any(SchemaError)
    rows = read.table
    subjects = "SINOE" + rows["code"]
    reason = first_reason(record_reasons(rows, communes), _silent(rows))
    kept = rows[reason == ""]
    placed = place_degrees(
        kept, kept["lon"], kept["lat"], communes=communes, where=file
    )
    outlets = gpd.GeoDataFrame(
        {
            "outlet_id": subjects[kept.index],
            "name": kept["name"],
            "kind": KIND,
            "icpe_headings": HEADING,
            "position_quality": placed.quality,
            "source": "ADEME, SINOE " + kept["year"],
            "code_insee": kept["code_insee"],
        },
        geometry=placed.points,
    )
    return Audited(
        tidy_outlets(outlets, where=file),
        dropped_rows(drops(file, subjects, reason)),
        note_rows(placed.notes(file, subjects)),
    )


def _silent(rows: pd.DataFrame) -> pd.Series:
    """Tell the services whose last answer is old: closed since, or not answering."""
    years = pd.to_numeric(rows["year"].where(rows["year"].str.fullmatch(r"\d{4}")))
    old = years < years.max() - LATELY_YEARS
    name = "« " + rows["name"] + " » : dernière réponse en " + rows["year"]
    return where(old, name + ", fermée depuis ou sans réponse")


def record_reasons(rows: pd.DataFrame, communes: pd.DataFrame) -> pd.Series:
    """Say why a record is left out: `rows` bear ``code``, ``year``, ``code_insee``."""
    years = rows["year"]
    dated = years.str.fullmatch(r"(19|20)\d{2}")
    ordered = rows[dated].sort_values("year", kind="stable", ascending=False)
    latest = ordered.groupby("code")["year"].first()
    last = looked_up(rows["code"], latest)
    again = rows.duplicated(["code", "year"])
    return first_reason(
        where(rows["code"] == "", "identifiant absent"),
        where(~dated, "année hors de portée (« " + years + " »)"),
        where(years != last, "année " + years + " remplacée par " + last),
        where(again, "ligne répétée (" + rows["code"] + ", " + years + ")"),
        away(rows, communes),
    )


def _records(pages: Sequence[Path]) -> pd.DataFrame:
    if not pages:
        message = "SINOE : aucun fichier donné → donner le CSV ou les pages JSON"
        raise SourceError(message)
    parts = [_page(path) for path in pages]
    rows = pd.concat([part for part, _, _ in parts])
    last = parts[-1]
    total = max(total for _, total, _ in parts)
    if last[2] or len(rows) < total:
        message = (
            f"{pages[-1].name} : {len(rows)} enregistrements sur {total}, la page dit "
            "qu'une autre suit → télécharger toutes les pages"
        )
        raise SourceError(message)
    # One numbering over the pages: a record is named by its rank.
    return rows if len(parts) == 1 else rows.set_axis(range(1, len(rows) + 1))


def _page(path: Path) -> tuple[pd.DataFrame, int, bool]:
    """Return records, how many there are in all, and whether a page follows."""
    if path.suffix.casefold() != ".json":
        rows = read_official(path, columns=_COLUMNS)
        return rows, len(rows), False
    content = _json(path)
    results = content.get("results")
    if not isinstance(results, list) or not all(
        isinstance(record, dict) for record in results
    ):
        message = f"{path.name} : « results » absent → télécharger la page à nouveau"
        raise SourceError(message)
    if not results:
        message = f"{path.name} : page sans enregistrement → vérifier la requête"
        raise SourceError(message)
    frame = pd.DataFrame(results)
    require_columns(frame, _COLUMNS, where=path.name)
    text = pd.DataFrame(
        {name: frame[name].map(_text) for name in _COLUMNS}, dtype="str"
    )
    total = content.get("total", len(text))
    rows = text.set_axis(pd.RangeIndex(1, len(text) + 1, name="line"))
    return (
        rows,
        total if isinstance(total, int) else len(text),
        bool(content.get("next")),
    )


def _json(path: Path) -> dict[str, Any]:
    require_file(path)
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        message = f"{path.name} : JSON illisible → télécharger la page à nouveau"
        raise SourceError(message) from error
    if not isinstance(content, dict):
        message = f"{path.name} : ce n'est pas une page de résultats → la télécharger"
        raise SourceError(message)
    return content


def _text(value: object) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()

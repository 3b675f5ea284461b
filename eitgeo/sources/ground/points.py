"""Points that a file of the study lists, to be counted: one kind a file."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd

from eitgeo.errors import SchemaError
from eitgeo.reference.source_columns import declared_sources
from eitgeo.sources.files.frames import at_seats
from eitgeo.sources.files.loaded import (
    Audited,
    away,
    dropped_rows,
    drops,
    note_rows,
)
from eitgeo.sources.files.rows import CsvSource
from eitgeo.sources.files.shapes import place_degrees
from eitgeo.tables.schema import validate

SOURCE = CsvSource("points")
"""Columns of a kind that declares none of its own."""


def read_points(path: Path, *, communes: gpd.GeoDataFrame, kind: str) -> Audited:
    """Read the points of one kind, each in its commune.

    Parameters
    ----------
    path
        CSV, UTF-8: the columns that ``source_columns.csv`` declares of the kind, else
        ``point_id``, ``name``, ``code_insee``, and if they are known ``lon``, ``lat``
        [degrees] and ``label``.
    communes
        ``code_insee``, ``seat_x``, ``seat_y``, polygons, EPSG:2154.
    kind
        Fact that counts them.

    Returns
    -------
    Audited
        Table ``points``, EPSG:2154, at the town hall where nothing better is told.
        Rows of other communes are left out. Remarks: positions.

    References
    ----------
    Producer: told by the study (``sources.credits.points``). Licence: that of the
    file, chosen by who publishes it. Vintage: told with it. CRS: EPSG:4326, or none
    in the file.
    """
    source = CsvSource(kind) if kind in declared_sources() else SOURCE
    read = source.read(path)
    read.faults.raise_if_any(SchemaError)
    rows = read.table
    reasons = away(rows, communes)
    kept = rows[reasons == ""]
    points, quality, notes = _placed(kept, communes, path.name)
    table = gpd.GeoDataFrame(
        {
            "point_id": kept["point_id"],
            "kind": kind,
            "name": kept["name"],
            "label": kept.get("label", ""),
            "code_insee": kept["code_insee"],
            "position_quality": quality,
        },
        geometry=points,
        index=kept.index,
    )
    return Audited(
        validate(table, table="points", where=path.name),
        dropped_rows(drops(path.name, rows["point_id"], reasons)),
        notes,
    )


def _placed(
    rows: pd.DataFrame, communes: gpd.GeoDataFrame, file: str
) -> tuple[gpd.GeoSeries, pd.Series[str] | str, pd.DataFrame]:
    """Place points at the degrees that the file tells, else at the town hall."""
    if not {"lon", "lat"} <= set(rows) or rows[["lon", "lat"]].isna().all(axis=None):
        return at_seats(rows, communes=communes).geometry, "commune", note_rows([])
    placed = place_degrees(
        rows, rows["lon"], rows["lat"], communes=communes, where=file
    )
    notes = note_rows(placed.notes(file, rows["point_id"]))
    return placed.points, placed.quality, notes

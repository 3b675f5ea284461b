"""The GeoPackage: layers, tables, and the style that QGIS gives each by itself."""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
import tempfile
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from eitgeo.maps.qgis.layers import QgisLayer, check_layers, qml

_STYLES = "layer_styles"
_CLOCK = "OGR_CURRENT_DATE"
_GEOMETRY = "geometry"
_COLUMN_TABLES = """
CREATE TABLE gpkg_data_columns (
  table_name TEXT NOT NULL,
  column_name TEXT NOT NULL,
  name TEXT,
  title TEXT,
  description TEXT,
  mime_type TEXT,
  constraint_name TEXT,
  CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name)
);
CREATE TABLE gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL,
  constraint_type TEXT NOT NULL,
  value TEXT,
  min NUMERIC,
  min_is_inclusive BOOLEAN,
  max NUMERIC,
  max_is_inclusive BOOLEAN,
  description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value)
);
"""
"""Extension « schema » of GeoPackage 1.4 (OGC 12-128r19, F.9)."""
_COLUMN_EXTENSION = (
    "gpkg_schema",
    "http://www.geopackage.org/spec121/#extension_schema",
    "read-write",
)
_MULTI = {"Point": "Point", "Line": "MultiLineString", "Polygon": "MultiPolygon"}


def geopackage(
    layers: Sequence[QgisLayer], *, edition: dt.date, stamp: str = ""
) -> bytes:
    """Write layers to a GeoPackage that carries their styles.

    `stamp` stands before the name and the description of each.

    Notes
    -----
    QGIS reads table ``layer_styles`` when a layer is added to any project: colours,
    names and French columns come along with the file. Other readers find the French
    name of each column in ``gpkg_data_columns``, and the sources of a table in its
    description.
    """
    check_layers(layers)
    moment = dt.datetime.combine(edition, dt.time(), tzinfo=dt.UTC)
    former = pyogrio.get_gdal_config_option(_CLOCK)
    pyogrio.set_gdal_config_options({_CLOCK: f"{moment:%Y-%m-%dT%H:%M:%SZ}"})
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "etude.gpkg"
            for layer in _once(layers):
                _write(path, layer, stamp=stamp)
            _write_styles(path, layers, moment)
            _describe_columns(path, _once(layers))
            return path.read_bytes()
    finally:
        pyogrio.set_gdal_config_options({_CLOCK: former})


def _once(layers: Sequence[QgisLayer]) -> list[QgisLayer]:
    """Keep the first layer of each table."""
    return list({layer.held_in: layer for layer in reversed(layers)}.values())[::-1]


def _write(path: Path, layer: QgisLayer, *, stamp: str) -> None:
    name = " – ".join(
        filter(None, [stamp, (layer.group if layer.table else layer.title)])
    )
    common = {"layer": layer.held_in, "driver": "GPKG", "append": path.exists()}
    options = {
        "IDENTIFIER": name,
        "DESCRIPTION": " ; ".join([name, *layer.sources]),
    }
    if isinstance(layer.rows, gpd.GeoDataFrame):
        pyogrio.write_dataframe(
            layer.rows.reset_index(drop=True),
            path,
            geometry_type=_MULTI[layer.kind],
            promote_to_multi=layer.kind != "Point",
            dataset_options=None if path.exists() else {"VERSION": "1.4"},
            layer_options={"GEOMETRY_NAME": _GEOMETRY, **options},
            **common,
        )
    else:
        pyogrio.write_dataframe(
            layer.rows.reset_index(drop=True),
            path,
            layer_options=options,
            **common,
        )


def _write_styles(path: Path, layers: Sequence[QgisLayer], moment: dt.datetime) -> None:
    rows = [
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": layer.held_in,
            "f_geometry_column": _GEOMETRY if layer.kind != "No geometry" else "",
            "styleName": layer.title,
            "styleQML": qml(layer.style, layer.aliases),
            "styleSLD": "",
            "useAsDefault": True,
            "description": " ; ".join(layer.sources),
            "owner": "",
            "ui": "",
            "update_time": pd.Timestamp(moment),
        }
        for layer in _once(layers)
    ]
    pyogrio.write_dataframe(
        pd.DataFrame(rows), path, layer=_STYLES, driver="GPKG", append=True
    )


def _describe_columns(path: Path, layers: Sequence[QgisLayer]) -> None:
    """Name the columns of every table in French, where any reader looks for it."""
    named = [
        (layer.held_in, column, column, layer.aliases[column])
        for layer in layers
        for column in layer.rows.columns
        if column in layer.aliases
    ]
    extended = [
        (table, *_COLUMN_EXTENSION)
        for table in ("gpkg_data_columns", "gpkg_data_column_constraints")
    ]
    with contextlib.closing(sqlite3.connect(path)) as base, base:
        base.executescript(_COLUMN_TABLES)
        base.executemany(
            "INSERT INTO gpkg_data_columns (table_name, column_name, name, title)"
            " VALUES (?, ?, ?, ?)",
            named,
        )
        base.executemany(
            "INSERT INTO gpkg_extensions"
            " (table_name, extension_name, definition, scope) VALUES (?, ?, ?, ?)",
            extended,
        )

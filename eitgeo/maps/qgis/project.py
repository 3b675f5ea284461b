"""The GeoPackage and the project: styles, map themes and print layouts, without QGIS.

Their texts are ``project.qgs`` and ``style.xml``, templates of this folder.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import math
import sqlite3
import tempfile
import uuid
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from textwrap import wrap
from typing import NamedTuple

import geopandas as gpd
import pandas as pd
import pyogrio
from pyproj import CRS

from eitgeo.maps.paper.charter import DEMONSTRATION_INK
from eitgeo.maps.paper.sheet import CRS_NAME, Sheet
from eitgeo.maps.qgis.layers import Fill, QgisLayer, Theme, check_layers, filled, qml
from eitgeo.words import typographic

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


_CRS_CODE = 2154
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_MARGIN = 0.04
_MAP_BOX = (8.0, 22.0, 205.0, 166.0)
"""Where the map is on the sheet: left, top, width, height [mm]."""
_STAMP_DEGREES = -20
_LEGEND_LETTERS = 40
_SPACE = uuid.UUID("6f7a3a34-3b4c-5a57-9a0b-51a1f4d2c6ab")
_SIDES = ("xmin", "ymin", "xmax", "ymax")
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Extent:
    """What the map shows when the project opens, EPSG:2154, metres."""

    bounds: tuple[float, float, float, float] = field()  # ``minx, miny, maxx, maxy``

    @property
    def with_margin(self) -> tuple[float, float, float, float]:
        """Return the bounds with a little room around."""
        left, low, right, high = self.bounds
        room = _MARGIN * max(right - left, high - low)
        return left - room, low - room, right + room, high + room


class _Layout(NamedTuple):
    """A theme as it is printed."""

    theme: Theme
    layers: list[QgisLayer]
    stamp_word: str
    notes: str
    foot: str


def qgis_project(
    layers: Sequence[QgisLayer],
    *,
    data: str,
    themes: Sequence[Theme],
    extent: Extent,
    sheet: Sheet,
    stem: str,
) -> bytes:
    """Write a project that opens the layers styled, grouped and ready to print."""
    check_layers(layers)
    groups: dict[str, list[QgisLayer]] = {}
    for layer in layers:
        groups.setdefault(layer.group, []).append(layer)
    left, top, width, height = _MAP_BOX
    turn = math.radians(-_STAMP_DEGREES)
    # QGIS turns an item about its upper left corner.
    x = left + width / 2 - (width / 2 * math.cos(turn) + 9 * math.sin(turn))
    y = top + height / 2 - (-width / 2 * math.sin(turn) + 9 * math.cos(turn))
    stamp_x, stamp_y = x, y
    text = filled(
        "project.qgs",
        wkt=CRS.from_epsg(_CRS_CODE).to_wkt(),
        layers=layers,
        groups=groups,
        data=data,
        drawn=any(layer.file for layer in layers),
        sheet=sheet,
        subtitle=f"{sheet.title} – {sheet.subtitle}" if sheet.subtitle else sheet.title,
        sides=_SIDES,
        extent=extent.with_margin,
        fitted=_fitted(extent.with_margin),
        layouts=[_layout(theme, layers, sheet) for theme in themes],
        blank=Fill(colour="#ffffff", outline=""),
        stamp_x=f"{stamp_x:g}",
        stamp_y=f"{stamp_y:g}",
        demonstration_ink=DEMONSTRATION_INK,
        key=_key,
        wrapped=lambda title: "|".join(wrap(title, _LEGEND_LETTERS)),
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo(f"{stem}.qgs", date_time=_ZIP_DATE)
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, text.encode())
    return content.getvalue()


def _layout(theme: Theme, layers: Sequence[QgisLayer], sheet: Sheet) -> _Layout:
    shown = [layer for layer in layers if theme.name in layer.themes]
    reasons = dict.fromkeys(one for layer in shown for one in layer.demonstration)
    sheet = replace(sheet, demonstration=tuple(reasons))
    notes = _notes(theme, shown, stamp=sheet.stamp)
    return _Layout(theme, shown, sheet.stamp_word, notes, _foot(shown, sheet))


def _notes(theme: Theme, layers: Sequence[QgisLayer], *, stamp: str) -> str:
    doubts = dict.fromkeys(one for layer in layers for one in layer.to_confirm)
    lines = [stamp, theme.note, *doubts]
    return typographic("\n".join(line for line in lines if line))


def _foot(layers: Sequence[QgisLayer], sheet: Sheet) -> str:
    sources = dict.fromkeys(one for layer in layers for one in layer.sources)
    lines = [
        f"{sheet.status_stamp} – édition du {sheet.edition_text} – {CRS_NAME}",
        " · ".join(sources),
        " – ".join(one for one in (sheet.funders, sheet.contact) if one),
    ]
    return typographic("\n".join(line for line in lines if line))


def _key(theme: str, item: str) -> str:
    """Name an item of a layout, the same at each run."""
    return f"{{{uuid.uuid5(_SPACE, f'{theme}/{item}')}}}"


def _fitted(bounds: Box) -> Box:
    """Widen bounds to the shape of the map's box."""
    left, low, right, high = bounds
    _, _, width, height = _MAP_BOX
    scale = max((right - left) / width, (high - low) / height)
    middle_x, middle_y = (left + right) / 2, (low + high) / 2
    half_x, half_y = scale * width / 2, scale * height / 2
    return middle_x - half_x, middle_y - half_y, middle_x + half_x, middle_y + half_y

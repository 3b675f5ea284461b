"""The layers that a caller hands over: their CRS is checked, never guessed.

What is wrong with a call is told in English, to whoever wrote it.
"""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from eitgeo.check import LAMBERT93_BOX, WORKING_EPSG
from eitgeo.errors import CrsError, SchemaError

if TYPE_CHECKING:
    type Floats = npt.NDArray[np.float64]

_POINT = "Point"
_POLYGONS = ("Polygon", "MultiPolygon")
_OVERLAP = 0.01
"""Share of the smaller polygon above which two overlap: below, borders are rough."""


def require_layer(layer: Any, *, name: str) -> gpd.GeoDataFrame:
    """Return a layer in EPSG:2154; refuse what is none, or tells no CRS."""
    if isinstance(layer, gpd.GeoSeries):
        layer = layer.to_frame("geometry").set_geometry("geometry")
    if not isinstance(layer, gpd.GeoDataFrame):
        message = f"{name}: a GeoDataFrame is needed, got {type(layer).__name__}"
        raise TypeError(message)
    if layer.crs is None:
        message = f"{name}: the layer has no CRS: call .set_crs() with the one it is in"
        raise CrsError(message)
    if not layer.index.is_unique:
        message = (
            f"{name}: index repeated: {layer.index[layer.index.duplicated()][0]!r}"
        )
        raise SchemaError(message)
    if layer.crs.to_epsg() == WORKING_EPSG:
        return layer
    return layer.to_crs(WORKING_EPSG)


def require_points(layer: Any, *, name: str) -> gpd.GeoDataFrame:
    """Return a layer of points in EPSG:2154."""
    points = require_layer(layer, name=name)
    bare = points.geometry.isna() | points.geometry.is_empty
    kinds = points.geometry.geom_type
    if bare.any():
        label = points.index[bare.to_numpy()][0]
        message = f"{name}: row {label!r} has no geometry"
        raise SchemaError(message)
    wrong = kinds != _POINT
    if wrong.any():
        label = points.index[wrong.to_numpy()][0]
        message = (
            f"{name}: points are needed, row {label!r} is {kinds[wrong].iloc[0]}: "
            "take .representative_point() or .centroid"
        )
        raise SchemaError(message)
    xy = points.geometry.get_coordinates().to_numpy()
    lost = ~np.isfinite(xy).all(axis=1)
    if lost.any():
        message = f"{name}: row {points.index[lost][0]!r} has no finite coordinates"
        raise SchemaError(message)
    require_near(xy[:, 0], xy[:, 1], name=name)
    return points


def require_polygons(layer: Any, *, name: str) -> gpd.GeoDataFrame:
    """Return a layer of polygons in EPSG:2154."""
    polygons = require_layer(layer, name=name)
    wrong = ~polygons.geometry.geom_type.isin(_POLYGONS) | polygons.geometry.is_empty
    if wrong.any():
        label = polygons.index[wrong.to_numpy()][0]
        message = f"{name}: polygons are needed, row {label!r} is no polygon"
        raise SchemaError(message)
    _require_apart(polygons, name=name)
    return polygons


def _require_apart(polygons: gpd.GeoDataFrame, *, name: str) -> None:
    """Refuse polygons that overlap: none of their borders would be shared."""
    shapes = polygons.geometry.to_numpy()
    if shapely.coverage_is_valid(shapes):
        return
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = first < second
    first, second = first[once], second[once]
    common = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    area = shapely.area(shapes)
    over = common > _OVERLAP * np.minimum(area[first], area[second])
    if over.any():
        one, other = (polygons.index[side[over][0]] for side in (first, second))
        message = (
            f"{name}: {one!r} and {other!r} overlap: a coverage is needed "
            "(shapely.coverage_clean)"
        )
        raise SchemaError(message)


def require_listed(labels: Any, *, name: str) -> None:
    """Refuse a text, or one value, where several are meant."""
    if isinstance(labels, str) or not hasattr(labels, "__iter__"):
        kind = "the text " if isinstance(labels, str) else ""
        message = f"{name}: a list is needed, got {kind}{labels!r}"
        raise TypeError(message)


def require_labels(
    labels: Iterable[Hashable], layer: gpd.GeoDataFrame, *, name: str
) -> None:
    """Refuse labels that a layer does not have."""
    absent = [label for label in labels if label not in layer.index]
    if absent:
        message = f"{name}: {absent[0]!r} is no label of the layer"
        raise KeyError(message)


def require_near(x: Floats, y: Floats, *, name: str) -> None:
    """Refuse degrees that pass for metres, and places that Lambert-93 does not hold."""
    west, south, east, north = LAMBERT93_BOX
    inside = (west <= x) & (x <= east) & (south <= y) & (y <= north)
    if len(x) and not inside.any():
        message = (
            f"{name}: every point lies outside metropolitan France (EPSG:2154): "
            "is the CRS the one that the layer is in?"
        )
        raise CrsError(message)


def require_column(table: Any, column: str, *, name: str) -> None:
    """Refuse a table without a column; say which it has."""
    if column not in table:
        message = f"{name}: no column {column!r} among {', '.join(map(str, table))}"
        raise SchemaError(message)


def require_numbers(
    table: pd.DataFrame, column: str, *, name: str, may_lack: bool = False
) -> Floats:
    """Return a column of numbers from 0 up; say which row holds none."""
    require_column(table, column, name=name)
    values = pd.to_numeric(table[column], errors="coerce").to_numpy(
        dtype=float, na_value=np.nan
    )
    right = np.isfinite(values) & (values >= 0)
    if may_lack:
        right |= table[column].isna().to_numpy()
    if not right.all():
        label = table.index[~right][0]
        message = (
            f"{name}: {column!r} of row {label!r} is "
            f"{table[column][~right].iloc[0]}: a number from 0 up is needed"
        )
        raise SchemaError(message)
    return values


def as_path(path: str | os.PathLike[str]) -> Path:
    """Take a path as a text or as a path, ``~`` included."""
    return Path(path).expanduser()

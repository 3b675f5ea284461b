"""The layers that a caller hands over: their CRS is checked, never guessed.

What is wrong with a call is told in English, to whoever wrote it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd

from eitgeo.check import LAMBERT93_BOX, WORKING_EPSG
from eitgeo.errors import CrsError, SchemaError

if TYPE_CHECKING:
    import os
    from collections.abc import Hashable, Iterable

_POINT = "Point"
_POLYGONS = ("Polygon", "MultiPolygon")


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
    if bare.any():
        label = points.index[bare.to_numpy()][0]
        message = f"{name}: row {label!r} has no geometry"
        raise SchemaError(message)
    kinds = points.geometry.geom_type
    wrong = kinds != _POINT
    if wrong.any():
        label = points.index[wrong.to_numpy()][0]
        message = (
            f"{name}: points are needed, row {label!r} is {kinds[wrong].iloc[0]}: "
            "take .representative_point() or .centroid"
        )
        raise SchemaError(message)
    _require_near(points, name=name)
    return points


def require_polygons(layer: Any, *, name: str) -> gpd.GeoDataFrame:
    """Return a layer of polygons in EPSG:2154."""
    polygons = require_layer(layer, name=name)
    wrong = ~polygons.geometry.geom_type.isin(_POLYGONS) | polygons.geometry.is_empty
    if wrong.any():
        label = polygons.index[wrong.to_numpy()][0]
        message = f"{name}: polygons are needed, row {label!r} is no polygon"
        raise SchemaError(message)
    return polygons


def require_labels(
    labels: Iterable[Hashable], layer: gpd.GeoDataFrame, *, name: str
) -> None:
    """Refuse labels that a layer does not have."""
    absent = [label for label in labels if label not in layer.index]
    if absent:
        message = f"{name}: {absent[0]!r} is no label of the layer"
        raise KeyError(message)


def _require_near(points: gpd.GeoDataFrame, *, name: str) -> None:
    """Refuse degrees that pass for metres, and places that Lambert-93 does not hold."""
    west, south, east, north = LAMBERT93_BOX
    x, y = points.geometry.x, points.geometry.y
    inside = x.between(west, east) & y.between(south, north)
    if len(points) and not inside.any():
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


def as_path(path: str | os.PathLike[str]) -> Path:
    """Take a path as a text or as a path, ``~`` included."""
    return Path(path).expanduser()

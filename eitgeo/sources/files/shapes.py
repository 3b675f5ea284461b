"""Geometries of official files: read from cells, moved to the working CRS.

Degrees or metres: the CRS is told row by row, or by the layer.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from eitgeo.check import LAMBERT93_BOX, WORKING_EPSG, require_lambert93
from eitgeo.errors import CrsError

if TYPE_CHECKING:
    Shapes = NDArray[Any]

WGS84_EPSG = 4326
FRANCE_DEGREES = (-6.0, 41.0, 10.0, 52.0)
"""Metropolitan France: west, south, east, north [°]."""

LAMBERT93, WGS84 = f"EPSG:{WORKING_EPSG}", f"EPSG:{WGS84_EPSG}"
UNPLACED = {
    "absente": "géométrie absente ou illisible",
    "inversee": "coordonnées inversées (latitude avant longitude, ou Y avant X)",
    "hors_france": "coordonnées hors de la France métropolitaine (autre système ?)",
}
"""Why a geometry has no place, in French."""

MAX_OBJECTS = 8
"""JSON objects in one geometry: collections nested by the thousand crash GEOS."""

RING_GAP = (1e-5, 1.0)
"""How far a ring may miss its end: degrees, metres."""

_LON_LAT = r"\s*\[?\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*\]?\s*"


def shapes_of_geojson(cells: pd.Series) -> Shapes:
    """Read the GeoJSON geometries of a column.

    Examples
    --------
    >>> import pandas as pd
    >>> point = '{"type": "Point", "coordinates": [1.0, 43.0]}'
    >>> shapes_of_geojson(pd.Series([point, "=1+1"])).tolist()
    [<POINT (1 43)>, None]
    """
    # A number past 1e308 becomes infinite, and then has no place.
    with np.errstate(over="ignore", invalid="ignore"):
        shallow = cells.str.count("{") <= MAX_OBJECTS
        written = cells.astype(object).where(shallow, None).to_numpy()
        return shapely.force_2d(shapely.from_geojson(written, on_invalid="ignore"))


def shapes_of_open_rings(cells: pd.Series) -> Shapes:
    """Read the GeoJSON polygons whose rings miss their end by a hair.

    Examples
    --------
    >>> import pandas as pd
    >>> ring = "[[0, 0], [9, 0], [9, 9], [0, 0.000001]]"
    >>> cell = f'{{"type": "Polygon", "coordinates": [{ring}]}}'
    >>> shapes_of_open_rings(pd.Series([cell])).tolist()
    [<MULTIPOLYGON (((0 0, 9 0, 9 9, 0 0)))>]
    """
    return shapes_of_geojson(cells.map(_with_closed_rings).astype("str"))


def _with_closed_rings(cell: str) -> str:
    try:
        written = json.loads(cell)
        kind, coordinates = written["type"], written["coordinates"]
        polygons = {"Polygon": [coordinates], "MultiPolygon": coordinates}[kind]
        closed = [[_closed(ring) for ring in rings] for rings in polygons]
    except (ValueError, TypeError, LookupError, RecursionError):
        return ""
    return json.dumps({"type": "MultiPolygon", "coordinates": closed})


def _closed(ring: list[list[float]]) -> list[list[float]]:
    gap = max(abs(a - b) for a, b in zip(ring[0], ring[-1], strict=True))
    is_metres = max(abs(value) for value in ring[0]) > 180  # noqa: PLR2004 - degrees
    if gap > RING_GAP[is_metres]:
        message = "ring left open"
        raise ValueError(message)
    return [*ring[:-1], ring[0]]


def shapes_of_lon_lat(cells: pd.Series) -> Shapes:
    """Read the « longitude, latitude » points of a column.

    Examples
    --------
    >>> import pandas as pd
    >>> shapes_of_lon_lat(pd.Series(["3.5, 49.25", "3,5, 49,25"])).tolist()
    [<POINT (3.5 49.25)>, None]
    """
    good = cells.str.fullmatch(_LON_LAT).to_numpy(dtype=bool)
    shapes = np.full(len(cells), None, dtype=object)
    if good.any():
        parts = cells[good].str.extract(f"^{_LON_LAT}$").astype(float)
        shapes[good] = shapely.points(parts.to_numpy())
    return shapes


def crs_of_shapes(shapes: Shapes) -> Shapes:
    """Tell the CRS that the coordinates of each geometry can only be in.

    Notes
    -----
    Nothing is guessed: the boxes of metropolitan France in degrees (−6 to 10, 41 to
    52), in metres (0 to 1.3 and 6.0 to 7.2 million) and of both with their axes
    swapped share no point. A geometry that is not wholly in one has no place.

    Examples
    --------
    >>> crs_of_shapes(shapely.points([[1.0, 43.0], [43.0, 1.0], [5e5, 6.2e6]])).tolist()
    ['EPSG:4326', 'inversee', 'EPSG:2154']
    """
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    swapped = bounds[:, [1, 0, 3, 2]]
    chosen = np.select(
        [
            ~np.isfinite(bounds).all(axis=1),
            _within(bounds, LAMBERT93_BOX),
            _within(bounds, FRANCE_DEGREES),
            _within(swapped, LAMBERT93_BOX) | _within(swapped, FRANCE_DEGREES),
        ],
        ["absente", LAMBERT93, WGS84, "inversee"],
        default="hors_france",
    )
    return chosen.astype(object)


def in_lambert93(shapes: Shapes, found: Shapes) -> Shapes:
    """Move each geometry from its own CRS to the working one."""
    moved = shapes.copy()
    moved[~np.isin(found, [LAMBERT93, WGS84])] = None
    degrees = found == WGS84
    if degrees.any():
        series = gpd.GeoSeries(shapes[degrees], crs=WGS84_EPSG)
        moved[degrees] = series.to_crs(WORKING_EPSG).to_numpy()
    return moved


def repaired_polygons(shapes: Shapes) -> tuple[Shapes, NDArray[np.bool_]]:
    """Make polygons valid, and tell which were not."""
    has_shape = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    faulty = has_shape & ~shapely.is_valid(shapes)
    made = shapes.copy()
    made[faulty] = shapely.make_valid(shapes[faulty])
    mixed = shapely.get_type_id(made) == shapely.GeometryType.GEOMETRYCOLLECTION
    made[mixed] = [_surfaces(shape) for shape in made[mixed]]
    surface = shapely.get_dimensions(made) == 2  # noqa: PLR2004 - a surface
    made[~(has_shape & surface)] = None
    return made, faulty & surface


def _within(
    bounds: NDArray[np.float64], box: tuple[float, float, float, float]
) -> NDArray[np.bool_]:
    west, south, east, north = box
    low = (bounds[:, 0] >= west) & (bounds[:, 1] >= south)
    high = (bounds[:, 2] <= east) & (bounds[:, 3] <= north)
    return np.asarray(low & high)


def _surfaces(shape: Any) -> Any:
    parts = shapely.get_parts(shape)
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])  # noqa: PLR2004


def to_lambert93(layer: gpd.GeoDataFrame, *, where: str) -> gpd.GeoDataFrame:
    """Move a layer from WGS84 to the working CRS, or refuse it."""
    if layer.crs is None:
        message = f"{where} : système de coordonnées absent → l'indiquer à la source"
        raise CrsError(message)
    epsg = layer.crs.to_epsg()
    if epsg not in {WGS84_EPSG, WORKING_EPSG}:
        message = (
            f"{where} : système de coordonnées {layer.crs.name} "
            f"→ fournir la couche en EPSG:{WGS84_EPSG} ou EPSG:{WORKING_EPSG}"
        )
        raise CrsError(message)
    if epsg == WGS84_EPSG:
        xmin, ymin, xmax, ymax = (float(value) for value in layer.total_bounds)
        west, south, east, north = FRANCE_DEGREES
        if xmin < west or ymin < south or xmax > east or ymax > north:
            message = (
                f"{where} : coordonnées hors de la France métropolitaine "
                f"({xmin:.1f}, {ymin:.1f} – {xmax:.1f}, {ymax:.1f}) → vérifier l'ordre "
                "longitude, latitude et le système de coordonnées déclaré"
            )
            raise CrsError(message)
    try:
        metres = layer.to_crs(WORKING_EPSG)
    except shapely.errors.ShapelyError as error:
        message = f"{where} : coordonnées illisibles → reprendre le fichier officiel"
        raise CrsError(message) from error
    require_lambert93(metres, where=where)
    return metres

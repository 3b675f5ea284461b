"""Geometries of official files: read from cells, moved, held against their commune.

Degrees or metres: the CRS is told row by row, or by the layer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from eitgeo.check import LAMBERT93_BOX, WORKING_EPSG, require_lambert93
from eitgeo.errors import CrsError
from eitgeo.sources.files.frames import at_seats
from eitgeo.sources.files.loaded import Note

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
    """Make polygons valid, and tell which were not; one without a place is none."""
    has_shape = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    points, rank = shapely.get_coordinates(shapes, return_index=True)
    has_shape[rank[~np.isfinite(points).all(axis=1)]] = False
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


EDGE_TOLERANCE_M = 200.0
"""Polygons are simplified: a point this far outside its commune is still in it."""

CENTRE_TOLERANCE_M = 25.0
"""A point this close to the town hall or to the centroid is the commune's."""

NULL_ISLAND_DEG = 0.01

KNOWN_EPSG = (2154, 27572, 4171, 4258, 4326)
"""CRS of metropolitan France that files declare row by row."""

DETAILS = {
    "absente": "coordonnées absentes",
    "ile_nulle": "coordonnées nulles (0, 0)",
    "inversee": "longitude et latitude inversées",
    "hors_degres": "coordonnées qui ne sont pas des degrés (autre système)",
    "hors_france": "point hors de la France métropolitaine",
    "epsg_inconnu": "système de coordonnées absent ou non reconnu",
    "peu_precise": "position que le producteur dit imprécise",
    "hors_commune": "point hors de la commune déclarée",
    "centre_commune": "point au centre de la commune (mairie ou centroïde)",
    "point_partage": "même point que d'autres établissements",
}
"""What is doubtful in a position, in French; the first seven have no usable point."""


@dataclass(frozen=True)
class Positions:
    """Where rows are put, how good it is, and why it is not better.

    Attributes
    ----------
    points
        EPSG:2154, on the index of the rows; the town hall where there is no better.
    quality
        ``position_quality``: ``exacte`` or ``commune``.
    kinds
        A key of ``DETAILS``, ``""`` where nothing is doubtful.
    details
        French, ``""`` where nothing is doubtful.
    """

    points: gpd.GeoSeries = field(repr=False)
    quality: pd.Series = field(repr=False)
    kinds: pd.Series = field(repr=False)
    details: pd.Series = field(repr=False)

    def notes(self, file: str, subjects: pd.Series) -> list[Note]:
        """List the doubtful positions as remarks."""
        told = self.kinds[self.kinds != ""].index
        return [
            (file, line, subjects[line], self.kinds[line], self.details[line])
            for line in told
        ]


def place_degrees(
    rows: pd.DataFrame,
    lon: pd.Series,
    lat: pd.Series,
    *,
    communes: gpd.GeoDataFrame,
    where: str,
) -> Positions:
    """Place rows at their longitude and latitude, or at the town hall."""
    x, y = lon.to_numpy(dtype=float), lat.to_numpy(dtype=float)
    kinds = _degree_faults(x, y)
    has_point = ~np.isin(kinds, ["absente", "ile_nulle"])
    if has_point.any() and (kinds == "hors_degres").sum() * 2 > has_point.sum():
        message = (
            f"{where} : les coordonnées ne sont pas des degrés (WGS84) "
            "→ vérifier le système de coordonnées du fichier"
        )
        raise CrsError(message)
    usable = kinds == ""
    points = gpd.GeoSeries.from_xy(
        np.where(usable, x, 0.0), np.where(usable, y, 45.0), crs=WGS84_EPSG
    ).to_crs(WORKING_EPSG)
    return place_points(
        rows, points.set_axis(rows.index), kinds=kinds, communes=communes
    )


def from_epsg(
    x: pd.Series, y: pd.Series, epsg: pd.Series
) -> tuple[gpd.GeoSeries, NDArray[Any]]:
    """Make points of coordinates whose CRS is told row by row."""
    codes = epsg.str.extract(r"(\d{4,5})")[0].fillna("").to_numpy()
    kinds = np.full(len(x), "epsg_inconnu", dtype=object)
    spots = np.full(len(x), shapely.Point(), dtype=object)
    for code in KNOWN_EPSG:
        of_this_crs = codes == str(code)
        if not of_this_crs.any():
            continue
        east, north = (
            x.to_numpy(dtype=float)[of_this_crs],
            y.to_numpy(dtype=float)[of_this_crs],
        )
        has_point = np.isfinite(east) & np.isfinite(north)
        null = has_point & (east == 0) & (north == 0)
        points = gpd.GeoSeries.from_xy(
            np.where(has_point, east, 0.0), np.where(has_point, north, 45.0), crs=code
        )
        degrees = points.to_crs(WGS84_EPSG)
        found = _degree_faults(degrees.x.to_numpy(), degrees.y.to_numpy())
        found = np.select([~has_point, null], ["absente", "ile_nulle"], default=found)
        moved = points.to_crs(WORKING_EPSG).to_numpy()
        kinds[of_this_crs] = found
        spots[of_this_crs] = np.where(found == "", moved, shapely.Point())
    return gpd.GeoSeries(spots, index=x.index, crs=WORKING_EPSG), kinds


def place_points(
    rows: pd.DataFrame,
    points: gpd.GeoSeries,
    *,
    kinds: NDArray[Any],
    communes: gpd.GeoDataFrame,
    tolerance_m: float = EDGE_TOLERANCE_M,
) -> Positions:
    """Hold points against the polygon of their commune."""
    seats = at_seats(rows[["code_insee"]], communes=communes).geometry
    polygons = communes.set_index("code_insee").geometry.loc[rows["code_insee"]]
    shapes, places = polygons.to_numpy(), points.to_numpy()
    finite = np.isfinite(shapely.bounds(places)).all(axis=1)
    kinds = np.where((kinds == "") & ~finite, "hors_france", kinds)
    # A point that is no good is not measured: the town hall stands for it.
    spots = np.where(kinds == "", places, seats.to_numpy())
    away_m = shapely.distance(shapes, spots)
    kinds = np.where((kinds == "") & (away_m > tolerance_m), "hors_commune", kinds)
    centre_m = np.minimum(
        shapely.distance(seats.to_numpy(), spots),
        shapely.distance(shapely.centroid(shapes), spots),
    )
    at_centre = (kinds == "") & (centre_m <= CENTRE_TOLERANCE_M)
    shared = _sharing(spots, kinds == "")
    details = np.array([DETAILS.get(kind, "") for kind in kinds], dtype=object)
    for rank in np.flatnonzero(kinds == "hors_commune"):
        details[rank] += f", à {away_m[rank]:.0f} m"
    good = kinds == ""
    kinds = np.where(good & (shared > 1), "point_partage", kinds)
    for rank in np.flatnonzero(kinds == "point_partage"):
        centre = f" ; {DETAILS['centre_commune']}" if at_centre[rank] else ""
        details[rank] = f"{DETAILS['point_partage']} ({shared[rank]} au total){centre}"
    only_near = at_centre & (kinds == "")
    kinds = np.where(only_near, "centre_commune", kinds)
    details[only_near] = DETAILS["centre_commune"]
    return Positions(
        points=points.where(good, seats),
        quality=pd.Series(np.where(kinds == "", "exacte", "commune"), rows.index, str),
        kinds=pd.Series(kinds, rows.index, str),
        details=pd.Series(details, rows.index, str),
    )


def _degree_faults(x: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
    west, south, east, north = FRANCE_DEGREES

    def in_france(lon: NDArray[Any], lat: NDArray[Any]) -> NDArray[Any]:
        return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)

    chosen = np.select(
        [
            ~np.isfinite(x) | ~np.isfinite(y),
            (np.abs(x) < NULL_ISLAND_DEG) & (np.abs(y) < NULL_ISLAND_DEG),
            in_france(x, y),
            in_france(y, x),
            (np.abs(x) > 180) | (np.abs(y) > 90),  # noqa: PLR2004 - degrees
        ],
        ["absente", "ile_nulle", "", "inversee", "hors_degres"],
        default="hors_france",
    )
    return chosen.astype(object)


def _sharing(spots: NDArray[Any], good: NDArray[Any]) -> NDArray[Any]:
    """Return how many good rows stand on the very same point (to the metre)."""
    counts = np.zeros(len(spots), dtype=int)
    if good.any():
        metres = np.rint(shapely.get_coordinates(spots[good])).astype("int64")
        _, which, sizes = np.unique(
            metres, axis=0, return_inverse=True, return_counts=True
        )
        counts[good] = sizes[which.ravel()]
    return counts

"""Audit of points against the polygon of the commune that the row names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from eitgeo.check import WORKING_EPSG
from eitgeo.errors import CrsError
from eitgeo.sources.files.frames import at_seats
from eitgeo.sources.files.loaded import Note
from eitgeo.sources.files.shapes import FRANCE_DEGREES, WGS84_EPSG

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

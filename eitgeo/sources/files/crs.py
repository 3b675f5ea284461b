"""Coordinates of official files: degrees or metres, moved to the working CRS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from eitgeo.check import WORKING_EPSG, require_lambert93
from eitgeo.errors import CrsError

if TYPE_CHECKING:
    import geopandas as gpd

WGS84_EPSG = 4326
FRANCE_DEGREES = (-6.0, 41.0, 10.0, 52.0)
"""Metropolitan France: west, south, east, north [°]."""


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

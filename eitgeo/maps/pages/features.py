"""Outlines of a page: light, and without a gap between neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import shapely

if TYPE_CHECKING:
    from eitgeo.maps.paper.ground import Ground

TOLERANCE_M = 60.0
"""Tolerance with which shared borders are simplified, both sides alike [m]."""


def simplified_area(ground: Ground) -> gpd.GeoDataFrame:
    """Return the communes of the study area, shared borders simplified as one."""
    area = ground.area
    shapes = shapely.coverage_simplify(area.geometry.to_numpy(), TOLERANCE_M)
    return area.set_geometry(gpd.GeoSeries(shapes, index=area.index, crs=area.crs))

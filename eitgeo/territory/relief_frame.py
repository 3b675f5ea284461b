"""How far relief is drawn around a study area."""

import geopandas as gpd

_AROUND = 0.6
"""Beyond the study area, against its longer side."""


def relief_bounds(communes: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    """Return the frame of the relief under maps: xmin, ymin, xmax, ymax, EPSG:2154."""
    west, south, east, north = communes.loc[
        communes["in_area"], "geometry"
    ].total_bounds
    across = _AROUND * max(east - west, north - south)
    return (west - across, south - across, east + across, north + across)

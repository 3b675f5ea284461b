"""The rings around the study area: how far takers are sought."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

_M_PER_KM = 1000.0


def within_ring(
    communes: gpd.GeoDataFrame, inside: pd.Series[bool], *, buffer_km: float
) -> pd.Series[bool]:
    """Say which communes are in the area or touch a ring around it.

    Parameters
    ----------
    communes
        Polygons, EPSG:2154.
    inside
        Communes of the study area, on the index of `communes`.
    buffer_km
        Width of the ring [km].

    Returns
    -------
    pandas.Series of bool
        Named ``in_ring``, on the index of `communes`.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> row = gpd.GeoSeries([box(x, 0, x + 1e4, 1e4) for x in (0, 1e4, 2e4)], crs=2154)
    >>> table = gpd.GeoDataFrame(geometry=row)
    >>> within_ring(table, row.index == 0, buffer_km=5).tolist()
    [True, True, False]
    """
    outline = communes[inside].union_all().buffer(_M_PER_KM * buffer_km)
    return (inside | communes.intersects(outline)).rename("in_ring")

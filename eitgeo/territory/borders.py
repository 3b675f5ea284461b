"""Neighbours: communes that share a border, and those within a ring around the area."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eitgeo.check import require_columns, require_lambert93

_M_PER_KM = 1000.0


def border_contiguity(communes: gpd.GeoDataFrame) -> pd.DataFrame:
    """Measure the border that each pair of neighbours shares (rook contiguity).

    Parameters
    ----------
    communes
        ``code_insee`` and polygons in EPSG:2154 that form a coverage.

    Returns
    -------
    pandas.DataFrame
        Table ``borders``: ``code_a`` < ``code_b``, ``shared_border_m`` > 0 [m]. Two
        communes that touch in a point only are not in it.

    Raises
    ------
    SchemaError
        When ``code_insee`` is missing.
    CrsError
        When the layer is not in EPSG:2154.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> squares = [box(x, 6.2e6, x + 1000, 6.2e6 + 1000) for x in (5e5, 5e5 + 1000)]
    >>> pair = gpd.GeoDataFrame({"code_insee": ["31002", "31001"]}, geometry=squares,
    ...                         crs=2154)
    >>> border_contiguity(pair).to_dict("records")
    [{'code_a': '31001', 'code_b': '31002', 'shared_border_m': 1000.0}]
    """
    require_columns(communes, ["code_insee"], where="communes")
    require_lambert93(communes, where="communes")
    ordered = communes.sort_values("code_insee", kind="stable").reset_index(drop=True)
    shapes = ordered.geometry.to_numpy()
    codes = ordered["code_insee"].to_numpy()
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = np.unique(np.column_stack([left, right])[left < right], axis=0)
    borders = shapely.boundary(shapes)
    shared = shapely.intersection(borders[pairs[:, 0]], borders[pairs[:, 1]])
    table = pd.DataFrame(
        {
            "code_a": codes[pairs[:, 0]],
            "code_b": codes[pairs[:, 1]],
            "shared_border_m": shapely.length(shared),
        }
    )
    return table[table["shared_border_m"] > 0].reset_index(drop=True)


def within_ring(
    communes: gpd.GeoDataFrame, inside: pd.Series[bool], *, buffer_km: float
) -> pd.Series[bool]:
    """Say which communes are in the area or touch a ring around it.

    Polygons in EPSG:2154; ``in_ring``, on the index of ``communes``.

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


_RELIEF_AROUND = 0.6
"""How far relief is drawn beyond a study area, against its longer side."""


def relief_bounds(communes: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    """Return the frame of the relief under maps: xmin, ymin, xmax, ymax, EPSG:2154."""
    west, south, east, north = communes.loc[
        communes["in_area"], "geometry"
    ].total_bounds
    across = _RELIEF_AROUND * max(east - west, north - south)
    return (west - across, south - across, east + across, north + across)

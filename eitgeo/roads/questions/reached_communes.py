"""Isochrones without roads: whole communes whose seat is reached in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eitgeo.check import WORKING_EPSG
from eitgeo.tables.columns import OD_REACHED

if TYPE_CHECKING:
    from collections.abc import Iterable

COMMUNES_METHOD = "communes entières dont la mairie est atteinte"


def reached_communes(
    communes: gpd.GeoDataFrame,
    pairs: pd.DataFrame,
    *,
    minutes: Iterable[float],
) -> gpd.GeoDataFrame:
    """Join the communes that one seat reaches in so many minutes.

    Parameters
    ----------
    communes
        Table ``communes``, EPSG:2154.
    pairs
        Rows of table ``od_matrix`` of one origin and profile.
    minutes
        Bands [min].

    Returns
    -------
    geopandas.GeoDataFrame
        As :func:`eitgeo.roads.questions.isochrones.isochrones`, EPSG:2154; ``road_km``
        is NaN. The polygon is empty where nothing is reached.
    """
    figured = pairs[pairs["status"].isin(OD_REACHED)]
    time_min = figured.set_index("destination_id")["time_s"] / 60
    rows = []
    for band in sorted(set(minutes)):
        inside = communes["code_insee"].isin(time_min.index[time_min <= band])
        shape = shapely.union_all(communes.geometry[inside].to_numpy())
        rows.append((band, np.nan, shape.area / 1e6, COMMUNES_METHOD, shape))
    names = ["minutes", "road_km", "area_km2", "method", "geometry"]
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=names), crs=WORKING_EPSG)

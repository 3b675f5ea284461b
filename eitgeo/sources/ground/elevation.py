"""Relief: a raster opened, checked, cropped; altitudes at points."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import rasterio
import rasterio.errors
import rasterio.windows
from affine import Affine
from pyproj import Transformer
from rasterio._err import CPLE_BaseError
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.transform import from_bounds
from rasterio.vrt import WarpedVRT
from rasterio.warp import transform_bounds

from eitgeo.check import WORKING_EPSG
from eitgeo.errors import CrsError, SchemaError, SourceError
from eitgeo.sources.files.csv import require_file
from eitgeo.sources.files.vectors import RASTERS

Floats = npt.NDArray[np.float64]

_UNREADABLE = (
    rasterio.errors.RasterioIOError,
    rasterio.errors.CRSError,
    CPLE_BaseError,
    UnicodeDecodeError,
)
_FURTHEST, _SMALLEST = 1e8, 1e-9
"""Beyond any coordinate, below any cell [m or degrees]."""


@dataclass(frozen=True)
class Elevation:
    """Altitudes on a regular grid.

    Attributes
    ----------
    z
        Shape (rows, columns) [m]; NaN where the source holds nothing.
    transform
        From column and row (corner of a cell) to the raster's own coordinates.
    crs
        CRS of the raster, as WKT.
    """

    z: Floats
    transform: Affine
    crs: str


def read_elevation(
    path: Path, *, bounds: tuple[float, float, float, float] | None = None
) -> Elevation:
    """Open a digital elevation model, check it, and crop it.

    Parameters
    ----------
    path
        Raster of one band of altitudes [m] with a CRS, north up.
    bounds
        Box xmin, ymin, xmax, ymax (EPSG:2154) [m] to crop to, with one cell around;
        None: the whole raster.

    Returns
    -------
    Elevation
        The grid in memory; cells without data are NaN.

    References
    ----------
    Producer: any; the default is NOAA GLOBE 1.0,
    https://www.ngdc.noaa.gov/mgg/topo/globe.html. Licence: Domaine public. Vintage:
    1999. CRS: EPSG:4326; any that the raster declares.
    """
    with open_raster(path) as raster:
        require_grid(raster, path.name)
        window = window_of(raster, bounds, path.name)
        z = read_window(raster, window)
        transform = raster.window_transform(window)
        crs = raster.crs.to_wkt()
    if not np.isfinite(z).any():
        message = (
            f"{path.name} : aucune altitude connue → vérifier la valeur « nodata »"
        )
        raise SchemaError(message)
    return Elevation(z, transform, crs)


def read_elevation_grid(
    path: Path, *, bounds: tuple[float, float, float, float], cell_m: float
) -> Floats:
    """Read the relief of a box on a regular grid of the working CRS.

    Parameters
    ----------
    path
        Raster of one band of altitudes [m] with a CRS, north up.
    bounds
        Box xmin, ymin, xmax, ymax (EPSG:2154) [m].
    cell_m
        Side of a cell [m]; finer cells of the raster are averaged, coarser ones
        interpolated.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns), altitudes [m], the first row in the north; NaN where
        the source holds nothing.
    """
    xmin, ymin, xmax, ymax = bounds
    columns = max(2, round((xmax - xmin) / cell_m))
    rows = max(2, round((ymax - ymin) / cell_m))
    with open_raster(path) as raster:
        require_grid(raster, path.name)
        west, south, east, north = transform_bounds(
            raster.crs, WORKING_EPSG, *raster.bounds
        )
        own_m = min((east - west) / raster.width, (north - south) / raster.height)
        finer = own_m < cell_m / 2
        with WarpedVRT(
            raster,
            crs=rasterio.CRS.from_epsg(WORKING_EPSG),
            transform=from_bounds(*bounds, columns, rows),
            width=columns,
            height=rows,
            resampling=Resampling.average if finer else Resampling.bilinear,
        ) as grid:
            band = grid.read(1, masked=True)
    return np.asarray(np.ma.filled(band.astype(float), np.nan))


@contextlib.contextmanager
def open_raster(path: Path) -> Iterator[rasterio.DatasetReader]:
    """Open a raster for the time of a block."""
    require_file(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
            kind = RASTERS.get(path.suffix.lower(), "GTiff")
            raster = rasterio.open(path, driver=kind)
        with raster:
            yield raster
    except _UNREADABLE as error:
        message = f"{path.name} : raster illisible → vérifier le format (GeoTIFF)"
        raise SourceError(message) from error


def read_window(
    raster: rasterio.DatasetReader, window: rasterio.windows.Window
) -> Floats:
    """Read the first band, NaN where it holds nothing."""
    with np.errstate(all="ignore"):  # a « nodata » that no cell can hold
        band = raster.read(1, window=window, masked=True)
        return np.asarray(np.ma.filled(band.astype(float), np.nan))


def heights(elevation: Elevation) -> Callable[[Floats, Floats], Floats]:
    """Return the function that gives the altitude at points.

    Examples
    --------
    >>> from affine import Affine
    >>> slope = Elevation(
    ...     np.array([[0.0, 10.0], [0.0, 10.0]]),
    ...     Affine(100, 0, 500_000, 0, -100, 6_200_200),
    ...     "EPSG:2154",
    ... )
    >>> z = heights(slope)
    >>> z(np.array([500_050.0, 500_100.0]), np.array([6_200_100.0, 6_200_100.0]))
    array([0., 5.])
    """
    move = Transformer.from_crs(WORKING_EPSG, elevation.crs, always_xy=True)
    to_cell = ~elevation.transform

    def at(x: Floats, y: Floats) -> Floats:
        lon, lat = move.transform(np.asarray(x, float), np.asarray(y, float))
        column = to_cell.a * lon + to_cell.b * lat + to_cell.c - 0.5
        row = to_cell.d * lon + to_cell.e * lat + to_cell.f - 0.5
        return _bilinear(elevation.z, row, column)

    return at


def _bilinear(z: Floats, row: Floats, column: Floats) -> Floats:
    n_rows, n_columns = z.shape
    inside = (
        (row >= 0) & (row <= n_rows - 1) & (column >= 0) & (column <= n_columns - 1)
    )
    top = np.clip(np.floor(np.where(inside, row, 0)).astype(int), 0, n_rows - 2)
    left = np.clip(np.floor(np.where(inside, column, 0)).astype(int), 0, n_columns - 2)
    down, right = row - top, column - left
    upper = z[top, left] * (1 - right) + z[top, left + 1] * right
    lower = z[top + 1, left] * (1 - right) + z[top + 1, left + 1] * right
    return np.where(inside, upper * (1 - down) + lower * down, np.nan)


def require_grid(
    raster: rasterio.DatasetReader, where: str, *, crs: CRS | None = None
) -> None:
    """Refuse a raster without CRS, of several bands, or not north up."""
    if (crs or raster.crs) is None:
        message = f"{where} : système de coordonnées absent → l'indiquer à la source"
        raise CrsError(message)
    if raster.count != 1:
        message = f"{where} : {raster.count} bandes au lieu d'une → extraire l'altitude"
        raise SchemaError(message)
    matrix = raster.transform
    upright = matrix.b == 0 and matrix.d == 0 and matrix.a > 0 > matrix.e
    if not upright or not np.isfinite(matrix).all() or matrix.is_degenerate:
        message = f"{where} : grille tournée ou retournée → la redresser, nord en haut"
        raise SchemaError(message)
    furthest = np.abs(raster.bounds).max()
    if not furthest < _FURTHEST or min(matrix.a, -matrix.e) < _SMALLEST:
        message = f"{where} : emprise ou maille démesurée → la télécharger à nouveau"
        raise SchemaError(message)


def window_of(
    raster: rasterio.DatasetReader,
    bounds: tuple[float, float, float, float] | None,
    where: str,
    *,
    crs: CRS | None = None,
) -> rasterio.windows.Window:
    """Return the cells within a box, with one cell around."""
    whole = rasterio.windows.Window(0, 0, raster.width, raster.height)
    if bounds is None:
        return whole
    own = transform_bounds(WORKING_EPSG, crs or raster.crs, *bounds)
    asked = raster.window(*own)
    top, left = int(np.floor(asked.row_off)) - 1, int(np.floor(asked.col_off)) - 1
    low = int(np.ceil(asked.row_off + asked.height)) + 1
    right = int(np.ceil(asked.col_off + asked.width)) + 1
    padded = rasterio.windows.Window(left, top, right - left, low - top)
    try:
        return padded.intersection(whole)
    except rasterio.errors.WindowError as error:
        message = f"{where} : le relief ne couvre pas le territoire → fournir l'emprise"
        raise SchemaError(message) from error

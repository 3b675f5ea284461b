"""Relief in tiles, as the producers deliver it: SRTM, Copernicus, RGE ALTI, merged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import rasterio
from affine import Affine
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT

from eitgeo.check import WORKING_EPSG, Faults
from eitgeo.errors import SchemaError, SourceError
from eitgeo.sources.files.archives import extracted
from eitgeo.sources.files.loaded import Loaded, dropped_rows
from eitgeo.sources.ground.elevation import (
    Elevation,
    open_raster,
    read_window,
    require_grid,
    window_of,
)

Floats = npt.NDArray[np.float64]
type Bounds = tuple[float, float, float, float]
type Drop = tuple[str, object, str, str]

TILE_COLUMNS = ("file", "kind", "crs", "n_cells", "n_voids", "z_min_m", "z_max_m")
MAX_CELLS = 100_000_000
"""Cells of one relief in memory (0.8 GB): 50 km × 50 km at 5 m."""

VOIDS = (-32_768.0, -9_999.0, -99_999.0)
"""Values that SRTM and RGE ALTI write where they know nothing."""

LOWEST_M, HIGHEST_M = -500.0, 9_000.0
_KINDS = {".hgt": "SRTM", ".asc": "grille ASCII", ".tif": "GeoTIFF", ".tiff": "GeoTIFF"}
_GLO_30 = "Copernicus_DSM"
_SRTM_NAME = re.compile(r"[NS]\d{2}[EW]\d{3}", re.IGNORECASE)
_SRTM_BYTES = (1201 * 1201 * 2, 3601 * 3601 * 2)
_STATED_L93 = re.compile(r"(?:^|_)LAMB(?:ERT)?_?93(?:_|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Relief(Loaded):
    """Altitudes merged from tiles, with an account of the tiles.

    Attributes
    ----------
    elevation
        The grid, NaN where no tile knows the altitude.
    """

    elevation: Elevation = field(repr=False)


@dataclass(frozen=True)
class _Tile:
    file: str
    kind: str
    z: Floats
    transform: Affine
    crs: CRS


def read_relief(paths: Iterable[Path], *, bounds: Bounds | None = None) -> Relief:
    """Read tiles of altitudes and merge them into one grid.

    Parameters
    ----------
    paths
        ``.hgt`` (named by its corner, ``N42E001.hgt``), ``.asc``, ``.tif``, and
        ``.zip`` or ``.7z`` archives of them. All on one grid: same CRS, same cells;
        tiles of GLO-30 from both sides of 50° N are put on that of the first.
    bounds
        Box xmin, ymin, xmax, ymax (EPSG:2154) [m] to crop to, with one cell around;
        None: all of it.

    Returns
    -------
    Relief
        The grid; table of tiles sorted by ``file``: ``kind``, ``crs``, ``n_cells``
        and ``n_voids`` (cells read, cells without altitude), ``z_min_m``,
        ``z_max_m`` (NaN where all is void). Tiles out of bounds are left out. Voids
        stay NaN unless another tile knows the altitude.

    Notes
    -----
    Tiles of RGE ALTI (``.asc``) carry no CRS: IGN states it in their name
    (``…_LAMB93_…``), and nothing else is taken. No gap is interpolated. Where tiles
    overlap, the first one by name counts.

    References
    ----------
    Producer: NASA, SRTM 3 (2000), https://www.earthdata.nasa.gov/sensors/srtm; ESA,
    Copernicus DEM GLO-30, https://doi.org/10.5270/ESA-c5d3d65; IGN, RGE ALTI 5 m,
    https://geoservices.ign.fr/rgealti. Licence: Domaine public (SRTM), licence
    Copernicus (GLO-30), Licence Ouverte 2.0 (RGE ALTI). Vintage: 2000 (SRTM), 2011 to
    2015 (GLO-30), the edition of each département (RGE ALTI). CRS: EPSG:4326 (SRTM,
    GLO-30), EPSG:2154 (RGE ALTI).
    """
    tiles: list[_Tile] = []
    away: list[Drop] = []
    for path in sorted(paths):
        with extracted(path, wanted=_is_tile) as files:
            for file in files.values():
                tile = _read_tile(file, bounds, like=tiles[0] if tiles else None)
                if tile is None:
                    reason = "tuile hors de l'emprise demandée"
                    away.append((path.name, "", file.name, reason))
                else:
                    tiles.append(tile)
                _require_room(sum(tile.z.size for tile in tiles))
    if not tiles:
        where = ", ".join(sorted({file for file, *_ in away})) or "relief"
        message = f"{where} : aucune tuile sur le territoire → fournir son emprise"
        raise SchemaError(message)
    tiles.sort(key=lambda tile: tile.file)
    return Relief(_account(tiles), dropped_rows(away), _merged(tiles))


def _is_tile(name: str) -> bool:
    return name.lower().endswith(tuple(_KINDS))


def _read_tile(
    path: Path, bounds: Bounds | None, *, like: _Tile | None = None
) -> _Tile | None:
    suffix = path.suffix.lower()
    if suffix == ".hgt":
        _require_srtm(path)
    stated = CRS.from_epsg(WORKING_EPSG) if _STATED_L93.search(path.stem) else None
    with open_raster(path) as own, _on_grid(own, like, path.name) as raster:
        crs = raster.crs or stated
        require_grid(raster, path.name, crs=crs)
        try:
            window = window_of(raster, bounds, path.name, crs=crs)
        except SchemaError:
            return None
        _require_room(int(window.width * window.height))
        z = read_window(raster, window)
        transform = raster.window_transform(window)
    z[np.isin(z, VOIDS)] = np.nan
    _require_altitudes(z, path)
    return _Tile(path.name, _KINDS.get(suffix, "raster"), z, transform, crs)


@contextmanager
def _on_grid(
    raster: rasterio.DatasetReader, like: _Tile | None, name: str
) -> Iterator[rasterio.DatasetReader]:
    """Give GLO-30 beyond 50° N the cells of the tiles south of it, half as wide again.

    A degree has 3 600 columns there, 2 400 beyond: the producer keeps cells of 30 m.
    """
    transform = raster.transform
    if like is None or not name.startswith(_GLO_30) or raster.crs != like.crs:
        yield raster
        return
    grid = like.transform
    if not np.isclose(transform.e, grid.e) or np.isclose(transform.a, grid.a):
        yield raster
        return
    west, south, east, north = raster.bounds
    left, right = (round((side - grid.c) / grid.a) for side in (west, east))
    top, low = (round((side - grid.f) / grid.e) for side in (north, south))
    corner = grid @ Affine.translation(left, top)
    with WarpedVRT(
        raster,
        transform=corner,
        width=right - left,
        height=low - top,
        resampling=Resampling.bilinear,
    ) as same:
        yield same


def _require_srtm(path: Path) -> None:
    if not _SRTM_NAME.fullmatch(path.stem):
        message = (
            f"{path.name} : une tuile SRTM porte le nom de son coin sud-ouest "
            "→ la renommer, par exemple « N42E001.hgt »"
        )
        raise SourceError(message)
    size_bytes = path.stat().st_size
    if size_bytes not in _SRTM_BYTES:
        message = (
            f"{path.name} : {size_bytes} octets au lieu de {_SRTM_BYTES[0]} ou de "
            f"{_SRTM_BYTES[1]} (tuile tronquée) → la télécharger à nouveau"
        )
        raise SourceError(message)


def _require_altitudes(z: Floats, path: Path) -> None:
    known = z[np.isfinite(z)]
    wrong = known[(known < LOWEST_M) | (known > HIGHEST_M)]
    if len(wrong):
        message = (
            f"{path.name} : altitude impossible ({wrong[0]:g} m, {len(wrong)} mailles) "
            "→ vérifier l'unité et la valeur « nodata »"
        )
        raise SchemaError(message)


def _require_room(n_cells: int) -> None:
    if n_cells > MAX_CELLS:
        message = (
            f"relief : plus de {MAX_CELLS / 1e6:.0f} millions de mailles "
            "→ réduire l'emprise ou prendre un pas plus grand"
        )
        raise SchemaError(message)


def _account(tiles: list[_Tile]) -> pd.DataFrame:
    rows = []
    for tile in tiles:
        known = tile.z[np.isfinite(tile.z)]
        low, high = (known.min(), known.max()) if len(known) else (np.nan, np.nan)
        name = f"EPSG:{tile.crs.to_epsg()}" if tile.crs.to_epsg() else tile.crs.to_wkt()
        n_voids = tile.z.size - len(known)
        rows.append((tile.file, tile.kind, name, tile.z.size, n_voids, low, high))
    return pd.DataFrame(rows, columns=list(TILE_COLUMNS))


def _merged(tiles: list[_Tile]) -> Elevation:
    first = tiles[0]
    tops, lefts = zip(*(_offset(tile, first) for tile in tiles), strict=True)
    top, left = min(tops), min(lefts)
    low = max(at + tile.z.shape[0] for at, tile in zip(tops, tiles, strict=True))
    right = max(at + tile.z.shape[1] for at, tile in zip(lefts, tiles, strict=True))
    _require_room((low - top) * (right - left))
    z = np.full((low - top, right - left), np.nan)
    for tile, row, column in zip(tiles, tops, lefts, strict=True):
        height, width = tile.z.shape
        part = z[row - top :, column - left :][:height, :width]
        np.copyto(part, tile.z, where=np.isnan(part))
    if not np.isfinite(z).any():
        names = ", ".join(tile.file for tile in tiles)
        message = f"{names} : aucune altitude connue → vérifier la valeur « nodata »"
        raise SchemaError(message)
    corner = first.transform @ Affine.translation(left, top)
    return Elevation(z, corner, first.crs.to_wkt())


def _offset(tile: _Tile, first: _Tile) -> tuple[int, int]:
    """Return where a tile lies on the grid of the first one: row, column."""
    column, row = ~first.transform @ (tile.transform.c, tile.transform.f)
    one, other = tile.transform, first.transform
    faults = Faults(tile.file)
    if tile.crs != first.crs:
        met = f"système de coordonnées différent de celui de {first.file}"
        faults.add(met, remedy="fournir toutes les tuiles dans le même système")
    elif not np.allclose([one.a, one.e], [other.a, other.e], rtol=1e-6, atol=0):
        met = f"maille {one.a:g} au lieu de {other.a:g} dans {first.file}"
        faults.add(met, remedy="fournir des tuiles de même pas")
    elif abs(column - round(column)) + abs(row - round(row)) > 0.01:  # noqa: PLR2004
        met = f"grille décalée par rapport à {first.file}"
        faults.add(met, remedy="rééchantillonner la tuile sur la même grille")
    faults.raise_if_any(SchemaError)
    return round(row), round(column)

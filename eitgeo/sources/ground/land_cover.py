"""Land cover: how much of each commune or zone each CORINE class covers."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import rasterio.features
import shapely
from affine import Affine
from pyproj import CRS
from rasterio.windows import Window

from eitgeo.check import WORKING_EPSG, require_columns, require_lambert93
from eitgeo.errors import CrsError, SchemaError
from eitgeo.reference.nomenclatures import corine_classes
from eitgeo.sources.files.loaded import Audited, dropped_rows, note_rows
from eitgeo.sources.files.shapes import repaired_polygons
from eitgeo.sources.ground.elevation import open_raster, read_window, require_grid

Bounds = tuple[float, float, float, float]
Floats = npt.NDArray[np.float64]

INDUSTRIAL_CLASS = "121"
SHARE_COLUMNS = ("class_code", "label", "share_pct", "area_km2")
WHOLE_PCT = 99.9
"""An area covered less than this is told."""

_EMPTY_CODES = (0, 48, 255, 999)
"""Values of the European rasters outside Europe, or where nothing is known."""


def read_land_cover(path: Path, *, areas: gpd.GeoDataFrame, key: str) -> Audited:
    """Measure what covers each area, by CORINE class.

    Parameters
    ----------
    path
        Raster of one band, in metres, whose values are class codes (111 to 523) or
        the codes of the European grid (1 to 44).
    areas
        Communes or zones: ``key`` and polygons, EPSG:2154.
    key
        Column that names the areas, each once.

    Returns
    -------
    Audited
        One row an area and class, sorted by both: ``key``, ``class_code``, ``label``
        (French), ``share_pct`` [% of the part of the area that the raster knows] and
        ``area_km2`` [km², in the CRS of the raster]. Class 121 is always there, 0
        where there is none. Areas out of the raster are left out; those that it
        covers in part are told.

    Notes
    -----
    Exact: each cell counts for the surface that it shares with the area, not for its
    centre; a zone smaller than a cell is measured too, with the certainty of a cell
    of 100 m (CORINE itself draws nothing under 25 ha).

    References
    ----------
    Producer: European Environment Agency, Copernicus Land Monitoring Service, CORINE
    Land Cover 2018, https://doi.org/10.2909/960998c1-1870-4e82-8051-6485205ebbac;
    France: SDES. Licence: Copernicus (free, with credit). Vintage: 2018, version
    2020_20u1. CRS: EPSG:3035 (Europe) or EPSG:2154.
    """
    require_columns(areas, [key], where="surfaces à mesurer")
    require_lambert93(areas, where="surfaces à mesurer")
    if areas[key].duplicated().any():
        first = areas[key][areas[key].duplicated()].iloc[0]
        message = f"surfaces à mesurer : « {first} » figure deux fois → la fusionner"
        raise SchemaError(message)
    with open_raster(path) as raster:
        require_grid(raster, path.name)
        _require_metres(raster, path)
        moved = areas.geometry.to_crs(CRS.from_wkt(raster.crs.to_wkt()))
        shapes, _ = repaired_polygons(moved.to_numpy())
        codes, transform = _codes(raster, shapes)
    classes = _classes(codes, path.name)
    covers = [_cover_m2(shape, classes, transform) for shape in shapes]
    names = [str(name) for name in areas[key]]
    gone = [
        (path.name, name, name, "surface hors du raster (ou sans surface)")
        for name, cover in zip(names, covers, strict=True)
        if not cover
    ]
    if len(gone) == len(names):
        message = (
            f"{path.name} : le raster ne couvre aucune surface → vérifier l'emprise"
        )
        raise SchemaError(message)
    partial = [
        (path.name, name, name, "couverture_partielle", f"{known_pct:.1f} % couverts")
        for name, shape, cover in zip(names, shapes, covers, strict=True)
        if cover and (known_pct := 100 * sum(cover.values()) / shape.area) < WHOLE_PCT
    ]
    table = _tidy(dict(zip(names, covers, strict=True)), key)
    return Audited(table, dropped_rows(gone), note_rows(partial))


def read_industrial_cover(
    path: Path, *, bounds: Bounds, class_code: str = INDUSTRIAL_CLASS
) -> Any:
    """Draw the ground of one CORINE class, as one geometry.

    Parameters
    ----------
    path
        Raster of :func:`read_land_cover`.
    bounds
        Box xmin, ymin, xmax, ymax (EPSG:2154) [m] that cells must touch.
    class_code
        « 121 »: industrial or commercial units and public facilities.

    Returns
    -------
    shapely.Geometry
        Union of the cells, EPSG:2154; empty where the class is not there, or the
        raster lies elsewhere.

    Notes
    -----
    CORINE draws nothing under 25 ha: the class trims an outline, its absence says
    nothing.

    References
    ----------
    Producer: as :func:`read_land_cover`. CRS: EPSG:3035 (Europe) or EPSG:2154.
    """
    # Corners alone do not bound a box that turns with the projection.
    box = gpd.GeoSeries([shapely.box(*bounds)], crs=WORKING_EPSG).segmentize(1_000)
    with open_raster(path) as raster:
        require_grid(raster, path.name)
        _require_metres(raster, path)
        crs = CRS.from_wkt(raster.crs.to_wkt())
        codes, transform = _codes(raster, box.to_crs(crs).to_numpy())
    wanted = _classes(codes, path.name) == int(class_code)
    outlines = rasterio.features.shapes(
        wanted.astype(np.uint8), mask=wanted, transform=transform
    )
    polygons = [shapely.geometry.shape(outline) for outline, _ in outlines]
    ground = gpd.GeoSeries(polygons, crs=crs).to_crs(WORKING_EPSG)
    return shapely.union_all(ground.to_numpy())


def _require_metres(raster: rasterio.DatasetReader, path: Path) -> None:
    if not raster.crs.is_projected or raster.crs.linear_units_factor[1] != 1:
        message = (
            f"{path.name} : raster en degrés ou dans une autre unité → le fournir en "
            "EPSG:3035 ou en EPSG:2154 (mètres)"
        )
        raise CrsError(message)


def _codes(raster: rasterio.DatasetReader, shapes: Any) -> tuple[Floats, Affine]:
    """Read the cells around the areas, NaN where the raster holds nothing."""
    xmin, ymin, xmax, ymax = shapely.total_bounds(shapes)
    if not np.isfinite(xmin):
        return np.full((1, 1), np.nan), raster.transform
    left, top = ~raster.transform @ (xmin, ymax)
    right, low = ~raster.transform @ (xmax, ymin)
    first = max(0, math.floor(left)), max(0, math.floor(top))
    last = min(raster.width, math.ceil(right)), min(raster.height, math.ceil(low))
    if first[0] >= last[0] or first[1] >= last[1]:
        return np.full((1, 1), np.nan), raster.transform
    window = Window(*first, last[0] - first[0], last[1] - first[1])
    return read_window(raster, window), raster.window_transform(window)


def _classes(codes: Floats, where: str) -> npt.NDArray[np.int64]:
    """Return class codes (121 …), 0 where unknown."""
    table = corine_classes()
    known = np.isfinite(codes) & ~np.isin(codes, _EMPTY_CODES)
    met = np.unique(codes[known])
    official = table.index.astype(int).to_numpy()
    grid = table["grid_code"].to_numpy()
    if np.isin(met, official).all():
        return np.where(known, codes, 0).astype(np.int64)
    if np.isin(met, grid).all():
        by_grid = np.zeros(grid.max() + 1, dtype=np.int64)
        by_grid[grid] = official
        return by_grid[np.where(known, codes, 0).astype(np.int64)]
    wrong = met[~np.isin(met, official)]
    message = (
        f"{where} : valeurs qui ne sont pas des classes CORINE "
        f"({', '.join(f'{value:g}' for value in wrong[:5])}) → fournir les codes 111 à "
        "523, ou ceux de la grille européenne (1 à 44)"
    )
    raise SchemaError(message)


def _cover_m2(
    shape: Any, classes: npt.NDArray[np.int64], transform: Affine
) -> dict[int, float]:
    """Measure what each class covers of one area."""
    if shape is None:
        return {}
    xmin, ymin, xmax, ymax = shape.bounds
    left, top = ~transform @ (xmin, ymax)
    right, low = ~transform @ (xmax, ymin)
    height, width = classes.shape
    rows = np.arange(max(0, math.floor(top)), min(height, math.ceil(low)))
    columns = np.arange(max(0, math.floor(left)), min(width, math.ceil(right)))
    if len(rows) == 0 or len(columns) == 0:
        return {}
    row, column = (grid.ravel() for grid in np.meshgrid(rows, columns, indexing="ij"))
    west = transform.c + transform.a * column
    north = transform.f + transform.e * row
    cells = shapely.box(west, north + transform.e, west + transform.a, north)
    shapely.prepare(shape)
    shared_m2 = np.where(
        shapely.contains_properly(shape, cells), -transform.a * transform.e, 0.0
    )
    edge = (shared_m2 == 0) & shapely.intersects(shape, cells)
    # By strips first: a strip has few vertices, the whole outline many.
    tops = transform.f + transform.e * rows
    strips = shapely.intersection(
        shape, shapely.box(xmin, tops + transform.e, xmax, tops)
    )
    shared_m2[edge] = shapely.area(
        shapely.intersection(strips[row[edge] - rows[0]], cells[edge])
    )
    class_codes = classes[row, column]
    return {
        int(code): float(shared_m2[class_codes == code].sum())
        for code in np.unique(class_codes[shared_m2 > 0])
        if code
    }


def _tidy(covers: dict[str, dict[int, float]], key: str) -> pd.DataFrame:
    labels = corine_classes()["label"]
    rows = [
        (name, str(code), labels[str(code)], 100 * m2 / sum(cover.values()), m2 / 1e6)
        for name, cover in covers.items()
        if cover
        for code, m2 in ({int(INDUSTRIAL_CLASS): 0.0} | cover).items()
    ]
    table = pd.DataFrame(rows, columns=[key, *SHARE_COLUMNS])
    return table.sort_values([key, "class_code"], ignore_index=True)

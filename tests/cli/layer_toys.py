"""Small layers whose names and words are hostile, and tasks on them."""

from pathlib import Path

import geopandas as gpd
from shapely import box

ROOT = Path(__file__).resolve().parents[2]
ROADS = ROOT / "notebooks" / "exemple_routes.osm"
SUM = 'emplois, "2024"; DROP TABLE x --'
JOBS = "emplois 'l''an' \"2024\", DROP"  # QGIS cuts the name of one column at « ; »
KEY = "n° <b>d'unité</b>"
PLACES = ["001", "=cmd|' /C calc'!A0", 'a,"b"\nc;{{x}}']
UNITS = ["01", 'l\'île "nord", sud', "[% env('HOME') %]", "04"]


def places() -> gpd.GeoDataFrame:
    """Three points on the roads of the notebooks."""
    shapes = gpd.GeoSeries.from_xy([0.7, 0.72, 0.706], [43.1, 43.1, 43.05], crs=4326)
    return gpd.GeoDataFrame({KEY: PLACES, JOBS: [40, 7, 12]}, geometry=shapes)


def units() -> gpd.GeoDataFrame:
    """Four squares in a row; the first two are of one body."""
    shapes = [
        box(5e5 + x, 6.2e6, 5e5 + x + 1000, 6.201e6) for x in range(0, 4000, 1000)
    ]
    columns = {KEY: UNITS, SUM: [1.5, 2, 4, 8], "corps": ["A", "A", "B", "B"]}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=2154)


def contour(first: int, last: int) -> gpd.GeoDataFrame:
    """A drawing around units, ten metres too wide on each side."""
    shape = box(5e5 + 1000 * first - 10, 6.2e6, 5e5 + 1000 * last + 10, 6.201e6)
    return gpd.GeoDataFrame(geometry=[shape], crs=2154)


def write_toys(folder: Path) -> Path:
    """Write the layers; each file is named for the parameter that it serves."""
    told = {
        "places": places(),
        "units": units(),
        "first": contour(0, 2),
        "second": contour(1, 4),
    }
    for name, layer in told.items():
        layer.to_file(folder / f"{name}.gpkg", layer=name, engine="pyogrio")
    return folder

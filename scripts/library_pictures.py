"""Draw the pictures of docs/bibliotheque.md with the functions that it tells of.

``python scripts/library_pictures.py``, from the root: shipped data alone, no study.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
from PIL import Image

import eitgeo as eg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "captures"
INCHES, DPI, COLOURS = (6.0, 3.6), 90, 64


def save(axes: Axes, name: str) -> None:
    """Write a picture of few colours: it weighs a third."""
    figure = axes.get_figure(root=True)
    if figure is None:
        message = f"{name}: axes without a figure"
        raise ValueError(message)
    figure.set_size_inches(*INCHES)
    path = FOLDER / f"bibliotheque_{name}.png"
    figure.savefig(path, dpi=DPI, bbox_inches="tight", metadata={"Software": None})
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


def draw_isochrones() -> None:
    """Draw the roads by class over isochrones of a town."""
    roads = eg.read_roads(ROOT / "notebooks/exemple_routes.osm")
    places = pd.read_csv(ROOT / "notebooks/exemple_lieux.csv").head(1)
    points = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(places["lon"], places["lat"]), crs=4326
    )
    bands = eg.isochrones(roads, points, minutes=(5, 10, 15)).iloc[::-1]
    names = bands["minutes"].map("{:.0f} min".format)
    order = pd.Categorical(names, categories=names.iloc[::-1])
    axes = eg.plot_layer(bands.assign(durée=order), "durée")
    roads.edges.plot(ax=axes, color="#222222", linewidth=0.8)
    save(axes, "isochrones")


def draw_contours() -> None:
    """Draw the core and fringe of unions of EPCI, then the best contour."""
    communes = gpd.read_file(ROOT / "data/raw/communes.geojson").query("dep == '31'")
    epci = communes.dissolve("epci_siren", aggfunc={"population": "sum"})
    unions = eg.unions_of(epci, root="200072643", sums=["population"])
    small = unions.loc[unions["population"].between(60_000, 90_000), "members"]
    found = eg.core_and_fringe(small, epci)
    save(eg.plot_layer(found, "share", breaks=[0, 0.4, 0.8], title="part"), "coeur")
    best = eg.best_contour(
        communes.set_index("code_insee"),
        worth="population",
        ceilings={"population": 80_000},
        root="31042",
        group="epci_siren",
    )
    side = (
        communes["code_insee"].isin(best["members"]).map({True: "dans", False: "hors"})
    )
    save(eg.plot_layer(communes.assign(contour=side), "contour"), "contour")


def draw_zones() -> None:
    """Draw the outlines of zones by the number of their sites."""
    areas = gpd.read_file(ROOT / "data/raw/osm_zones_2021.geojson", engine="pyogrio")
    sites = areas.set_geometry(areas.to_crs(2154).representative_point())[["geometry"]]
    outlines = eg.zone_outlines(sites, eg.cluster_sites(sites, radius=500))
    largest = outlines.nlargest(1, "n_sites").buffer(15_000).total_bounds
    west, south, east, north = largest.tolist()
    axes = eg.plot_layer(outlines.cx[west:east, south:north], "n_sites", n_classes=4)
    save(axes, "zones")


if __name__ == "__main__":
    draw_isochrones()
    draw_contours()
    draw_zones()

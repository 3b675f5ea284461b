"""Join the roads that maps draw, by class."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eitgeo.maps.paper.layers import BORDERS, ROAD_CLASSES
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table, write_table


@step(
    "Routes que les cartes dessinent",
    reads=("road_edges",),
    writes=("drawn_roads",),
)
def run(communes: gpd.GeoDataFrame, *, project: Project) -> dict[str, object]:
    """Write ``drawn_roads``: limits of communes where no file has real ones."""
    if project.study.roads.network.is_surrogate:
        limits = shapely.union_all(communes.geometry.boundary.to_numpy())
        roads = gpd.GeoDataFrame(
            {"label": [BORDERS]}, geometry=[limits], crs=communes.crs
        )
    else:
        lines = read_table(project.processed, "road_lines")
        edges = read_table(project.processed, "road_edges").set_index("edge_id")
        roads = roads_by_class(lines, lines["edge_id"].map(edges["class"]))
    write_table(project.processed, roads, table="drawn_roads")
    return {"classes": len(roads)}


def roads_by_class(
    lines: gpd.GeoDataFrame, classes: pd.Series[str]
) -> gpd.GeoDataFrame:
    """Join the roads of each class that maps draw: ``label``, lines."""
    kind = classes.str.removesuffix("_link").to_numpy()
    shapes = lines.geometry.to_numpy()
    rows = {
        label: shapely.line_merge(shapely.multilinestrings(of_class))
        for label, drawn in ROAD_CLASSES.items()
        if len(of_class := shapes[np.isin(kind, drawn.classes)])
    }
    return gpd.GeoDataFrame(
        {"label": list(rows)}, geometry=list(rows.values()), crs=lines.crs
    )

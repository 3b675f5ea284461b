"""Measure the borders that communes share."""

from __future__ import annotations

import geopandas as gpd

from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.files import write_table
from eitgeo.territory.borders import border_contiguity


@step(
    "Limites communes",
    writes=("borders",),
)
def run(communes: gpd.GeoDataFrame, *, project: Project) -> dict[str, object]:
    """Write ``borders``."""
    borders = border_contiguity(communes)
    write_table(project.processed, borders, table="borders")
    return {"communes": len(communes), "limites communes": len(borders)}

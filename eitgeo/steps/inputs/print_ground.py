"""Read what is drawn under maps: motorway junctions, relief."""

import geopandas as gpd
import numpy as np
import pandas as pd

from eitgeo.steps.inputs.relief import load_elevation_grid
from eitgeo.steps.inputs.renewal import load_junctions
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.files import write_table
from eitgeo.tables.schema import empty_table
from eitgeo.territory.borders import relief_bounds

_CELLS = 600
"""Cells of relief from west to east: half a millimetre on paper."""


@step(
    "Échangeurs et relief sous les cartes",
    writes=("junctions", "relief"),
    files="ground_files",
)
def run(communes: gpd.GeoDataFrame, *, project: Project) -> dict[str, object]:
    """Write the motorway junctions, and the relief where the study credits it."""
    junctions = load_junctions(project, communes)
    relief = empty_table("relief")
    if project.study.sources.credits.elevation:
        bounds = relief_bounds(communes)
        cell_m = (bounds[2] - bounds[0]) / _CELLS
        z = load_elevation_grid(project, bounds, cell_m=cell_m)
        row, column = np.indices(z.shape).reshape(2, -1)
        relief = pd.DataFrame({"row": row, "column": column, "altitude_m": z.ravel()})
    write_table(project.processed, junctions, table="junctions")
    write_table(project.processed, relief, table="relief")
    return {"échangeurs": len(junctions), "mailles de relief": len(relief)}

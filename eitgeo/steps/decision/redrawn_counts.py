"""Count drawn establishments again in each perimeter, as often as they are drawn."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from eitgeo.perimeters.contours.candidate import read_candidates
from eitgeo.scenarios.measures.activity import target_sites
from eitgeo.scenarios.measures.counted import redrawn_counts
from eitgeo.sources.activity.cells import rests_on_draw
from eitgeo.sources.sites.counted_sites import Counts
from eitgeo.steps.inputs.counted import drawn_again
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.files import write_table
from eitgeo.tables.schema import empty_table


@step(
    "Établissements tirés, recomptés à chaque tirage",
    writes=("redrawn_counts",),
)
def run(
    communes: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    site_sectors: pd.DataFrame,
    activity_ape: pd.DataFrame,
    activity_insee: pd.DataFrame,
    activity_urssaf: pd.DataFrame,
    perimeters: pd.DataFrame,
    perimeter_communes: pd.DataFrame,
    *,
    project: Project,
) -> dict[str, object]:
    """Write ``redrawn_counts``, empty where nothing is drawn inside counts."""
    counts = Counts(activity_urssaf, activity_insee, activity_ape).of(communes)
    rows = drawn_again(
        project, communes, sites=sites, cells=site_sectors, counts=counts
    )
    comparison = project.study.comparison
    is_drawn = sites["site_id"].isin(site_sectors["site_id"]) & rests_on_draw(sites)
    fixed, _ = target_sites(sites[~is_drawn], comparison)
    inside = communes.loc[communes["in_area"], "code_insee"]
    table = redrawn_counts(
        rows,
        fixed,
        read_candidates(perimeters, perimeter_communes),
        codes=pd.Index(np.sort(inside.to_numpy())),
        comparison=comparison,
    )
    written = table if len(table) else pd.DataFrame(empty_table("redrawn_counts"))
    write_table(project.processed, written, table="redrawn_counts")
    n_draws = int(rows["replicate"].max()) + 1 if len(rows) else 0
    return {
        "périmètres recomptés": written["perimeter_id"].nunique(),
        "tirages": n_draws,
    }

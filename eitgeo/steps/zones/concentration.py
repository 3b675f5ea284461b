"""Test which sectors are concentrated, and at what distance."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np

from eitgeo.sources.activity.cells import NO_SITES, are_cells
from eitgeo.steps.step import step
from eitgeo.steps.zones.zone_distances import all_road_metres
from eitgeo.study.project import Project
from eitgeo.tables.files import write_table
from eitgeo.tables.schema import empty_table
from eitgeo.zones.clustering import require_all_pairs
from eitgeo.zones.concentration import concentration, matrix_bins
from eitgeo.zones.sectors import clusterable


@step(
    "Concentration des secteurs",
    writes=("concentration",),
    files="zone_files",
)
def run(
    communes: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, *, project: Project
) -> dict[str, object]:
    """Write ``concentration``."""
    study, folder = project.study, project.processed
    if are_cells(sites).any():
        write_table(folder, empty_table("concentration"), table="concentration")
        return {"concentration": NO_SITES}
    area = communes[communes["in_area"]]
    sites_in_area = sites[sites["code_insee"].isin(area["code_insee"])]
    usable = sites_in_area[clusterable(sites_in_area, zones=study.zones, communes=area)]
    usable = usable.sort_values("site_id", kind="stable")
    n_permutations = study.sectors.n_permutations(study.identity.effort)
    table = concentration(
        usable,
        settings=study.sectors,
        n_permutations=n_permutations,
        rng=np.random.default_rng(study.identity.seed),
        **road_options(project, usable),
    )
    write_table(folder, table, table="concentration")
    beyond = table["p_value"].le(0.05).groupby([table["measure"], table["division"]])
    unusual = beyond.first().groupby("measure").sum()
    return {
        "sites retenus": len(usable),
        "secteurs examinés": table["division"].nunique(),
        "permutations": n_permutations,
        "hors de l'enveloppe de M": int(unusual.get("M", 0)),
        "hors de l'enveloppe de Kd": int(unusual.get("Kd", 0)),
    }


def road_options(project: Project, sites: gpd.GeoDataFrame) -> dict[str, Any]:
    """Measure the roads between sites where the study says so; else nothing."""
    study = project.study
    if study.zones.distance == "plane" or len(sites) < study.sectors.min_sites:
        return {}
    require_all_pairs(len(sites), distance=study.zones.distance)
    pairs = all_road_metres(project)(sites)
    apart = pairs.toarray()
    apart[apart == 0] = np.nan
    np.fill_diagonal(apart, 0.0)
    return {"pairs": pairs, "distances": matrix_bins(apart)}

"""Say what each zone is made of, and rank the sectors to see first."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from eitgeo.reference.rules import supported_first, synergy_rules
from eitgeo.sources.activity.cells import NO_SITES, are_cells
from eitgeo.sources.ground.elevation import heights
from eitgeo.sources.ground.land_cover import read_land_cover
from eitgeo.sources.sites.establishments import read_sector_counts
from eitgeo.sources.survey.answers import SURVEY_SOURCE
from eitgeo.steps.inputs.relief import load_elevation
from eitgeo.steps.inputs.renewal import load_junctions
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.columns import OD_WAYS
from eitgeo.tables.files import read_table, write_table
from eitgeo.tables.schema import empty_table
from eitgeo.zones.sectors import key_sectors, nearest_by_road, zone_profile


@step(
    "Profil des zones et secteurs clés",
    reads=("od_matrix",),
    writes=("zone_profile", "key_sectors"),
    files="sector_files",
)
def run(
    sites: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    site_zone: pd.DataFrame,
    *,
    project: Project,
) -> dict[str, object]:
    """Write ``zone_profile`` and ``key_sectors``."""
    folder = project.processed
    if are_cells(sites).any():
        for table in ("zone_profile", "key_sectors"):
            write_table(folder, empty_table(table), table=table)
        return {"zones et secteurs clés": NO_SITES}
    rules = _rules(project)
    inside = sites.merge(site_zone, on="site_id")
    profile = zone_profile(
        inside,
        rules,
        anchor_jobs=project.study.sectors.anchor_jobs,
        roads=_roads(project, zones),
        altitude_m=_altitude_m(project, zones),
        cover=_cover(project, zones),
    )
    ranked = _key_sectors(project, sites, rules)
    write_table(folder, profile, table="zone_profile")
    write_table(folder, ranked, table="key_sectors")
    return {
        "zones décrites": len(profile),
        "zones aux deux bouts d'une règle": int(profile["n_rules_inside"].gt(0).sum()),
        "sans route vers l'autoroute": int(profile["motorway_min"].isna().sum()),
        "secteurs classés": len(ranked),
    }


def _rules(project: Project) -> pd.DataFrame:
    rules = supported_first(synergy_rules())
    return rules[~rules["rule_id"].isin(project.study.flows.rules_excluded)]


def _key_sectors(
    project: Project, sites: pd.DataFrame, rules: pd.DataFrame
) -> pd.DataFrame:
    study = project.study
    communes = read_table(project.processed, "communes")
    area = communes.loc[communes["in_area"], "code_insee"]
    # Sectors are counted on registers: who answered the survey stays uncounted.
    registered = sites[sites["source"] != SURVEY_SOURCE]
    written = study.sectors.reference
    return key_sectors(
        registered,
        rules,
        area=registered["code_insee"].isin(area),
        target_naf=study.comparison.target_naf,
        min_headcount=study.comparison.min_headcount,
        reference=None
        if written is None
        else read_sector_counts(project.path(written)),
    )


def _roads(project: Project, zones: gpd.GeoDataFrame) -> pd.DataFrame:
    """Find the junction and the outlet that trucks reach first from each zone."""
    pairs = read_table(project.processed, "od_matrix", columns=[*OD_WAYS, "closure_id"])
    communes = read_table(project.processed, "communes")
    exits = load_junctions(project, communes)
    outlets = read_table(project.processed, "outlets")
    commune = zones.set_index("zone_id")["code_insee"]
    names = {
        "motorway": pd.Series(exits["name"].to_numpy(), index=exits["code_insee"]),
        "outlet": pd.Series(outlets["outlet_id"].to_numpy(), outlets["outlet_id"]),
    }
    nearest = {
        kind: nearest_by_road(commune, pairs, destinations=places)
        for kind, places in names.items()
    }
    renamed = [
        nearest["motorway"].rename(columns={"name": "exit"}).add_prefix("motorway_"),
        nearest["outlet"].rename(columns={"name": "id"}).add_prefix("outlet_"),
    ]
    return pd.concat(renamed, axis=1).rename(
        columns={"motorway_minutes": "motorway_min", "outlet_minutes": "outlet_min"}
    )


def _altitude_m(project: Project, zones: gpd.GeoDataFrame) -> pd.Series[float]:
    """Read the ground at a point inside each zone; NaN where it is not known."""
    if zones.empty:
        return pd.Series(index=pd.Index([], dtype="str"), dtype="float64")
    ground = heights(load_elevation(project, zones.total_bounds, crop=True))
    points = zones.geometry.representative_point()
    z = ground(np.asarray(points.x, dtype=float), np.asarray(points.y, dtype=float))
    names = pd.Index(zones["zone_id"], dtype="str")
    return pd.Series(np.round(z, 1), index=names, dtype="float64")


def _cover(project: Project, zones: gpd.GeoDataFrame) -> pd.DataFrame | None:
    written = project.study.zones.land_cover
    if written is None or zones.empty:
        return None
    return read_land_cover(project.path(written), areas=zones, key="zone_id").table

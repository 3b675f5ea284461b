"""Cluster industrial and craft sites, say which zones stay, and draw their ground."""

from __future__ import annotations

import logging

import geopandas as gpd
import numpy as np
import pandas as pd

from eitgeo.errors import StudyError
from eitgeo.sources.activity.cells import NO_SITES, are_cells
from eitgeo.sources.ground.land_cover import read_industrial_cover
from eitgeo.steps.step import step
from eitgeo.steps.zones.zone_distances import zone_measure
from eitgeo.study.project import Project
from eitgeo.study.sections import Study
from eitgeo.study.zones import Zones
from eitgeo.tables.files import write_table
from eitgeo.tables.schema import empty_table
from eitgeo.zones.clustering import (
    STABLE,
    Sweep,
    choose_setting,
    core_share_pct,
    mean_agreement,
    name_zones,
    require_all_pairs,
    run_sweep,
    setting_table,
    site_stability,
    zone_stability,
)
from eitgeo.zones.footprint import Ground, zone_outlines, zone_table
from eitgeo.zones.reference_zones import (
    compared_words,
    compared_zones,
    concordance,
    official_agreement,
    official_of,
    overlap,
)
from eitgeo.zones.sectors import exclusions

_WRITTEN = (
    "zones",
    "site_zone",
    "site_stability",
    "zone_settings",
    "zone_concordance",
)
_log = logging.getLogger(__name__)


@step(
    "Zones d'activités et sites isolés majeurs",
    writes=(
        "zones",
        "site_zone",
        "site_stability",
        "zone_settings",
        "zone_concordance",
    ),
    files="zone_files",
)
def run(
    communes: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    official_zones: gpd.GeoDataFrame,
    *,
    project: Project,
) -> dict[str, object]:
    """Write the zones, their sites, and how far both hold."""
    folder, zones = project.processed, project.study.zones
    if are_cells(sites).any():
        for table in _WRITTEN:
            write_table(folder, empty_table(table), table=table)
        return {"zones": NO_SITES}
    area = communes[communes["in_area"]]
    _require_radii(zones, area)
    sites_in_area = sites[sites["code_insee"].isin(area["code_insee"])]
    reasons = exclusions(sites_in_area, zones=zones, communes=area)
    usable = sites_in_area[reasons.eq("")].sort_values("site_id", kind="stable")
    require_all_pairs(len(usable), distance=zones.distance)
    identity = project.study.identity
    sweep = run_sweep(
        usable,
        zones=zones,
        measure=zone_measure(project),
        rng=np.random.default_rng(identity.seed),
        n_draws=zones.sweep.n_draws(identity.effort),
    )
    known = compared_zones(official_zones, zones=zones, area=area)
    settings, chosen = _settings(sweep, usable, known, zones)
    zone_of = _zone_of(sweep, usable, chosen, zones)
    stability = site_stability(sweep, zone_of.to_numpy(dtype=str))
    table = zone_table(
        usable,
        zone_of,
        zones=zones,
        ground=_ground(project, known, area),
        measures=_measures(sweep, stability),
    )
    outlines = zone_outlines(usable, zone_of, zones=zones)
    pairs = concordance(usable, zone_of, outlines=outlines, official=known)
    links = usable[["site_id"]].assign(zone_id=zone_of)
    write_table(folder, table, table="zones")
    write_table(folder, links[zone_of.ne("")], table="site_zone")
    write_table(folder, stability, table="site_stability")
    write_table(folder, settings, table="zone_settings")
    write_table(folder, pairs, table="zone_concordance")
    counts = _counts(reasons, n_away=len(sites) - len(sites_in_area))
    facts = _facts(table, settings, len(sweep.labels))
    return counts | facts | _compared_facts(project.study, settings, pairs)


def _counts(reasons: pd.Series[str], *, n_away: int) -> dict[str, object]:
    """Count the sites kept, those kept out by reason, and those of other communes."""
    out = reasons[reasons.ne("")].value_counts().sort_index()
    counts: dict[str, object] = {"sites retenus": int(reasons.eq("").sum())}
    counts |= {f"écartés : {name}": int(n) for name, n in out.items()}
    return counts | {"hors du territoire": n_away}


def _require_radii(zones: Zones, area: gpd.GeoDataFrame) -> None:
    """Refuse a radius in metres that takes in the whole territory."""
    if zones.distance == "truck_min":
        return
    xmin, ymin, xmax, ymax = area.total_bounds
    across_m = float(np.hypot(xmax - xmin, ymax - ymin))
    wide = [radius for radius in zones.radii if radius > across_m]
    if wide:
        message = (
            f"zones : rayon de {max(wide):.0f} m plus grand que le territoire "
            f"({across_m:.0f} m) → réduire zones.radius_m ou zones.sweep.radii_m"
        )
        raise StudyError(message)


def _settings(
    sweep: Sweep, usable: gpd.GeoDataFrame, official: gpd.GeoDataFrame, zones: Zones
) -> tuple[pd.DataFrame, int]:
    """Describe the settings, and choose one."""
    agreement = mean_agreement(sweep)
    chosen = choose_setting(sweep, agreement, zones=zones)
    official_id = official_of(usable, official)
    ranks = range(len(sweep.settings))
    table = setting_table(sweep, zones=zones).assign(
        agreement=agreement,
        official_agreement=[
            official_agreement(sweep.as_given(rank), official_id) for rank in ranks
        ],
        chosen=np.arange(len(sweep.settings)) == chosen,
    )
    return table, chosen


def _zone_of(
    sweep: Sweep, usable: gpd.GeoDataFrame, chosen: int, zones: Zones
) -> pd.Series[str]:
    names = name_zones(
        sweep.as_given(chosen),
        sweep.jobs,
        sweep.site_id,
        isolated_jobs=zones.isolated_jobs,
    )
    return pd.Series(names, index=usable.index, dtype="str", name="zone_id")


def _measures(sweep: Sweep, stability: pd.DataFrame) -> pd.DataFrame:
    stability_of = zone_stability(sweep, stability["zone_id"].to_numpy(dtype=str))
    return pd.concat([stability_of, core_share_pct(stability, sweep.jobs)], axis=1)


def _ground(
    project: Project, official: gpd.GeoDataFrame, area: gpd.GeoDataFrame
) -> Ground:
    written = project.study.zones.land_cover
    if written is None:
        return Ground(official)
    xmin, ymin, xmax, ymax = (float(value) for value in area.total_bounds)
    path = project.path(written)
    cover = read_industrial_cover(path, bounds=(xmin, ymin, xmax, ymax))
    if cover.is_empty:
        _log.warning("%s : aucune surface de classe 121 dans le territoire", path.name)
    return Ground(official, cover)


def _facts(
    table: gpd.GeoDataFrame, settings: pd.DataFrame, n_runs: int
) -> dict[str, object]:
    kinds = table["kind"].value_counts()
    zoned = table[table["kind"].eq("zone")]
    jobs = zoned["headcount_mid"]
    stable = zoned["stability"].ge(STABLE)
    held_pct = 100 * jobs[stable].sum() / jobs.sum() if jobs.sum() else 0.0
    best = settings[settings["chosen"]].iloc[0]
    return {
        "zones": int(kinds.get("zone", 0)),
        "sites isolés majeurs": int(kinds.get("site_isole", 0)),
        "classements comparés": n_runs,
        "réglage retenu": str(best["setting_id"]),
        "accord moyen": round(float(best["agreement"]), 2),
        "zones stables": int(stable.sum()),
        "effectif des zones stables": f"{held_pct:.0f} %",
    }


def _compared_facts(
    study: Study, settings: pd.DataFrame, pairs: pd.DataFrame
) -> dict[str, object]:
    """Say how far the zones found are those drawn before, where there are any."""
    overlap_of = overlap(pairs)
    words = compared_words(study.zones, drawn_inside=study.draws_in_areas)
    if not overlap_of.n_met + overlap_of.n_empty:
        return {}
    facts: dict[str, object] = {
        f"{words.many}, {words.compared}": overlap_of.n_met + overlap_of.n_empty,
        "dont sans zone trouvée": overlap_of.n_empty,
    }
    shares = {"sites": overlap_of.sites_pct, "effectif": overlap_of.jobs_pct}
    facts |= {
        f"{what} des zones trouvées qui s'y trouvent": f"{share:.0f} %"
        for what, share in shares.items()
        if np.isfinite(share)
    }
    agreement = settings.loc[settings["chosen"], "official_agreement"].iloc[0]
    if np.isfinite(agreement):
        facts[f"accord {words.agreement}"] = round(float(agreement), 2)
    if words.circular:
        facts["ce que vaut la comparaison"] = words.circular
    return facts

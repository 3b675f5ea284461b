"""Estimate the potential waste of each site; what firms declared comes first."""

from __future__ import annotations

import logging

import geopandas as gpd
import numpy as np
import pandas as pd

from eitgeo.flows.arisings.activities import rev2_activities, unbridged_share_pct
from eitgeo.flows.arisings.arising_draws import (
    DrawLaw,
    Scaling,
    added_draws,
    arising_terms,
    commune_draws,
    composed_arisings,
    draw_law,
    group_draws,
    scaled_intervals,
    shared_law,
    site_byproducts,
    term_intervals,
    without_observed,
)
from eitgeo.flows.arisings.arising_totals import (
    Redrawn,
    arising_totals,
    control_scaling,
    of_every_ratio,
    ratio_cells,
    total_checks,
)
from eitgeo.flows.arisings.declared import prefer_observed
from eitgeo.ledger import Place
from eitgeo.reference.tables import byproduct_ratios, waste_ratios, waste_totals
from eitgeo.sources.activity.cells import CELLS, with_counts
from eitgeo.sources.sites.counted_sites import Counts
from eitgeo.sources.waste.control_totals import read_control_totals
from eitgeo.steps.flows.declared_waste import observed_waste, study_register
from eitgeo.steps.inputs.counted import WHOLE, redrawn_sites, shown_terms
from eitgeo.steps.log_words import about
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.files import write_table
from eitgeo.words import french_number

_CHECKED = "NDNI"
_log = logging.getLogger(__name__)


@step(
    "Gisement potentiel par établissement",
    writes=(
        "arisings",
        "arising_checks",
        "arising_totals",
        "arising_draws",
        "byproducts",
        "waste_declarations",
    ),
    files="arising_files",
)
def run(
    communes: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    site_sectors: pd.DataFrame,
    activity_ape: pd.DataFrame,
    activity_insee: pd.DataFrame,
    activity_urssaf: pd.DataFrame,
    site_cells: pd.DataFrame,
    *,
    project: Project,
) -> dict[str, object]:
    """Write what sites throw away: each, in draws, in all, beside published totals."""
    folder = project.processed
    ratios, law = waste_ratios(), draw_law(project.study)
    register = study_register(project, sites, communes=communes)
    observed = observed_waste(project, sites, register)
    terms = without_observed(arising_terms(sites, ratios), ratios, observed)
    scaling = _scaling(project, terms, sites=sites, observed=observed, law=law)
    estimated = composed_arisings(terms, _intervals(terms, law, scaling), ratios)
    counts = Counts(activity_urssaf, activity_insee, activity_ape).of(communes)
    again = {"sites": sites, "cells": site_sectors, "counts": counts, "terms": terms}
    # Totals that are published hold the shown draw.
    redrawn = None if scaling else redrawn_sites(project, communes, **again)
    fixed = terms if redrawn is None else shown_terms(terms, sites, site_sectors)
    places, shared = _places(sites, communes), shared_law(law, terms)
    cells = _cell_draws(fixed, places, law, scaling=scaling, redrawn=redrawn)
    scale, draws = None if scaling else law, of_every_ratio(cells)
    totals = arising_totals(
        draws, fixed, observed, places=places, law=scale, redrawn=redrawn
    )
    commune_sums = commune_draws(
        fixed,
        sites.set_index("site_id")["code_insee"].loc[places.index],
        law=shared,
        scaling=_scaling(project, terms, sites=sites, observed=observed, law=shared),
        more=None if redrawn is None else redrawn.by_commune(shared),
    )
    write_table(folder, commune_sums, table="arising_draws")
    write_table(folder, prefer_observed([observed, estimated]), table="arisings")
    write_table(folder, totals, table="arising_totals")
    checks = _checks(cells, observed, places, communes=communes, counts=counts)
    write_table(folder, checks, table="arising_checks")
    write_table(folder, register, table="waste_declarations")
    residues = site_byproducts(with_counts(sites, site_cells), byproduct_ratios())
    write_table(folder, residues, table="byproducts")
    return {
        CELLS if len(site_cells) else "établissements": len(sites),
        **_site_facts(estimated, observed, residues, n_sites=len(sites)),
        **_activity_facts(sites),
        **_plausibility(project, totals, communes),
    }


def _intervals(
    terms: pd.DataFrame, law: DrawLaw, scaling: Scaling | None
) -> pd.DataFrame:
    if scaling is None:
        return term_intervals(terms)
    return scaled_intervals(terms, law=law, scaling=scaling)


def _cell_draws(
    terms: pd.DataFrame,
    places: pd.DataFrame,
    law: DrawLaw,
    *,
    scaling: Scaling | None,
    redrawn: Redrawn | None,
) -> pd.DataFrame:
    """Draw what stays as it is shown, and what is drawn again."""
    draws = group_draws(terms, ratio_cells(terms, places), law=law, scaling=scaling)
    return draws if redrawn is None else added_draws(draws, redrawn.by_cell(law))


def _checks(
    draws: pd.DataFrame,
    observed: pd.DataFrame,
    places: pd.DataFrame,
    *,
    communes: pd.DataFrame,
    counts: Counts,
) -> pd.DataFrame:
    """Put totals of the area beside published ones, by employees where all count."""
    area = communes.loc[communes["in_area"]]
    divisions = observed["site_id"].map(places["division"])
    counted = counts.by_sector
    counted_in_area = counted[counted["code_insee"].isin(area["code_insee"])]
    is_whole = counted_in_area["code_insee"].nunique() == len(area)
    return total_checks(
        draws,
        observed.assign(division=divisions).dropna(subset="division"),
        waste_totals(),
        waste_ratios(),
        population=int(area["population"].sum()),
        jobs=_by_sector(counted_in_area) if is_whole else {},
    )


def _by_sector(counts: pd.DataFrame) -> dict[str, float]:
    sums = counts.groupby("sector")["employees"].sum()
    return {str(sector): float(jobs) for sector, jobs in sums.items()}


def _site_facts(
    estimated: pd.DataFrame,
    observed: pd.DataFrame,
    residues: pd.DataFrame,
    *,
    n_sites: int,
) -> dict[str, object]:
    counted = estimated["site_id"].nunique()
    return {
        "avec un ratio": counted,
        "sans ratio ni effectif": n_sites - counted,
        "avec une déclaration": observed["site_id"].nunique(),
        "dont au registre (IREP)": _n_sites(observed, "irep"),
        "avec un résidu chiffré hors ratio": residues["site_id"].nunique(),
    }


def _n_sites(observed: pd.DataFrame, method: str) -> int:
    return int(observed.loc[observed["method"] == method, "site_id"].nunique())


def _scaling(
    project: Project,
    terms: pd.DataFrame,
    *,
    sites: pd.DataFrame,
    observed: pd.DataFrame,
    law: DrawLaw,
) -> Scaling | None:
    written = project.study.arisings.control_totals
    if written is None:
        return None
    return control_scaling(
        terms,
        read_control_totals(project.path(written)),
        sites=sites.assign(naf=rev2_activities(sites)),
        observed=observed,
        law=law,
    )


def _places(sites: pd.DataFrame, communes: pd.DataFrame) -> pd.DataFrame:
    """Give the groups of each site of the area, one column a grain."""
    area = communes.loc[communes["in_area"]].set_index("code_insee")
    sites_in_area = sites[sites["code_insee"].isin(area.index)].set_index("site_id")
    return pd.DataFrame(
        {
            WHOLE: WHOLE,
            "epci": sites_in_area["code_insee"].map(area["epci_siren"]),
            "division": sites_in_area["naf"].str[:2],
        },
        index=sites_in_area.index,
    ).astype("str")


def _activity_facts(sites: pd.DataFrame) -> dict[str, object]:
    unknown = int((rev2_activities(sites) == "").sum())
    facts: dict[str, object] = {"activité inconnue en NAF rév. 2": unknown}
    lost_pct = unbridged_share_pct(sites)
    if lost_pct > 0:
        _log.warning(
            "%.0f %% des établissements en NAF 2025 sans équivalent sûr en "
            "NAF rév. 2 : aucun gisement estimé pour eux",
            lost_pct,
        )
        facts["NAF 2025 sans équivalent sûr (%)"] = round(lost_pct, 1)
    return facts


def _plausibility(
    project: Project, totals: pd.DataFrame, communes: pd.DataFrame
) -> dict[str, object]:
    """Tell the total of the area, and warn where no territory throws that away."""
    rows = totals[(totals["grain"] == WHOLE) & (totals["stream"] == _CHECKED)]
    if rows.empty:
        return {}
    total = rows.iloc[0]
    inhabitants = communes.loc[communes["in_area"], "population"].sum()
    low, high = project.study.arisings.plausible_t_per_inhabitant
    bounds = (float(total["t_low"]), float(total["t_high"]))
    facts: dict[str, object] = {
        "gisement potentiel hors inertes": about(
            float(total["t_mid"]),
            "t/an",
            Place("arising_totals", f"{WHOLE} / {_CHECKED}", "t_mid"),
            bounds=bounds,
        )
    }
    per_head = float(total["t_mid"]) / max(int(inhabitants), 1)
    if not low <= per_head <= high:
        message = (
            "gisement potentiel hors inertes de %s t/habitant, hors de la bande "
            "vraisemblable (%s à %s) : vérifier les effectifs et les ratios"
        )
        three = [french_number(one, decimals=2) for one in (per_head, low, high)]
        _log.warning(message, *three)
        facts["hors de la bande vraisemblable (t/habitant)"] = three[0]
    shares = rows[["headcount_pct", "ratio_common_pct", "ratio_site_pct"]].iloc[0]
    if not np.isnan(shares.to_numpy(dtype=float)).any():
        names = ("effectifs", "ratios", "établissements")
        parts = zip(names, shares, strict=True)
        told_parts = ", ".join(f"{name} {value:.0f} %" for name, value in parts)
        facts["part de la variance"] = told_parts
    return facts

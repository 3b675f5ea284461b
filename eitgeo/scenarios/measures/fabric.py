"""Sites and jobs inside a perimeter: how many, how diverse, how dependent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from eitgeo.scenarios.measures.figures import figure, ratio_pct
from eitgeo.scenarios.measures.measures import measures

if TYPE_CHECKING:
    import pandas as pd

    from eitgeo.scenarios.measures.figures import Figures
    from eitgeo.scenarios.measures.measures import Inputs

_LEVELS = ["value", "low", "high"]


@measures("declared_sites")
def declared_sites(inputs: Inputs) -> Figures:
    """Count the sites that a register of Géorisques tells."""
    counts = inputs.activity.by_commune(inputs.activity.declared)
    return {"declared_sites": figure(inputs.held @ counts)}


@measures("target_sites", "naf_diversity", "sites_per_animator")
def target_figures(inputs: Inputs) -> Figures:
    """Count target sites, their divisions, and how many an animator follows.

    Notes
    -----
    A site counts where its smallest possible headcount reaches the threshold. One
    whose interval straddles it is in the upper bound. One of unknown size is in no
    bound: it is counted apart, in the note, since most rows of a register that tell
    no size have no employee. Where nobody is known to count and sizes are unknown,
    there is no value rather than zero.
    """
    comparison = inputs.study.comparison
    target = _possible_counts(inputs)
    sites = inputs.activity.target
    sites = sites.assign(division=sites["naf"].str[:2])
    by_division = inputs.held @ inputs.activity.by_label(sites, "division")
    diverse = (by_division >= comparison.diversity_min_sites).sum(axis=1)
    diversity = np.where(target["value"].isna(), np.nan, diverse)
    return {
        "target_sites": target,
        "naf_diversity": figure(diversity, target["note"].tolist()),
        "sites_per_animator": target.assign(
            **target[_LEVELS] / comparison.animator_fte
        ),
    }


def _possible_counts(inputs: Inputs) -> pd.DataFrame:
    """Count target sites, those that may be, and in the note those of unknown size."""
    unsure = inputs.activity.unsure
    is_unsized = unsure["unsized"].astype(bool)
    sure = inputs.held @ inputs.targets
    more, unknown = (
        inputs.held @ inputs.activity.by_commune(rows)
        for rows in (unsure[~is_unsized], unsure[is_unsized])
    )
    table = figure(sure, [_apart(int(n)) for n in unknown])
    table["high"] = sure + more
    table.loc[(table["high"] == 0) & (unknown > 0), _LEVELS] = np.nan
    return table


def _apart(n_unsized: int) -> str:
    if n_unsized == 0:
        return ""
    plural = "s" if n_unsized > 1 else ""
    return f"à part : {n_unsized} établissement{plural} d'effectif inconnu"


@measures("industry_jobs", "top_site_pct")
def job_figures(inputs: Inputs) -> Figures:
    """Sum the jobs of industry, and give the share of its largest site."""
    activity = inputs.activity
    jobs = inputs.interval(activity.industry, "headcount")
    largest = activity.industry.groupby("code_insee")["headcount_mid"].max()
    by_commune = largest.reindex(activity.codes, fill_value=0.0).to_numpy(dtype=float)
    top = np.where(inputs.held, by_commune, 0.0).max(axis=1, initial=0.0)
    return {
        "industry_jobs": jobs,
        "top_site_pct": figure(ratio_pct(top, jobs["value"].to_numpy())),
    }

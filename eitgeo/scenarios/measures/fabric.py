"""Sites and jobs inside a perimeter: how many, how diverse, how dependent."""

from __future__ import annotations

import numpy as np
import pandas as pd

from eitgeo.scenarios.measures.activity import Activity
from eitgeo.scenarios.measures.figures import (
    Figures,
    counted_between,
    figure,
    ratio_pct,
)
from eitgeo.scenarios.measures.measures import (
    Inputs,
    counts_sites,
    measures_indicator,
    registers_fact,
)
from eitgeo.sources.activity.cells import NO_SITES

_LEVELS = ["value", "low", "high"]


@registers_fact("cible")
def sure_targets(activity: Activity) -> pd.DataFrame:
    """List target sites."""
    return activity.target


@registers_fact("cible_possible")
def possible_targets(activity: Activity) -> pd.DataFrame:
    """List those whose headcount straddles the threshold."""
    return activity.unsure[~activity.unsure["unsized"].astype(bool)]


@registers_fact("cible_inconnue")
def unsized_targets(activity: Activity) -> pd.DataFrame:
    """List those of unknown size."""
    return activity.unsure[activity.unsure["unsized"].astype(bool)]


@registers_fact("division")
def targets_by_division(activity: Activity) -> pd.DataFrame:
    """List target sites by division of their activity."""
    return activity.target.assign(label=activity.target["naf"].str[:2])


@counts_sites(
    "declared_sites",
    fact="declare",
    asked="sources.sites:gerep|icpe|irep|s3ic",
    absent="aucun registre lu",
)
def declared(sites: pd.DataFrame) -> pd.Series[bool]:
    """Say which sites a register of Géorisques tells; cited by hand alone, none is."""
    return sites["source"].str.contains(_REGISTERS)


_REGISTERS = r"\b(?:Géorisques|IREP|ICPE)\b"
"""How the source of a site names the registers of Géorisques."""


@measures_indicator("target_sites", "naf_diversity", "sites_per_animator")
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
    if inputs.activity.in_cells:
        return _counted_targets(inputs)
    target = _possible_counts(inputs)
    diverse = _n_divisions(inputs, inputs.activity.target)
    diversity = np.where(target["value"].isna(), np.nan, diverse)
    return {
        "target_sites": target,
        "naf_diversity": figure(diversity, target["note"].tolist()),
        "sites_per_animator": target.assign(
            **target[_LEVELS] / inputs.study.governance.posts
        ),
    }


def _counted_targets(inputs: Inputs) -> Figures:
    """Bound what cells tell of target sites: how many at least, and at most."""
    activity = inputs.activity
    low, high = inputs.held @ inputs.targets, inputs.held @ inputs.possible_targets
    posts = inputs.study.governance.posts
    possible = pd.concat([activity.target, activity.unsure])
    divisions = [_n_divisions(inputs, rows) for rows in (activity.target, possible)]
    return {
        "target_sites": counted_between(low, high),
        "naf_diversity": counted_between(divisions[0], divisions[1]),
        "sites_per_animator": counted_between(low / posts, high / posts),
    }


def _n_divisions(inputs: Inputs, sites: pd.DataFrame) -> np.ndarray:
    """Count the divisions with enough of some sites in each perimeter."""
    rows = sites.assign(division=sites["naf"].str[:2])
    by_division = inputs.held @ inputs.activity.by_label(rows, "division")
    least = inputs.study.comparison.diversity_min_sites
    count: np.ndarray = (by_division >= least).sum(axis=1)
    return count


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


@measures_indicator("industry_jobs", "top_site_pct")
def job_figures(inputs: Inputs) -> Figures:
    """Sum the jobs of industry, and give the share of its largest site."""
    activity = inputs.activity
    jobs = inputs.interval(activity.industry, "headcount")
    if activity.in_cells:
        none = figure(np.full(len(jobs), np.nan), NO_SITES)
        return {"industry_jobs": jobs, "top_site_pct": none}
    largest = activity.industry.groupby("code_insee")["headcount_mid"].max()
    by_commune = largest.reindex(activity.codes, fill_value=0.0).to_numpy(dtype=float)
    top = np.where(inputs.held, by_commune, 0.0).max(axis=1, initial=0.0)
    return {
        "industry_jobs": jobs,
        "top_site_pct": figure(ratio_pct(top, jobs["value"].to_numpy())),
    }


@measures_indicator("core_pct")
def core_figures(inputs: Inputs) -> Figures:
    """Say which part of the population of each perimeter lives in the core.

    NaN in a perimeter without inhabitant; nothing where no contour has voted
    (`CORE_ABOVE`).
    """
    if inputs.core is None:
        return {}
    in_core = inputs.communes["code_insee"].isin(inputs.core).to_numpy()
    inside = inputs.held_at_hand @ inputs.people
    people = (inputs.held_at_hand & in_core) @ inputs.people
    return {"core_pct": figure(ratio_pct(people, inside))}

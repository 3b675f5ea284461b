"""What registers count in a perimeter: observed, each figure with its vintage."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.reference.naf import in_divisions
from eitgeo.scenarios.measures.activity import vintage_words
from eitgeo.scenarios.measures.figures import Figures, figure, incidence, ratio_pct
from eitgeo.scenarios.measures.measures import Inputs, measures_indicator
from eitgeo.study.sections import Comparison

_SUMS = {
    "counted_employers": "employeurs",
    "counted_employees": "salaries",
    "counted_industry_employees": "salaries_industrie",
    "counted_establishments": "etablissements",
    "counted_industry_firms": "etablissements_industrie",
    "counted_firms_10": "etablissements_10",
}
_INDUSTRY, _EMPLOYEES = "salaries_industrie", "salaries"
_FIRMS_OF_INDUSTRY, _FIRMS = "etablissements_industrie", "etablissements"


@measures_indicator(*_SUMS)
def counted_figures(inputs: Inputs) -> Figures:
    """Sum what registers count; NaN where a commune of the perimeter is not covered."""
    return {
        name: figure(counted_sums(inputs, fact), counted_notes(inputs, fact))
        for name, fact in _SUMS.items()
        if _is_told(inputs, fact)
    }


@measures_indicator("counted_industry_pct", "counted_top_commune_pct")
def counted_share_figures(inputs: Inputs) -> Figures:
    """Give the share of industry among employees, and that of its first commune."""
    if not _is_told(inputs, _INDUSTRY):
        return {}
    industry, notes = counted_sums(inputs, _INDUSTRY), counted_notes(inputs, _INDUSTRY)
    by_commune = inputs.counted_by_commune(_INDUSTRY)
    most = np.where(inputs.held, by_commune, 0.0).max(axis=1, initial=0.0)
    return {
        "counted_industry_pct": figure(
            ratio_pct(industry, counted_sums(inputs, _EMPLOYEES)), notes
        ),
        "counted_top_commune_pct": figure(ratio_pct(most, industry), notes),
    }


@measures_indicator("counted_industry_lq")
def counted_quotient_figures(inputs: Inputs) -> Figures:
    """Compare the share of industry among establishments with that of the whole file.

    Notes
    -----
    Location quotient: (x / n) ÷ (X / N), with x establishments of industry among n in
    the perimeter, X among N in all communes that the file tells.
    """
    counted = inputs.activity.counted
    if counted is None or not _is_told(inputs, _FIRMS_OF_INDUSTRY):
        return {}
    every = counted.table[[_FIRMS_OF_INDUSTRY, _FIRMS]].sum()
    ratio = ratio_pct(
        counted_sums(inputs, _FIRMS_OF_INDUSTRY), counted_sums(inputs, _FIRMS)
    )
    there = ratio_pct(np.array([every[_FIRMS_OF_INDUSTRY]]), np.array([every[_FIRMS]]))
    quotient = (
        np.divide(ratio, there[0]) if there[0] > 0 else np.full_like(ratio, np.nan)
    )
    notes = counted_notes(inputs, _FIRMS_OF_INDUSTRY)
    return {"counted_industry_lq": figure(quotient, notes)}


def counted_sums(inputs: Inputs, fact: str) -> np.ndarray:
    """Sum a fact over each perimeter; NaN where a commune of it is not covered."""
    by_commune = inputs.counted_by_commune(fact)
    missed = inputs.held @ np.isnan(by_commune)
    sums = inputs.held @ np.nan_to_num(by_commune)
    return np.where(missed > 0, np.nan, sums)


def counted_notes(inputs: Inputs, fact: str) -> list[str]:
    """Say the vintage of a fact, or how many communes its source does not cover."""
    counted = inputs.activity.counted
    if counted is None:
        return [""] * len(inputs.held)
    edition = inputs.study.identity.edition
    when = vintage_words(counted.vintages[fact], edition)
    missed = inputs.held @ np.isnan(inputs.counted_by_commune(fact))
    return [uncovered_words(int(n)) if n else when for n in missed]


def uncovered_words(n_communes: int) -> str:
    """Say how many communes have no figure."""
    communes = "communes" if n_communes > 1 else "commune"
    return f"{n_communes} {communes} sans chiffre dans la source"


def _is_told(inputs: Inputs, fact: str) -> bool:
    counted = inputs.activity.counted
    return counted is not None and fact in counted.table


_LEVELS_PCT = (10, 50, 90)


def redrawn_counts(
    rows: pd.DataFrame,
    fixed: pd.DataFrame,
    candidates: Sequence[Candidate],
    *,
    codes: pd.Index,
    comparison: Comparison,
) -> pd.DataFrame:
    """Count target sites and their divisions in each draw, and give P10, P50, P90.

    ``fixed``: target sites that no draw makes: ``code_insee``, ``naf``. ``comparison``:
    what makes a target site, and how many make a division. Returns: table
    ``redrawn_counts``; empty where nothing is drawn again.
    """
    if rows.empty:
        return pd.DataFrame()
    n_draws = int(rows["replicate"].max()) + 1
    inside = incidence([one.codes for one in candidates], codes).astype(float)
    targets = rows[rows["headcount"].ge(comparison.min_headcount)]
    targets = targets.astype({"naf": "str", "code_insee": "str"})
    targets = targets[in_divisions(targets["naf"], comparison.target_naf)]
    sure = fixed.assign(replicate=-1)
    columns = ["code_insee", "naf", "replicate"]
    every = pd.concat([targets[columns], sure[columns]], ignore_index=True)
    every = every[every["code_insee"].isin(codes)]
    sites = np.zeros((len(candidates), n_draws))
    divisions = np.zeros_like(sites)
    for _, sites_of in every.groupby(every["naf"].str[:2]):
        counts = inside @ _by_commune(sites_of, codes, n_draws)
        sites += counts
        divisions += counts >= comparison.diversity_min_sites
    names = [one.perimeter_id for one in candidates]
    counts_of = {"target_sites": sites, "naf_diversity": divisions}
    tables = [_levels(counts, names, name) for name, counts in counts_of.items()]
    return pd.concat(tables, ignore_index=True)


def _by_commune(rows: pd.DataFrame, codes: pd.Index, n_draws: int) -> np.ndarray:
    """Count rows, communes × draws; those of no draw (−1) are in each."""
    row_of = codes.get_indexer(pd.Index(rows["code_insee"]))
    draw = rows["replicate"].to_numpy()
    cell = row_of[draw >= 0] * n_draws + draw[draw >= 0]
    counts = np.bincount(cell, minlength=len(codes) * n_draws)
    in_each = np.bincount(row_of[draw < 0], minlength=len(codes))
    table: np.ndarray = counts.reshape(len(codes), n_draws) + in_each[:, None]
    return table.astype(float)


def _levels(counts: np.ndarray, names: list[str], indicator_id: str) -> pd.DataFrame:
    low, mid, high = np.percentile(
        counts, _LEVELS_PCT, axis=1, method="inverted_cdf"
    ).astype(float)
    levels = {"low": low, "mid": mid, "high": high}
    return pd.DataFrame({"perimeter_id": names, "indicator_id": indicator_id} | levels)

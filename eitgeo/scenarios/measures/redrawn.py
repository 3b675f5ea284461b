"""Counts of drawn establishments, perimeter by perimeter, drawn again and again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.reference.naf import in_divisions
from eitgeo.scenarios.measures.figures import incidence
from eitgeo.study.sections import Comparison

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

    ``rows``: as `redrawn_rows` returns them. ``fixed``: target sites that no draw
    makes: ``code_insee``, ``naf``. ``codes``: INSEE codes of the study area.
    ``comparison``: what makes a target site, and how many make a division. Returns:
    table ``redrawn_counts``; empty where nothing is drawn again.
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

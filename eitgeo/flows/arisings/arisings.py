"""Waste of each professional site, from ratios by activity and employee."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from eitgeo.flows.arisings.arising_draws import (
    MASS_COLUMNS,
    arising_terms,
    term_intervals,
)


def estimate_arisings(sites: pd.DataFrame, ratios: pd.DataFrame) -> pd.DataFrame:
    """Estimate the potential waste of each site: ratio × headcount × composition.

    Returns: table ``arisings`` [t/year]: ``t_low``, ``t_mid``, ``t_high`` are the P10,
    P50 and P90 of headcount × ratio. A ratio names no LoW code, so ``waste_code``
    repeats the EWC-Stat code. Method ``ratio``, evidence ``H``. Refused: missing
    column, or a ratio that cannot be one.

    Notes
    -----
    The composition is taken as sure: the interval of a category is as wide as that of
    the site, and does not hold what is unknown of the shares.

    Examples
    --------
    >>> sites = pd.DataFrame({"site_id": ["a"], "naf": ["16.10A"],
    ...     "headcount_low": [20.0], "headcount_mid": [20.0], "headcount_high": [20.0]})
    >>> ratios = pd.DataFrame({"naf_prefix": ["16"], "ratio_id": ["16"],
    ...     "stream": ["NDNI"], "ewc_stat": ["W075"], "share": [0.95],
    ...     "t_per_employee": [60.0], "t_per_employee_low": [30.0],
    ...     "t_per_employee_high": [100.0]})
    >>> found = estimate_arisings(sites, ratios)[["t_low", "t_mid", "t_high"]]
    >>> found.round(6).values.tolist()
    [[570.0, 1140.0, 1900.0]]
    """
    terms = arising_terms(sites, ratios)
    return composed_arisings(terms, term_intervals(terms), ratios)


def composed_arisings(
    terms: pd.DataFrame, intervals: pd.DataFrame, ratios: pd.DataFrame
) -> pd.DataFrame:
    """Share the waste of each term among its categories.

    ``terms``: as `arising_terms` returns them. ``intervals``: ``t_low``, ``t_mid``,
    ``t_high`` [t/year] on their index. ``ratios``: with the composition of each ratio.
    Returns: table ``arisings``.
    """
    shares = ratios[["naf_prefix", "stream", "ewc_stat", "share"]]
    rows = terms[["site_id", "naf_prefix", "stream"]].join(intervals)
    rows = rows.merge(shares, on=["naf_prefix", "stream"])
    rows[MASS_COLUMNS] = rows[MASS_COLUMNS].mul(rows["share"], axis=0)
    masses = rows[["site_id", "ewc_stat", "stream", *MASS_COLUMNS]]
    table = masses.assign(waste_code=masses["ewc_stat"], method="ratio", evidence="H")
    names = ["site_id", "waste_code", "stream", "ewc_stat", *MASS_COLUMNS]
    return table[[*names, "method", "evidence"]]


def without_observed(
    terms: pd.DataFrame, ratios: pd.DataFrame, observed: pd.DataFrame
) -> pd.DataFrame:
    """Weigh each term by the part of its composition that nothing observed replaces.

    ``observed``: tables ``arisings`` of better sources, put together. Returns:
    ``terms`` with ``weight``: the sum of the shares of the categories of the site that
    no row of ``observed`` speaks of.
    """
    key = ["site_id", "stream", "ewc_stat"]
    shares = ratios[["naf_prefix", "stream", "ewc_stat", "share"]]
    rows = terms[["site_id", "naf_prefix", "stream"]].merge(
        shares, on=["naf_prefix", "stream"]
    )
    seen: Collection[tuple[str, ...]] = set(
        observed[key].itertuples(index=False, name=None)
    )
    is_free = np.array(
        [one not in seen for one in rows[key].itertuples(index=False, name=None)],
        dtype=bool,
    )
    left = rows[is_free].groupby(["site_id", "stream"])["share"].sum()
    keys = pd.MultiIndex.from_frame(terms[["site_id", "stream"]])
    return terms.assign(weight=left.reindex(keys, fill_value=0.0).to_numpy())

"""Declared waste hidden from the ratios, predicted by them, and held against them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from eitgeo.exact import at_most
from eitgeo.flows.arisings.arising_draws import NDNI, arising_terms
from eitgeo.flows.arisings.truncated import (
    even_share,
    factor_bounds,
    law_share,
    truncated_draws,
    truncated_levels,
)
from eitgeo.tables.schema import empty_table, validate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy.typing as npt

    from eitgeo.flows.arisings.arising_draws import DrawLaw
    from eitgeo.flows.arisings.truncated import Draws

    Floats = npt.NDArray[np.float64]

THRESHOLD_T = 2000.0
"""Waste that is not hazardous is declared above it, all kinds together [t/year]."""
GOAL_PCT, TOLERANCE_PCT = 80.0, 5.0
"""Share of what is told that a true P10–P90 holds, and how far from it is as good."""
LIKELY = 0.9
"""Ratios are told of sites that the law puts above the threshold as surely as that."""
INERT = "INERT"
SURE = 0.95


def backtest(
    declarations: pd.DataFrame,
    sites: pd.DataFrame,
    *,
    ratios: pd.DataFrame,
    law: DrawLaw,
    correspondence: pd.DataFrame,
    shares: Iterable[dict[str, Any]] = (),
) -> pd.DataFrame:
    """Hold what ratios say of a site against what it declared.

    Parameters
    ----------
    declarations
        As `read_waste_declarations` returns them, ``site_id`` being that of the site
        of the study; the last year of each site counts.
    sites, ratios
        As in `arising_terms`.
    law
        How uncertainty is drawn.
    correspondence
        As `low_ewc` returns it: which codes are inert.
    shares
        Rows more: those of `own_shares`.

    Returns
    -------
    pandas.DataFrame
        Rows ``coverage_sites``, ``coverage_tonnes`` [%], ``median_ratio`` (all, then
        by NAF division) and ``set_aside`` of table ``backtest``. ``low`` and ``high``
        bound the measure as if sites were independent; ``law_low`` and ``law_high``
        are what a true law gives in 95 draws of 100, common errors included (NaN: no
        bound).

    Notes
    -----
    Only what exceeds 2 000 t/year must be declared: each prediction is the law given
    that the site is above, less the inert waste that it declared. A site is covered
    where its declaration lies between the P10 and the P90 of that. Tonnes weigh sites
    by the predicted median: weighed by what was declared, a true law holds less than
    80 %, for what is above its P90 weighs most.

    The ratio of a site is the factor that brings the predicted median to what it
    declared; without a threshold, declared ÷ median. A plain quotient is above 1 for a
    true law, since sites that throw little away declare nothing.

    References
    ----------
    Arrêté du 31 janvier 2008 (DEVP0773558A), article 4, II, as amended on 26 December
    2012: hazardous waste above 2 t/year, other waste above 2 000 t/year.
    """
    totals = _latest_totals(declarations, correspondence)
    here = sites[sites["site_id"].isin(totals.index)]
    if here.empty:
        return pd.DataFrame(empty_table("backtest"))
    totals = totals.loc[here["site_id"]]
    terms = arising_terms(here, ratios)
    terms = terms[terms["stream"].eq(NDNI) & terms["t_per_employee"].gt(0)]
    reason = _set_aside(totals, here, terms)
    compared = terms[terms["site_id"].map(reason).eq("")].join(totals, on="site_id")
    rows = [
        _row("set_aside", part, item=str(item))
        for item, part in totals.groupby(reason[reason != ""], sort=True)
    ]
    if len(compared):
        levels = truncated_levels(compared.reset_index(drop=True))
        rows += _measures(levels, truncated_draws(levels, law))
    names = list(empty_table("backtest").columns)
    table = pd.DataFrame([*rows, *shares]).reindex(columns=names)
    table = table.assign(
        first_year=totals["year"].min(),
        last_year=totals["year"].max(),
        verdict=table["verdict"].fillna("").astype("str"),
    )
    told: pd.DataFrame = validate(table, table="backtest")
    return told


def _row(measure: str, part: pd.DataFrame, **told: object) -> dict[str, Any]:
    declared_t = float(part["declared_t"].sum())
    known = {"item": "", "n_sites": len(part), "declared_t": declared_t}
    return {"measure": measure, **known, **told}


def _latest_totals(
    declarations: pd.DataFrame, correspondence: pd.DataFrame
) -> pd.DataFrame:
    """Sum the last year of each site: what is not inert, and above what it is told."""
    rows = declarations.assign(year=declarations["year"].astype(int))
    rows = rows[rows["year"] == rows.groupby("site_id")["year"].transform("max")]
    inert = correspondence.loc[correspondence["stream"] == INERT, "waste_code"]
    is_inert, plain_t = rows["waste_code"].isin(inert), rows["mass_t"]
    plain_t = plain_t.mask(rows["hazardous"], 0.0)
    told = rows.assign(
        declared_t=plain_t.mask(is_inert, 0.0), inert_t=plain_t.where(is_inert, 0.0)
    ).groupby("site_id")
    sums = told[["declared_t", "inert_t"]].sum()
    beyond = (THRESHOLD_T - sums["inert_t"]).clip(lower=0.0)
    return sums.assign(year=told["year"].max(), beyond_t=beyond)


def _set_aside(
    totals: pd.DataFrame, sites: pd.DataFrame, terms: pd.DataFrame
) -> pd.Series[str]:
    """Say why a declarant is not compared; empty where it is."""
    heads = sites.set_index("site_id")["headcount_mid"].loc[totals.index]
    reason = pd.Series("", index=totals.index, dtype="str")
    reason = reason.mask(~totals.index.isin(terms["site_id"]), "no_ratio")
    reason = reason.mask(~heads.gt(0), "headcount_unknown")
    reason = reason.mask(totals["declared_t"] <= totals["beyond_t"], "below_threshold")
    return reason.mask(totals["declared_t"] <= 0, "hazardous_or_inert")


def _measures(levels: pd.DataFrame, draws: Draws) -> Iterator[dict[str, Any]]:
    t = levels["declared_t"]
    is_inside = (t >= levels["t_low"]) & (t <= levels["t_high"])
    n_inside, n = int(is_inside.sum()), len(levels)
    alone = binomtest(n_inside, n).proportion_ci(SURE, method="wilson")
    each, medians = np.ones(n), levels["t_mid"].to_numpy(dtype=float)
    by_site = _coverage(is_inside, draws, each)
    by_site |= {"low": 100.0 * alone.low, "high": 100.0 * alone.high}
    yield _row("coverage_sites", levels, **by_site)
    yield _row("coverage_tonnes", levels, **_coverage(is_inside, draws, medians))
    division = levels["naf_prefix"].str[:2].where(levels["reached"] >= LIKELY, "")
    for name in sorted({"", *division}):
        rows = (division.eq(name) if name else division.ne(name)).to_numpy()
        if rows.any():
            part = levels[rows]
            told = _median_ratio(part, draws.of(rows))
            yield _row("median_ratio", part, item=name, **told)


def _coverage(
    is_inside: pd.Series[bool], draws: Draws, weights: Floats
) -> dict[str, Any]:
    observed = 100.0 * float(np.average(is_inside, weights=weights))
    law = law_share(draws.inside, draws.told, weights)
    law_low, law_high = (100.0 * one for one in law)
    verdict = "indecis" if law_low <= observed <= law_high else "non_tenu"
    if at_most(abs(observed - GOAL_PCT), TOLERANCE_PCT):
        verdict = "tenu"
    told = {"observed": observed, "expected": GOAL_PCT, "verdict": verdict}
    return told | {"law_low": law_low, "law_high": law_high}


def _median_ratio(levels: pd.DataFrame, draws: Draws) -> dict[str, Any]:
    """Tell the median factor, and what it is when the law is true."""
    factors = levels["factor"].to_numpy(dtype=float)
    observed, n = float(np.median(factors)), len(factors)
    low, high = factor_bounds(factors, even_share(n))
    least, most = factor_bounds(factors, law_share(draws.above, draws.told, np.ones(n)))
    verdict = "tenu" if least <= 1.0 <= most else "non_tenu"
    if least == 0.0 and np.isinf(most):
        verdict = "indecis"
    return {
        "observed": observed,
        "expected": 1.0,
        "low": low,
        "high": np.nan if np.isinf(high) else high,
        "law_low": observed / most,
        "law_high": np.nan if least == 0.0 else observed / least,
        "verdict": verdict,
    }

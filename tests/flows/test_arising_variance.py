"""Shares of the variance of a total: closed form against hand and against draws."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.flows.arisings.arising_draws import (
    HEADCOUNTS,
    DrawLaw,
    arising_terms,
    group_draws,
)
from eitgeo.flows.arisings.arising_draws import RATIOS as PER_EMPLOYEE
from eitgeo.flows.arisings.arising_totals import SOURCES, variance_shares
from tests.flows.toy import RATIOS, make_sites

LOG_SD = np.log(2) / 1.2815515655446004
"""Standard deviation of the logarithm of a ratio whose P10, P50, P90 are 1, 2, 4."""


def shares_of(
    n_sites: int, *, sure: bool, common_share: float, jobs: float = 10.0
) -> Any:
    """Return the row of a group of like sites."""
    sites = make_sites(*((f"s{n}", "47.76Z", jobs, "31001") for n in range(n_sites)))
    if sure:
        sites = sites.assign(headcount_low=jobs, headcount_high=jobs)
    terms = arising_terms(sites, RATIOS)
    group = pd.Series("tout", index=terms.index, name="group")
    law = DrawLaw(common_share=common_share)
    return variance_shares(terms, group, law=law).loc["tout"]


@pytest.mark.parametrize("jobs", [10.0, 0.01])
def test_one_sure_site_varies_by_its_ratio_alone(jobs: float) -> None:
    """Log-normal: mean 2·e^(σ²/2), variance mean²·(e^σ² − 1), however small."""
    row = shares_of(1, sure=True, common_share=1.0, jobs=jobs)
    mean = jobs * 2 * np.exp(LOG_SD**2 / 2)
    assert row["mean_t"] == pytest.approx(mean, rel=2e-3)
    assert row["sd_t"] == pytest.approx(mean * np.sqrt(np.expm1(LOG_SD**2)), rel=0.02)
    assert row[SOURCES].tolist() == pytest.approx([0, 100, 0, 0])


def test_moments_of_a_headcount_are_those_of_256_strata() -> None:
    """From 1 to 100 jobs, log-uniform, at 2 t each: the middle of each stratum."""
    terms = pd.DataFrame(
        [["a", "NDNI", 1.0, 1.0, 10.0, 100.0, 2.0, 2.0, 2.0]],
        columns=["ratio_id", "stream", "weight", *HEADCOUNTS, *PER_EMPLOYEE],
    )
    group = pd.Series("x", terms.index, name="group")
    row = variance_shares(terms, group, law=DrawLaw()).loc["x"]
    t = 2 * 10 ** (2 * (np.arange(256) + 0.5) / 256)
    assert row["mean_t"] == pytest.approx(t.mean(), rel=1e-9)
    assert row["sd_t"] == pytest.approx(t.std(), rel=1e-9)


def test_the_split_of_the_ratio_by_hand() -> None:
    """First order: (e^(ρσ²) − 1) ÷ (e^σ² − 1), for the common part and the own."""
    row = shares_of(1, sure=True, common_share=0.3)
    total = np.expm1(LOG_SD**2)
    common, own = (100 * np.expm1(s * LOG_SD**2) / total for s in (0.3, 0.7))
    assert row["ratio_common_pct"] == pytest.approx(common, abs=0.5)
    assert row["ratio_site_pct"] == pytest.approx(own, abs=0.5)
    assert row["interaction_pct"] == pytest.approx(100 - common - own, abs=0.5)


def test_what_is_common_outlives_the_sites() -> None:
    few, many = (shares_of(n, sure=False, common_share=0.5) for n in (1, 400))
    assert few["headcount_pct"] > 20
    assert many["ratio_common_pct"] > 98
    assert many[["headcount_pct", "ratio_site_pct"]].sum() < 1.5


@pytest.mark.parametrize("common_share", [0.0, 0.4, 1.0])
def test_shares_are_whole_and_the_variance_is_that_of_the_draws(common_share) -> None:
    rows = [(f"s{n}", naf, 3 + n, "31001") for n, naf in enumerate(["47.76Z"] * 5)]
    rows += [(f"t{n}", "47.11D", 8 + n, "31001") for n in range(4)]
    terms = arising_terms(make_sites(*rows), RATIOS)
    group = terms["naf_prefix"].where(terms["site_id"] != "s0", "seul").rename("group")
    law = DrawLaw(2, 10_000, common_share)
    table = variance_shares(terms, group, law=law)
    np.testing.assert_allclose(table[SOURCES].sum(axis=1), 100.0)
    assert table[SOURCES].ge(-1e-9).all(axis=None)
    draws = group_draws(terms, group, law=law)
    np.testing.assert_allclose(table["mean_t"], draws.mean(axis=1), rtol=0.01)
    np.testing.assert_allclose(table["sd_t"], draws.std(axis=1), rtol=0.05)


def test_nothing_varies_and_no_share_is_told() -> None:
    sites = make_sites(("a", "47.76Z", 10, "31001"))
    sites = sites.assign(headcount_low=10.0, headcount_high=10.0)
    ratios = RATIOS.assign(
        t_per_employee_low=RATIOS["t_per_employee"],
        t_per_employee_high=RATIOS["t_per_employee"],
    )
    terms = arising_terms(sites, ratios)
    group = pd.Series("tout", index=terms.index, name="group")
    row = variance_shares(terms, group, law=DrawLaw()).loc["tout"]
    assert row["mean_t"] == pytest.approx(20.0)
    assert row["sd_t"] == pytest.approx(0.0, abs=1e-6)
    assert row[SOURCES].isna().all()

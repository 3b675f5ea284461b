"""How often the interval of a total holds the truth, of laws that are not its own.

Two hundred territories of thirty sites. The truth of each ratio has the P10 and P90
of the table, and an error that its sites share in half; the headcount lies in its
band. The draws know the P10, P50, P90 and the bands, not the truth.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from eitgeo.draws import two_piece_lognormal
from eitgeo.flows.arisings.arising_draws import (
    DrawLaw,
    arising_terms,
    draw_intervals,
    group_draws,
)
from eitgeo.reference.tables import waste_ratios

N_TERRITORIES, N_SITES = 200, 30
EXPECTED_PCT, TOLERANCE_PCT = 80.0, 6.0
BANDS = np.array([(3, 5), (6, 9), (10, 19), (20, 49), (50, 99)], dtype=float)
ACTIVITIES = ["10.11Z", "16.10A", "25.62B", "45.20A", "46.31Z", "47.11D", "56.10A"]
RATIO_NAMES = ["t_per_employee_low", "t_per_employee", "t_per_employee_high"]

type Quantile = Callable[[np.ndarray, np.ndarray], np.ndarray]


def lognormal(score: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    """Return values of the law of the package."""
    return two_piece_lognormal(score, *ratio)


def gamma(score: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    """Return values of a gamma law that has the same P10 and P90."""
    low, _, high = ratio

    def gap(shape: float) -> float:
        bounds = stats.gamma.ppf([0.1, 0.9], shape)
        return float(bounds[1] / bounds[0] - high / low)

    shape = optimize.brentq(gap, 0.2, 500.0)
    scale = high / stats.gamma.ppf(0.9, shape)
    return stats.gamma.ppf(stats.norm.cdf(score), shape, scale=scale)


def uniform(score: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    """Return values of a uniform law that has the same P10 and P90, cut at 0."""
    low, _, high = ratio
    unit = stats.norm.cdf(score)
    return np.maximum(low + (high - low) * (unit - 0.1) / 0.8, 0.0)


def territories(rng: np.random.Generator) -> pd.DataFrame:
    """Draw the sites of all territories, their true headcount beside the band."""
    count = N_TERRITORIES * N_SITES
    band = BANDS[rng.integers(len(BANDS), size=count)]
    low, high = band.T
    return pd.DataFrame(
        {
            "site_id": [f"s{n:05d}" for n in range(count)],
            "territory": [f"{n // N_SITES:03d}" for n in range(count)],
            "naf": rng.choice(ACTIVITIES, size=count),
            "headcount_low": low,
            "headcount_mid": np.sqrt(low * high),
            "headcount_high": high,
            "jobs": low * (high / low) ** rng.random(count),
        }
    )


def true_totals(
    terms: pd.DataFrame, rng: np.random.Generator, law: Quantile
) -> pd.Series:
    """Draw the true totals: ratios of another law, half of their error in common."""
    true_t = pd.Series(0.0, index=terms.index)
    for _, rows in terms.groupby("ratio_id"):
        common = rng.standard_normal(N_TERRITORIES)[rows["territory"].astype(int)]
        own = rng.standard_normal(len(rows))
        score = np.sqrt(0.5) * common + np.sqrt(0.5) * own
        true = law(score, rows[RATIO_NAMES].iloc[0].to_numpy(dtype=float))
        true_t[rows.index] = rows["jobs"] * rows["weight"] * true
    return true_t.groupby(terms["territory"]).sum()


def covered_pct(law: Quantile, *, common_share: float = 0.5) -> float:
    """Return the share of the territories whose interval holds the truth [%]."""
    rng = np.random.default_rng(20261125)
    sites = territories(rng)
    terms = arising_terms(sites, waste_ratios()).merge(
        sites[["site_id", "territory", "jobs"]], on="site_id"
    )
    drawn = DrawLaw(20261125, 1000, common_share)
    draws = group_draws(terms, terms["territory"], law=drawn)
    bounds = draw_intervals(draws)
    true = true_totals(terms, rng, law)
    return 100.0 * true.between(bounds["t_low"], bounds["t_high"]).mean()


@pytest.mark.parametrize("law", [lognormal, gamma, uniform])
def test_the_interval_holds_the_truth_eight_times_in_ten(law: Quantile) -> None:
    assert covered_pct(law) == pytest.approx(EXPECTED_PCT, abs=TOLERANCE_PCT)


def test_totals_without_the_common_error_would_be_caught() -> None:
    """Independent sites make totals too sure: the test above tells."""
    assert covered_pct(lognormal, common_share=0.0) < EXPECTED_PCT - TOLERANCE_PCT


def test_a_wholly_common_error_would_be_caught() -> None:
    """Nothing cancels out, totals are too vague: the test above tells."""
    assert covered_pct(lognormal, common_share=1.0) > EXPECTED_PCT + TOLERANCE_PCT

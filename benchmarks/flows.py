"""Time the draws of arisings on 6 000 sites, against a naive loop, and transport.

The naive contender is what a first reading of the method gives: one site and one
draw at a time, with the random module of numpy, the same laws and a common error by
ratio. It runs on a few sites in the same process; the ratio is per site and draw.
Prints seconds, ratios and peak memory; nothing is asserted on time. Usage:
``python benchmarks/flows.py [sites] [draws]``.
"""

from __future__ import annotations

import resource
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eitgeo.flows.arisings.arising_draws import (
    DrawLaw,
    arising_terms,
    composed_arisings,
    draw_intervals,
    group_draws,
    site_byproducts,
    term_intervals,
)
from eitgeo.flows.arisings.arising_totals import variance_shares
from eitgeo.reference.tables import (
    byproduct_ratios,
    sector_mix,
    waste_ratios,
)

if TYPE_CHECKING:
    from collections.abc import Callable

N_SITES, N_DRAWS = 6000, 1000
N_NAIVE = 30
N_FLOWS = 100_000
MEAN_TOLERANCE = 0.1
Z90 = 1.2815515655446004
BANDS = np.array(
    [(1, 2), (3, 5), (6, 9), (10, 19), (20, 49), (50, 99), (100, 199)], dtype=float
)


def drawn_sites(n: int) -> pd.DataFrame:
    """Draw sites: activities of the synthetic mix, headcounts in their bands."""
    rng = np.random.default_rng(2026)
    mix = sector_mix()
    weight = mix["per_1000_employers"] / mix["per_1000_employers"].sum()
    low, high = BANDS[rng.integers(len(BANDS), size=n)].T
    return pd.DataFrame(
        {
            "site_id": [f"S{rank:05d}" for rank in range(n)],
            "naf": rng.choice(mix["naf"], size=n, p=weight),
            "headcount_low": low,
            "headcount_mid": np.sqrt(low * high),
            "headcount_high": high,
        }
    )


def naive_draws(terms: pd.DataFrame, n_draws: int) -> np.ndarray:
    """Draw one site and one draw at a time."""
    rng = np.random.default_rng(1)
    totals = np.zeros(n_draws)
    for draw in range(n_draws):
        common: dict[str, float] = {}
        for row in terms.to_dict("records"):
            if row["ratio_id"] not in common:
                common[row["ratio_id"]] = rng.standard_normal()
            score = np.sqrt(0.5) * (common[row["ratio_id"]] + rng.standard_normal())
            side = "t_per_employee_high" if score >= 0 else "t_per_employee_low"
            spread = abs(np.log(row[side] / row["t_per_employee"]))
            ratio = row["t_per_employee"] * np.exp(score / Z90 * spread)
            low, high = row["headcount_low"], row["headcount_high"]
            jobs = np.exp(rng.uniform(np.log(low), np.log(high)))
            totals[draw] += row["weight"] * jobs * ratio
    return totals


def timed[T](label: str, call: Callable[[], T], detail: str = "") -> tuple[T, float]:
    """Run, print the seconds, and return both."""
    start = time.perf_counter()
    found = call()
    seconds = time.perf_counter() - start
    print(f"{label:<44}{seconds:7.2f} s   {detail}")
    return found, seconds


def against_naive(terms: pd.DataFrame, ours_s: float, law: DrawLaw) -> None:
    """Time the naive loop on a few sites, check its mean, and print the ratio."""
    few = terms.iloc[:N_NAIVE].reset_index(drop=True)
    naive, naive_s = timed(
        f"naive, {N_NAIVE} sites", lambda: naive_draws(few, law.n_draws)
    )
    everything = pd.Series("tout", index=few.index, name="group")
    ours = group_draws(few, everything, law=law).loc["tout"]
    assert abs(ours.mean() / naive.mean() - 1) < MEAN_TOLERANCE
    ratio = (naive_s / N_NAIVE) / (ours_s / len(terms))
    print(f"  naive is {ratio:.0f} × slower per site and draw")


def main() -> None:
    """Measure each part."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else N_SITES
    n_draws = int(sys.argv[2]) if len(sys.argv) > 2 else N_DRAWS  # noqa: PLR2004
    sites, ratios, law = drawn_sites(n), waste_ratios(), DrawLaw(1, n_draws)
    terms, _ = timed(f"terms of {n} sites", lambda: arising_terms(sites, ratios))
    timed(
        "P10, P50, P90 of each category",
        lambda: composed_arisings(terms, term_intervals(terms), ratios),
    )
    divisions = (terms["naf_prefix"].str[:2] + "|" + terms["stream"]).rename("cell")
    draws, ours_s = timed(
        f"{n_draws} draws by division",
        lambda: group_draws(terms, divisions, law=law),
        f"{len(terms)} terms",
    )
    timed("intervals of the divisions", lambda: draw_intervals(draws))
    waste = terms[terms["stream"] == "NDNI"]
    whole = pd.Series("tout", index=waste.index, name="group")
    timed("variance by source", lambda: variance_shares(waste, whole, law=law))
    timed("by-products", lambda: site_byproducts(sites, byproduct_ratios()))
    against_naive(terms, ours_s, law)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak {peak_mb:.0f} MB")


if __name__ == "__main__":
    main()

"""Time a sweep of 60 settings over 6 000 sites, against scikit-learn from scratch.

Ours: 2 methods × 5 radii × 3 minima, on the sites as given and drawn again, then the
agreement of all runs, the choice, the stability of zones and of sites. The contender
runs the same 60 clusterings with scikit-learn on coordinates, one after the other, and
nothing else; labels of DBSCAN are compared in the same process. HDBSCAN of
scikit-learn knows neither the longest link nor the rule « sites or jobs »: it is
timed, not compared. By road, the distances of real sites come from a road network:
see ``benchmarks/roads.py``. Prints seconds and ratios; nothing is asserted but equal
labels. Usage: ``python -m benchmarks.zones [sites]``.
"""

from __future__ import annotations

import resource
import sys
import time
from functools import partial

import geopandas as gpd
import numpy as np
from sklearn.cluster import DBSCAN, HDBSCAN

from eitgeo.study.zones import Zones
from eitgeo.zones.clustering import name_zones
from eitgeo.zones.near import plane_pairs
from eitgeo.zones.stability import (
    choose_setting,
    mean_agreement,
    site_stability,
    zone_stability,
)
from eitgeo.zones.sweep import Sweep, redrawn, run_sweep

N_SITES = 6000
ACROSS_M = 100_000.0
N_TOWNS = 120
TOWN_SDS_M = (2500.0, 500.0)
"""Loose towns (few neighbours), and dense ones."""

SEED = 1


def drawn(n: int, rng: np.random.Generator, *, town_sd_m: float) -> gpd.GeoDataFrame:
    """Draw sites around towns, and their jobs with bounds."""
    town = rng.uniform(0, ACROSS_M, (N_TOWNS, 2))[rng.integers(0, N_TOWNS, n)]
    x, y = (town + rng.normal(0, town_sd_m, (n, 2))).T + np.array([[5e5], [62e5]])
    jobs = np.round(rng.lognormal(2, 1, n)) + 1
    return gpd.GeoDataFrame(
        {
            "site_id": [f"S{rank:05d}" for rank in range(n)],
            "headcount_low": jobs / 2,
            "headcount_mid": jobs,
            "headcount_high": 2 * jobs,
            "position_quality": "rue",
        },
        geometry=gpd.points_from_xy(x, y, crs=2154),
    )


def ours(sites: gpd.GeoDataFrame, zones: Zones) -> Sweep:
    """Sweep, choose, and measure what holds."""
    sweep = run_sweep(
        sites,
        zones=zones,
        measure=partial(plane_pairs, max_m=max(zones.radii)),
        rng=np.random.default_rng(SEED),
        n_draws=1,
    )
    chosen = choose_setting(sweep, mean_agreement(sweep), zones=zones)
    names = name_zones(
        sweep.as_given(chosen), sweep.jobs, sweep.site_id, isolated_jobs=50
    )
    zone_stability(sweep, names)
    site_stability(sweep, names)
    return sweep


def theirs(sites: gpd.GeoDataFrame, sweep: Sweep, zones: Zones) -> list[np.ndarray]:
    """Run the same clusterings with scikit-learn, each from coordinates."""
    again = redrawn(sites, zones=zones, rng=np.random.default_rng(SEED))
    labels = []
    for layer in (sites, again):
        xy = np.column_stack([layer.geometry.x, layer.geometry.y])
        jobs = layer["headcount_mid"].to_numpy()
        for one in sweep.settings:
            if one.method == "dbscan":
                model = DBSCAN(eps=one.radius, min_samples=one.min_sites)
                weight = np.maximum(1, jobs * one.min_sites / one.min_jobs)
                labels.append(model.fit(xy, sample_weight=weight).labels_)
            else:
                model = HDBSCAN(min_cluster_size=one.min_sites, copy=True)
                labels.append(model.fit(xy).labels_)
    return labels


def measure(n: int, town_sd_m: float) -> None:
    """Measure both, compare DBSCAN, print."""
    zones = Zones()
    sites = drawn(n, np.random.default_rng(2026), town_sd_m=town_sd_m)
    start = time.perf_counter()
    sweep = ours(sites, zones)
    ours_s = time.perf_counter() - start
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = time.perf_counter()
    labels = theirs(sites, sweep, zones)
    theirs_s = time.perf_counter() - start
    for rank, one in enumerate(sweep.settings):
        if one.method == "dbscan":
            # Ours drops clusters under the rule « sites or jobs », and adds none.
            ours_in, theirs_in = sweep.as_given(rank) >= 0, labels[rank] >= 0
            assert (ours_in <= theirs_in).all()
    n_pairs = plane_pairs(sites, max_m=max(zones.radii)).nnz // 2
    print(f"{n} sites, {n_pairs} pairs within {max(zones.radii):.0f} m")
    print(f"  ours, {len(sweep.labels)} runs and stability: {ours_s:6.1f} s", end="  ")
    print(f" peak {peak_mb:.0f} MB")
    print(f"  scikit-learn, {len(labels)} runs alone: {theirs_s:6.1f} s", end="   ")
    print(f"{theirs_s / ours_s:.1f} × ours")


def main() -> None:
    """Measure loose towns, then dense ones."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else N_SITES
    for town_sd_m in TOWN_SDS_M:
        measure(n, town_sd_m)


if __name__ == "__main__":
    main()

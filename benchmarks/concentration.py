"""Time M and Kd with 999 permutations on 6 000 sites, against naive loops.

The naive contenders are what a first reading of the papers gives: two nested loops
over the sites of a sector, one pair at a time, in numpy scalars. They run a few
permutations of one sector in the same process; the ratio is per permutation and
sector. Prints seconds, ratios and peak memory; nothing is asserted. Usage:
``python benchmarks/concentration.py [sites] [permutations]``.
"""

from __future__ import annotations

import resource
import sys
import time

import geopandas as gpd
import numpy as np
import pandas as pd

from eitgeo.study.sectors import Sectors
from eitgeo.zones.clustering import plane_pairs
from eitgeo.zones.concentration import (
    concentration,
    kd_curves,
    marcon_puech_m,
    permuted_m,
    plane_bins,
    rings,
)

N_SITES = 6000
N_PERMUTATIONS = 999
BANDWIDTH_M = 2000.0
SUMMED = 1e-9
ACROSS_M = 100_000.0
SECTOR = "25"
SHARES = {"25": 0.1, **{f"{n}": 0.9 / 29 for n in (*range(10, 25), *range(26, 40))}}
RADII_M = (500.0, 1000.0, 2000.0, 5000.0, 10_000.0)


def drawn(n: int, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Draw sites around towns, their sector and their jobs."""
    town = rng.uniform(0, ACROSS_M, (120, 2))[rng.integers(0, 120, n)]
    x, y = (town + rng.normal(0, 2500, (n, 2))).T + np.array([[5e5], [62e5]])
    names = np.array(list(SHARES))
    share = np.array(list(SHARES.values()))
    sector = rng.choice(names, n, p=share / share.sum())
    return gpd.GeoDataFrame(
        {
            "site_id": [f"S{i:05d}" for i in range(n)],
            "naf": [f"{name}.00Z" for name in sector],
            "headcount_mid": np.round(rng.lognormal(2, 1, n)) + 1,
            "synthetic": True,
            "evidence": "H",
        },
        geometry=gpd.points_from_xy(x, y, crs=2154),
    )


def naive_kd(xy: np.ndarray, at: np.ndarray, bandwidth: float) -> np.ndarray:
    """Sum the kernels of each pair, one pair at a time."""
    total = np.zeros(len(at))
    for i in range(len(xy) - 1):
        for j in range(i + 1, len(xy)):
            d = np.hypot(*(xy[i] - xy[j]))
            total += np.exp(-0.5 * ((at - d) / bandwidth) ** 2)
            total += np.exp(-0.5 * ((at + d) / bandwidth) ** 2)
    n_pairs = len(xy) * (len(xy) - 1) / 2
    return total / (n_pairs * bandwidth * np.sqrt(2 * np.pi))


def binning_error(width_m: float, n_sites: int) -> float:
    """Bound what classes of distances may cost: they average over the pairs.

    A pair is misplaced by half a class at most, where the two kernels are steepest.
    """
    steepest = 2 / (BANDWIDTH_M**2 * np.sqrt(2 * np.pi * np.e))
    n_pairs = n_sites * (n_sites - 1) / 2
    return float(min(1.0, 4 / np.sqrt(n_pairs)) * steepest * width_m / 2)


def naive_m(
    xy: np.ndarray, is_own: np.ndarray, weight: np.ndarray, radius_m: float
) -> float:
    """Weigh the neighbours of each site of the sector, one pair at a time."""
    above = below = 0.0
    for i in np.flatnonzero(is_own):
        own = every = 0.0
        for j in range(len(xy)):
            if j != i and np.hypot(*(xy[i] - xy[j])) <= radius_m:
                every += weight[j]
                own += weight[j] * is_own[j]
        if every > 0:
            above += own / every
            below += (weight[is_own].sum() - weight[i]) / (weight.sum() - weight[i])
    return above / below if below else float("nan")


def against_kd(sites: gpd.GeoDataFrame, xy: np.ndarray, n_permutations: int) -> None:
    """Time Kd of the largest sector, and print."""
    rng = np.random.default_rng(1)
    rows = np.flatnonzero(sites["naf"].str[:2].eq(SECTOR))
    at = np.linspace(0, 60_000, 41)
    orders = [rng.permutation(len(xy)) for _ in range(n_permutations + 1)]
    start = time.perf_counter()
    bins = plane_bins(sites)
    members = [rows, *(one[: len(rows)] for one in orders[:n_permutations])]
    ours = kd_curves(members, distances=bins, at=at, bandwidth=BANDWIDTH_M)
    ours_s = time.perf_counter() - start
    start = time.perf_counter()
    naive = naive_kd(xy[rows], at, BANDWIDTH_M)
    naive_s = time.perf_counter() - start
    assert np.abs(ours[0] - naive).max() < binning_error(bins.width, len(rows))
    ratio = naive_s * (n_permutations + 1) / ours_s
    print(f"Kd, one sector of {len(rows)}: {ours_s:6.1f} s for {n_permutations}")
    start = time.perf_counter()
    bins = plane_bins(sites)
    for name in sorted(SHARES):
        size = int(sites["naf"].str[:2].eq(name).sum())
        draws = (one[:size] for one in orders[: n_permutations + 1])
        kd_curves(draws, distances=bins, at=at, bandwidth=BANDWIDTH_M)
    every_s = time.perf_counter() - start
    print(f"Kd, {len(SHARES)} sectors: {every_s:6.1f} s for {n_permutations} each")
    print(f"  naive, one permutation: {naive_s:6.2f} s   {ratio:.0f} × slower")


def against_m(sites: gpd.GeoDataFrame, xy: np.ndarray, n_permutations: int) -> None:
    """Time M of all sectors, and print."""
    rng = np.random.default_rng(1)
    sector, weight = sites["naf"].str[:2], sites["headcount_mid"]
    start = time.perf_counter()
    around = rings(plane_pairs(sites, max_m=max(RADII_M)), radii=RADII_M)
    value = marcon_puech_m(sector, weight, neighbours=around)
    orders = (rng.permutation(len(xy)) for _ in range(n_permutations))
    permuted_m(sector, weight, neighbours=around, orders=orders)
    ours_s = time.perf_counter() - start
    start = time.perf_counter()
    is_own = sector.eq(SECTOR).to_numpy()
    naive = naive_m(xy, is_own, weight.to_numpy(), RADII_M[0])
    naive_s = time.perf_counter() - start
    assert np.isclose(value.loc[SECTOR, RADII_M[0]], naive, rtol=SUMMED, equal_nan=True)
    n_curves = (n_permutations + 1) * len(value) * len(RADII_M)
    ratio = naive_s * n_curves / ours_s
    print(f"M, {len(value)} sectors × {len(RADII_M)} radii: {ours_s:6.1f} s")
    print(f"  naive, one sector and radius: {naive_s:6.2f} s   {ratio:.0f} × slower")


def main() -> None:
    """Measure the parts, then the whole table."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else N_SITES
    n_permutations = int(sys.argv[2]) if len(sys.argv) > 2 else N_PERMUTATIONS  # noqa: PLR2004
    sites = drawn(n, np.random.default_rng(2026))
    xy = np.column_stack([sites.geometry.x, sites.geometry.y])
    against_kd(sites, xy, n_permutations)
    against_m(sites, xy, n_permutations)
    start = time.perf_counter()
    table = concentration(
        sites,
        settings=Sectors(),
        n_permutations=n_permutations,
        rng=np.random.default_rng(1),
    )
    whole_s = time.perf_counter() - start
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    n_sectors = pd.Series(table["division"]).nunique()
    print(f"M and Kd, {n_sectors} sectors: {whole_s:6.1f} s   peak {peak_mb:.0f} MB")


if __name__ == "__main__":
    main()

"""Duranton–Overman Kd: values by hand, closed forms, complete randomness."""

import geopandas as gpd
import numpy as np
import pytest
from scipy.spatial.distance import cdist, pdist

from eitgeo.errors import InfeasibleError
from eitgeo.zones.concentration import (
    distance_spread,
    duranton_overman_kd,
    global_envelope,
    kd_curves,
    matrix_bins,
    plane_bins,
    silverman_bandwidth,
)
from tests.zones.toy import X0, Y0

ROOT_2PI = np.sqrt(2 * np.pi)


def points(xy) -> gpd.GeoDataFrame:
    """Return points at x, y from the origin [m]."""
    x, y = np.asarray(xy, dtype=float).T
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy(X0 + x, Y0 + y, crs=2154))


def test_two_sites_give_one_bell_at_their_distance() -> None:
    kd = duranton_overman_kd(
        np.array([1000.0]), at=np.array([1000.0, 1100.0]), bandwidth=100.0
    )
    # Far from 0 nothing is reflected: 1 ÷ (100 √2π), and e^(−½) of it one bandwidth on.
    assert kd == pytest.approx(np.array([1, np.exp(-0.5)]) / (100 * ROOT_2PI))


def test_what_falls_below_nil_is_reflected() -> None:
    kd = duranton_overman_kd(np.array([50.0]), at=np.array([0.0]), bandwidth=50.0)
    assert kd[0] == pytest.approx(2 * np.exp(-0.5) / (50 * ROOT_2PI))


def test_three_sites_by_hand_weighed_by_jobs() -> None:
    # 3-4-5 triangle of hundreds of metres, jobs 1, 2, 3: weights 2, 3, 6.
    distances, weights = np.array([300.0, 400.0, 500.0]), np.array([2.0, 3.0, 6.0])
    bell = np.exp(-0.5 * ((400 - distances) / 50) ** 2) / (50 * ROOT_2PI)
    found = duranton_overman_kd(
        distances, at=np.array([400.0]), bandwidth=50.0, weights=weights
    )
    assert found[0] == pytest.approx((weights * bell).sum() / 11, rel=1e-9)


def test_the_whole_density_is_one() -> None:
    rng = np.random.default_rng(5)
    distances = rng.exponential(400.0, 200)
    at = np.linspace(0, 8000, 4001)
    kd = duranton_overman_kd(distances, at=at, bandwidth=120.0)
    assert np.trapezoid(kd, at) == pytest.approx(1.0, abs=1e-6)


def test_even_sites_on_a_segment_have_the_closed_form() -> None:
    # Distances between points spread over [0, L] have density 2 (L − d) ÷ L²; the
    # kernel leaves a straight line as it is.
    length_m = 10_000.0
    x = length_m * (np.arange(1500) + 0.5) / 1500
    at = length_m * np.array([0.2, 0.4, 0.6])
    kd = duranton_overman_kd(pdist(x[:, None]), at=at, bandwidth=250.0)
    assert kd == pytest.approx(2 * (length_m - at) / length_m**2, rel=2e-3)


def test_binned_curves_agree_with_exact_ones() -> None:
    rng = np.random.default_rng(2)
    xy = rng.uniform(0, 50_000, (120, 2))
    jobs = rng.integers(1, 50, 30).astype(float)
    rows = np.sort(rng.permutation(120)[:30])
    at = np.linspace(0, 30_000, 21)
    (plain,) = kd_curves([rows], distances=plane_bins(points(xy)), at=at, bandwidth=2e3)
    exact = duranton_overman_kd(pdist(xy[rows]), at=at, bandwidth=2e3)
    assert plain == pytest.approx(exact, abs=1e-3 * exact.max())
    (weighed,) = kd_curves(
        [rows], distances=plane_bins(points(xy)), at=at, bandwidth=2e3, weight=jobs
    )
    pair = np.outer(jobs, jobs)[np.triu_indices(30, 1)]
    exact = duranton_overman_kd(pdist(xy[rows]), at=at, bandwidth=2e3, weights=pair)
    assert weighed == pytest.approx(exact, abs=1e-3 * exact.max())


def test_a_given_matrix_of_straight_lines_is_the_same() -> None:
    xy = np.random.default_rng(4).uniform(0, 9000, (40, 2))
    given, straight = matrix_bins(cdist(xy, xy)), plane_bins(points(xy))
    assert given.width == pytest.approx(straight.width)
    assert (given.bin_of != straight.bin_of).mean() < 0.01


def test_pairs_that_no_road_joins_are_left_out() -> None:
    road = np.array([[0.0, 100, np.nan], [100, 0, np.nan], [np.nan, np.nan, 0]])
    rows = [np.array([0, 1, 2]), np.array([0, 2])]
    kd = kd_curves(
        rows, distances=matrix_bins(road), at=np.array([100.0]), bandwidth=20.0
    )
    assert kd[0, 0] == pytest.approx(1 / (20 * ROOT_2PI), rel=1e-3)
    assert np.isnan(kd[1, 0])


def test_spread_and_median_of_all_distances() -> None:
    # 0, 100 and 300 m on a line: distances 100, 200 and 300.
    spread, median = distance_spread(plane_bins(points([(0, 0), (100, 0), (300, 0)])))
    assert median == pytest.approx(200.0, abs=0.1)
    assert spread == pytest.approx(np.std([100, 200, 300]), abs=0.1)
    assert silverman_bandwidth(spread, n_pairs=1) == pytest.approx(0.9 * spread)


def test_complete_randomness_stays_inside_in_95_percent_of_200_runs() -> None:
    inside = 0
    at = np.linspace(0, 3000, 11)
    for seed in range(200):
        rng = np.random.default_rng(seed)
        bins = plane_bins(points(rng.uniform(0, 5000, (60, 2))))
        members = [rng.permutation(60)[:15] for _ in range(40)]
        curves = kd_curves(members, distances=bins, at=at, bandwidth=300.0)
        inside += global_envelope(curves[0], curves[1:]).p_value > 0.05
    assert 181 <= inside <= 199


@pytest.mark.parametrize("xy", [[(0, 0)], [(5, 5), (5, 5), (5, 5)], np.empty((0, 2))])
def test_sites_without_any_distance_are_refused(xy) -> None:
    with pytest.raises(InfeasibleError, match="moins de deux établissements"):
        plane_bins(points(xy))


@pytest.mark.parametrize(
    "matrix", [np.ones((2, 3)), np.ones(4), np.array([[0.0, -1.0], [-1.0, 0.0]])]
)
def test_what_is_no_matrix_of_distances_is_refused(matrix) -> None:
    with pytest.raises(InfeasibleError, match="matrice carrée de distances positives"):
        matrix_bins(matrix)


def test_a_bandwidth_of_nil_or_no_pair_is_refused() -> None:
    for distances, bandwidth in ((np.array([1.0]), 0.0), (np.empty(0), 1.0)):
        with pytest.raises(InfeasibleError, match="aucune paire à mesurer"):
            duranton_overman_kd(distances, at=np.zeros(1), bandwidth=bandwidth)

"""Marcon–Puech M: values by hand, closed forms, a double loop, complete randomness."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from eitgeo.errors import InfeasibleError
from eitgeo.zones import clustering, concentration
from eitgeo.zones.clustering import plane_pairs
from eitgeo.zones.concentration import (
    global_envelope,
    marcon_puech_m,
    permuted_m,
    plane_rings,
    rings,
)
from tests.zones.toy import X0, Y0


def points(xy) -> gpd.GeoDataFrame:
    """Return points at x, y from the origin [m]."""
    x, y = np.asarray(xy, dtype=float).T
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy(X0 + x, Y0 + y, crs=2154))


def around(xy, *radii: float):
    """Return the neighbours of points within radii [m]."""
    return rings(plane_pairs(points(xy), max_m=max(radii)), radii=radii)


def series(*values) -> pd.Series:
    """Return a column."""
    return pd.Series(list(values))


#   A10   B30   A20                     B40
#   0     100   200        …           1000     [m]
LINE = [(0, 0), (100, 0), (200, 0), (1000, 0)]
SECTOR = series("A", "B", "A", "B")
JOBS = series(10.0, 30.0, 20.0, 40.0)


def test_m_by_hand_on_four_sites_of_a_line() -> None:
    m = marcon_puech_m(SECTOR, JOBS, neighbours=around(LINE, 150, 250, 2000))
    # 150 m: both A see B30 alone.
    assert m[150.0]["A"] == 0.0
    # 250 m: A10 sees B30 and A20 (20 ÷ 50), A20 sees A10 and B30 (10 ÷ 40);
    # overall 20 ÷ 90 and 10 ÷ 80.
    assert m[250.0]["A"] == pytest.approx((0.4 + 0.25) / (20 / 90 + 10 / 80))
    # B30 sees no B; B40 sees nobody and is left out of both sums.
    assert m[250.0]["B"] == 0.0
    # Everyone sees everyone: M is 1.
    assert m[2000.0].tolist() == pytest.approx([1.0, 1.0])


def test_a_radius_is_included() -> None:
    m = marcon_puech_m(SECTOR, JOBS, neighbours=around(LINE, 200, 199.9))
    assert m[199.9]["A"] == 0.0
    assert m[200.0]["A"] > 1.0


def test_one_sector_alone_is_as_everywhere() -> None:
    rng = np.random.default_rng(1)
    near = around(rng.uniform(0, 1000, (30, 2)), 150, 400)
    m = marcon_puech_m(
        series(*["A"] * 30), series(*rng.uniform(1, 9, 30)), neighbours=near
    )
    assert m.to_numpy() == pytest.approx(np.ones((1, 2)))


def test_without_neighbour_or_with_one_site_m_is_not_defined() -> None:
    m = marcon_puech_m(
        series("A", "A", "B"), series(1.0, 1, 1), neighbours=around(LINE[:3], 50)
    )
    assert m.isna().all(axis=None)
    wide = around(LINE[:3], 500)
    single = marcon_puech_m(series("A", "A", "B"), series(1.0, 1, 1), neighbours=wide)
    assert np.isnan(single[500.0]["B"])
    assert single[500.0]["A"] == pytest.approx(1.0)


def test_distances_by_road_serve_as_given() -> None:
    # A river: 0 and 1 are apart by road, 0 and 2 are joined.
    road = csr_array(([5.0, 5.0], ([0, 2], [2, 0])), shape=(4, 4))
    m = marcon_puech_m(SECTOR, JOBS, neighbours=rings(road, radii=[10.0]))
    assert m[10.0]["A"] == pytest.approx(2 / (20 / 90 + 10 / 80))
    assert np.isnan(m[10.0]["B"])


def by_loops(xy, sector, jobs, radius) -> dict[str, float]:
    """Measure M of each sector, one pair at a time."""
    found = {}
    for name in set(sector):
        above = below = 0.0
        of_it = sum(w for s, w in zip(sector, jobs, strict=True) if s == name)
        for i, (x, y) in enumerate(xy):
            near = [
                j
                for j, (u, v) in enumerate(xy)
                if j != i and np.hypot(x - u, y - v) <= radius
            ]
            if sector[i] == name and near:
                own = sum(jobs[j] for j in near if sector[j] == name)
                above += own / sum(jobs[j] for j in near)
                below += (of_it - jobs[i]) / (sum(jobs) - jobs[i])
        found[name] = above / below if below else np.nan
    return found


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 20),
            st.integers(0, 20),
            st.sampled_from("ABC"),
            st.integers(1, 50),
        ),
        min_size=2,
        max_size=25,
    )
)
def test_m_agrees_with_a_double_loop(drawn) -> None:
    # Sites on one point are a millimetre apart: neighbours whatever the radius.
    x, y, sector, jobs = zip(*drawn, strict=True)
    xy = [(100.0 * a, 100.0 * b) for a, b in zip(x, y, strict=True)]
    m = marcon_puech_m(
        series(*sector), series(*map(float, jobs)), neighbours=around(xy, 350)
    )
    expected = by_loops(xy, sector, jobs, 350)
    assert m[350.0].to_dict() == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("cells", [1, 77, 2_000_000])
def test_block_by_block_without_a_list_of_pairs_it_is_the_same(
    cells, monkeypatch
) -> None:
    """Bit for bit: jobs are no whole numbers, so that the order of sums would show."""
    rng = np.random.default_rng(4)
    xy = rng.uniform(0, 900, (40, 2)).round(1)
    xy[7] = xy[3]  # on one point
    sector, jobs = series(*rng.choice(list("ABCD"), 40)), series(*rng.uniform(1, 9, 40))
    orders = [np.arange(40), *(rng.permutation(40) for _ in range(3))]
    options: Any = {"sector": sector, "weight": jobs, "orders": orders}
    listed = permuted_m(neighbours=around(xy, 60, 150, 400), **options)
    monkeypatch.setattr(concentration, "_BLOCK_CELLS", cells)
    monkeypatch.setattr(clustering, "MAX_PAIRS", 0)  # nothing lists them
    straight = plane_rings(points(xy), radii=(400, 60, 150))
    found = permuted_m(neighbours=straight, **options)
    assert found.tobytes() == listed.tobytes()
    assert np.isfinite(found).any()


def test_a_permutation_moves_sectors_and_jobs_together() -> None:
    near = around(LINE, 250)
    order = np.array([3, 2, 1, 0])
    (swapped,) = permuted_m(SECTOR, JOBS, neighbours=near, orders=[order])
    moved = marcon_puech_m(
        SECTOR.iloc[order].reset_index(drop=True),
        JOBS.iloc[order].reset_index(drop=True),
        neighbours=near,
    )
    assert swapped == pytest.approx(moved.to_numpy(), nan_ok=True)


def test_complete_randomness_stays_inside_in_95_percent_of_200_runs() -> None:
    inside = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        n = 60
        near = around(rng.uniform(0, 5000, (n, 2)), 600, 1200, 2400)
        sector = series(*rng.permutation(["A"] * 20 + ["B"] * 40))
        jobs = series(*rng.integers(1, 100, n).astype(float))
        observed = marcon_puech_m(sector, jobs, neighbours=near).loc["A"].to_numpy()
        orders = [rng.permutation(n) for _ in range(39)]
        drawn = permuted_m(sector, jobs, neighbours=near, orders=orders)[:, 0]
        inside += global_envelope(observed, drawn).p_value > 0.05
    # 190, give or take three standard deviations (3.1).
    assert 181 <= inside <= 199


def test_unknown_headcounts_are_refused() -> None:
    with pytest.raises(
        InfeasibleError, match=r"2 effectif\(s\) inconnu\(s\) ou nul\(s\)"
    ):
        marcon_puech_m(
            SECTOR, series(1.0, np.nan, 0.0, 3.0), neighbours=around(LINE, 9)
        )

"""Settings in order, draws within their bounds, the same runs from the same seed."""

from functools import partial

import numpy as np
import pandas as pd
import pytest

from eitgeo.errors import CrsError
from eitgeo.study.zones import Zones
from eitgeo.zones.clustering import (
    Setting,
    label_sites,
    plane_pairs,
    redrawn,
    run_sweep,
    setting_id,
    setting_table,
    settings_of,
)
from tests.zones.planted import planted_sites
from tests.zones.toy import make_sites, make_zones

MEASURE = partial(plane_pairs, max_m=700)
SMALL = Zones.model_validate(
    {"sweep": {"radii_m": [400, 500], "minima": [{"sites": 3, "jobs": 30}]}}
)


def sweep_of(sites, zones=SMALL, *, seed=1, n_draws=1):
    """Sweep sites in planar metres."""
    return run_sweep(
        sites,
        zones=zones,
        measure=MEASURE,
        rng=np.random.default_rng(seed),
        n_draws=n_draws,
    )


def test_settings_are_every_combination_in_order() -> None:
    assert settings_of(SMALL) == (
        Setting("dbscan", 400.0, 3, 30.0),
        Setting("dbscan", 500.0, 3, 30.0),
        Setting("hdbscan", 400.0, 3, 30.0),
        Setting("hdbscan", 500.0, 3, 30.0),
    )
    assert len(settings_of(Zones())) == 2 * 5 * 3


def test_what_the_study_fixes_joins_the_sweep() -> None:
    zones = SMALL.model_copy(update={"radius_m": 450.0, "min_sites": 6})
    found = settings_of(zones)
    assert {one.radius for one in found} == {400.0, 450.0, 500.0}
    assert {one.min_sites for one in found} == {3, 6}
    assert len(found) == 2 * 3 * 2


def test_radii_by_time_are_minutes() -> None:
    zones = Zones.model_validate({"distance": "truck_min", "radius_min": 3})
    assert {one.radius for one in settings_of(zones)} == {1, 1.25, 1.5, 1.75, 2, 3}


def test_every_setting_runs_on_every_draw() -> None:
    sites = planted_sites()
    sweep = sweep_of(sites, n_draws=2)
    assert sweep.labels.shape == (12, len(sites))
    assert sweep.draw_of.tolist() == [0] * 4 + [1] * 4 + [2] * 4
    jobs = sites["headcount_mid"].to_numpy()
    for rank, setting in enumerate(sweep.settings):
        expected = label_sites(plane_pairs(sites, max_m=500), jobs, setting=setting)
        np.testing.assert_array_equal(sweep.as_given(rank), expected)


def test_the_order_of_rows_changes_nothing() -> None:
    sites = planted_sites()
    one, other = sweep_of(sites), sweep_of(sites.sample(frac=1, random_state=3))
    np.testing.assert_array_equal(one.labels, other.labels)
    np.testing.assert_array_equal(one.site_id, other.site_id)


def test_the_seed_moves_the_draws_and_not_the_given() -> None:
    sites = planted_sites(zone_sd_m=250)
    one, other = sweep_of(sites, seed=1), sweep_of(sites, seed=2)
    np.testing.assert_array_equal(one.labels[:4], other.labels[:4])
    assert (one.labels[4:] != other.labels[4:]).any()


def test_no_site_gives_empty_runs() -> None:
    sweep = sweep_of(make_sites())
    assert sweep.labels.shape == (8, 0)
    table = setting_table(sweep, zones=SMALL)
    assert (table[["n_zones", "n_sites", "headcount_mid"]] == 0).all(axis=None)


def test_headcounts_are_drawn_within_their_bounds() -> None:
    sites = make_sites(*[(0, 0, 10)] * 2_000)
    drawn = redrawn(sites, zones=make_zones(), rng=np.random.default_rng(0))
    jobs = drawn["headcount_mid"]
    assert jobs.between(5, 20).all()
    # Log-uniform between 5 and 20: the geometric mean is 10, a quarter is under √50.
    assert np.exp(np.log(jobs.to_numpy()).mean()) == pytest.approx(10, rel=0.02)
    assert (jobs < 50**0.5).mean() == pytest.approx(0.25, abs=0.03)


@pytest.mark.parametrize("low", [np.nan, 0.0])
def test_a_headcount_without_bounds_stays(low) -> None:
    sites = make_sites((0, 0, 10), headcount_low=low)
    drawn = redrawn(sites, zones=make_zones(), rng=np.random.default_rng(0))
    assert drawn["headcount_mid"].tolist() == [10]


def test_positions_move_by_their_quality() -> None:
    quality = ["exacte", "rue", "synthetique"] * 1_000
    sites = make_sites(*[(0, 0, 10)] * 3_000, position_quality=quality)
    jitter = {"exacte": 10, "rue": 100, "synthetique": 0}
    zones = make_zones(sweep={"jitter_m": jitter})
    drawn = redrawn(sites, zones=zones, rng=np.random.default_rng(0))
    moved = drawn.geometry.x.to_numpy() - sites.geometry.x.to_numpy()
    spread = pd.Series(moved).groupby(quality).std()
    assert spread["exacte"] == pytest.approx(10, rel=0.1)
    assert spread["rue"] == pytest.approx(100, rel=0.1)
    assert spread["synthetique"] == 0
    assert drawn.crs == sites.crs


def test_the_sites_given_are_left_as_they_were() -> None:
    sites = planted_sites()
    before = sites.copy()
    sweep_of(sites)
    pd.testing.assert_frame_equal(sites, before)


def test_the_table_counts_what_each_setting_gives() -> None:
    """Three sites 450 m apart in a row: a zone at 500 m, none at 400 m."""
    sites = make_sites((0, 0, 2), (450, 0, 2), (900, 0, 2), (9_000, 0, 9))
    table = setting_table(sweep_of(sites), zones=SMALL).set_index("setting_id")
    counts = ["n_zones", "n_sites", "headcount_mid"]
    row = table[table.index == "dbscan_500m_3_30"]
    assert row[counts].to_numpy().tolist() == [[1, 3, 6]]
    assert table["n_zones"]["dbscan_400m_3_30"] == 0
    assert table["n_runs"].eq(2).all()
    assert table["radius_min"].isna().all()


def test_settings_are_named_by_what_they_are() -> None:
    one = Setting("dbscan", 500.0, 3, 30.0)
    assert setting_id(one, distance="plane") == "dbscan_500m_3_30"


def test_degrees_are_refused() -> None:
    with pytest.raises(CrsError, match="EPSG:2154"):
        sweep_of(planted_sites().to_crs(4326))

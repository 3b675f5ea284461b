"""Which zones stay: figures by hand, brute force, and planted zones that must stay."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from eitgeo.study.zones import Zones
from eitgeo.tables.schema import validate
from eitgeo.zones.clustering import (
    STABLE,
    Setting,
    Sweep,
    agreements,
    choose_setting,
    core_share_pct,
    label_sites,
    mean_agreement,
    name_zones,
    plane_pairs,
    redrawn,
    site_stability,
    together,
    zone_stability,
)
from tests.zones.planted import N_ZONES, planted_sites
from tests.zones.test_sweep import sweep_of
from tests.zones.toy import make_zones


def labels_of(n_sites):
    """Runs of a few clusters, numbered from 0 without a gap."""
    one = st.lists(st.integers(-1, 4), min_size=n_sites, max_size=n_sites)
    return st.lists(one, min_size=2, max_size=6).map(
        lambda rows: np.array([renumbered(row) for row in rows])
    )


LABELS = st.integers(2, 12).flatmap(labels_of)


def renumbered(row):
    known = sorted({one for one in row if one >= 0})
    return [known.index(one) if one >= 0 else -1 for one in row]


def alone(label):
    """Make each site in no cluster a cluster of its own."""
    return np.where(label < 0, 100 + np.arange(len(label)), label)


def drawn_sweep(labels, jobs=None, settings=None) -> Sweep:
    """A sweep of one setting a run, on sites « a », « b » …"""
    labels = np.array(labels)
    n_runs, n_sites = labels.shape
    return Sweep(
        settings=settings
        or tuple(Setting("dbscan", float(r), 3, 30.0) for r in range(n_runs)),
        setting_of=np.arange(n_runs),
        draw_of=np.zeros(n_runs, dtype=int),
        labels=labels,
        site_id=np.array([chr(97 + at) for at in range(n_sites)]),
        jobs=np.ones(n_sites) if jobs is None else np.array(jobs, dtype=float),
    )


@settings(max_examples=60, deadline=None)
@given(LABELS)
def test_agreement_is_the_adjusted_rand_index(labels) -> None:
    found = agreements(labels)
    for one, other in combinations(range(len(labels)), 2):
        expected = adjusted_rand_score(alone(labels[one]), alone(labels[other]))
        assert found[one, other] == pytest.approx(expected, abs=1e-9)
    np.testing.assert_allclose(found, found.T)
    np.testing.assert_allclose(np.diag(found), 1)


def test_runs_that_join_nothing_agree() -> None:
    assert agreements(np.full((2, 3), -1)).tolist() == [[1, 1], [1, 1]]
    assert agreements(np.empty((2, 0), dtype=int)).tolist() == [[1, 1], [1, 1]]


def test_the_mean_leaves_the_run_itself_out() -> None:
    """a and b agree fully, c not at all: means 0.5, 0.5, 0."""
    sweep = drawn_sweep([[0, 0, 1, 1], [1, 1, 0, 0], [0, 0, 0, 0]])
    assert mean_agreement(sweep).tolist() == [0.5, 0.5, 0.0]
    assert mean_agreement(drawn_sweep([[0, 0]])).tolist() == [1.0]


GRID = tuple(
    Setting(method, radius, sites, jobs)
    for method in ("dbscan", "hdbscan")
    for radius in (400.0, 500.0)
    for sites, jobs in ((3, 30.0), (5, 50.0))
)
AGREEMENT = np.array([0.5, 0.9, 0.7, 0.8, 0.6, 0.9, 0.7, 0.9])


@pytest.mark.parametrize(
    ("fixed", "expected"),
    [
        ({}, 2),  # 0.7 twice among 3 sites or 30 jobs: the first
        ({"radius_m": 400.0}, 4),
        ({"method": "hdbscan"}, 6),
        ({"method": "dbscan", "radius_m": 400.0}, 0),
        ({"min_sites": 5, "min_jobs": 50.0}, 1),  # 0.9 three times: the first
    ],
)
def test_the_setting_that_agrees_best_is_chosen(fixed, expected) -> None:
    sweep = drawn_sweep(np.zeros((8, 2), dtype=int), settings=GRID)
    assert choose_setting(sweep, AGREEMENT, zones=Zones(**fixed)) == expected


def test_stability_by_hand() -> None:
    """Zone Z: a, b, c of 10, 20 and 30 jobs; d of 40 is apart.

    run 0: abc    → 60 ÷ 60     run 1: abcd → 60 ÷ 100
    run 2: bc, d a→ 50 ÷ 60     run 3: none → 0
    """
    runs = [[0, 0, 0, -1], [0, 0, 0, 0], [-1, 0, 0, -1], [-1, -1, -1, -1]]
    sweep = drawn_sweep(runs, jobs=[10, 20, 30, 40])
    found = zone_stability(sweep, np.array(["Z001"] * 3 + ["I001"]))
    assert found["Z001"] == pytest.approx((1 + 0.6 + 50 / 60 + 0) / 4)
    # Alone in three runs, 40 ÷ 100 in the one that takes it in.
    assert found["I001"] == pytest.approx((1 + 0.4 + 1 + 1) / 4)
    assert found.name == "stability"


def test_no_zone_has_no_stability() -> None:
    found = zone_stability(drawn_sweep([[-1, -1]]), np.array(["", ""]))
    assert found.empty


@settings(max_examples=60, deadline=None)
@given(LABELS, st.sampled_from([0.01, 0.5, 0.9, 1.0]))
def test_pairs_are_those_of_a_brute_force(labels, at_least) -> None:
    n_runs, n_sites = labels.shape
    expected = {}
    for one, other in combinations(range(n_sites), 2):
        met = (labels[:, one] == labels[:, other]) & (labels[:, one] >= 0)
        if met.sum() and met.sum() >= at_least * n_runs - 1e-9:
            expected[one, other] = met.mean()
    found = together(labels, at_least=at_least)
    pairs = zip(found.one.tolist(), found.other.tolist(), strict=True)
    assert dict(zip(pairs, found.share.tolist(), strict=True)) == expected


def test_sites_by_hand() -> None:
    """Ten runs: a b always, b c in nine, d e in eight, f in one, g in none."""
    runs = np.full((10, 7), -1)
    runs[:, :2] = 0
    runs[:9, 2] = 0
    runs[:8, 3:5] = 1
    runs[0, 5] = 1
    sweep = drawn_sweep(runs, jobs=[1, 2, 3, 4, 5, 6, 7])
    zone = np.array(["Z001"] * 3 + ["Z002"] * 2 + ["", ""])
    table = site_stability(sweep, zone)
    validate(table, table="site_stability")
    assert table["core_id"].tolist() == ["N001"] * 3 + [""] * 4
    assert table["status"].tolist() == ["toujours"] * 3 + ["parfois"] * 3 + ["isole"]
    assert table["clustered_pct"].tolist() == [100, 100, 90, 80, 80, 10, 0]
    share = core_share_pct(table, sweep.jobs)
    assert share.to_dict() == {"Z001": 100.0, "Z002": 0.0}


def test_cores_are_ranked_by_headcount_then_by_site() -> None:
    runs = [[0, 0, 1, 1, 2, 2]]
    table = site_stability(drawn_sweep(runs, [1, 1, 5, 5, 1, 1]), np.full(6, ""))
    assert table["core_id"].tolist() == ["N002", "N002", "N001", "N001", "N003", "N003"]


def test_no_site_is_no_trouble() -> None:
    table = site_stability(
        drawn_sweep(np.empty((2, 0), dtype=int)), np.array([], dtype=str)
    )
    assert len(validate(table, table="site_stability")) == 0


def moved_share(zone, jobs, stable, label) -> float:
    """Share of the headcount of stable zones that another clustering moves."""
    moved = held = 0.0
    for name in stable:
        inside = zone == name
        jobs_by = pd.Series(jobs[inside]).groupby(label[inside]).sum()
        jobs_by = jobs_by[jobs_by.index >= 0]
        again = label == jobs_by.idxmax() if len(jobs_by) else np.zeros(len(zone), bool)
        moved += jobs[inside ^ again].sum()
        held += jobs[inside].sum()
    return moved / held


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_planted_zones_are_found_stable_and_withstand_their_noise(seed) -> None:
    sites = planted_sites(seed)
    rule = Zones()
    sweep = sweep_of(sites, rule)
    chosen = choose_setting(sweep, mean_agreement(sweep), zones=rule)
    label = sweep.as_given(chosen)
    zone = name_zones(label, sweep.jobs, sweep.site_id, isolated_jobs=50)
    found = zone_stability(sweep, zone)
    named = found[found.index.str.startswith("Z")]
    stable = named.index[named >= STABLE].to_numpy(dtype=str)
    jobs = sweep.jobs
    clustered = np.char.startswith(zone, "Z")
    held = jobs[np.isin(zone, stable)].sum() / jobs[clustered].sum()
    assert len(stable) >= N_ZONES - 1
    assert held >= 0.5
    for draw in range(5):
        again = redrawn(sites, zones=make_zones(), rng=np.random.default_rng(draw))
        near = plane_pairs(again, max_m=700)
        other = label_sites(near, jobs, setting=sweep.settings[chosen])
        assert moved_share(zone, jobs, stable, other) < 0.05

"""What makes a zone, what stands alone, and what changes neither."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from sklearn.cluster import DBSCAN, HDBSCAN

from eitgeo.errors import CrsError, StudyError
from eitgeo.zones.clustering import Setting, cluster_sites, label_sites, plane_pairs
from tests.zones.toy import X0, Y0, Spot, make_sites, make_zones

RULE = make_zones()
METHODS = ("dbscan", "hdbscan")
SPOTS = st.lists(
    st.tuples(
        st.integers(0, 30).map(lambda n: 100.0 * n + 0.25 * n * n),
        st.integers(0, 30).map(lambda n: 97.0 * n),
        st.sampled_from([1.0, 8.0, 16.0, 60.0]),
    ),
    min_size=1,
    max_size=25,
)


def names_of(*spots: Spot, **changes) -> list[str]:
    """Cluster drawn sites."""
    return cluster_sites(make_sites(*spots), zones=make_zones(**changes)).tolist()


def test_three_small_sites_make_a_zone() -> None:
    assert names_of((0, 0, 1), (400, 0, 1), (0, 400, 1)) == ["Z001"] * 3


def test_two_sites_need_the_jobs() -> None:
    assert names_of((0, 0, 11), (400, 0, 11)) == ["", ""]
    assert names_of((0, 0, 1), (400, 0, 21)) == ["", ""]
    assert names_of((0, 0, 16), (400, 0, 16)) == ["Z001", "Z001"]
    assert names_of((0, 0, 15), (400, 0, 15)) == ["Z001", "Z001"]  # just 30


def test_just_the_jobs_are_enough_however_they_round() -> None:
    """A middle site sees all 14 jobs; in parts of 4 sites they make 3.9999999999999996.

    s00 ┈ 400 m ┈ s01 ┈ 400 m ┈ s02       4, 4 and 6 jobs
    """
    assert 4 * 4 / 14 + (4 * 4 / 14 + 6 * 4 / 14) < 4
    for jobs in ([4, 4, 6], [6, 4, 4]):
        row = [(400.0 * rank, 0.0, float(n)) for rank, n in enumerate(jobs)]
        assert names_of(*row, min_sites=4, min_jobs=14) == ["Z001"] * 3
        assert names_of(*row, min_sites=4, min_jobs=15) == [""] * 3


def test_one_site_is_never_a_zone() -> None:
    assert names_of((0, 0, 60)) == ["I001"]
    assert names_of((0, 0, 50)) == ["I001"]  # just 50
    assert names_of((0, 0, 49)) == [""]


def test_the_radius_is_reached_and_not_passed() -> None:
    assert names_of((0, 0, 1), (500, 0, 1), (1_000, 0, 1)) == ["Z001"] * 3
    assert names_of((0, 0, 1), (501, 0, 1), (1_002, 0, 1)) == [""] * 3


def test_a_large_site_beside_a_small_one_is_in_a_zone_not_alone() -> None:
    assert names_of((0, 0, 60), (400, 0, 1), (5_000, 0, 60)) == ["Z001", "Z001", "I001"]


def test_zones_and_lone_sites_are_ranked_apart_by_headcount() -> None:
    """Two zones of 33 and 40 jobs, two lone sites of 55 and 90.

    s00 s01 ┈ 10 km ┈ s02 s03 ┈ 10 km ┈ s04 ┈ 10 km ┈ s05
    """
    spots = [(0, 0, 16), (1, 0, 17), (10_000, 0, 20), (10_001, 0, 20)]
    spots += [(20_000, 0, 55), (30_000, 0, 90)]
    found = names_of(*spots)
    assert found == ["Z002", "Z002", "Z001", "Z001", "I002", "I001"]


def test_equal_headcounts_are_ranked_by_site() -> None:
    spots = [(10_000, 0, 20), (10_001, 0, 20), (0, 0, 20), (1, 0, 20)]
    assert names_of(*spots) == ["Z001", "Z001", "Z002", "Z002"]


def test_all_sites_on_one_point() -> None:
    assert names_of(*[(0, 0, 1)] * 5) == ["Z001"] * 5
    assert names_of(*[(0, 0, 1)] * 2) == ["", ""]


def test_no_site_makes_no_zone() -> None:
    found = cluster_sites(make_sites(), zones=RULE)
    assert found.empty
    assert found.name == "zone_id"
    assert found.dtype == "str"


def test_the_index_of_the_caller_is_kept() -> None:
    sites = make_sites((0, 0, 16), (9_000, 0, 1), (1, 0, 16))
    sites.index = pd.Index(["c", "a", "b"])
    before = sites.copy()
    found = cluster_sites(sites, zones=RULE)
    assert found.to_dict() == {"c": "Z001", "a": "", "b": "Z001"}
    pd.testing.assert_frame_equal(sites, before)


def test_repeated_labels_of_the_caller_do_no_harm() -> None:
    sites = make_sites((0, 0, 16), (9_000, 0, 90), (1, 0, 16))
    sites.index = pd.Index([0, 0, 1])
    assert cluster_sites(sites, zones=RULE).tolist() == ["Z001", "I001", "Z001"]


def test_a_radius_left_to_the_sweep_is_asked_for() -> None:
    free = make_zones().model_copy(update={"radius_m": None, "method": None})
    with pytest.raises(StudyError, match=r"→ fixer zones\.radius_m"):
        cluster_sites(make_sites((0, 0, 1)), zones=free)
    by_time = free.model_copy(update={"distance": "truck_min"})
    with pytest.raises(StudyError, match=r"→ fixer zones\.radius_min"):
        cluster_sites(make_sites((0, 0, 1)), zones=by_time)


def test_degrees_are_refused() -> None:
    sites = make_sites((0, 0, 1))
    with pytest.raises(CrsError, match="EPSG:2154"):
        cluster_sites(sites.to_crs(4326), zones=RULE)
    with pytest.raises(CrsError, match="système de coordonnées absent"):
        cluster_sites(sites.set_crs(None, allow_override=True), zones=RULE)


@settings(max_examples=20, deadline=None)
@given(SPOTS)
def test_it_is_dbscan_where_jobs_do_not_count(spots: list[Spot]) -> None:
    """With one job a site, groups of three are what scikit-learn finds."""
    sites = make_sites(*((x, y, 1.0) for x, y, _ in spots))
    found = cluster_sites(sites, zones=make_zones(min_jobs=1e6, isolated_jobs=1e6))
    xy = np.column_stack([sites.geometry.x, sites.geometry.y])
    label = DBSCAN(eps=500, min_samples=3).fit_predict(xy)
    assert found.ne("").tolist() == (label != -1).tolist()
    for one in set(label) - {-1}:
        assert len(set(found[label == one])) == 1
    assert found[found != ""].nunique() == len(set(label) - {-1})


@settings(max_examples=20, deadline=None)
@given(SPOTS, st.integers(2, 5), st.floats(5, 60))
def test_jobs_weigh_as_in_scikit_learn(spots, min_sites, min_jobs) -> None:
    sites = make_sites(*spots)
    jobs = sites["headcount_mid"].to_numpy()
    setting = Setting("dbscan", 500.0, min_sites, min_jobs)
    found = label_sites(plane_pairs(sites, max_m=800), jobs, setting=setting)
    xy = np.column_stack([sites.geometry.x, sites.geometry.y])
    weight = np.maximum(1, jobs * min_sites / min_jobs) * (1 + 1e-12)  # ties reached
    model = DBSCAN(eps=500, min_samples=min_sites).fit(xy, sample_weight=weight)
    for one in set(model.labels_) - {-1}:
        inside = model.labels_ == one
        enough = inside.sum() >= min_sites or jobs[inside].sum() >= min_jobs
        expected = -1 if inside.sum() < 2 or not enough else found[inside][0]
        assert set(found[inside]) == {expected}
        assert (found[~inside] != expected).all() or expected == -1
    assert (found[model.labels_ == -1] == -1).all()


SPREAD = st.lists(
    st.tuples(st.floats(0, 3_000), st.floats(0, 3_000)),
    min_size=6,
    max_size=40,
    unique=True,
)


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(SPREAD, st.integers(2, 5))
def test_hdbscan_is_that_of_scikit_learn_beside_a_far_group(spots, least) -> None:
    """Far points let scikit-learn take all the others for one cluster, as we do."""
    sites = make_sites(*((x, y, 1.0) for x, y in spots))
    xy = np.column_stack([sites.geometry.x, sites.geometry.y])
    apart_m = np.round(np.maximum(_distances(sites.geometry), 1e-3), 3)
    assume(not order_is_open(apart_m, least))
    setting = Setting("hdbscan", 5_000.0, least, 1e9)
    found = label_sites(
        plane_pairs(sites, max_m=5_000), np.ones(len(xy)), setting=setting
    )
    far = xy[:1] + [[1e8 + 5_000 * rank, 0] for rank in range(least)]
    peer = HDBSCAN(min_cluster_size=least, min_samples=least, copy=True)
    label = peer.fit(np.vstack([xy, far])).labels_[: len(xy)]
    assert same_groups(found, label)


def order_is_open(apart_m, least) -> bool:
    """Whether links as long as one another could make other clusters in other orders.

    Links of one length (mutual reachability) join pieces: the order matters where there
    are three pieces or more, and those beside the largest could be a cluster.
    """
    core = np.sort(np.where(np.eye(len(apart_m)), 0, apart_m), axis=1)[:, least - 1]
    reach = np.maximum(apart_m, np.maximum(core[:, None], core))
    part = np.arange(len(reach))
    for length in np.unique(reach[np.triu_indices(len(reach), 1)]):
        linked = (np.abs(reach - length) < 2e-3) & ~np.eye(len(reach), dtype=bool)
        _, after = connected_components(linked | (part[:, None] == part))
        for one in np.unique(after):
            sizes = np.unique(part[after == one], return_counts=True)[1]
            if len(sizes) > 2 and sizes.sum() - sizes.max() >= least:
                return True
        part = after
    return False


def same_groups(one, other) -> bool:
    """Whether two labellings make the same clusters, whatever their numbers."""
    pairs = set(zip(one.tolist(), other.tolist(), strict=True))
    return len(pairs) == len(set(one.tolist())) == len(set(other.tolist())) and all(
        (a == -1) == (b == -1) for a, b in pairs
    )


def test_hdbscan_parts_what_the_radius_alone_joins() -> None:
    """Two tight groups of five, 400 m apart, joined by no denser ground.

    ∴∵ ┈ 400 m ┈ ∴∵       within 500 m, one group for DBSCAN
    """
    tight = [(0, 0), (11, 3), (5, 17), (19, 23), (29, 7)]
    spots = [(x + away, y, 1.0) for away in (0, 430) for x, y in tight]
    assert names_of(*spots) == ["Z001"] * 10
    assert names_of(*spots, method="hdbscan") == ["Z001"] * 5 + ["Z002"] * 5


def test_hdbscan_takes_two_sites_that_have_the_jobs() -> None:
    two = [(0, 0, 16), (400, 0, 16)]
    assert names_of(*two, method="hdbscan") == ["Z001", "Z001"]
    assert names_of((0, 0, 11), (400, 0, 11), method="hdbscan") == ["", ""]
    assert names_of((0, 0, 60), method="hdbscan") == ["I001"]
    assert names_of(*[(0, 0, 1)] * 5, method="hdbscan") == ["Z001"] * 5


def test_given_distances_stand_for_straight_lines() -> None:
    """Two sites 100 m apart, with a river between: 600 m by the bridge."""
    sites = make_sites((0, 0, 16), (100, 0, 16), (200, 0, 16))
    links = [[0, 600, 1], [600, 0, 0], [1, 0, 0]]
    found = cluster_sites(
        sites, zones=RULE, pairs=csr_array(np.array(links, dtype=float))
    )
    assert found.tolist() == ["Z001", "", "Z001"]


def test_given_distances_follow_the_rows_whatever_their_order() -> None:
    sites = make_sites((0, 0, 16), (9_000, 0, 1), (400, 0, 16), (9_100, 0, 60))
    turned = sites.iloc[[2, 3, 0, 1]]
    found = cluster_sites(turned, zones=RULE, pairs=plane_pairs(turned, max_m=500))
    pd.testing.assert_series_equal(found.sort_index(), cluster_sites(sites, zones=RULE))


@settings(max_examples=20, deadline=None)
@given(SPOTS, st.sampled_from(METHODS))
def test_every_zone_follows_the_rule(spots: list[Spot], method) -> None:
    sites = make_sites(*spots)
    found = cluster_sites(sites, zones=make_zones(method=method))
    jobs = sites["headcount_mid"].groupby(found).agg(["size", "sum"])
    for name, (size, total) in zip(jobs.index, jobs.to_numpy(), strict=True):
        if name.startswith("Z"):
            assert size >= 3 or (size == 2 and total >= 30)
        elif name.startswith("I"):
            assert size == 1
            assert total >= 50
    ranked = jobs[jobs.index.str.startswith("Z")]["sum"]
    assert ranked.is_monotonic_decreasing
    assert not (sites["headcount_mid"].ge(50) & found.eq("")).any()


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=20, deadline=None)
@given(spots=SPOTS, random=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(method, spots: list[Spot], random) -> None:
    rule = make_zones(method=method)
    sites = make_sites(*spots)
    shuffled = list(range(len(sites)))
    random.shuffle(shuffled)
    found = cluster_sites(sites.iloc[shuffled], zones=rule)
    pd.testing.assert_series_equal(found.sort_index(), cluster_sites(sites, zones=rule))


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=20, deadline=None)
@given(spots=SPOTS, angle_deg=st.floats(0, 360), shift_m=st.integers(-20_000, 20_000))
def test_neither_does_moving_or_turning_the_map(
    method, spots, angle_deg, shift_m
) -> None:
    rule = make_zones(method=method)
    sites = make_sites(*spots)
    turned = sites.rotate(angle_deg, origin=(X0, Y0)).translate(shift_m, -shift_m)
    # A pair at the very radius may tip either way when turned: leave it out.
    apart_m = _distances(sites.geometry)
    tipping = np.isclose(apart_m, 500.0, atol=1e-3).any()
    if not tipping:
        found = cluster_sites(sites.set_geometry(turned), zones=rule)
        pd.testing.assert_series_equal(found, cluster_sites(sites, zones=rule))


def test_a_site_between_two_zones_goes_to_the_same_one_turned_or_not() -> None:
    """s08 touches the core of both groups and is no core: it has two neighbours.

         s01                               s05
    s03       s00 ┈ 450 m ┈ s08 ┈ 450 m ┈ s04       s07
         s02                               s06
    """
    right = [(450.0, 0.0), (700.0, 100.0), (700.0, -100.0), (800.0, 0.0)]
    spots = [(-x, y) for x, y in right] + right + [(0.0, 0.0)]
    sites = make_sites(*((x, y, 2.0) for x, y in spots))
    zones = make_zones(min_sites=5, min_jobs=8)
    names = cluster_sites(sites, zones=zones)
    assert names.tolist() == ["Z001"] * 4 + ["Z002"] * 4 + ["Z001"]
    turned = sites.set_geometry(sites.rotate(180, origin=(X0, Y0)))
    pd.testing.assert_series_equal(names, cluster_sites(turned, zones=zones))


def _distances(points: gpd.GeoSeries) -> np.ndarray:
    x, y = points.x.to_numpy(), points.y.to_numpy()
    return np.hypot(x[:, None] - x, y[:, None] - y)

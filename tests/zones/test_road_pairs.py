"""Distances by road between sites: by hand on drawn roads, by brute force on Andorra.

Drawn: stretches of 0.01° by 0.01°; sites in the middle of a stretch stand on it.

        G     H
        |     |
  A --- B --- C --- D
        |     |
        E --- F
"""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
from sklearn.cluster import DBSCAN

from eitgeo.errors import CrsError
from eitgeo.roads.matrix.od_matrix import Limits
from eitgeo.roads.matrix.router import snap
from eitgeo.roads.matrix.topology import TIME_FACTOR
from eitgeo.roads.network.profile import edge_costs
from eitgeo.zones.clustering import Setting, label_sites, plane_pairs
from eitgeo.zones.road_pairs import road_pairs
from tests.roads.by_hand import ROAD, TRUCK, lambert, network_of
from tests.roads.extracts import network_of as extract_of
from tests.roads.osm_files import NODES, length_m, write_osm
from tests.roads.test_router_exact import (
    VEHICLE,
    free_of_reach_only,
    partial,
    reference,
)

LIMITS = Limits(max_snap_m=500.0, max_minutes=60.0, access_kmh=36.0)
WAYS = dict.fromkeys(("ABCD", "GB", "HC", "BE", "CF", "EF"), ROAD)


def at(*stretches, away_m=0.0):
    """Place sites in the middle of stretches, so many metres north."""
    middles = [np.mean([NODES[name] for name in both], axis=0) for both in stretches]
    x, y = lambert(middles)
    points = gpd.points_from_xy(x, y + away_m, crs=2154)
    names = [f"s{rank:03d}" for rank in range(len(x))]
    return gpd.GeoDataFrame({"site_id": names}, geometry=points)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Order the drawn network once."""
    path = write_osm(tmp_path_factory.mktemp("roads") / "dessin.osm", WAYS)
    network = network_of(path)
    return network, edge_costs(network.graph, TRUCK)


def measured(sites, network, *, reach=5_000.0, limits=LIMITS, in_minutes=False):
    """Measure the roads between sites, as a whole table."""
    return road_pairs(
        sites, *network, limits=limits, reach=reach, in_minutes=in_minutes
    ).toarray()


def test_the_road_is_followed(drawn) -> None:
    """From the middle of GB to that of HC: down, along BC, up again."""
    table = measured(at("GB", "HC"), drawn)
    expected = length_m("GB") / 2 + length_m("BC") + length_m("HC") / 2
    assert table[0, 1] == pytest.approx(expected, abs=3)
    assert table[0, 1] == table[1, 0]
    assert table[0, 0] == 0
    straight = plane_pairs(at("GB", "HC"), max_m=5_000).toarray()
    assert table[0, 1] > 2 * straight[0, 1]


def test_minutes_are_those_of_the_truck(drawn) -> None:
    """36 km/h everywhere: 600 m a minute."""
    metres = measured(at("AB", "CD"), drawn)[0, 1]
    minutes = measured(at("AB", "CD"), drawn, reach=10, in_minutes=True)[0, 1]
    assert minutes == pytest.approx(metres / 600, rel=0.01)


def test_longer_roads_are_left_out(drawn) -> None:
    whole = measured(at("AB", "CD"), drawn)[0, 1]
    assert measured(at("AB", "CD"), drawn, reach=whole - 1)[0, 1] == 0
    assert measured(at("AB", "CD"), drawn, reach=whole + 1)[0, 1] == whole


def test_all_roads_are_measured_where_no_reach_is_set(drawn) -> None:
    sites = at("AB", "BC", "CD", "GB", "HC", "EF")
    every = measured(sites, drawn, reach=np.inf)
    assert (every + np.eye(6) > 0).all()
    np.testing.assert_array_equal(every, measured(sites, drawn, reach=50_000.0))


def test_legs_to_the_road_count(drawn) -> None:
    on_road = measured(at("AB", "CD"), drawn)[0, 1]
    above = measured(at("AB", "CD", away_m=100), drawn)[0, 1]
    assert above == pytest.approx(on_road + 200, abs=3)


def test_sites_on_one_point_of_the_road_are_as_far_as_the_straight_line(drawn) -> None:
    """Both 80 m off the road, at one address: not 160 m apart, down and up again."""
    both = at("AB", "AB", away_m=80)
    assert measured(both, drawn)[0, 1] == 0.001
    assert measured(both, drawn, reach=10, in_minutes=True)[0, 1] == 0.001
    both.loc[1, "geometry"] = at("AB").geometry[0]
    assert measured(both, drawn)[0, 1] == pytest.approx(80, abs=3)


def test_a_site_without_road_is_near_nothing(drawn) -> None:
    far = at("AB", "AB", "AB")
    far.loc[1:, "geometry"] = at("AB", away_m=4_000).geometry[0]
    assert measured(far, drawn).max() == 0
    assert measured(at("AB"), drawn).tolist() == [[0]]
    assert road_pairs(at("AB")[:0], *drawn, limits=LIMITS, reach=9.0).shape == (0, 0)


def test_batches_change_nothing(drawn, monkeypatch) -> None:
    sites = at("AB", "BC", "CD", "GB", "HC", "BE", "CF", "EF")
    whole = measured(sites, drawn)
    monkeypatch.setitem(road_pairs.__globals__, "BATCH_CELLS", 20)
    np.testing.assert_array_equal(measured(sites, drawn), whole)


def test_degrees_are_refused(drawn) -> None:
    with pytest.raises(CrsError, match="EPSG:2154"):
        measured(at("AB").to_crs(4326), drawn)


def brute_labels(apart, weight, setting):
    """DBSCAN by its definition: dense sites linked, others beside them kept."""
    near = apart <= setting.radius
    dense = (near @ weight) >= setting.min_sites
    label = np.full(len(apart), -1)
    for rank, start in enumerate(np.flatnonzero(dense).tolist()):
        if label[start] >= 0:
            continue
        stack = [start]
        while stack:
            site = stack.pop()
            if label[site] >= 0:
                continue
            label[site] = rank
            if dense[site]:
                stack += np.flatnonzero(near[site] & (label < 0)).tolist()
    return label


def dense_cores(apart, weight, setting, label):
    """Labels of dense sites alone: beside two clusters, either is right."""
    dense = ((apart <= setting.radius) @ weight) >= setting.min_sites
    return np.where(dense, label, -1)


@pytest.fixture(scope="module")
def on_andorra():
    """Draw 200 sites by some nodes, and what Dijkstra of scipy finds between them."""
    network = extract_of("andorra")
    graph = network.graph
    costs = free_of_reach_only(edge_costs(graph, VEHICLE), graph)
    rng = np.random.default_rng(5)
    centre = rng.choice(len(graph.x), 25)
    at_node = rng.choice(centre, 200)
    x = graph.x[at_node] + rng.normal(0, 250, 200)
    y = graph.y[at_node] + rng.normal(0, 250, 200)
    points = gpd.points_from_xy(x, y, crs=2154)
    sites = gpd.GeoDataFrame({"site_id": range(200)}, geometry=points)
    jobs = np.array([1.0, 8.0, 30.0])[rng.integers(0, 3, 200)]
    limits = replace(LIMITS, max_snap_m=400.0)
    placed = snap(network, costs, x=x, y=y, max_snap_m=limits.max_snap_m)
    cost = reference(graph, costs, placed.ends, placed.ends)
    cost = np.minimum(cost, along_one_edge(costs, placed.ends))
    return sites, jobs, (network, costs), limits, (placed.snap_m, cost)


@pytest.mark.parametrize("in_minutes", [False, True])
def test_clusters_by_road_are_those_of_a_brute_force_on_200_sites(
    in_minutes, on_andorra
) -> None:
    """Dijkstra of scipy on pairs of directed edges, then DBSCAN by definition."""
    sites, jobs, network, limits, driven = on_andorra
    reach = 1.2 if in_minutes else 800.0
    pairs = road_pairs(
        sites, *network, limits=limits, reach=reach, in_minutes=in_minutes
    )
    apart = brute_distances(sites, driven, limits, in_minutes=in_minutes)
    expected = np.where(apart <= reach, apart, 0)
    np.fill_diagonal(expected, 0)
    np.testing.assert_allclose(pairs.toarray(), expected, atol=2e-3)
    setting = Setting("dbscan", reach, 4, 40.0)
    weight = np.maximum(1, jobs * 4 / 40)
    found = label_sites(pairs, jobs, setting=setting)
    brute = brute_labels(apart, weight, setting)
    core = dense_cores(apart, weight, setting, brute)
    kept = (core >= 0) & (found >= 0)
    pair = set(zip(found[kept].tolist(), core[kept].tolist(), strict=True))
    assert len(pair) == len(set(found[kept].tolist())) == len(set(core[kept].tolist()))
    assert len(pair) > 5
    # What the rule « sites or jobs » drops is too small, by either account.
    for one in set(brute[(core >= 0) & (found < 0)].tolist()):
        group = brute == one
        assert group.sum() < 4
    peer = DBSCAN(eps=reach, min_samples=4, metric="precomputed").fit(
        np.minimum(apart, 1e9), sample_weight=weight
    )
    assert ((peer.labels_ >= 0) == (brute >= 0)).all()


def brute_distances(sites, driven, limits, *, in_minutes):
    """Mean of both ways by Dijkstra, with the legs; infinite beyond five minutes."""
    x, y = sites.geometry.x.to_numpy(), sites.geometry.y.to_numpy()
    snap_m, cost = driven
    time_ds, length = np.divmod(cost, TIME_FACTOR)
    # The two parts of a cost are told apart while the length is under the factor.
    near = time_ds < 3_000
    straight = np.hypot(x[:, None] - x, y[:, None] - y)
    leg = snap_m[:, None] + snap_m[None, :]
    values = np.where(near, time_ds / 600 if in_minutes else length, np.inf)
    metres = np.where(near, length, np.inf)
    scale = limits.access_kmh * 1000 / 60 if in_minutes else 1.0
    apart = np.where(
        metres + metres.T < 2, straight / scale, (values + values.T) / 2 + leg / scale
    )
    apart[np.isnan(apart)] = np.inf
    np.fill_diagonal(apart, 0)
    return np.round(apart, 3)


def along_one_edge(costs, ends):
    """Cost of the way along the edge, where both sites stand on it."""
    n = len(ends.edge)
    cost = np.full((n, n), np.inf)
    for one in range(n):
        for other in np.flatnonzero((ends.edge == ends.edge[one]) & (ends.edge >= 0)):
            share = ends.fraction[other] - ends.fraction[one]
            arc = 2 * int(ends.edge[one]) + int(share < 0)
            if costs.usable[arc] or (share == 0 and costs.usable[arc ^ 1]):
                cost[one, other] = partial(costs, arc, abs(share))
    return cost

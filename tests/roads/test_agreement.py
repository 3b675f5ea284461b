"""Agreement with other ways to compute paths, and bounds that hold on any drawing."""

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.roads.matrix.od_matrix import commune_places, od_matrix
from eitgeo.roads.network.surrogate import SurrogateNetwork, build_surrogate
from tests.roads.toy import (
    make_borders,
    make_communes,
    make_exits,
    make_places,
    make_roads,
)

SEEDS = st.integers(0, 2**32 - 1)
FEW = settings(max_examples=20, deadline=None)
NO_LIMIT = {"max_minutes": 1e9}


def random_network(seed: int, *, n_nodes: int = 8) -> SurrogateNetwork:
    """Draw edges with whole seconds between a few nodes; some stay alone."""
    rng = np.random.default_rng(seed)
    codes = np.array([f"{31000 + n}" for n in range(n_nodes)])
    pairs = [
        (a, b)
        for i, a in enumerate(codes)
        for b in codes[i + 1 :]
        if rng.random() < 0.3
    ]
    edges = pd.DataFrame(pairs, columns=["u", "v"], dtype="str")
    size = len(edges)
    edges["length_m"] = rng.uniform(1_000, 9_000, size)
    edges["ascent_m"] = rng.uniform(0, 300, size)
    edges["descent_m"] = rng.uniform(0, 300, size)
    edges["truck_time_s"] = rng.integers(60, 100_000, size).astype(float)
    edges["car_time_s"] = edges["truck_time_s"]
    nodes = pd.DataFrame({"node_id": codes, "x": 0.0, "y": 0.0, "z": 0.0})
    return SurrogateNetwork(nodes=nodes, edges=edges)


def all_pairs(network: SurrogateNetwork) -> Any:
    """Compute every pair, places being the nodes themselves."""
    places = make_places(*((n, n, 0.0, 0.0) for n in network.nodes["node_id"]))
    table = od_matrix(
        network,
        origins=places,
        destinations=places,
        profile="truck",
        roads=make_roads(**NO_LIMIT),
    )
    return table.set_index(["origin_id", "destination_id"])


def slow_times(network: SurrogateNetwork) -> dict[tuple[str, str], float]:
    """Return the times of all pairs by Floyd and Warshall, three loops."""
    nodes = list(network.nodes["node_id"])
    time = {(a, b): 0.0 if a == b else np.inf for a in nodes for b in nodes}
    edges = network.edges
    for u, v, time_s in zip(edges["u"], edges["v"], edges["truck_time_s"], strict=True):
        for pair in ((u, v), (v, u)):
            time[pair] = min(time[pair], float(time_s))
    for k in nodes:
        for i in nodes:
            for j in nodes:
                time[i, j] = min(time[i, j], time[i, k] + time[k, j])
    return time


@FEW
@given(SEEDS)
def test_times_agree_with_a_slow_computation(seed: int) -> None:
    network = random_network(seed)
    pairs = all_pairs(network)
    for pair, time_s in slow_times(network).items():
        if np.isinf(time_s):
            assert pairs.loc[pair, "status"] == "other_component"
            assert np.isnan(pairs.loc[pair, "time_s"])
        else:
            assert pairs.loc[pair, "time_s"] == time_s


@FEW
@given(SEEDS)
def test_path_sums_agree_with_networkx(seed: int) -> None:
    nx = pytest.importorskip("networkx", reason="networkx is an extra")
    network = random_network(seed)
    pairs = all_pairs(network)
    graph = nx.DiGraph()
    graph.add_nodes_from(network.nodes["node_id"])
    for e in network.edges.itertuples():
        figures = {"time": e.truck_time_s, "length": e.length_m}
        graph.add_edge(e.u, e.v, up=e.ascent_m, down=e.descent_m, **figures)
        graph.add_edge(e.v, e.u, up=e.descent_m, down=e.ascent_m, **figures)
    columns = {"length": "length_m", "up": "ascent_m", "down": "descent_m"}
    for origin in graph:
        times, paths = nx.single_source_dijkstra(graph, origin, weight="time")
        assert set(times) == {d for d in graph if pairs.loc[(origin, d)].time_s >= 0}
        for destination, path in paths.items():
            found = pairs.loc[(origin, destination)]
            assert found["time_s"] == times[destination]
            for name, column in columns.items():
                total = nx.path_weight(graph, path, name)
                assert found[column] == pytest.approx(total, abs=1e-6)


@FEW
@given(SEEDS)
def test_no_road_is_shorter_than_the_straight_line(seed: int) -> None:
    rng = np.random.default_rng(seed)
    spots = rng.uniform(0, 50_000, (7, 2))
    seats = {f"{31000 + n}": (x, y) for n, (x, y) in enumerate(spots.tolist())}
    codes = list(seats)
    chain = list(pairwise(codes))
    communes = make_communes(seats)
    roads = make_roads(tortuosity_flat=1.0, tortuosity_motorway=1.0, **NO_LIMIT)
    network = build_surrogate(
        communes,
        make_borders(*chain),
        heights=lambda x, y: 200 * np.sin(x / 3_000) * np.sin(y / 3_000),
        motorway_exits=make_exits(("A64", 1, codes[0]), ("A64", 2, codes[-1])),
        roads=roads,
    )
    places = commune_places(communes)
    for profile in ("truck", "car"):
        pairs = od_matrix(
            network, origins=places, destinations=places, profile=profile, roads=roads
        )
        assert set(pairs["status"]) == {"ok", "same_place"}
        assert (pairs["length_m"] >= pairs["straight_m"] - 1e-6).all()
        assert (pairs["length_m"] > 0).all()
        times = pairs.pivot_table(
            index="origin_id", columns="destination_id", values="time_s"
        )
        assert np.allclose(times, times.T)
        # Never longer by way of a third place.
        through = times.to_numpy()[:, :, None] + times.to_numpy()[None, :, :]
        assert (times.to_numpy() <= through.min(axis=1) + 1e-6).all()

"""The engine against scipy, on real extracts and the same whole-number costs.

The reference is laid out another way: its nodes are pairs of directed edges, its
moves are the triples that no restriction forbids. It shares the graph and the
costs with the package, neither its states nor its engine.
"""

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from eitgeo.roads.matrix.engine import Engine
from eitgeo.roads.matrix.router import (
    many_to_many,
    reachable,
    scaled_weights,
)
from eitgeo.roads.matrix.topology import (
    TIME_FACTOR,
    Ends,
    build_topology,
    lay_out,
    order_network,
)
from eitgeo.roads.network.profile import edge_costs
from eitgeo.roads.network.tags import DESTINATION
from tests.roads.by_hand import TRUCK
from tests.roads.extracts import NAMES, graph_of, network_of

SPEEDS = {
    "motorway": 85.0,
    "trunk": 75.0,
    "primary": 60.0,
    "secondary": 50.0,
    "tertiary": 40.0,
    "unclassified": 35.0,
}
VEHICLE = replace(TRUCK, kmh={name: SPEEDS.get(name, 25.0) for name in TRUCK.kmh})


def free_of_reach_only(costs, graph):
    """Close the reach-only roads, which the reference does not lay out."""
    senses = ["truck_forward", "truck_backward"]
    reach_only = graph.edges[senses].to_numpy().ravel() == DESTINATION
    return replace(costs, usable=costs.usable & ~reach_only)


def random_ends(network, costs, rng, n):
    """Draw places on edges of the main network."""
    joined = np.flatnonzero(reachable(network, costs).both)
    return Ends(rng.choice(joined, n), rng.random(n))


def pairs_of_edges(graph, costs, banned):
    """Lay out « drove this edge, then that one »; (−1, arc): starts on that edge."""
    heads = graph.edges[["v", "u"]].to_numpy().ravel()
    leaving: dict[int, list[int]] = defaultdict(list)
    arcs = np.flatnonzero(costs.usable).tolist()
    for arc, tail in zip(
        arcs, graph.edges[["u", "v"]].to_numpy().ravel()[arcs], strict=True
    ):
        leaving[int(tail)].append(arc)
    number = {(-1, arc): rank for rank, arc in enumerate(arcs)}
    stack = list(number)
    moves = []
    while stack:
        before, arc = stack.pop()
        for following in leaving[int(heads[arc])]:
            if (arc, following) in banned or (before, arc, following) in banned:
                continue
            key = (arc, following)
            if key not in number:
                number[key] = len(number)
                stack.append(key)
            moves.append((number[before, arc], number[key], following))
    return number, np.array(moves, dtype=np.int64).reshape(-1, 3).T


def reference(graph, costs, origins, destinations, *, turns=True):
    """Best cost of each pair, by Dijkstra on pairs of directed edges."""
    banned = set(graph.forbidden["truck"]) if turns else set()
    number, (source, target, driven) = pairs_of_edges(graph, costs, banned)
    weight = TIME_FACTOR * costs.time_ds + costs.length_m
    # The cost of a move is that of the edge driven last, so partial ends add up.
    moves = csr_array(
        (weight[driven].astype(float), (source, target)), (len(number), len(number))
    )
    on_edge: dict[int, list[int]] = defaultdict(list)
    for (before, arc), rank in number.items():
        if before >= 0:
            on_edge[arc].append(rank)
    best = np.full((len(origins.edge), len(destinations.edge)), np.inf)
    ends = [
        (column, on_edge[last], partial(costs, last, part) - weight[last])
        for column, last, part in both_senses(costs, destinations, away=False)
        if on_edge[last]
    ]
    if not ends:
        return best
    columns, ranks, left = (list(one) for one in zip(*ends, strict=True))
    first = np.cumsum([0, *map(len, ranks[:-1])])
    listed = np.concatenate(ranks)
    for row, arc, rest in both_senses(costs, origins, away=True):
        away = dijkstra(moves, indices=number[-1, arc]) + partial(costs, arc, rest)
        nearest = np.minimum.reduceat(away[listed], first)
        np.minimum.at(best[row], columns, nearest + left)
    return best


def both_senses(costs, ends, *, away):
    """Yield each place with each directed edge it may drive, and the share left."""
    for row, (edge, share) in enumerate(zip(ends.edge, ends.fraction, strict=True)):
        for arc, forward in ((2 * int(edge), share), (2 * int(edge) + 1, 1 - share)):
            if costs.usable[arc]:
                yield row, arc, 1 - forward if away else forward


def partial(costs, arc, share):
    time, length = (
        np.rint(costs.time_ds[arc] * share),
        np.rint(costs.length_m[arc] * share),
    )
    return float(TIME_FACTOR * time + length)


def found_costs(found):
    cost = TIME_FACTOR * found.sums["time_ds"] + found.sums["length_m"]
    return np.where(found.reached, cost, np.inf)


def without_turns(name):
    graph = replace(graph_of(name), forbidden={"truck": (), "car": ()})
    return order_network(graph, build_topology(graph, "truck"))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("turns", [True, False])
@pytest.mark.parametrize("closed", [False, True])
def test_every_pair_agrees_with_scipy(name, turns, closed):
    network = network_of(name) if turns else without_turns(name)
    graph = network.graph
    costs = free_of_reach_only(edge_costs(graph, VEHICLE), graph)
    rng = np.random.default_rng(20261125)
    origins = random_ends(network, costs, rng, 40)
    destinations = random_ends(network, costs, rng, 250)
    if closed:
        shut = rng.choice(len(graph.edges), len(graph.edges) // 100, replace=False)
        usable = costs.usable.copy()
        usable[2 * shut] = usable[2 * shut + 1] = False
        costs = replace(costs, usable=usable)
    apart = origins.edge[:, None] != destinations.edge[None, :]
    found = many_to_many(network, costs, origins=origins, destinations=destinations)
    expected = reference(graph, costs, origins, destinations, turns=turns)
    assert np.isfinite(expected).mean() > (0.3 if closed else 0.99)
    np.testing.assert_array_equal(found_costs(found)[apart], expected[apart])


@pytest.mark.parametrize("name", NAMES)
def test_length_and_climb_are_those_of_the_same_path(name):
    """Unpack each best path edge by edge: the sums are those of the matrices."""
    network = network_of(name)
    graph = with_climb(network.graph)
    network = replace(network, graph=graph)
    costs = edge_costs(graph, VEHICLE)
    rng = np.random.default_rng(7)
    origins = random_ends(network, costs, rng, 30)
    destinations = random_ends(network, costs, rng, 40)
    found = many_to_many(network, costs, origins=origins, destinations=destinations)
    layout = lay_out(network.topology, costs, origins, destinations)
    engine = Engine(layout, network)
    pairs = np.argwhere(found.reached)
    assert len(pairs) > 600
    same = 0
    forbidden = by_first(graph.forbidden["truck"])
    for row, column, path in engine.paths(scaled_weights(layout, 1), pairs):
        sums = {key: layout.along(key, row, path) for key in found.sums}
        if origins.edge[row] != destinations.edge[column]:
            assert sums == {key: got[row, column] for key, got in found.sums.items()}
            same += 1
        assert respects(forbidden, layout.driven(row, path))
    assert same > 600


def with_climb(graph):
    """Give the nodes heights, and the edges the climb that they make."""
    z = np.rint(np.random.default_rng(3).uniform(400, 900, len(graph.x)))
    rise = z[graph.edges["v"]] - z[graph.edges["u"]]
    wiggle = np.random.default_rng(4).integers(0, 30, len(rise))
    climb = {
        "ascent_m": np.maximum(rise, 0) + wiggle,
        "descent_m": np.maximum(-rise, 0) + wiggle,
    }
    return replace(graph, edges=graph.edges.assign(**climb))


def by_first(banned):
    """Group forbidden sequences by the edge that begins them."""
    forbidden = defaultdict(list)
    for path in banned:
        forbidden[path[0]].append(path)
    return forbidden


def respects(forbidden, driven):
    """Say whether the edges driven follow no forbidden sequence."""
    edges = tuple(driven.tolist())
    return not any(
        edges[at : at + len(banned)] == banned
        for at, edge in enumerate(edges)
        for banned in forbidden.get(edge, ())
    )

"""Edges that close together and open one by one, against each closed by itself."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.roads.matrix.engine import FAR, NOT_REACHED, Closer, Closing, Engine
from eitgeo.roads.matrix.router import scaled_weights
from eitgeo.roads.matrix.topology import Ends, lay_out
from eitgeo.roads.network.closures import without
from tests.roads.test_router_random import costs_of, graph_of, network_of, towns


def alone(network, costs, places, edges):
    """Compute both costs of every pair on a network that never had some edges."""
    layout = lay_out(network.topology, without(costs, edges), *places)
    engine = Engine(layout, network)
    found = [engine.matrix(scaled_weights(layout, n_lengths)) for n_lengths in (1, 2)]
    return np.where(np.array(found) == NOT_REACHED, FAR, found)


@settings(max_examples=60, deadline=None)
@given(towns(), st.integers(0, 1_000))
def test_each_closing_costs_what_it_costs_by_itself(town, seed):
    graph, costs, pair, places = town
    network = network_of(graph)
    layout = lay_out(network.topology, costs, *places)
    sets = [scaled_weights(layout, n_lengths) for n_lengths in (1, 2)]
    every = np.argwhere(np.ones((len(places[0].edge), len(places[1].edge)), dtype=bool))
    edges = [np.array([edge]) for edge in range(len(graph.edges))]
    # Some of them are one closing: no two closings share an edge.
    edges = [one for one in edges if one[0] not in pair]
    edges.append(np.array(sorted(pair), dtype=np.int64))
    closings = []
    for some in edges:
        stands = [
            np.isin(side.edge[every[:, at]], some) for at, side in enumerate(places)
        ]
        ends = every[~np.any(stands, axis=0)]
        if len(ends):
            closings.append(Closing(some, ends))
    np.random.default_rng(seed).shuffle(closings)
    if not closings:
        return
    found = [*Closer(network, layout, sets).costs(closings)]
    assert len(found) == len(closings)
    for one, costs_found in zip(closings, found, strict=True):
        expected = alone(network, costs, places, one.edges)
        np.testing.assert_array_equal(costs_found, expected[:, *one.ends.T])


def test_weights_are_what_they_were_once_asked():
    graph, costs, places = ladder()
    network = network_of(graph)
    layout = lay_out(network.topology, costs, *places)
    closer = Closer(network, layout, [scaled_weights(layout, 1)])
    ends = np.array([[0, 0]])
    asked = [Closing(np.array([edge]), ends) for edge in (1, 2)]
    first = [one.tolist() for one in closer.costs(asked)]
    assert first == [one.tolist() for one in closer.costs(asked)]
    # One by one as together.
    assert first == [next(closer.costs([one])).tolist() for one in asked]


def ladder():
    """Draw 0 ─ 1 ═ 2 ─ 3, the road between 1 and 2 twice; one place at each end."""
    graph = graph_of([(0, 1), (1, 2), (1, 2), (2, 3)])
    costs = costs_of(np.array([5, 7, 9, 5]), np.array([50, 70, 90, 50]))
    here, there = Ends(np.array([0]), np.zeros(1)), Ends(np.array([3]), np.ones(1))
    return graph, costs, [here, there]

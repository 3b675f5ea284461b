"""Small random networks against scipy, and what the engine cannot count.

Two to seven nodes, parallel edges, one-way streets, edges of no length, turns that
are forbidden and edges that are closed; places anywhere on them. The reference is
that of ``test_router_exact``: pairs of directed edges, Dijkstra of scipy.

The drawing of the bound: three edges in a row, one place at each end.

o 0 ─── 1 ─── 2 ─── 3 d
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.errors import InfeasibleError
from eitgeo.roads.matrix.engine import Engine
from eitgeo.roads.matrix.router import (
    many_to_many,
    paths,
    scaled_weights,
)
from eitgeo.roads.matrix.topology import (
    MAX_SUM,
    TIME_FACTOR,
    Ends,
    build_topology,
    lay_out,
    order_network,
)
from eitgeo.roads.network.closures import without
from eitgeo.roads.network.graph import RoadGraph
from eitgeo.roads.network.profile import Costs
from eitgeo.roads.network.tags import OPEN
from tests.roads.test_router_exact import by_first, found_costs, reference, respects

SENSES = [
    f"{name}_{way}" for name in ("truck", "car") for way in ("forward", "backward")
]
NOWHERE = shapely.MultiPolygon()


def graph_of(ends, forbidden=()):
    """Make a graph of edges drawn as pairs of nodes."""
    n = int(np.max(ends)) + 1
    rank = np.arange(n, dtype=np.float64)
    x, y = 1_000 * rank, 1_000 * (rank**2 % 7)
    u, v = np.array(ends).T
    edges = pd.DataFrame({"u": u, "v": v} | dict.fromkeys(SENSES, OPEN))
    spots = np.column_stack([x, y])
    lines = shapely.linestrings(np.stack([spots[u], spots[v]], axis=1))
    banned = {"truck": tuple(forbidden), "car": ()}
    return RoadGraph(x, y, edges, lines, banned, NOWHERE, {})


def network_of(graph):
    return order_network(graph, build_topology(graph, "truck"))


def costs_of(time_ds, length_m, *, usable=None, climb=None):
    """Give both senses of each edge the same time and length."""
    time_ds, length_m = np.repeat(time_ds, 2), np.repeat(length_m, 2)
    climb = np.zeros_like(time_ds) if climb is None else np.asarray(climb)
    return Costs(
        time_ds=time_ds,
        length_m=length_m,
        ascent_m=climb,
        descent_m=climb.reshape(-1, 2)[:, ::-1].ravel(),
        usable=np.ones(len(time_ds), dtype=bool) if usable is None else usable,
        unknown_m=np.zeros_like(time_ds),
    )


@st.composite
def towns(draw):
    """Draw a graph, its costs, edges to close and places."""
    n_nodes = draw(st.integers(2, 7))
    pair = st.tuples(st.integers(0, n_nodes - 1), st.integers(0, n_nodes - 1)).filter(
        lambda ends: ends[0] != ends[1]
    )
    ends = draw(st.lists(pair, min_size=2, max_size=12))
    n = len(ends)
    heads = np.array([[v, u] for u, v in ends]).ravel()
    tails = np.array(ends).ravel()
    turns = [(a, b) for a in range(2 * n) for b in range(2 * n) if heads[a] == tails[b]]
    longer = [
        (*one, c) for one in turns for c in range(2 * n) if heads[one[1]] == tails[c]
    ]
    banned = draw(st.lists(st.sampled_from(turns + longer), max_size=5, unique=True))
    whole = st.integers(0, 40)
    length_m = np.array(draw(st.lists(whole, min_size=n, max_size=n)))
    # An edge of no length takes no time; one of some length takes some.
    time_ds = np.array(draw(st.lists(st.integers(1, 9), min_size=n, max_size=n)))
    time_ds = np.where(length_m > 0, time_ds, 0)
    climb = np.minimum(
        draw(st.lists(whole, min_size=2 * n, max_size=2 * n)), np.repeat(length_m, 2)
    )
    usable = np.array(draw(st.lists(st.booleans(), min_size=2 * n, max_size=2 * n)))
    usable |= np.array(draw(st.lists(st.booleans(), min_size=2 * n, max_size=2 * n)))
    costs = costs_of(time_ds, length_m, usable=usable, climb=climb)
    closed = draw(st.lists(st.integers(0, n - 1), max_size=3, unique=True))
    share = st.sampled_from([0.0, 0.25, 0.5, 1.0])
    spot = st.tuples(st.integers(0, n - 1), share)
    places = [
        Ends(np.array([edge for edge, _ in spots]), np.array([at for _, at in spots]))
        for spots in (draw(st.lists(spot, min_size=1, max_size=4)) for _ in range(2))
    ]
    return graph_of(ends, banned), costs, closed, places


@settings(max_examples=50, deadline=None)
@given(towns())
def test_every_pair_agrees_with_scipy_before_and_after_closures(town):
    graph, costs, closed, (origins, destinations) = town
    network = network_of(graph)
    apart = origins.edge[:, None] != destinations.edge[None, :]
    for now in (costs, without(costs, closed)):
        pairs = {"origins": origins, "destinations": destinations}
        found = many_to_many(network, now, **pairs)
        expected = reference(graph, now, origins, destinations)
        np.testing.assert_array_equal(found_costs(found)[apart], expected[apart])


@settings(max_examples=40, deadline=None)
@given(towns())
def test_length_and_climb_are_sums_along_one_path_that_is_allowed(town):
    graph, costs, _, (origins, destinations) = town
    network = network_of(graph)
    found = many_to_many(network, costs, origins=origins, destinations=destinations)
    layout = lay_out(network.topology, costs, origins, destinations)
    apart = origins.edge[:, None] != destinations.edge[None, :]
    pairs = np.argwhere(found.reached & apart)
    forbidden = by_first(graph.forbidden["truck"])
    for row, column, path in Engine(layout, network).paths(
        scaled_weights(layout, 1), pairs
    ):
        assert respects(forbidden, layout.driven(row, path))
        for name in ("time_ds", "length_m"):
            assert layout.along(name, row, path) == found.sums[name][row, column]
        if not found.requeried:  # no tie: the climb is that of this path and no other
            climb = layout.along("ascent_m", row, path)
            assert climb == found.sums["ascent_m"][row, column]


ROW = [(0, 1), (1, 2), (2, 3)]
FROM_END_TO_END: dict[str, Any] = {
    "origins": Ends(np.array([0]), np.array([0.0])),
    "destinations": Ends(np.array([2]), np.array([1.0])),
}


def three_edges(time_ds, length_m):
    network = network_of(graph_of(ROW))
    return many_to_many(network, costs_of(time_ds, length_m), **FROM_END_TO_END)


def test_a_sum_at_the_bound_is_counted_and_one_past_it_is_refused():
    # 8192 × 262 143 + 2 × 4 095 = 2³¹ − 2: the heavier of the two weighings.
    time_ds = np.full(3, 87_381)
    length_m = np.full(3, 1_365)
    assert TIME_FACTOR * time_ds.sum() + 2 * length_m.sum() == MAX_SUM
    found = three_edges(time_ds, length_m)
    assert found.sums["time_ds"].tolist() == [[262_143]]
    assert found.sums["length_m"].tolist() == [[4_095]]
    with pytest.raises(
        InfeasibleError, match=r"dépasse ce que le calcul compte.*7,3 h"
    ):
        three_edges(time_ds, length_m + np.array([0, 0, 1]))


@pytest.mark.parametrize("heavy", [0, 1, 2])
def test_a_climb_is_counted_beside_the_length_not_beside_twice_of_it(heavy):
    # 8192 × 262 142 + 2 × 8 191 = 2³¹ − 2, on one edge, which climbs as much.
    is_heavy = np.arange(3) == heavy
    time_ds, length_m = 262_142 * is_heavy, 8_191 * is_heavy
    climb = np.repeat(length_m, 2)
    network = network_of(graph_of(ROW))
    costs = costs_of(time_ds, length_m, climb=climb)
    found = many_to_many(network, costs, **FROM_END_TO_END)
    assert found.sums["time_ds"].tolist() == [[262_142]]
    assert found.sums["ascent_m"].tolist() == [[8_191]]
    steeper = replace(costs, ascent_m=climb + 1)
    with pytest.raises(InfeasibleError, match="dépasse ce que le calcul compte"):
        many_to_many(network, steeper, **FROM_END_TO_END)


@pytest.mark.parametrize(
    ("time_ds", "length_m", "climb"), [(1, 2**30, 0), (200_000, 10, 10**9)]
)
def test_a_road_of_absurd_figures_is_refused_though_another_is_taken(
    time_ds, length_m, climb
):
    """Twice the one length, or the one climb, is past 2³¹ with the time."""
    costs = costs_of(
        np.array([1, 1, 1, time_ds]),
        np.array([10, 10, 10, length_m]),
        climb=np.repeat([0, 0, 0, climb], 2),
    )
    network = network_of(graph_of([*ROW, (1, 2)]))
    with pytest.raises(InfeasibleError, match="retirer les tronçons aberrants"):
        many_to_many(network, costs, **FROM_END_TO_END)


@pytest.mark.parametrize("time_ds", [[100_000] * 3, [300_000, 1, 1], [1, 1, 262_144]])
def test_a_graph_whose_sum_passes_the_bound_is_refused_not_called_unreachable(time_ds):
    with pytest.raises(InfeasibleError, match=r"un trajet dépasse[^→]*→ réduire"):
        three_edges(np.array(time_ds), np.array([1_000, 1_000, 1_000]))


def test_measures_are_told_in_any_order_whichever_is_the_length():
    climb = np.array([1, 2, 4, 8, 16, 32])
    costs = costs_of(np.full(3, 10), np.full(3, 100), climb=climb)
    found = many_to_many(
        network_of(graph_of(ROW)),
        replace(costs, unknown_m=costs.length_m),
        measures=("unknown_m", "descent_m", "ascent_m"),
        **FROM_END_TO_END,
    )
    told = [found.sums[name].item() for name in ("unknown_m", "descent_m", "ascent_m")]
    assert told == [300, 2 + 8 + 32, 1 + 4 + 16]


def test_no_way_at_all_is_not_a_number():
    network = network_of(graph_of([*ROW, (4, 5)]))
    elsewhere = Ends(np.array([3]), np.array([0.5]))
    apart: dict[str, Any] = FROM_END_TO_END | {"destinations": elsewhere}
    costs = costs_of(np.full(4, 10), np.full(4, 100))
    found = many_to_many(network, costs, **apart)
    assert not found.reached.any()
    assert {int(values[0, 0]) for values in found.sums.values()} == {-1}


def test_a_way_along_the_edge_itself_is_taken_where_it_is_quicker():
    network = network_of(graph_of(ROW))
    costs = costs_of(np.full(3, 100), np.full(3, 1_000))
    ends: dict[str, Any] = {
        "origins": Ends(np.array([1, 1]), np.array([0.2, 0.9])),
        "destinations": Ends(np.array([1]), np.array([0.6])),
    }
    found = many_to_many(network, costs, **ends)
    assert found.sums["length_m"].tolist() == [[400], [300]]


@pytest.mark.parametrize(("beside", "length_m"), [((10, 100), 300), ((60, 200), 400)])
def test_a_way_along_the_edge_itself_is_left_for_one_that_is_quicker_or_shorter(
    beside, length_m
):
    """10 back to node 0, the edge beside and 10 back, against 80 straight on."""
    network = network_of(graph_of([(0, 1), (0, 1)]))
    costs = costs_of(np.array([100, beside[0]]), np.array([1_000, beside[1]]))
    ends: dict[str, Any] = {
        "origins": Ends(np.array([0]), np.array([0.1])),
        "destinations": Ends(np.array([0]), np.array([0.9])),
    }
    found = many_to_many(network, costs, **ends)
    assert found.sums["length_m"].tolist() == [[length_m]]
    drawn = paths(network, costs, pairs=np.array([[0, 0]]), **ends)
    assert drawn["length_m"].tolist() == [length_m]


def test_a_way_along_the_edge_itself_is_taken_where_there_is_no_other():
    network = network_of(graph_of(ROW))
    usable = np.tile([True, False], 3)
    costs = costs_of(np.full(3, 100), np.full(3, 1_000), usable=usable)
    ends: dict[str, Any] = {
        "origins": Ends(np.array([1]), np.array([0.2])),
        "destinations": Ends(np.array([1, 1]), np.array([0.6, 0.1])),
    }
    found = many_to_many(network, costs, **ends)
    assert found.sums["length_m"].tolist() == [[400, -1]]


BESIDE = [(0, 1), (1, 2), (1, 2), (2, 3)]
FROM_SIDE_TO_SIDE = FROM_END_TO_END | {
    "destinations": Ends(np.array([3]), np.array([1.0]))
}


def test_time_and_length_are_of_one_path_where_others_weigh_hardly_more():
    """8192 t + l is 101 920, 101 930 if slower and 102 020 if quicker."""
    network = network_of(graph_of([(0, 1), (1, 2), (1, 2), (1, 2), (2, 3)]))
    ends = FROM_END_TO_END | {"destinations": Ends(np.array([4]), np.array([1.0]))}
    costs = costs_of(
        np.array([0, 10, 12, 8, 0]),
        np.array([0, 20_000, 3_626, 36_484, 0]),
        climb=np.repeat([0, 70, 900, 8, 0], 2),
    )
    found = many_to_many(network, costs, **ends)
    told = [found.sums[name].item() for name in ("time_ds", "length_m", "ascent_m")]
    assert told == [10, 20_000, 70]
    assert found.requeried == 1
    drawn = paths(network, costs, pairs=np.array([[0, 0]]), **ends)
    assert drawn[["time_s", "length_m", "ascent_m"]].values.tolist() == [
        [1, 20_000, 70]
    ]


def test_a_climb_of_the_first_road_alone_is_told():
    network = network_of(graph_of(ROW))
    costs = costs_of(
        np.full(3, 10),
        np.full(3, 100),
        usable=np.tile([True, False], 3),
        climb=np.array([40, 0, 0, 0, 0, 0]),
    )
    halfway = FROM_END_TO_END | {"origins": Ends(np.array([0]), np.array([0.5]))}
    found = many_to_many(network, costs, **halfway)
    assert found.sums["ascent_m"].item() == 20


def test_of_two_paths_of_one_time_and_length_the_climb_is_of_one():
    network = network_of(graph_of(BESIDE))
    climb = np.array([0, 0, 30, 5, 70, 1, 0, 0])
    costs = costs_of(np.array([0, 10, 10, 0]), np.array([0, 90, 90, 0]), climb=climb)
    found = many_to_many(network, costs, **FROM_SIDE_TO_SIDE)
    climbs = (found.sums["ascent_m"].item(), found.sums["descent_m"].item())
    assert climbs in {(30, 5), (70, 1)}
    assert found.requeried == 1

"""Criticality: by hand, then every link of a sample against the whole matrix again."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import routingkit_cch as cch
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from eitgeo.errors import SchemaError
from eitgeo.roads.matrix.router import many_to_many, snap
from eitgeo.roads.matrix.topology import TIME_FACTOR, Ends
from eitgeo.roads.network.closures import Closure, without
from eitgeo.roads.network.profile import edge_costs
from eitgeo.roads.questions.criticality import (
    Trips,
    _bridges,
    bridges,
    closure_losses,
    criticality,
    main_links,
    served,
    successive,
)
from tests.roads.by_hand import ROAD, TRUCK, network_of, places
from tests.roads.extracts import network_of as extract_network
from tests.roads.osm_files import length_m, write_osm
from tests.roads.test_router_exact import VEHICLE, random_ends

# B C and its detour B E F C, between two dead ends.
LADDER = {"AB": ROAD, "BC": ROAD, "CD": ROAD, "BE": ROAD, "EF": ROAD, "CF": ROAD}


def all_pairs(n, m, mass_t=1.0):
    rows = np.argwhere(np.ones((n, m), dtype=bool))
    return pd.DataFrame(rows, columns=["origin", "destination"]).assign(mass_t=mass_t)


def test_the_loss_of_each_link_by_hand(tmp_path):
    network = network_of(write_osm(tmp_path / "dessin.osm", LADDER))
    costs = edge_costs(network.graph, TRUCK)
    at = places("AB", "CD")
    x, y = at["x"].to_numpy(), at["y"].to_numpy()
    ends = snap(network, costs, x=x, y=y, max_snap_m=300.0).ends
    links = main_links(network.graph, costs)
    assert len(links) == 4  # B E F C is one edge
    table = criticality(
        served(
            network,
            costs,
            origins=ends,
            destinations=ends,
            pairs=pd.DataFrame(
                {"origin": [0, 1], "destination": [1, 0], "mass_t": [7.0, 0.0]}
            ),
        ),
        links=links,
    )
    assert table.crs.to_epsg() == 2154
    by_edge = table.set_index("edge")
    ab, cd = by_edge.loc[ends.edge[0]], by_edge.loc[ends.edge[1]]
    for row in (ab, cd):
        assert (row["pairs"], row["on_link_pairs"], row["cut_pairs"]) == (2, 2, 0)
        assert row["bridge"]
        assert row["extra_min"] == 0
        assert np.isnan(row["extra_min_max"])
    inner = by_edge.drop(ends.edge)
    detour = inner[inner["pairs"] == 0].iloc[0]
    assert not detour["bridge"]
    assert detour["extra_tkm"] == 0
    bc = inner[inner["pairs"] == 2].iloc[0]
    extra_m = length_m("BEFC") - length_m("BC")
    assert bc["rerouted_pairs"] == 2
    assert bc["extra_km"] == pytest.approx(2 * extra_m / 1000, abs=0.01)
    assert bc["extra_tkm"] == pytest.approx(7 * extra_m / 1000, abs=0.05)
    assert bc["extra_min"] == pytest.approx(2 * extra_m / 600, abs=0.02)
    assert bc["extra_min_max"] == pytest.approx(extra_m / 600, abs=0.01)


def test_what_is_cut_off_is_counted_apart(tmp_path):
    ways = {"AB": ROAD, "BC": ROAD, "CD": ROAD, "BG": ROAD, "CH": ROAD}
    network = network_of(write_osm(tmp_path / "dessin.osm", ways))
    costs = edge_costs(network.graph, TRUCK)
    at = places("AB", "CD")
    x, y = at["x"].to_numpy(), at["y"].to_numpy()
    ends = snap(network, costs, x=x, y=y, max_snap_m=300.0).ends
    table = criticality(
        served(
            network,
            costs,
            origins=ends,
            destinations=ends,
            pairs=pd.DataFrame({"origin": [0], "destination": [1], "mass_t": [7.0]}),
        ),
        links=main_links(network.graph, costs),
    )
    cut = table[table["cut_pairs"] > 0]
    assert len(cut) == 1
    row = cut.iloc[0]
    assert (row["cut_t"], row["extra_min"], row["extra_tkm"]) == (7, 0, 0)
    assert table["bridge"].all()
    np.testing.assert_array_equal(
        table["pairs"],
        table[["rerouted_pairs", "cut_pairs", "on_link_pairs"]].sum(axis=1),
    )


def by_brute_force(network, costs, ends, pairs, link, before):
    """Sum the loss of a link from two whole matrices."""
    origins, destinations = ends
    shut = without(costs, [link])
    after = many_to_many(
        network, shut, origins=origins, destinations=destinations, measures=()
    )
    a, b = pairs["origin"].to_numpy(), pairs["destination"].to_numpy()
    served = before.reached[a, b]
    on_link = (origins.edge[a] == link) | (destinations.edge[b] == link)
    left = after.reached[a, b]
    kept = served & ~on_link & left
    both = {
        name: (after.sums[name] - before.sums[name])[a, b][kept]
        for name in ("time_ds", "length_m")
    }
    weight = TIME_FACTOR * both["time_ds"] + both["length_m"]
    mass_t = pairs["mass_t"].to_numpy()
    lost = served & ~on_link & ~left
    return {
        "impedance": int(weight.sum()),
        "cut_pairs": int(lost.sum()),
        "cut_t": mass_t[lost].sum(),
        "extra_min": both["time_ds"].sum() / 600,
        "extra_tkm": (mass_t[kept] * both["length_m"]).sum() / 1000,
    }


def test_each_link_agrees_with_the_whole_matrix_again():
    network = extract_network("andorra")
    costs = edge_costs(network.graph, VEHICLE)
    rng = np.random.default_rng(4)
    origins, destinations = (random_ends(network, costs, rng, 25) for _ in range(2))
    pairs = all_pairs(25, 25, rng.integers(1, 50, 625).astype(float))
    every = main_links(network.graph, costs)
    links = np.sort(rng.choice(every, 240, replace=False))
    # Those that carry the most are there too.
    whole = criticality(
        served(network, costs, origins=origins, destinations=destinations, pairs=pairs),
        links=every,
    ).set_index("edge")
    links = np.union1d(links, whole["extra_min"].nlargest(30).index)
    places_there = (origins, destinations)
    before = many_to_many(
        network, costs, origins=origins, destinations=destinations, measures=()
    )
    moved = cut = 0
    for link in links.tolist():
        row = whole.loc[link]
        expected = by_brute_force(network, costs, places_there, pairs, link, before)
        impedance = TIME_FACTOR * 600 * row["extra_min"] + 1000 * row["extra_km"]
        assert impedance == pytest.approx(expected.pop("impedance"), abs=1)
        for name, value in expected.items():
            assert row[name] == pytest.approx(value, abs=1e-6)
        moved += row["extra_min"] > 0
        cut += row["cut_pairs"] > 0
    assert len(links) >= 200
    assert moved > 50
    assert cut > 20


def test_bridges_cut_off_what_they_join_on_andorra():
    network = extract_network("andorra")
    graph = network.graph
    costs = edge_costs(graph, VEHICLE)
    rng = np.random.default_rng(8)
    ends = random_ends(network, costs, rng, 40)
    links = main_links(graph, costs)
    table = criticality(
        served(
            network, costs, origins=ends, destinations=ends, pairs=all_pairs(40, 40)
        ),
        links=links,
    )
    on_bridges = table[table["bridge"] & (table["pairs"] > 0)]
    assert len(on_bridges) > 20
    assert (on_bridges["rerouted_pairs"] == 0).all()
    assert (on_bridges["cut_pairs"] + on_bridges["on_link_pairs"] > 0).all()


def test_a_partial_customization_is_a_whole_one():
    network = extract_network("andorra")
    costs = edge_costs(network.graph, VEHICLE)
    weights = (TIME_FACTOR * costs.time_ds + costs.length_m)[network.topology.arc]
    weights = weights.astype(np.uint32)
    pinned = np.arange(0, len(network.topology.node), 17).astype(np.uint32)
    partial = cch.CCHMetric(network.hierarchy, weights)
    updater = cch.CCHMetricPartialUpdater(network.hierarchy)
    rng = np.random.default_rng(2)
    for _ in range(5):
        edge = int(rng.integers(len(network.graph.edges)))
        moves = np.flatnonzero(network.topology.arc // 2 == edge)
        shut = weights.copy()
        shut[moves] = 2**31 - 1
        updater.apply(partial, dict.fromkeys(moves.tolist(), 2**31 - 1))
        whole = cch.CCHMetric(network.hierarchy, shut)
        for metric in (partial, whole):
            assert metric is not None
        found = [distances(metric, pinned) for metric in (partial, whole)]
        assert found[0] == found[1]
        updates = zip(moves.tolist(), weights[moves].tolist(), strict=True)
        updater.apply(partial, dict(updates))
    assert distances(partial, pinned) == distances(
        cch.CCHMetric(network.hierarchy, weights), pinned
    )


def distances(metric, pinned):
    query = cch.CCHOneToMany(metric, pinned)
    return [query.distances_from(source) for source in (0, 100, 1000)]


graphs = st.integers(2, 8).flatmap(
    lambda n: st.lists(
        st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)),
        min_size=1,
        max_size=14,
    )
)


@given(graphs)
def test_bridges_are_the_edges_whose_loss_parts_a_piece(drawn):
    ends = np.array(drawn)
    n = int(ends.max()) + 1

    def pieces(rows):
        graph = coo_array((np.ones(len(rows)), rows.T), shape=(n, n))
        return connected_components(graph, directed=False)[0]

    whole = pieces(ends)
    expected = [
        at for at in range(len(ends)) if pieces(np.delete(ends, at, axis=0)) > whole
    ]
    assert _bridges(ends) == expected


@given(graphs, st.lists(st.integers(0, 7), max_size=3))
def test_edges_of_a_stretch_are_parted_from_the_rest_by_any_two(drawn, split):
    ends = np.array(drawn)
    nodes = np.arange(8)
    states = np.concatenate([nodes, split]).astype(np.int32)
    in_cycle = np.ones(len(ends), dtype=bool)
    in_cycle[_bridges(ends)] = False
    found = successive(ends, in_cycle=in_cycle, states=states)
    left = np.arange(len(ends))
    for one, other in combinations(range(len(ends)), 2):
        without_one = left[left != one]
        parted = without_one[_bridges(ends[without_one])]
        if found[one] == found[other]:
            assert in_cycle[[one, other]].all()
            assert other in parted
            assert not np.isin(ends[[one, other]], split).any()
            continue
        # Kept apart: they do not meet, or a third way leaves where they do.
        for node in {*drawn[one]} & {*drawn[other]}:
            there = in_cycle & (ends == node).any(axis=1)
            apart = not in_cycle[[one, other]].all() or there.sum() > 2
            loop = (ends[there] == node).all(axis=1).any()
            assert apart or loop or np.isin(ends[[one, other]], split).any()


def test_links_in_a_row_are_closed_once_and_cost_the_same(tmp_path, monkeypatch):
    """A street that leads nowhere cuts B D in two at C."""
    ways = {
        "AB": ROAD,
        "BC": ROAD,
        "CD": ROAD,
        "BE": ROAD,
        "EF": ROAD,
        "DF": ROAD,
        "DH": ROAD,
        "CG": ROAD,
    }
    network = network_of(write_osm(tmp_path / "dessin.osm", ways))
    costs = edge_costs(network.graph, TRUCK)
    at = places("AB", "DH")
    x, y = at["x"].to_numpy(), at["y"].to_numpy()
    ends = snap(network, costs, x=x, y=y, max_snap_m=300.0).ends
    asked = []
    of_each = Trips.losses

    def noted(trips, closings):
        asked.extend(closings)
        return of_each(trips, closings)

    monkeypatch.setattr(Trips, "losses", noted)
    pairs = pd.DataFrame({"origin": [0], "destination": [1], "mass_t": [7.0]})
    trips = served(network, costs, origins=ends, destinations=ends, pairs=pairs)
    table = criticality(trips, links=main_links(network.graph, costs))
    row = table[table["rerouted_pairs"] == 1]
    assert len(row) == 2
    first, second = row["extra_km"]
    assert first == second
    extra_m = length_m("BEFD") - length_m("BCD")
    assert first == pytest.approx(extra_m / 1000, abs=0.01)
    # The ends of the trip stand on two more.
    assert len(asked) == 3


def test_a_closed_edge_is_no_bridge(tmp_path):
    network = network_of(write_osm(tmp_path / "dessin.osm", LADDER))
    costs = edge_costs(network.graph, TRUCK)
    assert bridges(network.graph, costs).sum() == 2
    detour = int(network.graph.edges["length_m"].argmax())
    parted = bridges(network.graph, without(costs, [detour]))
    assert parted.sum() == 3
    assert not parted[detour]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"origin": [5]}, "« origin » n'est pas un lieu donné"),
        ({"destination": [-1]}, "ligne 0 : « destination » n'est pas"),
        ({"mass_t": [np.nan]}, "masse négative ou inconnue"),
    ],
)
def test_pairs_that_do_not_fit_are_refused(tmp_path, change, message):
    network = network_of(write_osm(tmp_path / "dessin.osm", LADDER))
    costs = edge_costs(network.graph, TRUCK)
    ends = Ends(np.array([0]), np.array([0.5]))
    row = {"origin": [0], "destination": [0], "mass_t": [1.0]}
    with pytest.raises(SchemaError, match=message):
        criticality(
            served(
                network,
                costs,
                origins=ends,
                destinations=ends,
                pairs=pd.DataFrame(row | change),
            ),
            links=np.array([0]),
        )


def test_a_pair_without_a_way_is_left_out(tmp_path):
    network = network_of(write_osm(tmp_path / "dessin.osm", LADDER | {"IJ": ROAD}))
    costs = edge_costs(network.graph, TRUCK)
    last = len(network.graph.edges) - 1
    here, there = (Ends(np.array([edge]), np.array([0.5])) for edge in (0, last))
    table = criticality(
        served(network, costs, origins=here, destinations=there, pairs=all_pairs(1, 1)),
        links=main_links(network.graph, costs),
    )
    assert (table["pairs"] == 0).all()
    assert (table["cut_t"] == 0).all()


def test_a_closure_of_several_edges_loses_what_the_whole_matrix_says():
    network = extract_network("andorra")
    costs = edge_costs(network.graph, VEHICLE)
    rng = np.random.default_rng(14)
    origins, destinations = (random_ends(network, costs, rng, 30) for _ in range(2))
    pairs = all_pairs(30, 30)
    main = main_links(network.graph, costs)
    sets = [np.sort(rng.choice(main, 15, replace=False)) for _ in range(4)]
    closures = [
        Closure(f"c{rank}", "essai", edges)
        for rank, edges in enumerate([*sets, np.zeros(0, dtype=np.int64)])
    ]
    table = closure_losses(
        served(network, costs, origins=origins, destinations=destinations, pairs=pairs),
        closures=closures,
    )
    assert table["closure_id"].tolist() == ["c0", "c1", "c2", "c3", "c4"]
    assert table["edges"].tolist() == [15, 15, 15, 15, 0]
    ends = {"origins": origins, "destinations": destinations, "measures": ()}
    before = many_to_many(network, costs, **ends)
    for closure, row in zip(closures, table.to_dict("records"), strict=True):
        after = many_to_many(network, without(costs, closure.edges), **ends)
        on_it = np.isin(origins.edge, closure.edges)[:, None] | np.isin(
            destinations.edge, closure.edges
        )
        kept = before.reached & after.reached & ~on_it
        extra = [
            (after.sums[name] - before.sums[name])[kept].sum()
            for name in ("time_ds", "length_m")
        ]
        assert 600 * row["extra_min"] == pytest.approx(extra[0], abs=1e-6)
        assert 1000 * row["extra_km"] == pytest.approx(extra[1], abs=1e-6)
        assert row["cut_pairs"] == (before.reached & ~after.reached & ~on_it).sum()
    assert table["cut_pairs"].sum() > 0
    assert table["extra_min"].iloc[:4].sum() > 0
    assert (table[["pairs", "cut_pairs", "extra_min"]].iloc[4] == 0).all()

"""Closed roads: found by hand-drawn names, and matrices on Andorra."""

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from eitgeo.errors import StudyError
from eitgeo.reference.tables import ready_closures
from eitgeo.roads.matrix.od_matrix import network_matrix
from eitgeo.roads.matrix.router import many_to_many
from eitgeo.roads.matrix.topology import TIME_FACTOR, build_topology, order_network
from eitgeo.roads.network.closures import (
    NOT_FOUND,
    closure_report,
    find_closures,
    road_names,
    without,
)
from eitgeo.roads.network.graph import build_graph
from eitgeo.roads.network.profile import edge_costs
from eitgeo.sources.ground.osm_roads import read_osm_roads
from eitgeo.study.roads import RoadClosure, Roads
from tests.roads.by_hand import LIMITS, ROAD, TRUCK, check_route, lambert, places
from tests.roads.extracts import extract_path, graph_of
from tests.roads.extracts import network_of as extract_network
from tests.roads.osm_files import NODES, write_osm
from tests.roads.test_router_exact import VEHICLE, random_ends

# The ladder of ``osm_files``: N 125 runs from A to D, D 44 goes round by E and F.
#
#     A --- B --- C --- D
#           |     |
#           E --- F --- K        E --- L: dead ends part D 44 in three
LADDER = {
    "AB": ROAD | {"ref": "N 125", "name": "Route de Saint-Béat"},
    "BC": ROAD | {"ref": "N 125;D 44", "name": "Avenue de l'Église"},
    "CD": ROAD | {"ref": "N 125"},
    "BE": ROAD | {"ref": "D 44"},
    "EF": ROAD | {"ref": "D 44", "name": "Col de Menté"},
    "CF": ROAD | {"ref": "D 44"},
    "EL": ROAD,
    "FK": ROAD,
}
FIRST_WAY = 1000


@pytest.fixture
def ladder(tmp_path):
    """Graph, names of its roads and costs at 10 m/s."""
    roads = read_osm_roads(write_osm(tmp_path / "dessin.osm", LADDER))
    graph = build_graph(roads)
    return graph, road_names(graph, roads), edge_costs(graph, TRUCK)


def ways_of(ladder, **criteria):
    """Say which stretches a closure closes."""
    graph, names, _ = ladder
    closure = find_closures(graph, names, [RoadClosure(id="x", **criteria)])[0]
    rows = names[names["edge"].isin(closure.edges)]
    routes = list(LADDER)
    return "".join(
        f"{routes[way - FIRST_WAY]} " for way in sorted(rows["way_id"])
    ).strip()


def test_every_edge_is_named_by_its_ways(ladder):
    graph, names, _ = ladder
    assert sorted(names["way_id"]) == [FIRST_WAY + at for at in range(8)]
    assert set(names["edge"]) == set(range(len(graph.edges)))
    row = names[names["way_id"] == FIRST_WAY + 1].iloc[0]
    assert (row["ref"], row["name"]) == ("N 125;D 44", "Avenue de l'Église")


def test_an_edge_that_chains_two_ways_has_both_names(tmp_path):
    ways = {"AB": ROAD | {"name": "Un"}, "BC": ROAD | {"name": "Deux"}}
    roads = read_osm_roads(write_osm(tmp_path / "d.osm", ways))
    graph = build_graph(roads)
    names = road_names(graph, roads)
    assert len(graph.edges) == 1
    assert names["name"].tolist() == ["Un", "Deux"]


@pytest.mark.parametrize(
    ("criteria", "closed"),
    [
        ({"ref": "N 125"}, "AB BC CD"),
        ({"ref": "n-125"}, "AB BC CD"),
        ({"ref": "D44"}, "BC BE EF CF"),
        ({"ref": "D 4"}, ""),
        ({"name": "saint-beat"}, "AB"),
        ({"name": "l’eglise"}, "BC"),
        ({"name": "col"}, "EF"),
        ({"ways": (1000, 1004)}, "AB EF"),
        ({"ref": "N 125", "ways": (1000, 1004)}, "AB"),
        ({"ref": "N 125", "name": "Saint-Béat"}, "AB"),
    ],
)
def test_roads_are_found_by_what_they_bear(ladder, criteria, closed):
    assert ways_of(ladder, **criteria) == closed


def test_roads_are_found_by_a_drawing(ladder):
    (_, south), (west, north) = NODES["E"], NODES["B"]
    across = ((west - 0.002, north - 0.005), (west + 0.015, north - 0.005))
    assert ways_of(ladder, line_lon_lat=across) == "BE CF"
    assert ways_of(ladder, line_lon_lat=across, ref="N 125") == ""
    around = (
        (west - 0.002, south - 0.002),
        (west + 0.002, south - 0.002),
        (west + 0.002, south + 0.002),
    )
    assert ways_of(ladder, area_lon_lat=around) == "BE EF EL"


def test_what_is_not_in_the_extract_says_so(ladder):
    graph, names, _ = ladder
    asked = [
        RoadClosure(id="n20", ref="N 20"),
        RoadClosure(id="mixte", ways=(1000, 77, 78), label="Deux voies inconnues"),
        RoadClosure(id="port_envalira"),
    ]
    found = find_closures(graph, names, asked)
    assert [len(one.edges) for one in found] == [0, 1, 0]
    assert [one.note for one in found] == [
        NOT_FOUND,
        "2 voies introuvables dans cet extrait",
        NOT_FOUND,
    ]
    report = closure_report(graph, found)
    assert report["label"].tolist()[:2] == ["n20", "Deux voies inconnues"]
    assert report["length_m"].tolist() == pytest.approx([0, 815, 0], abs=3)


def test_a_ready_case_is_found_by_its_number_in_its_frame(tmp_path):
    nodes = {
        "A": (0.660, 42.89),
        "B": (0.690, 42.91),
        "C": (0.694, 42.92),
        "D": (0.80, 42.95),
        "E": (0.660, 42.85),
        "F": (0.650, 42.89),
    }
    marked = ROAD | {"ref": "N 125"}
    # In the frame: AB by its end, BC whole but of no number, CD from C on.
    ways = {
        "AB": marked,
        "BC": ROAD,
        "CD": marked,
        "AE": marked,
        "BE": ROAD,
        "AF": ROAD,
        "CE": ROAD,
    }
    roads = read_osm_roads(write_osm(tmp_path / "d.osm", ways, nodes=nodes))
    graph = build_graph(roads)
    names = road_names(graph, roads)
    closure = find_closures(graph, names, [RoadClosure(id="n125_saint_beat")])[0]
    assert closure.label == "N 125 à Saint-Béat"
    closed = names[names["edge"].isin(closure.edges)]["way_id"].tolist()
    assert closed == [FIRST_WAY, FIRST_WAY + 2]


def test_a_name_that_is_no_ready_case_is_refused(ladder):
    graph, names, _ = ladder
    with pytest.raises(StudyError, match="col_mente »"):
        find_closures(graph, names, [RoadClosure(id="col_mante")])


def test_ready_cases_lie_in_a_frame_and_bear_a_number():
    table = ready_closures()
    assert {"n125_saint_beat", "port_envalira", "col_peyresourde"} <= set(table.index)
    assert (table["west"] < table["east"]).all()
    assert (table["south"] < table["north"]).all()
    assert table["ref"].ne("").all()
    # A closure is an hypothesis: each says so, and since when.
    assert table["as_of"].map(dt.date.fromisoformat).le(dt.date(2026, 11, 28)).all()
    assert set(table["status"]) == {"a_confirmer"}
    assert table["source"].ne("").all()
    for name, ref in table["ref"].items():
        RoadClosure(id=str(name), ref=ref)


@pytest.mark.parametrize(
    ("closure", "message"),
    [
        ({"id": "x", "line_lon_lat": [[0.7, 43.0]]}, "deux points au moins"),
        ({"id": "x", "area_lon_lat": [[0.7, 43], [0.8, 43]]}, "trois points au moins"),
        ({"id": "x", "line_lon_lat": [[43.0, 0.7], [43.1, 0.7]]}, "less than or equal"),
        ({"id": "x", "ways": [-3]}, "greater than 0"),
        ({"id": "Saint-Béat"}, "pattern"),
        ({"id": "x", "reff": "N 125"}, "Extra inputs"),
    ],
)
def test_a_closure_that_is_not_well_drawn_is_refused(closure, message):
    with pytest.raises(ValidationError, match=message):
        RoadClosure.model_validate(closure)


def test_two_closures_of_one_name_are_refused():
    profile = {"road_kmh": 50, "motorway_kmh": 80, "slow_per_relief": 1}
    roads: dict[str, Any] = {
        "tortuosity_flat": 1.1,
        "tortuosity_per_relief": 1,
        "truck": profile,
        "car": profile,
        "closures": [{"id": "a", "ref": "N 125"}, {"id": "a", "ref": "D 44"}],
        "network": {"reader": "osm", "path": "a.osm.pbf"},
    }
    with pytest.raises(ValidationError, match="« a » donnée deux fois"):
        Roads.model_validate(roads)
    roads["closures"][1]["id"] = "b"
    assert [one.id for one in Roads.model_validate(roads).closures] == ["a", "b"]


def drive_closed(ladder, start, stop, closed):
    graph, names, costs = ladder
    network = order_network(graph, build_topology(graph, "truck"))
    rows = names[names["way_id"].isin([FIRST_WAY + at for at in closed])]
    return network_matrix(
        network,
        costs,
        origins=places(start),
        destinations=places(stop),
        limits=LIMITS,
        labels=("truck", "essai"),
        closed=rows["edge"].to_numpy(),
    ).iloc[0]


def test_a_closed_road_is_gone_round(ladder):
    check_route(drive_closed(ladder, "AB", "CD", []), "ABCD", "AB", "CD")
    row = drive_closed(ladder, "AB", "CD", [1])
    check_route(row, "ABEFCD", "AB", "CD")
    assert row["closure_id"] == "essai"


def test_what_is_cut_off_is_not_set_on_another_road(ladder):
    # BC and EF closed: CD is cut off, though BC is within reach of it.
    row = drive_closed(ladder, "AB", "CD", [1, 4])
    assert row["status"] == "other_component"
    assert pd.isna(row["time_s"])
    assert row["snap_destination_m"] < 1


def test_a_place_on_a_closed_road_is_forbidden(ladder):
    for start, stop in (("BC", "CD"), ("CD", "BC")):
        row = drive_closed(ladder, start, stop, [1])
        assert row["status"] == "forbidden_to_profile"


def test_a_closure_leaves_the_costs_as_they_were(ladder):
    _, _, costs = ladder
    before = costs.usable.copy()
    shut = without(costs, [0, 2])
    np.testing.assert_array_equal(costs.usable, before)
    assert np.flatnonzero(before & ~shut.usable).tolist() == [0, 1, 4, 5]
    assert without(costs, np.array([], dtype=np.int64)).usable.all()


def test_a_closure_never_shortens_on_andorra():
    network = extract_network("andorra")
    costs = edge_costs(network.graph, VEHICLE)
    rng = np.random.default_rng(21)
    origins, destinations = (random_ends(network, costs, rng, 60) for _ in range(2))
    ends = {"origins": origins, "destinations": destinations, "measures": ()}
    found = many_to_many(network, costs, **ends)
    for share in (0.002, 0.02):
        n = int(share * len(network.graph.edges))
        shut = rng.choice(len(network.graph.edges), n, replace=False)
        closed = many_to_many(network, without(costs, shut), **ends)
        assert not (closed.reached & ~found.reached).any()
        both = closed.reached
        whole, less = (
            TIME_FACTOR * one.sums["time_ds"] + one.sums["length_m"]
            for one in (found, closed)
        )
        assert (less[both] >= whole[both]).all()
        assert (less[both] > whole[both]).any()


def test_closing_everything_and_nothing():
    network = extract_network("andorra")
    costs = edge_costs(network.graph, VEHICLE)
    ends = random_ends(network, costs, np.random.default_rng(3), 10)
    every = np.arange(len(network.graph.edges))
    shut = without(costs, every)
    assert not many_to_many(
        network, shut, origins=ends, destinations=ends, measures=()
    ).reached.any()
    same = without(costs, every[:0])
    one, other = (
        many_to_many(network, each, origins=ends, destinations=ends, measures=())
        for each in (costs, same)
    )
    np.testing.assert_array_equal(one.sums["time_ds"], other.sums["time_ds"])


def test_the_port_of_envalira_closed_leaves_the_tunnel():
    graph = graph_of("andorra")
    names = road_names(graph, read_osm_roads(extract_path("andorra")))
    asked = [RoadClosure(id="port_envalira"), RoadClosure(id="tunnel_envalira")]
    over, under = find_closures(graph, names, asked)
    assert over.note == under.note == ""
    assert len(over.edges) > len(under.edges) >= 1
    assert not set(over.edges) & set(under.edges)
    # Two ways to the Pas de la Casa: with both closed, it is cut off.
    network = extract_network("andorra")
    costs = edge_costs(graph, VEHICLE)
    x, y = lambert([(1.5218, 42.5063), (1.7336, 42.5428)])
    points = pd.DataFrame(
        {
            "place_id": ["vella", "casa"],
            "place_kind": "commune",
            "x": x,
            "y": y,
            "inner_m": 100.0,
        }
    )
    times = {}
    for name, edges in (
        ("none", np.zeros(0, dtype=int)),
        ("over", over.edges),
        ("under", under.edges),
        ("both", np.union1d(over.edges, under.edges)),
    ):
        row = network_matrix(
            network,
            costs,
            origins=points[:1],
            destinations=points[1:],
            limits=replace(LIMITS, max_minutes=600.0),
            closed=edges,
        ).iloc[0]
        times[name] = (row["status"], row["time_s"])
    assert times["none"][0] == times["over"][0] == times["under"][0] == "ok"
    assert times["none"][1] <= min(times["over"][1], times["under"][1])
    assert times["both"][0] == "other_component"

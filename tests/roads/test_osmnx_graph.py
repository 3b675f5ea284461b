"""Graphs that osmnx itself makes become road graphs, and back."""

from dataclasses import replace
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import osmnx as ox
import pandas as pd
import pytest
import shapely

from eitgeo.errors import CrsError, SourceError
from eitgeo.library.roads import (
    Roads,
    from_osmnx,
    od_matrix,
    read_roads,
    to_osmnx,
    vehicle,
)
from eitgeo.roads.network.osmnx_graph import graph_from_osmnx
from eitgeo.roads.network.profile import edge_costs
from tests.roads.extracts import extract_path, graph_of
from tests.roads.osm_files import IDS, NODES, length_m, write_osm

WAYS = {
    "ABCDI": {"highway": "primary", "maxspeed": "70", "maxweight": "19"},
    "GBE": {
        "highway": "secondary",
        "maxspeed:forward": "60",
        "maxspeed:backward": "40",
    },
    "HCF": {"highway": "tertiary", "oneway": "yes", "hgv": "no"},
    "DK": {"highway": "residential", "oneway": "-1"},
    "EFK": {"highway": "unclassified", "maxheight": "3.5", "maxspeed": "50"},
    "EL": {"highway": "footway"},
}
NODES_BY_ID = {IDS[name]: "GBE".find(name) for name in NODES}
TAGS = ["hgv", "maxweight", "maxheight", "maxspeed:forward", "maxspeed:backward"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Give the graphs that osmnx makes of the roads drawn by hand."""
    path = tmp_path_factory.mktemp("osmnx") / "grid.osm"
    write_osm(path, {route: tags for route, tags in WAYS.items() if route != "EL"})
    kept = list(ox.settings.useful_tags_way)
    ox.settings.useful_tags_way = [*kept, *TAGS]
    raw = ox.graph_from_xml(path, simplify=False)
    simple = ox.graph_from_xml(path, simplify=True)
    ox.settings.useful_tags_way = kept
    joined = ox.consolidate_intersections(ox.project_graph(simple), tolerance=10)
    return {"raw": raw, "simplified": simple, "consolidated": joined}


def timed(graph):
    """Add speeds and times as osmnx does."""
    return ox.add_edge_travel_times(ox.add_edge_speeds(graph.copy()))


def points_of(graph, nodes):
    """Make a layer of some nodes."""
    xy = np.array([(graph.nodes[node]["x"], graph.nodes[node]["y"]) for node in nodes])
    shapes = gpd.GeoSeries.from_xy(*xy.T, index=nodes, crs=graph.graph["crs"])
    return shapes.to_frame("geometry")


@pytest.mark.parametrize("kind", ["raw", "simplified", "consolidated"])
def test_lengths_of_both_directions_are_those_of_osmnx(made, kind):
    graph = made[kind]
    edges = graph_from_osmnx(graph).edges
    n_ways = (edges[["car_forward", "car_backward"]] > 0).sum(axis=1)
    whole = sum(data["length"] for *_, data in graph.edges(data=True))
    assert (edges["length_m"] * n_ways).sum() == pytest.approx(whole, abs=1e-6)


@pytest.mark.parametrize("kind", ["raw", "simplified"])
def test_trips_by_car_take_the_times_of_osmnx(made, kind):
    graph = timed(made[kind])
    nodes = [node for node in (100, 104, 106, 108, 110) if node in graph]
    table = od_matrix(from_osmnx(graph), points_of(graph, nodes), vehicle="car")
    for origin in nodes:
        times = nx.single_source_dijkstra_path_length(
            graph, origin, weight="travel_time"
        )
        found = table["time_s"].xs(origin)
        known = [node for node in nodes if node in times]
        assert found.loc[known].to_numpy() == pytest.approx(
            [times[node] for node in known], abs=0.5
        )


def test_the_graph_of_osmnx_and_the_extract_tell_the_same_limits(made, tmp_path):
    path = tmp_path / "grid.osm"
    write_osm(path, WAYS)
    own = read_roads(path).graph.edges
    taken = graph_from_osmnx(made["raw"]).edges
    for table in (own, taken):
        table["truck"] = table[["truck_forward", "truck_backward"]].max(axis=1)
    for name in ["max_weight_t", "max_height_m", "truck", "class"]:
        one, other = (
            table.groupby(name, dropna=False)["length_m"].sum()
            for table in (own, taken)
        )
        assert one.index.equals(other.index)
        # osmnx measures on a sphere.
        assert other.to_numpy() == pytest.approx(one.to_numpy(), rel=0.005)


def test_a_truck_takes_no_road_that_bars_it(made):
    graph = made["simplified"]
    places = points_of(graph, [100, 108])
    near: dict[str, Any] = {"max_snap_m": 50.0}
    by_car = od_matrix(from_osmnx(graph), places, vehicle="car", **near)
    by_truck = od_matrix(from_osmnx(graph), places, vehicle="truck", **near)
    light = vehicle("truck", weight_t=18)
    by_light = od_matrix(from_osmnx(graph), places, vehicle=light, **near)
    assert by_car.loc[(100, 108), "status"] == "ok"
    assert by_truck.loc[(100, 108), "status"] == "forbidden_to_profile"  # 26 t, not 19
    assert by_light.loc[(100, 108), "status"] == "ok"


def test_a_speed_signed_one_way_stays_on_its_way(made):
    edges = graph_from_osmnx(made["raw"]).edges
    nodes = sorted(made["raw"])
    road = edges[edges["class"] == "secondary"]
    south = road["v"].map(lambda row: NODES_BY_ID[nodes[row]]) > road["u"].map(
        lambda row: NODES_BY_ID[nodes[row]]
    )
    down = road["kmh_forward"].where(south, road["kmh_backward"])
    up = road["kmh_backward"].where(south, road["kmh_forward"])
    assert (set(down), set(up)) == ({60.0}, {40.0})


def test_a_one_way_road_drawn_against_its_way_is_driven_its_way(made):
    edges = graph_from_osmnx(made["raw"]).edges
    street = edges[edges["class"] == "residential"]
    assert street[["car_forward", "car_backward"]].to_numpy().tolist() == [[1, 0]]


def test_a_network_given_to_osmnx_and_taken_back_makes_the_same_trips():
    own = read_roads(extract_path("andorra")).graph
    free = Roads(replace(own, forbidden={"truck": (), "car": ()}))
    again = from_osmnx(to_osmnx(free))
    long = free.edges[free.edges["length_m"] > 50].iloc[::60]
    middle = gpd.GeoDataFrame(geometry=long.interpolate(0.4, normalized=True))
    for kind in ("truck", "car"):
        one, other = (od_matrix(roads, middle, vehicle=kind) for roads in (free, again))
        assert (one["status"] == other["status"]).all()
        for name in ("time_s", "length_m", "unknown_m"):
            assert other[name].to_numpy() == pytest.approx(
                one[name].to_numpy(), abs=1e-6, nan_ok=True
            )


def test_osmnx_routes_on_what_it_is_given():
    graph = to_osmnx(Roads(graph_of("andorra")))
    projected = ox.project_graph(graph)
    assert projected.graph["crs"].is_projected
    parts = [sorted(part) for part in nx.strongly_connected_components(graph)]
    nodes = max(parts, key=len)
    route = ox.shortest_path(graph, nodes[0], nodes[-1], weight="length")
    assert route is not None
    assert len(ox.graph_to_gdfs(graph, nodes=False)) == graph.number_of_edges()


def test_several_values_of_a_tag_become_the_tightest():
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    graph.add_node(1, x=0.70, y=43.1)
    graph.add_node(2, x=0.71, y=43.1)
    graph.add_edge(
        1,
        2,
        osmid=[9, 4],
        highway=["primary", "residential"],
        maxspeed=["80", "50"],
        maxweight=["12", "19"],
        hgv=["yes", "no"],
        bridge=["no", "yes"],
        length=810.0,
    )
    edge = graph_from_osmnx(graph).edges.iloc[0]
    assert edge[["class", "kmh_forward", "max_weight_t"]].tolist() == [
        "residential",
        50.0,
        12.0,
    ]
    assert (edge["truck_forward"], edge["car_forward"], edge["bridge"]) == (0, 1, True)
    assert edge["way_id"] == 4


def test_the_order_of_a_graph_changes_nothing(made):
    graph = made["simplified"]
    turned = nx.MultiDiGraph(**graph.graph)
    turned.add_nodes_from(reversed(list(graph.nodes(data=True))))
    turned.add_edges_from(reversed(list(graph.edges(keys=True, data=True))))
    one, other = graph_from_osmnx(graph), graph_from_osmnx(turned)
    pd.testing.assert_frame_equal(one.edges, other.edges)
    assert (one.lines == other.lines).all()


def test_a_loop_is_cut_so_that_no_edge_leads_to_itself():
    graph = nx.MultiDiGraph(crs="EPSG:2154")
    graph.add_node(1, x=500_000.0, y=6_200_000.0)
    ring = gpd.GeoSeries.from_wkt(
        ["LINESTRING (500000 6200000, 500100 6200000, 500100 6200100, 500000 6200000)"]
    )
    graph.add_edge(1, 1, osmid=1, highway="service", length=340.0, geometry=ring[0])
    found = graph_from_osmnx(graph)
    assert (found.edges["u"] != found.edges["v"]).all()
    assert found.edges["length_m"].tolist() == [170.0, 170.0]
    assert edge_costs(found, vehicle("car")).usable.sum() == 2


@pytest.mark.parametrize(
    ("node", "edge", "met"),
    [
        ({"x": float("nan")}, {}, "nowhere"),
        ({"x": float("inf")}, {}, "nowhere"),
        ({"y": 95.0}, {}, "nowhere"),
        ({}, {"length": float("nan")}, "a length of nan"),
        ({}, {"length": -5.0}, "a length of -5"),
        ({}, {"length": 1e300}, "a length of 1e"),
        ({}, {"geometry": shapely.Point(0.7, 43.1)}, "no line"),
        ({}, {"geometry": shapely.LineString()}, "no line"),
        (
            {},
            {"geometry": shapely.LineString([(0.7, 43.1), (90, 10)])},
            "out of France",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_a_graph_of_nowhere_is_refused(node, edge, met):
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    graph.add_node(1, **({"x": 0.7, "y": 43.1} | node))
    graph.add_node(2, x=0.71, y=43.11)
    graph.add_edge(1, 2, **({"osmid": 1, "highway": "primary", "length": 9.0} | edge))
    with pytest.raises(SourceError, match=met):
        graph_from_osmnx(graph)


def test_a_graph_abroad_is_refused_for_its_crs():
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    graph.add_nodes_from([(1, {"x": -149.0, "y": -17.5}), (2, {"x": 0.7, "y": 43.1})])
    graph.add_edge(1, 2, osmid=1, highway="primary", length=9.0)
    with pytest.raises(CrsError, match="node 1 lies outside metropolitan France"):
        graph_from_osmnx(graph)


def test_a_number_of_way_that_no_integer_holds_is_zero():
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    graph.add_nodes_from([(1, {"x": 0.7, "y": 43.1}), (2, {"x": 0.71, "y": 43.11})])
    graph.add_edge(1, 2, osmid=10**26, highway="primary", length=1_300.0)
    assert graph_from_osmnx(graph).edges["way_id"].tolist() == [0]


def test_a_graph_without_a_crs_or_without_a_road_is_refused():
    graph = nx.MultiDiGraph()
    graph.add_node(1, x=0.7, y=43.1)
    with pytest.raises(CrsError, match="no CRS"):
        graph_from_osmnx(graph)
    graph.graph["crs"] = "EPSG:4326"
    graph.add_edge(1, 1, osmid=1, highway="footway", length=3.0)
    with pytest.raises(SourceError, match="aucune voie"):
        graph_from_osmnx(graph)


def test_lengths_by_hand_are_near_those_of_osmnx(made):
    whole = sum(data["length"] for *_, data in made["raw"].edges(data=True))
    both = ["ABCDI", "GBE", "EFK"]
    once = ["HCF", "DK"]
    by_hand = 2 * sum(map(length_m, both)) + sum(map(length_m, once))
    assert whole == pytest.approx(by_hand, rel=0.005)
    assert set(NODES) >= set("ABCDEFGHIK")
    assert extract_path("andorra").is_file()

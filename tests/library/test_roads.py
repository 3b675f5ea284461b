"""Roads as an analyst calls them: layers in, tables on their index out."""

from itertools import pairwise

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest

import eitgeo as eg
from eitgeo.errors import CrsError, SchemaError, SourceError, StudyError
from tests.roads.osm_files import NODES, write_osm

WAYS = {
    "ABCDI": {"highway": "primary", "maxspeed": "70"},
    "GBE": {"highway": "secondary", "maxspeed": "50"},
    "HCF": {"highway": "tertiary", "maxheight": "3.5"},
}


@pytest.fixture(scope="module")
def roads(tmp_path_factory):
    """Read the roads drawn by hand."""
    path = tmp_path_factory.mktemp("library") / "grid.osm"
    write_osm(path, WAYS)
    return eg.read_roads(str(path))


def layer(names, *, crs=4326, index=None):
    """Make a layer of places at nodes drawn by hand."""
    lon, lat = zip(*(NODES[name] for name in names), strict=True)
    shapes = gpd.GeoSeries.from_xy(lon, lat, index=index or list(names), crs=4326)
    return shapes.to_frame("geometry").to_crs(crs)


def test_the_matrix_keeps_both_indices_and_names_its_units(roads):
    table = eg.od_matrix(roads, layer("AG"), layer("EF", index=[7, 9]), vehicle="car")
    assert table.index.names == ["origin", "destination"]
    assert table.index.tolist() == [("A", 7), ("A", 9), ("G", 7), ("G", 9)]
    assert set(table["status"]) == {"ok"}
    times = table["time_s"].to_dict()
    assert times["G", 7] < times["A", 9]
    assert table[["ascent_m", "descent_m"]].isna().to_numpy().all()  # no relief


def test_any_crs_gives_the_same_matrix(roads):
    one = eg.od_matrix(roads, layer("ABF"))
    other = eg.od_matrix(roads, layer("ABF", crs=32631))
    pd.testing.assert_frame_equal(one, other, atol=0.01)


def test_a_vehicle_too_high_goes_round_and_says_so(roads):
    by_car = eg.od_matrix(roads, layer("HF"), vehicle="car", max_snap_m=10)
    by_truck = eg.od_matrix(roads, layer("HF"), vehicle="truck", max_snap_m=10)
    assert by_car["status"].xs("H").loc["F"] == "ok"
    assert by_truck["status"].xs("H").loc["F"] == "forbidden_to_profile"
    low = eg.vehicle("truck", height_m=3.4)
    assert (
        eg.od_matrix(roads, layer("HF"), vehicle=low)["status"]
        .isin(["ok", "same_place"])
        .all()
    )


def test_closed_roads_are_the_ones_that_shapes_touch(roads):
    lon, lat = NODES["B"]
    bar = gpd.GeoSeries.from_xy([lon + 0.005], [lat], crs=4326).to_crs(2154)
    shut = gpd.GeoDataFrame(geometry=bar.buffer(20))
    table = eg.od_matrix(roads, layer("AF"), vehicle="car", closed=shut)
    assert table["status"].xs("A").loc["F"] != "ok"
    assert table.loc[("A", "F"), "time_s"] != table.loc[("A", "F"), "time_s"]
    opened = eg.isochrones(roads, layer("A"), minutes=[30])
    closed = eg.isochrones(roads, layer("A"), minutes=[30], closed=shut)
    assert 0 < closed["road_km"].item() < opened["road_km"].item()


def test_the_straight_line_is_drawn_where_it_is_asked(roads):
    places = layer("ACF")
    bare = eg.od_matrix(roads, places, vehicle="car")
    table = eg.od_matrix(roads, places, vehicle="car", straight=True)
    pd.testing.assert_frame_equal(table.drop(columns="straight_m"), bare)
    flat = places.to_crs(2154)
    for start, stop in table.index:
        told = table.loc[(start, stop), "straight_m"]
        drawn = flat.geometry[start].distance(flat.geometry[stop])
        assert told == pytest.approx(drawn, rel=2e-3)


def test_two_places_a_step_apart_are_one(roads):
    near = layer("A").geometry.iloc[0]
    shapes = gpd.GeoSeries.from_xy([near.x, near.x + 5e-6, near.x + 5e-5], [near.y] * 3)
    table = eg.od_matrix(roads, shapes.set_crs(4326).to_frame("geometry"))
    status = table["status"].xs(0)
    assert status.tolist() == ["same_place", "same_place", "ok"]


def test_a_trip_too_long_is_a_status(roads):
    table = eg.od_matrix(roads, layer("AI"), vehicle="car", max_minutes=1.0)
    assert table["status"].xs("A").loc["I"] == "beyond_limit"
    assert np.isnan(table["time_s"].xs("A").loc["I"])


def test_places_are_set_on_roads_or_told_why_not(roads):
    far = gpd.GeoSeries.from_xy([3.0], [45.0], index=["far"], crs=4326)
    places = pd.concat([layer("AB"), far.to_frame("geometry")])
    found = eg.snap_places(roads, places)
    assert found["status"].to_dict() == {"A": "ok", "B": "ok", "far": "outside_extract"}
    assert found.geometry.loc["far"] is None
    assert found["snap_m"].loc["A"] == pytest.approx(0, abs=0.01)
    assert found.crs == 2154


def test_isochrones_grow_with_minutes(roads):
    found = eg.isochrones(roads, layer("A"), minutes=(1, 2, 4))
    assert found["minutes"].tolist() == [1, 2, 4]
    assert found["road_km"].is_monotonic_increasing
    assert found.geometry.iloc[0].within(found.geometry.iloc[2].buffer(1))


def test_isochrones_leave_out_places_without_a_road(roads):
    far = gpd.GeoSeries.from_xy([NODES["A"][0]], [45.0], index=["far"], crs=4326)
    places = pd.concat([layer("AB"), far.to_frame("geometry")])
    both = eg.isochrones(roads, places, minutes=[2])
    assert both["road_km"].tolist() == (
        eg.isochrones(roads, layer("AB"), minutes=[2])["road_km"].tolist()
    )
    assert eg.isochrones(roads, places.loc[["far"]], minutes=[2]).is_empty.all()


def test_edges_are_a_layer_to_look_at(roads):
    edges = roads.edges
    assert edges.crs == 2154
    assert edges["truck"].all()
    assert repr(roads).startswith("Roads(")
    assert edges.loc[edges["class"] == "tertiary", "max_height_m"].tolist() == [3.5] * 2


@pytest.mark.parametrize(
    ("given", "error", "told"),
    [
        ("sites.csv", TypeError, "origins: a GeoDataFrame is needed, got str"),
        (pd.DataFrame({"x": [1]}), TypeError, "got DataFrame"),
        (layer("AB").set_crs(None, allow_override=True), CrsError, "no CRS"),
        (layer("AB", index=["a", "a"]), SchemaError, "index repeated: 'a'"),
        (
            gpd.GeoDataFrame(geometry=layer("AB", crs=2154).buffer(10)),
            SchemaError,
            "row 'A' is Polygon",
        ),
    ],
)
def test_a_call_that_cannot_be_answered_is_told_in_english(roads, given, error, told):
    with pytest.raises(error, match=told):
        eg.od_matrix(roads, given)


def test_degrees_passed_off_as_metres_are_refused(roads):
    degrees = layer("AB").set_crs(2154, allow_override=True)
    with pytest.raises(CrsError, match="outside"):
        eg.od_matrix(roads, degrees)


def test_an_unknown_vehicle_or_field_is_refused():
    with pytest.raises(
        StudyError, match="vehicle 'van' is unknown: one of truck, car, hooklift"
    ):
        eg.vehicle("van")
    with pytest.raises(TypeError, match="wheels"):
        eg.vehicle("truck", wheels=6)


def test_a_source_that_is_none_is_refused(tmp_path):
    with pytest.raises(SourceError, match="introuvable"):
        eg.read_roads(tmp_path / "absent.osm.pbf")
    with pytest.raises(TypeError, match="MultiDiGraph"):
        eg.read_roads(nx.Graph())


def one_way_cross():
    """Make four loops that meet at a junction: every road is one-way."""
    graph = nx.MultiDiGraph(crs="EPSG:2154")
    graph.add_node(0, x=5e5, y=6.2e6)
    for loop in range(4):
        angle = loop * np.pi / 2
        for step, node in enumerate((10 * loop + 1, 10 * loop + 2)):
            turned = angle + (0.3, -0.3)[step]
            graph.add_node(
                node, x=5e5 + 900 * np.cos(turned), y=6.2e6 + 900 * np.sin(turned)
            )
        for start, stop in pairwise((0, 10 * loop + 1, 10 * loop + 2, 0)):
            graph.add_edge(start, stop, highway="primary", length=900.0, speed_kph=36)
    return graph


def test_where_one_way_roads_alone_meet_a_trip_takes_the_shortest():
    graph = one_way_cross()
    nodes = pd.DataFrame.from_dict(dict(graph.nodes(data=True)), orient="index")
    places = gpd.GeoDataFrame(
        index=nodes.index, geometry=gpd.points_from_xy(nodes["x"], nodes["y"]), crs=2154
    )
    found = eg.od_matrix(eg.from_osmnx(graph), places, vehicle="car")["length_m"]
    expected = dict(nx.all_pairs_dijkstra_path_length(graph, weight="length"))
    for (start, stop), length_m in found.items():
        assert length_m == pytest.approx(expected[start][stop], abs=1e-6)

"""What an analyst may hand over by mistake is told, never answered wrongly."""

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import MultiPoint, Point, box

import eitgeo as eg
from eitgeo.errors import CrsError, SchemaError, SourceError, StudyError
from tests.roads.osm_files import NODES, write_osm


@pytest.fixture(scope="module")
def roads(tmp_path_factory):
    path = tmp_path_factory.mktemp("hostile") / "grid.osm"
    write_osm(path, {"ABCDI": {"highway": "primary"}})
    return eg.read_roads(path)


@pytest.fixture
def places():
    return gpd.GeoDataFrame(geometry=[Point(*NODES[name]) for name in "ABI"], crs=4326)


def times(roads, layer):
    return eg.od_matrix(roads, layer)["time_s"].to_numpy()


@pytest.mark.parametrize("crs", [4171, 3857, 3943, 32631])
def test_any_crs_gives_the_same_trips(roads, places, crs):
    assert times(roads, places.to_crs(crs)) == pytest.approx(
        times(roads, places), abs=0.01
    )


@pytest.mark.parametrize(
    "changed",
    [
        lambda layer: layer.geometry,
        lambda layer: layer.rename_geometry("shape"),
        lambda layer: layer.set_geometry(shapely.force_3d(layer.geometry, 120.0)),
        lambda layer: layer.set_index(pd.Index(list("xyz"), dtype="string")),
        lambda layer: layer.set_index(pd.CategoricalIndex(list("xyz"))),
        lambda layer: layer.set_index(pd.MultiIndex.from_product([["a"], [1, 2, 3]])),
    ],
    ids=["series", "named", "3d", "string", "categories", "levels"],
)
def test_the_form_of_a_layer_changes_no_trip(roads, places, changed):
    layer = changed(places)
    found = eg.od_matrix(roads, layer)
    assert found["time_s"].to_numpy().tolist() == times(roads, places).tolist()
    ends = found.index.get_level_values("origin")[::3]
    assert ends.tolist() == layer.index.tolist()


@pytest.mark.parametrize(
    ("geometry", "told"),
    [
        (MultiPoint([(0.7, 43.1)]), "row 1 is MultiPoint"),
        (box(0.7, 43.0, 0.8, 43.1), "row 1 is Polygon"),
        (Point(np.nan, np.nan), "row 1 has no"),
        (Point(np.inf, 43.1), "row 1 has no finite coordinates"),
        (Point(), "row 1 has no geometry"),
        (None, "row 1 has no geometry"),
    ],
)
def test_what_is_no_point_is_told(roads, geometry, told):
    layer = gpd.GeoDataFrame(geometry=[Point(0.7, 43.1), geometry], crs=4326)
    with pytest.raises(SchemaError, match=told):
        eg.od_matrix(roads, layer)


def test_what_is_no_road_is_told(places, roads):
    with pytest.raises(TypeError, match="read_roads or from_osmnx, got str"):
        eg.od_matrix("routes.osm", places)
    with pytest.raises(TypeError, match="got MultiDiGraph"):
        eg.to_osmnx(nx.MultiDiGraph())
    with pytest.raises(TypeError, match="a name or a Vehicle"):
        eg.od_matrix(roads, places, vehicle=None)
    with pytest.raises(StudyError, match="in degrees"):
        eg.read_roads("routes.osm", bounds=(5e5, 6.2e6, 5.1e5, 6.21e6))


def graph_at(lon, lat, **data):
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    graph.add_node("a", x=lon, y=lat)
    graph.add_node("b", x=lon + 0.01, y=lat)
    graph.add_edge("a", "b", **{"osmid": 7, "highway": "primary"} | data)
    return graph


def test_a_graph_with_text_nodes_is_taken_that_of_another_country_is_not():
    assert len(eg.from_osmnx(graph_at(0.7, 43.1, length=800.0)).edges) == 1
    for lon, lat in [(13.4, 52.5), (-71.0, 42.3), (55.4, -20.9)]:
        graph = graph_at(lon, lat, length=800.0)
        for take in (eg.from_osmnx, eg.read_roads):
            with pytest.raises(CrsError, match="outside metropolitan France"):
                take(graph)


def test_a_graph_that_osmnx_did_not_make_is_told():
    with pytest.raises(SourceError, match="add_edge_lengths"):
        eg.from_osmnx(graph_at(0.7, 43.1))
    with pytest.raises(TypeError, match="got MultiGraph"):
        eg.from_osmnx(nx.MultiGraph(crs=4326))
    bare = graph_at(0.7, 43.1, length=800.0)
    bare.graph["crs"] = None
    with pytest.raises(CrsError, match="tells no CRS"):
        eg.from_osmnx(bare)
    del bare.nodes["b"]["x"]
    bare.graph["crs"] = 4326
    with pytest.raises(SourceError, match="node 'b' has no x"):
        eg.from_osmnx(bare)


@pytest.mark.parametrize("jobs", [["3", "x", "4"], [3, None, 4], [3, -1, 4]])
def test_jobs_that_are_none_are_told(places, jobs):
    with pytest.raises(SchemaError, match="'jobs' of row 1 is"):
        eg.cluster_sites(places.assign(jobs=jobs), jobs="jobs")


def test_jobs_may_be_unknown_to_waste_but_no_text():
    sites = pd.DataFrame({"naf": ["16.10A"] * 2, "jobs": [20, None]})
    levels = sites.set_index(pd.MultiIndex.from_product([["x"], [1, 2]]))
    assert set(eg.arisings(levels).index.get_level_values("site")) == {("x", 1)}
    with pytest.raises(SchemaError, match="'jobs' of row 1 is -2"):
        eg.arisings(sites.assign(jobs=[20, -2]))


def test_zones_are_told_what_they_cannot_do(places):
    with pytest.raises(SchemaError, match="dbscan, hdbscan, got 'kmeans'"):
        eg.cluster_sites(places, method="kmeans")
    with pytest.raises(SchemaError, match="radius: above 0"):
        eg.cluster_sites(places, radius=-1)
    for call in (eg.zone_outlines, eg.zone_stability):
        with pytest.raises(SchemaError, match="site 0 is not in it"):
            call(places, pd.Series("Z001", index=list("xyz")))
    silent = places.assign(naf=["a", None, "a"])
    with pytest.raises(SchemaError, match="row 1 has no 'naf'"):
        eg.m_function(silent, "naf")
    with pytest.raises(SchemaError, match="row 1 has no 'naf'"):
        eg.kd(silent, "naf", at_m=[0.0])


def test_labels_of_one_text_are_two_sites(places):
    clash = places.set_index(pd.Index([1, "1", 2], dtype=object))
    plain = eg.cluster_sites(places, radius=50_000)
    zone = eg.cluster_sites(clash, radius=50_000)
    assert zone.tolist() == plain.tolist()
    radii_m = [40_000.0, 50_000.0]
    stable = eg.zone_stability(clash, zone, radii_m=radii_m)
    assert stable.tolist() == eg.zone_stability(places, plain, radii_m=radii_m).tolist()


def test_units_that_overlap_share_no_border_and_are_told():
    square = box(5e5, 6.2e6, 5.01e5, 6.201e6)
    beside = box(5.01e5, 6.2e6, 5.02e5, 6.201e6)
    units = gpd.GeoDataFrame(
        {"jobs": list("ab")}, geometry=[square, square.buffer(10)], crs=2154
    )
    with pytest.raises(SchemaError, match="0 and 1 overlap"):
        eg.contiguity(units)
    # A vertex that only one side has is no overlap.
    rough = units.set_geometry([square, beside.segmentize(300.0)], crs=2154)
    assert eg.contiguity(rough)["shared_border_m"].tolist() == pytest.approx([1000.0])
    with pytest.raises(SchemaError, match="'jobs' holds no numbers"):
        eg.unions_of(rough, root=0, sums=["jobs"])
    with pytest.raises(TypeError, match="a list is needed, got the text 'jobs'"):
        eg.unions_of(rough, root=0, sums="jobs")
    with pytest.raises(TypeError, match="a list is needed, got the text '31'"):
        eg.certify("31", rough)

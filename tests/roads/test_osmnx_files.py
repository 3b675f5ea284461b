"""A graph that osmnx saved is a network of a study; extracts of regions are joined."""

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import osmium
import osmnx
import pytest
import yaml
from shapely import box

import eitgeo as eg
from eitgeo.commands.new_real import new_real
from eitgeo.commands.study_text import Wanted
from eitgeo.errors import CrsError, SourceError
from eitgeo.roads.network.bd_topo_graph import way_names
from eitgeo.roads.network.osmnx_graph import graph_from_osmnx, named_ways
from eitgeo.sources.ground.osm_roads import (
    NoRoadError,
    read_osm_regions,
    read_osm_roads,
)
from eitgeo.sources.ground.osmnx_roads import read_osmnx_graph
from eitgeo.steps.files import network_files
from eitgeo.steps.roads.road_network import load_graph
from eitgeo.study.project import open_project

ROOT = Path(__file__).resolve().parents[2]
EXTRACT = ROOT / "notebooks/exemple_routes.osm"


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> Path:
    """Save the graph of an extract, lists and drawn lines included."""
    graph = osmnx.graph_from_xml(EXTRACT, retain_all=True)
    path = tmp_path_factory.mktemp("graphe") / "été.graphml"
    osmnx.save_graphml(graph, path)
    return path


def test_a_saved_graph_is_the_graph(saved) -> None:
    graph = osmnx.graph_from_xml(EXTRACT, retain_all=True)
    one, other = graph_from_osmnx(read_osmnx_graph(saved)), graph_from_osmnx(graph)
    assert one.edges.equals(other.edges)
    assert np.array_equal(one.x, other.x)
    # And a network of the library, by its file as by the graph at hand.
    assert repr(eg.read_roads(saved)) == repr(eg.from_osmnx(graph))


def test_each_edge_bears_the_number_and_the_name_of_its_way(saved) -> None:
    graph = read_osmnx_graph(saved)
    roads = graph_from_osmnx(graph)
    names = way_names(roads, named_ways(graph)).set_index("edge")
    assert len(names) == len(roads.edges)
    told = dict(zip(names["way_id"], names["ref"] + "|" + names["name"], strict=True))
    assert told[1000] == "N 125|route de la vallée"
    assert told[1001] == "D 44|route du col"


@pytest.mark.parametrize(
    ("body", "met"),
    [
        (b"", "vide"),
        (b"nom,ref\nx,1\n", "ce n'est pas du GraphML"),
        (b"<?xml version='1.0'?><graphml><graph><node", "illisible"),
    ],
)
def test_what_is_no_graph_is_refused(tmp_path, body, met) -> None:
    path = tmp_path / "a.graphml"
    path.write_bytes(body)
    with pytest.raises(SourceError, match=met):
        read_osmnx_graph(path)
    with pytest.raises(SourceError, match=r"introuvable|absent"):
        read_osmnx_graph(tmp_path / "rien.graphml")


def test_a_graph_cut_short_or_without_a_projection_is_refused(tmp_path, saved) -> None:
    whole = saved.read_bytes()
    cut = tmp_path / "cut.graphml"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError, match="graphe d'osmnx illisible"):
        read_osmnx_graph(cut)
    graph = nx.MultiDiGraph()
    graph.add_node(1, x=0.5, y=43.0)
    bare = tmp_path / "nu.graphml"
    nx.write_graphml(graph, bare)
    with pytest.raises((CrsError, SourceError), match=r"nu\.graphml"):
        read_osmnx_graph(bare)


def halves(folder: Path, *, west_of: float) -> list[Path]:
    """Cut the extract in two as producers do: ways that cross are whole in both."""
    whole = read_osm_roads(EXTRACT)
    ways = ways_of(whole)
    at = dict(zip(whole.node_id.tolist(), whole.lon.tolist(), strict=True))
    places = {way: [at[node] for node in nodes] for way, nodes in ways.items()}
    in_west = {way: min(lon) <= west_of for way, lon in places.items()}
    in_east = {way: max(lon) > west_of for way, lon in places.items()}
    assert any(in_west[way] and in_east[way] for way in ways)
    assert not all(in_west.values())
    sides = {"ouest": in_west, "est": in_east}
    for name, kept in sides.items():
        held = {node for way, nodes in ways.items() if kept[way] for node in nodes}
        extract: Any = osmium.FileProcessor(str(EXTRACT))
        with osmium.SimpleWriter(str(folder / f"{name}.osm.pbf")) as writer:
            for one in extract:
                if one.id in held if one.is_node() else kept.get(one.id, False):
                    writer.add(one)
    return [folder / f"{name}.osm.pbf" for name in sides]


def test_regions_put_together_are_the_country(tmp_path) -> None:
    whole = read_osm_roads(EXTRACT)
    paths = halves(tmp_path, west_of=0.70)
    for order in (paths, paths[::-1]):
        joined = read_osm_regions(order)
        assert np.array_equal(joined.node_id, whole.node_id)
        assert joined.lon == pytest.approx(whole.lon)
        assert ways_of(joined) == ways_of(whole)
        tags = joined.way_tags.sort_values("way_id", ignore_index=True)
        assert tags.equals(whole.way_tags.sort_values("way_id", ignore_index=True))


def ways_of(roads) -> dict[int, list[int]]:
    """Return the nodes of each way."""
    return {
        int(way): roads.node_id[roads.way_node[start:end]].tolist()
        for way, start, end in zip(
            roads.way_tags["way_id"], roads.way_start, roads.way_start[1:], strict=False
        )
    }


def test_a_region_beyond_the_study_gives_no_road(tmp_path) -> None:
    west, east = halves(tmp_path, west_of=0.70)
    box = (0.60, 42.9, 0.66, 43.12)  # in the west alone
    assert ways_of(read_osm_regions([east, west], bounds=box)) == ways_of(
        read_osm_roads(west, bounds=box)
    )
    with pytest.raises(NoRoadError, match="aucune route dans l'emprise"):
        read_osm_regions([east, west], bounds=(5.0, 45.0, 5.1, 45.1))
    broken = tmp_path / "faux.osm.pbf"
    broken.write_bytes(b"rien")
    with pytest.raises(SourceError, match="illisible"):
        read_osm_regions([west, broken], bounds=box)


def test_a_study_takes_a_saved_graph_for_its_network(tmp_path, saved) -> None:
    asked = Wanted("essai", ("couserans",), (), "", dt.date(2026, 12, 1))
    path = new_real(tmp_path / "x", asked, roads="osmnx").path
    study = yaml.safe_load(path.read_text(encoding="utf-8"))
    network = study["roads"]["network"]
    assert network.pop("elevation") == "data/raw/officiel/relief"
    path.write_text(yaml.safe_dump(study, allow_unicode=True), encoding="utf-8")
    target = path.parent / network["path"]
    target.parent.mkdir(parents=True)
    shutil.copy(saved, target)
    project = open_project(path)
    assert network_files(project) == [target]
    assert project.study.demonstration_reasons == ()
    assert "OpenStreetMap, décembre 2026" in project.study.roads.network.label
    area = gpd.GeoSeries([box(0.6, 42.88, 0.82, 43.12)], crs=4326).to_crs(2154)
    graph, names, relief = load_graph(project, gpd.GeoDataFrame(geometry=area))
    assert relief is None
    assert "N 125" in set(names["ref"])
    assert graph.edges["length_m"].sum() / 1000 == pytest.approx(62, abs=1)
    # Cut by nothing: the study names one graph, or the extracts of a folder.
    folder = path.parent / "data/raw/officiel/osm"
    folder.mkdir()
    for name in ("b.osm.pbf", "a.osm.pbf", "notes.txt"):
        (folder / name).write_bytes(b"")
    study["roads"]["network"] = {"reader": "osm", "path": "data/raw/officiel/osm"}
    path.write_text(yaml.safe_dump(study, allow_unicode=True), encoding="utf-8")
    found = network_files(open_project(path))
    assert [one.name for one in found] == ["a.osm.pbf", "b.osm.pbf"]

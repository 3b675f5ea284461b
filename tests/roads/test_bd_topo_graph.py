"""BD TOPO on the twelve nodes of ``osm_files``: the same rules, the same answers."""

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import LineString

from eitgeo.errors import SourceError
from eitgeo.roads.matrix.od_matrix import network_matrix
from eitgeo.roads.matrix.topology import build_topology, order_network
from eitgeo.roads.network.bd_topo_graph import build_bd_topo_graph
from eitgeo.roads.network.profile import edge_costs
from eitgeo.sources.ground.bd_topo import read_bd_topo_roads
from tests.roads.by_hand import CAR, LIMITS, TRUCK, check_route, lambert, places
from tests.roads.osm_files import NODES
from tests.sources.test_bd_topo import ROAD as SECTION

FREE = {
    "restriction_de_hauteur": None,
    "restriction_de_poids_total": None,
    "restriction_de_longueur": None,
    "vitesse_moyenne_vl": 90,
    "urbain": False,
}
LADDER = ("AB", "BC", "CD", "BE", "EF", "CF")


def write_sections(path, sections):
    """Write routes of node names → changes, one section a route, with z."""
    x, y = lambert(list(NODES.values()))
    spots = dict(zip(NODES, zip(x, y, strict=True), strict=True))
    rows = [
        SECTION | FREE | {"cleabs": f"TRONROUT{rank:010d}"} | changes
        for rank, changes in enumerate(sections.values(), start=1)
    ]
    lines = [
        LineString([(*np.round(spots[name], 1), 400.0) for name in route])
        for route in sections
    ]
    layer = gpd.GeoDataFrame(rows, geometry=lines, crs=2154)
    layer.to_file(path, layer="troncon_de_route", driver="GPKG")
    return path


def graph_of(tmp_path, sections):
    path = write_sections(tmp_path / "bdtopo.gpkg", sections)
    return build_bd_topo_graph(read_bd_topo_roads(path).table)


def drive(tmp_path, changes, start, stop, *, vehicle=TRUCK, routes=LADDER):
    """Return the row of ``od_matrix`` of one trip; ``changes``: route → columns."""
    sections = {route: {} for route in routes} | changes
    graph = graph_of(tmp_path, sections)
    network = order_network(graph, build_topology(graph, vehicle.kind))
    table = network_matrix(
        network,
        edge_costs(graph, vehicle),
        origins=places(start),
        destinations=places(stop),
        limits=LIMITS,
    )
    return table.iloc[0]


def test_two_way_road_is_followed_straight(tmp_path):
    check_route(drive(tmp_path, {}, "AB", "CD"), "ABCD", "AB", "CD")


@pytest.mark.parametrize("sense", ["Sens direct", "Sens inverse"])
def test_one_way_is_obeyed_whichever_way_it_is_drawn(tmp_path, sense):
    way = "CB" if sense == "Sens direct" else "BC"  # driven from C to B only
    routes = [route for route in LADDER if route != "BC"]
    changes = {way: {"sens_de_circulation": sense}}
    there = drive(tmp_path, changes, "AB", "CD", routes=routes)
    check_route(there, "ABEFCD", "AB", "CD")
    back = drive(tmp_path, changes, "CD", "AB", routes=routes)
    check_route(back, "DCBA", "CD", "AB")


@pytest.mark.parametrize(
    "changes",
    [
        {"restriction_de_hauteur": 3.5},
        {"restriction_de_poids_total": 19.0},
        {"restriction_de_longueur": 8.0},
        {"restriction_de_largeur": 2.2},
        {"prive": True},
        {"acces_vehicule_leger": "Restreint aux ayants droit"},
        {"acces_vehicule_leger": "Physiquement impossible"},
        {"nature_de_la_restriction": "Voie de bus"},
        {"nature": "Route empierrée"},
        {"nature": "Sentier"},
        {"nature": "Bac ou liaison maritime"},
        {"sens_de_circulation": "Sans objet"},
    ],
)
def test_a_truck_goes_round_what_bars_it(tmp_path, changes):
    row = drive(tmp_path, {"BC": changes}, "AB", "CD")
    check_route(row, "ABEFCD", "AB", "CD")


@pytest.mark.parametrize(
    "changes",
    [
        {"restriction_de_hauteur": 3.9},
        {"restriction_de_poids_total": 26.0},
        {"acces_vehicule_leger": "A péage"},
        {"periode_de_fermeture": "du 1er novembre au 1er mai"},
        {"fictif": True},
        {"nature": "Rond-point"},
    ],
)
def test_a_truck_takes_what_does_not_bar_it(tmp_path, changes):
    row = drive(tmp_path, {"BC": changes}, "AB", "CD")
    check_route(row, "ABCD", "AB", "CD")


def test_a_car_passes_under_what_stops_a_truck(tmp_path):
    changes: Any = {one: {"vitesse_moyenne_vl": 36} for one in LADDER}
    changes["BC"] |= {"restriction_de_hauteur": 3.5}
    row = drive(tmp_path, changes, "AB", "CD", vehicle=CAR)
    check_route(row, "ABCD", "AB", "CD")


def test_the_mean_speed_of_cars_caps_that_of_every_vehicle(tmp_path):
    # 18 km/h on BC, 36 elsewhere: 811 m more by E and F is quicker than 811 m at half.
    row = drive(tmp_path, {"BC": {"vitesse_moyenne_vl": 9}}, "AB", "CD")
    check_route(row, "ABEFCD", "AB", "CD")
    unknown = drive(tmp_path, {"BC": {"vitesse_moyenne_vl": 0}}, "AB", "CD")
    check_route(unknown, "ABCD", "AB", "CD")


def test_a_mean_speed_is_the_time_of_the_car_and_no_sign(tmp_path):
    """72 km/h is driven, not nine tenths of it, junctions and bends included."""
    slow: Any = {"limit_share": 0.9, "junction_s": 5, "yield_s": 9, "turn_s_per_rad": 2}
    drawn = graph_of(tmp_path, {one: {"vitesse_moyenne_vl": 72} for one in LADDER})
    graph = replace(drawn, edges=drawn.edges.assign(turn_rad=1.0, settled=0.5))
    length_m = np.repeat(graph.edges["length_m"].to_numpy(), 2)
    car = edge_costs(graph, replace(CAR, **slow)).time_ds / 10
    assert car == pytest.approx(length_m / 20, abs=0.051)
    # The truck is free at 36 km/h; it has its own bends and junctions.
    truck = edge_costs(graph, replace(TRUCK, **slow)).time_ds / 10
    assert (truck >= length_m / 10 + 1.9).all()
    assert (truck >= length_m / 10 + 6.9).any()


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"nature": "Type autoroutier", "importance": "1"}, "motorway"),
        ({"nature": "Route à 2 chaussées", "importance": "1"}, "trunk"),
        ({"nature": "Route à 2 chaussées", "importance": "4"}, "tertiary"),
        ({"nature": "Bretelle", "importance": "2"}, "primary_link"),
        ({"nature": "Bretelle", "importance": "5"}, "unclassified"),
        ({"importance": "1"}, "trunk"),
        ({"importance": "2"}, "primary"),
        ({"importance": "3"}, "secondary"),
        ({"importance": "4"}, "tertiary"),
        ({"importance": "5"}, "unclassified"),
        ({"importance": "5", "urbain": True}, "residential"),
        ({"importance": "6"}, "unclassified"),
    ],
)
def test_natures_and_importances_become_classes(tmp_path, changes, name):
    graph = graph_of(tmp_path, {"AB": changes})
    assert graph.edges["class"].tolist() == [name]


def test_sections_are_joined_where_nothing_changes_and_geometry_is_kept(tmp_path):
    graph = graph_of(tmp_path, {"AB": {}, "CB": {}, "CD": {"importance": "2"}})
    assert graph.edges[["class", "way_id"]].to_numpy().tolist() == [
        ["secondary", 1],
        ["primary", 3],
    ]
    ((first, second),) = [graph.lines]
    assert shapely.get_num_points([first, second]).tolist() == [3, 2]
    assert not shapely.has_z(graph.lines).any()
    ends = graph.edges[["u", "v"]].to_numpy()
    for line, (u, v) in zip(graph.lines, ends, strict=True):
        points = shapely.get_coordinates(line)
        assert points[0] == pytest.approx([graph.x[u], graph.y[u]])
        assert points[-1] == pytest.approx([graph.x[v], graph.y[v]])


def test_levels_are_bridges_and_tunnels(tmp_path):
    graph = graph_of(
        tmp_path,
        {
            "AB": {},
            "BC": {"position_par_rapport_au_sol": "1"},
            "CD": {"position_par_rapport_au_sol": "-1"},
            "DI": {"position_par_rapport_au_sol": "Gué ou radier"},
        },
    )
    assert graph.edges[["bridge", "tunnel"]].to_numpy().tolist() == [
        [False, False],
        [True, False],
        [False, True],
        [False, False],
    ]


def test_a_loop_leads_to_no_edge_from_a_node_to_itself(tmp_path):
    graph = graph_of(tmp_path, {"AB": {}, "BCFEB": {}})
    assert (graph.edges["u"] != graph.edges["v"]).all()
    assert len(graph.edges) == 3
    total = graph.edges["length_m"].sum()
    whole = graph_of(tmp_path, {"AB": {}, "BC": {}, "CF": {}, "FE": {}, "EB": {}})
    assert total == pytest.approx(whole.edges["length_m"].sum())


def test_what_is_left_out_is_counted(tmp_path):
    graph = graph_of(
        tmp_path,
        {
            "AB": {"periode_de_fermeture": "hiver"},
            "BC": {"nature": "Escalier"},
            "CD": {"prive": True},
        },
    )
    assert graph.counts == {
        "sections qui ne sont pas des routes": 1,
        "sections sans usage permis": 1,
        "sections fermées une partie de l'année, gardées ouvertes": 1,
    }


def test_an_area_without_roads_is_refused(tmp_path):
    with pytest.raises(SourceError, match="aucun tronçon carrossable"):
        graph_of(tmp_path, {"AB": {"nature": "Sentier"}})

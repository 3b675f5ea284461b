"""Extracts with what no road should have: the answer is a status or a true figure.

The drawing is that of ``osm_files``; each test spoils it in one way.
"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eitgeo.errors import SourceError, StudyError
from eitgeo.roads.matrix.od_matrix import network_matrix
from eitgeo.roads.network.graph import build_graph
from eitgeo.roads.network.profile import edge_costs
from eitgeo.sources.ground.osm_roads import read_osm_roads
from tests.roads.by_hand import (
    LIMITS,
    ROAD,
    TRUCK,
    check_route,
    drive,
    network_of,
    places,
)
from tests.roads.osm_files import IDS, NODES, length_m, write_osm

LADDER = {"AB": ROAD, "BC": ROAD, "CD": ROAD, "BE": ROAD, "EF": ROAD, "CF": ROAD}
FIGURES = ["time_s", "length_m", "ascent_m", "descent_m", "unknown_m"]
ENGINE_INFINITY = {2**31 - 1, 2**32 - 1}


def matrix_of(path, at, *, vehicle=TRUCK, limits=LIMITS):
    network = network_of(path, vehicle)
    costs = edge_costs(network.graph, vehicle)
    return network_matrix(network, costs, origins=at, destinations=at, limits=limits)


def check_told(table):
    """Hold every pair to its word: a true figure, or none and a reason."""
    known = table["status"].isin(["ok", "same_place"])
    assert table.loc[~known, FIGURES].isna().all(axis=None)
    assert np.isfinite(table.loc[known, FIGURES]).all(axis=None)
    assert (table.loc[known, ["time_s", "length_m"]] > 0).all(axis=None)
    assert (table.loc[known, FIGURES] >= 0).all(axis=None)
    for factor in (1, 10, 1_000):
        whole = set(np.rint(factor * table.loc[known, FIGURES]).to_numpy().ravel())
        assert not whole & ENGINE_INFINITY
    apart = known & (table["origin_id"] != table["destination_id"])
    # Round figures of each edge and geodesic lengths are a metre apart.
    assert (table["length_m"] >= table["straight_m"] - 12)[apart].all()


def test_two_nodes_on_one_spot_make_an_edge_of_no_length_that_is_driven(tmp_path):
    nodes = NODES | {"M": NODES["C"]}
    ways = {"AB": ROAD, "BC": ROAD, "CM": ROAD, "MD": ROAD}
    path = write_osm(tmp_path / "dessin.osm", ways, nodes=nodes)
    graph = build_graph(read_osm_roads(path))
    assert np.isfinite(graph.edges["length_m"]).all()
    table = matrix_of(path, places("AB", "CD"))
    check_told(table)
    check_route(table.iloc[1], "ABCD", "AB", "CD")
    junction = ways | {"CF": ROAD, "MK": ROAD}  # kept as an edge of its own
    path = write_osm(tmp_path / "croix.osm", junction, nodes=nodes)
    assert (build_graph(read_osm_roads(path)).edges["length_m"] == 0).any()
    table = matrix_of(path, places("AB", "CD"))
    check_told(table)
    check_route(table.iloc[1], "ABCD", "AB", "CD")


def test_a_node_named_twice_in_a_row_is_one_visit(tmp_path):
    ways = LADDER | {"BBCC": ROAD}
    del ways["BC"]
    check_route(drive(tmp_path, ways, "AB", "CD"), "ABCD", "AB", "CD")


def test_a_loop_that_names_its_first_node_twice_is_still_a_loop(tmp_path):
    row = drive(tmp_path, LADDER | {"GGBG": ROAD}, "AB", "GB")
    check_route(row, "ABG", "AB", "BG")


def test_a_way_on_one_node_alone_leads_nowhere(tmp_path):
    row = drive(tmp_path, LADDER | {"CC": ROAD, "L": ROAD}, "AB", "CD")
    check_route(row, "ABCD", "AB", "CD")


def test_the_same_way_drawn_twice_changes_nothing(tmp_path):
    check_route(drive(tmp_path, LADDER | {"CB": ROAD}, "AB", "CD"), "ABCD", "AB", "CD")


@pytest.mark.parametrize(
    "ways",
    [{"AA": ROAD}, {"AB": {"highway": "track"}}, {"AB": ROAD | {"access": "no"}}],
)
def test_an_extract_without_a_road_to_drive_is_refused(tmp_path, ways):
    path = write_osm(tmp_path / "dessin.osm", ways)
    with pytest.raises(SourceError, match=r"aucune voie qu'un véhicule[^→]*→ prendre"):
        network_of(path)


@pytest.mark.parametrize(
    "speed", ["0", "1", "9999", "1e308", "-50", "nan", "inf", "fast"]
)
def test_an_absurd_speed_counts_as_no_sign(tmp_path, speed):
    ways = LADDER | {"BC": ROAD | {"maxspeed": speed, "maxspeed:hgv": speed}}
    check_route(drive(tmp_path, ways, "AB", "CD"), "ABCD", "AB", "CD")


@pytest.mark.parametrize("kmh", [0.0, -10.0, np.nan, np.inf, 1e9])
def test_an_absurd_speed_of_the_vehicle_is_refused(tmp_path, kmh):
    vehicle = replace(TRUCK, kmh=TRUCK.kmh | {"primary": kmh})
    with pytest.raises(
        StudyError, match=r"« 26 t »[^→]*140 km/h sur « primary »[^→]*→"
    ):
        drive(tmp_path, LADDER, "AB", "CD", vehicle=vehicle)


def test_places_that_are_all_off_road_make_a_table_of_reasons(tmp_path):
    path = write_osm(tmp_path / "dessin.osm", {"AB": ROAD, "BC": ROAD})
    table = matrix_of(path, places("L", "K", "J"))
    assert table["status"].tolist() == ["snap_too_far"] * 9
    check_told(table)


def test_no_place_at_all_makes_an_empty_table(tmp_path):
    path = write_osm(tmp_path / "dessin.osm", LADDER)
    table = matrix_of(path, places("AB").iloc[:0])
    assert len(table) == 0
    assert {"status", *FIGURES} <= set(table.columns)


def test_places_all_out_of_the_extract_say_so(tmp_path):
    path = write_osm(tmp_path / "dessin.osm", LADDER)
    away = places("AB", "CD").assign(x=lambda t: t["x"] + 2e5)
    table = matrix_of(path, away)
    assert set(table["status"]) == {"outside_extract"}
    check_told(table)


def test_a_vehicle_too_tall_for_every_road_reaches_nothing(tmp_path):
    low = {route: tags | {"maxheight": "3"} for route, tags in LADDER.items()}
    path = write_osm(tmp_path / "dessin.osm", low)
    table = matrix_of(path, places("AB", "CD"))
    assert set(table["status"]) == {"forbidden_to_profile"}
    check_told(table)


def test_two_places_of_different_names_on_one_spot_are_not_at_no_distance(tmp_path):
    path = write_osm(tmp_path / "dessin.osm", LADDER)
    twice = places("AB").iloc[[0, 0]].assign(place_id=["un", "deux"])
    table = matrix_of(path, twice)
    assert set(table["status"]) == {"same_place"}
    assert (table["length_m"] >= 100).all()


def test_a_road_to_a_node_that_is_missing_stops_there(tmp_path):
    path = write_osm(tmp_path / "dessin.osm", LADDER | {"CDI": ROAD})
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if f'<node id="{IDS["I"]}"' not in line]
    path.write_text("\n".join(kept), encoding="utf-8")
    table = matrix_of(path, places("AB", "CD", "I"))
    check_told(table)
    assert table["status"].tolist()[1:3] == ["ok", "snap_too_far"]


TAGS = [
    {},
    {"oneway": "yes"},
    {"oneway": "-1"},
    {"maxspeed": "9999"},
    {"hgv": "no"},
    {"hgv": "destination"},
    {"maxheight": "2"},
    {"maxweight": "0"},
    {"junction": "roundabout"},
    {"highway": "track"},
    {"highway": "motorway"},
]
# M stands where B does, N a metre beside C.
SPOTS = NODES | {"M": NODES["B"], "N": (NODES["C"][0] + 1e-5, NODES["C"][1])}


@st.composite
def drawings(draw):
    """Draw ways over the nodes, some of them absurd, with what their tags say."""
    route = st.text("".join(SPOTS), min_size=2, max_size=4)
    ways = draw(st.lists(route, min_size=1, max_size=8, unique=True))
    return {way: ROAD | draw(st.sampled_from(TAGS)) for way in ways}


def closed(tags):
    """Say whether neither a truck nor a car may drive there."""
    return tags["highway"] == "track"


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(ways=drawings())
def test_any_drawing_gives_true_figures_or_reasons(tmp_path, ways):
    path = write_osm(tmp_path / "dessin.osm", ways, nodes=SPOTS)
    try:
        network = network_of(path)
    except SourceError as error:
        assert "aucune" in str(error)  # noqa: PT017
        assert all(len(set(way)) == 1 or closed(tags) for way, tags in ways.items())
        return
    at = places("AB", "BC", "EF", "D", "M", "N", nodes=SPOTS)
    costs = edge_costs(network.graph, TRUCK)
    table = network_matrix(network, costs, origins=at, destinations=at, limits=LIMITS)
    check_told(table)
    assert len(table) == 36


def test_the_hand_drawn_lengths_are_those_of_the_ground():
    """A check of the checks: 0.01° of latitude is 1.11 km."""
    assert length_m("BG") == pytest.approx(1_111, abs=1)


def test_entities_of_xml_are_refused(tmp_path):
    laughs = "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)
    ).replace("&a0;", "ha")
    path = tmp_path / "a.osm"
    path.write_text(
        f'<?xml version="1.0"?><!DOCTYPE osm [{laughs}]><osm version="0.6">&a11;</osm>'
    )
    with pytest.raises(SourceError, match=r"a\.osm"):
        read_osm_roads(path)

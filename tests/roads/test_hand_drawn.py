"""Twelve nodes, every rule, the answers worked out by hand (see ``osm_files``)."""

from dataclasses import replace

import pytest

from eitgeo.roads.matrix.od_matrix import network_matrix
from eitgeo.roads.network.profile import edge_costs
from tests.roads.by_hand import (
    CAR,
    LIMITS,
    ROAD,
    TRUCK,
    check_route,
    drive,
    network_of,
    places,
)
from tests.roads.osm_files import length_m, write_osm

LADDER = {"AB": ROAD, "BC": ROAD, "CD": ROAD, "BE": ROAD, "EF": ROAD, "CF": ROAD}
LOOP = {"AB": ROAD, "BC": ROAD, "CF": ROAD, "EF": ROAD, "BE": ROAD, "BG": ROAD}
WIDE = LADDER | {"FK": ROAD, "DK": ROAD, "BG": ROAD, "DI": ROAD}


def test_two_way_road_is_followed_straight(tmp_path):
    check_route(drive(tmp_path, LADDER, "AB", "CD"), "ABCD", "AB", "CD")


@pytest.mark.parametrize("closed", [{"oneway": "yes"}, {"oneway": "-1"}])
def test_one_way_is_obeyed_whichever_way_it_is_drawn(tmp_path, closed):
    way = "CB" if closed["oneway"] == "yes" else "BC"  # driven from C to B only
    ways = {key: tags for key, tags in LADDER.items() if key != "BC"}
    ways[way] = ROAD | closed
    check_route(drive(tmp_path, ways, "AB", "CD"), "ABEFCD", "AB", "CD")
    check_route(drive(tmp_path, ways, "CD", "AB"), "DCBA", "CD", "AB")


def test_roundabout_and_motorway_are_one_way_without_saying(tmp_path):
    for tags in (
        {"highway": "primary", "junction": "roundabout"},
        {"highway": "motorway"},
    ):
        ways = {key: kept for key, kept in LADDER.items() if key != "BC"} | {"CB": tags}
        check_route(drive(tmp_path, ways, "AB", "CD"), "ABEFCD", "AB", "CD")


@pytest.mark.parametrize(
    ("says", "route"), [({}, "ABCD"), ({"oneway": "yes"}, "ABEFCD")]
)
def test_a_link_of_a_motorway_goes_both_ways_unless_it_says_no(tmp_path, says, route):
    link = {"highway": "motorway_link"} | says
    ways = {key: kept for key, kept in LADDER.items() if key != "BC"} | {"CB": link}
    check_route(drive(tmp_path, ways, "AB", "CD"), route, "AB", "CD")
    check_route(drive(tmp_path, ways, "CD", "AB"), "DCBA", "CD", "AB")


def test_no_left_turn_is_obeyed_and_not_dodged_by_turning_back(tmp_path):
    banned = [("no_left_turn", "AB", "B", "BG")]
    row = drive(tmp_path, LOOP, "AB", "BG", restrictions=banned)
    # Not A B C B G: coming straight back is not allowed either.
    check_route(row, "ABEFCBG", "AB", "BG")
    other = drive(tmp_path, LOOP, "BC", "BG", restrictions=banned)
    check_route(other, "CBG", "BC", "BG")


def test_only_straight_on_bars_every_other_way_out(tmp_path):
    forced = [("only_straight_on", "AB", "B", "BC")]
    row = drive(tmp_path, WIDE, "AB", "BE", restrictions=forced)
    check_route(row, "ABCFEB", "AB", "BE")


def test_a_turn_over_a_way_between_is_forbidden_as_a_whole(tmp_path):
    banned = [("no_right_turn", "AB", ["BC"], "CF")]
    row = drive(tmp_path, WIDE, "AB", "CF", restrictions=banned)
    check_route(row, "ABEFC", "AB", "CF")
    other = drive(tmp_path, WIDE, "BG", "CF", restrictions=banned)
    check_route(other, "GBCF", "BG", "CF")


@pytest.mark.parametrize(
    ("more", "vehicle", "route"),
    [
        ({"except": "hgv"}, None, "ABG"),
        ({"except": "motorcar;hgv"}, CAR, "ABG"),
        ({"except": "bicycle"}, None, "ABEFCBG"),
        ({"restriction": "", "restriction:hgv": "no_left_turn"}, None, "ABEFCBG"),
        ({"restriction": "", "restriction:hgv": "no_left_turn"}, CAR, "ABG"),
    ],
)
def test_a_turn_is_forbidden_to_those_it_names(tmp_path, more, vehicle, route):
    banned = [("no_left_turn", "AB", "B", "BG", more)]
    kind = {} if vehicle is None else {"vehicle": vehicle}
    row = drive(tmp_path, LOOP, "AB", "BG", restrictions=banned, **kind)
    check_route(row, route, "AB", "BG")


@pytest.mark.parametrize(
    "tags",
    [
        {"maxheight": "3.5"},
        {"maxheight": "11'6\""},
        {"maxweight": "19"},
        {"maxweight": "7500 kg"},
        {"maxweightrating": "3,5 t"},
        {"maxlength": "8"},
        {"maxwidth": "2.2 m"},
        {"hgv": "no"},
        {"access": "destination"},
        {"hgv": "delivery"},
    ],
)
def test_a_truck_goes_round_what_bars_it(tmp_path, tags):
    row = drive(tmp_path, LADDER | {"BC": ROAD | tags}, "AB", "CD")
    check_route(row, "ABEFCD", "AB", "CD")


@pytest.mark.parametrize(
    "tags",
    [
        {"maxheight": "3.9"},
        {"maxheight": "default"},
        {"maxheight": "none"},
        {"maxweight": "26"},
        {"motor_vehicle": "no", "hgv": "yes"},
        {"access": "no", "motor_vehicle": "permissive"},
    ],
)
def test_a_truck_takes_what_does_not_bar_it(tmp_path, tags):
    row = drive(tmp_path, LADDER | {"BC": ROAD | tags}, "AB", "CD")
    check_route(row, "ABCD", "AB", "CD")


def test_a_car_passes_where_a_truck_does_not(tmp_path):
    ways = LADDER | {"BC": ROAD | {"maxheight": "3.5", "hgv": "no"}}
    check_route(drive(tmp_path, ways, "AB", "CD", vehicle=CAR), "ABCD", "AB", "CD")


def test_a_reach_only_road_may_end_a_trip_and_start_one(tmp_path):
    ways = LADDER | {"BC": ROAD | {"hgv": "destination"}}
    check_route(drive(tmp_path, ways, "AB", "BC"), "ABC", "AB", "BC")
    check_route(drive(tmp_path, ways, "BC", "CD"), "BCD", "BC", "CD")
    # Out of it and into it again, not through it.
    check_route(drive(tmp_path, ways, "BE", "BC"), "EBC", "BE", "BC")


def test_a_bollard_parts_the_road_and_both_sides_are_reached(tmp_path):
    wall = {"C": {"barrier": "bollard"}}
    ways = WIDE | {"BCD": ROAD}
    del ways["BC"], ways["CD"], ways["CF"]
    row = drive(tmp_path, ways, "BC", "CD", barriers=wall)
    check_route(row, "CBEFKDC", "BC", "CD")
    free = drive(tmp_path, ways, "BC", "CD", barriers={"C": {"barrier": "gate"}})
    check_route(free, "BCD", "BC", "CD")


def test_a_low_height_restrictor_stops_a_truck_not_a_car(tmp_path):
    wall = {"C": {"barrier": "height_restrictor", "maxheight": "2.1"}}
    ways = WIDE | {"BCD": ROAD}
    del ways["BC"], ways["CD"], ways["CF"]
    row = drive(tmp_path, ways, "BC", "CD", barriers=wall)
    check_route(row, "CBEFKDC", "BC", "CD")
    row = drive(tmp_path, ways, "BC", "CD", barriers=wall, vehicle=CAR)
    check_route(row, "BCD", "BC", "CD")


def test_a_dead_end_is_driven_into_and_out_of(tmp_path):
    ways = LADDER | {"EL": ROAD}
    check_route(drive(tmp_path, ways, "EL", "AB"), "LEBA", "EL", "AB")
    check_route(drive(tmp_path, ways, "AB", "EL"), "ABEL", "AB", "EL")


def status(tmp_path, ways, start, stop, **more):
    row = drive(tmp_path, ways, start, stop, **more)
    figures = row[["time_s", "length_m", "ascent_m", "descent_m", "unknown_m"]]
    assert figures.isna().all()
    return row["status"]


def test_what_only_a_ferry_reaches_is_too_far(tmp_path):
    ways = WIDE | {"IJ": {"route": "ferry"}}
    assert status(tmp_path, ways, "AB", "J") == "snap_too_far"


def test_a_road_that_is_never_left_is_a_trap(tmp_path):
    ways = LADDER | {"EL": ROAD | {"oneway": "yes"}}
    assert status(tmp_path, ways, "EL", "AB") == "one_way_trap"
    assert status(tmp_path, ways, "AB", "EL") == "one_way_trap"


def test_an_island_of_roads_is_another_component(tmp_path):
    ways = LADDER | {"IJ": ROAD}
    assert status(tmp_path, ways, "AB", "IJ") == "other_component"


def test_a_place_on_a_road_barred_to_trucks_is_forbidden_to_them(tmp_path):
    ways = LADDER | {"IJ": ROAD | {"hgv": "no"}}
    assert status(tmp_path, ways, "IJ", "AB") == "forbidden_to_profile"


def test_a_vehicle_too_tall_to_leave_its_yard_is_forbidden(tmp_path):
    tags = ROAD | {"maxheight": "2"}
    assert status(tmp_path, LADDER | {"IJ": tags}, "IJ", "AB") == "forbidden_to_profile"


def test_a_place_out_of_the_extract_says_so(tmp_path):
    path_nodes = {"A": (0.7, 43.1), "B": (0.71, 43.1), "Z": (0.9, 43.3)}

    path = write_osm(
        tmp_path / "d.osm", {"AB": ROAD}, nodes={k: path_nodes[k] for k in "AB"}
    )
    network = network_of(path)
    table = network_matrix(
        network,
        edge_costs(network.graph, TRUCK),
        origins=places("AB", nodes=path_nodes),
        destinations=places("Z", nodes=path_nodes),
        limits=LIMITS,
    )
    assert table["status"].tolist() == ["outside_extract"]


def test_a_trip_past_the_limit_says_so(tmp_path):

    short = replace(LIMITS, max_minutes=1.0)
    assert status(tmp_path, LADDER, "AB", "CD", limits=short) == "beyond_limit"


def test_two_places_on_one_edge_go_along_it(tmp_path):
    ways = {"ABC": ROAD}
    check_route(drive(tmp_path, ways, "AB", "BC"), "ABC", "AB", "BC")
    check_route(drive(tmp_path, ways, "BC", "AB"), "CBA", "BC", "AB")


def test_against_a_one_way_edge_it_goes_round(tmp_path):
    ways = {"ABC": ROAD | {"oneway": "yes"}, "CFEA": ROAD}
    row = drive(tmp_path, ways, "BC", "AB")
    check_route(row, "BCFEAB", "BC", "AB")
    check_route(drive(tmp_path, ways, "AB", "BC"), "ABC", "AB", "BC")


def test_the_same_place_is_not_at_no_distance(tmp_path):
    row = drive(tmp_path, LADDER, "AB", "AB")
    assert row["status"] == "same_place"
    assert row["length_m"] == pytest.approx(100.0, abs=1)


def test_metres_of_unknown_limits_are_counted_on_the_path(tmp_path):
    known = ROAD | {"maxheight": "4.5", "maxweight": "44"}
    ways = {"AB": known, "BC": ROAD, "CD": known}
    row = drive(tmp_path, ways, "AB", "CD")

    assert row["unknown_m"] == pytest.approx(length_m("BC"), abs=1)

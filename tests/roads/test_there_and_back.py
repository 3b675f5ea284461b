"""One comes back as one goes, and large roads lead somewhere: else no seat."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from eitgeo.cli.ask.status import road_fault
from eitgeo.disclosure.door import ground
from eitgeo.roads.matrix.od_matrix import Limits, network_matrix
from eitgeo.roads.matrix.topology import build_topology, order_network
from eitgeo.roads.network.graph import build_graph
from eitgeo.roads.network.profile import add_settled, edge_costs, fleet
from eitgeo.roads.questions.report import (
    limit_sentence,
    return_check,
    road_islands,
    trap_check,
)
from eitgeo.roads.questions.seats import no_seats
from eitgeo.sources.ground.osm_roads import read_osm_roads
from eitgeo.steps.roads import road_reach
from eitgeo.tables.files import write_table
from tests.roads.by_hand import (
    LIMITS,
    ROAD,
    TRUCK,
    check_route,
    drive,
    lambert,
    network_of,
)
from tests.roads.by_hand import places as places_of
from tests.roads.osm_files import NODES, length_m, write_osm

DATA = Path(__file__).parents[2] / "data" / "raw"
ROOT, NEAR_M = "31483", 25_000.0
BOX = shapely.box(0, 0, 2e6, 1e7)
ONE_WAY = ROAD | {"oneway": "yes"}
# Straight from AB to CD; back by E and F where BC is one-way: 3 km more, 3.7 min.
THERE, BACK = {"AB": ROAD, "CD": ROAD}, {"BEFC": ROAD}


def returns(tmp_path, middle, *, root="AB"):
    network = network_of(write_osm(tmp_path / "r.osm", THERE | BACK | middle))
    towns = places_of("AB", "CD")
    pairs = network_matrix(
        network,
        edge_costs(network.graph, TRUCK),
        origins=towns,
        destinations=towns,
        limits=LIMITS,
    )
    return return_check(pairs, root, profile="truck")


def test_a_way_back_that_is_much_longer_is_a_fault(tmp_path):
    row, listed = returns(tmp_path, {"BC": ONE_WAY})
    assert (row["check"], row["pairs"], row["outliers"]) == (
        "retour ÷ aller, poids lourd",
        1,
        1,
    )
    # CD goes to AB the long way round.
    assert listed[["origin_id", "destination_id"]].to_numpy().tolist() == [["CD", "AB"]]
    longer_s = (length_m("BEFC") - length_m("BC")) / 10
    assert float((listed["theirs"] - listed["ours"]).iloc[0]) == pytest.approx(
        longer_s, abs=1
    )
    told = no_seats(pd.DataFrame([row]))
    assert told.startswith("aucun siège calculé, routes à vérifier : 100,0")
    assert "en poids lourd" in told


def test_roads_that_go_both_ways_are_sound(tmp_path):
    row, listed = returns(tmp_path, {"BC": ROAD})
    assert row["median"] == pytest.approx(1.0, abs=0.01)
    assert (row["outliers"], row["fault"]) == (0, "")
    assert listed.empty
    assert no_seats(pd.DataFrame([row])) == ""


def test_a_place_that_one_never_leaves_has_no_way_back():
    ends = [("A", "B", 600.0, "ok"), ("B", "A", np.nan, "one_way_trap")]
    pairs = pd.DataFrame(
        ends, columns=["origin_id", "destination_id", "time_s", "status"]
    ).assign(profile="car")
    row, listed = return_check(pairs, "B", profile="car")
    assert row["outliers"] == 1
    assert listed["ratio"].isna().all()
    beyond = pairs.assign(status=["ok", "beyond_limit"])
    assert return_check(beyond, "B", profile="car")[0]["pairs"] == 0


@pytest.mark.parametrize(
    ("kind", "area", "faulty"),
    [
        ("motorway", BOX, True),
        ("primary", BOX, False),
        ("motorway", shapely.box(0, 0, 1, 1), False),
    ],
)
def test_a_motorway_that_traps_is_a_fault_inside_the_area(tmp_path, kind, area, faulty):
    ways = {"ABCD": ROAD, "CH": {"highway": kind, "oneway": "yes"}}
    network = network_of(write_osm(tmp_path / "t.osm", ways))
    islands = road_islands(network, edge_costs(network.graph, TRUCK), profile="truck")
    row = trap_check(islands, area, profile="truck")
    assert row["outliers"] == faulty
    assert ("1,1" in str(row["fault"])) == faulty
    assert bool(no_seats(pd.DataFrame([row]))) == faulty


def test_an_end_of_road_at_the_very_place_of_another_is_joined(tmp_path):
    nodes = NODES | {"X": NODES["B"]}
    row = drive(
        tmp_path, dict.fromkeys(("AB", "XC", "CD"), ROAD), "AB", "CD", nodes=nodes
    )
    check_route(row, "ABCD", "AB", "CD")
    # A bridge over a road ends neither: nothing is joined.
    over = dict.fromkeys(("ABC", "GXE"), ROAD)
    assert drive(tmp_path, over, "A", "G", nodes=nodes)["status"] != "ok"


def around_saint_gaudens(roads, halls):
    """Hold trips of the shipped roads against their way back."""
    graph, car = add_settled(build_graph(roads)), fleet()["car"]
    network = order_network(graph, build_topology(graph, "car"))
    root = halls["place_id"].eq(ROOT)
    ways = [
        network_matrix(
            network,
            edge_costs(graph, car),
            origins=halls[origins],
            destinations=halls[destinations],
            limits=Limits(15_000.0, 240.0, 40.0, 2.0),
            labels=("car", ""),
        )
        for origins, destinations in ((root, ~root), (~root, root))
    ]
    return return_check(pd.concat(ways), ROOT, profile="car")[0]


def test_the_shipped_roads_are_sound_and_the_former_rule_is_seen():
    communes = gpd.read_file(DATA / "communes.geojson")
    x, y = lambert(communes[["seat_lon", "seat_lat"]].to_numpy())
    near = np.hypot(x - 528e3, y - 6_230e3) < NEAR_M
    named = {"place_id": communes["code_insee"], "place_kind": "commune"}
    halls = pd.DataFrame(named | {"x": x, "y": y, "inner_m": 500.0})[near]
    seats = communes.loc[near, ["seat_lon", "seat_lat"]].to_numpy()
    box = (*seats.min(axis=0), *seats.max(axis=0))
    roads = read_osm_roads(DATA / "osm_roads_2021.osm.pbf", bounds=box)
    assert around_saint_gaudens(roads, halls)["fault"] == ""
    # Links of motorways that say nothing were taken for one-way.
    silent = roads.way_tags["oneway"].eq("")
    links = silent & roads.way_tags["highway"].eq("motorway_link")
    roads.way_tags.loc[links, "oneway"] = "yes"
    former = around_saint_gaudens(roads, halls)
    assert former["outliers"] > 0.1 * former["pairs"]
    assert "en voiture" in str(former["fault"])


FAULTY = pd.DataFrame(
    {
        "check": ["retour ÷ aller, voiture", "détour"],
        "pairs": [10, 10],
        **dict.fromkeys(("p05", "p25", "median", "p75", "p95"), 1.0),
        "outliers": [2, 0],
        "fault": ["20 % des trajets", ""],
    }
)
WHY = "aucun siège calculé, routes à vérifier : 20 % des trajets"


def test_no_seat_is_computed_on_faulty_roads_and_everyone_says_why(tmp_path):
    write_table(tmp_path, FAULTY, table="road_checks")
    project: Any = SimpleNamespace(
        processed=tmp_path,
        study=SimpleNamespace(comparison=SimpleNamespace(seat_min_population=1)),
    )
    communes, pairs = pd.DataFrame(), pd.DataFrame()
    seats, note = road_reach._seats(project, communes, pairs)  # noqa: SLF001
    assert (len(seats), note) == (0, WHY)
    assert road_fault(project) == WHY
    # The page of « what if » and that of refusals have no town to choose a seat among.
    communes = pd.DataFrame(
        {"code_insee": ["31001"], "population": [10], "in_area": [True]}
    )
    way = ("31001", "31001", "car", 60.0)
    pairs = pd.DataFrame(
        [way], columns=["origin_id", "destination_id", "profile", "time_s"]
    )
    for checks, towns in ((FAULTY, []), (FAULTY.iloc[1:], ["31001"])):
        found = ground.minutes(project, communes, pairs, checks)
        assert found.columns.tolist() == towns
    # The dossier says it last.
    report = pd.DataFrame(columns=["topic", "subject", "value", "unit"])
    assert limit_sentence(report, FAULTY) == f"A{WHY[1:]}."

"""The graph laid out in tables, written, read back: equal to the last bit."""

import numpy as np
import pandas as pd
import pytest

from eitgeo.errors import SourceError
from eitgeo.roads.matrix.topology import build_topology, order_network
from eitgeo.roads.network.climb import without_climb
from eitgeo.roads.network.graph import build_graph
from eitgeo.roads.network.graph_tables import (
    graph_of_tables,
    graph_tables,
    name_table,
    names_of_table,
    no_graph_tables,
)
from eitgeo.roads.network.profile import add_settled, edge_costs
from eitgeo.roads.network.tags import STATED
from eitgeo.roads.questions.report import island_report, known_limits, road_islands
from eitgeo.sources.ground.osm_roads import read_osm_roads
from eitgeo.tables.files import read_table, write_table
from eitgeo.tables.schema import validate
from tests.roads.by_hand import ROAD, TRUCK
from tests.roads.extracts import graph_of
from tests.roads.osm_files import length_m, write_osm

WAYS = {
    "AB": ROAD | {"maxheight": "none", "maxspeed": "none", "toll": "yes"},
    "BC": ROAD | {"maxweight": "44"},
    "BG": ROAD | {"oneway": "yes"},
    "CD": ROAD | {"hgv": "destination", "bridge": "yes"},
    "BE": ROAD | {"tunnel": "yes", "maxspeed:hgv": "60"},
    "EF": ROAD | {"hgv": "no"},
    "CF": ROAD,
    "IJ": ROAD,
}


@pytest.fixture
def graph(tmp_path):
    path = write_osm(
        tmp_path / "a.osm",
        WAYS,
        restrictions=[("no_left_turn", "AB", "B", "BE")],
        barriers={"F": {"barrier": "bollard"}},
    )
    return add_settled(without_climb(build_graph(read_osm_roads(path))))


def there_and_back(graph, folder):
    tables = graph_tables(graph)
    for name, rows in tables.items():
        write_table(folder, rows, table=name)
    return graph_of_tables({name: read_table(folder, name) for name in tables})


def assert_same(one, other):
    pd.testing.assert_frame_equal(one.edges, other.edges[list(one.edges.columns)])
    np.testing.assert_array_equal(one.x, other.x)
    np.testing.assert_array_equal(one.y, other.y)
    for mine, theirs in zip(one.lines, other.lines, strict=True):
        assert mine.wkb == theirs.wkb
    assert one.forbidden == other.forbidden
    assert one.ground.wkb == other.ground.wkb
    assert one.counts == other.counts
    assert one.signs == other.signs


def test_a_drawn_graph_comes_back_as_it_was(graph, tmp_path):
    assert graph.forbidden["truck"]
    assert np.isinf(graph.edges["max_height_m"]).any()
    assert_same(graph, there_and_back(graph, tmp_path / "out"))


def test_andorra_comes_back_as_it_was(tmp_path):
    graph = add_settled(without_climb(graph_of("andorra")))
    assert_same(graph, there_and_back(graph, tmp_path / "out"))


def test_tables_of_two_networks_are_refused(graph):
    tables = graph_tables(graph)
    tables["road_lines"] = tables["road_lines"].iloc[1:].reset_index(drop=True)
    with pytest.raises(SourceError, match=r"road_lines ne vont pas ensemble → "):
        graph_of_tables(tables)


def test_what_the_extract_says_is_counted_among_its_ways(graph):
    report = graph_tables(graph)["road_report"]
    told = report[report["topic"] == "signale"].set_index("subject")
    assert told["value"].to_dict() == {
        "voies lues": 8,
        "vitesse signalée": 2,
        "masse permise": 1,
        "hauteur permise": 1,
        "largeur permise": 0,
        "longueur permise": 0,
        "accès réglé": 2,
        "sens de circulation": 1,
        "rond-point": 0,
        "péage": 1,
        "interdictions de tourner": 1,
        "barrières": 1,
    }
    assert told["unit"].to_dict() == {
        what: "sur 8" if what in STATED else "nombre" for what in told.index
    }


def test_what_a_truck_may_do_is_told_in_words(graph):
    edges = graph_tables(graph)["road_edges"]
    by_class = graph.edges.assign(hgv=edges["hgv"])
    assert by_class.loc[by_class["bridge"], "hgv"].tolist() == ["destination"]
    shut = by_class["truck_forward"].eq(0) & by_class["truck_backward"].eq(0)
    assert set(by_class.loc[shut, "hgv"]) == {"no"}
    one_way = by_class["truck_forward"].eq(1) & by_class["truck_backward"].eq(0)
    assert set(by_class.loc[one_way, "hgv"]) == {"yes"}
    assert not np.isinf(edges["max_height_m"]).any()


def test_the_surrogate_leaves_tables_without_a_row(tmp_path):
    for name, rows in no_graph_tables().items():
        assert len(rows) == 0
        write_table(tmp_path, rows, table=name)
        assert len(read_table(tmp_path, name)) == 0


def test_islands_are_listed_with_why(graph):
    network = order_network(graph, build_topology(graph, "truck"))
    islands = road_islands(network, edge_costs(graph, TRUCK), profile="truck")
    length = islands.set_index("reason")["length_m"]
    assert length.to_dict() == {
        "one_way_trap": pytest.approx(length_m("BG")),
        "other_component": pytest.approx(length_m("IJ")),
    }
    told = island_report(islands).set_index("subject")["value"]
    km = told["poids lourd : sans lien avec le réseau principal"]
    assert km == pytest.approx(length_m("IJ") / 1000)
    assert told.filter(like="voiture").eq(0).all()


def test_shares_of_unknown_limits_are_of_the_length_open_to_trucks(graph):
    told = known_limits(graph).set_index("subject")["value"]
    # AB says that there is no limit of height; EF is barred to trucks.
    open_m = sum(length_m(way) for way in WAYS if way != "EF")
    unknown_m = open_m - length_m("AB")
    share = told["hauteur inconnue : toutes les routes"]
    assert share == pytest.approx(100 * unknown_m / open_m)
    assert told["masse inconnue : primary"] == pytest.approx(
        100 * (1 - length_m("BC") / open_m)
    )


def test_names_come_back_as_they_were_read():
    names = pd.DataFrame(
        {
            "edge": [0, 0, 12],
            "way_id": [7, 9, 7],
            "ref": ["D 4", "", "N 125"],
            "name": ["", "Rue", ""],
        }
    )
    table = validate(name_table(names), table="road_names", where="essai")
    assert table["edge_id"].tolist() == ["e00000000", "e00000000", "e00000012"]
    pd.testing.assert_frame_equal(names_of_table(table), names, check_dtype=False)

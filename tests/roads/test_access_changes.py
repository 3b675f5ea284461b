"""What a closure changes, by hand; the trips of a study; communes reached in time."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from eitgeo.errors import SchemaError
from eitgeo.roads.network.bd_topo_graph import build_bd_topo_graph, section_names
from eitgeo.roads.network.closures import find_closures
from eitgeo.roads.questions.criticality import (
    access_changes,
    study_pairs,
    worst_change,
)
from eitgeo.roads.questions.isochrones import reached_communes
from eitgeo.sources.ground.bd_topo import read_bd_topo_roads
from eitgeo.study.roads import RoadClosure
from tests.roads.test_bd_topo_graph import write_sections


def table(**minutes):
    """Lay out a matrix: « ab=20 » is 20 min from a to b; None has no way."""
    rows = [
        (pair[0], pair[1], np.nan if m is None else 60.0 * m, "ok" if m else "x")
        for pair, m in minutes.items()
    ]
    names = ["origin_id", "destination_id", "time_s", "status"]
    return pd.DataFrame(rows, columns=names).replace({"x": "other_component"})


def test_later_and_cut_off_pairs_are_told_and_the_others_are_not():
    before = table(ab=20, cb=30, db=40, eb=None)
    after = table(db=None, ab=20, cb=45, eb=None)
    found = access_changes(before, after)
    assert found["origin_id"].tolist() == ["c", "d"]
    assert found["open_min"].tolist() == [30, 40]
    assert found["closed_min"].iloc[0] == 45
    assert np.isnan(found["closed_min"].iloc[1])
    assert found["status"].tolist() == ["ok", "other_component"]
    worst = worst_change(found)
    assert worst is not None
    assert worst[["origin_id", "destination_id"]].tolist() == ["c", "b"]


def test_without_a_change_there_is_no_row_and_no_worst():
    before = table(ab=20, cb=30)
    found = access_changes(before, before)
    assert len(found) == 0
    assert worst_change(found) is None


def test_where_all_are_cut_off_the_first_is_the_worst():
    found = access_changes(table(ab=20, cb=30), table(ab=None, cb=None))
    worst = worst_change(found)
    assert worst is not None
    assert worst[["origin_id", "destination_id"]].tolist() == ["a", "b"]


def test_tables_of_other_pairs_are_refused():
    with pytest.raises(SchemaError, match="2 paires d'un seul des deux calculs"):
        access_changes(table(ab=20, cb=30), table(ab=20, db=30))


EXCHANGES = pd.DataFrame(
    {
        "code_a": ["1", "1", "2", "2", "9"],
        "code_b": ["2", "3", "2", "3", "1"],
        "t_mid": [5.0, 50.0, 7.0, 1.0, 99.0],
    }
)


def test_exchanges_and_ways_to_towns_are_apart():
    before = EXCHANGES.copy()
    found = study_pairs(["1", "2", "3"], ["3", "2"], EXCHANGES)
    # Outside of the area, and inside of one commune, there is no trip.
    assert found.exchanges.to_numpy().tolist() == [[0, 1, 5], [0, 2, 50], [1, 2, 1]]
    pairs = found.access[["origin", "destination"]].to_numpy().tolist()
    assert pairs == [[0, 1], [0, 2], [1, 2], [2, 1]]
    assert found.access["mass_t"].eq(0).all()
    assert found.left_out == 0
    pd.testing.assert_frame_equal(EXCHANGES, before)


def test_the_lightest_exchanges_are_left_out_and_counted():
    found = study_pairs(["1", "2", "3"], ["1"], EXCHANGES, max_exchanges=2)
    assert found.exchanges["mass_t"].tolist() == [5, 50]
    assert found.left_out == 1


def test_communes_reached_are_joined_by_bands():
    shapes = [box(1000 * n, 0, 1000 * (n + 1), 1000) for n in range(4)]
    communes = gpd.GeoDataFrame(
        {"code_insee": ["1", "2", "3", "4"]}, geometry=shapes, crs=2154
    )
    pairs = pd.DataFrame(
        {
            "destination_id": ["1", "2", "3", "4"],
            "time_s": [60.0, 600.0, 1500.0, np.nan],
            "status": ["same_place", "ok", "ok", "beyond_limit"],
        }
    )
    found = reached_communes(communes, pairs, minutes=(30, 10))
    assert found["minutes"].tolist() == [10, 30]
    assert found["area_km2"].tolist() == [2, 3]
    assert found.geometry.iloc[1].equals(box(0, 0, 3000, 1000))
    assert found.crs.to_epsg() == 2154


def test_a_number_of_bd_topo_closes_the_edges_of_its_sections(tmp_path):
    numbers = {"AB": "D618", "BC": "D618", "CD": "D44", "BE": "", "EF": "", "CF": ""}
    changes = {route: {"cpx_numero": number} for route, number in numbers.items()}
    path = write_sections(tmp_path / "bdtopo.gpkg", changes)
    rows = read_bd_topo_roads(path).table
    graph = build_bd_topo_graph(rows)
    names = section_names(graph, rows)
    assert sorted(names["ref"]) == ["", "", "", "D44", "D618", "D618"]
    closure = find_closures(graph, names, [RoadClosure(id="x", ref="D 618")])[0]
    closed_m = graph.edges["length_m"].to_numpy()[closure.edges].sum()
    numbered = rows[rows["road_number"] == "D618"]
    assert closed_m == pytest.approx(numbered.length.sum(), rel=0.01)
    assert 0 < len(closure.edges) < len(graph.edges)

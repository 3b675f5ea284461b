"""Paths with geometry: hand-drawn trips, then the sums of the matrix on Andorra."""

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from eitgeo.roads.matrix.od_matrix import network_matrix
from eitgeo.roads.matrix.router import many_to_many, paths, snap, trip_times
from eitgeo.roads.matrix.topology import Ends
from eitgeo.roads.network.graph import Stretches, cut, merge
from eitgeo.roads.network.profile import edge_costs
from tests.roads.by_hand import LIMITS, ROAD, TRUCK, lambert, network_of, places
from tests.roads.extracts import network_of as extract_network
from tests.roads.osm_files import NODES, length_m, write_osm
from tests.roads.test_router_exact import VEHICLE, random_ends

LADDER = {"AB": ROAD, "BC": ROAD, "CD": ROAD, "BE": ROAD, "EF": ROAD, "CF": ROAD}
LAMBERT_LONGER = 1.002  # of a line in Lambert-93 over its geodesic, around 43°


def draw_pairs(pairs, network, costs, *, origins, destinations):
    """Draw the trips of some rows of a matrix, ``ok`` alone."""
    ok = np.flatnonzero(pairs["status"].to_numpy() == "ok")
    ends, rows = [], []
    for side, name in ((origins, "origin_id"), (destinations, "destination_id")):
        x, y = side["x"].to_numpy(dtype=float), side["y"].to_numpy(dtype=float)
        ends.append(snap(network, costs, x=x, y=y, max_snap_m=300.0).ends)
        row = pd.Series(np.arange(len(side)), index=side["place_id"])
        rows.append(row[~row.index.duplicated()].loc[pairs[name].iloc[ok]].to_numpy())
    made = paths(
        network,
        costs,
        origins=ends[0],
        destinations=ends[1],
        pairs=np.column_stack(rows),
    )
    driven, lines = (np.full(len(pairs), None, dtype=object) for _ in range(2))
    driven[:] = [()] * len(pairs)
    driven[ok], lines[ok] = made["driven"], made.geometry
    return gpd.GeoDataFrame(pairs.assign(driven=driven), geometry=lines, crs=2154)


def drawn(tmp_path, ways, trips, **more):
    """Draw trips from the middle of a stretch to that of another."""
    network = network_of(write_osm(tmp_path / "dessin.osm", ways, **more))
    costs = edge_costs(network.graph, TRUCK)
    starts, stops = (places(*names) for names in zip(*trips, strict=True))
    matrix = network_matrix(
        network, costs, origins=starts, destinations=stops, limits=LIMITS
    )
    chosen = matrix.iloc[:: len(trips) + 1]
    return draw_pairs(chosen, network, costs, origins=starts, destinations=stops)


def check_line(line, route, start, stop):
    """Hold a line to a route between the middles of its first and last stretch."""
    x, y = lambert([NODES[name] for name in route])
    corners = list(zip(x, y, strict=True))
    first, last = (
        np.mean([lambert([NODES[name]]) for name in both], axis=0).ravel()
        for both in (start, stop)
    )
    expected = shapely.LineString([first, *corners[1:-1], last])
    # A straight line in degrees is bent by a few decimetres in Lambert-93.
    assert shapely.hausdorff_distance(line, expected) < 1.0
    assert shapely.distance(shapely.Point(line.coords[0]), shapely.Point(first)) < 1.0


def test_a_trip_is_drawn_from_its_start_to_its_end(tmp_path):
    table = drawn(tmp_path, LADDER, [("AB", "CD")])
    assert table.crs.to_epsg() == 2154
    check_line(table.geometry.iloc[0], "ABCD", "AB", "CD")
    assert len(table["driven"].iloc[0]) == 3


def test_a_trip_back_is_drawn_the_other_way(tmp_path):
    ways = {key: tags for key, tags in LADDER.items() if key != "BC"}
    ways["CB"] = ROAD | {"oneway": "yes"}
    table = drawn(tmp_path, ways, [("AB", "CD"), ("CD", "AB")][:1])
    check_line(table.geometry.iloc[0], "ABEFCD", "AB", "CD")
    table = drawn(tmp_path, ways, [("CD", "AB")])
    check_line(table.geometry.iloc[0], "DCBA", "CD", "AB")


@pytest.mark.parametrize(("start", "stop"), [("AB", "BC"), ("BC", "AB")])
def test_two_places_of_one_edge_are_joined_along_it(tmp_path, start, stop):
    table = drawn(tmp_path, {"ABC": ROAD}, [(start, stop)])
    route = "ABC" if start == "AB" else "CBA"
    check_line(table.geometry.iloc[0], route, start, stop)
    assert len(table["driven"].iloc[0]) == 1


def test_a_trip_that_comes_back_to_its_edge_goes_round(tmp_path):
    ways = {"ABC": ROAD | {"oneway": "yes"}, "CFEA": ROAD}
    table = drawn(tmp_path, ways, [("BC", "AB")])
    check_line(table.geometry.iloc[0], "BCFEAB", "BC", "AB")


def test_what_has_no_way_has_no_line(tmp_path):
    ways = LADDER | {"IJ": ROAD}
    row = drawn(tmp_path, ways, [("AB", "IJ")]).iloc[0]
    assert row["status"] == "other_component"
    assert row.geometry is None
    assert row["driven"] == ()


def test_a_trip_without_a_way_has_no_figure(tmp_path):
    network = network_of(write_osm(tmp_path / "d.osm", LADDER | {"IJ": ROAD}))
    costs = edge_costs(network.graph, TRUCK)
    off, island = Ends(np.array([-1]), np.zeros(1)), network.graph.edges["length_m"]
    last = Ends(np.array([len(island) - 1]), np.array([0.5]))
    here = Ends(np.array([0]), np.array([0.5]))
    for start, stop in ((off, here), (here, off), (here, last)):
        row = paths(
            network,
            costs,
            origins=start,
            destinations=stop,
            pairs=np.array([[0, 0]]),
        ).iloc[0]
        assert row[["time_s", "length_m", "ascent_m"]].isna().all()
        assert row["driven"] == ()


def test_where_every_road_is_closed_no_trip_has_a_way(tmp_path):
    network = network_of(write_osm(tmp_path / "d.osm", LADDER))
    costs = edge_costs(network.graph, TRUCK)
    closed = replace(costs, usable=np.zeros_like(costs.usable))
    here, there = (Ends(np.array([edge]), np.array([0.5])) for edge in (0, 1))
    ends: dict[str, Any] = {"origins": here, "destinations": there}
    ends["pairs"] = np.array([[0, 0]])
    assert paths(network, closed, **ends)["driven"].tolist() == [()]
    assert np.isnan(trip_times(network, closed, **ends)).all()


def test_times_of_chosen_pairs_are_those_of_the_matrix(tmp_path):
    ways = LADDER | {"CD": ROAD | {"oneway": "yes"}, "IJ": ROAD}
    network = network_of(write_osm(tmp_path / "d.osm", ways))
    costs = edge_costs(network.graph, TRUCK)
    n_edges = len(network.graph.edges)
    ends = Ends(np.arange(-1, n_edges), np.linspace(0.1, 0.9, n_edges + 1))
    whole = many_to_many(network, costs, origins=ends, destinations=ends, measures=())
    pairs = np.argwhere(np.ones(whole.reached.shape, dtype=bool))[::-1]
    found = trip_times(network, costs, origins=ends, destinations=ends, pairs=pairs)
    row, column = pairs.T
    expected = np.where(whole.reached, whole.sums["time_ds"] / 10, np.nan)
    np.testing.assert_array_equal(found, expected[row, column])
    assert np.isnan(found).any()


def test_a_barrier_passed_leaves_one_line(tmp_path):
    wall = {"C": {"barrier": "height_restrictor", "maxheight": "4.2"}}
    table = drawn(tmp_path, {"BCD": ROAD}, [("BC", "CD")], barriers=wall)
    check_line(table.geometry.iloc[0], "BCD", "BC", "CD")
    points = shapely.get_coordinates(table.geometry.iloc[0])
    assert (np.diff(points, axis=0) != 0).any(axis=1).all()


def test_paths_on_andorra_sum_to_the_matrix_and_are_in_one_piece():
    network = extract_network("andorra")
    graph = network.graph
    costs = edge_costs(graph, VEHICLE)
    rng = np.random.default_rng(11)
    origins, destinations = (random_ends(network, costs, rng, 30) for _ in range(2))
    pairs = np.argwhere(np.ones((30, 30), dtype=bool))
    found = many_to_many(network, costs, origins=origins, destinations=destinations)
    table = paths(
        network, costs, origins=origins, destinations=destinations, pairs=pairs
    )
    for column, name, scale in (
        ("time_s", "time_ds", 10),
        ("length_m", "length_m", 1),
        ("unknown_m", "unknown_m", 1),
    ):
        expected = np.where(found.reached, found.sums[name], np.nan) / scale
        np.testing.assert_array_equal(table[column], expected.ravel())
    reached = table[table["length_m"].notna()]
    assert len(reached) > 850
    # Lines are drawn in Lambert-93; each edge is rounded to the metre.
    rounding_m = reached["driven"].map(len) * 0.5 + 1
    gap_m = reached.length - LAMBERT_LONGER * reached["length_m"]
    assert (gap_m < rounding_m).all()
    assert (reached.length - reached["length_m"] / LAMBERT_LONGER > -rounding_m).all()
    steps = [
        np.hypot(*np.diff(shapely.get_coordinates(line), axis=0).T).max()
        for line in reached.geometry
    ]
    longest = max(
        np.hypot(*np.diff(shapely.get_coordinates(line), axis=0).T).max()
        for line in graph.lines
    )
    assert max(steps) <= longest + 1e-6  # no jump between edges


def test_paths_begin_and_end_at_the_places():
    network = extract_network("andorra")
    costs = edge_costs(network.graph, VEHICLE)
    rng = np.random.default_rng(12)
    origins, destinations = (random_ends(network, costs, rng, 40) for _ in range(2))
    pairs = np.column_stack([np.arange(40), np.arange(40)])
    table = paths(
        network, costs, origins=origins, destinations=destinations, pairs=pairs
    )
    lines = network.graph.lines
    for ends, at in ((origins, 0), (destinations, -1)):
        points = shapely.line_interpolate_point(
            lines[ends.edge], ends.fraction, normalized=True
        )
        reached = table.geometry.notna().to_numpy()
        tips = shapely.get_point(table.geometry.to_numpy()[reached], at)
        assert (shapely.distance(tips, points[reached]) < 1e-6).all()


def test_parts_that_overlap_or_touch_are_merged():
    parts = Stretches(
        np.array([3, 1, 1, 1, 3, 2, 1]),
        np.array([0.5, 0.0, 0.9, 0.3, 0.2, 0.0, 1.0]),
        np.array([0.2, 0.3, 0.8, 0.4, 0.1, 0.6, 0.85]),
    )
    merged = merge(parts)
    # The end of edge 1 and the start of edge 2 are no one place.
    assert merged.edge.tolist() == [1, 1, 2, 3]
    assert merged.start.tolist() == pytest.approx([0.0, 0.8, 0.0, 0.1])
    assert merged.stop.tolist() == pytest.approx([0.4, 1.0, 0.6, 0.5])


def test_no_part_merges_to_none():
    none = Stretches(np.zeros(0, dtype=int), np.zeros(0), np.zeros(0))
    assert len(merge(none).edge) == 0


def test_a_part_is_cut_as_it_is_driven():
    lines = np.array([shapely.LineString([(0, 0), (10, 0)])])
    parts = Stretches(
        np.zeros(3, dtype=int), np.array([0.2, 0.7, 1.0]), np.array([0.7, 0.2, 0.0])
    )
    drawn_parts = [line.coords[:] for line in cut(lines, parts)]
    assert drawn_parts == [[(2, 0), (7, 0)], [(7, 0), (2, 0)], [(10, 0), (0, 0)]]
    assert lines[0].coords[:] == [(0, 0), (10, 0)]


def test_rows_keep_their_index(tmp_path):
    table = drawn(tmp_path, LADDER, [("AB", "CD"), ("CD", "BE"), ("BE", "BE")])
    assert table["status"].tolist() == ["ok", "ok", "same_place"]
    assert table.index.tolist() == [0, 4, 8]
    assert table.geometry.notna().tolist() == [True, True, False]
    assert isinstance(table, pd.DataFrame)
    expected = length_m("CBE") + length_m("CD") / 2 - length_m("BE") / 2
    assert table["length_m"].iloc[1] == pytest.approx(expected, abs=3)

"""Which roads cross a border, on drawn squares.

y = 1 000 ┌──────┬──────┬──────┐
          │  A   │  B   │  C   │      a road may cross, follow, touch or miss
y = 0     └──────┴──────┴──────┘      the borders at x = 1 000 and x = 2 000
          0     1 000  2 000  3 000
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import box

from eitgeo.roads.network.graph import RoadGraph, covered_ground
from eitgeo.roads.network.profile import edge_costs
from eitgeo.roads.questions.contiguity import add_crossing_minutes, border_crossings
from tests.roads.by_hand import LIMITS, ROAD, TRUCK, network_of
from tests.roads.osm_files import write_osm

X0, Y0 = 540_000.0, 6_220_000.0
A, B, C = "09001", "31002", "31003"
AREA = gpd.GeoDataFrame(
    {"code_insee": [A, B, C]},
    geometry=[box(X0 + x, Y0, X0 + x + 1_000, Y0 + 1_000) for x in (0, 1_000, 2_000)],
    crs=2154,
)


def drawn(*routes):
    nodes = list(
        dict.fromkeys(end for route in routes for end in (route[0], route[-1]))
    )
    lines = np.array([shapely.LineString(np.add(route, (X0, Y0))) for route in routes])
    edges = pd.DataFrame(
        {
            "u": [nodes.index(route[0]) for route in routes],
            "v": [nodes.index(route[-1]) for route in routes],
            "length_m": shapely.length(lines),
        }
    )
    x, y = np.add(nodes, (X0, Y0)).T
    return RoadGraph(x, y, edges, lines, {}, covered_ground(x, y), {})


def pairs_of(*routes, usable=None):
    graph = drawn(*routes)
    wanted = np.ones(len(routes), dtype=bool) if usable is None else np.array(usable)
    found = border_crossings(graph, AREA, usable=wanted)
    return [tuple(row) for row in found.to_numpy().tolist()]


def test_a_road_crosses_one_border_then_the_other():
    assert pairs_of([(100, 500), (2_900, 500)]) == [(A, B, 1), (B, C, 1)]


def test_which_way_it_is_drawn_changes_nothing():
    assert pairs_of([(2_900, 500), (100, 500)]) == [(A, B, 1), (B, C, 1)]


@pytest.mark.parametrize(
    "routes",
    [
        [[(100, 500), (990, 500)]],  # stops short of the border
        [[(100, 500), (1_000, 500)]],  # ends on it
        [[(100, 500), (1_003, 500)]],  # passes it by less than a stretch
        [[(100, 500), (700, 500)], [(1_300, 500), (1_800, 500)]],  # two that never meet
    ],
)
def test_a_road_that_does_not_go_over_does_not_cross(routes):
    assert pairs_of(*routes) == []


def test_roads_cut_at_the_border_cross_where_they_meet():
    left, right = [(100, 500), (1_000, 500)], [(1_000, 500), (1_900, 500)]
    assert pairs_of(left, right) == [(A, B, 1)]
    apart = [(1_000, 600), (1_900, 600)]
    assert pairs_of(left, apart) == []


def test_a_road_that_is_closed_does_not_cross():
    left, right = [(100, 500), (1_000, 500)], [(1_000, 500), (1_900, 500)]
    assert pairs_of(left, right, usable=[True, False]) == []
    assert pairs_of([(100, 500), (1_900, 500)], usable=[False]) == []


def test_a_way_round_out_of_all_communes_does_not_cross():
    outside = [(500, 500), (500, 1_500), (1_500, 1_500), (1_500, 500)]
    assert pairs_of(outside) == []
    inside = [(500, 500), (500, 990), (1_500, 990), (1_500, 500)]
    assert pairs_of(inside) == [(A, B, 1)]


def test_a_road_drawn_along_the_border_is_in_both():
    assert pairs_of([(1_000, 100), (1_000, 900)]) == [(A, B, 1)]


def test_a_road_that_zigzags_over_the_border_crosses_once_an_edge():
    zigzag = [(900, 100), (1_100, 300), (900, 500), (1_100, 700)]
    assert pairs_of(zigzag) == [(A, B, 3)]


def test_borders_without_a_crossing_have_no_minutes(tmp_path):
    """No road over B–C: NaN; nobody to place on a road: NaN, and no crash."""
    borders = pd.DataFrame(
        {"code_a": [A, B], "code_b": [B, C], "shared_border_m": [1_000.0, 1_000.0]}
    )
    nothing = pd.DataFrame({"code_a": [], "code_b": [], "n_roads": []}, dtype="str")
    network = network_of(write_osm(tmp_path / "route.osm", {"AB": ROAD}))
    table = add_crossing_minutes(
        borders,
        nothing,
        seats=pd.DataFrame({"place_id": [A, B, C], "x": X0, "y": Y0}),
        network=network,
        costs=edge_costs(network.graph, TRUCK),
        limits=LIMITS,
    )
    assert table["road_minutes"].isna().all()
    assert table["code_a"].tolist() == [A, B]

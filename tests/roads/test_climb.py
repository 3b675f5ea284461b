"""Climb along drawn roads, on reliefs whose answer is known."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import shapely
from affine import Affine
from scipy.sparse import diags_array
from scipy.sparse.linalg import spsolve

from eitgeo.roads.matrix.od_matrix import network_matrix
from eitgeo.roads.matrix.topology import build_topology, order_network
from eitgeo.roads.network.climb import (
    THRESHOLD_M,
    _sample,
    _smoothed,
    _solved,
    add_climb,
    turn_rad,
)
from eitgeo.roads.network.graph import RoadGraph
from eitgeo.roads.network.profile import edge_costs
from eitgeo.sources.ground.elevation import Elevation, heights
from eitgeo.sources.ground.relief import read_relief
from tests.roads.by_hand import LIMITS, TRUCK, lambert
from tests.roads.extracts import ANDORRA, graph_of

X0, Y0 = 540_000.0, 6_220_000.0
CELL_M = 90.0


def relief(height, *, n=240):
    """Make a grid of 90 m cells around the origin from a function of x and y."""
    transform = Affine(CELL_M, 0, X0 - n * 45, 0, -CELL_M, Y0 + n * 45)
    column, row = np.meshgrid(np.arange(n) + 0.5, np.arange(n) + 0.5)
    x, y = column * CELL_M - n * 45, n * 45 - row * CELL_M
    z = np.broadcast_to(np.asarray(height(x, y), dtype=float), x.shape)
    return Elevation(z.copy(), transform, "EPSG:2154")


def drawn(*routes, built=()):
    """Make a graph of routes of nodes given by their x and y from the origin."""
    nodes = list(
        dict.fromkeys(end for route in routes for end in (route[0], route[-1]))
    )
    lines = np.array([shapely.LineString(np.add(route, (X0, Y0))) for route in routes])
    edges = pd.DataFrame(
        {
            "u": [nodes.index(route[0]) for route in routes],
            "v": [nodes.index(route[-1]) for route in routes],
            "length_m": shapely.length(lines),
            "bridge": [rank in built for rank in range(len(routes))],
            "tunnel": False,
        }
    )
    x, y = np.add(nodes, (X0, Y0)).T
    return RoadGraph(
        x=x,
        y=y,
        edges=edges,
        lines=lines,
        forbidden={},
        ground=shapely.MultiPolygon(),
        counts={"déjà": 1},
    )


def climbs(graph, elevation, **options):
    edges = add_climb(graph, elevation, **options).edges
    return edges[["ascent_m", "descent_m"]].round(3).to_numpy().tolist()


def test_the_smoothed_altitudes_are_those_of_a_direct_solver():
    """Conjugate gradients against a factorisation, bridges and voids included."""
    rng = np.random.default_rng(3)
    rough = relief(lambda x, _: np.where(x > 3_000, np.nan, rng.normal(0, 30, x.shape)))
    points = [tuple(row) for row in rng.uniform(-4_000, 4_000, (60, 2))]
    routes = [[points[a], points[a - b]] for a in range(60) for b in (1, 7)]
    graph = drawn(*routes, built={3, 4, 5, 40, 41})
    samples = _sample(graph)
    ground = heights(rough)(samples.x, samples.y)
    systems = []

    def kept(diagonal, links, right, start):
        systems.append((diagonal, links, right))
        return _solved(diagonal, links, right, start)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("eitgeo.roads.network.climb._solved", kept)
        found = _smoothed(graph, samples, ground, 200.0)
    ((diagonal, links, right),) = systems
    exact = spsolve((diags_array(diagonal) - links).tocsc(), right)
    np.testing.assert_allclose(found, exact, atol=1e-3)
    assert np.ptp(exact) > 20


def test_a_steady_slope_is_left_as_it_is():
    # 5 % eastwards over 2 km: 100 m up, less what both ends flatten.
    graph = drawn(
        [(-4_000, 0), (-1_000, 0)], [(-1_000, 0), (1_000, 0)], [(1_000, 0), (4_000, 0)]
    )
    edges = add_climb(graph, relief(lambda x, _: 0.05 * x)).edges
    assert edges["ascent_m"].tolist()[1] == pytest.approx(100.0, abs=0.5)
    assert edges["descent_m"].eq(0).all()


def test_the_way_round_swaps_nothing_and_ends_agree():
    hill = relief(lambda x, _: 200 * np.exp(-((x / 1_500) ** 2)))
    graph = drawn([(-4_000, 0), (300, 0), (4_000, 0)])
    ((up, down),) = climbs(graph, hill)
    # A summit is lowered by 200² times its curvature, 2 × 200 ÷ 1 500²: 7 m.
    assert up == pytest.approx(192.9, abs=0.5)
    assert down == pytest.approx(192.9, abs=0.5)
    back = drawn([(4_000, 0), (300, 0), (-4_000, 0)])
    assert climbs(back, hill) == [
        [pytest.approx(down, abs=0.1), pytest.approx(up, abs=0.1)]
    ]


@pytest.mark.parametrize("piece_m", [60.0, 300.0, 3_000.0])
def test_noise_on_flat_ground_does_not_climb(piece_m):
    """Roads cut in short or long pieces: 3 m of noise a cell climb little."""
    rng = np.random.default_rng(20261125)
    noisy = relief(lambda x, _: rng.normal(500.0, 3.0, x.shape))
    stops = np.arange(-9_000, 9_001, piece_m)
    routes = [
        [(a, y), (b, y)]
        for y in (-6_000, -2_000, 2_000, 6_000)
        for a, b in pairwise(stops.tolist())
    ]
    edges = add_climb(drawn(*routes), noisy).edges
    per_km = edges[["ascent_m", "descent_m"]].sum() / (edges["length_m"].sum() / 1000)
    assert per_km.max() < 1.5
    raw = add_climb(drawn(*routes), noisy, smooth_m=1.0).edges
    assert raw["ascent_m"].sum() > 3 * edges["ascent_m"].sum()


def test_a_rise_below_the_threshold_is_noise_within_an_edge():
    wave = relief(lambda x, _: 1.5 * np.sin(x / 300))
    ((up, down),) = climbs(drawn([(-3_000, 0), (3_000, 0)]), wave, smooth_m=1.0)
    assert max(up, down) < THRESHOLD_M
    assert up - down == pytest.approx(3.0 * np.sin(10), abs=0.3)
    tall = relief(lambda x, _: 15 * np.sin(x / 300))
    ((up, _),) = climbs(drawn([(-3_000, 0), (3_000, 0)]), tall, smooth_m=1.0)
    assert up > 85  # three whole waves of 30 m


def test_a_bridge_does_not_go_down_to_the_river():
    """Two edges of one viaduct over a gorge of 100 m, banks at 500 m and 520 m."""

    def gorge(x, _):
        return np.where(np.abs(x) < 300, 400.0, np.where(x < 0, 500.0, 520.0))

    route = [
        [(-4_000, 0), (-600, 0)],
        [(-600, 0), (0, 0)],
        [(0, 0), (600, 0)],
        [(600, 0), (4_000, 0)],
    ]
    on_deck = climbs(drawn(*route, built={1, 2}), relief(gorge))
    total = np.sum(on_deck, axis=0)
    assert total == pytest.approx([20.0, 0.0], abs=1.0)
    assert on_deck[1][0] == pytest.approx(on_deck[2][0], abs=0.5)
    in_the_river = climbs(drawn(*route), relief(gorge))
    assert np.sum(in_the_river, axis=0).min() > 60


def test_voids_are_not_flat_and_are_counted():
    def part(x, _):
        return np.where((x > 0) & (x < 1_000), np.nan, 300 + 0.02 * x)

    graph = drawn(
        [(-3_000, 0), (-500, 0)], [(-500, 0), (1_500, 0)], [(1_500, 0), (3_000, 0)]
    )
    climbed = add_climb(graph, relief(part))
    edges = climbed.edges
    assert edges["ascent_m"].isna().tolist() == [False, True, False]
    assert edges["descent_m"].isna().tolist() == [False, True, False]
    assert climbed.counts == {
        "déjà": 1,
        "tronçons de dénivelé inconnu": 1,
        "km de dénivelé inconnu": 2,
    }


def test_a_bridge_over_a_void_is_known_by_its_ends():
    def part(x, _):
        return np.where(np.abs(x) < 200, np.nan, 300.0)

    route = [[(-3_000, 0), (-400, 0)], [(-400, 0), (400, 0)], [(400, 0), (3_000, 0)]]
    assert climbs(drawn(*route, built={1}), relief(part)) == [[0.0, 0.0]] * 3


def test_a_country_without_relief_has_no_climb():
    graph = drawn([(30_000, 0), (31_000, 0)])
    climbed = add_climb(graph, relief(lambda x, _: 0 * x))
    assert climbed.edges[["ascent_m", "descent_m"]].isna().all(axis=None)


def test_edges_of_no_length_and_the_input_are_left_alone():
    graph = drawn([(0, 0), (0, 0)], [(0, 0), (500, 0)])
    graph = replace(graph, edges=graph.edges.assign(u=[0, 0], v=[0, 1]))
    before = graph.edges.copy()
    climbed = add_climb(graph, relief(lambda x, _: 0 * x + 7))
    figures = climbed.edges[["ascent_m", "descent_m", "turn_rad"]].to_numpy()
    assert figures[0].tolist() == [0, 0, 0]
    pd.testing.assert_frame_equal(graph.edges, before)
    assert graph.counts == {"déjà": 1}


def bend(radius_m, *, straight_m=200.0):
    """Draw half a turn between two straight stretches."""
    angle = np.linspace(0, np.pi, 60)
    arc = np.column_stack([radius_m * np.sin(angle), radius_m * (1 - np.cos(angle))])
    first, last = [[-straight_m, 0.0]], [[-straight_m, 2 * radius_m]]
    return shapely.LineString(np.vstack([first, arc, last]))


@pytest.mark.parametrize("radius_m", [8.0, 25.0, 150.0])
def test_a_hairpin_turns_by_half_a_turn(radius_m):
    assert turn_rad(np.array([bend(radius_m)])) == pytest.approx(np.pi, abs=0.06)


def test_jitter_of_a_drawn_line_does_not_turn_and_lines_do_not_mix():
    x = np.arange(0, 2_000, 15.0)
    jitter = np.random.default_rng(1).uniform(-0.9, 0.9, len(x))
    straight = shapely.LineString(np.column_stack([x, jitter]))
    found = turn_rad(np.array([straight, bend(30.0), straight]))
    assert found[[0, 2]] == pytest.approx([0.0, 0.0], abs=0.01)
    assert found[1] == pytest.approx(np.pi, abs=0.06)


ANDORRA_RELIEF = ANDORRA.parents[1] / "terrain" / "N42E001.hgt.zip"


def test_from_the_capital_to_the_pass_the_road_climbs_what_is_known():
    """Andorra la Vella, 1 023 m, to the Port d'Envalira, 2 408 m."""
    if not ANDORRA_RELIEF.is_file():
        pytest.skip("relief of Andorra absent: ../shared/data/terrain")
    elevation = read_relief([ANDORRA_RELIEF]).elevation
    graph = add_climb(graph_of("andorra"), elevation)
    network = order_network(graph, build_topology(graph, "truck"))
    x, y = lambert([(1.5218, 42.5075), (1.7192, 42.5403)])
    ends = pd.DataFrame({"place_id": ["a", "b"], "place_kind": "x", "x": x, "y": y})
    table = network_matrix(
        network,
        edge_costs(graph, replace(TRUCK, up_s_per_m=0.2)),
        origins=ends.assign(inner_m=0.0),
        destinations=ends.assign(inner_m=0.0),
        limits=LIMITS,
    )
    there, back = table.iloc[1], table.iloc[2]
    assert there["length_m"] == pytest.approx(28_500, rel=0.05)
    # 1 385 m from one to the other.
    assert there["ascent_m"] == pytest.approx(1_385, rel=0.03)
    assert there["descent_m"] < 60
    assert back["descent_m"] == pytest.approx(there["ascent_m"], rel=0.02)
    per_km = graph.edges["ascent_m"].sum() / graph.edges["length_m"].sum() * 1000
    assert 10 < per_km < 30
    assert graph.edges["ascent_m"].isna().sum() < 20

"""The surrogate network: ridges, valleys, motorways, on drawn seats.

31003 ───────── 31004        a square of 10 km; a wall of 400 m stands
  │               │          across the north side
31001 ───────── 31002
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.errors import StudyError
from eitgeo.roads.matrix.od_matrix import od_matrix
from eitgeo.roads.network.surrogate import build_surrogate
from eitgeo.roads.questions.contiguity import add_road_minutes
from eitgeo.tables.schema import validate
from tests.roads.toy import (
    X0,
    Y0,
    flat,
    make_borders,
    make_communes,
    make_exits,
    make_roads,
    seats_of,
)

SQUARE = {
    "31001": (0.0, 0.0),
    "31002": (10_000.0, 0.0),
    "31003": (0.0, 10_000.0),
    "31004": (10_000.0, 10_000.0),
}
SIDES = [
    ("31001", "31002"),
    ("31001", "31003"),
    ("31002", "31004"),
    ("31003", "31004"),
]
NO_EXIT = make_exits()


def wall_of(height_m: float):
    """Put a wall across the north side."""

    def heights(x, y):
        in_wall = (np.abs(x - X0 - 5_000) < 100) & (y > Y0 + 5_000)
        return np.where(in_wall, height_m, 0.0)

    return heights


def build(seats=None, sides=(), *, heights=flat, exits=NO_EXIT, **changes):
    """Build the network of drawn seats."""
    return build_surrogate(
        make_communes(seats or SQUARE),
        make_borders(*(sides or SIDES)),
        heights=heights,
        motorway_exits=exits,
        roads=make_roads(**changes),
    )


def edge(network, u: str, v: str) -> pd.Series:
    """Return the one edge between two nodes."""
    rows = network.edges[network.edges["u"].eq(u) & network.edges["v"].eq(v)]
    assert len(rows) == 1
    return rows.iloc[0]


def test_a_flat_road_by_hand() -> None:
    road = edge(build(), "31001", "31002")
    assert road["class"] == "route"
    assert road["length_m"] == pytest.approx(12_000)  # 10 km × 1.2
    assert road["truck_time_s"] == pytest.approx(720)  # 12 km at 60 km/h
    assert road["car_time_s"] == pytest.approx(600)  # 12 km at 72 km/h
    assert road["ascent_m"] == road["descent_m"] == 0.0


def test_a_country_without_a_motorway_has_roads() -> None:
    """Junctions of a file of which no row is kept: texts stay texts."""
    every = make_exits(("A64", 1, "31001"))
    network = build(exits=every.iloc[:0])
    assert len(network.edges) == len(SIDES)
    assert set(network.edges["class"]) == {"route"}


def test_relief_winds_and_slows_a_road() -> None:
    network = build(heights=lambda x, y: (x - X0) / 20 + 0 * y)
    road = edge(network, "31001", "31002")
    # 500 m of climb over 10 km: relief 0.05, tortuosity 1.2 + 2 × 0.05.
    assert road["length_m"] == pytest.approx(13_000)
    assert road["ascent_m"] == pytest.approx(500)
    assert road["descent_m"] == 0.0
    # 13 km at 60 km/h, × 1.2; at 72 km/h, × 1.1.
    assert road["truck_time_s"] == pytest.approx(780 * 1.2)
    assert road["car_time_s"] == pytest.approx(650 * 1.1)


def test_a_road_over_a_ridge_climbs_in_hairpins() -> None:
    network = build(heights=wall_of(200), tortuosity_per_relief=0, ridge_detour=20)
    road = edge(network, "31003", "31004")
    assert road["class"] == "route"
    assert road["length_m"] == pytest.approx(16_000)  # 12 km + 20 × 200 m
    assert edge(network, "31001", "31002")["length_m"] == pytest.approx(12_000)


def test_a_motorway_climbs_no_ridge_in_hairpins() -> None:
    exits = make_exits(("A64", 1, "31003"), ("A64", 2, "31004"))
    network = build(heights=wall_of(200), exits=exits, ridge_detour=20)
    assert edge(network, "A64-001", "A64-002")["length_m"] == pytest.approx(10_500)


def test_streets_are_counted_at_both_ends_of_a_trip() -> None:
    streets = {"street_m": 200, "street_minutes": 1.5}
    roads = make_roads(**streets)
    places = seats_of("31001", "31002", "31004")
    pairs = od_matrix(
        build(**streets),
        origins=places,
        destinations=places,
        profile="truck",
        roads=roads,
    ).set_index(["origin_id", "destination_id"])
    # Once at each end, whatever the number of seats on the way.
    assert pairs.loc[("31001", "31002"), "length_m"] == pytest.approx(12_400)
    assert pairs.loc[("31001", "31004"), "length_m"] == pytest.approx(24_400)
    assert pairs.loc[("31001", "31002"), "time_s"] == pytest.approx(720 + 180)
    # Inside a commune there is only the way inside it: 1 km × 1.2.
    assert pairs.loc[("31001", "31001"), "length_m"] == pytest.approx(1_200)
    contiguity = add_road_minutes(make_borders(*SIDES), build(**streets), roads)
    assert contiguity["road_minutes"].tolist() == pytest.approx([15.0] * 4)


def test_a_ridge_is_closed_where_there_is_another_way() -> None:
    network = build(heights=wall_of(400))
    assert network.dropped.values.tolist() == [["31003", "31004", 400.0]]
    assert network.edges["class"].tolist() == ["route"] * 3


def test_a_ridge_of_just_the_limit_stays_open() -> None:
    assert build(heights=wall_of(250)).dropped.empty
    assert len(build(heights=wall_of(251)).dropped) == 1


def test_a_cut_off_valley_keeps_its_lowest_ridge() -> None:
    """The valley 31009 has two ways out, both over a ridge.

    31001 ─── 31002
       ╲ 500  ╱ 300     (ridges)
        31009
    """
    seats = {
        "31001": (0.0, 0.0),
        "31002": (10_000.0, 0.0),
        "31009": (5_000.0, -8_000.0),
    }
    sides = [("31001", "31002"), ("31001", "31009"), ("31002", "31009")]

    def ridges(x, y):
        in_belt = np.abs(y - Y0 + 4_000) < 300
        return np.where(in_belt, np.where(x < X0 + 5_000, 500.0, 300.0), 0.0)

    network = build(seats, sides, heights=ridges)
    assert edge(network, "31002", "31009")["class"] == "crete"
    assert network.dropped.values.tolist() == [["31001", "31009", 500.0]]
    contiguity = add_road_minutes(make_borders(*sides), network, make_roads())
    minutes = contiguity.set_index(["code_a", "code_b"])["road_minutes"]
    assert np.isnan(minutes["31001", "31009"])
    assert minutes["31001", "31002"] == pytest.approx(12.0)
    over = edge(network, "31002", "31009")["truck_time_s"]
    assert minutes["31002", "31009"] == pytest.approx(over / 60)
    validate(contiguity, table="contiguity")


def test_a_motorway_by_hand() -> None:
    exits = make_exits(("A64", 2, "31002"), ("A64", 1, "31001"))
    network = build(exits=exits)
    fast = edge(network, "A64-001", "A64-002")
    assert fast["class"] == "autoroute"
    assert fast["length_m"] == pytest.approx(10_500)  # 10 km × 1.05
    assert fast["truck_time_s"] == pytest.approx(420)  # at 90 km/h
    assert fast["car_time_s"] == pytest.approx(315)  # at 120 km/h
    ramp = edge(network, "31001", "A64-001")
    assert ramp["class"] == "bretelle"
    assert ramp["length_m"] == pytest.approx(600)  # 500 m × 1.2
    assert ramp["truck_time_s"] == ramp["car_time_s"] == 180
    nodes = network.nodes.set_index("node_id")
    assert nodes.loc["A64-002", ["x", "y"]].tolist() == [X0 + 10_000, Y0]


def test_junctions_follow_one_another_on_their_motorway_only() -> None:
    exits = make_exits(
        ("A64", 10, "31004"),
        ("A64", 2, "31002"),
        ("A64", 9, "31003"),
        ("A645", 1, "31001"),
        ("A645", 2, "31002"),
    )
    network = build(exits=exits)
    fast = network.edges[network.edges["class"] == "autoroute"]
    assert sorted(zip(fast["u"], fast["v"], strict=True)) == [
        ("A64-002", "A64-009"),
        ("A64-009", "A64-010"),
        ("A645-001", "A645-002"),
    ]
    ramps = network.edges[network.edges["class"] == "bretelle"]
    assert len(ramps) == 5


def test_a_motorway_makes_no_border_passable() -> None:
    exits = make_exits(("A64", 1, "31003"), ("A64", 2, "31004"))
    network = build(heights=wall_of(400), exits=exits)
    contiguity = add_road_minutes(make_borders(*SIDES), network, make_roads())
    assert contiguity["road_minutes"].isna().tolist() == [False] * 3 + [True]


def test_unknown_communes_of_junctions_are_told_together() -> None:
    exits = make_exits(("A64", 1, "31998"), ("A64", 2, "31999"), ("A64", 3, "31001"))
    with pytest.raises(StudyError, match=r"(?s)2 anomalies.*31998.*31999") as told:
        build(exits=exits)
    assert "échangeurs autoroutiers" in str(told.value)


def test_the_order_of_rows_changes_nothing_and_inputs_stay() -> None:
    communes, borders = make_communes(SQUARE), make_borders(*SIDES)
    exits = make_exits(("A64", 1, "31001"), ("A64", 2, "31004"))
    options = {"heights": wall_of(400), "roads": make_roads()}
    before = [table.copy() for table in (communes, borders, exits)]
    first = build_surrogate(communes, borders, motorway_exits=exits, **options)
    for table, copy in zip((communes, borders, exits), before, strict=True):
        pd.testing.assert_frame_equal(table, copy)
    second = build_surrogate(
        communes.iloc[::-1], borders.iloc[::-1], motorway_exits=exits[::-1], **options
    )
    pd.testing.assert_frame_equal(first.nodes, second.nodes)
    pd.testing.assert_frame_equal(first.edges, second.edges)
    pd.testing.assert_frame_equal(first.dropped, second.dropped)
    validate(first.nodes, table="road_nodes")
    validate(first.edges, table="road_edges")


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_ridges_are_closed_only_where_the_rest_still_joins(seed: int) -> None:
    """On a grid of 4 × 4 seats with random ridges, all seats stay joined."""
    rng = np.random.default_rng(seed)
    seats = {
        f"31{i}{j}0": (5_000.0 * i, 5_000.0 * j) for i in range(4) for j in range(4)
    }
    sides = [
        (a, b)
        for a in seats
        for b in seats
        if a < b and np.abs(np.subtract(seats[a], seats[b])).sum() == 5_000
    ]
    # A hump of random height in the middle of each side, 0 at the seats.
    hump = rng.uniform(0, 600, (8, 8))

    def heights(x, y):
        i = np.rint((x - X0) / 2_500).astype(int)
        j = np.rint((y - Y0) / 2_500).astype(int)
        return np.where((i % 2 == 0) & (j % 2 == 0), 0.0, hump[i, j])

    network = build(seats, sides, heights=heights, profile_step_m=2_500)
    assert _n_groups(set(seats), network.edges) == 1
    kept = network.edges[network.edges["class"] == "crete"]
    for name in kept["edge_id"]:
        without = network.edges[network.edges["edge_id"] != name]
        assert _n_groups(set(seats), without) == 2
    assert (network.dropped["ridge_m"] > 250).all()


def _n_groups(codes: set[str], edges: pd.DataFrame) -> int:
    group = {code: {code} for code in codes}
    for u, v in zip(edges["u"], edges["v"], strict=True):
        joined = group[u] | group[v]
        for code in joined:
            group[code] = joined
    return len({id(codes) for codes in group.values()})

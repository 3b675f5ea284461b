"""Pairs on a network drawn by hand (see ``toy.hand_network``)."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.errors import StudyError
from eitgeo.roads.matrix.od_matrix import od_matrix
from eitgeo.tables.schema import validate
from tests.roads.toy import (
    A,
    B,
    C,
    D,
    E,
    hand_network,
    make_places,
    make_roads,
    seats_of,
)

FIGURES = ["time_s", "length_m", "ascent_m", "descent_m"]


def pairs_of(origins, destinations=None, *, profile="truck", **changes) -> Any:
    """Compute the pairs, indexed by origin and destination."""
    table = od_matrix(
        hand_network(),
        origins=origins,
        destinations=origins if destinations is None else destinations,
        profile=profile,
        roads=make_roads(**changes),
    )
    validate(table, table="od_matrix")
    return table.set_index(["origin_id", "destination_id"])


def figures(pairs: Any, origin: str, destination: str) -> list[float]:
    """Return time, length, ascent and descent of a pair."""
    return pairs.loc[(origin, destination), FIGURES].astype(float).tolist()


def test_the_four_figures_belong_to_the_fastest_path() -> None:
    truck = pairs_of(seats_of(A, B, C, D))
    # The direct road is 12 km longer, but 200 s shorter for a truck.
    assert figures(truck, A, D) == [1_300, 35_000, 300, 330]
    assert figures(truck, B, D) == [900, 13_000, 50, 90]
    car = pairs_of(seats_of(A, D), profile="car")
    # By car through b: 500 + 500 + 250 s.
    assert figures(car, A, D) == [1_250, 23_000, 150, 110]


def test_the_slower_of_two_parallel_edges_is_not_taken() -> None:
    assert figures(pairs_of(seats_of(A, B)), A, B) == [600, 10_000, 100, 20]


def test_the_way_back_swaps_ascent_and_descent() -> None:
    pairs = pairs_of(seats_of(A, D))
    assert figures(pairs, D, A) == [1_300, 35_000, 330, 300]


def test_a_place_is_never_at_no_distance_of_itself() -> None:
    pairs = pairs_of(seats_of(A, E))
    for code in (A, E):
        assert pairs.loc[(code, code), "status"] == "same_place"
        # 1 000 m inside × 1.2, at 30 km/h.
        assert figures(pairs, code, code) == pytest.approx([144, 1_200, 0, 0])


def test_an_unreachable_place_is_never_a_number() -> None:
    pairs = pairs_of(seats_of(A, E))
    for pair in ((A, E), (E, A)):
        assert pairs.loc[pair, "status"] == "other_component"
        assert pairs.loc[pair, FIGURES].isna().all()


def test_a_place_beyond_the_limit_is_not_a_number() -> None:
    pairs = pairs_of(seats_of(A, B, D), max_minutes=10)
    assert pairs.loc[(A, B), "status"] == "ok"  # 600 s, just the limit
    assert pairs.loc[(A, D), "status"] == "beyond_limit"
    assert pairs.loc[(A, D), FIGURES].isna().all()
    # 10 m × 1.2 at 30 km/h: 1.4 s past the limit.
    off = pairs_of(seats_of(A), make_places(("off", B, 10.0, 0.0)), max_minutes=10)
    assert off["status"].tolist() == ["beyond_limit"]


def test_a_place_far_from_its_node_is_not_a_number() -> None:
    far = make_places(("far", B, 15_001.0, 0.0), ("near", B, 15_000.0, 0.0))
    pairs = pairs_of(seats_of(A), far)
    assert pairs.loc[(A, "far"), "status"] == "snap_too_far"
    assert pairs.loc[(A, "far"), FIGURES].isna().all()
    assert pairs.loc[(A, "near"), "status"] == "ok"


def test_access_legs_are_counted() -> None:
    outlets = make_places(("o1", B, 500.0, 1_000.0), ("o2", B, 3_000.0, 1_000.0))
    pairs = pairs_of(seats_of(A, B), outlets)
    # 500 m × 1.2 = 600 m at 30 km/h = 72 s, beside the edge a-b.
    assert figures(pairs, A, "o1") == pytest.approx([672, 10_600, 100, 20])
    # Inside commune b: the larger of the leg and of the inner distance.
    assert figures(pairs, B, "o1") == pytest.approx([144, 1_200, 0, 0])
    assert figures(pairs, B, "o2") == pytest.approx([432, 3_600, 0, 0])
    by_car = pairs_of(seats_of(A), outlets, profile="car")
    assert by_car.loc[(A, "o1"), "time_s"] == pytest.approx(500 + 600 / (40 / 3.6))


def test_a_trip_from_a_node_to_another_has_streets_at_both_ends() -> None:
    pairs = pairs_of(seats_of(A, B), street_m=250, street_minutes=1)
    # The edge a-b, and 250 m and 60 s twice; inside a commune, its distance alone.
    assert figures(pairs, A, B) == [720, 10_500, 100, 20]
    assert figures(pairs, A, A) == pytest.approx([144, 1_200, 0, 0])


def test_a_trip_waits_at_both_ends() -> None:
    truck = {"road_kmh": 60, "motorway_kmh": 90, "slow_per_relief": 4}
    truck |= {"access_kmh": 30, "terminal_minutes": 5}
    pairs = pairs_of(seats_of(A, B), truck=truck)
    # Five minutes at each end: 600 s and twice 300 s; 144 s and as much.
    assert figures(pairs, A, B) == [1_200, 10_000, 100, 20]
    assert figures(pairs, A, A) == pytest.approx([744, 1_200, 0, 0])


def test_the_straight_line_joins_the_places_themselves() -> None:
    places = seats_of(A, B).assign(x=[0.0, 300.0], y=[400.0, 0.0])
    assert pairs_of(places)["straight_m"].tolist() == [0.0, 500.0, 500.0, 0.0]


@pytest.mark.parametrize(("profile", "unknown_m"), [("truck", 10_000), ("car", 0)])
def test_limits_are_unknown_all_the_way_to_trucks_alone(profile, unknown_m) -> None:
    pairs = pairs_of(seats_of(A, B), profile=profile)
    assert pairs.loc[(A, B), "length_m"] == 10_000
    assert pairs.loc[(A, B), "unknown_m"] == unknown_m


def test_two_places_of_one_node_are_apart_both_ways() -> None:
    outlets = make_places(("o1", B, 0.0, 600.0), ("o2", B, 0.0, 1_000.0))
    pairs = pairs_of(pd.concat([seats_of(B), outlets], ignore_index=True))
    # The larger of both inner distances, × 1.2.
    lengths = pairs["length_m"].drop([("o1", "o1")])
    assert lengths.tolist() == pytest.approx([1_200.0] * 8)
    assert pairs.loc[("o1", "o1"), "length_m"] == pytest.approx(720.0)
    assert pairs.loc[("o1", "o2"), "status"] == "ok"


def test_the_order_of_places_changes_no_pair() -> None:
    places = seats_of(A, B, C, D, E)
    first, second = pairs_of(places), pairs_of(places.iloc[::-1])
    pd.testing.assert_frame_equal(first, second.loc[first.index])


def test_places_that_share_a_label_are_told_apart() -> None:
    places = pd.concat([seats_of(A), seats_of(B), seats_of(C)])
    assert places.index.tolist() == [0, 0, 0]
    pd.testing.assert_frame_equal(pairs_of(places), pairs_of(seats_of(A, B, C)))


def test_places_and_network_are_left_as_they_were() -> None:
    network, places = hand_network(), seats_of(A, B)
    copies = [table.copy() for table in (network.nodes, network.edges, places)]
    od_matrix(
        network,
        origins=places,
        destinations=places,
        profile="truck",
        roads=make_roads(),
        closure_id="pont",
    )
    for table, copy in zip((network.nodes, network.edges, places), copies, strict=True):
        pd.testing.assert_frame_equal(table, copy)


def test_what_was_asked_is_said_on_each_row() -> None:
    table = od_matrix(
        hand_network(),
        origins=seats_of(A),
        destinations=make_places(("o1", B, 10.0, 20.0)).assign(place_kind="outlet"),
        profile="car",
        roads=make_roads(),
        closure_id="pont",
    )
    assert table[["profile", "closure_id", "place_kind"]].values.tolist() == [
        ["car", "pont", "commune-outlet"]
    ]
    assert table["snap_destination_m"].tolist() == [10.0]


@pytest.mark.parametrize("side", ["origins", "destinations"])
def test_a_place_on_no_node_is_refused(side: str) -> None:
    places: Any = {"origins": seats_of(A), "destinations": seats_of(A)}
    places[side] = make_places(("ici", A, 0, 1), ("perdu", "99999", 0, 1))
    with pytest.raises(StudyError, match="« perdu » n'est sur aucun nœud") as told:
        od_matrix(hand_network(), profile="truck", roads=make_roads(), **places)
    assert "ici" not in str(told.value)


def test_no_place_gives_no_pair() -> None:
    empty = seats_of(A).iloc[:0]
    assert pairs_of(empty).empty
    assert pairs_of(seats_of(A), empty).empty


def test_a_lone_place_reaches_itself_only() -> None:
    assert pairs_of(seats_of(E))["status"].tolist() == ["same_place"]


def test_a_free_ramp_is_still_a_way() -> None:
    network = hand_network()
    network.edges.loc[:, "truck_time_s"] = 0.0
    pairs = od_matrix(
        network,
        origins=seats_of(A),
        destinations=seats_of(D),
        profile="truck",
        roads=make_roads(),
    )
    assert pairs["status"].tolist() == ["ok"]
    assert pairs["time_s"].tolist() == [0.0]
    assert np.isfinite(pairs["length_m"]).all()

"""The fit of the surrogate finds again what was planted on a toy grid."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from benchmarks.surrogate_fit import (
    by_class,
    calibrate,
    departures,
    draw_pairs,
    with_classes,
)
from eitgeo.errors import StudyError
from eitgeo.roads.matrix.od_matrix import commune_places, od_matrix
from eitgeo.roads.network.surrogate import build_surrogate, surrogate_links
from tests.roads.toy import make_borders, make_communes, make_exits, make_roads

SIZE, STEP_M = 5, 9_000.0
SEATS = {
    f"31{i}{j}0": (STEP_M * i, STEP_M * j) for i in range(SIZE) for j in range(SIZE)
}
SIDES = [
    (a, b)
    for a in SEATS
    for b in SEATS
    if a < b and np.abs(np.subtract(SEATS[a], SEATS[b])).sum() == STEP_M
]
CODES = list(SEATS)
COMMUNES = make_communes(SEATS)
EXITS = make_exits(("A64", 1, CODES[0]), ("A64", 2, CODES[2]), ("A64", 3, CODES[4]))
CAR = {"road_kmh": 60, "slow_per_relief": 3, "motorway_kmh": 112}
TRUCK = {"road_kmh": 50, "slow_per_relief": 2, "motorway_kmh": 80}


def ground(x, y):
    """Flat in the west, more and more rugged to the east; no ridge to close."""
    east = np.clip((x - 540_000.0) / 36_000.0, 0, 1)
    return 220 * east * np.sin(x / 900.0) * np.cos(y / 1_100.0)


def inputs() -> dict[str, Any]:
    """Return what the network of the grid is built from."""
    return {
        "communes": COMMUNES,
        "borders": make_borders(*SIDES),
        "heights": ground,
        "motorway_exits": EXITS,
    }


def roads_of(car, truck, **changes):
    """Return parameters with other speeds, and no ridge to close."""
    base = make_roads(ridge_m=5_000, tortuosity_per_relief=0, ridge_detour=20)
    speeds = {
        "car": base.car.model_copy(update=car),
        "truck": base.truck.model_copy(update=truck),
    }
    return base.model_copy(update=changes | speeds)


PLANTED = roads_of(
    CAR,
    TRUCK,
    tortuosity_flat=1.15,
    street_m=250.0,
    street_minutes=1.2,
    junction_minutes=4.0,
)


def truth_of(roads) -> pd.DataFrame:
    """Drive all pairs of the grid by both vehicles."""
    network = build_surrogate(**inputs(), roads=roads)
    places = commune_places(COMMUNES)
    tables = [
        od_matrix(
            network, origins=places, destinations=places, profile=name, roads=roads
        )
        for name in ("truck", "car")
    ]
    return pd.concat(tables, ignore_index=True)


@pytest.fixture(scope="module")
def truth() -> pd.DataFrame:
    """Take a surrogate network for the real one."""
    return truth_of(PLANTED)


def test_planted_parameters_are_found_again(truth) -> None:
    start = roads_of(
        CAR | {"road_kmh": 52.0, "slow_per_relief": 2.0},
        TRUCK | {"road_kmh": 46.0, "slow_per_relief": 3.0},
        tortuosity_flat=1.8,  # out of bounds: brought back
        street_m=100.0,
        junction_minutes=4.0,
    )
    links = surrogate_links(**inputs(), roads=start)
    pairs = draw_pairs(truth, seed=7, n_origins=12, n_of_class=60)
    found = calibrate(pairs, links, communes=COMMUNES, roads=start)
    assert found.tortuosity_flat == pytest.approx(1.15, abs=0.01)
    assert found.street_m == pytest.approx(250, abs=20)
    assert found.street_minutes == pytest.approx(1.2, abs=0.15)
    for vehicle, planted in ((found.car, CAR), (found.truck, TRUCK)):
        assert vehicle.road_kmh == pytest.approx(planted["road_kmh"], abs=0.6)
        assert vehicle.slow_per_relief == pytest.approx(
            planted["slow_per_relief"], abs=0.25
        )
        assert vehicle.motorway_kmh == planted["motorway_kmh"]
    # What is not searched is kept.
    assert found.ridge_detour == start.ridge_detour
    assert found.max_minutes == start.max_minutes
    assert found.tortuosity_motorway == start.tortuosity_motorway


def test_the_network_departs_from_itself_by_nothing(truth) -> None:
    links = surrogate_links(**inputs(), roads=PLANTED)
    pairs = with_classes(truth[truth["status"].eq("ok")])
    found = departures(pairs, links, communes=COMMUNES, roads=PLANTED)
    assert found["length_m"].to_numpy() == pytest.approx(1.0)
    assert found["time_s"].to_numpy() == pytest.approx(1.0)
    # Twice the streets and nothing else: 500 m more, whatever the pair.
    wider = PLANTED.model_copy(update={"street_m": 500.0})
    more = departures(pairs, links, communes=COMMUNES, roads=wider)
    added_m = (more["length_m"] - 1) * pairs["length_m"].loc[more.index]
    assert added_m.to_numpy() == pytest.approx(500.0)


def test_a_pair_without_a_path_is_in_no_figure(truth) -> None:
    links = surrogate_links(**inputs(), roads=PLANTED)
    pairs = draw_pairs(truth, seed=7)
    near = PLANTED.model_copy(update={"max_minutes": 20.0})
    table = by_class(departures(pairs, links, communes=COMMUNES, roads=near))
    whole = by_class(departures(pairs, links, communes=COMMUNES, roads=PLANTED))
    assert 0 < table["n_pairs"].sum() < whole["n_pairs"].sum() == len(pairs)


def test_a_class_holds_its_lower_bound() -> None:
    pairs = pd.DataFrame({"length_m": [0.0, 4_999.9, 5_000.0, 79_999.0, 80_000.0]})
    assert with_classes(pairs)["from_km"].tolist() == [0, 0, 5, 40, 80]


def test_centiles_by_hand() -> None:
    found = pd.DataFrame(
        {
            "profile": "car",
            "from_km": [0, 0, 0, 5],
            "length_m": [0.9, 1.0, 1.4, np.nan],
            "time_s": [1.0, 2.0, 3.0, 1.0],
        }
    )
    (row,) = by_class(found).to_dict("records")
    assert (row["n_pairs"], row["length_p50"], row["time_p50"]) == (3, 1.0, 2.0)
    assert row["length_p95"] == pytest.approx(1.36)


def test_pairs_are_drawn_by_class_and_seed(truth) -> None:
    few = {"n_origins": 10, "n_of_class": 30}
    drawn = draw_pairs(truth, seed=7, **few)
    shuffled = truth.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(drawn, draw_pairs(shuffled, seed=7, **few))
    assert not drawn.equals(draw_pairs(truth, seed=8, **few))
    assert drawn["origin_id"].nunique() == 10
    assert drawn.groupby(["profile", "from_km"]).size().max() == 30
    assert (drawn["origin_id"] != drawn["destination_id"]).all()


def test_a_vehicle_without_a_pair_is_refused(truth) -> None:
    links = surrogate_links(**inputs(), roads=PLANTED)
    by_car = draw_pairs(truth[truth["profile"].eq("car")], seed=7)
    with pytest.raises(StudyError, match=r"aucune paire \(truck\) → lancer l'étude"):
        calibrate(by_car, links, communes=COMMUNES, roads=PLANTED)

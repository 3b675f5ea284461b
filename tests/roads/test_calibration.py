"""Calibration finds again what was planted on a toy grid."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.errors import StudyError
from eitgeo.roads.network.surrogate import build_surrogate
from eitgeo.roads.questions.calibration import calibrate, trip_fit
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
EXITS = make_exits(("A64", 1, CODES[0]), ("A64", 2, CODES[2]), ("A64", 3, CODES[4]))


def ground(x, y):
    """Flat in the west, more and more rugged to the east; no ridge."""
    east = np.clip((x - 540_000.0) / 36_000.0, 0, 1)
    return 220 * east * np.sin(x / 900.0) * np.cos(y / 1_100.0)


def inputs() -> dict[str, Any]:
    """Return what the network of the grid is built from."""
    return {
        "communes": make_communes(SEATS),
        "borders": make_borders(*SIDES),
        "heights": ground,
        "motorway_exits": EXITS,
    }


def trips_of(roads) -> pd.DataFrame:
    """Drive a network: what it says of 40 pairs are the known trips."""
    rng = np.random.default_rng(7)
    pairs: list[Any] = [rng.choice(CODES, 2, replace=False) for _ in range(40)]
    pairs += [(CODES[0], CODES[2]), (CODES[0], CODES[4]), (CODES[2], CODES[4])]
    blank = pd.DataFrame(pairs, columns=["from_code", "to_code"]).drop_duplicates()
    blank = blank.assign(road_km=1.0, car_minutes=1.0, status="tiré")
    blank = blank.assign(**{"from": blank["from_code"], "to": blank["to_code"]})
    network = build_surrogate(**inputs(), roads=roads)
    fit = trip_fit(blank, network, communes=make_communes(SEATS), roads=roads)
    return blank.assign(
        road_km=fit["model_km"].to_numpy(), car_minutes=fit["model_min"].to_numpy()
    )


def test_planted_parameters_are_found_again() -> None:
    car = {"motorway_kmh": 112, "slow_per_relief": 3, "access_kmh": 40}
    planted = make_roads(
        tortuosity_flat=1.15,
        tortuosity_per_relief=2.5,
        junction_minutes=4,
        ridge_m=5_000,
        car={"road_kmh": 60, **car},
    )
    start = planted.model_copy(
        update={
            "tortuosity_flat": 1.8,  # out of bounds: brought back to 1.4
            "tortuosity_per_relief": 1.5,
            "junction_minutes": 3.0,
            "car": planted.car.model_copy(
                update={"road_kmh": 52.0, "slow_per_relief": 2.0, "motorway_kmh": 118.0}
            ),
        }
    )
    found = calibrate(trips_of(planted), **inputs(), roads=start)
    assert found.tortuosity_flat == pytest.approx(1.15, abs=0.01)
    assert found.tortuosity_per_relief == pytest.approx(2.5, abs=0.1)
    assert found.car.road_kmh == pytest.approx(60, abs=0.5)
    assert found.car.slow_per_relief == pytest.approx(3, abs=0.2)
    assert found.car.motorway_kmh == pytest.approx(112, abs=2)
    assert found.junction_minutes == pytest.approx(4, abs=0.2)
    # What car trips cannot tell is kept.
    assert found.truck == start.truck
    assert found.tortuosity_motorway == start.tortuosity_motorway


def test_trips_that_cannot_be_compared_are_refused() -> None:
    trips = trips_of(make_roads(ridge_m=5_000))
    with pytest.raises(StudyError, match="aucun entre des communes du territoire"):
        calibrate(trips.iloc[:0], **inputs(), roads=make_roads())
    short = make_roads(ridge_m=5_000, max_minutes=10)
    with pytest.raises(StudyError, match="aucun chemin dans le réseau → retirer"):
        calibrate(trips, **inputs(), roads=short)

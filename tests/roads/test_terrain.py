"""Climb along drawn hills."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eitgeo.roads.network.surrogate import line_profiles

KNOTS_X = [0.0, 500.0, 1000.0, 1500.0, 2000.0]
KNOTS_Z = [0.0, 200.0, 400.0, 100.0, 50.0]


def hill(x, y):
    """Rise 400 m, fall to 50 m.

    400      *
    200   *     .
    100            *
      0 *             * 50
        0   ...    2 000 m
    """
    return np.interp(x, KNOTS_X, KNOTS_Z) + 0 * y


def test_a_hill_by_hand() -> None:
    line: Any = line_profiles(np.array([[0.0, 0.0, 2000.0, 0.0]]), heights=hill)
    assert line.loc[0].to_dict() == {
        "straight_m": 2000.0,
        "ascent_m": 400.0,
        "descent_m": 350.0,  # 300 + 50
        "ridge_m": 350.0,  # 400 above the higher end, 50
        "relief": 0.375,  # 750 / 2 000
    }


def test_a_steady_slope_has_no_ridge() -> None:
    ends = np.array([[0.0, 0.0, 3000.0, 4000.0]])
    line: Any = line_profiles(ends, heights=lambda x, _y: x / 10)
    assert line.loc[0, "straight_m"] == 5000.0
    assert line.loc[0, "ascent_m"] == pytest.approx(300.0)
    assert line.loc[0, ["descent_m", "ridge_m"]].tolist() == [0.0, 0.0]


def test_a_line_is_measured_alike_alone_or_beside_longer_ones() -> None:
    ends = np.array([[0.0, 0, 900, 0], [100.0, 0, 2000, 0], [0.0, 0, 90_000, 0]])
    together = line_profiles(ends, heights=hill)
    for row, line in enumerate(ends):
        alone = line_profiles(line[None, :], heights=hill).loc[0]
        assert together.loc[row].to_numpy() == pytest.approx(alone.to_numpy())


def test_a_ridge_thinner_than_the_step_may_be_missed() -> None:
    def wall(x, y):
        return np.where(np.abs(x - 250.0) < 20, 300.0, 0.0) + 0 * y

    ends = np.array([[0.0, 0.0, 1000.0, 0.0]])
    assert line_profiles(ends, heights=wall, step_m=500).loc[0, "ridge_m"] == 0.0
    assert line_profiles(ends, heights=wall, step_m=250).loc[0, "ridge_m"] == 300.0


def test_unknown_altitudes_are_skipped() -> None:
    def holed(x, y):
        return np.where(np.abs(x - 1000.0) < 1, np.nan, hill(x, y))

    line: Any = line_profiles(np.array([[0.0, 0, 2000, 0]]), heights=holed).loc[0]
    assert line["ascent_m"] == 200.0  # 0, 200, (void), 100, 50
    assert line["descent_m"] == 150.0
    assert line["ridge_m"] == 150.0


@pytest.mark.parametrize("known_x", [-1.0, 0.0, 1000.0])
def test_less_than_two_known_altitudes_make_a_flat_line(known_x: float) -> None:
    def blind(x, y):
        return np.where(x == known_x, 250.0, np.nan) + 0 * y

    line: Any = line_profiles(np.array([[0.0, 0, 2000, 0]]), heights=blind).loc[0]
    assert line.drop("straight_m").tolist() == [0.0, 0.0, 0.0, 0.0]


def test_a_line_of_no_length_has_no_relief() -> None:
    line: Any = line_profiles(np.array([[500.0, 0.0, 500.0, 0.0]]), heights=hill).loc[0]
    assert line.tolist() == [0.0, 0.0, 0.0, 0.0, 0.0]


def test_no_line_gives_no_row() -> None:
    assert line_profiles(np.empty((0, 4)), heights=hill).empty


@given(
    st.lists(st.floats(-5e4, 5e4), min_size=4, max_size=4),
    st.floats(1e-4, 1e-3),
)
def test_the_way_back_falls_what_the_way_out_climbs(ends, pulse) -> None:
    def waves(x, y):
        return 500 * np.sin(pulse * x) * np.cos(pulse * y)

    out = np.array([ends])
    back = out[:, [2, 3, 0, 1]]
    there = line_profiles(out, heights=waves).loc[0]
    again = line_profiles(back, heights=waves).loc[0]
    assert there["ascent_m"] == pytest.approx(again["descent_m"], abs=1e-6)
    assert there["descent_m"] == pytest.approx(again["ascent_m"], abs=1e-6)
    assert there["ridge_m"] == pytest.approx(again["ridge_m"], abs=1e-6)
    assert there["ridge_m"] >= 0

"""The best seat, by hand on the row of six.

commune      a    b    c    d    e    f
minutes a    5   20   30   40   60   70
minutes e   60   50   40   30    5   20
targets      3    1    1    1    2    1
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eitgeo.exact import weighted_median
from eitgeo.scenarios.measures.access import access_figures
from tests.scenarios.toy import (
    ROW,
    A,
    B,
    C,
    D,
    E,
    F,
    make_activity,
    make_inputs,
    make_minutes,
    make_study,
    make_targets,
)

TARGETS = make_targets({A: 3, B: 1, C: 1, D: 1, E: 2, F: 1})
NAN = float("nan")


def seat(codes, *, targets=TARGETS, minutes=None, limit_min=45.0) -> pd.DataFrame:
    """Measure access in one perimeter: one row a figure."""
    activity = make_activity(target=targets, town_minutes=make_minutes(minutes))
    study = make_study(seat_minutes=limit_min)
    figures = access_figures(make_inputs(codes, activity=activity, study=study))
    return pd.concat({name: table.iloc[0] for name, table in figures.items()}, axis=1).T


def test_the_best_seat_has_the_smallest_median() -> None:
    found = seat(ROW)
    # From a: 3 sites at 5, 4 at 20 or less, 5 of 9 at 30. From e: half at 40.
    assert found.loc["seat_median_min", "value"] == 30.0
    assert found.loc["seat_45min_pct", "value"] == pytest.approx(100 * 6 / 9)
    # With e too, all nine are at 45 min or less.
    assert found.loc["two_seats_gain_pct", "value"] == pytest.approx(100 * 3 / 9)
    assert set(found["note"]) == {"siège calculé : Amont"}


def test_only_towns_inside_can_be_the_seat() -> None:
    found = seat([B, C, D, E, F])
    # From e: 2 sites at 5, 3 of 6 at 20.
    assert found.loc["seat_median_min", "value"] == 20.0
    assert set(found["note"]) == {"siège calculé : Étape"}
    assert found.loc["two_seats_gain_pct", "value"] == 0.0


def test_the_threshold_is_reached_and_not_passed() -> None:
    assert seat(ROW, limit_min=40).loc["seat_45min_pct", "value"] == pytest.approx(
        100 * 6 / 9
    )
    assert seat(ROW, limit_min=39).loc["seat_45min_pct", "value"] == pytest.approx(
        100 * 5 / 9
    )


def test_among_equal_medians_the_larger_share_wins() -> None:
    minutes = {A: [10, 10, 10, 99, 99, 99], E: [10, 10, 10, 10, 99, 99]}
    one_each = make_targets(dict.fromkeys([A, B, C, D, E], 1))
    found = seat([A, B, C, D, E], targets=one_each, minutes=minutes)
    assert set(found["note"]) == {"siège calculé : Étape"}
    assert found.loc["seat_45min_pct", "value"] == 80.0


@pytest.mark.parametrize(
    ("codes", "options", "reason"),
    [
        ([B, C], {}, "aucune ville assez peuplée dans le périmètre"),
        ([A, B], {"targets": make_targets({C: 2})}, "aucun établissement à mobiliser"),
        (
            [A, B],
            {"minutes": {A: [NAN] * 6}},
            "pas de chemin vers une ville pour la plupart des établissements",
        ),
        ([A, B], {"minutes": {}}, "aucune ville assez peuplée"),
    ],
)
def test_without_seat_there_is_no_number_but_a_reason(codes, options, reason) -> None:
    found = seat(codes, **options)
    assert found["value"].isna().all()
    assert found["note"].str.startswith(reason).all()


def test_sites_without_way_are_not_in_reach() -> None:
    found = seat([A, B, C], minutes={A: [5, NAN, 30, 40, 60, 70]})
    assert found.loc["seat_median_min", "value"] == 5.0
    assert found.loc["seat_45min_pct", "value"] == 80.0  # 4 of 5


@pytest.mark.parametrize(
    ("values", "weights", "median"),
    [
        ([10, 20, 30], [1, 1, 1], 20),
        ([10, 20], [1, 1], 10),  # the smallest that half does not pass
        ([30, 10, 20], [3, 1, 1], 30),
        ([10, 20, 30], [0, 0, 1], 30),
        ([10, NAN], [1, 1], 10),
        ([10, NAN], [1, 2], NAN),
        ([10, NAN], [1, 0], 10),
        ([10, 20], [0, 0], NAN),
        ([], [], NAN),
    ],
)
def test_weighted_medians_by_hand(values, weights, median) -> None:
    found = weighted_median(np.array(values, dtype=float), np.array(weights, float))
    assert found == pytest.approx(median, nan_ok=True)


def slow_median(values: list[float], weights: list[int]) -> float:
    """Write each value as often as it weighs, and take the lower middle one."""
    line = sorted(
        value for value, n in zip(values, weights, strict=True) for _ in range(n)
    )
    return line[(len(line) - 1) // 2] if line else NAN


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 4)), max_size=12))
def test_weighted_medians_agree_with_a_slow_count(pairs) -> None:
    values = [float(value) for value, _ in pairs]
    weights = [weight for _, weight in pairs]
    found = weighted_median(np.array(values), np.array(weights, dtype=float))
    assert found == pytest.approx(slow_median(values, weights), nan_ok=True)


def test_no_seat_is_computed_on_roads_that_are_not_believed() -> None:
    why = "aucun siège calculé, routes à vérifier : 20 % des trajets"
    activity = make_activity(
        target=TARGETS, town_minutes=make_minutes(None), no_seats=why
    )
    figures = access_figures(make_inputs(ROW, activity=activity, study=make_study()))
    for table in figures.values():
        assert np.isnan(table["value"]).all()
        assert set(table["note"]) == {why}

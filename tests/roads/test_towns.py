"""Car minutes from the communes of the area to its towns.

A (3 000 inh., in) ── 10 min ── B (100 inh., in)      C (9 000 inh., outside)
│                                                      D (2 500 inh., in, no way)
"""

import pandas as pd
from pandas.testing import assert_frame_equal

from eitgeo.roads.questions.seats import town_minutes

A, B, C, D = "31001", "31002", "31003", "31004"
COMMUNES = pd.DataFrame(
    {
        "code_insee": [D, B, A, C],
        "population": [2500, 100, 3000, 9000],
        "in_area": [True, True, True, False],
    }
)
NAN = float("nan")
PAIRS = pd.DataFrame(
    [
        (A, A, "car", 60.0),
        (B, A, "car", 600.0),
        (B, A, "truck", 900.0),
        (D, A, "car", NAN),
        (A, D, "car", NAN),
        (B, D, "car", NAN),
        (D, D, "car", 30.0),
        (A, B, "car", 600.0),
        (A, C, "car", 120.0),
    ],
    columns=["origin_id", "destination_id", "profile", "time_s"],
)


def test_minutes_by_hand() -> None:
    found = town_minutes(COMMUNES, PAIRS, min_population=2500)
    expected = pd.DataFrame({A: [1.0, 10.0, NAN], D: [NAN, NAN, 0.5]}, index=[A, B, D])
    assert_frame_equal(found, expected, check_names=False)


def test_row_order_changes_nothing_and_inputs_stay() -> None:
    communes, pairs = COMMUNES.copy(), PAIRS.copy()
    found = town_minutes(communes, pairs, min_population=2500)
    turned = town_minutes(communes[::-1], pairs[::-1], min_population=2500)
    assert_frame_equal(found, turned)
    assert_frame_equal(communes, COMMUNES)
    assert_frame_equal(pairs, PAIRS)


def test_no_town_gives_no_column() -> None:
    found = town_minutes(COMMUNES, PAIRS, min_population=10_000)
    assert found.shape == (3, 0)
    assert list(found.index) == [A, B, D]


def test_a_way_takes_as_long_back_as_forth_whatever_the_last_bit() -> None:
    """0.1 + 0.2 is not 0.3 for a computer: the nearer of two towns is no such noise."""
    back_and_forth = [
        (A, D, "car", 60 * (0.1 + 0.2)),
        (D, A, "car", 60 * 0.3),
        (B, A, "car", 60 / 7),
    ]
    pairs = pd.DataFrame(back_and_forth, columns=PAIRS.columns)
    assert pairs["time_s"].nunique() == 3
    found = town_minutes(COMMUNES, pairs, min_population=2500)
    assert found[D].tolist()[0] == found[A].tolist()[2]
    assert found[A].tolist()[1] == 0.142857

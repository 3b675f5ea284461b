"""Seats of animation: hand-computed choices, and every choice against brute force."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eitgeo.errors import InfeasibleError, SchemaError
from eitgeo.exact import weighted_median
from eitgeo.roads.questions.seats import best_seats, medians, seat_choices
from eitgeo.scenarios.measures.access import _best_seat

# Minutes by car from four communes to three towns; no road leads from D to R.
MINUTES = pd.DataFrame(
    {"P": [5, 20, 50, 70], "Q": [40, 10, 30, 60], "R": [80, 60, 5, np.nan]},
    index=list("ABCD"),
    dtype=float,
)
EVEN = pd.Series(1.0, index=list("ABCD"))


def choice(table, *seats):
    first, second = (*seats, None)[:2]
    same = table["seat_2"].isna() if second is None else table["seat_2"].eq(second)
    return table[table["seat_1"].eq(first) & same].iloc[0]


def test_one_seat_by_hand():
    table = seat_choices(MINUTES, EVEN, limit_min=45)
    # Two of four communes are within 20, 30 and 60 min of P, Q and R.
    assert choice(table, "P")["median_min"] == 20
    assert choice(table, "Q")["median_min"] == 30
    assert choice(table, "R")["median_min"] == 60
    assert [choice(table, town)["share_pct"] for town in "PQR"] == [50, 75, 25]
    assert [choice(table, town)["without_way_pct"] for town in "PQR"] == [0, 0, 25]


def test_two_seats_by_hand():
    table = seat_choices(MINUTES, EVEN, limit_min=45)
    # Nearest of P and R: 5, 20, 5, 70 (D has no way to R, and goes to P).
    both = choice(table, "P", "R")
    assert (both["median_min"], both["share_pct"], both["without_way_pct"]) == (
        5,
        75,
        0,
    )
    assert table["n_seats"].tolist() == [1, 1, 1, 2, 2, 2]


def test_the_best_by_each_criterion():
    found = best_seats(MINUTES, EVEN, limit_min=45)
    chosen = found[["criterion", "n_seats", "seat_1", "seat_2"]].astype(object)
    assert chosen.where(chosen.notna(), None).to_numpy().tolist() == [
        ["median", 1, "P", None],
        ["median", 2, "P", "R"],
        ["share", 1, "Q", None],
        ["share", 2, "P", "R"],
    ]


def test_a_weight_moves_the_seat():
    heavy = EVEN.mask(EVEN.index == "C", 9.0)
    found = best_seats(MINUTES, heavy, limit_min=45, criteria=("median",))
    assert found["seat_1"].tolist()[0] == "R"
    assert found["median_min"].tolist()[0] == 5


def test_ties_fall_to_the_first_town_and_are_counted():
    same = pd.DataFrame({"Y": [10.0, 30.0], "X": [10.0, 30.0], "W": [30.0, 10.0]})
    even = pd.Series([1.0, 1.0])
    for columns in (["W", "X", "Y"], ["W", "Y", "X"]):
        found = best_seats(same[columns], even, limit_min=45, criteria=("median",))
        assert found["seat_1"][0] == "W"
        assert found["ties"][0] == 2


def test_a_tie_falls_to_the_other_criterion():
    minutes = pd.DataFrame({"P": [10.0, 50.0], "Q": [10.0, 40.0]})
    found = best_seats(minutes, pd.Series([1.0, 1.0]), limit_min=45)
    assert found["seat_1"].tolist() == ["Q", "P", "Q", "P"]


def test_one_town_has_no_second():
    found = best_seats(MINUTES[["P"]], EVEN, limit_min=45)
    assert found["n_seats"].tolist() == [1, 1]


def test_no_way_for_most_is_no_median():
    lost = pd.DataFrame({"P": [5.0, np.nan, np.nan]})
    even = pd.Series([1.0, 1.0, 1.0])
    table = seat_choices(lost, even, limit_min=45)
    assert table["median_min"].isna().all()
    assert table["without_way_pct"][0] == pytest.approx(200 / 3)
    with pytest.raises(InfeasibleError, match="aucun ne joint la moitié"):
        best_seats(lost, even, limit_min=45)
    share = best_seats(lost, even, limit_min=45, criteria=("share",))
    assert share["share_pct"][0] == pytest.approx(100 / 3)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (pd.Series(1.0, index=list("ABC")), "lieu sans poids : « D »"),
        (pd.Series(0.0, index=list("ABCD")), "tous nuls"),
        (pd.Series([1.0, -1.0, 1.0, 1.0], index=list("ABCD")), "négatifs"),
        (pd.Series([1.0, np.nan, 1.0, 1.0], index=list("ABCD")), "inconnus"),
        (pd.Series(1.0, index=list("ABCDA")), "donné deux fois"),
    ],
)
def test_weights_that_do_not_fit_are_refused(weights, message):
    with pytest.raises(SchemaError, match=message):
        seat_choices(MINUTES, weights, limit_min=45)


def test_no_town_is_refused():
    with pytest.raises(InfeasibleError, match="aucune ville candidate"):
        seat_choices(MINUTES[[]], EVEN, limit_min=45)


def test_inputs_are_untouched_and_order_of_points_does_not_matter():
    before, weights = MINUTES.copy(), EVEN.copy()
    turned = best_seats(MINUTES[::-1], EVEN, limit_min=45)
    pd.testing.assert_frame_equal(best_seats(MINUTES, EVEN, limit_min=45), turned)
    pd.testing.assert_frame_equal(MINUTES, before)
    pd.testing.assert_series_equal(EVEN, weights)


tables = st.integers(1, 7).flatmap(
    lambda points: st.integers(1, 4).flatmap(
        lambda towns: st.tuples(
            st.lists(
                st.lists(
                    st.one_of(st.just(np.nan), st.integers(0, 90).map(float)),
                    min_size=towns,
                    max_size=towns,
                ),
                min_size=points,
                max_size=points,
            ),
            st.lists(st.integers(0, 5), min_size=points, max_size=points).filter(any),
        )
    )
)


@given(tables)
def test_every_choice_agrees_with_brute_force(drawn):
    times, weights = np.array(drawn[0]), np.array(drawn[1], dtype=float)
    towns = [f"T{at}" for at in range(times.shape[1])]
    table = seat_choices(
        pd.DataFrame(times, columns=towns), pd.Series(weights), limit_min=45
    )
    choices = [
        *((at, at) for at in range(len(towns))),
        *combinations(range(len(towns)), 2),
    ]
    assert len(table) == len(choices)
    for row, chosen in zip(table.itertuples(), choices, strict=True):
        nearest = [
            min((times[i, at] for at in chosen if times[i, at] >= 0), default=None)
            for i in range(len(times))
        ]
        inside = sum(
            w
            for t, w in zip(nearest, weights, strict=True)
            if t is not None and t <= 45
        )
        lost = sum(w for t, w in zip(nearest, weights, strict=True) if t is None)
        assert row.share_pct == pytest.approx(100 * inside / weights.sum())
        assert row.without_way_pct == pytest.approx(100 * lost / weights.sum())
        values = np.array([np.nan if t is None else t for t in nearest])
        expected = weighted_median(values, weights)
        assert row.median_min == pytest.approx(expected, nan_ok=True)


@given(tables)
def test_a_second_seat_never_harms(drawn):
    times, weights = np.array(drawn[0]), np.array(drawn[1], dtype=float)
    table = seat_choices(pd.DataFrame(times), pd.Series(weights), limit_min=45)
    both = table[table["n_seats"] == 2]
    one = table[table["n_seats"] == 1].set_index("seat_1")
    for seat in ("seat_1", "seat_2"):
        alone = one.loc[both[seat]]
        assert (
            both["share_pct"].to_numpy() >= alone["share_pct"].to_numpy() - 1e-9
        ).all()
        lost = both["without_way_pct"].to_numpy() - alone["without_way_pct"].to_numpy()
        assert (lost <= 1e-9).all()


@given(tables)
def test_the_indicator_of_a_perimeter_names_the_same_seat(drawn):
    """Its shares and medians come from :mod:`eitgeo.scenarios`: same definition."""
    times, weights = np.array(drawn[0]), np.array(drawn[1], dtype=float)
    every = np.arange(times.shape[1])
    order = np.argsort(times, axis=0, kind="stable")
    seat, median, share, gain = _best_seat(
        (times, order), weights, towns=every, limit_min=45
    )
    minutes, weight = pd.DataFrame(times), pd.Series(weights)
    if seat is None:
        with pytest.raises(InfeasibleError):
            best_seats(minutes, weight, limit_min=45, criteria=("median",))
        return
    row = best_seats(minutes, weight, limit_min=45, criteria=("median",)).iloc[0]
    assert row["median_min"] == median
    assert row["share_pct"] == pytest.approx(share)
    # Every second seat, tried one by one: whole numbers add up without an error.
    near = np.nan_to_num(times, nan=np.inf) <= 45
    reached = [weights @ (near[:, [i]] | near) for i in every]
    assert gain == 100 * np.max(reached) / weights.sum() - share


def test_medians_of_several_columns():
    values = np.array([[1.0, np.nan], [2.0, 7.0], [3.0, np.nan]])
    found = medians(values, np.array([1.0, 1.0, 1.0]))
    assert found[0] == 2
    assert np.isnan(found[1])

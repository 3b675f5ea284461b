"""Totals of levers: told where no firm makes them, by hand."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.disclosure.levers import (
    count_rows,
    factor_rows,
    guard_levers,
    is_safe,
    lever_rows,
    reach_rows,
    tellable_sums,
    without_first_pct,
)
from eitgeo.reference.exchange_terms import distance_checks
from tests.tables.conftest import frame_of, row_of

TOTALS = pd.DataFrame(
    {
        "lever": ["t", "syndicate_t"],
        "low": [5.0, float("nan")],
        "mid": [10.0, float("nan")],
        "high": [20.0, float("nan")],
        "status": ["chiffre", "non_chiffre"],
    }
)
GIVERS, TAKERS = list("abcd"), list("wxyz")


def told(gains: list[float], givers=GIVERS, takers=TAKERS) -> pd.DataFrame:
    """Guard a total made of the gains of four exchanges."""
    frame = pd.DataFrame({"t": gains})
    ends = [pd.Series(givers), pd.Series(takers)]
    return guard_levers(TOTALS, frame, ends=ends)


def test_what_many_firms_make_is_told() -> None:
    pd.testing.assert_frame_equal(told([3, 3, 2, 2]), TOTALS)


@pytest.mark.parametrize(
    ("gains", "givers", "takers"),
    [
        ([3, 3, 2, 2], list("aabb"), TAKERS),  # two givers
        ([3, 3, 2, 2], GIVERS, list("wwxx")),  # two takers
        ([90, 4, 3, 3], GIVERS, TAKERS),  # one makes 90 %
        ([50, 20, 2, -60], GIVERS, TAKERS),  # 60 of 132 at most, but the total is 12
        ([5, 5, float("nan"), float("nan")], GIVERS, TAKERS),  # two are counted
    ],
)
def test_what_few_firms_make_is_withheld(gains, givers, takers) -> None:
    table = told(gains, givers, takers).set_index("lever")
    assert table.loc["t", ["low", "mid", "high"]].isna().all()
    assert table["status"].to_dict() == {"t": "secret", "syndicate_t": "non_chiffre"}


def test_firms_are_those_of_the_exchanges_that_gain_in_any_order() -> None:
    """Of six exchanges four gain; those of a and b alone, put last, do not."""
    firms: Any = pd.Series(list("abcdab"), dtype="category")
    gains = pd.Series([3.0, 2.0, 2.0, 3.0], index=[3, 0, 2, 1])
    assert is_safe(gains, [firms, firms.astype("str")])
    assert is_safe(gains, [firms[::-1]])
    assert not is_safe(gains, [firms.replace({"d": "a"}).mask(firms == "b")])
    assert not is_safe(gains.set_axis([0, 1, 4, 5]), [firms])


def test_a_firm_of_several_exchanges_counts_once() -> None:
    """The gains of a, 60 and −55, make 5 of 15."""
    kept = told([60, -55, 5, 5], list("aabc"), list("wxwx"))
    assert kept["status"].tolist()[0] == "secret"  # takers w and x: 65 and −50
    fine = told([60, -55, 5, 5], list("aabc"), list("wwxy"))
    assert fine["status"].tolist()[0] == "chiffre"


def test_where_the_variance_comes_from_stays_in_with_the_total() -> None:
    totals = TOTALS.assign(variance_tonnages_pct=[80.0, float("nan")])
    ends = [pd.Series(GIVERS), pd.Series(TAKERS)]
    many = guard_levers(totals, pd.DataFrame({"t": [3, 3, 2, 2]}), ends=ends)
    assert many["variance_tonnages_pct"].tolist()[0] == 80.0
    one = guard_levers(totals, pd.DataFrame({"t": [90, 4, 3, 3]}), ends=ends)
    assert one["variance_tonnages_pct"].isna().all()


def test_what_is_told_has_two_figures() -> None:
    exact = TOTALS.assign(
        low=[4.951, float("nan")],
        mid=[10.49, float("nan")],
        high=[20_499.0, float("nan")],
        covered_pct=[97.347, 100.0],
    )
    ends = [pd.Series(GIVERS), pd.Series(TAKERS)]
    found = guard_levers(exact, pd.DataFrame({"t": [3, 3, 2, 2]}), ends=ends)
    levels = found[["low", "mid", "high", "covered_pct"]].to_numpy()[0]
    assert levels.tolist() == [5.0, 10.0, 20_000.0, 97.3]


def reach(km: list[float], givers=GIVERS) -> pd.DataFrame:
    """Release the median of four exchanges beside NISP's."""
    ends = [pd.Series(givers), pd.Series(TAKERS)]
    t = pd.Series([5.0, 50.0, 11.0, 100.0])
    found = reach_rows(pd.Series(km), t, distance_checks(), ends=ends)
    return found.table.set_index("check_id")


def test_the_median_of_exchanges_stands_beside_the_published_one() -> None:
    """Of 2, 4, 8 and 100 km, whatever their tonnes: 6 km; NISP: 20.4 miles.

    Above 10 t, of 4, 8 and 100 km: 8; 100 of 166 t go 8 km at most, 16 less.
    """
    table = reach([2.0, 100.0, 4.0, 8.0])
    expected = {"modele": 6.0, "modele_10t": 8.0, "modele_tonne": 8.0, "nisp": 32.8}
    assert table["km"].to_dict() == expected
    assert table["km"]["nisp"] == pytest.approx(20.4 * 1.609344, abs=0.05)
    own = dict.fromkeys(["modele", "modele_10t", "modele_tonne"], "H")
    assert table["evidence"].to_dict() == own | {"nisp": "S"}
    assert "Jensen" in str(table.loc["nisp", "source"])


def test_a_median_of_two_firms_is_secret_and_of_none_untold() -> None:
    held = reach([2.0, 100.0, 4.0, 8.0], givers=list("aabb"))
    assert held.loc["modele", "status"] == "secret"
    own = dict.fromkeys(["modele", "modele_10t", "modele_tonne"], True)
    assert held["km"].isna().to_dict() == own | {"nisp": False}
    none = reach_rows(
        pd.Series(dtype=np.float64),
        pd.Series(dtype=np.float64),
        distance_checks(),
        ends=[pd.Series([], dtype=str)] * 2,
    )
    assert none.table["status"].to_dict() == dict(
        enumerate(["non_chiffre"] * 3 + ["chiffre"])
    )


def test_each_median_is_guarded_by_what_makes_it() -> None:
    """Two firms give more than 10 t, three give at all: the first median is secret."""
    held = reach([2.0, 100.0, 4.0, 8.0], givers=list("abbb"))
    assert held["status"].tolist()[:3] == ["secret"] * 3
    told = reach([2.0, 100.0, 4.0, 8.0], givers=list("abcc"))
    by_id = told["status"].to_dict()
    assert by_id["modele"] == "chiffre"
    assert by_id["modele_10t"] == "secret"


def alone(amounts: pd.Series, firms: pd.Series) -> bool:
    """Guard one sum by itself, as a lever."""
    if not amounts.groupby(firms).sum().any():
        return True
    totals = TOTALS.head(1).assign(mid=amounts.sum())
    made = guard_levers(totals, pd.DataFrame({"t": amounts}), ends=[firms])
    return made["status"].tolist() == ["chiffre"]


@pytest.mark.parametrize("seed", range(2))
def test_many_sums_at_once_are_told_as_each_alone(seed) -> None:
    """Fifteen sums of parts of forty rows, and what each leaves of the whole."""
    rng = np.random.default_rng(seed)
    names = [*"abcdefg", "", "-"]  # published counts, and one less who answered
    odds = [0.3, 0.2, *[0.08] * 5, 0.05, 0.05]
    firms = pd.Series(rng.choice(names, 40, p=odds), dtype="str")
    whole = pd.DataFrame({"t": rng.lognormal(0, 2, 40), "eur": rng.normal(2, 3, 40)})
    chosen = rng.random((15, 40)) < rng.random((15, 1))
    group, row = np.nonzero(chosen)
    parts = whole.loc[row].reset_index(drop=True).assign(row=row, group=group)
    found = tellable_sums(parts, whole, firms, n_groups=15)
    for name in whole.columns:
        expected = [
            all(alone(whole.loc[mine, name], firms[mine]) for mine in (one, ~one))
            for one in chosen
        ]
        assert found[name].tolist() == expected
        assert 0 < sum(expected) < 15


def test_what_is_left_without_the_three_first_givers_names_none() -> None:
    """Of 100 t, three give 60, three 40; where one makes nearly all three, silence."""
    ends = [pd.Series(list("abcdef")), pd.Series(list("uvwxyz"))]
    gains = pd.Series([25.0, 20.0, 15.0, 14.0, 13.0, 13.0])
    assert without_first_pct(gains, ends) == 40.0
    assert math.isnan(without_first_pct(gains.where(gains < 25, 500.0), ends))
    two_left = gains.where(gains > 13, 0.0)
    assert math.isnan(without_first_pct(two_left, ends))
    more = pd.Series([16.0, 14.0, 14.0, 12.0, 12.0, 12.0, 10.0, 10.0])
    assert without_first_pct(more, [pd.Series(list("abcdefgh"))] * 2) == 56.0
    # x takes most: the three that count are those who give most.
    taken = [pd.Series(list("abcdefg")), pd.Series(list("uvwxxyz"))]
    seven = pd.Series([20.0, 20.0, 20.0, 11.0, 11.0, 9.0, 9.0])
    assert without_first_pct(seven, taken) == 40.0
    one_taker = [ends[0], pd.Series(list("uuuxyz"))]
    assert math.isnan(without_first_pct(gains, one_taker))


def test_what_is_left_without_the_first_givers_is_told_of_what_they_give() -> None:
    """Of 300 t of three and −297 of three others, 3 are left: the total is secret."""
    gains = pd.DataFrame({"t": [25.0, 20.0, 15.0, 14.0, 13.0, 13.0]})
    gains = gains.assign(tco2e_avoided=gains["t"])
    gains["eur_firms"] = [100.0] * 3 + [-99.0] * 3
    totals = pd.DataFrame({"lever": gains.columns, "mid": gains.sum().to_numpy()})
    totals = totals.assign(low=totals["mid"], high=totals["mid"], status="chiffre")
    totals = totals.assign(unit="", covered_pct=100.0, evidence="H", left_out="")
    ends = [pd.Series(list("abcdef")), pd.Series(list("uvwxyz"))]
    rows = lever_rows(totals, gains, ends=ends)
    left = rows.table.set_index("lever")["without_first_pct"]
    assert left.dropna().to_dict() == {"t": 40.0}
    assert rows.withheld == 1


def test_figures_of_a_factor_are_told_where_they_may_be_and_it_is_worth_most() -> None:
    """Of two factors the second is worth less than ten others: classes alone."""
    weight = row_of("factor_weights", deposit_t=12_345.0, eur_firms=789.0)
    weight |= {"swing_deposit_t": 23_456.0, "swing_eur_firms": -789.0, "rank": 1.0}
    first = weight | {"worth_rank": 1.0, "withheld": "eur_firms"}
    other = weight | {"worth_rank": 11.0, "withheld": ""}
    rows = factor_rows(frame_of("factor_weights", first, other))
    figures = rows.table[["deposit_t", "swing_deposit_t"]]
    assert figures.iloc[0].tolist() == [12_000.0, 23_000.0]
    assert figures.iloc[1].isna().all()
    assert rows.table[["eur_firms", "swing_eur_firms"]].isna().all(axis=None)
    assert rows.withheld == 1


def test_a_whole_told_in_parts_leaves_nothing_to_tell() -> None:
    """1 000 000.3 and 2 000 000.1 make 3 000 000.4 but for the last bit of a."""
    whole = pd.DataFrame({"t": [3_000_000.4, 3e6, 3e6]})
    parts = pd.DataFrame({"row": [0, 0, 1, 2], "group": 0})
    firms = pd.Series(list("abc"), dtype="str")
    every = parts.assign(t=[1_000_000.3, 2_000_000.1, 3e6, 3e6])
    assert tellable_sums(every, whole, firms, n_groups=1)["t"].all()
    less = parts.assign(t=[1_000_000.3, 1_000_000.1, 3e6, 3e6])
    assert not tellable_sums(less, whole, firms, n_groups=1)["t"].any()


@pytest.mark.parametrize(
    ("gains", "is_told"),
    [
        ([85.0, 10.0, 5.0], True),
        ([85.5, 9.5, 5.0], False),
        ([85.0, 20.0, -5.0], True),  # of 110 gained and lost, but of 100 told
        ([85.5, 19.5, -5.0], False),
        ([50.0, 50.0, 0.0], False),  # two firms
        ([0.0, 0.0, -85.0, -10.0, -5.0], True),
    ],
)
def test_the_first_may_make_85_percent_and_no_more(gains, is_told) -> None:
    firms = pd.Series(list("abcde")[: len(gains)], dtype="str")
    whole = pd.DataFrame({"t": gains})
    parts = whole.assign(row=whole.index, group=0)
    found = tellable_sums(parts, whole, firms, n_groups=1)
    assert is_safe(whole["t"], [firms]) == is_told == found["t"].all()


def test_of_many_sums_each_is_told_by_its_own_firms() -> None:
    """Three of seven firms make one sum of two, a alone the other; of one, nobody."""
    whole = pd.DataFrame({"t": [10.0] * 7})
    firms = pd.Series(list("abcdefg"), dtype="str")
    rows = [
        (row, group)
        for group in range(501)
        if group != 201
        for row in ((0, 1, 2), (0,))[group % 2]
    ]
    parts = pd.DataFrame(rows, columns=["row", "group"]).assign(t=10.0)
    found = tellable_sums(parts, whole, firms, n_groups=501)
    assert found["t"].tolist() == [g == 201 or g % 2 == 0 for g in range(501)]


def test_exchanges_and_donors_are_counted_draw_by_draw() -> None:
    """Four, two and no exchange in three draws, of four, one and no donor."""
    rows = pd.DataFrame(
        {"participation_draw": [0, 0, 0, 0, 1, 1], "donor_id": list("abcdaa")}
    )
    ends = [pd.Series(list("abcdaa")), pd.Series(list("wxyzwx"))]
    made = count_rows(rows, n_draws=3, ends=ends)
    assert made.withheld == 0
    assert made.table["count_id"].tolist() == ["exchanges", "donors"]
    levels = made.table[["low", "mid", "high"]].to_numpy().tolist()
    assert levels == [[0.4, 2.0, 3.6], [0.2, 1.7, 3.4]]


def test_exchanges_of_two_firms_are_not_counted() -> None:
    rows = pd.DataFrame({"participation_draw": 0, "donor_id": list("abab")})
    made = count_rows(rows, n_draws=1, ends=[pd.Series(list("abab"))] * 2)
    assert made.withheld == 2
    assert made.table[["low", "mid", "high"]].isna().all(axis=None)
    assert set(made.table["status"]) == {"secret"}

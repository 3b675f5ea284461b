"""Totals of levers: told where no firm makes them, by hand."""

import pandas as pd
import pytest

from eitgeo.disclosure.levers import guard_levers

TOTALS = pd.DataFrame(
    {
        "lever": ["t", "eur_syndicate"],
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


def test_what_many_firms_make_is_told_as_it_is() -> None:
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
    assert table["status"].to_dict() == {"t": "secret", "eur_syndicate": "non_chiffre"}


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

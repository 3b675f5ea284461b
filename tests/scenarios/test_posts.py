"""Choices of posts: what they meet, leave out and cost, against sums by hand."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eitgeo.reference.governance import animation_costs, carrier_rules, swot_cells
from eitgeo.scenarios.carriers.budget import (
    met_by,
    post_facts,
    post_rows,
    with_meetings,
)
from eitgeo.scenarios.carriers.carriers import carrier_reasons
from eitgeo.scenarios.carriers.facts import Fact, unknown
from eitgeo.study.governance import Budget, Governance

TYPED = Governance(
    posts=1.0,
    meetings=(30.0, 50.0),
    budget=Budget(fte_cost_eur=50_000, other_cost_eur=10_000, aid_pct=40),
)


def indicators(**sites: float) -> pd.DataFrame:
    """Return firms to mobilise by perimeter, three in four within the minutes."""
    rows = [
        (name, indicator, value, value, value, "")
        for name, n in sites.items()
        for indicator, value in (("target_sites", n), ("seat_45min_pct", 75.0))
    ]
    names = ["perimeter_id", "indicator_id", "value", "low", "high", "note"]
    return pd.DataFrame(rows, columns=names)


def rows_of(table: pd.DataFrame, perimeter: str, **changes: object) -> pd.DataFrame:
    governance = TYPED.model_copy(update=changes)
    found = post_rows(
        table, perimeters=[perimeter], governance=governance, costs=animation_costs()
    )
    return found.set_index("posts")


def test_each_choice_meets_and_leaves_out_what_a_hand_counts() -> None:
    """200 firms; one post meets 90 to 150 of them, half a post half as many."""
    rows = rows_of(indicators(p=200.0), "p")
    assert rows.index.tolist() == [0.5, 1.0, 2.0]
    assert rows["chosen"].tolist() == ["non", "oui", "non"]
    told = ["meetings_low", "meetings_high", "met_low_pct", "met_high_pct"]
    assert rows[told].to_numpy().tolist() == [
        [15.0, 25.0, 22.5, 37.5],
        [30.0, 50.0, 45.0, 75.0],
        [60.0, 100.0, 90.0, 100.0],
    ]
    left = rows[["left_low", "left_high"]].to_numpy().tolist()
    assert left == [[125.0, 155.0], [50.0, 110.0], [0.0, 20.0]]
    assert (rows["far_sites"] == 50.0).all(), "a quarter is beyond the minutes"
    assert rows["total_mid"].tolist() == [35_000.0, 60_000.0, 110_000.0]
    assert rows["rest_mid"].tolist() == [21_000.0, 36_000.0, 66_000.0]
    assert (rows["cost_evidence"] == "O").all(), "all of it is typed"
    assert (rows["evidence"] == "H").all(), "meetings stay an assumption"


def test_the_posts_of_the_study_stand_among_the_choices() -> None:
    rows = rows_of(indicators(p=200.0), "p", posts=1.5)
    assert rows["chosen"].to_dict() == {0.5: "non", 1.0: "non", 1.5: "oui", 2.0: "non"}


def test_what_is_not_known_is_told_and_gives_no_share() -> None:
    table = indicators(p=math.nan, none=0.0).assign(note="selon une liste à confirmer")
    unsure = rows_of(table, "p")
    assert unsure["met_low_pct"].isna().all()
    assert set(unsure["missing"]) == {"selon une liste à confirmer"}
    assert unsure["total_mid"].notna().all(), "what posts cost is known"
    none = rows_of(table, "none")
    assert set(none["missing"]) == {"aucun établissement à mobiliser"}
    absent = rows_of(table, "elsewhere")
    assert set(absent["missing"]) == {"établissements à mobiliser : non mesuré"}


def test_an_interval_of_firms_widens_the_share() -> None:
    table = indicators(p=100.0)
    table.loc[0, ["low", "high"]] = [100.0, 300.0]
    told = ["met_low_pct", "met_high_pct", "left_low", "left_high"]
    rows = rows_of(table, "p")[told].to_numpy().tolist()
    assert rows[1] == [30.0, 100.0, 0.0, 210.0]


number = st.floats(1, 5_000)


@given(st.floats(0.1, 20), st.tuples(number, number), st.tuples(number, number))
def test_shares_and_firms_left_tell_the_same(posts, meetings, sites) -> None:
    meetings, sites = (sorted(one) for one in (meetings, sites))
    met = met_by(posts, tuple(meetings), tuple(sites))
    assert 0 <= met.pct[0] <= met.pct[1] <= 100
    assert 0 <= met.left[0] <= met.left[1] <= sites[1]
    assert (met.left[1] == 0) == (3 * posts * meetings[0] >= sites[1])
    more = met_by(2 * posts, tuple(meetings), tuple(sites))
    assert more.pct[0] >= met.pct[0]
    assert more.left[1] <= met.left[1]


def vigilance(sites: Fact, **changes: object) -> pd.DataFrame:
    """Apply the rules on posts, C19 and C20."""
    governance = Governance().model_copy(update=changes)
    facts = {"target_sites": sites, "revenue_lines": Fact(0.0)}
    facts |= post_facts(facts, governance=governance)
    rules = carrier_rules().loc[["C19", "C20"]]
    return carrier_reasons({"p": facts}, rules=rules)


@pytest.mark.parametrize(
    ("n_sites", "posts", "outcome"),
    [
        (300.0, 1.0, None),  # half at best: not under the threshold for sure
        (301.0, 1.0, "applique"),
        (180.0, 1.0, None),  # 50 % at least
        (200.0, 1.0, "non_evalue"),  # 45 to 75 %
        (400.0, 2.0, "non_evalue"),
        (151.0, 0.5, "applique"),
    ],
)
def test_more_posts_are_told_where_less_than_half_is_met(n_sites, posts, outcome):
    rows = vigilance(Fact(n_sites), posts=posts)
    mine = rows.loc[rows["rule_id"] == "C20", "outcome"].tolist()
    if outcome is None:
        assert mine in ([], ["non_evalue"])
        assert mine == [] or n_sites == 300.0
    else:
        assert mine == [outcome]


def test_the_posts_that_would_meet_half_are_counted_at_best() -> None:
    """720 firms: half is 360, one post meets 150 at best: three."""
    facts = post_facts({"target_sites": Fact(720.0)}, governance=Governance())
    assert facts["n_posts"] == Fact("3 postes")
    assert str(facts["met_told"].value).replace("\xa0", " ") == "≈ 10 à 20 %"
    assert facts["met_pct"].bounds == pytest.approx((12.5, 100 * 150 / 720))


def test_a_heavy_structure_hangs_on_posts_and_revenue_alone() -> None:
    """Firms that nobody knows say nothing of posts that the study chooses."""
    for posts, told in ((0.5, "un demi-poste"), (1.0, "un poste")):
        rows = vigilance(unknown("données synthétiques"), posts=posts)
        heavy = rows[rows["rule_id"] == "C19"]
        assert set(heavy["carrier_id"]) == {"P8", "P9"}
        assert set(heavy["outcome"]) == {"applique"}
        assert heavy["facts"].str.contains(told).all()
        waits = rows[rows["rule_id"] == "C20"]
        assert set(waits["missing"]) == {"données synthétiques"}
    assert "C19" not in set(vigilance(Fact(100.0), posts=1.5)["rule_id"])


def test_thresholds_of_the_grid_are_those_of_the_shipped_meetings() -> None:
    cells = swot_cells()
    pd.testing.assert_frame_equal(with_meetings(cells, governance=Governance()), cells)
    slow = with_meetings(cells, governance=Governance(meetings=(10.0, 20.0)))
    assert slow.loc[["A5", "F4"], "threshold"].tolist() == [30.0, 120.0]
    rest = slow.drop(index=["A5", "F4"])
    pd.testing.assert_frame_equal(rest, cells.drop(index=["A5", "F4"]))


def test_meetings_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="borne basse puis borne haute"):
        Governance(meetings=(50.0, 30.0))

"""Groups, families and outlets in reach of perimeters, by hand on the row of six."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.scenarios.decision.ranking import Variant, without_largest_site
from eitgeo.scenarios.measures.activity import Activity
from eitgeo.scenarios.measures.reach import (
    kept_families,
    outlet_figures,
    shared_families,
)
from tests.scenarios.toy import (
    ROW,
    A,
    B,
    C,
    D,
    make_activity,
    make_amounts,
    make_families,
    make_groups,
    make_inputs,
    make_outlet_ways,
)

GROUPS = make_groups(
    *(("g1", A, "a1"), ("g1", A, "a2"), ("g1", B, "b1"), ("g1", C, "c1")),
    *(("g2", C, "c2"), ("g2", C, "c3"), ("g2", D, "d1")),
)
"""Four firms in a, b and c; three in c and d: two families."""
THREE = [("bois", code, f"{code}b") for code in (A, B, C)]
FOUR = [("eau", code, f"{code}e") for code in (A, B, C, D)]


def reach(activity: Activity, *groups: list[str]) -> Any:
    """Measure the reach of groups of communes."""
    inputs = make_inputs(*groups, activity=activity)
    return kept_families(inputs) | shared_families(inputs) | outlet_figures(inputs)


def kept(activity: Activity, *groups: list[str]) -> list[float]:
    """Measure the share of families kept without the first site."""
    return reach(activity, *groups)["kept_without_top_pct"]["value"].tolist()


def test_a_family_counts_once_enough_firms_of_one_zone_are_inside() -> None:
    activity = make_activity(groups=GROUPS)
    found = reach(activity, [A], [A, B], [C, D], [B, C], ROW)["mutual_groups"]
    assert found["value"].tolist() == [0, 1, 1, 0, 2]


def test_a_rule_may_ask_for_more_sites() -> None:
    activity = make_activity(groups=GROUPS.assign(fewest_sites=4))
    found = reach(activity, [A, B], [A, B, C], ROW)["mutual_groups"]
    assert found["value"].tolist() == [0, 1, 1]


def test_a_family_that_two_zones_share_counts_once() -> None:
    """The same three firms of c and d, under a second rule of one family."""
    more = GROUPS[GROUPS["group_id"] == "g2"].assign(group_id="g2b")
    activity = make_activity(groups=pd.concat([GROUPS, more], ignore_index=True))
    found = reach(activity, [C, D], ROW)["mutual_groups"]
    assert found["value"].tolist() == [1, 2]


def test_a_perimeter_never_has_fewer_families_than_a_part_of_it() -> None:
    activity = make_activity(groups=GROUPS)
    growing = [ROW[: n + 1] for n in range(len(ROW))]
    found = reach(activity, *growing)["mutual_groups"]["value"]
    assert found.is_monotonic_increasing


def test_what_nobody_looked_for_is_left_out() -> None:
    assert set(reach(make_activity(), ROW)) == {"kept_without_top_pct"}


def test_the_first_site_takes_the_families_that_hang_on_it() -> None:
    """In a, b, c: wood and water have three givers each; the mill of a gives wood."""
    activity = make_activity(
        families=make_families(*THREE, *FOUR),
        industry=make_amounts("headcount", (f"{A}b", A, 400), (f"{B}b", B, 20)),
    )
    assert kept(activity, [A, B, C], ROW) == [50.0, 50.0]
    # Without the mill: the first site is that of b, which gives wood too.
    assert kept(activity, [B, C, D]) == [100.0]  # wood has two givers: it never counts


def test_of_one_size_class_the_stop_that_costs_most_counts() -> None:
    """270 and 499 jobs are one class of the register: 250 to 499; 501 is another."""
    families = make_families(*THREE)
    sites = [("x", A, 499), (f"{B}b", B, 270)]
    one_class = make_activity(
        families=families, industry=make_amounts("headcount", *sites)
    )
    larger = make_activity(
        families=families,
        industry=make_amounts("headcount", ("x", A, 501), *sites[1:]),
    )
    assert kept(one_class, [A, B, C]) == [0.0]
    assert kept(larger, [A, B, C]) == [100.0]


def test_no_known_site_or_no_family_has_no_share() -> None:
    unknown = make_amounts("headcount", ("x", A, np.nan))
    families = make_families(*THREE)
    activity = make_activity(families=families, industry=unknown)
    assert np.isnan(kept(activity, ROW)).all()
    lonely = make_activity(industry=make_amounts("headcount", ("x", A, 50)))
    assert np.isnan(kept(lonely, ROW)).all()


def test_the_median_way_counts_each_site_and_waste_once() -> None:
    ways = make_outlet_ways(
        ("a1", A, 10), ("a1", A, 30), ("b1", B, 50), ("c1", C, np.nan)
    )
    found = reach(make_activity(outlet_ways=ways), [A, B], [A, B, C], [C], [D])
    table = found["outlet_median_min"]
    # 10, 30, 50; then 10, 30, 50 and none: between 30 and 50.
    expected = [30.0, 40.0, np.nan, np.nan]
    assert table["value"].tolist() == pytest.approx(expected, nan_ok=True)
    assert table["note"].tolist()[0] == ""
    assert table["note"].tolist()[1].startswith("25 % des couples")
    assert table["note"].tolist()[3] == ""


def test_a_site_that_stops_leaves_its_group_and_its_outlet() -> None:
    activity = make_activity(
        groups=GROUPS,
        outlet_ways=make_outlet_ways(("d1", D, 10), ("b1", B, 50)),
        industry=make_amounts("headcount", ("d1", D, 400), ("b1", B, 20)),
    )
    ends = pd.DataFrame(columns=["site_id", "end", "donor_id", "receiver_id", "t"])
    stopped = without_largest_site(Variant("base", "", (), activity), ends=ends)
    found = reach(stopped.activity, ROW)
    assert found["mutual_groups"]["value"].tolist() == [1]
    assert found["outlet_median_min"]["value"].tolist() == [50.0]

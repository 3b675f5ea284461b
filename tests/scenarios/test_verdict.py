"""The verdict may be « non », and says what it lacks."""

import pytest

from eitgeo.scenarios import Fact, verdict_rows
from eitgeo.scenarios.facts import unknown
from eitgeo.study import VerdictRule

RULE = VerdictRule(min_sites=80, min_families=5, min_groups=3)
NAMES = ("target_sites", "seat_45min_pct", "synergy_families", "mutual_groups")


def verdict(sites=160, near=50, families=5, groups=3, *, without=None):
    """Return the rows of a perimeter; without the largest site: the same but one."""
    values = dict(zip(NAMES, (sites, near, families, groups), strict=True))
    apart = values | (without or {})
    facts = {name: as_fact(value) for name, value in values.items()}
    facts |= {f"{name}_without_top": as_fact(value) for name, value in apart.items()}
    return verdict_rows({"p": facts}, rule=RULE).set_index("condition_id")


def as_fact(value):
    """Make a fact of a number, or of the reason why there is none."""
    return unknown(value) if isinstance(value, str) else Fact(float(value))


def test_at_the_thresholds_it_is_confirmed() -> None:
    rows = verdict()
    assert set(rows["verdict"]) == {"confirme"}
    assert set(rows["answer"]) == {"oui"}
    assert rows.loc["sites_45min", "value"] == 80


@pytest.mark.parametrize(
    ("changes", "failing"),
    [
        ({"sites": 159}, ["sites_45min", "without_top"]),
        ({"families": 4}, ["synergy_families", "without_top"]),
        ({"groups": 2}, ["mutual_groups", "without_top"]),
    ],
)
def test_what_fails_as_it_is_fails_without_the_largest_site_too(
    changes, failing
) -> None:
    rows = verdict(**changes)
    assert rows.index[rows["answer"] == "non"].tolist() == failing
    assert set(rows["verdict"]) == {"non_confirme"}


def test_one_condition_fails_and_is_named() -> None:
    rows = verdict(without={"target_sites": 158})
    assert rows.index[rows["answer"] == "non"].tolist() == ["without_top"]
    assert set(rows["verdict"]) == {"sous_conditions"}


def test_synthetic_data_leave_it_open() -> None:
    reason = "données synthétiques"
    rows = verdict(sites=reason, families=reason, groups=reason)
    assert set(rows["verdict"]) == {"non_evaluable"}
    assert set(rows["answer"]) == {"non_evaluee"}
    assert set(rows["missing"]) == {reason}


def test_two_failures_are_enough_whatever_is_not_known() -> None:
    rows = verdict(families=1, groups=1, sites="non mesuré")
    assert set(rows["verdict"]) == {"non_confirme"}


def test_one_failure_and_one_unknown_is_open() -> None:
    rows = verdict(groups="non mesuré", without={"target_sites": 100})
    assert rows.loc["without_top", "answer"] == "non"
    assert set(rows["verdict"]) == {"non_evaluable"}


def test_more_of_everything_never_makes_it_worse() -> None:
    order = ["non_confirme", "sous_conditions", "confirme"]
    found = [
        order.index(verdict(sites, 50, families, groups)["verdict"].iloc[0])
        for sites, families, groups in [(10, 1, 0), (160, 5, 2), (160, 5, 3)]
    ]
    assert found == sorted(found)

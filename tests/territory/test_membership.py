"""Who belongs to what on a date, and which names are refused.

petr = 31001 … 31006 (the two southern rows); epci_a = 31001, 31003
"""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eitgeo.errors import StudyError
from eitgeo.territory.membership import (
    members,
    members_by_body,
    require_known,
    study_area,
    within_layer,
)
from tests.territory.conftest import membership_of, squares

TODAY = dt.date(2026, 1, 1)
BODIES = pd.DataFrame({"body_id": ["petr", "epci_a", "epci_b"]})


def codes(membership: pd.DataFrame, day: dt.date = TODAY) -> list[str]:
    """Return the members of the body « petr » on a day."""
    return members(membership, "petr", on_date=day)["code_insee"].tolist()


@pytest.mark.parametrize(
    ("day", "present"),
    [
        (dt.date(2024, 12, 31), ["31002"]),
        (dt.date(2025, 1, 1), ["31001", "31002"]),  # the first day counts
        (dt.date(2025, 12, 31), ["31001", "31002"]),
        (dt.date(2026, 1, 1), ["31001"]),  # the day of leaving does not
    ],
)
def test_a_member_is_in_from_its_first_day_and_out_on_its_last(day, present) -> None:
    table = membership_of(
        ("petr", "31001", "2025-01-01", "", "publie"),
        ("petr", "31002", "", "2026-01-01", "publie"),
        ("epci_a", "31003", "", "", "publie"),
    )
    assert codes(table, day) == present


def test_a_commune_that_left_and_came_back_is_in_once() -> None:
    table = membership_of(
        ("petr", "31001", "2017-01-01", "2020-01-01", "publie"),
        ("petr", "31001", "2025-01-01", "", "publie"),
    )
    assert codes(table) == ["31001"]
    with pytest.raises(StudyError, match="« petr » n'a aucune commune membre au 2022"):
        codes(table, dt.date(2022, 1, 1))


def test_a_doubt_on_one_row_is_a_doubt_on_the_commune() -> None:
    table = membership_of(
        ("petr", "31002", "2025-01-01", "", "publie"),
        ("petr", "31001", "2025-01-01", "", "publie"),
        ("petr", "31001", "2017-01-01", "", "a_confirmer"),
    )
    found = members(table, "petr", on_date=TODAY)
    assert found.to_dict("records") == [
        {"code_insee": "31001", "status": "a_confirmer"},
        {"code_insee": "31002", "status": "publie"},
    ]
    # A doubt of the past is none today.
    past = table.assign(to_date=["", "", "2020-01-01"])
    assert set(members(past, "petr", on_date=TODAY)["status"]) == {"publie"}


TWO = membership_of(
    ("petr", "31001", "", "", "publie"),
    ("epci_a", "31001", "", "", "publie"),
    ("epci_a", "31003", "", "", "publie"),
    ("epci_b", "31004", "2027-01-01", "", "publie"),
)


def test_all_bodies_at_once_are_the_bodies_one_by_one() -> None:
    doubts = TWO.assign(status="a_confirmer").iloc[[2, 0]]
    table = pd.concat([TWO.iloc[::-1], doubts], ignore_index=True)
    found = members_by_body(table, on_date=TODAY)
    assert list(found) == ["epci_a", "petr"]
    for body, rows in found.items():
        pd.testing.assert_frame_equal(rows, members(table, body, on_date=TODAY))
    assert found["epci_a"]["status"].tolist() == ["publie", "a_confirmer"]
    assert members_by_body(table.iloc[:0], on_date=TODAY) == {}


def test_the_study_area_is_a_union() -> None:
    assert study_area(TWO, ["petr"], on_date=TODAY) == {"31001"}
    assert study_area(TWO, ["petr", "epci_a"], on_date=TODAY) == {"31001", "31003"}
    with pytest.raises(StudyError, match="« epci_b » n'a aucune commune membre"):
        study_area(TWO, ["petr", "epci_b"], on_date=TODAY)


def test_every_unknown_perimeter_gets_the_nearest() -> None:
    with pytest.raises(StudyError) as caught:
        study_area(TWO, ["petr", "epci_aa", "petrr"], on_date=TODAY)
    assert str(caught.value).splitlines() == [
        "étude, territory.perimeters : 2 anomalies",
        "  - structure inconnue « epci_aa » → vouliez-vous dire « epci_a » ?",
        "  - structure inconnue « petrr » → vouliez-vous dire « petr » ?",
    ]


def test_unknown_bodies_and_communes_are_gathered() -> None:
    table = membership_of(
        ("petr", "31001", "", "", "publie"),
        ("petr", "31098", "", "", "publie"),
        ("petr", "31099", "", "", "publie"),
        ("epci_aa", "31001", "", "", "publie"),
    )
    with pytest.raises(StudyError) as caught:
        require_known(BODIES, table, squares(), declared=["petr"])
    remedy = "→ corriger le code, ou vérifier le millésime COG des deux tables"
    assert str(caught.value).splitlines() == [
        "membership : 3 anomalies",
        (
            "  - structure inconnue « epci_aa », absente de bodies "
            "→ vouliez-vous dire « epci_a » ? Sinon, compléter bodies"
        ),
        f"  - commune inconnue « 31098 » dans « petr » {remedy}",
        f"  - commune inconnue « 31099 » dans « petr » {remedy}",
    ]


def test_a_body_that_is_not_compared_may_reach_beyond_the_layer() -> None:
    table = membership_of(
        ("petr", "31001", "", "", "publie"),
        ("epci_a", "31003", "", "", "publie"),
        ("epci_a", "81004", "", "", "publie"),
    )
    require_known(BODIES, table, squares(), declared=["petr"])
    kept = within_layer(table, squares())
    assert kept["code_insee"].tolist() == ["31001", "31003"]
    assert kept.index.tolist() == [0, 1]
    assert len(table) == 3
    with pytest.raises(StudyError, match="« 81004 » dans « epci_a »"):
        require_known(BODIES, table, squares(), declared=["petr", "epci_a"])


DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31))
SPANS = st.lists(st.tuples(DAYS, DAYS).filter(lambda d: d[0] < d[1]), max_size=5)


@given(spans=SPANS, day=DAYS)
def test_membership_agrees_with_a_day_by_day_reading(spans, day) -> None:
    rows = [("petr", "31001", str(start), str(end), "publie") for start, end in spans]
    table = membership_of(*rows, ("petr", "31002", "", "", "publie"))
    expected = any(start <= day < end for start, end in spans)
    assert ("31001" in codes(table, day)) == expected

"""Sectors that registers count: by hand, on three communes and one beyond."""

import numpy as np
import pandas as pd
import pytest

from eitgeo.tables.schema import empty_table, validate
from eitgeo.zones.sectors import counted_sectors

AREA = {"09001", "31002", "31003"}
INSEE = {
    # Two communes of the area are covered: 4 of 20 are of industry, beyond 6 of 80.
    "09001": {"all": 10, "industry": 3, "construction": 7},
    "31002": {"all": 10, "industry": 1, "construction": 9},
    "65001": {"all": 80, "industry": 6, "construction": 74},
}


def rows(counts, *, measure, vintage="2018-12-31"):
    """Return rows of a table of activity."""
    told = [
        (code, sector, measure, float(n), vintage)
        for code, sectors in counts.items()
        for sector, n in sectors.items()
    ]
    names = ["code_insee", "sector", "measure", "value", "vintage"]
    return pd.DataFrame(told, columns=names).assign(evidence="O", source="x")


@pytest.fixture
def table():
    urssaf = {"09001": {"trade": 30, "industry": 10}, "31002": {"trade": 0}}
    made = counted_sectors(
        pd.concat(rows(urssaf, measure=one) for one in ("employees", "employers")),
        rows(INSEE, measure="establishments"),
        area=AREA,
    )
    told = validate(made, table="counted_sectors")
    return told.set_index(["producer", "measure", "sector"])


def test_quotients_are_against_all_that_the_file_tells(table) -> None:
    industry = table.loc["INSEE", "establishments", "industry"]
    assert industry["value"] == 4
    assert industry["part_pct"] == 20
    assert industry["quotient"] == pytest.approx((4 / 20) / (10 / 100))
    assert industry["reference"] == "09, 31, 65"
    assert np.isnan(table.loc["INSEE", "establishments", "all"]["quotient"])


def test_what_has_no_reference_has_no_quotient(table) -> None:
    trade = table.loc["URSSAF", "employees", "trade"]
    assert (trade["value"], trade["part_pct"], trade["reference"]) == (30, 75, "")
    assert np.isnan(trade["quotient"])
    assert table.loc["URSSAF", "employees", "all"]["value"] == 40


def test_communes_that_are_not_covered_are_counted(table) -> None:
    assert set(table["n_missed"]) == {1}


@pytest.mark.parametrize("jobs", [0.345, 3.933, 6.423])
def test_all_of_it_is_a_hundred_per_cent_whatever_the_last_bit(jobs) -> None:
    one = rows({"09001": {"all": jobs}}, measure="employee_jobs")
    made = counted_sectors(empty_table("activity_urssaf"), one, area={"09001"})
    assert validate(made, table="counted_sectors")["part_pct"].tolist() == [100.0]


def test_without_a_register_there_is_no_row() -> None:
    none = counted_sectors(
        empty_table("activity_urssaf"), empty_table("activity_insee"), area=AREA
    )
    assert len(validate(none, table="counted_sectors")) == 0

"""Cells that fail alone, at their limits; and words where there is none."""

from typing import Any

import pandas as pd
import pytest

from eitgeo.disclosure.report import _failing_pairs, fails_alone, report_sentences
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.scenarios.measures.activity import PUBLISHED
from tests.disclosure.test_published import ALL
from tests.disclosure.test_report import report_of
from tests.disclosure.toy import ROW, C, make_amounts, three


def fails(*firms: tuple[str, float, float]) -> bool:
    """Say whether a cell of some firms, at two levels, fails alone."""
    rows = pd.DataFrame(firms, columns=["firm_id", "low", "high"]).assign(cell="x")
    return fails_alone(rows, ["cell"], ["low", "high"])["x"]


@pytest.mark.parametrize(
    ("firms", "expected"),
    [
        ((("a", 1.0, 1.0), ("b", 1.0, 1.0), ("c", 1.0, 1.0)), False),
        ((("a", 1.0, 1.0), ("b", 1.0, 1.0)), True),  # two, none above 85 %
        ((("a", 90.0, 1.0), ("b", 5.0, 1.0), ("c", 5.0, 1.0)), True),  # three, one is
        ((("a", 85.0, 1.0), ("b", 10.0, 1.0), ("c", 5.0, 1.0)), False),  # the limit
        ((("a", 85.1, 1.0), ("b", 10.0, 1.0), ("c", 4.9, 1.0)), True),
        ((("a", 84.2, 1.0), ("b", 10.0, 1.0), ("c", 5.8, 1.0)), False),
        ((("a", 0.0, 1.0), ("b", 1.0, 1.0), ("c", 1.0, 1.0)), True),  # makes nothing
        ((("a", 1.0, 1.0), ("a", 1.0, 1.0), ("b", 1.0, 1.0)), True),  # one firm twice
    ],
)
def test_a_cell_fails_alone_where_few_make_it_or_one_makes_most(
    firms, expected
) -> None:
    assert bool(fails(*firms)) is expected


def test_communes_are_counted_once_for_each_indicator() -> None:
    sites = [one for one in three(*ROW) if one[0] != C]
    report = report_of(make_amounts(sites), ALL)
    counts = report[["n_cells", "n_failing"]].loc[["deposit_t", "industry_jobs"]]
    assert counts.to_numpy().tolist() == [[6, 1], [6, 0]]


def failing(tonnes: pd.DataFrame) -> list[int]:
    """Count the communes, and those whose tonnage fails alone."""
    row: Any = report_of(tonnes, ALL).loc["deposit_t", ["n_cells", "n_failing"]]
    return row.tolist()


def test_counts_fail_nowhere_and_where_there_is_nothing_every_commune_does() -> None:
    counts = make_amounts([(code, 9.0, PUBLISHED, "estime") for code in ROW[:-1]])
    assert failing(counts) == [6, 0]
    assert failing(counts.iloc[:0]) == [6, 6]


def test_a_pair_fails_where_it_fails_at_either_end() -> None:
    """Three equal givers and takers; one giver alone; one taker alone; both."""
    three_of = {"x": 40.0, "y": 30.0, "z": 30.0}
    rows = [
        (end, donor, taker, f"{end}{site}", t)
        for donor, taker, givers, takers in (
            ("a", "b", three_of, three_of),
            ("a", "c", {"x": 100.0}, three_of),
            ("a", "d", three_of, {"x": 100.0}),
            ("a", "e", {"x": 100.0}, {"x": 100.0}),
            ("b", "a", three_of, three_of),
        )
        for end, sites in (("donor", givers), ("taker", takers))
        for site, t in sites.items()
    ]
    ends = pd.DataFrame(
        rows, columns=["end", "donor_id", "receiver_id", "site_id", "t"]
    )
    names = sorted(set(ends["site_id"]))
    assert _failing_pairs(ends, pd.Series(names, index=names)) == (5, 3)


def test_without_any_cell_none_fails() -> None:
    report = report_of(make_amounts(three(*ROW)), ALL).reset_index()
    empty = report.assign(n_cells=0, n_failing=0)
    told = report_sentences(empty, indicator_catalogue())
    assert all(" : sur 0 " in one for one in told)
    assert all(", 0 % ne peuvent être publiées seules" in one for one in told)

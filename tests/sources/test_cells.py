"""Cells of published counts: what they tell of establishments, and of whom."""

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from eitgeo.errors import StudyError
from eitgeo.scenarios.measures.activity import PUBLISHED, REDUCED, firm_ids
from eitgeo.sources.activity.cells import (
    COUNTED,
    are_cells,
    are_published,
    cell_rows,
    counted_cells,
    require_counted,
    told_establishments,
    with_counts,
    without_respondents,
)

LARGE = 3


def ape(*cells: tuple[str, str, int, int]) -> pd.DataFrame:
    """Write ``activity_ape``: commune, activity, employers, employees of each cell."""
    rows = [
        {"code_insee": code, "naf": naf, "measure": measure, "value": float(value)}
        for code, naf, employers, employees in cells
        for measure, value in (("employers", employers), ("employees", employees))
    ]
    return pd.DataFrame(rows)


def splits(jobs: int, count: int) -> Iterator[tuple[int, ...]]:
    """List every way to share employees among establishments."""
    if count == 1:
        yield (jobs,)
        return
    for first in range(jobs + 1):
        for others in splits(jobs - first, count - 1):
            yield (first, *others)


@pytest.fixture
def sites(communes) -> gpd.GeoDataFrame:
    return cell_rows(
        ape(("09001", "16.10A", 4, 41), ("31002", "10.71C", 2, 9)), communes=communes
    )


def test_a_cell_has_the_employees_that_are_counted_and_no_name(sites, communes) -> None:
    row = sites.set_index("site_id").loc["CPT-09001-16.10A"]
    assert (
        row[["headcount_low", "headcount_mid", "headcount_high"]].tolist() == [41] * 3
    )
    assert (row["name"], row["siret"], row["source"]) == ("", "", COUNTED)
    assert not row["synthetic"]
    assert row["evidence"] == "O"
    seat = communes.set_index("code_insee").loc["09001"]
    assert (row.geometry.x, row.geometry.y) == (seat["seat_x"], seat["seat_y"])


@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize("jobs", range(13))
def test_bounds_are_those_of_every_split(communes, count, jobs) -> None:
    counts = ape(("09001", "16.10A", count, jobs))
    rows = told_establishments(
        cell_rows(counts, communes=communes), counted_cells(counts), least=LARGE
    )
    large = [sum(one >= LARGE for one in split) for split in splits(jobs, count)]
    assert len(rows) == count
    assert rows["headcount_low"].ge(LARGE).sum() == min(large)
    assert rows["headcount_high"].ge(LARGE).sum() == max(large)
    assert rows["headcount_mid"].isna().all()


def test_a_study_of_establishments_is_left_as_it_is(sites) -> None:
    nobody = counted_cells(ape(("09001", "16.10A", 1, 1)).iloc[:0])
    assert told_establishments(sites, nobody, least=10) is sites


def test_limits_of_one_plant_are_those_of_as_many(sites) -> None:
    cells = counted_cells(ape(("09001", "16.10A", 4, 41)))
    assert with_counts(sites, cells)["n_establishments"].tolist() == [4.0, 1.0]


def test_a_source_that_anybody_may_write_makes_no_cell(sites) -> None:
    forged = sites.assign(site_id=["A1", "CPT-31002-10.71C"], siret=["", "3" * 14])
    assert not are_published(forged).any()
    assert not are_cells(forged).any()
    assert firm_ids(forged).tolist() == ["A1", "3" * 9]
    assert set(firm_ids(sites)) == {PUBLISHED}


def test_a_cell_less_who_answered_is_no_published_count(sites) -> None:
    cells = counted_cells(ape(("09001", "16.10A", 4, 41), ("31002", "10.71C", 2, 9)))
    answers = pd.DataFrame({"code_insee": ["09001"], "naf": ["16.10A"]})
    left = without_respondents(sites, cells, answers)
    assert left["headcount_mid"].tolist() == [41 * 3 / 4, 9]
    assert are_cells(left).tolist() == [True, True]
    assert are_published(left).tolist() == [False, True]
    assert firm_ids(left).tolist() == [REDUCED, PUBLISHED]
    more = pd.concat([answers] * 9)
    assert without_respondents(sites, cells, more)["headcount_mid"].tolist() == [0, 9]
    untouched = without_respondents(sites, cells, answers.iloc[:0])
    pd.testing.assert_frame_equal(untouched, sites)


def test_a_territory_that_counts_leave_out_is_refused() -> None:
    counts = ape(("09001", "16.10A", 1, 1))
    require_counted(counts, ["09001", "09002"])
    with pytest.raises(StudyError, match="aucun effectif compté du département 31 "):
        require_counted(counts, np.array(["09001", "31002"]))

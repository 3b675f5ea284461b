"""The drawn establishments of the delivered study have what registers count."""

import pandas as pd
import pytest

from eitgeo.reference.naf import urssaf_sector
from eitgeo.sources.activity.cells import rests_on_draw
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table


@pytest.fixture
def cells(delivered: Project) -> pd.DataFrame:
    """Return employers and employees of each commune and sector: counted, and ours."""
    folder = delivered.processed
    key = ["code_insee", "sector"]
    counted = read_table(folder, "activity_urssaf").pivot_table(
        index=key, columns="measure", values="value"
    )
    sites = read_table(folder, "sites")
    ours = sites.assign(sector=urssaf_sector(sites["naf"])).groupby(key)
    told = {"n_sites": ours.size(), "jobs": ours["headcount_mid"].sum()}
    return counted.join(pd.DataFrame(told)).fillna(0.0)


def test_each_commune_and_sector_has_its_employers_and_employees(cells) -> None:
    assert cells["employees"].sum() > 30_000
    assert cells["n_sites"].tolist() == cells["employers"].tolist()
    assert cells["jobs"].tolist() == cells["employees"].tolist()


def test_industrial_jobs_by_commune_are_the_observed_ones(cells) -> None:
    industry = cells.xs("industry", level="sector")
    ranks = industry[["jobs", "employees"]].corr(method="spearman")
    assert ranks.loc["jobs", "employees"] == pytest.approx(1.0)


def test_a_drawn_headcount_is_never_called_observed(delivered: Project) -> None:
    sites = read_table(delivered.processed, "sites")
    named = sites[rests_on_draw(sites)].query("name != ''")
    assert len(named) == 12
    assert set(named["evidence"]) == {"H"}

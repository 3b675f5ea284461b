"""The drawn establishments of the delivered study have what registers count."""

from pathlib import Path

import pandas as pd
import pytest

from eitgeo.reference.naf import insee_sector, urssaf_sector
from eitgeo.sources.activity.cells import rests_on_draw
from eitgeo.sources.sites.counted_draw import BEYOND
from eitgeo.sources.waste.gerep import MASKED_NAME, read_irep_sites
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table

SIZES = Path(__file__).with_name("insee_sizes_2014.csv")
"""INSEE, establishments of market activities outside agriculture, by size, 2014."""


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


def test_each_commune_and_sector_has_its_employers_and_employees(
    cells, delivered: Project
) -> None:
    assert cells["employees"].sum() > 30_000
    notes = read_table(delivered.processed, "sites_remarks")
    told = notes.loc[notes["kind"].eq(BEYOND), "row"].tolist()
    odd = cells[cells["n_sites"].ne(cells["employers"])]
    # Four communes where the register of 2017 declares more sites than URSSAF counts.
    assert odd.index.tolist() == [(code, "industry") for code in told]
    assert len(told) == 4
    assert cells["jobs"].tolist() == cells["employees"].tolist()


def test_the_sites_of_the_register_are_there_by_their_names(
    delivered: Project,
) -> None:
    """Each site of IREP 2017 is a row, or is merged in one of the same SIRET."""
    file = delivered.base / "data/raw/irep_2017.csv"
    sites = read_table(delivered.processed, "sites")
    communes = read_table(delivered.processed, "communes")
    area = communes.loc[communes["in_area"]]
    names = pd.read_csv(file, dtype=str, keep_default_na=False)
    names = names.set_index("IREP" + names["Identifiant"])
    register = read_irep_sites(file, communes=communes).table
    register = register[register["code_insee"].isin(area["code_insee"])]
    assert len(register) == 51
    siret = names["Numero_SIRET"][register["site_id"]]
    ours = sites[~sites["synthetic"]]
    there = register["site_id"].isin(ours["site_id"]).to_numpy()
    assert (there | siret.isin(ours["siret"]).to_numpy()).all()
    shown = ours.set_index("site_id")["name"].reindex(register["site_id"])
    masked = shown[shown.eq(MASKED_NAME)]
    assert len(masked) == 3
    mine = shown.dropna().drop(masked.index)
    assert mine.tolist() == names["Nom_Etablissement"][mine.index].tolist()
    figures = read_table(delivered.processed, "indicators_public")
    declared = figures[figures["indicator_id"].eq("declared_sites")]
    assert declared["value"].gt(0).any()
    assert set(declared["evidence"]) == {"O"}


def test_public_employers_have_the_employees_that_insee_counts(
    delivered: Project,
) -> None:
    """INSEE's employees, less those of URSSAF and three a farm, commune by commune."""
    folder = delivered.processed
    insee = (
        read_table(folder, "activity_insee")
        .set_index(["sector", "measure", "code_insee"])["value"]
        .sort_index()
    )
    urssaf = read_table(folder, "activity_urssaf").query("measure == 'employees'")
    private = urssaf.groupby("code_insee")["value"].sum()
    farms = insee["agriculture", "establishments"].reindex(private.index)
    left = insee["all", "employee_jobs"].reindex(private.index) - private - 3 * farms
    sites = read_table(folder, "sites")
    is_public = insee_sector(sites["naf"]).eq("public")
    public = sites[is_public & urssaf_sector(sites["naf"]).eq("")]
    jobs = public.groupby("code_insee")["headcount_mid"].sum()
    ours = jobs.reindex(private.index).fillna(0.0)
    assert (ours - left.clip(lower=0)).abs().max() <= 0.5
    assert ours["09164"] <= 47  # Lescure


def test_sizes_around_the_area_follow_the_classes_of_insee(delivered: Project) -> None:
    """Private establishments of 31 communes: each class within 20 %, 500 and more 50 %.

    Public employers, whose largest are larger, share their employees with them.
    """
    counted = pd.read_csv(SIZES, dtype={"code_insee": str}).set_index("code_insee")
    sites = read_table(delivered.processed, "sites")
    market = ~insee_sector(sites["naf"]).isin(["public", "agriculture"])
    heads = sites.loc[market & sites["code_insee"].isin(counted.index), "headcount_mid"]
    edges = [int(name) for name in counted.columns]
    drawn = pd.cut(heads, [*edges, 1e9], right=False).value_counts(sort=False)
    ratio = (drawn.to_numpy() / counted.sum()).tolist()
    assert ratio[:-1] == pytest.approx([1.0] * 5, abs=0.2)
    assert ratio[-1] == pytest.approx(1.0, abs=0.5)


def test_industrial_jobs_by_commune_are_the_observed_ones(cells) -> None:
    industry = cells.xs("industry", level="sector")
    ranks = industry[["jobs", "employees"]].corr(method="spearman")
    assert ranks.loc["jobs", "employees"] == pytest.approx(1.0)


def test_a_drawn_headcount_is_never_called_observed(delivered: Project) -> None:
    sites = read_table(delivered.processed, "sites")
    named = sites[rests_on_draw(sites)].query("name != ''")
    assert len(named) == 242
    assert set(named["evidence"]) == {"H"}

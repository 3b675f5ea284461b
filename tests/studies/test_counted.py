"""A study without any establishment: counts by commune and APE in their place."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from eitgeo.audit.auditing import audit_study
from eitgeo.audit.report import is_clean
from eitgeo.errors import StudyError
from eitgeo.reference.tables import waste_ratios
from eitgeo.sources.activity.cells import NO_SITES, are_published
from eitgeo.steps.declared import STEPS
from eitgeo.steps.documents.dossier import study_dossier
from eitgeo.steps.engine.contract import Facts
from eitgeo.steps.engine.run import run_steps
from eitgeo.study.project import Project, open_project, read_study
from eitgeo.tables.files import read_table
from eitgeo.tables.public import PublicTables
from tests.disclosure.scan import scan
from tests.studies.counted import COUNTS, write_counted
from tests.studies.small_country import write_country

SAWMILLS = {"09001": (1, 40), "31002": (2, 25), "31471": (3, 42)}
"""Employers and employees of 16.10A: those of a former commune with its own."""

DRAWN = {
    *("body_map", "core_map", "difference_sheet", "perimeter_maps", "road_maps"),
    *("territory_map", "flow_maps", "dossier", "manifest", "count_products"),
    *("participation_picture", "welcome_page"),
}
"""Left to the run by command: they draw what other studies draw the same."""

NAMING = ["ablissements synth", "CPT-", "site_id"]


@pytest.fixture(scope="module")
def ran(tmp_path_factory) -> tuple[Project, dict[str, Facts]]:
    project = open_project(write_counted(tmp_path_factory.mktemp("compte")))
    reports = run_steps([one for one in STEPS if one.name not in DRAWN], project)
    failed = {one.step.name: str(one.error) for one in reports if one.status != "done"}
    assert failed == {}
    return project, {one.step.name: one.facts for one in reports}


@pytest.fixture(scope="module")
def figures(ran) -> pd.DataFrame:
    rows = read_table(ran[0].processed, "indicators_public")
    return rows[rows["perimeter_id"] == "petr_x"].set_index("indicator_id")


def test_rows_are_cells_with_their_employees_exactly(ran) -> None:
    sites = read_table(ran[0].processed, "sites").set_index("site_id")
    mills = {code: sites.loc[f"CPT-{code}-16.10A"] for code in SAWMILLS}
    for code, (_, jobs) in SAWMILLS.items():
        assert mills[code]["headcount_low"] == mills[code]["headcount_high"] == jobs
    assert set(sites["name"]) == {""}
    assert are_published(sites.reset_index()).all()
    assert not sites["synthetic"].any()
    cells = read_table(ran[0].processed, "site_cells")
    assert len(cells) == len(sites) == 8
    assert cells["n_establishments"].sum() == 17


def test_tonnes_are_ratio_times_employees(ran) -> None:
    ratios = waste_ratios()
    per_employee = ratios.loc[ratios["naf_prefix"].eq("16"), "t_per_employee"].iloc[0]
    assert per_employee == 50
    arisings = read_table(ran[0].processed, "arisings")
    tonnes = arisings.groupby("site_id")["t_mid"].sum()
    for code, (_, jobs) in SAWMILLS.items():
        assert tonnes[f"CPT-{code}-16.10A"] == pytest.approx(50 * jobs, rel=1e-9)


def test_jobs_of_counts_are_published_commune_by_commune_as_they_are(ran) -> None:
    folder = ran[0].processed
    blocks = read_table(folder, "blocks_public").set_index(["indicator_id", "block_id"])
    jobs = blocks.loc["industry_jobs", ["low", "value", "high"]]
    told = {"09001": [174.0] * 3, "31002": [54.0] * 3, "31471": [42.0] * 3}
    assert {code: row.tolist() for code, row in jobs.iterrows()} == told
    assert blocks["top_low"].isna().all()  # the largest cell is no largest site
    report = read_table(folder, "disclosure_report")
    assert report[["n_failing", "n_withheld", "n_silent"]].eq(0).all(axis=None)
    assert set(blocks.loc["deposit_t"].index) == set(SAWMILLS)


def test_large_establishments_are_told_by_their_bounds(ran, figures) -> None:
    # Sawmill and paper mill of 09001; 25 in two, 64 in two, 42 in three: one each.
    # At most: 1 + 1 + 1 (14 in three); 2 (29 in four) + 2 + 2; 3.
    bounds = ["value", "low", "high"]
    assert figures.loc["target_sites", bounds].tolist()[1:] == [5, 12]
    assert figures.loc["naf_diversity", bounds].tolist()[1:] == [1, 2]
    assert figures.loc[["target_sites", "naf_diversity"], "value"].isna().all()
    counts = read_table(ran[0].processed, "register_counts")
    n = counts.groupby("fact")["n"].sum()
    assert (n["cible"], n["cible_possible"]) == (5, 7)
    # A family counts its givers, large or not: 1 + 2 + 3 sawmills.
    assert n["famille"] == 6
    assert figures.loc["synergy_families", "value"] == 1


def test_what_asks_for_establishments_says_why_it_is_not_there(ran, figures) -> None:
    for name in ("top_site_pct", "kept_without_top_pct", "mutual_groups"):
        assert pd.isna(figures.loc[name, "value"])
        assert figures.loc[name, "note"] == NO_SITES
    project, facts = ran
    for step in ("zones", "published_zones", "concentration", "sectors", "sites"):
        assert NO_SITES in facts[step].values()
    for step in ("zone_maps", "zone_workbook"):
        assert facts[step] == {next(iter(facts[step])): NO_SITES}
    assert not [one.name for one in project.maps.rglob("*") if "zones" in one.name]
    stress = read_table(project.processed, "stress_orders")
    assert "premier_site" not in set(stress["stress_id"])
    options = read_table(project.processed, "plan_options")
    assert set(options["kind"]) == {"synergie"}


def test_nothing_published_names_an_establishment_or_is_stamped_for_them(ran) -> None:
    project = ran[0]
    assert scan(project.maps, texts=NAMING) == []
    assert project.study.reasons("sites") == ()
    # The network of this country stands in for roads: nothing else is a demonstration.
    assert project.study.demonstration_reasons == (project.study.roads.network.label,)
    assert project.published("carte_gisements_A4", ".pdf").name[:5] == "carte"


def test_the_dossier_says_what_such_a_study_does_not_give(ran) -> None:
    text = repr(study_dossier(ran[0], PublicTables(ran[0].processed)))
    for said in (
        "Sans objet : l’étude n’a pas d’établissements",
        "Cette étude n’a pas d’établissements",
        "Sans le premier établissement : sans objet",
    ):
        assert said.replace(" :", "\N{NO-BREAK SPACE}:") in text.replace(
            "\\xa0", "\xa0"
        )
    assert "synthétique" not in text


def study_of(folder: Path, *, credited: str = "URSSAF", **sources: Any) -> Path:
    path = write_country(folder, sites=[{"reader": "counted"}], **sources)
    study = yaml.safe_load(path.read_text(encoding="utf-8"))
    study["sources"]["credits"]["sites"] = credited
    path.write_text(yaml.safe_dump(study, allow_unicode=True), encoding="utf-8")
    return path


def test_counts_are_asked_for_and_alone(tmp_path) -> None:
    with pytest.raises(StudyError, match="demande une source « urssaf_ape »"):
        read_study(study_of(tmp_path / "a"))
    both = [{"reader": "counted"}, {"reader": "anchors", "path": "raw/anchors.csv"}]
    path = write_country(tmp_path / "b", counts=COUNTS, sites=both)
    with pytest.raises(StudyError, match="« counted » est seul"):
        read_study(path)
    path = study_of(tmp_path / "c", counts=COUNTS, credited="SIRENE")
    with pytest.raises(StudyError, match=r"« credits\.sites » doit citer URSSAF"):
        read_study(path)


def test_a_departement_that_counts_leave_out_stops_the_study(tmp_path) -> None:
    path = study_of(tmp_path, counts=COUNTS)
    ape = tmp_path / "raw/ape.csv"
    lines = ape.read_text(encoding="utf-8").splitlines(keepends=True)
    ape.write_text("".join(one for one in lines if ";09" not in one), encoding="utf-8")
    reading = {"territory", "counts", "official_zones", "sites"}
    steps = [one for one in STEPS if one.name in reading]
    reports = {one.step.name: one for one in run_steps(steps, open_project(path))}
    assert "aucun effectif compté du département 09" in str(reports["sites"].error)


@pytest.mark.slow
def test_such_a_study_runs_whole(tmp_path) -> None:
    project = open_project(write_counted(tmp_path / "entier"))
    reports = run_steps(STEPS, project)
    assert {one.status for one in reports} == {"done"}
    assert project.published("carte_gisements_A4", ".pdf").is_file()
    assert is_clean(audit_study(project))  # nobody's secret is no secret found
    assert scan(project.maps, texts=NAMING) == []

"""Official files alone, no row synthetic: the verdict and one workbook in every run.

All its steps, their pages and words are asked for by command (``slow``): the study
without a stamp of ``tests/producer`` runs whole each time.

Communes: lists of the COG 2026 and polygons of 2018; establishments: IREP 2017 (moved
from EPSG:27572); treatment sites: classified installations at their commune.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest

from eitgeo.steps.declared import STEPS
from eitgeo.steps.engine.contract import Step, StepReport
from eitgeo.steps.engine.run import run_steps
from eitgeo.study.project import Project, open_project
from eitgeo.tables.files import read_table
from eitgeo.tables.schema import TABLES, validate
from eitgeo.territory.membership import body_extents
from tests.disclosure.scan import scan
from tests.dossier.reading import hold_dossier
from tests.rerun import behind
from tests.words.forbidden import FORBIDDEN, preferences, spoken

pytestmark = pytest.mark.results

ROOT = Path(__file__).resolve().parents[2]
OFFICIAL = ROOT.parent / "shared" / "data"
NOT_IN_THE_DEFAULT = ("declarations", "road_restrictions")
"""Tables of files (answers to the survey, BD TOPO) that this study does not name."""
BEHIND = behind("comparison_table", "governance", "ranking", "zones")
HERE = [step for step in STEPS if step.name in BEHIND]
LONGEST = "od_matrix"
"""Looked into by a test of its own; valid in every run on the roads of Andorra."""


def written_by(steps: Sequence[Step]) -> set[str]:
    """Name the tables of steps."""
    return {name for step in steps for name in step.writes if name in TABLES}


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> tuple[Project, list[StepReport]]:
    """Run the steps behind the verdict and one workbook, written aside."""
    project = real_project(tmp_path_factory)
    return project, run_steps(HERE, project)


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> tuple[Project, list[StepReport]]:
    """Run all of the study once."""
    project = real_project(tmp_path_factory)
    return project, run_steps(STEPS, project)


def real_project(factory: pytest.TempPathFactory) -> Project:
    """Open the study, to be written aside."""
    if not OFFICIAL.is_dir():
        pytest.skip("official files absent: ../shared/data")
    out = factory.mktemp("real")
    return open_project(ROOT / "tests/studies/real.yaml", out=out)


@pytest.fixture
def table(run):
    """Return a reader of the tables of the run."""
    return lambda name: read_table(run[0].processed, name)


@pytest.fixture(scope="module")
def extents(run):
    """Return the extent of each body by its identifier, on the date of the study."""
    folder = run[0].processed
    table = body_extents(
        read_table(folder, "bodies"),
        read_table(folder, "membership"),
        gpd.GeoDataFrame(read_table(folder, "communes")),
        on_date=run[0].study.territory.on_date,
    )
    return table.set_index("body_id")


def test_every_step_of_its_tables_is_done(run) -> None:
    hold_done(*run, steps=HERE)


@pytest.mark.slow
def test_every_step_is_done(whole) -> None:
    hold_done(*whole, steps=STEPS)


def hold_done(
    project: Project, reports: list[StepReport], *, steps: Sequence[Step]
) -> None:
    """Hold that each step was done, and wrote what it says."""
    assert {one.step.name for one in reports} == {step.name for step in steps}
    failed = {one.step.name: str(one.error) for one in reports if one.status != "done"}
    assert failed == {}
    written = [path for step in steps for path in step.artefacts(project)]
    assert all(path.is_file() and path.stat().st_size > 0 for path in written)


@pytest.mark.parametrize(
    "name", sorted(written_by(HERE) - {*NOT_IN_THE_DEFAULT, LONGEST})
)
def test_every_table_is_valid(table, name) -> None:
    rows = table(name)
    assert validate(rows, table=name).equals(rows)


@pytest.mark.slow
def test_every_table_of_all_steps_is_valid(whole) -> None:
    for name in sorted(written_by(STEPS) - {*NOT_IN_THE_DEFAULT}):
        rows = read_table(whole[0].processed, name)
        assert validate(rows, table=name).equals(rows), name


def test_no_row_is_synthetic(table) -> None:
    sites = table("sites")
    assert not sites["synthetic"].any()
    assert set(sites["evidence"]) == {"O"}
    assert sites["source"].str.contains("IREP 2017").all()
    assert (table("indicators")["synthetic_share_pct"].fillna(0) == 0).all()


def test_the_network_alone_makes_it_a_demonstration(run) -> None:
    assert run[0].study.demonstration_reasons == ("réseau de substitution",)


def test_what_lies_beyond_the_four_departements_is_counted(run, table) -> None:
    facts = {one.step.name: one.facts for one in run[1]}
    beyond = facts["territory"]["appartenances hors de la couche"]
    codes = table("communes")["code_insee"]
    membership = table("membership")
    assert beyond == (~membership["code_insee"].isin(codes)).sum() > 0
    assert facts["roads"]["échangeurs hors de la couche"] == 1  # Soumoulou, 64


@pytest.mark.parametrize(
    ("body_id", "n_communes", "population"),
    [
        # As in tests/results/test_extents.py, from other files of the same lists.
        ("petr_comminges", 235, 77_429),
        ("petr_nestes", 146, 31_988),
        ("petr_sud_toulousain", 99, 100_104),
        ("systom_7_epci", 452, 180_683),
        ("systom_8_epci", 502, 187_455),
        ("ti_comminges_nestes", 429, 144_508),
    ],
)
def test_extents_are_the_published_ones(
    extents, body_id, n_communes, population
) -> None:
    found = extents.loc[body_id, ["n_communes", "population"]]
    assert found.tolist() == [n_communes, population]


def test_the_petr_is_three_whole_epci_and_itself(table) -> None:
    indicators = table("indicators").set_index(["perimeter_id", "indicator_id"])
    value = indicators["value"]
    assert value["petr_comminges", "n_epci"] == 3
    assert value["petr_comminges", "n_deliberations"] == 4
    assert value["petr_comminges", "epci_whole_pct"] == 100
    assert value["petr_comminges", "n_departements"] == 1


def test_the_criteria_of_governance_rank(run, table) -> None:
    """No site is made up, but one axis alone is observed: its order stays in."""
    criteria = table("decision_criteria")
    counted = criteria[criteria["weight"] > 0]
    # How far a body fits hangs on the list of the syndicate, which is to confirm.
    assert set(counted["indicator_id"]) == {
        "n_deliberations",
        "epci_whole_pct",
        "n_departements",
    }
    rank = table("decision_order").set_index("perimeter_id")["rank"]
    assert rank["petr_comminges"] == 1
    assert rank["systom_7_epci"] > 1
    book = openpyxl.load_workbook(run[0].published("comparaison", ".xlsx"))
    cells = [cell for row in book["Ordres"].iter_rows(values_only=True) for cell in row]
    assert "Rang" not in cells  # one axis is no order
    assert any(
        "seul l’axe «\N{NO-BREAK SPACE}Gouvernance\N{NO-BREAK SPACE}»" in str(cell)
        for cell in cells
    )
    # On the surrogate network it is a demonstration all the same.
    assert "DÉMONSTRATION" in str(cells[0])


def test_unknown_headcounts_are_never_numbers(table) -> None:
    """IREP gives no headcount: no zone, no tonnage, rather than zeros."""
    assert table("sites")["headcount_mid"].isna().all()
    assert len(table("zones")) == 0
    assert len(table("arisings")) == 0
    assert len(table("synergies")) == 0
    indicators = table("indicators_public").set_index("indicator_id")
    for name in ("target_sites", "sites_per_animator", "naf_diversity"):
        rows = indicators.loc[name]
        apart = rows["note"].str.fullmatch(
            r"à part : \d+ établissements? d'effectif inconnu"
        )
        assert apart.all()
        assert rows["value"].isna().all()
        assert len(rows) > 50


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler absent")
def test_nothing_withheld_by_the_registers_is_published(whole) -> None:
    """126 of the 269 installations of the official file are « [ND] »."""
    source = OFFICIAL / "industry/s3ic_x_sirene_09_31_32_65.csv"
    assert source.read_text(encoding="utf-8").count("[ND]") == 126
    assert scan(whole[0].maps) == []
    # The same reader finds the name of an installation that may be told.
    assert scan(whole[0].maps, names=["LATAPIE ET FILS BALMA"])


@pytest.mark.parametrize(
    ("perimeter_id", "carrier_id", "state"),
    [
        ("petr_comminges", "P1", "sous_conditions"),
        ("petr_comminges", "P2", "favorable"),
        ("petr_comminges", "P3", "possible"),
        ("systom_7_epci", "P1", "sous_conditions"),
        ("systom_7_epci", "P2", "peu_adapte"),
        ("systom_7_epci", "P3", "favorable"),
    ],
)
def test_carriers_have_the_states_of_the_specification(
    table, perimeter_id, carrier_id, state
) -> None:
    states = table("carrier_states").set_index(["perimeter_id", "carrier_id"])
    assert states["state"][perimeter_id, carrier_id] == state


def test_the_verdict_waits_for_answers(table) -> None:
    verdicts = table("verdicts")
    assert set(verdicts["verdict"]) == {"pas_encore"}
    assert verdicts["value"].isna().all()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler absent")
def test_words_of_official_data_alone(whole) -> None:
    names = sorted(set(read_table(whole[0].processed, "bodies")["name"]))
    assert spoken(whole[0].maps, FORBIDDEN) == []
    assert preferences(whole[0].maps, names) == []


def test_distances_hold_no_number_where_there_is_no_way(table) -> None:
    pairs = table("od_matrix")
    reached = pairs["status"].isin(["ok", "same_place"])
    assert pairs.loc[reached, "time_s"].gt(0).all()
    assert pairs.loc[~reached, ["time_s", "length_m"]].isna().all(axis=None)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler absent")
def test_the_dossier_is_whole(whole) -> None:
    hold_dossier(whole[0].maps)

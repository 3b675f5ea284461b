"""Declared flows in the pipeline: read where they are, changed when they change."""

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from eitgeo.errors import SchemaError, SourceError
from eitgeo.flows.exchanges.synergies import flows_between
from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.scenarios.measures.activity import read_activity, site_amounts
from eitgeo.scenarios.measures.indicators import measure_indicators
from eitgeo.sources.survey.answers import SURVEY_SOURCE, purge_survey
from eitgeo.steps.declared import STEPS
from eitgeo.steps.engine.contract import Step
from eitgeo.steps.engine.run import run_steps
from eitgeo.steps.files import survey_files
from eitgeo.steps.inputs.answers import study_declarations, with_survey_sites
from eitgeo.study.asked import Survey
from eitgeo.study.project import PRIVATE_STUDY, Project, read_study
from eitgeo.study.sections import Study
from eitgeo.tables.files import read_table, write_declarations, write_table
from tests.maps.toy import squares
from tests.sources.counts import COUNTED, write_no_counts
from tests.sources.survey_files import SIRET, bring, form, write_json
from tests.tables.conftest import frame_of, row_of, unsaid

ROOT = Path(__file__).resolve().parents[2]


def step(name: str) -> Step:
    """Return a step by its name."""
    return next(one for one in STEPS if one.name == name)


def communes() -> Any:
    """Return the communes of the toy study, whole."""
    return squares().assign(
        area_km2=25.0, altitude_m=400.0, seat_source="point_representatif"
    )


def sites() -> Any:
    """Return three sawmills of one commune, 10 jobs each; one bears the SIRET."""
    places = communes().set_index("code_insee").loc[["31001"] * 3].reset_index()
    unnamed = places[["code_insee", "geometry"]].assign(**unsaid("sites"))
    return unnamed.assign(
        site_id=["a", "b", "c"],
        siret=[SIRET, "", ""],
        name="",
        naf="16.10A",
        naf_rev2="16.10A",
        naf_2025="",
        headcount_low=10.0,
        headcount_mid=14.0,
        headcount_high=19.0,
        source="essai",
    )


@pytest.fixture
def project(tmp_path) -> Project:
    """A private study in its own folder, with a private table to come."""
    study = read_study(ROOT / "study.yaml")
    made = Project(study, tmp_path, tmp_path / PRIVATE_STUDY)
    write_table(made.processed, communes(), table="communes")
    write_table(made.processed, sites(), table="sites")
    write_no_counts(made.processed)
    return made


def declare(project: Project, *resources: dict[str, Any], **firm: Any) -> None:
    """Import a form of a commune of the toy study."""
    content = form(*resources, **({"commune": "hors"} | firm))
    rows = bring(write_json(project.base, content)).declarations
    write_declarations(study_path(project), rows)


def study_path(project: Project) -> Path:
    """Return the path of the private table."""
    assert project.study.survey is not None
    return project.path(project.study.survey.path)


def test_a_study_reads_its_private_table_when_it_is_there(project) -> None:
    assert survey_files(project) == []
    assert study_declarations(project) is None
    declare(project)
    assert survey_files(project) == [study_path(project)]
    found = study_declarations(project)
    assert found is not None
    assert found["nature"].tolist() == ["palettes"]
    bare = project.study.model_copy(update={"survey": None})
    assert survey_files(Project(bare, project.base, project.out)) == []


def test_a_study_that_may_be_published_opens_no_answer(project) -> None:
    declare(project)
    public = Project(project.study, project.base, project.base)
    assert project.private
    assert not public.private
    assert survey_files(public) == []
    study_path(project).write_bytes(b"not even a table")
    assert study_declarations(public) is None
    for name in ("sites", "communes"):
        write_table(public.processed, read_table(project.processed, name), table=name)
    write_no_counts(public.processed)
    step("arisings").run(public)
    step("survey").run(public)
    assert set(read_table(public.processed, "arisings")["method"]) == {"ratio"}
    for table in ("needs", "outlet_flows", "survey_public"):
        assert read_table(public.processed, table).empty


def test_a_damaged_private_table_is_refused(project) -> None:
    path = study_path(project)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"PAR1 non")
    with pytest.raises(SourceError, match="table illisible → la supprimer"):
        study_declarations(project)
    pd.DataFrame({"siret": ["1"]}).to_parquet(path)
    with pytest.raises(SchemaError, match="colonne « resource_id » absente"):
        study_declarations(project)


def test_an_import_changes_arisings(project) -> None:
    step("arisings").run(project)
    before = read_table(project.processed, "arisings")
    assert before["method"].unique().tolist() == ["ratio"]
    declare(project, {"quantite": 20, "unite": "t", "periode": "an"})
    facts = step("arisings").run(project)
    after = read_table(project.processed, "arisings")
    mine = after[(after["site_id"] == "a") & (after["ewc_stat"] == "W075")]
    assert mine[["method", "t_mid"]].to_numpy().tolist() == [["survey", 20.0]]
    assert facts["avec une déclaration"] == 1
    others = after[after["site_id"] != "a"].reset_index(drop=True)
    expected = before[before["site_id"] != "a"].reset_index(drop=True)
    pd.testing.assert_frame_equal(others, expected)


def without_waste_bodies(study: Study) -> Study:
    """Return a study whose comparison names no body: the toy has none."""
    comparison = study.comparison.model_copy(update={"waste_bodies": ()})
    return study.model_copy(update={"comparison": comparison})


def deposit(project: Project) -> pd.DataFrame:
    """Measure the waste of the south row of the toy study."""
    here = communes().assign(in_area=lambda t: t["code_insee"].isin(AVAL))
    none = pd.DataFrame(columns=["donor_id", "receiver_id", "t_mid"])
    activity = read_activity(
        here,
        sites=read_table(project.processed, "sites"),
        arisings=read_table(project.processed, "arisings"),
        exchanges=flows_between(none.astype({"t_mid": float})),
        families=pd.DataFrame(
            columns=["family", "code_insee", "site_id", "documented"]
        ).astype({"documented": bool}),
        town_minutes=pd.DataFrame(0.0, index=AVAL, columns=["31001"]),
        comparison=project.study.comparison,
    )
    aval = Candidate("aval", "Aval", "structure", frozenset(AVAL))
    bodies = pd.DataFrame(columns=["body_id", "kind", "name", "legal_person", "status"])
    members = pd.DataFrame(
        columns=["body_id", "code_insee", "from_date", "to_date", "status"]
    )
    found = measure_indicators(
        [aval],
        activity,
        communes=here,
        bodies=bodies,
        membership=members,
        study=without_waste_bodies(project.study),
    )
    return found.set_index("indicator_id")


AVAL = ["09003", "31001", "31002"]


def test_an_import_changes_the_indicators(project) -> None:
    step("arisings").run(project)
    before = deposit(project).loc["deposit_t", "value"]
    arisings = read_table(project.processed, "arisings")
    wood = arisings[(arisings["site_id"] == "a") & (arisings["ewc_stat"] == "W075")]
    declare(project, {"quantite": 20, "unite": "t", "periode": "an"})
    step("arisings").run(project)
    after = deposit(project).loc["deposit_t", "value"]
    assert after == pytest.approx(before - wood["t_mid"].sum() + 20.0)
    amounts = site_amounts(
        read_table(project.processed, "sites"),
        read_table(project.processed, "arisings"),
        codes=AVAL,
    )["deposit_t"]
    told = amounts[amounts["origin"] == "declare"]
    assert told[["site_id", "value"]].to_numpy().tolist() == [["a", 20.0]]


def test_needs_and_outlets_are_empty_tables_without_a_survey(project) -> None:
    facts = step("survey").run(project)
    assert facts == {"sommes de réponses publiées": 0}
    assert read_table(project.processed, "needs").empty
    assert read_table(project.processed, "outlet_flows").empty


def test_a_purged_survey_leaves_the_bytes_of_none(project) -> None:
    names = [f"{table}.parquet" for table in ("needs", "outlet_flows")]
    step("survey").run(project)
    none = [(project.processed / name).read_bytes() for name in names]
    for table in ("outlets", "od_matrix"):
        empty = frame_of(table, row_of(table)).iloc[:0]
        write_table(project.processed, empty, table=table)
    wanted = {"sens": "recherchee", "unite": "t", "devenir": None}
    declare(project, {}, wanted)
    step("survey").run(project)
    assert not read_table(project.processed, "needs").empty
    known = study_declarations(project)
    assert known is not None
    write_declarations(study_path(project), purge_survey(known, sirets=[SIRET]))
    assert step("survey").run(project)["entreprises inscrites"] == 0
    assert [(project.processed / name).read_bytes() for name in names] == none


def test_needs_and_outlets_of_a_survey(project) -> None:
    outlet = row_of("outlets", outlet_id="isdnd_x", name="Le Pihourc")
    write_table(project.processed, frame_of("outlets", outlet), table="outlets")
    way = {"origin_id": "31001", "destination_id": "isdnd_x", "length_m": 10_000.0}
    pairs = frame_of("od_matrix", row_of("od_matrix", **way))
    write_table(project.processed, pairs, table="od_matrix")
    declare(
        project,
        {
            "quantite": 20,
            "unite": "t",
            "periode": "an",
            "devenir_precision": "Le Pihourc",
        },
        {
            "sens": "recherchee",
            "quantite": 5,
            "unite": "t",
            "periode": "an",
            "devenir": None,
        },
    )
    step("survey").run(project)
    needs = read_table(project.processed, "needs")
    assert needs[["site_id", "resource", "t_mid"]].to_numpy().tolist() == [
        ["a", "palettes", 5.0]
    ]
    sums = read_table(project.processed, "survey_public")
    # The firm declares a commune that no EPCI of the study holds: it is at site « a ».
    assert sums[["subject", "item", "n_firms"]].to_numpy().tolist() == [
        ["exutoire", "repris", 1],
        ["flux", "NDNI", 1],
        ["inscrites", "", 1],
    ]
    flows = read_table(project.processed, "outlet_flows")
    told = flows[["site_id", "outlet_id", "kind", "t", "tkm"]].to_numpy().tolist()
    assert told == [["a", "isdnd_x", "used", 20.0, 200.0]]


def test_a_firm_that_no_register_knows_brings_its_flows_and_no_count(project) -> None:
    everyone = sites()
    assert with_survey_sites(everyone, None, communes=communes()) is everyone
    declare(project)
    known = study_declarations(project)
    assert known is not None
    assert with_survey_sites(everyone, known, communes=communes()) is everyone
    stranger = known.assign(siret="39931827800021", commune="31002")
    found = with_survey_sites(everyone, stranger, communes=communes())
    assert len(found) == 4
    assert found.crs == everyone.crs
    added = found[found["source"] == SURVEY_SOURCE]
    assert added["code_insee"].tolist() == ["31002"]
    assert not added["diffusible"].any()
    assert added["headcount_mid"].isna().all()


def test_steps_run_again_when_answers_come_change_and_go(project, tmp_path) -> None:
    only = (step("arisings"),)
    made = Step(
        "given", "Donné", writes=("sites", *COUNTED), module="tests.steps.given"
    )
    steps = (made, *only)

    def ran() -> set[str]:
        return {r.step.name for r in run_steps(steps, project) if r.status == "done"}

    assert ran() == {"given", "arisings"}
    assert ran() == set()
    declare(project)
    assert ran() == {"arisings"}
    declare(project, {"quantite": 9})
    assert ran() == {"arisings"}
    assert ran() == set()
    study_path(project).unlink()
    assert ran() == {"arisings"}
    assert set(read_table(project.processed, "arisings")["method"]) == {"ratio"}
    assert project.study.identity.edition > dt.date(2020, 1, 1)
    assert tmp_path == project.base


def test_answers_stay_in_the_private_folder() -> None:
    assert Survey().path == Path("private/declarations.parquet")
    for path in (
        "maps/a.parquet",
        "a.parquet",
        "private/../maps/a.parquet",
        "/private/a.parquet",
        "private/a.csv",
    ):
        with pytest.raises(ValueError, match="dossier « private »"):
            Survey(path=Path(path))

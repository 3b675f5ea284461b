"""A step is one file: its declaration is read from the source, and holds."""

import pickle
import sys
from pathlib import Path

import pandas as pd
import pytest

from eitgeo.errors import UndeclaredError
from eitgeo.steps.declared import STEPS, read_steps
from eitgeo.steps.engine.contract import Step
from eitgeo.steps.engine.ledger import Footing, read_ledger
from eitgeo.steps.engine.run import plan_steps, run_steps
from eitgeo.study.base import noting, setting
from eitgeo.study.project import Project, open_project

ROOT = Path(__file__).parents[2]
HEAD = "from eitgeo.steps.step import step\n"
WRITE = """from eitgeo.tables.schema import empty_table
from eitgeo.tables.files import write_table
def put(project, *names):
    for name in names:
        write_table(project.processed, empty_table(name), table=name)
"""
FIRST = """
@step("Premier", writes=("givers",))
def run(*, project):
    put(project, "givers")
    return {"graine": project.study.identity.seed}
"""
SECOND = """
@step("Second", writes=("affinity",))
def run(givers, *, project):
    put(project, "affinity")
    return {"lignes": len(givers)}
"""


def write_step(folder: Path, name: str, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.py").write_text(HEAD + WRITE + text)


@pytest.fixture
def package(tmp_path, monkeypatch) -> Path:
    """A package of two steps, the second of which the engine hands a table."""
    folder = tmp_path / f"steps_{tmp_path.name}"
    write_step(folder, "b_first", FIRST)
    write_step(folder, "a_second", SECOND)
    (folder / "__init__.py").write_text("")
    (folder / "_helper.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    return folder


@pytest.fixture
def project(tmp_path) -> Project:
    return open_project(ROOT / "study.yaml", out=tmp_path / "out")


def steps_of(package: Path) -> tuple[Step, ...]:
    for name in [one for one in sys.modules if one.startswith(package.name)]:
        del sys.modules[name]
    return read_steps(package, package.name)


def test_a_new_file_is_a_new_step(package, project) -> None:
    assert [step.name for step in steps_of(package)] == ["b_first", "a_second"]
    write_step(package / "room", "third", SECOND.replace("affinity", "synergies"))
    (package / "room" / "__init__.py").write_text("")
    steps = steps_of(package)
    assert [step.name for step in steps] == ["b_first", "a_second", "third"]
    assert {one.step.name for one in run_steps(steps, project) if one.error} == set()
    assert (project.processed / "synergies.parquet").is_file()
    reports = {one.step.name: one.status for one in run_steps(steps, project)}
    assert set(reports.values()) == {"current"}


def test_tables_are_handed_in_the_order_of_the_signature(package, project) -> None:
    text = SECOND.replace("givers,", "synergies, givers,")
    write_step(package, "a_second", text.replace("len(givers)", "str(type(givers))"))
    write_step(package, "other", FIRST.replace('"givers"', '"synergies"'))
    *_, second = steps_of(package)
    assert second.handed == ("synergies", "givers")
    facts = {one.step.name: one.facts for one in run_steps(steps_of(package), project)}
    assert facts["a_second"] == {"lignes": str(pd.DataFrame)}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("put(project, 'affinity')", "affinity.parquet is not declared as written"),
        ("write_bytes(project.maps / 'x.txt', b'x')", "x.txt is not declared as writ"),
        (
            "read_table(project.processed, 'sites')",
            "step b_first: no step before it writes",
        ),
        ("read_table(project.processed, 'affinity')", '@step(reads=("affinity",))'),
        ("read_table(project.processed / 'public', 'x')", "writes public/x → @step("),
        ("made(project.maps / 'x.png')", "x.png is not declared as read"),
    ],
)
def test_what_is_not_declared_is_refused(package, project, line, told) -> None:
    imports = "from eitgeo.store import made, write_bytes\n"
    imports += "from eitgeo.tables.files import read_table\n"
    text = FIRST.replace("    put(", f"    {line}\n    put(")
    write_step(package, "b_first", imports + text)
    (project.processed / "sites.parquet").parent.mkdir(parents=True)
    (project.processed / "sites.parquet").write_bytes(b"")
    (report, _) = run_steps(steps_of(package), project)
    assert isinstance(report.error, UndeclaredError)
    assert told in str(report.error)
    assert not (project.processed / "givers.parquet").exists()


def test_what_is_declared_may_be_read_back_once_written(package, project) -> None:
    text = FIRST.replace(
        "    return", "    read_table(project.processed, 'givers')\n    return"
    )
    write_step(
        package, "b_first", "from eitgeo.tables.files import read_table\n" + text
    )
    assert [one.error for one in run_steps(steps_of(package), project)] == [None, None]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"affinity",', '"givers",', "givers is written by .*a_second too|b_first too"),
        ("givers,", "members,", "a_second: no step writes the table members"),
        ("givers,", "givers, public,", "takes « public » reads no other table"),
        ('"affinity",', "*NAMES,", "a_second: @step.* takes a label and literals"),
        ('"Second"', "LABEL", "a_second: @step.* takes a label and literals"),
        (
            "givers, *, project",
            "givers, project",
            "takes tables, then « \\*, project »",
        ),
        ("def run", "def walk", "a_second: no function run bears @step"),
        (
            '"Second"',
            '"Second", files="mine"',
            "no function of files.py is .* mine",
        ),
    ],
)
def test_a_declaration_that_cannot_be_is_refused(package, old, new, told) -> None:
    write_step(package, "a_second", SECOND.replace(old, new))
    with pytest.raises(RuntimeError, match=told):
        steps_of(package)


def test_steps_that_wait_for_one_another_are_refused(package) -> None:
    text = FIRST.replace("def run(*,", "def run(affinity, *,")
    write_step(package, "b_first", text)
    with pytest.raises(RuntimeError, match=r"wait for one another: \w+ ← "):
        steps_of(package)


def test_a_step_of_the_package_comes_after_those_it_reads() -> None:
    done: set[str] = set()
    for step in STEPS:
        assert set(step.tables) <= done
        done |= set(step.writes)
    assert STEPS[-1].name == "manifest"


READS = """
from eitgeo.tables.files import read_table
@step("Troisième", writes=("synergies",))
def run(affinity, *, project):
    put(project, "synergies")
    if project.study.zones.distance != "plane":
        return {"temps": project.study.roads.network.label}
    if project.study.survey is not None:
        return {"lignes": len(read_table(project.processed, "givers"))}
    return {}
"""


def footing(project: Project, name: str) -> Footing:
    return read_ledger(project.out, project.out / ".calcul").steps[name]


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_is_read_is_noted_and_makes_a_step_due(package, project, jobs) -> None:
    write_step(package, "third", READS)
    steps, study = steps_of(package), project.study
    assert {one.error for one in run_steps(steps, project, jobs=jobs)} == {None}
    assert [*footing(project, "b_first").settings] == ["identity.seed"]
    noted = footing(project, "third")
    assert [*noted.settings] == ["survey?", "zones.distance"]
    assert [*noted.tables] == ["givers"]
    assert [*noted.files] == ["data/processed/affinity.parquet"]

    def due(section: str, **values) -> dict[str, tuple[str, ...]]:
        part = getattr(study, section).model_copy(update=values)
        other = Project(
            study.model_copy(update={section: part}), project.base, project.out
        )
        plan = plan_steps(steps, other)
        return {one.step.name: one.reasons for one in plan if one.status == "pending"}

    assert due("zones", distance="truck_m") == {
        "third": ("paramètre changé : zones.distance",)
    }
    assert due("zones", radius_m=7.0) == due("survey", published="autre.csv") == {}
    moved = due("identity", seed=7)
    assert moved["b_first"] == ("paramètre changé : identity.seed",)
    assert moved["third"] == ("en amont : Premier", "en amont : Second")
    without = Project(
        study.model_copy(update={"survey": None}), project.base, project.out
    )
    (told,) = (one for one in plan_steps(steps, without) if one.reasons)
    assert told.reasons == ("paramètre changé : survey",)
    (project.processed / "givers.parquet").write_bytes(b"PAR1")
    assert {one.name for one in steps} == {
        one.step.name for one in plan_steps(steps, project) if one.reasons
    }


def test_a_table_below_a_folder_is_ordered_and_noted(package, project) -> None:
    text = READS.replace('processed, "givers"', 'processed / "public", "givers"')
    release = """
from eitgeo.tables.schema import empty_table
@step("Diffusé", writes=("public/givers",))
def run(affinity, *, project):
    folder = project.processed / "public"
    write_table(folder, empty_table("givers"), table="givers")
    return {}
"""
    write_step(package, "release", release)
    write_step(package, "third", text)
    by_name = {one.step.name: one for one in run_steps(steps_of(package), project)}
    assert '@step(reads=("public/givers",))' in str(by_name["third"].error)
    reads = '("synergies",), reads=("public/givers",)'
    write_step(package, "third", text.replace('("synergies",)', reads))
    steps = steps_of(package)
    assert [one.name for one in steps][-2:] == ["release", "third"]
    assert {one.error for one in run_steps(steps, project)} == {None}
    path = "data/processed/public/givers.parquet"
    assert path in footing(project, "third").files
    assert {one.status for one in run_steps(steps, project)} == {"current"}


def test_what_is_read_whole_is_noted_whole(project) -> None:
    noted: set[str] = set()
    study = noting(project.study, noted)
    plain = project.study.methods.affinity
    assert study.methods.affinity == plain
    assert noted == {f"methods.affinity.{key}" for key in type(plain).model_fields}
    noted.clear()
    assert study.roads.model_copy(update={"seats": None}).seats is None
    assert noted == set()
    assert study.roads.model_dump() == project.study.roads.model_dump()
    assert {"roads.network.reader", "roads.vehicles"} <= noted
    noted.clear()
    assert pickle.loads(pickle.dumps(study.zones)) == project.study.zones  # noqa: S301
    assert "zones.sweep.jitter_m.rue" in noted


def test_a_setting_that_is_no_more_has_no_value() -> None:
    study = open_project(ROOT / "tests" / "studies" / "real.yaml").study
    assert setting(study, "roads.network.reader") == "surrogate"
    for name in ("roads.network.vintage", "roads.network.age", "rien.du.tout"):
        assert setting(study, name) is None
    assert (setting(study, "survey?"), setting(study, "rien?")) == (False, False)

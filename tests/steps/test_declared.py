"""A step is one file: its declaration is read from the source, and holds."""

import sys
from pathlib import Path

import pandas as pd
import pytest

from eitgeo.errors import StudyError, UndeclaredError
from eitgeo.steps.declared import STEPS, read_steps
from eitgeo.steps.engine.contract import Step, parameter
from eitgeo.steps.engine.run import run_steps
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
@step("Premier", writes=("givers",), settings=("identity.seed",))
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
        ("project.study.identity.title", "step b_first: « identity.title » of the"),
        ("project.study.roads.network.reader", "step b_first: « roads » of the study"),
        ("project.published('carte', '.pdf')", "« sources » of the study"),
        ("put(project, 'affinity')", "affinity.parquet is not declared as written"),
        ("write_bytes(project.maps / 'x.txt', b'x')", "x.txt is not declared as writ"),
        ("read_table(project.processed, 'sites')", "sites.parquet is not declared as"),
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
        ('"affinity",', "*NAMES,", "a_second: @step.* takes a label and literals"),
        ('"Second"', "LABEL", "a_second: @step.* takes a label and literals"),
        (
            "givers, *, project",
            "givers, project",
            "takes tables, then « \\*, project »",
        ),
        ("def run", "def walk", "a_second: no function run bears @step"),
        ('"Second"', '"Second", reads=("ALL",)', "no group of groups.py is named ALL"),
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


def test_a_key_that_the_reader_ignores_is_a_parameter_without_value() -> None:
    project = open_project(ROOT / "tests" / "studies" / "real.yaml")
    assert parameter(project, "roads.network.reader") == "surrogate"
    assert parameter(project, "roads.network.vintage") is None
    with pytest.raises(StudyError, match=r"« roads\.network\.age » : aucune partie"):
        parameter(project, "roads.network.age")

"""Pytask is left aside when nothing is due, and only then."""

import sqlite3
from contextlib import suppress

import pytest

from eitgeo.errors import SourceError
from eitgeo.steps.engine import build
from eitgeo.steps.engine.run import plan_steps, run_steps
from tests.steps.conftest import names

ALL = {"numbers", "doubled", "report", "alone"}


@pytest.fixture
def asked(monkeypatch) -> list[str]:
    """What pytask was asked, run after run."""
    made: list[str] = []

    def spied(name):
        work = getattr(build, name)

        def called(*arguments, **options):
            made.append(name)
            return work(*arguments, **options)

        return called

    for name in ("build", "explain"):
        monkeypatch.setattr(build, name, spied(name))
    return made


def test_pytask_is_asked_until_nothing_is_due(toy, asked) -> None:
    assert toy.run() == ALL
    assert asked == ["build"]
    assert toy.run() == set()
    assert names(plan_steps(toy.steps, toy.project), "current") == ALL
    assert asked == ["build"]
    (toy.project.base / "raw/alone.csv").write_text("7")
    assert names(plan_steps(toy.steps, toy.project), "pending") == {"alone"}
    assert toy.run() == {"alone"}
    assert asked == ["build", "explain", "build"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_pytask_keeps_no_database_beside_the_lock_file(toy, monkeypatch, jobs) -> None:
    opened: list[object] = []
    join = sqlite3.dbapi2.connect

    def noted(*arguments, **options):
        opened.append(arguments)
        return join(*arguments, **options)

    monkeypatch.setattr(sqlite3.dbapi2, "connect", noted)
    first = plan_steps(toy.steps, toy.project)
    assert {one.reasons for one in first} >= {("première exécution",)}
    done = names(run_steps(toy.steps, toy.project, jobs=jobs), "done")
    assert done == ALL
    (toy.project.base / "raw/alone.csv").write_text("7")
    (told,) = (
        one for one in plan_steps(toy.steps, toy.project) if one.status == "pending"
    )
    assert told.reasons == ("entrée changée : raw/alone.csv",)
    done = names(run_steps(toy.steps, toy.project, jobs=jobs), "done")
    assert done == {"alone"}
    assert opened == []


def test_what_pytask_leaves_aside_is_told_in_the_order_of_the_steps(toy) -> None:
    toy.run()
    reports = run_steps(toy.steps, toy.project)
    assert [one.step.name for one in reports] == [one.name for one in toy.steps]
    assert {one.status for one in reports} == {"current"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytask.lock.journal", ""),  # a run that was cut
        ("pytask.lock", None),
    ],
)
def test_pytask_judges_an_odd_state(toy, asked, name, text) -> None:
    toy.run()
    path = toy.project.out / ".pytask" / name
    if text is None:
        path.unlink()
        assert toy.run() == ALL
    else:
        path.write_text(text)
        assert toy.run() == set()
    assert asked == ["build", "build"]


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda text: text.replace('lock-version = "1"', 'lock-version = "2"'),
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("[[task]]", "[[tasks]]"),
    ],
)
def test_a_spoilt_lock_file_is_never_taken_for_current(toy, asked, spoilt) -> None:
    toy.run()
    path = toy.project.out / ".pytask" / "pytask.lock"
    path.write_text(spoilt(path.read_text(encoding="utf-8")), encoding="utf-8")
    with suppress(SourceError):  # pytask says that it cannot read it
        assert toy.run() == ALL
    assert asked == ["build", "build"]


@pytest.mark.parametrize("kind", ["depends_on", "produces"])
def test_a_node_that_is_no_more_asks_pytask(toy, asked, kind) -> None:
    toy.run()
    path = toy.project.out / ".pytask" / "pytask.lock"
    text = path.read_text(encoding="utf-8")
    more = f'[task.{kind}]\n"data/processed/ancien.parquet" = "{"0" * 64}"'
    path.write_text(text.replace(f"[task.{kind}]", more, 1), encoding="utf-8")
    assert toy.run() == set()
    assert asked == ["build", "build"]

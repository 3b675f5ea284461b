"""A step is up to date by what the records tell of it, and only then."""

import json

import pytest

from eitgeo.steps.engine.run import plan_steps, run_steps
from tests.steps.conftest import names

ALL = {"numbers", "doubled", "report", "alone"}


def test_steps_are_told_in_their_order(toy) -> None:
    toy.run()
    reports = run_steps(toy.steps, toy.project)
    assert [one.step.name for one in reports] == [one.name for one in toy.steps]
    assert {one.status for one in reports} == {"current"}


def test_a_plan_tells_what_a_run_does(toy) -> None:
    assert names(plan_steps(toy.steps, toy.project), "pending") == ALL
    toy.run()
    (toy.project.base / "raw/alone.csv").write_text("7")
    (told,) = (
        one for one in plan_steps(toy.steps, toy.project) if one.status == "pending"
    )
    assert (told.step.name, told.reasons) == (
        "alone",
        ("entrée changée : raw/alone.csv",),
    )
    assert toy.run() == {"alone"}


@pytest.mark.parametrize(
    ("part", "spoilt", "due"),
    [
        ("code", "0" * 64, {"doubled"}),
        ("libraries", "0" * 64, {"doubled"}),
        ("code", "odd", ALL),
        ("files", {}, {"doubled"}),
        ("files", {"data/processed/numbers.parquet": "odd"}, ALL),
        ("tables", {"autre": "0" * 64}, {"doubled"}),
        ("settings", {"identity.title": "0" * 64}, {"doubled"}),
        ("settings", {"identity.ancien": "0" * 64}, {"doubled"}),
        ("settings", {"ancienne.cle": "0" * 64}, {"doubled"}),
        ("products", {}, {"doubled"}),
        ("products", "odd", ALL),
        ("more", {}, ALL),
    ],
)
def test_spoilt_records_are_never_taken_for_current(toy, part, spoilt, due) -> None:
    toy.run()
    path = toy.project.out / ".calcul" / "ecrits.json"
    records = json.loads(path.read_text(encoding="utf-8"))
    records["steps"]["doubled"][part] = spoilt
    path.write_text(json.dumps(records), encoding="utf-8")
    assert toy.run() == due

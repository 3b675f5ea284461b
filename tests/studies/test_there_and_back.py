"""Parameters of a small study that go there and back, elsewhere: the same bytes."""

import shutil

import pytest

from eitgeo.steps.declared import STEPS
from eitgeo.steps.engine.run import plan_steps, run_steps
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table
from tests.faults.test_surroundings import far_from, require_turkish, run_elsewhere
from tests.rerun import by_status, changed, tables

TABLE_STEPS = [step for step in STEPS if step.writes]
COUNTED = {
    "indicators",
    "levers",
    "redrawn_counts",
    "disclosure",
    "sectors",
    "ranking",
    "stress",
    "epci_blocks",
    "governance",
    "epci_facts",
}
ZONES = {"zones", "published_zones"} | COUNTED - {"redrawn_counts"}
"""Services are shared in a zone: what counts them is counted again."""


@pytest.fixture(scope="module")
def small(couserans, tmp_path_factory) -> Project:
    """Copy the tables of the small study, and what the engine knows of them."""
    lent = couserans.project
    out = far_from(tmp_path_factory.mktemp("petite"))
    for part in (".calcul", "data/processed"):
        shutil.copytree(lent.out / part, out / part)
    project = Project(lent.study, lent.base, out)
    reports = run_steps(TABLE_STEPS, project)
    assert by_status(reports, "current") == {step.name for step in TABLE_STEPS}
    return project


def test_the_study_has_what_its_changes_move(small) -> None:
    sites = read_table(small.processed, "sites")
    assert sites["synthetic"].sum() > 100
    assert len(read_table(small.processed, "zones")) > 10
    assert len(read_table(small.processed, "synergies")) > 10


def test_parameters_run_what_they_move_alone_and_back(small) -> None:
    """A new radius: zones and what counts services. A new floor: what counts sites.

    Back, in another locale, folder and hash seed, all is made again: the same bytes.
    """
    before = tables(small.out)
    assert len(before) > 150
    wider = changed(small, "zones", radius_m=600.0)
    released = {step.name for step in TABLE_STEPS if step.name.startswith("release_")}
    planned = by_status(plan_steps(TABLE_STEPS, wider), "pending")
    assert planned - released == ZONES
    both = changed(wider, "comparison", min_headcount=20.0)
    done = by_status(run_steps(TABLE_STEPS, both), "done")
    assert done - released == ZONES | COUNTED
    counted = tables(small.out)
    moved = {name for name, held in counted.items() if held != before[name]}
    rerun = [one for one in TABLE_STEPS if one.name in done]
    written = {
        path.relative_to(small.processed).as_posix()
        for one in rerun
        for path in one.artefacts(small)
    }
    sidecars = {f"{name}.json" for name in written}
    expected = {"zones.parquet", "zones.parquet.json", "indicators.parquet"}
    assert expected <= moved <= sidecars | written
    pending = by_status(plan_steps(TABLE_STEPS, small), "pending")
    assert done <= pending <= done | released
    for step in TABLE_STEPS:
        if step.name not in done:
            for path in step.artefacts(small):
                path.unlink()
    locale = run_elsewhere(small.base / "study.yaml", small.out, "tables")
    after = tables(small.out)
    assert after.keys() == before.keys()
    assert [name for name in after if after[name] != before[name]] == []
    assert not any(str(small.out).encode() in one for one in after.values())
    require_turkish(locale)

"""A small study made twice, there and back: the same bytes."""

import datetime as dt
from pathlib import Path

import pytest

from eitgeo.steps import STEPS, run_steps
from eitgeo.steps.new_study import Wanted, new_study
from eitgeo.study import Project, open_project
from eitgeo.tables import read_table
from tests.rerun import by_status, changed, tables
from tests.studies.neighbours import shortened

ROOT = Path(__file__).resolve().parents[2]
TABLE_STEPS = [step for step in STEPS if step.writes]
ZONES = {"zones", "published_zones", "sectors"}
ZONE_TABLES = (
    "zones",
    "site_zone",
    "site_stability",
    "zone_settings",
    "zone_concordance",
    "zone_profile",
    "zones_public",
    "zone_potentials",
    "key_sectors",
)
EPCI = ("200067940", "200066223")
"""Couserans and Haute Ariège; their sites are drawn, as in the small study."""


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Project:
    """Write the tables of a study of two EPCI, drawn sites included."""
    folder = tmp_path_factory.mktemp("petite") / "etude"
    asked = Wanted("couserans", EPCI, (), "", dt.date(2026, 11, 26))
    found = new_study(open_project(ROOT / "study.yaml"), folder, asked)
    shortened(found.path)
    project = open_project(found.path)
    assert by_status(run_steps(TABLE_STEPS, project), "done") == {
        step.name for step in TABLE_STEPS
    }
    return project


def test_the_study_has_what_its_changes_move(small) -> None:
    sites = read_table(small.processed, "sites")
    assert sites["synthetic"].sum() > 100
    assert len(read_table(small.processed, "zones")) > 10
    assert len(read_table(small.processed, "synergies")) > 10


def test_a_new_radius_runs_the_zones_alone_and_back(small) -> None:
    before = tables(small.out)
    wider = run_steps(TABLE_STEPS, changed(small, "zones", radius_m=600.0))
    assert by_status(wider, "done") == ZONES
    moved = {name for name, held in tables(small.out).items() if held != before[name]}
    written = {f"{name}.parquet" for name in ZONE_TABLES}
    sidecars = {f"{name}.json" for name in written}
    assert sidecars | {"zones.parquet"} <= moved <= sidecars | written
    back = run_steps(TABLE_STEPS, small)
    assert by_status(back, "done") == ZONES
    assert tables(small.out) == before


@pytest.fixture(scope="module")
def second(small, tmp_path_factory) -> Project:
    """Write the tables of the same study into another folder."""
    out = tmp_path_factory.mktemp("petite") / "autre dossier"
    other = Project(small.study, small.base, out)
    reports = run_steps(TABLE_STEPS, other)
    assert by_status(reports, "done") == {step.name for step in TABLE_STEPS}
    return other


def test_another_folder_holds_the_same_bytes(small, second) -> None:
    held, expected = tables(second.out), tables(small.out)
    assert held.keys() == expected.keys()
    assert [name for name, content in held.items() if content != expected[name]] == []
    assert not any(str(second.out.parent).encode() in one for one in held.values())


def test_a_new_headcount_floor_runs_what_counts_sites_alone_and_back(second) -> None:
    before = tables(second.out)
    higher = changed(second, "comparison", min_headcount=20.0)
    moved = {
        "indicators",
        "levers",
        "disclosure",
        "sectors",
        "ranking",
        "stress",
        "epci_blocks",
    }
    moved |= {"governance", "epci_facts"}
    assert by_status(run_steps(TABLE_STEPS, higher), "done") == moved
    assert tables(second.out) != before
    assert by_status(run_steps(TABLE_STEPS, second), "done") == moved
    assert tables(second.out) == before

"""The delivered study made twice from nothing, with and without answers: same bytes."""

import shutil
from pathlib import Path

import pytest

from eitgeo.steps.declared import STEPS
from eitgeo.steps.engine.run import run_steps
from eitgeo.study.project import Project, open_project
from eitgeo.tables.files import write_declarations
from tests.studies.answers import answered, answers_of, digests, opened_under

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


def delivered(folder: Path) -> Project:
    """Copy the delivered study into its own folder."""
    folder.mkdir()
    shutil.copy(ROOT / "study.yaml", folder)
    shutil.copytree(ROOT / "data/raw", folder / "data/raw")
    shutil.copy(ROOT / "data/sources.csv", folder / "data")
    return open_project(folder / "study.yaml")


def test_answers_move_no_byte_of_the_delivered_study(tmp_path) -> None:
    silent, told = delivered(tmp_path / "sans"), delivered(tmp_path / "avec")
    assert {one.status for one in run_steps(STEPS, silent)} == {"done"}
    for table in ("communes", "sites"):
        source = silent.processed / f"{table}.parquet"
        (told.processed).mkdir(parents=True, exist_ok=True)
        shutil.copy(source, told.processed)
    write_declarations(answers_of(told), answered(told, 170.1, 123.4, 78.9, 45.6))
    shutil.rmtree(told.processed)
    with opened_under(answers_of(told).parent) as met:
        assert {one.status for one in run_steps(STEPS, told)} == {"done"}
    assert met == []
    assert digests(told.maps) == digests(silent.maps)
    assert digests(told.processed) == digests(silent.processed)

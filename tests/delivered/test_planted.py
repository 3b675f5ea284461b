"""What is planted in the delivered files is a fault, and nothing is without it."""

import filecmp
import shutil
from pathlib import Path

import openpyxl
import pytest

from eitgeo.audit.declared import (
    names_of,
    undeclared_parts,
    undeclared_places,
    unreleased_figures,
    unwritten,
)
from eitgeo.audit.published import PAGE, read_published
from eitgeo.study.project import Project
from eitgeo.tables.public import PublicTables
from tests.audit.planted import PLANTS, place


@pytest.fixture
def copied(delivered, tmp_path: Path) -> Project:
    """Copy what is published: the tables and the fiches stay where they are."""
    project = Project(delivered.study, delivered.base, tmp_path / "etude")
    shutil.copytree(delivered.maps, project.maps)
    project.processed.parent.mkdir(parents=True)
    project.processed.symlink_to(delivered.processed)
    return project


def faults_of(project: Project, before: Project) -> list[str]:
    """List the faults of the files that changed, and the files that no step wrote."""
    names, faults = names_of(project), list(unwritten(project))
    public = PublicTables(project.processed)
    for path in sorted(before.maps.rglob("*.*")):
        now = project.maps / path.relative_to(before.maps)
        if not filecmp.cmp(path, now, shallow=False):
            faults += undeclared_parts(now, names)
            if now.name.endswith(PAGE):
                faults += unreleased_figures(read_published(project.maps), public)
    return faults


def test_nothing_that_is_delivered_is_undeclared(delivered) -> None:
    assert undeclared_places(delivered) == []


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_what_is_planted_is_a_fault(plant, copied, delivered) -> None:
    assert faults_of(copied, delivered) == []
    plant(copied.maps)
    faults = faults_of(copied, delivered)
    assert [one for one in faults if PLANTS[plant] in one], faults


def test_the_version_beside_a_file_of_a_user_is_no_fault(copied, delivered) -> None:
    path = place(copied.maps, "zones.xlsx")
    shutil.copy(path, path.with_suffix(".nouveau.xlsx"))
    assert faults_of(copied, delivered) == []


def test_a_workbook_that_a_user_saved_again_is_no_fault(copied, delivered) -> None:
    path = place(copied.maps, "gisements_echanges.xlsx")
    openpyxl.load_workbook(path).save(path)
    assert faults_of(copied, delivered) == []

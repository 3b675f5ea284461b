"""What is planted in the delivered files is a fault, and nothing is without it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from eitgeo.audit.declared import (
    Names,
    names_of,
    undeclared_parts,
    undeclared_places,
    unreleased_figures,
    unwritten,
)
from eitgeo.audit.published import PAGE, read_published
from eitgeo.study.project import Project
from eitgeo.tables.public import PublicTables
from tests.audit.planted import PLANTS, groups, place, plant_all

type Looks = dict[Path, tuple[int, int]]


def looks_of(maps: Path) -> Looks:
    """Note when each file of a folder was last written, and its size."""
    files = [one for one in maps.rglob("*") if one.is_file()]
    return {one: (one.stat().st_mtime_ns, one.stat().st_size) for one in files}


@pytest.fixture(scope="module")
def copy(delivered, tmp_path_factory) -> tuple[Project, Looks, Names]:
    """Copy what is published, once: tables and fiches stay where they are."""
    out = tmp_path_factory.mktemp("etude")
    project = Project(delivered.study, delivered.base, out)
    shutil.copytree(delivered.maps, project.maps)
    project.processed.parent.mkdir(parents=True)
    project.processed.symlink_to(delivered.processed)
    return project, looks_of(project.maps), names_of(project)


@pytest.fixture
def copied(copy, delivered) -> Iterator[Project]:
    """Lend the copy; what was planted is taken out again."""
    project, looks, _ = copy
    yield project
    now = looks_of(project.maps)
    for path in now.keys() - looks.keys():
        path.unlink()
    for path in looks.keys() - {one for one in looks if now.get(one) == looks[one]}:
        shutil.copy2(delivered.maps / path.relative_to(project.maps), path)


def faults_of(copy: tuple[Project, Looks, Names]) -> list[str]:
    """List the faults of the files that changed, and the files that no step wrote."""
    project, looks, names = copy
    faults = list(unwritten(project))
    for path, look in sorted(looks_of(project.maps).items()):
        if path in looks and looks[path] != look:
            faults += undeclared_parts(path, names)
            if path.name.endswith(PAGE):
                public = PublicTables(project.processed)
                faults += unreleased_figures(read_published(project.maps), public)
    return faults


def test_nothing_that_is_delivered_is_undeclared(delivered) -> None:
    assert undeclared_places(delivered) == []


@pytest.mark.parametrize("plants", groups(), ids=["first", "again"])
def test_what_is_planted_is_a_fault(plants, copied, copy) -> None:
    plant_all(copied.maps, plants)
    faults = faults_of(copy)
    unseen = [one for one in plants if not any(PLANTS[one] in x for x in faults)]
    assert unseen == [], faults


def test_the_version_beside_a_file_of_a_user_is_no_fault(copied, copy) -> None:
    path = place(copied.maps, "zones.xlsx")
    shutil.copy(path, path.with_suffix(".nouveau.xlsx"))
    assert faults_of(copy) == []


def test_a_workbook_that_a_user_saved_again_is_no_fault(copied, copy) -> None:
    path = place(copied.maps, "gisements_echanges.xlsx")
    openpyxl.load_workbook(path).save(path)
    assert faults_of(copy) == []

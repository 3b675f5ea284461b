"""All that a private run writes says so: none of its files comes out unstamped."""

import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path

import openpyxl
import pytest

from eitgeo.steps.declared import STEPS
from eitgeo.steps.engine.keeper import StepKeeper
from eitgeo.steps.engine.leavings import open_ledger
from eitgeo.steps.engine.ledger import Ledger
from eitgeo.steps.engine.run import run_steps
from eitgeo.steps.engine.stamp import require_stamp
from eitgeo.store import keeping
from eitgeo.study.asked import PRIVATE_STAMP
from eitgeo.study.project import PRIVATE_STUDY, Project
from tests.dossier.reading import asked
from tests.studies.couserans import HERE

PRINTED = ("flow_maps", "perimeter_maps")
"""A map, a map without what is drawn, and the sheets of all that is compared."""
pytestmark = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="pdftotext is not installed"
)


def squeezed(text: str) -> str:
    """Drop all spaces."""
    return "".join(text.split())


WORDS = squeezed(PRIVATE_STAMP)


@pytest.fixture(scope="module")
def private(couserans, tmp_path_factory) -> Project:
    """Copy the small study to a folder of its own, its tables as those of a private."""
    lent = couserans.project.base
    # Beside it: its paths are told from where it stands.
    base = lent.with_name(f"{tmp_path_factory.mktemp('privee').parent.name}_privee")
    shutil.copytree(lent, base, ignore=shutil.ignore_patterns("maps"))
    project = Project(couserans.project.study, base, base / PRIVATE_STUDY)
    shutil.copytree(base / "data/processed", project.processed)
    return project


def pages_without(path: Path) -> list[int]:
    """List the pages of a PDF whose text lacks the words."""
    pages = asked("pdftotext", path, "-").split("\f")[:-1]
    assert pages, path
    return [rank for rank, one in enumerate(pages) if WORDS not in squeezed(one)]


def require_stamped(files: Iterable[Path]) -> dict[str, int]:
    """Check each file as its reader sees it; count them by kind."""
    counts: dict[str, int] = {}
    for path in files:
        require_stamp(path.name, path)
        counts[path.suffix] = counts.get(path.suffix, 0) + 1
        if path.suffix == ".pdf":
            assert pages_without(path) == [], path.name
        elif path.suffix == ".html":
            text = path.read_text(encoding="utf-8")
            assert f'<p class="ne-pas-diffuser" role="note">{PRIVATE_STAMP}' in text
        elif path.suffix == ".xlsx":
            for sheet in openpyxl.load_workbook(path):
                assert WORDS in squeezed(str(sheet["A1"].value)), (path, sheet.title)
        elif path.suffix == ".docx":
            with zipfile.ZipFile(path) as archive:
                heads = [one for one in archive.namelist() if "/header" in one]
                assert all(WORDS in squeezed(archive.read(h).decode()) for h in heads)
        elif path.suffix == ".png":
            # Of the same drawing as a PDF, whose words are read.
            assert path.with_suffix(".pdf").is_file(), path.name
    return counts


def published(project: Project) -> list[Path]:
    """List what a study published."""
    return sorted(path for path in project.maps.rglob("*") if path.is_file())


def test_pages_workbooks_layers_and_maps_are_stamped(private: Project) -> None:
    ledger: Ledger = open_ledger(private, [])
    names = {step.name for step in HERE} | {*PRINTED}
    made: set[Path] = set()
    for step in STEPS:
        products = {one for one in step.products(private) if ledger.is_published(one)}
        if step.name in names and products:
            with keeping(StepKeeper(ledger, private=True)):
                step.run(private)
            made |= products
    assert set(published(private)) == made
    counts = require_stamped(made)
    assert counts.keys() == {".gpkg", ".html", ".pdf", ".png", ".qgz", ".xlsx"}


@pytest.mark.slow
def test_all_that_a_private_run_writes_is_stamped(private: Project) -> None:
    reports = run_steps(STEPS, private)
    assert {one.step.name: str(one.error) for one in reports if one.error} == {}
    counts = require_stamped(published(private))
    kinds = {".docx", ".gpkg", ".html", ".json", ".pdf", ".png", ".qgz", ".xlsx"}
    assert counts.keys() == kinds

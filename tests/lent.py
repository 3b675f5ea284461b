"""The tables of the default study, computed once for the tests that read them."""

import shutil
from pathlib import Path

import pytest
from filelock import FileLock

from eitgeo.study import Project

_TABLES = Path("data/processed")


def _place(factory: pytest.TempPathFactory) -> Path:
    """Name the folder; parallel workers have the same parent."""
    base = factory.getbasetemp()
    return (base.parent if base.name.startswith("popen-") else base) / "lent"


def lend_tables(project: Project, factory: pytest.TempPathFactory) -> None:
    """Copy the tables of a whole run to where other tests find them."""
    place = _place(factory)
    with FileLock(f"{place}.lock"):
        if not place.exists():
            partial = place.with_name("lent.partiel")
            shutil.copytree(project.processed, partial / _TABLES)
            partial.rename(place)


def lent_tables(factory: pytest.TempPathFactory) -> Path | None:
    """Return the folder of the run that was lent; None when none was."""
    place = _place(factory)
    with FileLock(f"{place}.lock"):
        return place if place.exists() else None

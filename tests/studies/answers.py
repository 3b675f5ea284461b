"""Answers to the survey of a study, and who looks at them."""

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from eitgeo.study.project import Project
from eitgeo.tables.files import read_table
from tests.sources.survey_files import bring, form, write_json

SIRETS = (
    *("73282932000074", "39931827800021", "35600000049837", "37804049700034"),
    *("44306184100047", "55208131766522", "54205118000066"),
)
_watched: list[tuple[str, list[str]]] = []


def answers_of(project: Project) -> Path:
    """Return the path of the private table."""
    assert project.study.survey is not None
    return project.path(project.study.survey.path)


def _look(event: str, arguments: tuple[object, ...]) -> None:
    if event != "open" or not _watched:
        return
    folder, met = _watched[-1]
    name = str(arguments[0])
    if name.startswith(folder):
        met.append(name)


sys.addaudithook(_look)


@contextmanager
def opened_under(folder: Path) -> Iterator[list[str]]:
    """List what Python opens under a folder (Arrow opens files by itself)."""
    met: list[str] = []
    _watched.append((str(folder), met))
    try:
        yield met
    finally:
        _watched.pop()


def digests(folder: Path) -> dict[str, str]:
    """Return the digest of each file of a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def answered(project: Project, *masses: float, first: int = 0) -> pd.DataFrame:
    """Return the answers of sawmills of the largest commune, tonnes a year each."""
    communes = read_table(project.processed, "communes")
    area = communes[communes["in_area"]]
    code = str(area.loc[area["population"].idxmax(), "code_insee"])
    resources = [{"quantite": m, "unite": "t", "periode": "an"} for m in masses]
    forms = [
        form(one, siret=siret, commune="hors", raison_sociale="Scierie Secret")
        for one, siret in zip(resources, SIRETS[first:], strict=False)
    ]
    folder = project.base
    path = write_json(folder, forms, "fiches.json")
    rows = bring(path).declarations
    path.unlink()
    return rows.assign(commune=code)


def surveys(project: Project) -> list[pd.DataFrame]:
    """Return surveys that let nothing out, or the same: none of it may be seen."""
    return [
        answered(project, 20.0, 30.0),
        answered(project, 123.4, 78.9, 45.6),
        answered(project, 123.4, 78.9, 45.6, first=3),
        answered(project, 123.4, 78.9, 45.6, 999.0),
    ]

"""What the doctor says of what comes from outside: downloads, perimeters, EPCI."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.errors import EitgeoError
from eitgeo.sources.files.csv import csv_dicts
from eitgeo.steps.engine.brought import perimeter_faults
from eitgeo.words import french_size

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from eitgeo.study.project import Project

ACCOUNT = "data/fetched.csv"


def perimeter_facts(project: Project) -> dict[str, str]:
    """Read each perimeter of the study with the reader of the run."""
    brought = project.study.perimeters
    if not brought:
        return {}
    read = perimeter_faults([project.path(one.path) for one in brought])
    facts = {}
    for one, (path, error) in zip(brought, read, strict=True):
        told = f"lisible, {one.path}"
        if error is not None:
            absent = f"FICHIER ABSENT : {one.path}"
            told = f"REFUSÉ : {error}" if path.is_file() else absent
        facts[f"périmètre apporté « {one.name} »"] = told
    return facts


def union_facts(project: Project) -> dict[str, str]:
    """Say what a run would refuse of unions of EPCI, if anything."""
    # The readers take a second to import: only this command needs them here.
    from eitgeo.steps.perimeters.foreseen import require_listable  # noqa: PLC0415

    try:
        require_listable(project)
    except EitgeoError as error:
        return {"unions d'EPCI entiers": f"REFUSÉ : {error}"}
    return {}


def downloaded_facts(project: Project) -> dict[str, str]:
    """List the files fetched, with their day, size and source."""
    # Read here and now: an installation without geopandas must be told too.
    path = project.base / ACCOUNT
    if not path.is_file():
        return {"fichiers": "aucun (« eitgeo fetch » les apporte)"}
    try:
        return {row["path"]: _fact(project.base, row) for row in csv_dicts(path)}
    except (OSError, KeyError, ValueError):
        return {"fichiers": f"inconnus : {ACCOUNT} illisible → le supprimer"}


def _fact(base: Path, row: Mapping[str, str]) -> str:
    told = f"{french_size(int(row['size_bytes']))}, téléchargé le {row['retrieved']}"
    target = base / row["path"]
    if not target.is_file():
        return f"ABSENT ({told}) → eitgeo fetch --only {target.name}"
    if target.stat().st_size != int(row["size_bytes"]):
        return f"CHANGÉ depuis ({told}) → eitgeo fetch --only {target.name} --force"
    return told

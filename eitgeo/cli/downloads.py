"""What `eitgeo doctor` says of the files that `eitgeo fetch` brought in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.sources.files.csv import csv_dicts
from eitgeo.words import french_size

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from eitgeo.study.project import Project

ACCOUNT = "data/fetched.csv"


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

"""What sidecars tell of a run: products, what each was made from, what is raw."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from eitgeo.errors import SourceError
from eitgeo.steps.engine.contract import Step, sidecar_path
from eitgeo.store import relative_name
from eitgeo.study.project import Project


class Record(NamedTuple):
    """A step of a run, as its sidecars tell it.

    ``name``: name of the step. ``label``: what it does, in French. ``inputs``: relative
    name → SHA-256 of what it read. ``products``: relative name → SHA-256 of what it
    wrote. ``parameters``: parts of the study that it read.
    """

    name: str
    label: str
    inputs: dict[str, str]
    products: dict[str, str]
    parameters: dict[str, Any]


def read_records(steps: Sequence[Step], project: Project) -> list[Record]:
    """Read the sidecars of the steps of a run."""
    records = []
    for step in steps:
        artefacts = step.artefacts(project)
        sidecars = [read_sidecar(project, path) for path in artefacts]
        if sidecars:
            names = (relative_name(path, project.out) for path in artefacts)
            digests = (str(one["sha256"]) for one in sidecars)
            products = dict(zip(names, digests, strict=True))
            first = sidecars[0]
            parts = (first["inputs"], products, first["parameters"])
            records.append(Record(step.name, step.label, *parts))
    return records


def read_sidecar(project: Project, artefact: Path) -> dict[str, Any]:
    """Read the sidecar of an artefact."""
    path = sidecar_path(project, artefact)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        message = f"{path.name} : fiche illisible → relancer « eitgeo run »"
        raise SourceError(message) from error
    is_whole = isinstance(content, dict) and {"sha256", "step", "inputs"} <= set(
        content
    )
    if not is_whole or not isinstance(content["inputs"], dict):
        message = f"{path.name} : ce n'est pas la fiche d'un fichier calculé"
        raise SourceError(message)
    return content

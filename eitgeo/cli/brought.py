"""What the doctor says of perimeters: those that the user brings, unions of EPCI."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.errors import EitgeoError
from eitgeo.steps.engine.brought import perimeter_faults

if TYPE_CHECKING:
    from eitgeo.study.project import Project


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

"""The published pictures that the dossier shows again; nothing heavy is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.steps._study_files import ground_files

if TYPE_CHECKING:
    from pathlib import Path

    from eitgeo.study.project import Project

_STEMS = {
    "territory": "carte_territoire_A4",
    "zones": "carte_zones_A4",
    "arisings": "carte_gisements_A4",
    "exchanges": "carte_echanges_A4",
    "core": "carte_coeur_franges_A4",
    "bodies": "carte_structures_A4",
}


def picture_files(project: Project) -> dict[str, Path]:
    """Name the pictures of other steps by what they show."""
    first, second = project.study.first_pair
    stems = dict(_STEMS)
    if first != second:
        stems["difference"] = f"ecart_{first}_{second}_A4"
    for name in project.study.compared_ids:
        stems[f"perimeter_{name}"] = f"carte_perimetre_{name}_A4"
    return {name: project.published(stem, ".png") for name, stem in stems.items()}


def dossier_inputs(project: Project) -> list[Path]:
    """List the files that the dossier reads beside tables."""
    ceilings = project.study.sources.ceilings
    read = [] if ceilings is None else [project.path(ceilings)]
    return [*ground_files(project), *read, *picture_files(project).values()]


def dossier_files(project: Project) -> list[Path]:
    """List the dossier."""
    return [project.published("dossier", suffix) for suffix in (".docx", ".pdf")]

"""The last step: what the run read and wrote, in one file, and what is public of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.steps._engine import Step, sidecar_path
from eitgeo.study.sections import Study

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from eitgeo.study.project import Project

MANIFEST_NAME = "manifest.json"
MANIFEST_STEP = "manifest"
_TOLD = ("_dropped", "_remarks")


def manifest_step(steps: Sequence[Step]) -> Step:
    """Declare the step that gathers the sidecars of all the others."""

    def files(project: Project) -> list[Path]:
        made = [path for step in steps for path in step.artefacts(project)]
        read = [path for step in steps for path in step.inputs(project)]
        register = register_path(project)
        listed = [register] if register.is_file() else []
        return [*made, *(sidecar_path(project, one) for one in made), *read, *listed]

    return Step(
        MANIFEST_STEP,
        "Manifeste du calcul",
        tables=(*loss_tables(steps), "bodies"),
        sections=tuple(Study.model_fields),
        files=files,
        products=lambda project: [manifest_path(project), public_path(project)],
    )


def loss_tables(steps: Sequence[Step]) -> tuple[str, ...]:
    """List the tables that tell what readers left out or found doubtful."""
    written = (table for step in steps for table in step.writes)
    return tuple(table for table in written if table.endswith(_TOLD))


def manifest_path(project: Project) -> Path:
    """Say where the whole manifest of a study is."""
    return project.processed / MANIFEST_NAME


def public_path(project: Project) -> Path:
    """Say where the manifest is that goes with what is published."""
    return project.maps / MANIFEST_NAME


def register_path(project: Project) -> Path:
    """Say where the register of the sources of a study is; it may be absent."""
    return project.base / "data" / "sources.csv"

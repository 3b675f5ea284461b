"""Sidecars of what « eitgeo compare » writes: no step claims it, none removes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.errors import SourceError
from eitgeo.steps import STEPS
from eitgeo.steps._engine import COMPARED
from eitgeo.steps._records import read_sidecar
from eitgeo.store import SIDECAR_SUFFIX, write_sidecar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from eitgeo.study import Project

_LIKE = ("comparison_table", "difference_sheet")
"""Steps that read and print what a comparison does."""


def sign_compared(project: Project, ids: Sequence[str], files: Iterable[Path]) -> None:
    """Write the sidecars of a comparison, but beside files that a step claims.

    Parameters
    ----------
    project
        The study.
    ids
        Perimeters compared.
    files
        Workbook and sheets, already written.
    """
    claimed = {path for step in STEPS for path in step.artefacts(project)}
    steps = [step for step in STEPS if step.name in _LIKE]
    inputs = [path for step in steps for path in step.inputs(project)]
    parts = {
        key: one for step in steps for key, one in step.parameters(project).items()
    }
    for path in files:
        if path not in claimed:
            write_sidecar(
                path,
                step=COMPARED,
                inputs=inputs,
                parameters={**parts, "perimeters": list(ids)},
                roots=(project.out, project.base),
            )


def compared_files(project: Project) -> list[Path]:
    """List what comparisons wrote among the maps of a study.

    Parameters
    ----------
    project
        The study.

    Returns
    -------
    list of pathlib.Path
        Sorted; those with a sidecar that can be read.
    """
    sidecars = sorted(project.maps.glob(f"*.?*{SIDECAR_SUFFIX}"))
    return [path for path in (one.with_suffix("") for one in sidecars) if _by_us(path)]


def _by_us(path: Path) -> bool:
    try:
        return bool(read_sidecar(path)["step"] == COMPARED)
    except SourceError:  # another program's file
        return False

"""Records of what « eitgeo compare » writes: no step claims it, none removes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from eitgeo.errors import SourceError
from eitgeo.steps.declared import STEPS
from eitgeo.steps.engine.contract import (
    COMPARED,
    SHEETS_FOLDER,
    sidecar_path,
    table_path,
)
from eitgeo.steps.engine.keeper import StepKeeper, settle
from eitgeo.steps.records.records import read_sidecar
from eitgeo.store import SIDECAR_SUFFIX, digest, input_digests, write_sidecar
from eitgeo.study.base import setting
from eitgeo.study.project import Project

_LIKE = ("comparison_table", "difference_sheet")
"""Steps that read and print what a comparison does."""


def sign_compared(
    project: Project, ids: Sequence[str], files: Iterable[Path], *, keeper: StepKeeper
) -> None:
    """Write the sidecars of a comparison, but for files that a step claims."""
    claimed = {path for step in STEPS for path in step.artefacts(project)}
    were = [one for name, one in keeper.ledger.steps.items() if name in _LIKE]
    tables = sorted({table for one in were for table in one.tables})
    inputs = [table_path(project, table) for table in tables]
    keys = sorted({key for one in were for key in one.settings})
    parts = {key: setting(project.study, key) for key in keys}
    digests = {}
    for path in files:
        if path not in claimed:
            digests[path] = keeper.digests[path]
            sidecar = write_sidecar(
                sidecar_path(project, path),
                artefact=path.name,
                sha256=digests[path],
                step=COMPARED,
                inputs=input_digests(inputs, (project.out, project.base)),
                parameters={**parts, "perimeters": list(ids)},
            )
            digests[sidecar] = digest(sidecar)
    keeper.ledger.sign(COMPARED, digests)
    settle(keeper.ledger, keeper.places)
    keeper.ledger.save()


def compared_files(project: Project) -> list[Path]:
    """List what comparisons wrote among the maps of a study."""
    folder = project.processed / SHEETS_FOLDER
    sidecars = sorted(folder.rglob(f"*.?*{SIDECAR_SUFFIX}"))
    named = [project.maps / one.relative_to(folder).with_suffix("") for one in sidecars]
    return [path for path in named if _by_us(project, path)]


def _by_us(project: Project, path: Path) -> bool:
    try:
        return bool(read_sidecar(project, path)["step"] == COMPARED)
    except SourceError:  # another program's file
        return False

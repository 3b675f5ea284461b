"""One study of a batch, run in the process of a worker."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from eitgeo.errors import EitgeoError
from eitgeo.steps.declared import STEPS
from eitgeo.steps.engine.lock import BusyError
from eitgeo.steps.engine.private import require_public
from eitgeo.steps.engine.run import run_steps
from eitgeo.study.project import Project, open_project

DEAD = (
    "le processus s'est arrêté à chaque essai (mémoire épuisée ?) "
    "→ moins d'études à la fois (--workers), ou plus de mémoire"
)
"""What is told of a process that was lost at each try."""

_alone = threading.Lock()
_KB = 1e3
_BYTES_PER_RSS = 1 if sys.platform == "darwin" else 1024


class Outcome(NamedTuple):
    """What became of a study of a batch.

    ``name``: its identifier in the batch. ``status``: ``fait`` or ``échec``.
    ``seconds``: how long it ran [s]. ``peak_mb``: most memory that the worker has held
    so far [MB]; NaN where unknown. ``steps``: steps that ran; those up to date are not
    counted. ``errors``: why it failed, in French.
    """

    name: str
    status: str
    seconds: float = 0.0
    peak_mb: float = float("nan")
    steps: int = 0
    errors: tuple[str, ...] = ()


def run_study(
    name: str, path: str, out: str, *, effort: str | None, only: Sequence[str] = ()
) -> Outcome:
    """Run a study into its folder; a fault of its own is told, not raised.

    Notes
    -----
    One study at a time in a process, whatever the number of its threads: drawing
    libraries keep settings for the whole process.
    """
    start = perf_counter()
    steps = [one for one in STEPS if not only or one.name in only]
    with _alone:
        try:
            project = opened(Path(path), Path(out), effort)
            reports = run_steps(steps, project)
        except BusyError:
            raise
        except EitgeoError as error:
            return Outcome(
                name, "échec", perf_counter() - start, peak_mb(), 0, (str(error),)
            )
    failed = [one for one in reports if one.status == "failed"]
    errors = tuple(f"Étape « {one.step.label} » : {one.error}" for one in failed)
    return Outcome(
        name,
        "échec" if failed else "fait",
        perf_counter() - start,
        peak_mb(),
        sum(one.status == "done" for one in reports),
        errors,
    )


def lost(error: BaseException, name: str) -> Outcome:
    """Say of a study what stopped it, where nothing else told it."""
    is_ours = isinstance(error, EitgeoError)
    said = str(error) if is_ours else f"anomalie du logiciel : {error!r}"
    return Outcome(name, "échec", errors=(said,))


def opened(path: Path, out: Path, effort: str | None) -> Project:
    """Open a study of a batch."""
    project = open_project(path, out=out)
    require_public(project)
    if effort is None:
        return project
    identity = project.study.identity.model_copy(update={"effort": effort})
    study = project.study.model_copy(update={"identity": identity})
    return Project(study, project.base, project.out)


def peak_mb() -> float:
    """Return the most memory that this process has held."""
    try:
        import resource  # noqa: PLC0415 - absent from Windows
    except ModuleNotFoundError:
        return float("nan")
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(used * _BYTES_PER_RSS / (_KB * _KB), 1)

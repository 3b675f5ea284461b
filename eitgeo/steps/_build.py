"""Pytask, silent, with its state kept where the study writes."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytask

from eitgeo.errors import SourceError
from eitgeo.store import write_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from eitgeo.steps._tasks import StepTask

STATE_FOLDER = ".pytask"
_CONFIG_NAME = "pytask.toml"
_CONFIG = b"[tool.pytask.ini_options]\n"


def build(out: Path, tasks: Sequence[StepTask]) -> pytask.Session:
    """Run what must run, and remember it in the folder of the study.

    Parameters
    ----------
    out
        Folder under which the study writes; the state is ``<out>/.pytask``.
    tasks
        All steps.

    Returns
    -------
    pytask.Session
        The session, its reports in the order of execution.
    """
    return _build(out / STATE_FOLDER, tasks, explain=False)


def explain(out: Path, tasks: Sequence[StepTask]) -> pytask.Session:
    """Say what would run, on a copy of the state: nothing is written in `out`.

    Parameters
    ----------
    out
        Folder under which the study writes.
    tasks
        All steps.

    Returns
    -------
    pytask.Session
        The session; ``task.attributes["explanation"]`` holds the reasons.
    """
    with TemporaryDirectory(prefix="eitgeo-") as scratch:
        state = Path(scratch, STATE_FOLDER)
        if (out / STATE_FOLDER).is_dir():
            shutil.copytree(out / STATE_FOLDER, state)
        return _build(state, tasks, explain=True)


def _build(root: Path, tasks: Sequence[StepTask], **options: Any) -> pytask.Session:
    config = root / _CONFIG_NAME
    if not config.is_file():
        write_bytes(config, _CONFIG)
    with _silence():
        session = pytask.build(
            tasks=list(tasks),
            config=config,
            capture=pytask.CaptureMethod.NO,
            database_url="sqlite://",  # in memory: the lock file is the state
            disable_warnings=True,
            show_traceback=False,
            verbose=0,
            **options,
        )
    if session.exit_code == pytask.ExitCode.CONFIGURATION_FAILED:
        message = (
            f"{root} : l'état du calcul précédent ne peut être ni lu ni écrit → "
            "libérer de la place, ou supprimer ce dossier, puis relancer (tout sera "
            "recalculé)"
        )
        raise SourceError(message)
    if session.exit_code not in {pytask.ExitCode.OK, pytask.ExitCode.FAILED}:
        message = "the steps do not form a graph: see their tables and products"
        raise RuntimeError(message)
    return session


@contextmanager
def _silence() -> Iterator[None]:
    quiet = pytask.console.quiet
    pytask.console.quiet = True
    try:
        yield
    finally:
        pytask.console.quiet = quiet

"""Pytask, silent, with its state kept where the study writes."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytask

from eitgeo.errors import SourceError
from eitgeo.steps.engine.contract import STATE_FOLDER
from eitgeo.steps.engine.nodes import LIBRARIES, STUDY_PREFIX
from eitgeo.steps.engine.reports import StepReport
from eitgeo.steps.engine.side_by_side import SideBySide, suitable_jobs
from eitgeo.steps.engine.tasks import StepTask
from eitgeo.store import write_bytes

_CONFIG_NAME = "pytask.toml"
_DATABASE = "_pytask.database"
_CONFIG = b"[tool.pytask.ini_options]\n"
_STATUSES: dict[pytask.TaskOutcome, Any] = {
    pytask.TaskOutcome.SUCCESS: "done",
    pytask.TaskOutcome.SKIP_UNCHANGED: "current",
    pytask.TaskOutcome.FAIL: "failed",
    pytask.TaskOutcome.SKIP_PREVIOUS_FAILED: "blocked",
    pytask.TaskOutcome.WOULD_BE_EXECUTED: "pending",
}


def build(out: Path, tasks: Sequence[StepTask], *, jobs: int = 1) -> list[StepReport]:
    """Run what must run, and remember it in the folder of the study."""
    beside = min(jobs or suitable_jobs(), len(tasks))
    team = SideBySide(beside)
    plugins = [team] if beside > 1 else []
    session = _build(out / STATE_FOLDER, tasks, *plugins)
    reports = [_report(item, {}) for item in session.execution_reports]
    is_interrupted = any(isinstance(item.error, KeyboardInterrupt) for item in reports)
    if team.is_stopped and not is_interrupted:  # between two steps
        raise KeyboardInterrupt
    return reports


def explain(out: Path, tasks: Sequence[StepTask]) -> list[StepReport]:
    """Say what would run, on a copy of the state: nothing is written in `out`."""
    labels = {task.step.name: task.step.label for task in tasks}
    with TemporaryDirectory(prefix="eitgeo-") as scratch:
        state = Path(scratch, STATE_FOLDER)
        if (out / STATE_FOLDER).is_dir():
            shutil.copytree(out / STATE_FOLDER, state)
        session = _build(state, tasks, explain=True)
    return [_report(item, labels) for item in session.execution_reports]


def _build(
    root: Path, tasks: Sequence[StepTask], *plugins: object, explain: bool = False
) -> pytask.Session:
    config = root / _CONFIG_NAME
    if not config.is_file():
        write_bytes(config, _CONFIG)
    with _silence(), _prepared(plugins):
        session = pytask.build(
            tasks=list(tasks),
            config=config,
            capture=pytask.CaptureMethod.NO,
            database_url="sqlite://",  # none is made: the lock file is the state
            disable_warnings=True,
            show_traceback=False,
            verbose=0,
            editor_url_scheme="no_link",
            explain=explain,
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
    """Print nothing: a quiet console lays out what it is given before it drops it."""
    quiet = pytask.console.quiet
    pytask.console.quiet = True
    pytask.console.print = _drop  # type: ignore[method-assign]
    try:
        yield
    finally:
        del pytask.console.print
        pytask.console.quiet = quiet


def _drop(*_: object, **__: object) -> None:
    """Take what would be printed."""


@contextmanager
def _prepared(plugins: Iterable[object]) -> Iterator[None]:
    """Add plugins to the builds of the block, and leave the database aside.

    From Python, pytask takes plugins by entry points alone, for all who use it. Its
    database would hold what the lock file tells, a transaction a state, thousands of
    them, and be asked only of what it cannot know yet: tasks that the lock file lacks.
    """
    store = pytask.storage.store

    def stored(pm: Any) -> None:
        pm.set_blocked(_DATABASE)
        for plugin in plugins:
            pm.register(plugin)
        store(pm)

    pytask.storage.store = stored  # type: ignore[method-assign]
    try:
        yield
    finally:
        del pytask.storage.store


def _report(item: pytask.ExecutionReport, labels: dict[str, str]) -> StepReport:
    task: Any = item.task
    status = _STATUSES[item.outcome]
    raised = item.exc_info[1] if item.exc_info and status == "failed" else None
    error = raised if isinstance(raised, BaseException) else None
    reasons = _reasons(task, labels) if status == "pending" else ()
    return StepReport(task.step, status, task.cost, task.facts, error, reasons)


def _reasons(task: Any, labels: dict[str, str]) -> tuple[str, ...]:
    reasons = task.attributes["explanation"].reasons
    if any(
        item.node_type == "source" and item.reason == "not_in_db" for item in reasons
    ):
        return ("première exécution",)
    return tuple(sorted(_reason(item, labels) for item in reasons))


def _reason(item: Any, labels: dict[str, str]) -> str:
    name: str = item.node_name
    if item.reason == "cascade":
        return f"en amont : {labels[name]}"
    if item.node_type == "source":
        return "code changé"
    if item.node_type == "product":
        state = "absent" if item.reason == "missing" else "modifié à la main"
        return f"produit {state} : {name}"
    is_new = item.reason == "not_in_db"
    if name == LIBRARIES:
        return "bibliothèques changées"
    if name.startswith(STUDY_PREFIX):
        state = "nouveau" if is_new else "changé"
        return f"paramètre {state} : {name.removeprefix(STUDY_PREFIX)}"
    return f"entrée {'nouvelle' if is_new else 'changée'} : {name}"

"""Run a study, or say what would run and why."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from pytask import TaskOutcome

from eitgeo.check import Faults
from eitgeo.errors import EitgeoError, SchemaError, SourceError
from eitgeo.steps._brought import perimeter_faults
from eitgeo.steps._build import STATE_FOLDER, build, explain
from eitgeo.steps._keeper import edited_files
from eitgeo.steps._leavings import (
    half_written,
    move_old_sidecars,
    open_ledger,
    remove_unclaimed,
    tell_edited,
)
from eitgeo.steps._lock import one_run
from eitgeo.steps._private import is_secret, shut
from eitgeo.steps._states import file_states
from eitgeo.steps._study_files import brought_files
from eitgeo.steps._tasks import (
    LIBRARIES,
    STUDY_PREFIX,
    StepReport,
    make_tasks,
    signed_paths,
)
from eitgeo.steps._values import require_known_values
from eitgeo.store import refused, relative_name, remove_partials
from eitgeo.study import PRIVATE_FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pytask

    from eitgeo.steps._engine import Step
    from eitgeo.steps._keeper import Edited
    from eitgeo.study import Project

LOG_NAME = "run.log"
_STATUSES: dict[TaskOutcome, Any] = {
    TaskOutcome.SUCCESS: "done",
    TaskOutcome.SKIP_UNCHANGED: "current",
    TaskOutcome.FAIL: "failed",
    TaskOutcome.SKIP_PREVIOUS_FAILED: "blocked",
    TaskOutcome.WOULD_BE_EXECUTED: "pending",
}


def run_steps(
    steps: Sequence[Step],
    project: Project,
    *,
    tell: Callable[[StepReport], None] = lambda _: None,
    reads_all: bool = False,
) -> list[StepReport]:
    """Run the steps that are not up to date.

    A file of ``maps/`` that the user edited stays; the new version is beside it.

    Parameters
    ----------
    steps
        All steps of the study.
    project
        The study.
    tell
        Called when a step starts, when it is done, and once at the end of the run
        for each step that did not run or failed.
    reads_all
        Read large files again, whatever their size and time.

    Returns
    -------
    list of StepReport
        One per step, in the order of execution.

    Raises
    ------
    StudyError
        When the study names a rule, a division or a waste body that does not exist.
    SourceError
        When a file that no step writes is absent; all are told, nothing runs. When the
        folder cannot be written.
    SchemaError
        When a perimeter that the user brings is malformed: nothing runs either.
    BusyError
        When another run writes into the same folder.
    KeyboardInterrupt
        When the user stopped the run; what was done stays done.
    """
    require_known_values(project)
    _require_files(steps, project)
    _require_perimeters(steps, project)
    try:
        with shut(project), one_run(project.out / STATE_FOLDER):
            reports = _run_held(steps, project, tell, reads_all=reads_all)
    except EitgeoError:
        raise
    except OSError as error:
        raise refused(project.out, error) from error
    for report in reports:
        if isinstance(report.error, KeyboardInterrupt):
            raise report.error
    return reports


def _run_held(
    steps: Sequence[Step],
    project: Project,
    tell: Callable[[StepReport], None],
    *,
    reads_all: bool,
) -> list[StepReport]:
    artefacts = [path for step in steps for path in step.artefacts(project)]
    claimed = {path for step in steps for path in signed_paths(step, project)}
    ledger = open_ledger(project, artefacts)
    remove_partials(half_written(ledger, claimed))
    move_old_sidecars(project)
    states = file_states(ledger, reads_all=reads_all)
    session = build(project.out, make_tasks(steps, project, states=states, tell=tell))
    reports = [_report(item, {}) for item in session.execution_reports]
    _write_log(project, reports)
    for report in reports:
        if report.status != "done":
            tell(report)
    if all(report.status in {"done", "current"} for report in reports):
        remove_unclaimed(ledger, claimed)
    tell_edited(edited_files(ledger, artefacts, read=states.content))
    states.save()
    return reports


def plan_steps(
    steps: Sequence[Step], project: Project, *, reads_all: bool = False
) -> list[StepReport]:
    """Say which steps would run and why; nothing is written.

    Parameters
    ----------
    steps
        All steps of the study.
    project
        The study.
    reads_all
        Read large files again, whatever their size and time.

    Returns
    -------
    list of StepReport
        One per step, in the order of execution; ``pending`` ones with their reasons.
        A step told « en amont » does not run after all when what comes before it
        ends in the same bytes.

    Raises
    ------
    StudyError
        As :func:`run_steps`.
    SourceError
        When a file that no step writes is absent.
    SchemaError
        As :func:`run_steps`.
    """
    require_known_values(project)
    _require_files(steps, project)
    _require_perimeters(steps, project)
    artefacts = [path for step in steps for path in step.artefacts(project)]
    states = file_states(open_ledger(project, artefacts), reads_all=reads_all)
    tasks = make_tasks(steps, project, states=states, tell=lambda _: None)
    with shut(project):
        session = explain(project.out, tasks)
    labels = {step.name: step.label for step in steps}
    return [_report(item, labels) for item in session.execution_reports]


def edited_products(
    steps: Sequence[Step], project: Project, *, reads_all: bool = False
) -> list[Edited]:
    """List the files of ``maps/`` that a run would leave to the user.

    Parameters
    ----------
    steps
        All steps of the study.
    project
        The study.
    reads_all
        Read large files again, whatever their size and time.

    Returns
    -------
    list of Edited
        Sorted by name; nothing is written.
    """
    artefacts = [path for step in steps for path in step.artefacts(project)]
    states = file_states(open_ledger(project, artefacts), reads_all=reads_all)
    return edited_files(states.ledger, artefacts, read=states.content)


def _require_files(steps: Sequence[Step], project: Project) -> None:
    made = {path for step in steps for path in signed_paths(step, project)}
    faults = Faults("étude")
    read = {path for step in steps for path in step.inputs(project)} - made
    for path in sorted(path for path in read if not path.is_file()):
        if path.parent == project.processed and path.suffix == ".parquet":
            message = f"no step writes the table {path.stem}"
            raise RuntimeError(message)
        faults.add(
            f"fichier absent : {relative_name(path, project.base)}",
            remedy="le déposer à cet endroit, ou corriger son chemin dans l'étude",
        )
    for path in sorted(path for path in read if is_secret(path, project)):
        faults.add(
            f"{relative_name(path, project.base)} : une étude qui se publie n'ouvre "
            f"rien de {PRIVATE_FOLDER}/",
            remedy="mettre le fichier ailleurs, ou « eitgeo run --private »",
        )
    faults.raise_if_any(SourceError)


def _require_perimeters(steps: Sequence[Step], project: Project) -> None:
    """Read what the user brings before any step runs."""
    read = {path for step in steps for path in step.inputs(project)}
    brought = [path for path in brought_files(project) if path in read]
    faults = [error for _, error in perimeter_faults(brought) if error is not None]
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise SchemaError("\n".join(str(error) for error in faults))


def _report(item: pytask.ExecutionReport, labels: dict[str, str]) -> StepReport:
    task: Any = item.task
    status = _STATUSES[item.outcome]
    raised = item.exc_info[1] if item.exc_info and status == "failed" else None
    error = raised if isinstance(raised, BaseException) else None
    reasons = _reasons(task, labels) if status == "pending" else ()
    return StepReport(task.step, status, task.cost, task.facts, error, reasons)


def _reasons(task: Any, labels: dict[str, str]) -> tuple[str, ...]:
    found = task.attributes["explanation"].reasons
    if any(item.node_type == "source" and item.reason == "not_in_db" for item in found):
        return ("première exécution",)
    return tuple(sorted(_reason(item, labels) for item in found))


def _reason(item: Any, labels: dict[str, str]) -> str:
    name: str = item.node_name
    if item.reason == "cascade":
        return f"en amont : {labels[name]}"
    if item.node_type == "source":
        return "code changé"
    if item.node_type == "product":
        met = "absent" if item.reason == "missing" else "modifié à la main"
        return f"produit {met} : {name}"
    is_new = item.reason == "not_in_db"
    if name == LIBRARIES:
        return "bibliothèques changées"
    if name.startswith(STUDY_PREFIX):
        met = "nouveau" if is_new else "changé"
        return f"paramètre {met} : {name.removeprefix(STUDY_PREFIX)}"
    return f"entrée {'nouvelle' if is_new else 'changée'} : {name}"


def _write_log(project: Project, reports: Sequence[StepReport]) -> None:
    now = f"{dt.datetime.now(tz=dt.UTC).astimezone():%Y-%m-%dT%H:%M:%S%z}"
    lines = [
        "\t".join((now, item.step.name, item.status, *_costs(item), _facts(item)))
        for item in reports
    ]
    with (project.out / STATE_FOLDER / LOG_NAME).open("a", encoding="utf-8") as log:
        log.write("\n".join(lines) + "\n")


def _costs(item: StepReport) -> tuple[str, str, str]:
    cost = item.cost
    peak = "—" if cost.peak_mb is None else f"{cost.peak_mb:.0f} Mo"
    return f"{cost.seconds:.3f} s", f"processeur {cost.processor_s:.2f} s", peak


def _facts(item: StepReport) -> str:
    return json.dumps(dict(item.facts), ensure_ascii=False, default=str)

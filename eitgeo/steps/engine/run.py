"""Run a study, or say what would run and why."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eitgeo.check import Faults
from eitgeo.errors import EitgeoError, SchemaError, SourceError
from eitgeo.extras import require_study
from eitgeo.steps.engine.brought import offer_layer, perimeter_faults
from eitgeo.steps.engine.contract import STATE_FOLDER, Step
from eitgeo.steps.engine.keeper import Edited, edited_files
from eitgeo.steps.engine.leavings import (
    half_written,
    open_ledger,
    remove_unclaimed,
    tell_edited,
)
from eitgeo.steps.engine.ledger import journal_names
from eitgeo.steps.engine.lock import one_run
from eitgeo.steps.engine.nodes import (
    StepNodes,
    all_current,
    signed_paths,
    step_nodes,
    told_states,
)
from eitgeo.steps.engine.private import shut, tell_secrets
from eitgeo.steps.engine.reports import StepReport
from eitgeo.steps.engine.states import FileStates, file_states
from eitgeo.steps.engine.values import require_known_values
from eitgeo.steps.files import read_folders, register_targets
from eitgeo.store import refused, relative_name, remove_partials

if TYPE_CHECKING:
    from eitgeo.study.project import Project

LOG_NAME = "run.log"
_FORESEEN = "eitgeo.steps.perimeters.foreseen"
_REFUSING, _COUNTED = "perimeters", "sites"
"""Step whose refusal is foreseen: it comes after all that is slow."""


def run_steps(
    steps: Sequence[Step],
    project: Project,
    *,
    tell: Callable[[StepReport], None] = lambda _: None,
    reads_all: bool = False,
    jobs: int = 1,
) -> list[StepReport]:
    """Run the steps that are not up to date.

    A file of ``maps/`` that the user edited stays; the new version is beside it.
    """
    require_study()
    require_known_values(project)
    _require_inputs(steps, project)
    try:
        with shut(project), one_run(project.out / STATE_FOLDER):
            reports = _run_held(steps, project, tell, reads_all=reads_all, jobs=jobs)
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
    jobs: int,
) -> list[StepReport]:
    artefacts = [path for step in steps for path in step.artefacts(project)]
    claimed = {path for step in steps for path in signed_paths(step, project)}
    ledger = open_ledger(project, artefacts)
    remove_partials(half_written(ledger, claimed))
    if left := [one for one in journal_names(ledger.state) if one != ledger.journal]:
        ledger.save(*left)
    states = file_states(ledger, reads_all=reads_all)
    reports = _built(steps, project, states, tell, jobs=jobs)
    offer_layer(project)
    _write_log(project, reports)
    for report in reports:
        if report.status != "done":
            tell(report)
    if all(report.status in {"done", "current"} for report in reports):
        remove_unclaimed(ledger, claimed)
    tell_edited(edited_files(ledger, artefacts, read=states.content))
    states.save()
    return reports


def _built(
    steps: Sequence[Step],
    project: Project,
    states: FileStates,
    tell: Callable[[StepReport], None] | None,
    *,
    jobs: int = 1,
) -> list[StepReport]:
    """Run what is due; where there is nobody to tell, say what would run."""
    nodes = step_nodes(steps, project, states)
    told = told_states(project.out / STATE_FOLDER)
    if all_current(told, nodes):
        return [StepReport(step, "current") for step in steps]
    _foresee(nodes, told, project)
    # Pytask takes a second to import: an unchanged study does without it.
    from eitgeo.steps.engine.build import build, explain  # noqa: PLC0415
    from eitgeo.steps.engine.tasks import make_tasks  # noqa: PLC0415

    if tell is None:
        tasks = make_tasks(nodes, project, states=states, tell=lambda _: None)
        return explain(project.out, tasks)
    tasks = make_tasks(nodes, project, states=states, tell=tell)
    return build(project.out, tasks, jobs=jobs)


def _foresee(
    nodes: Sequence[StepNodes], told: Mapping[str, Any], project: Project
) -> None:
    """Refuse, before any step runs, what perimeters and zones that are due would."""
    names = [one.step.name for one in nodes]

    def is_current(name: str) -> bool:
        return all_current(told, nodes[: names.index(name) + 1])

    # Steps import the engine: by name, as steps are.
    if _REFUSING in names and not is_current(_REFUSING):
        import_module(_FORESEEN).require_listable(project)
    if _COUNTED in names and is_current(_COUNTED):
        import_module(_FORESEEN).require_measurable(project)


def plan_steps(
    steps: Sequence[Step], project: Project, *, reads_all: bool = False
) -> list[StepReport]:
    """Say which steps would run and why; nothing is written."""
    require_study()
    require_known_values(project)
    _require_inputs(steps, project)
    artefacts = [path for step in steps for path in step.artefacts(project)]
    states = file_states(open_ledger(project, artefacts), reads_all=reads_all)
    with shut(project):
        return _built(steps, project, states, None)


def edited_products(
    steps: Sequence[Step], project: Project, *, reads_all: bool = False
) -> list[Edited]:
    """List the files of ``maps/`` that a run would leave to the user."""
    artefacts = [path for step in steps for path in step.artefacts(project)]
    states = file_states(open_ledger(project, artefacts), reads_all=reads_all)
    return edited_files(states.ledger, artefacts, read=states.content)


def _require_inputs(steps: Sequence[Step], project: Project) -> None:
    read = {path for step in steps for path in step.inputs(project)}
    made = {path for step in steps for path in signed_paths(step, project)}
    _require_files(read - made, project)
    _require_perimeters(read, project)


def _require_files(read: set[Path], project: Project) -> None:
    faults = Faults("étude")
    targets = register_targets(project)
    # A folder is read as it stands: a tile that did not come would be a hole.
    folders = read_folders(project) & {*read, *(path.parent for path in read)}
    read = read | {path for path in targets if path.parent in folders}
    for path in sorted(path for path in read if not path.is_file()):
        if path.parent == project.processed and path.suffix == ".parquet":
            message = f"no step writes the table {path.stem}"
            raise RuntimeError(message)
        remedy = "le déposer à cet endroit, ou corriger son chemin dans l'étude"
        if path in targets or any(path in one.parents for one in targets):
            remedy = "le télécharger (eitgeo fetch), ou corriger son chemin"
        absent = f"fichier absent : {relative_name(path, project.base)}"
        faults.add(absent, remedy=remedy)
    tell_secrets(read, project, faults=faults)
    faults.raise_if_any(SourceError)


def _require_perimeters(read: set[Path], project: Project) -> None:
    """Read what the user brings before any step runs."""
    named = dict.fromkeys(project.path(one.path) for one in project.study.perimeters)
    brought = [path for path in named if path in read]
    faults = [error for _, error in perimeter_faults(brought) if error is not None]
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise SchemaError("\n".join(str(error) for error in faults))


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

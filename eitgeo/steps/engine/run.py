"""Run a study, or say what would run and why."""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from graphlib import TopologicalSorter
from heapq import heappop, heappush
from importlib import import_module
from pathlib import Path
from threading import current_thread, main_thread
from typing import TYPE_CHECKING

import psutil

from eitgeo.check import Faults
from eitgeo.errors import EitgeoError, SchemaError, SourceError
from eitgeo.extras import require_study
from eitgeo.steps.engine.brought import offer_layer, perimeter_faults
from eitgeo.steps.engine.contract import (
    STATE_FOLDER,
    Step,
    StepReport,
    signed_paths,
)
from eitgeo.steps.engine.due import Pipeline
from eitgeo.steps.engine.keeper import Edited, edited_files
from eitgeo.steps.engine.leavings import (
    half_written,
    open_ledger,
    remove_unclaimed,
    tell_edited,
)
from eitgeo.steps.engine.ledger import JOURNAL_NAME, journal_names
from eitgeo.steps.engine.lock import one_run
from eitgeo.steps.engine.perform import (
    Outcome,
    listed,
    lose,
    perform,
    perform_apart,
    sign,
)
from eitgeo.steps.engine.private import shut, tell_secrets
from eitgeo.steps.engine.processes import Crew
from eitgeo.steps.engine.states import file_states
from eitgeo.steps.engine.values import require_known_values
from eitgeo.steps.files import read_folders, register_targets
from eitgeo.store import refused, relative_name, remove_partials

if TYPE_CHECKING:
    from eitgeo.study.project import Project

LOG_NAME = "run.log"
_FORESEEN = "eitgeo.steps.perimeters.foreseen"
_REFUSING, _COUNTED = "perimeters", "sites"
"""Step whose refusal is foreseen: it comes after all that is slow."""
_BYTES_EACH = 3_000_000_000
"""Memory that a step of a real study may take."""
_DEAD = (
    "le processus de cette étape a été arrêté par le système (mémoire ?) → "
    "libérer de la mémoire, puis relancer, au besoin avec « --jobs 1 »"
)


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
    return reports


def _run_held(
    steps: Sequence[Step],
    project: Project,
    tell: Callable[[StepReport], None],
    *,
    reads_all: bool,
    jobs: int,
) -> list[StepReport]:
    steps = [listed(step, project) for step in steps]
    artefacts = [path for step in steps for path in step.artefacts(project)]
    claimed = {path for step in steps for path in signed_paths(step, project)}
    ledger = open_ledger(project, artefacts)
    remove_partials(half_written(ledger, claimed))
    if left := [one for one in journal_names(ledger.state) if one != ledger.journal]:
        ledger.save(*left)
    states = file_states(ledger, reads_all=reads_all)
    pipeline = Pipeline(steps, project, states)
    run = _Run(pipeline, tell, reports=pipeline.plan())
    if any(report.status == "pending" for report in run.reports):
        _foresee(run.reports, project)
        run.go(min(jobs or suitable_jobs(), len(steps)))
    offer_layer(project)
    _write_log(project, run.reports)
    for report in run.reports:
        if report.status != "done":
            tell(report)
    if all(report.status in {"done", "current"} for report in run.reports):
        remove_unclaimed(ledger, claimed)
    tell_edited(edited_files(ledger, artefacts, read=states.content))
    states.save()
    if run.is_stopped:
        raise KeyboardInterrupt
    return run.reports


@dataclass
class _Run:
    """The steps of a run, those that are due one after the other or side by side.

    ``reports``: what became of steps. ``lost``: those that failed, or were not tried.
    ``is_stopped``: whether the user stopped the run.
    """

    pipeline: Pipeline
    tell: Callable[[StepReport], None]
    reports: list[StepReport]
    lost: set[str] = field(default_factory=set)
    is_stopped: bool = False

    def go(self, jobs: int) -> None:
        """Run what is due."""
        self.reports, self.ready = [], list[int]()
        self.order = TopologicalSorter(self.pipeline.after)
        self.order.prepare()
        self.names = sorted(self.pipeline.rank, key=self.pipeline.rank.__getitem__)
        if jobs > 1:
            with self._asked_once():
                self._side_by_side(jobs)
            return
        while not self.is_stopped and (step := self._next()):
            self.tell(StepReport(step, "running"))
            ledger = self.pipeline.states.ledger
            outcome = perform(step, self.pipeline.project, ledger)
            self._conclude(step, outcome, ledger.journal)

    def _side_by_side(self, jobs: int) -> None:
        project, ledger = self.pipeline.project, self.pipeline.states.ledger
        with Crew[Step](jobs, tempfile.tempdir) as crew:
            try:
                while True:
                    while crew.is_free and (step := self._next()):
                        self.tell(StepReport(step, "running"))
                        apart = replace(ledger, journal=_journal(step))
                        crew.give(step, perform_apart, step, project, apart)
                    if not crew.busy:
                        break
                    for step, future in crew.ended():
                        if isinstance(future.exception(), BrokenProcessPool):
                            outcome = Outcome(error=SourceError(_DEAD))
                        else:
                            outcome = future.result()
                        for record in outcome.said:
                            logging.getLogger(record.name).handle(record)
                        self._conclude(step, outcome, _journal(step))
                    self._stop_if_asked()
            except KeyboardInterrupt:
                self.is_stopped = True
                crew.kill()
                for step in crew.busy.values():
                    stopped = Outcome(error=KeyboardInterrupt())
                    self._conclude(step, stopped, _journal(step))

    def _next(self) -> Step | None:
        """Return a step that is due; those that are not are passed."""
        while True:
            for name in self.order.get_ready():
                heappush(self.ready, self.pipeline.rank[name])
            if not self.ready:
                return None
            name = self.names[heappop(self.ready)]
            step = self.pipeline.steps[name]
            if self.pipeline.after[name] & self.lost:
                self.lost.add(name)
                self.reports.append(StepReport(step, "blocked"))
            elif self.pipeline.reasons(step):
                return step
            else:
                self.reports.append(StepReport(step, "current"))
            self.order.done(name)

    def _conclude(self, step: Step, outcome: Outcome, journal: str) -> None:
        """Sign what a step did, or say why it did not."""
        project, ledger = self.pipeline.project, self.pipeline.states.ledger
        error = outcome.error
        try:
            if journal != ledger.journal:
                ledger.recall(journal)
            if outcome.done is None and journal != ledger.journal:
                lose(step, project, ledger)
            elif outcome.done is not None:
                sign(step, outcome.done, self.pipeline, journal=journal)
        except (Exception, KeyboardInterrupt) as fault:  # noqa: BLE001 - told
            error = fault
        if error is None and outcome.done is not None:
            report = StepReport(step, "done", outcome.cost, outcome.done.facts)
            self.tell(report)
        else:
            report = StepReport(step, "failed", outcome.cost, error=error)
            self.lost.add(step.name)
            self.is_stopped |= isinstance(error, KeyboardInterrupt)
        self.reports.append(report)
        self.order.done(step.name)

    @contextmanager
    def _asked_once(self) -> Iterator[None]:
        """Let Ctrl+C wait for a place where nothing is half written; not twice."""
        if current_thread() is not main_thread():
            yield
            return

        def ask(*_: object) -> None:
            self._stop_if_asked()
            self.is_stopped = True

        before = signal.signal(signal.SIGINT, ask)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _stop_if_asked(self) -> None:
        if self.is_stopped:
            raise KeyboardInterrupt


def _journal(step: Step) -> str:
    """Name the journal of a step in a process of its own."""
    return f"{JOURNAL_NAME}-{step.name}"


def suitable_jobs() -> int:
    """Count the steps that fit side by side here: by cores, and by memory."""
    count: Callable[[], int | None] = getattr(os, "process_cpu_count", os.cpu_count)
    fitting = psutil.virtual_memory().available // _BYTES_EACH
    return max(1, min(count() or 1, int(fitting)))


def _foresee(reports: Sequence[StepReport], project: Project) -> None:
    """Refuse, before any step runs, what perimeters and zones that are due would."""
    names = [report.step.name for report in reports]

    def is_current(name: str) -> bool:
        before = reports[: names.index(name) + 1]
        return all(report.status == "current" for report in before)

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
        reports = Pipeline(steps, project, states).plan()
        if any(report.status == "pending" for report in reports):
            _foresee(reports, project)
    return reports


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

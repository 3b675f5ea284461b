"""Steps as pytask sees them: one task per step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pytask import TaskWithoutPath

from eitgeo.steps.engine.contract import Facts, Step, sidecar_path
from eitgeo.steps.engine.keeper import settle
from eitgeo.steps.engine.ledger import JOURNAL_NAME, Ledger
from eitgeo.steps.engine.perform import Done, Outcome, drop_unsigned, perform
from eitgeo.steps.engine.reports import Cost, StepReport, spent
from eitgeo.steps.engine.states import FileStates
from eitgeo.store import digest, input_digests, remove_partials, write_sidecar

if TYPE_CHECKING:
    from eitgeo.steps.engine.nodes import StepNodes
    from eitgeo.study.project import Project


@dataclass(kw_only=True)
class StepTask(TaskWithoutPath):
    """A step that pytask runs; its state is the digest of its code."""

    step: Step
    project: Project
    code: str
    states: FileStates = field(repr=False)
    tell: Callable[[StepReport], None]
    facts: Facts = field(default_factory=dict)
    cost: Cost = field(default_factory=Cost)

    def state(self) -> str | None:
        """Return the digest of the code of the step."""
        return self.code

    def execute(self, **_: Any) -> None:
        """Run the step here, and sign what it wrote; pytask gives values, unused."""
        self.start()
        with spent(self.cost):
            self._sign(perform(self.step, self.project, self.states.ledger))
        self.tell(StepReport(self.step, "done", self.cost, self.facts))

    def start(self) -> None:
        """Say that the step runs."""
        self.tell(StepReport(self.step, "running"))

    @property
    def journal(self) -> str:
        """Name of the journal of the step, where it runs in a process of its own."""
        return f"{JOURNAL_NAME}-{self.step.name}"

    def own_ledger(self) -> Ledger:
        """Return the records as a process beside others keeps them."""
        return replace(self.states.ledger, journal=self.journal)

    def conclude(self, outcome: Outcome) -> None:
        """Sign what another process did; raise what it met."""
        self.states.ledger.recall(self.journal)
        self.cost = outcome.cost
        if outcome.done is None:
            self.lose()
            raise outcome.error or RuntimeError(self.step.name)
        self._sign(outcome.done)
        self.tell(StepReport(self.step, "done", self.cost, self.facts))

    def lose(self) -> None:
        """Take back what a process that was cut began."""
        self.states.ledger.recall(self.journal)
        remove_partials(self.step.artefacts(self.project))
        drop_unsigned(self.step, self.project, self.states.ledger)

    def _sign(self, done: Done) -> None:
        try:
            _sign(self, done)
        except BaseException:
            drop_unsigned(self.step, self.project, self.states.ledger)
            raise
        self.facts = done.facts


def make_tasks(
    nodes: Sequence[StepNodes],
    project: Project,
    *,
    states: FileStates,
    tell: Callable[[StepReport], None],
) -> list[StepTask]:
    """Turn steps into pytask tasks."""
    return [
        StepTask(
            name=one.step.name,
            function=make_tasks,
            step=one.step,
            project=project,
            code=one.code,
            states=states,
            tell=tell,
            depends_on=one.depends_on,
            produces=one.produces,
        )
        for one in nodes
    ]


def _sign(task: StepTask, done: Done) -> None:
    step, project, ledger = task.step, task.project, task.states.ledger
    roots = (project.out, project.base)
    inputs = input_digests(done.read, roots, read=done.read.__getitem__)
    digests = {}
    for artefact in step.artefacts(project):
        if not artefact.is_file():
            message = f"step {step.name} did not write {artefact.name}"
            raise RuntimeError(message)
        made = done.digests.get(artefact)
        digests[artefact] = made or digest(ledger.made(artefact))
        sidecar = write_sidecar(
            sidecar_path(project, artefact),
            artefact=artefact.name,
            sha256=digests[artefact],
            step=step.name,
            inputs=inputs,
            parameters=step.parameters(project),
        )
        digests[sidecar] = digest(sidecar)
    ledger.sign(step.name, digests)
    settle(ledger, done.places)
    ledger.save(task.journal)
    task.states.pinned |= {**done.read, **digests}

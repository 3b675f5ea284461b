"""Steps as pytask sees them: one task per step."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytask import TaskWithoutPath

from eitgeo.steps._costs import Cost, spent
from eitgeo.steps._engine import sidecar_path
from eitgeo.steps._keeper import StepKeeper
from eitgeo.steps._ledger import has_digest
from eitgeo.steps._reports import StepReport
from eitgeo.steps._states import require_unmoved
from eitgeo.store import digest, input_digests, keeping, write_sidecar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from eitgeo.steps._engine import Facts, Step
    from eitgeo.steps._nodes import StepNodes
    from eitgeo.steps._states import FileStates
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
        """Run the step, then sign what it wrote; leave nothing half made."""
        self.tell(StepReport(self.step, "running"))
        with spent(self.cost):
            self._run_signed()
        self.tell(StepReport(self.step, "done", self.cost, self.facts))

    def _run_signed(self) -> None:
        keeper = StepKeeper(self.states.ledger, private=self.project.private)
        try:
            read = self.states.digests(self.step.inputs(self.project))
            with keeping(keeper):
                self.facts = self.step.run(self.project)
            require_unmoved(read, self.states.digests(read), _roots(self.project))
            _sign(self, keeper, read)
        except BaseException:
            _drop_unsigned(self.step.artefacts(self.project), self.project, keeper)
            raise


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


def _roots(project: Project) -> tuple[Path, Path]:
    """Tables are named from where they are written, whatever folder that is."""
    return project.out, project.base


def _sign(task: StepTask, keeper: StepKeeper, read: Mapping[Path, str]) -> None:
    step, project, ledger = task.step, task.project, task.states.ledger
    inputs = input_digests(read, _roots(project), read=read.__getitem__)
    digests = {}
    for artefact in step.artefacts(project):
        if not artefact.is_file():
            message = f"step {step.name} did not write {artefact.name}"
            raise RuntimeError(message)
        made = keeper.digests.get(artefact)
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
    keeper.settle()
    ledger.save()
    task.states.pinned |= {**read, **digests}


def _drop_unsigned(
    artefacts: Sequence[Path], project: Project, keeper: StepKeeper
) -> None:
    """Remove what a step began, now or when it was cut; nothing that is the user's."""
    ledger = keeper.ledger
    for artefact in artefacts:
        signed = _signed_digest(project, artefact)
        own = ledger.begun.get(ledger.name(artefact), set())
        places = [artefact, keeper.places.get(artefact, artefact)]
        for path in dict.fromkeys(places):
            if any(has_digest(path, one) for one in own - {signed}):
                path.unlink()
                if path == artefact:
                    sidecar_path(project, artefact).unlink(missing_ok=True)


def _signed_digest(project: Project, artefact: Path) -> str:
    """Return what the sidecar of an artefact tells; empty when it tells nothing."""
    try:
        text = sidecar_path(project, artefact).read_text(encoding="utf-8")
        return str(json.loads(text)["sha256"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""

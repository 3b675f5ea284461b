"""One step run, here or in a process of its own, then signed: by the run alone."""

from __future__ import annotations

import json
import logging
import queue
import traceback
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from logging.handlers import QueueHandler
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from eitgeo.errors import EitgeoError
from eitgeo.frames import call_with_large_stack_chunk
from eitgeo.steps.engine.contract import (
    Cost,
    Facts,
    Reading,
    Step,
    sidecar_path,
    spent,
)
from eitgeo.steps.engine.due import Pipeline
from eitgeo.steps.engine.keeper import StepKeeper, settle
from eitgeo.steps.engine.ledger import Ledger, has_digest
from eitgeo.steps.engine.states import FileStates, require_unmoved
from eitgeo.store import digest, input_digests, keeping, remove_partials, write_sidecar
from eitgeo.study.base import setting

if TYPE_CHECKING:
    from eitgeo.study.project import Project


class Done(NamedTuple):
    """What a step did.

    ``facts``: what it told of itself. ``reading``: what it read. ``digests``,
    ``places``: file as the step names it → digest of what it wrote, where it was put.
    """

    facts: Facts
    reading: Reading
    digests: dict[Path, str]
    places: dict[Path, Path]


@dataclass
class Outcome:
    """What came of a step; `done` is None where it failed."""

    done: Done | None = None
    error: BaseException | None = None
    cost: Cost = field(default_factory=Cost)
    said: list[logging.LogRecord] = field(default_factory=list)


@dataclass(frozen=True)
class _Listed:
    """Files listed before they cross over to another process."""

    paths: tuple[Path, ...]

    def __call__(self, project: Project) -> Iterable[Path]:
        """Give them, whatever the project."""
        del project
        return self.paths


def listed(step: Step, project: Project) -> Step:
    """Return a step with its files listed: once for the run, and in all processes."""
    files, products = step.files(project), step.products(project)
    return replace(step, files=_Listed(tuple(files)), products=_Listed(tuple(products)))


def perform(step: Step, project: Project, ledger: Ledger) -> Outcome:
    """Run a step, sign nothing; leave nothing half made."""
    outcome, keeper = Outcome(), StepKeeper(ledger, private=project.private)
    states, reading = FileStates(ledger), Reading({}, set())
    try:
        with spent(outcome.cost):
            declared = states.digests(step.inputs(project))
            with keeping(keeper):
                facts = call_with_large_stack_chunk(step.run, project, reading)
            reading.files.update(declared)
            # Tables are named from where they are written, whatever folder that is.
            roots = (project.out, project.base)
            require_unmoved(reading.files, states.digests(reading.files), roots)
            outcome.done = Done(facts, reading, keeper.digests, keeper.places)
    except BaseException as error:
        drop_unsigned(step, project, ledger)
        if not isinstance(error, Exception | KeyboardInterrupt):
            raise
        outcome.error = error
    return outcome


def perform_apart(step: Step, project: Project, ledger: Ledger) -> Outcome:
    """Run a step in this process for another, which signs it."""
    said = queue.SimpleQueue[logging.LogRecord]()
    handler, logger = QueueHandler(said), logging.getLogger("eitgeo")
    logger.addHandler(handler)
    try:
        outcome = perform(step, project, ledger)
    finally:
        logger.removeHandler(handler)
    if outcome.error is not None and not isinstance(outcome.error, EitgeoError):
        # What the user is told crosses over as it is; of a fault of ours, its trace.
        trace = "".join(traceback.format_exception(outcome.error))
        outcome.error = RuntimeError(trace)
    while not said.empty():
        outcome.said.append(said.get())
    return outcome


def sign(step: Step, done: Done, pipeline: Pipeline, *, journal: str) -> None:
    """Write the sidecars of a step and record what it wrote, or take it all back."""
    project, states = pipeline.project, pipeline.states
    try:
        digests = _sidecars(step, done, project, states.ledger)
        states.pinned |= {**done.reading.files, **digests}
        states.ledger.sign(step.name, digests)
        settle(states.ledger, done.places)
        states.ledger.steps[step.name] = pipeline.signed(step, done.reading)
        states.ledger.save(journal)
    except BaseException:
        drop_unsigned(step, project, states.ledger)
        raise


def _sidecars(
    step: Step, done: Done, project: Project, ledger: Ledger
) -> dict[Path, str]:
    """Write the sidecars; return the digests of all that is signed."""
    read, roots = done.reading.files, (project.out, project.base)
    inputs = input_digests(read, roots, read=read.__getitem__)
    keys = sorted(done.reading.settings)
    parameters = {key: setting(project.study, key) for key in keys}
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
            parameters=parameters,
        )
        digests[sidecar] = digest(sidecar)
    return digests


def lose(step: Step, project: Project, ledger: Ledger) -> None:
    """Take back what a process that was cut began."""
    remove_partials(step.artefacts(project))
    drop_unsigned(step, project, ledger)


def drop_unsigned(step: Step, project: Project, ledger: Ledger) -> None:
    """Remove what a step began, now or when it was cut; nothing that is the user's."""
    for artefact in step.artefacts(project):
        signed = _signed_digest(project, artefact)
        own = ledger.begun.get(ledger.name(artefact), set()) - {signed}
        for path in (artefact, *ledger.versions_beside(artefact)):
            if any(has_digest(path, sha256) for sha256 in own):
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

"""One step run and not signed yet: in the process of the run, or in one of its own."""

from __future__ import annotations

import json
import logging
import os
import queue
import signal
import tempfile
import threading
import traceback
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from logging.handlers import QueueHandler
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from eitgeo.errors import EitgeoError
from eitgeo.frames import call_with_large_stack_chunk
from eitgeo.steps.engine.contract import Facts, Step, sidecar_path
from eitgeo.steps.engine.keeper import StepKeeper
from eitgeo.steps.engine.ledger import Ledger, has_digest
from eitgeo.steps.engine.reports import Cost, spent
from eitgeo.steps.engine.states import FileStates, require_unmoved
from eitgeo.store import keeping

if TYPE_CHECKING:
    from eitgeo.study.project import Project


class Done(NamedTuple):
    """What a step did.

    ``facts``: what it told of itself. ``read``: file → digest of what it read.
    ``digests``, ``places``: file as the step names it → digest of what it wrote, where
    it was put.
    """

    facts: Facts
    read: dict[Path, str]
    digests: dict[Path, str]
    places: dict[Path, Path]


@dataclass
class Outcome:
    """What came of a step in a process of its own; `done` is None where it failed."""

    done: Done | None = None
    error: BaseException | None = None
    cost: Cost = field(default_factory=Cost)
    said: list[logging.LogRecord] = field(default_factory=list)


@dataclass(frozen=True)
class Listed:
    """Files listed before they cross over to another process."""

    paths: tuple[Path, ...]

    def __call__(self, project: Project) -> Iterable[Path]:
        """Give them, whatever the project."""
        del project
        return self.paths


def perform(step: Step, project: Project, ledger: Ledger) -> Done:
    """Run a step, sign nothing; leave nothing half made."""
    keeper, states = StepKeeper(ledger, private=project.private), FileStates(ledger)
    try:
        read = states.digests(step.inputs(project))
        with keeping(keeper):
            facts = call_with_large_stack_chunk(step.run, project)
        # Tables are named from where they are written, whatever folder that is.
        roots = (project.out, project.base)
        require_unmoved(read, states.digests(read), roots)
    except BaseException:
        drop_unsigned(step, project, ledger)
        raise
    return Done(facts, read, keeper.digests, keeper.places)


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


def sendable(step: Step, project: Project) -> Step:
    """Return the step with its files listed: functions of a study do not cross over."""
    files, products = step.files(project), step.products(project)
    return replace(step, files=Listed(tuple(files)), products=Listed(tuple(products)))


def perform_apart(step: Step, project: Project, ledger: Ledger) -> Outcome:
    """Run a step in this process for another, which signs it."""
    outcome, said = Outcome(), queue.SimpleQueue[logging.LogRecord]()
    handler, logger = QueueHandler(said), logging.getLogger("eitgeo")
    logger.addHandler(handler)
    try:
        with spent(outcome.cost):
            outcome.done = perform(step, project, ledger)
    except BaseException as error:  # noqa: BLE001 - told there
        outcome.error = _sendable_error(error)
    finally:
        logger.removeHandler(handler)
    while not said.empty():
        outcome.said.append(said.get())
    return outcome


def _sendable_error(error: BaseException) -> BaseException:
    """Return what the user is told as it is; of a fault of ours, its trace."""
    if isinstance(error, EitgeoError):
        return error
    return RuntimeError("".join(traceback.format_exception(error)))


def pool_of_one(passing: str | None = None) -> ProcessPoolExecutor:
    """Make a pool of one process: one that dies takes no other work with it.

    ``passing``: where it writes what passes; None: where the system says.
    """
    return ProcessPoolExecutor(
        1,
        mp_context=get_context("spawn"),
        initializer=enter,
        initargs=(passing,),
    )


def enter(passing: str | None) -> None:
    """Begin a process that works for another: it ends with it, and not by Ctrl+C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tempfile.tempdir = passing
    threading.Thread(target=end_with_parent, daemon=True).start()


def end_with_parent() -> None:
    """Wait for the end of the process that started this one, and end too."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)

"""Processes of this machine that work for a batch, each at the end of a pipe.

A pipe has two ends and nobody else can join it. A cluster on this machine would listen
on a port, and run the code of whoever has an account here, as the one who runs it.

A Dask cluster that somebody started may work for it too: its scheduler is their affair.
"""

from __future__ import annotations

import gc
import queue
import threading
from contextlib import suppress
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from eitgeo.commands.batch_run import DEAD, Outcome, lost
from eitgeo.errors import SourceError
from eitgeo.extras import from_extra
from eitgeo.steps.engine.perform import enter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from multiprocessing.connection import Connection

    type Task = Callable[..., Outcome]
    type Given = tuple[str, ...]

_START = get_context("spawn")
_LOOK_S = 0.5
"""How often an interruption is looked for, where a wait would hide it (Windows)."""


def outcomes_here(
    task: Task, given: Mapping[str, Given], *, workers: int, retries: int
) -> Iterator[Outcome]:
    """Run a task on many arguments, over processes of this machine."""
    waiting: queue.SimpleQueue[tuple[str, Given]] = queue.SimpleQueue()
    done: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
    for item in given.items():
        waiting.put(item)
    teams = [
        _Team(task, waiting, done, retries) for _ in range(min(workers, len(given)))
    ]
    try:
        for team in teams:
            team.start()
        for _ in given:
            yield _next(done)
    finally:
        for team in teams:
            team.end()


def _next(done: queue.SimpleQueue[Outcome]) -> Outcome:
    while True:
        try:
            return done.get(timeout=_LOOK_S)
        except queue.Empty:
            continue


class _Team(threading.Thread):
    """A process and the thread that gives it work; a lost process is replaced."""

    def __init__(
        self,
        task: Task,
        waiting: queue.SimpleQueue[tuple[str, Given]],
        done: queue.SimpleQueue[Outcome],
        retries: int,
    ) -> None:
        super().__init__(daemon=True)
        self.task, self.waiting, self.done = task, waiting, done
        self.retries = retries
        self.child: _Child | None = None
        self.dismissed = threading.Event()

    def run(self) -> None:
        try:
            while not self.dismissed.is_set():
                name, arguments = self.waiting.get_nowait()
                dead = Outcome(name, "échec", errors=(DEAD,))
                self.done.put(self._tried(arguments) or dead)
        except queue.Empty:
            pass
        finally:
            self._dismiss()
            if self.child is not None:
                self.child.process.join()

    def _tried(self, arguments: Given) -> Outcome | None:
        for _ in range(self.retries + 1):
            if self.dismissed.is_set():
                return None
            self.child = self.child or _Child(self.task)
            outcome = self.child.ask(arguments)
            if outcome is not None:
                return outcome
            self.child = None
        return None

    def end(self) -> None:
        """End the process, whatever it does, then the thread."""
        while self.is_alive():  # it may be starting a process just now
            self._dismiss()
            self.join(_LOOK_S)

    def _dismiss(self) -> None:
        self.dismissed.set()
        child = self.child
        if child is not None:
            child.process.terminate()


class _Child:
    """A process that does what it is given, and our end of its pipe."""

    def __init__(self, task: Task) -> None:
        self.pipe, theirs = _START.Pipe()
        self.process = _START.Process(target=_obey, args=(theirs, task), daemon=True)
        self.process.start()
        theirs.close()

    def ask(self, arguments: Given) -> Outcome | None:
        """Give the process its work."""
        try:
            self.pipe.send(arguments)
            outcome: Outcome = self.pipe.recv()
        except (EOFError, OSError):
            self.process.join()
            return None
        return outcome


def _obey(pipe: Connection[Any, Any], task: Task) -> None:
    enter(None)
    while True:
        try:
            arguments = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            outcome = task(*arguments)
        except Exception as error:  # noqa: BLE001 - told; the others go on
            outcome = lost(error, arguments[0])
        pipe.send(outcome)


def outcomes_there(
    task: Callable[..., Outcome],
    given: Mapping[str, tuple[str, ...]],
    *,
    scheduler: str,
    retries: int,
) -> Iterator[Outcome]:
    """Run a task on many arguments, over a cluster."""
    distributed = from_extra("distributed", extra="batch", purpose="batch --scheduler")
    with _joined(distributed, scheduler) as client:
        futures = {
            client.submit(task, *one, retries=retries, pure=False): name
            for name, one in given.items()
        }
        for future in distributed.as_completed(list(futures)):
            yield _outcome(future, futures[future], distributed.scheduler)


def _joined(distributed: Any, scheduler: str) -> Any:
    """Join a scheduler that answers, or say so."""
    with suppress(OSError, TypeError, ValueError):
        return distributed.Client(scheduler)
    # What was half made stops its loop as it goes. Collected while the next one
    # starts, it would wait for a lock that its own thread holds.
    gc.collect()
    message = (
        f"aucun ordonnanceur ne répond à « {scheduler} » "
        "→ vérifier l'adresse (tcp://machine:8786, tls://…) et qu'il est lancé"
    )
    raise SourceError(message)


def _outcome(future: Any, name: str, scheduler: Any) -> Outcome:
    """Take what a task gave; a worker lost too often is a failure of its study."""
    if future.status == "finished":
        outcome: Outcome = future.result()
        return outcome
    error = future.exception()
    if isinstance(error, scheduler.KilledWorker):
        return Outcome(name, "échec", errors=(DEAD,))
    return lost(error, name)

"""Steps side by side, in processes: pytask says what is due, each process runs one.

``pytask-parallel`` signs in the processes and leaves running what Ctrl+C stops: what a
step wrote would be signed by several, and a file half made would stay. Here only the
run signs, and a process that is cut, by the user or by the system, leaves what its
journal tells, which the run takes back.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import active_children
from threading import current_thread, main_thread
from typing import Any

import psutil
import pytask

from eitgeo.errors import SourceError
from eitgeo.steps.engine.perform import Outcome, perform_apart, pool_of_one, sendable
from eitgeo.steps.engine.tasks import StepTask

_BYTES_EACH = 3_000_000_000
"""Memory that a step of a real study may take."""
_LOOK_S = 0.5
"""How often an interruption is looked for, where a wait would hide it (Windows)."""


def suitable_jobs() -> int:
    """Count the steps that fit side by side here: by cores, and by memory."""
    count: Callable[[], int | None] = getattr(os, "process_cpu_count", os.cpu_count)
    fitting = psutil.virtual_memory().available // _BYTES_EACH
    return max(1, min(count() or 1, int(fitting)))


@dataclass
class SideBySide:
    """A plugin of pytask: the tasks that are due run a few at a time.

    ``jobs``: how many. ``running``: what runs. ``is_stopped``: whether the user stopped
    the run.
    """

    jobs: int
    running: dict[Future[Outcome], StepTask] = field(default_factory=dict)
    is_stopped: bool = False

    @pytask.hookimpl
    def pytask_execute_build(self, session: Any) -> bool:
        """Run what is due; keep what is done when the user stops it."""
        before = set(active_children())
        team = _Team(self.jobs)
        try:
            with self._asked_once():
                while session.scheduler.is_active() and not session.should_stop:
                    self._start(session, team)
                    for future in self._ended():
                        self._finish(session, team, future)
                    self._stop_if_asked()
        except KeyboardInterrupt:
            self.is_stopped = session.should_stop = True
            for child in set(active_children()) - before:
                child.kill()
                child.join()
            for task in self.running.values():
                task.lose()
                stopped = (KeyboardInterrupt, KeyboardInterrupt(), None)
                _report(session, task, stopped)
        finally:
            team.end()
        return True

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

    def _start(self, session: Any, team: _Team) -> None:
        """Set going what is due, as long as a process is free."""
        while team.idle and (ready := session.scheduler.get_ready()):
            task = session.dag.nodes[ready[0]]
            session.hook.pytask_execute_task_log_start(session=session, task=task)
            try:
                session.hook.pytask_execute_task_setup(session=session, task=task)
            except Exception:  # noqa: BLE001 - current or blocked, too
                _report(session, task, sys.exc_info())
                session.scheduler.done(task.signature)
            else:
                self.running[team.submit(task)] = task

    def _ended(self) -> list[Future[Outcome]]:
        if not self.running:
            return []
        ended, _ = wait(self.running, timeout=_LOOK_S, return_when=FIRST_COMPLETED)
        return list(ended)

    def _finish(self, session: Any, team: _Team, future: Future[Outcome]) -> None:
        """Sign what a process did, or say why it did not."""
        task = self.running[future]
        team.free(future)
        try:
            task.conclude(_outcome(future))
            session.hook.pytask_execute_task_teardown(session=session, task=task)
        except Exception:  # noqa: BLE001 - told; the others go on
            _report(session, task, sys.exc_info())
        else:
            _report(session, task, None)
        del self.running[future]
        session.scheduler.done(task.signature)


def _report(session: Any, task: StepTask, raised: Any) -> None:
    make = pytask.ExecutionReport
    report = (
        make.from_task(task)
        if raised is None
        else make.from_task_and_exception(task, raised)
    )
    session.hook.pytask_execute_task_process_report(session=session, report=report)
    session.hook.pytask_execute_task_log_end(session=session, task=task, report=report)
    session.execution_reports.append(report)


def _outcome(future: Future[Outcome]) -> Outcome:
    try:
        outcome = future.result()
    except BrokenProcessPool:
        message = (
            "le processus de cette étape a été arrêté par le système (mémoire ?) → "
            "libérer de la mémoire, puis relancer, au besoin avec « --jobs 1 »"
        )
        return Outcome(error=SourceError(message))
    for record in outcome.said:
        logging.getLogger(record.name).handle(record)
    return outcome


class _Team:
    """Processes that wait for a step, and those that run one."""

    def __init__(self, jobs: int) -> None:
        self.idle = [pool_of_one(tempfile.tempdir) for _ in range(jobs)]
        self.busy: dict[Future[Outcome], ProcessPoolExecutor] = {}

    def submit(self, task: StepTask) -> Future[Outcome]:
        """Give a step to a process."""
        pool = self.idle.pop()
        task.start()
        arguments = (sendable(task.step, task.project), task.project, task.own_ledger())
        future = pool.submit(perform_apart, *arguments)
        self.busy[future] = pool
        return future

    def free(self, future: Future[Outcome]) -> None:
        """Take a process back; another one where it died."""
        pool = self.busy.pop(future)
        if isinstance(future.exception(), BrokenProcessPool):
            pool.shutdown()
            pool = pool_of_one(tempfile.tempdir)
        self.idle.append(pool)

    def end(self) -> None:
        """End all processes."""
        for pool in (*self.idle, *self.busy.values()):
            pool.shutdown(cancel_futures=True)

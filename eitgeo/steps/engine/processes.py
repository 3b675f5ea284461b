"""Processes that work for this one: each a pool of its own, of one process."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children, get_context, parent_process
from typing import Any, Self

_LOOK_S = 0.5
"""How often an interruption is looked for, where a wait would hide it (Windows)."""


class Crew[Task]:
    """Processes of this machine, a task each; one that dies takes no other work along.

    A pool speaks through a pipe, whose ends nobody else can join. They end with the
    block, and at once where it is left by an error.

    ``size``: how many. ``passing``: where they write what passes; None: where the
    system says. ``busy``: what runs, by what it gives.
    """

    def __init__(self, size: int, passing: str | None = None) -> None:
        self.passing, self._others = passing, set(active_children())
        self._idle = [self._pool() for _ in range(size)]
        self._pools: dict[Future[Any], ProcessPoolExecutor] = {}
        self.busy: dict[Future[Any], Task] = {}

    def __enter__(self) -> Self:
        """Begin the block."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """End all processes."""
        if kind is not None:
            self.kill()
        for pool in (*self._idle, *self._pools.values()):
            pool.shutdown(cancel_futures=True)

    @property
    def is_free(self) -> bool:
        """Say whether a process waits for a task."""
        return bool(self._idle)

    def give(self, task: Task, work: Callable[..., Any], *arguments: Any) -> None:
        """Give a task to a process that waits."""
        pool = self._idle.pop()
        future = pool.submit(work, *arguments)
        self.busy[future], self._pools[future] = task, pool

    def ended(self) -> list[tuple[Task, Future[Any]]]:
        """Wait a little for tasks to end; replace the processes that died."""
        futures, _ = wait(self.busy, timeout=_LOOK_S, return_when=FIRST_COMPLETED)
        for future in futures:
            pool = self._pools.pop(future)
            if isinstance(future.exception(), BrokenProcessPool):
                pool.shutdown()
                pool = self._pool()
            self._idle.append(pool)
        return [(self.busy.pop(future), future) for future in futures]

    def kill(self) -> None:
        """Stop all processes, whatever they do."""
        for child in set(active_children()) - self._others:
            child.kill()
            child.join()

    def _pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            1,
            mp_context=get_context("spawn"),
            initializer=_enter,
            initargs=(self.passing,),
        )


def _enter(passing: str | None) -> None:
    """Begin a process that works for another: it ends with it, and not by Ctrl+C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tempfile.tempdir = passing
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)

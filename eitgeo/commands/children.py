"""Processes that work for a batch: those of this machine, each a pool of its own.

A pool here speaks through a pipe, whose ends nobody else can join. A cluster on this
machine would listen on a port, and run the code of whoever has an account here, as the
one who runs it.

A Dask cluster that somebody started may work for it too: its scheduler is their affair.
"""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import active_children
from typing import Any

from eitgeo.commands.batch_run import DEAD, Outcome, lost
from eitgeo.errors import SourceError
from eitgeo.extras import from_extra
from eitgeo.steps.engine.perform import pool_of_one

_LOOK_S = 0.5
"""How often an interruption is looked for, where a wait would hide it (Windows)."""


def outcomes_here(
    task: Callable[..., Outcome],
    given: Mapping[str, tuple[str, ...]],
    *,
    workers: int,
    retries: int,
) -> Iterator[Outcome]:
    """Run a task on many arguments, over processes of this machine.

    A process that dies is replaced; when the caller stops, all end, whatever they do.
    """
    before = set(active_children())
    waiting = deque((name, retries) for name in given)
    idle = [pool_of_one() for _ in range(min(workers, len(given)))]
    busy: dict[Future[Outcome], tuple[ProcessPoolExecutor, str, int]] = {}
    try:
        while waiting or busy:
            while waiting and idle:
                pool, (name, left) = idle.pop(), waiting.popleft()
                busy[pool.submit(task, *given[name])] = pool, name, left
            ended, _ = wait(busy, timeout=_LOOK_S, return_when=FIRST_COMPLETED)
            for future in ended:
                pool, name, left = busy.pop(future)
                error = future.exception()
                if isinstance(error, BrokenProcessPool):
                    pool.shutdown()
                    pool = pool_of_one()
                idle.append(pool)
                if error is None:
                    yield future.result()
                elif not isinstance(error, BrokenProcessPool):
                    yield lost(error, name)
                elif left:
                    waiting.appendleft((name, left - 1))
                else:
                    yield Outcome(name, "échec", errors=(DEAD,))
    finally:
        for child in set(active_children()) - before:
            child.terminate()
        for pool in (*idle, *(one for one, _, _ in busy.values())):
            pool.shutdown(cancel_futures=True)


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

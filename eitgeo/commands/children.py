"""What works for a batch: processes of this machine, or a cluster.

A pool here speaks through a pipe, whose ends nobody else can join. A cluster on this
machine would listen on a port, and run the code of whoever has an account here, as the
one who runs it.

A Dask cluster that somebody started may work for it too: its scheduler is their affair.
"""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import Any

from eitgeo.commands.batch_run import DEAD, Outcome, lost
from eitgeo.errors import SourceError
from eitgeo.extras import from_extra
from eitgeo.steps.engine.processes import Crew


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
    waiting = deque((name, retries) for name in given)
    with Crew[tuple[str, int]](min(workers, len(given))) as crew:
        while waiting or crew.busy:
            while waiting and crew.is_free:
                name, left = waiting.popleft()
                crew.give((name, left), task, *given[name])
            for (name, left), future in crew.ended():
                error = future.exception()
                if error is None:
                    yield future.result()
                elif not isinstance(error, BrokenProcessPool):
                    yield lost(error, name)
                elif left:
                    waiting.appendleft((name, left - 1))
                else:
                    yield Outcome(name, "échec", errors=(DEAD,))


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

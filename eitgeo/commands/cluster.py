"""A batch over a Dask cluster that somebody started: its scheduler is their affair."""

from __future__ import annotations

import gc
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from eitgeo.commands.batch_run import DEAD, Outcome, lost
from eitgeo.errors import SourceError
from eitgeo.extras import from_extra

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


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
        found: Outcome = future.result()
        return found
    error = future.exception()
    if isinstance(error, scheduler.KilledWorker):
        return Outcome(name, "échec", errors=(DEAD,))
    return lost(error, name)

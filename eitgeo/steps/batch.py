"""Many studies over a cluster: one a task, then one table and one map."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import distributed

from eitgeo.check import Faults
from eitgeo.errors import EitgeoError, SourceError, StudyError
from eitgeo.steps._batch_run import Outcome, run_study
from eitgeo.steps._lock import one_run
from eitgeo.steps._national import publish_national
from eitgeo.store import write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["Batch", "Options", "Outcome", "find_studies", "run_batch"]

RETRIES = 2
LOG_NAME = "lot.json"
NATIONAL = "national"
_OWN = {NATIONAL, LOG_NAME}


class Batch(NamedTuple):
    """What a batch gave.

    Attributes
    ----------
    outcomes
        What became of each study, by name.
    files
        The national table and map; empty when no study was done.
    """

    outcomes: tuple[Outcome, ...]
    files: tuple[Path, ...]


class Options(NamedTuple):
    """How a batch is run.

    Attributes
    ----------
    scheduler
        Address of a Dask scheduler; empty: workers of this machine.
    workers
        How many of these; 0: in this process, one study after the other.
    effort
        Replaces the effort of the studies; None: their own.
    retries
        How many times a study is tried again when its worker is lost.
    only
        Names of the steps to run; empty: all.
    """

    scheduler: str = ""
    workers: int = 2
    effort: str | None = None
    retries: int = RETRIES
    only: tuple[str, ...] = ()


def find_studies(folder: Path) -> dict[str, Path]:
    """List the studies of a folder.

    Parameters
    ----------
    folder
        Holds ``<name>/study.yaml`` or ``<name>.yaml``.

    Returns
    -------
    dict
        Name → file, sorted.

    Raises
    ------
    StudyError
        When there is none, two of one name for some system, or one of a name that
        the batch keeps for itself.

    Notes
    -----
    Names that begin with a dot are left out: systems leave such files behind.
    """
    faults = Faults(folder.name)
    found: dict[str, Path] = {}
    named = [(path.parent.name, path) for path in folder.glob("*/study.yaml")]
    named += [(path.stem, path) for path in folder.glob("*.yaml")]
    met: set[str] = set()
    for name, path in sorted(one for one in named if not one[0].startswith(".")):
        # Windows and macOS make one folder of « Lot » and « lot ».
        if name.casefold() in met:
            faults.add(f"deux études « {name} »", remedy="en renommer une")
        if name.casefold() in _OWN:
            faults.add(f"une étude « {name} » : nom réservé", remedy="la renommer")
        met.add(name.casefold())
        found[name] = path
    if not found:
        faults.add("aucune étude", remedy="y mettre NOM/study.yaml ou NOM.yaml")
    faults.raise_if_any(StudyError)
    return found


def run_batch(
    folder: Path,
    out: Path,
    *,
    options: Options,
    tell: Callable[[Outcome], None] = lambda _: None,
) -> Batch:
    """Run the studies of a folder; those that fail do not stop the others.

    Parameters
    ----------
    folder
        Holds the studies.
    out
        Each study writes under ``<out>/<name>``; the gathered files are in
        ``<out>/national``. Workers elsewhere must see both folders.
    options
        Where and how.
    tell
        Called as each study ends.

    Returns
    -------
    Batch
        What became of them, and what was gathered.

    Raises
    ------
    StudyError
        When there is no study, or two of one name.
    SourceError
        When no scheduler answers at the address given.
    BusyError
        When another batch writes there.
    """
    studies = find_studies(folder)
    with one_run(out / ".lot"):
        outcomes = sorted(_outcomes(studies, out, options, tell))
        log = {one.name: _told(one) for one in outcomes}
        write_json(out / LOG_NAME, log)
        done = {one.name: studies[one.name] for one in outcomes if one.status == "fait"}
        failed = [one.name for one in outcomes if one.status != "fait"]
        files = publish_national(done, out, folder=out / NATIONAL, failed=failed)
    return Batch(tuple(outcomes), tuple(files))


def _outcomes(
    studies: dict[str, Path],
    out: Path,
    options: Options,
    tell: Callable[[Outcome], None],
) -> list[Outcome]:
    arguments = {
        name: (name, str(path.resolve()), str((out / name).resolve()))
        for name, path in studies.items()
    }
    one_study = partial(run_study, effort=options.effort, only=options.only)
    outcomes = []
    if not options.scheduler and not options.workers:
        for given in arguments.values():
            try:
                outcomes.append(one_study(*given))
            except Exception as error:  # noqa: BLE001 - told; the others go on
                outcomes.append(_lost(error, given[0]))
            tell(outcomes[-1])
        return outcomes
    with _client(options) as client:
        futures = {
            client.submit(one_study, *given, retries=options.retries, pure=False): name
            for name, given in arguments.items()
        }
        for future in distributed.as_completed(list(futures)):
            outcomes.append(_outcome(future, futures[future]))
            tell(outcomes[-1])
    return outcomes


def _outcome(future: Any, name: str) -> Outcome:
    """Take what a task gave; a worker lost too often is a failure of its study."""
    if future.status == "finished":
        found: Outcome = future.result()
        return found
    return _lost(future.exception(), name)


def _lost(error: BaseException, name: str) -> Outcome:
    if isinstance(error, distributed.scheduler.KilledWorker):
        said = (
            "le processus s'est arrêté à chaque essai (mémoire épuisée ?) "
            "→ moins d'études à la fois (--workers), ou plus de mémoire"
        )
    elif isinstance(error, EitgeoError):
        said = str(error)
    else:
        said = f"anomalie du logiciel : {error!r}"
    return Outcome(name, "échec", errors=(said,))


@contextmanager
def _client(options: Options) -> Iterator[Any]:
    """Give a client of the cluster that is asked for, or of one made here."""
    if options.scheduler:
        try:
            joined = distributed.Client(options.scheduler)
        except (OSError, ValueError) as error:
            message = (
                f"aucun ordonnanceur ne répond à « {options.scheduler} » "
                "→ vérifier l'adresse (tcp://machine:8786) et qu'il est lancé"
            )
            raise SourceError(message) from error
        with joined as client:
            yield client
        return
    with (
        distributed.LocalCluster(
            n_workers=options.workers,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            host="127.0.0.1",
            memory_limit=0,
            silence_logs=logging.CRITICAL,
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def _told(outcome: Outcome) -> dict[str, Any]:
    told = outcome._asdict()
    if outcome.peak_mb != outcome.peak_mb:  # NaN is not JSON
        told["peak_mb"] = None
    return told

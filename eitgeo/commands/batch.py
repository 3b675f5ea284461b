"""Many studies over a cluster: one a task, then one table and one map."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from eitgeo.check import Faults
from eitgeo.commands.batch_run import Outcome, lost, run_study
from eitgeo.commands.children import outcomes_here
from eitgeo.commands.national import publish_national
from eitgeo.errors import StudyError
from eitgeo.steps.engine.lock import one_run
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
        Address of a Dask scheduler; empty: processes of this machine.
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
    """Run the studies of a folder; those that fail do not stop the others."""
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
    for outcome in _each(one_study, arguments, options):
        outcomes.append(outcome)
        tell(outcome)
    return outcomes


def _each(
    one_study: Callable[..., Outcome],
    arguments: dict[str, tuple[str, str, str]],
    options: Options,
) -> Iterator[Outcome]:
    if options.scheduler:
        from eitgeo.commands.cluster import outcomes_there  # noqa: PLC0415 - seconds

        yield from outcomes_there(
            one_study, arguments, scheduler=options.scheduler, retries=options.retries
        )
    elif options.workers:
        yield from outcomes_here(
            one_study, arguments, workers=options.workers, retries=options.retries
        )
    else:
        for name, given in arguments.items():
            try:
                outcome = one_study(*given)
            except Exception as error:  # noqa: BLE001 - told; the others go on
                outcome = lost(error, name)
            yield outcome


def _told(outcome: Outcome) -> dict[str, Any]:
    told = outcome._asdict()
    if outcome.peak_mb != outcome.peak_mb:  # NaN is not JSON
        told["peak_mb"] = None
    return told

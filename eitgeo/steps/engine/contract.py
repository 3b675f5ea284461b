"""What a step is, and what becomes of one.

A step is one file of ``eitgeo/steps``: a function ``run``, and its declaration ::

    @step("Limites communes", writes=("borders",))
    def run(communes: gpd.GeoDataFrame, *, project: Project) -> dict[str, object]:
        borders = border_contiguity(communes)
        write_table(project.processed, borders, table="borders")
        return {"communes": len(communes), "limites communes": len(borders)}

- parameters before the star are tables, by name: the engine reads them; ``public`` is
  the folder of what may leave, all that an output reads: it is refused other tables;
- it may read any table of the steps before it (``read_table``), and any key of
  ``project.study``: both are noted as they are read. A table of no step before it, a
  file that it does not declare, is an :class:`~eitgeo.errors.UndeclaredError`;
- the rest stands in ``@step(…)`` (:mod:`eitgeo.steps.step`), in literals: the
  declaration is read from the source, and the file is imported only when it runs;
- what it returns (French words → values, rows in, rows out, rows dropped) is shown and
  kept in ``<out>/.calcul/run.log``.

There is no list of steps: the folder is (:mod:`eitgeo.steps.declared`).

What the engine does with it:

- order: a step runs after those that write what it declares, in tables or in files, and
  after all that these wait for;
- it runs when a table or file that it read or a key of the study that it read has
  changed since, the source of a module that it imports (closely or from afar), a data
  file beside such a module, or the version of a library, and when a product or its
  sidecar is absent or was edited by hand; otherwise it is « à jour »;
- it writes the sidecar of every product, so ``run`` does not;
- a file of ``maps/`` that the user edited stays as he left it: the new version is
  written beside it (``rapport.nouveau.txt``), and that is said;
- when a step fails, or a file that it reads moves meanwhile, what it had begun to write
  is removed, the steps that need it are not tried, the others are;
- after a run without failure, products that no step claims any more are removed, if
  they still are what the engine wrote.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from eitgeo.errors import UndeclaredError
from eitgeo.store import SIDECAR_SUFFIX, Bounds, bounded, parts_below
from eitgeo.study.base import noting

if TYPE_CHECKING:
    from eitgeo.study.project import Project

STATE_FOLDER = ".calcul"
SHEETS_FOLDER = "fiches"
COMPARED = "compare"
"""What the sidecars of ``eitgeo compare`` give as their step; it is none."""

type PathList = Callable[[Project], Iterable[Path]]
type Facts = Mapping[str, int | float | str]


def no_files(project: Project) -> Iterable[Path]:
    """Return no file, whatever the project."""
    del project
    return ()


class Reading(NamedTuple):
    """What a step read: files → digests, and names of keys of the study."""

    files: dict[Path, str]
    settings: set[str]


@dataclass(frozen=True)
class Step:
    """One step of the pipeline: what it reads, what it writes, how it is told.

    ``name``: name of the step and, unless `module` says otherwise, of its file.
    ``label``: what it does, in French, shown while it runs. ``tables``: tables of
    ``data/processed`` that it waits for, by their way below it; another step writes
    each. ``handed``: those that ``run`` takes as arguments, in order. ``opened``: those
    of the public folder, where it is handed: the step waits for all of them, and is due
    where one that it read changed.
    ``before``: all tables that it may read. ``writes``: tables that it writes there.
    ``files``: files that it reads beside the tables, as absolute paths: raw files, or
    products of another step. Each must exist when the step starts. ``products``: files
    that it writes beside the tables, absolute, under ``project.maps`` or
    ``project.processed``. The list depends on the study alone, never on what a step has
    written. ``module``: module that holds ``run``; by default ``eitgeo.steps.<name>``.
    It is imported only when the step runs.
    """

    name: str
    label: str
    tables: tuple[str, ...] = ()
    handed: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    before: frozenset[str] = frozenset()
    writes: tuple[str, ...] = ()
    files: PathList = no_files
    products: PathList = no_files
    module: str = ""

    @property
    def code(self) -> str:
        """Name of the module that holds the function ``run``."""
        return self.module or f"eitgeo.steps.{self.name}"

    def run(self, project: Project, reading: Reading | None = None) -> Facts:
        """Import the module of the step and run it; note what it reads."""
        run = import_module(self.code).run
        read, settings = reading or Reading({}, set())
        standing = {table_path(project, table) for table in self.before}
        bounds = Bounds(
            (project.processed, project.maps),
            frozenset(standing.union(self.inputs(project))),
            frozenset(self.artefacts(project)),
            read,
        )
        # A million objects of libraries live as long as the process: the collector
        # need not walk them for each map. What the step leaves is collected at once.
        gc.freeze()
        try:
            with bounded(bounds):
                tables = (_table(project, name) for name in self.handed)
                study = noting(project.study, settings)
                facts: Facts | None = run(
                    *tables, project=replace(project, study=study)
                )
        except UndeclaredError as error:
            message = f"step {self.name}: {error}"
            raise UndeclaredError(message) from error
        finally:
            gc.collect()
            gc.unfreeze()
        return facts or {}

    def inputs(self, project: Project) -> list[Path]:
        """List the files that the step declares to read, tables first."""
        read = [table_path(project, table) for table in self.tables]
        return list(dict.fromkeys([*read, *self.files(project)]))

    def artefacts(self, project: Project) -> list[Path]:
        """List the files that the step writes, tables first, sidecars aside."""
        written = [table_path(project, table) for table in self.writes]
        return list(dict.fromkeys([*written, *self.products(project)]))


def _table(project: Project, name: str) -> Any:
    # It imports geographic libraries: an unchanged study does without them.
    from eitgeo.tables.files import read_table  # noqa: PLC0415
    from eitgeo.tables.public import PUBLIC, PublicTables  # noqa: PLC0415

    if name == PUBLIC:
        return PublicTables(project.processed)
    return read_table(project.processed, name)


def table_path(project: Project, table: str) -> Path:
    """Say where a table is written."""
    return project.processed / f"{table}.parquet"


def sidecar_path(project: Project, artefact: Path) -> Path:
    """Say where the sidecar of an artefact is: never among what is published."""
    named = artefact.with_name(artefact.name + SIDECAR_SUFFIX)
    below = parts_below(named, project.maps)
    if below is None:
        return named
    return project.processed.joinpath(SHEETS_FOLDER, *below)


def signed_paths(step: Step, project: Project) -> list[Path]:
    """List the products of a step, each followed by its sidecar."""
    return [
        path
        for artefact in step.artefacts(project)
        for path in (artefact, sidecar_path(project, artefact))
    ]


type Status = Literal["running", "done", "current", "failed", "blocked", "pending"]


@dataclass
class Cost:
    """What a step cost.

    ``seconds``: how long it ran [s]. ``processor_s``: processor time of this process
    and of those it waited for [s]. ``peak_mb``: most memory that the process had held
    by the end of the step [MB]; None where the system does not tell.
    """

    seconds: float = 0.0
    processor_s: float = 0.0
    peak_mb: float | None = None


@contextmanager
def spent(cost: Cost) -> Iterator[None]:
    """Fill a cost with what the block spends, whether or not it fails."""
    start, used = perf_counter(), _processor_s()
    try:
        yield
    finally:
        cost.seconds = perf_counter() - start
        cost.processor_s = _processor_s() - used
        cost.peak_mb = _peak_mb()


def _processor_s() -> float:
    return sum(os.times()[:4])


def _peak_mb() -> float | None:
    if sys.platform == "win32":
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


@dataclass(frozen=True)
class StepReport:
    """What became of a step.

    ``status``: ``running``; ``done``; ``current``, nothing to do; ``failed``;
    ``blocked``, a step that it needs failed; ``pending``, it would run. ``cost``: what
    it cost. ``facts``: what it told of itself. ``error``: why it failed. ``reasons``:
    why it would run, in French.
    """

    step: Step
    status: Status
    cost: Cost = field(default_factory=Cost)
    facts: Facts = field(default_factory=dict)
    error: BaseException | None = None
    reasons: tuple[str, ...] = ()


if sys.platform != "win32":
    import resource

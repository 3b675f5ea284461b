"""The contract of a step, for those who write one.

A step is one file of this folder: a function ``run``, and its declaration above it ::

    @step("Limites communes", writes=("borders",))
    def run(communes: gpd.GeoDataFrame, *, project: Project) -> dict[str, object]:
        borders = border_contiguity(communes)
        write_table(project.processed, borders, table="borders")
        return {"communes": len(communes), "limites communes": len(borders)}

- parameters before the star are tables, by name: the engine reads them; ``public`` is
  the folder of what may leave, all that an output reads;
- ``project`` gives what is declared and nothing else: another table, another part of
  the study, another file to write is an :class:`~eitgeo.errors.UndeclaredError`;
- the rest stands in ``@step(…)`` (:mod:`eitgeo.steps.step`), in literals: the
  declaration is read from the source, and the file is imported only when it runs;
- what it returns (French words → values, rows in, rows out, rows dropped) is shown and
  kept in ``<out>/.pytask/run.log``.

There is no list of steps: the folder is (:mod:`eitgeo.steps.declared`).

What the engine does with it:

- order: a step runs after those that write what it reads, in tables or in files;
- it runs when a table or file that it reads, a part of the study that it declares, the
  source of a module that it imports (closely or from afar), a data file beside such
  a module, or the version of a library has changed, and when a product or its
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
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eitgeo.errors import StudyError, UndeclaredError
from eitgeo.store import SIDECAR_SUFFIX, Bounds, bounded, parts_below
from eitgeo.study.base import narrowed

if TYPE_CHECKING:
    from eitgeo.study.project import Project

STATE_FOLDER = ".pytask"
SHEETS_FOLDER = "fiches"
COMPARED = "compare"
"""What the sidecars of ``eitgeo compare`` give as their step; it is none."""

type PathList = Callable[[Project], Iterable[Path]]
type Facts = Mapping[str, int | float | str]


def no_files(project: Project) -> Iterable[Path]:
    """Return no file, whatever the project."""
    del project
    return ()


@dataclass(frozen=True)
class Step:
    """One step of the pipeline: what it reads, what it writes, how it is told.

    ``name``: name of the step and, unless `module` says otherwise, of its file.
    ``label``: what it does, in French, shown while it runs. ``tables``: tables that it
    reads from ``data/processed``; another step writes each. ``handed``: those that
    ``run`` takes as arguments, in order. ``writes``: tables that it writes there.
    ``settings``: parts of the study on which it depends: a section (``"zones"``) or a
    key of one (``"identity.seed"``, ``"identity.effort"``, ``"sources.sites"``). Ask
    for the smallest part, so that a new title does not move the zones. ``through``:
    parts that it may read too, for which a table or file that it reads stands.
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
    writes: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    through: tuple[str, ...] = ()
    files: PathList = no_files
    products: PathList = no_files
    module: str = ""

    @property
    def code(self) -> str:
        """Name of the module that holds the function ``run``."""
        return self.module or f"eitgeo.steps.{self.name}"

    def run(self, project: Project) -> Facts:
        """Import the module of the step and run it, held to what it declares."""
        run = import_module(self.code).run
        parts = (*self.settings, *self.through)
        narrow_project = replace(project, study=narrowed(project.study, parts))
        bounds = Bounds(
            (project.processed, project.maps),
            frozenset(self.inputs(project)),
            frozenset(self.artefacts(project)),
        )
        # A million objects of libraries live as long as the process: the collector
        # need not walk them for each map. What the step leaves is collected at once.
        gc.freeze()
        try:
            with bounded(bounds):
                tables = (_table(project, name) for name in self.handed)
                facts: Facts | None = run(*tables, project=narrow_project)
        except UndeclaredError as error:
            message = f"step {self.name}: {error}"
            raise UndeclaredError(message) from error
        finally:
            gc.collect()
            gc.unfreeze()
        return facts or {}

    def inputs(self, project: Project) -> list[Path]:
        """List the files that the step reads, tables first."""
        read = [table_path(project, table) for table in self.tables]
        return list(dict.fromkeys([*read, *self.files(project)]))

    def artefacts(self, project: Project) -> list[Path]:
        """List the files that the step writes, tables first, sidecars aside."""
        written = [table_path(project, table) for table in self.writes]
        return list(dict.fromkeys([*written, *self.products(project)]))

    def parameters(self, project: Project) -> dict[str, Any]:
        """Return the parts of the study that the step reads."""
        return {name: parameter(project, name) for name in self.settings}


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


def parameter(project: Project, name: str) -> Any:
    """Return a section of the study, or one key of it, as JSON-ready values."""
    section, *keys = name.split(".")
    known: Any = project.study
    try:
        for key in (section, *keys):
            type(known).model_fields[key]
            known = getattr(known, key)
        value: Any = project.study.section(section)
        for key in keys:
            value = value.get(key)  # a source keeps no key that its reader ignores
    except (AttributeError, KeyError) as error:
        message = f"« {name} » : aucune partie de l'étude ne porte ce nom"
        raise StudyError(message) from error
    return value

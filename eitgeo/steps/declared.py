"""The steps of a study, read from the source of the files that declare them.

A step is a file of this folder whose function ``run`` bears ``@step(…)``. It is not
imported: an unchanged study needs no geographic library.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatch
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from eitgeo.disclosure.door.catalogue import CATALOGUE, needed_tables, step_tables
from eitgeo.steps import files as _study_files
from eitgeo.steps.engine.contract import PathList, Step, no_files, sidecar_path
from eitgeo.store import parts_below

if TYPE_CHECKING:
    from eitgeo.study.project import Project


PUBLIC = "public"
"""Folder of the released tables: a step that takes it opens no other table."""
RELEASED = f"{PUBLIC}/"
_ALL_PUBLIC = tuple(f"{RELEASED}{name}" for name, row in CATALOGUE.items() if row.step)


def read_steps(folder: Path, package: str) -> tuple[Step, ...]:
    """Read the steps that the files of a package declare, in an order to run them."""
    declared = []
    for path in sorted(folder.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if "\n@step(" in source:
            inside = path.relative_to(folder).with_suffix("").parts
            declared.append(_read(source, ".".join((package, *inside))))
    steps = in_order([step for step, gathers in declared if not gathers])
    for what, gather in (("published", gathered_pages), ("all", gathered)):
        asking = [step for step, gathers in declared if gathers == what]
        steps = (*steps, *(gather(step, steps) for step in asking))
    return steps


def in_order(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Put each step after those that write its tables; by name where it may choose."""
    writers: dict[str, Step] = {}
    for step in steps:
        for table in step.writes:
            other = writers.setdefault(table, step)
            if other is not step:
                _refuse(step.code, f"{table} is written by {other.code} too")
    after = {
        step.name: {
            _writer(table, step, writers).name for table in step.tables + step.opened
        }
        for step in steps
    }
    named, order = {step.name: step for step in steps}, TopologicalSorter(after)
    try:
        order.prepare()
    except CycleError as error:
        message = f"steps wait for one another: {' ← '.join(error.args[1])}"
        raise RuntimeError(message) from error
    names: list[str] = []
    while order.is_active():
        ready = sorted(order.get_ready())
        order.done(*ready)
        names += ready
    before: dict[str, frozenset[str]] = {}
    for name in names:
        tables = [{*named[one].writes, *before[one]} for one in after[name]]
        before[name] = frozenset().union(*tables)
    return tuple(
        replace(step, before=frozenset(step.opened) or before[step.name])
        for step in map(named.__getitem__, names)
    )


def gathered(step: Step, others: Sequence[Step]) -> Step:
    """Let a step read what all others read and wrote, and their sidecars."""
    written = [table for one in others for table in one.writes]
    tables = [
        table
        for pattern in step.tables
        for table in (name for name in written if fnmatch(name, pattern))
    ]

    def files(project: Project) -> list[Path]:
        made = [path for one in others for path in one.artefacts(project)]
        read = [path for one in others for path in one.inputs(project)]
        own = step.files(project)
        return [*made, *(sidecar_path(project, path) for path in made), *read, *own]

    return replace(step, tables=tuple(tables), before=frozenset(written), files=files)


def gathered_pages(step: Step, others: Sequence[Step]) -> Step:
    """Let a step read what all others publish."""

    def files(project: Project) -> list[Path]:
        written = [path for one in others for path in one.products(project)]
        return [path for path in written if parts_below(path, project.maps) is not None]

    tables = (table for one in others for table in one.writes)
    return replace(step, before=frozenset(tables), files=files)


def _writer(table: str, step: Step, writers: dict[str, Step]) -> Step:
    if table not in writers:
        _refuse(step.code, f"no step writes the table {table}")
    return writers[table]


def _read(source: str, module: str) -> tuple[Step, str]:
    """Read a step, and what it gathers of the others."""
    run, declaration = _declaration(source, module)
    handed = tuple(one.arg for one in (*run.args.posonlyargs, *run.args.args))
    reads: tuple[str, ...] = declaration.get("reads", ())
    if PUBLIC in handed and (reads or len(handed) > 1):
        _refuse(module, "a step that takes « public » reads no other table")
    writes = declaration.get("writes", ())
    if "releases" in declaration:
        names = step_tables(declaration["releases"])
        reads = (*reads, *sorted(set().union(*map(needed_tables, names))))
        writes = tuple(f"{RELEASED}{name}" for name in names)
    step = Step(
        module.rpartition(".")[2],
        declaration["label"],
        tables=tuple(
            dict.fromkeys((*(one for one in handed if one != PUBLIC), *reads))
        ),
        handed=handed,
        opened=_ALL_PUBLIC if PUBLIC in handed else (),
        writes=writes,
        files=_listed(declaration.get("files"), module),
        products=_products(declaration, module),
        module=module,
    )
    return step, declaration.get("gathers", "")


def _declaration(source: str, module: str) -> tuple[ast.FunctionDef, dict[str, Any]]:
    runs = (
        (one, call)
        for one in ast.parse(source).body
        if isinstance(one, ast.FunctionDef) and one.name == "run"
        for call in one.decorator_list
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "step"
    )
    run, call = next(runs, (None, None))
    if run is None or call is None:
        _refuse(module, "no function run bears @step(…)")
    if [one.arg for one in run.args.kwonlyargs] != ["project"]:
        _refuse(module, "run takes tables, then « *, project »")
    try:
        (label,) = map(ast.literal_eval, call.args)
        keywords = {str(one.arg): ast.literal_eval(one.value) for one in call.keywords}
    except ValueError:
        _refuse(module, "@step(…) takes a label and literals: it is read, not run")
    return run, {"label": label, **keywords}


def _listed(name: str | None, module: str) -> PathList:
    if not name:
        return no_files
    lister: PathList | None = getattr(_study_files, name, None)
    if lister is None:
        _refuse(module, f"no function of files.py is named {name}")
    return lister


def _products(told: dict[str, Any], module: str) -> PathList:
    """Make the lister of what a step writes beside tables."""
    prints, publishes = told.get("prints", ()), told.get("publishes", ())
    others = _listed(told.get("products"), module)
    if not prints and not publishes:
        return others
    return lambda project: [
        *_study_files.printed_files(project, *prints),
        *(project.published(Path(one).stem, Path(one).suffix) for one in publishes),
        *others(project),
    ]


def _refuse(module: str, reason: str) -> NoReturn:
    message = f"{module}: {reason}"
    raise RuntimeError(message)


STEPS = read_steps(Path(__file__).parent, __package__ or "")

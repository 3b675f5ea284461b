"""Whether a step is due: what it rested on when it was signed, against what stands."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eitgeo.steps.engine.code import code_digests, libraries
from eitgeo.steps.engine.contract import (
    Reading,
    Step,
    StepReport,
    signed_paths,
    table_path,
)
from eitgeo.steps.engine.ledger import Footing
from eitgeo.steps.engine.states import FileStates
from eitgeo.store import name_below, parts_below
from eitgeo.study.base import setting

if TYPE_CHECKING:
    from eitgeo.study.project import Project

FIRST_RUN = "première exécution"


class Pipeline:
    """Steps in an order to run them, and what each rests on now.

    ``steps``: in order, by name. ``after``: step → those that must be done before.
    ``maker``: file → the step that writes it.
    """

    def __init__(
        self, steps: Sequence[Step], project: Project, states: FileStates
    ) -> None:
        self.project, self.states = project, states
        self.maker = {
            path: step.name for step in steps for path in signed_paths(step, project)
        }
        self.after = {
            step.name: self.makers(
                [
                    *step.inputs(project),
                    *(table_path(project, table) for table in step.before),
                ]
            )
            - {step.name}
            for step in steps
        }
        self.rank = {step.name: rank for rank, step in enumerate(steps)}
        named = {step.name: step for step in steps}
        try:
            order = [*TopologicalSorter(self.after).static_order()]
        except CycleError as error:
            message = f"steps wait for one another: {' ← '.join(error.args[1])}"
            raise RuntimeError(message) from error
        self.steps = {name: named[name] for name in order}
        self._tops = [folder.resolve() for folder in (project.out, project.base)]

    def makers(self, paths: Iterable[Path]) -> set[str]:
        """List the steps that write some of these files."""
        return {self.maker[path] for path in paths if path in self.maker}

    @cached_property
    def _codes(self) -> dict[str, str]:
        return code_digests(step.code for step in self.steps.values())

    @cached_property
    def _libraries(self) -> str:
        return value_digest(libraries())

    def footing(self, step: Step, read: Iterable[str], keys: Iterable[str]) -> Footing:
        """Say what a step rests on as things stand, and what it wrote.

        ``read``, ``keys``: tables and keys of the study that it reads beside what it
        declares.
        """
        study = self.project.study
        return Footing(
            code=self._codes[step.code],
            libraries=self._libraries,
            files=self._states(step.inputs(self.project)),
            tables={
                table: self.states.state(table_path(self.project, table)) or ""
                for table in read
            },
            settings={key: value_digest(setting(study, key)) for key in keys},
            products=self._states(signed_paths(step, self.project)),
        )

    def reasons(self, step: Step) -> tuple[str, ...]:
        """Say why a step is due; nothing where it is up to date."""
        was = self.states.ledger.steps.get(step.name)
        if was is None:
            return (FIRST_RUN,)
        now = self.footing(step, was.tables, was.settings)
        return tuple(sorted(_reasons(was, now)))

    def plan(self) -> list[StepReport]:
        """Say which steps would run, and why: those before them that would, first."""
        reports: dict[str, StepReport] = {}
        for name, step in self.steps.items():
            was = self.states.ledger.steps.get(name)
            read = [
                table_path(self.project, table) for table in (was.tables if was else ())
            ]
            waits = self.makers([*step.inputs(self.project), *read])
            pending = [one for one in waits if reports[one].status == "pending"]
            reasons = self.reasons(step)
            if pending:
                labels = sorted(self.steps[one].label for one in pending)
                reasons = tuple(f"en amont : {label}" for label in labels)
            status: Any = "pending" if reasons else "current"
            reports[name] = StepReport(step, status, reasons=reasons)
        return [reports[name] for name in self.rank]

    def signed(self, step: Step, reading: Reading) -> Footing:
        """Say what a step that was run rests on: digests of what it read are pinned."""
        declared, project = {*step.inputs(self.project)}, self.project
        tables = [
            "/".join(parts_below(path.with_suffix(""), project.processed) or ())
            for path in reading.files
            if path not in declared
        ]
        return self.footing(step, sorted(tables), sorted(reading.settings))

    def _states(self, paths: Iterable[Path]) -> dict[str, str]:
        """Give the state of files, by names that do not depend on the machine."""
        return {self._name(path): self.states.state(path) or "" for path in paths}

    def _name(self, path: Path) -> str:
        folders = (self.project.out, self.project.base)
        for folder, top in zip(folders, self._tops, strict=True):
            if parts_below(path, folder) is not None:
                return name_below(path, [top])
        return path.as_posix()


def value_digest(value: Any) -> str:
    """Digest a JSON-ready value.

    Examples
    --------
    >>> value_digest({"b": 1, "a": 2}) == value_digest({"a": 2, "b": 1})
    True
    """
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _reasons(was: Footing, now: Footing) -> Iterator[str]:
    if was.code != now.code:
        yield "code changé"
    if was.libraries != now.libraries:
        yield "bibliothèques changées"
    for name in was.files.keys() | now.files.keys():
        if was.files.get(name) != now.files.get(name):
            how = "changée" if name in was.files else "nouvelle"
            yield f"entrée {how if name in now.files else 'ôtée'} : {name}"
    yield from (
        f"entrée changée : table {name}"
        for name in was.tables
        if was.tables[name] != now.tables[name]
    )
    yield from (
        f"paramètre changé : {name.removesuffix('?')}"
        for name in was.settings
        if was.settings[name] != now.settings[name]
    )
    for name, state in now.products.items():
        if was.products.get(name) != state:
            how = "modifié à la main" if state else "absent"
            yield f"produit {how} : {name}"

"""A study with other parameters or tables, computed apart: what would change."""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from eitgeo.check import Faults
from eitgeo.disclosure.door.catalogue import needed_tables
from eitgeo.errors import SourceError, StudyError
from eitgeo.steps.declared import RELEASED, STEPS
from eitgeo.steps.engine.contract import STATE_FOLDER, Step, table_path
from eitgeo.steps.engine.ledger import Footing, read_ledger
from eitgeo.steps.engine.private import tell_secrets
from eitgeo.steps.engine.stamp import require_stamp
from eitgeo.steps.maps.prints import drawing_only
from eitgeo.study.project import Project, validated
from eitgeo.study.sections import Study
from eitgeo.tables.files import write_table


def what_if(
    project: Project,
    *products: str,
    changes: Mapping[str, Any] | None = None,
    given: Mapping[str, pd.DataFrame] | None = None,
) -> Project:
    """Compute maps or tables of a study again, with other parameters.

    Parameters
    ----------
    project
        From :func:`eitgeo.open_project`; its tables must have been computed.
    *products
        Names of tables (``"zones"``) and of printed maps (``"carte_zones"``).
    changes
        Keys of ``study.yaml`` → other values: ``{"zones.radius_m": 700}``.
    given
        Tables that take the place of those of the study: no step computes them.

    Returns
    -------
    Project
        The changed study, in a folder that goes with it: ``read_table(made.processed,
        "zones")`` reads what was computed, ``made.picture("carte_zones")`` names the
        map, a PNG. Unchanged tables are not there, but those that it needed.

    Raises
    ------
    StudyError
        When the study makes no such product, or refuses a parameter.
    SourceError
        When a table of the study has not been computed, or when a change would open a
        file of ``private/`` in a study that may be published.

    Notes
    -----
    The study stays as it is: nothing of it is written. Run are the steps that make the
    products and, before them, those that a change reaches, as they stand in ``eitgeo
    run``; the others are taken from the study.

    Examples
    --------
    >>> from pathlib import Path
    >>> import eitgeo as eg
    >>> eg.what_if(eg.open_project(Path("study.yaml")), "carte_du_ciel")
    Traceback (most recent call last):
    eitgeo.errors.StudyError: « carte_du_ciel » : rien de tel dans cette étude
    """
    tables = dict(given or {})
    study = _changed(project.study, changes or {})
    place = project.cache if project.private else None  # answers stay where they are
    if place is not None:
        place.mkdir(parents=True, exist_ok=True)
    room = TemporaryDirectory(dir=place, ignore_cleanup_errors=True)
    made = replace(project, study=study, out=Path(room.name).resolve())
    weakref.finalize(made, room.cleanup)
    were = read_ledger(project.out, project.out / STATE_FOLDER).steps
    changed = {*(changes or ())}
    steps = _steps(made, products, were, changed=changed, given={*tables})
    _require_open(steps, made)
    for name, frame in tables.items():
        write_table(made.processed, frame, table=name)
    with drawing_only(products):
        for step in steps:
            _bring(step, project, made, were)
            step.run(made)
    if made.private:
        for path in sorted(path for step in steps for path in step.products(made)):
            if path.is_relative_to(made.maps) and path.is_file():
                require_stamp(path.name, path)
    return made


def _changed(study: Study, changes: Mapping[str, Any]) -> Study:
    """Set keys of a study, dotted; it is checked whole."""
    raw = study.model_dump(mode="json")
    for name, value in changes.items():
        *sections, key = name.split(".")
        part = raw
        for section in sections:
            part[section] = part.get(section) or {}
            part = part[section]
        part[key] = value
    return validated(Study, raw, where="study.yaml")


def _steps(
    made: Project,
    products: tuple[str, ...],
    were: Mapping[str, Footing],
    *,
    changed: set[str],
    given: set[str],
) -> list[Step]:
    """Choose the steps that make products, and those before them that changes reach."""
    makers = [_maker(made, name) for name in products]
    asked: list[Step] = []
    reads: dict[str, set[str]] = {}
    wanted: set[str] = set()
    for step in reversed(STEPS):
        needed = wanted & {*step.writes}
        if not given & {*step.writes} and (step in makers or needed):
            asked.append(step)
            reads[step.name] = _behind(step, needed, were)
            wanted |= reads[step.name]
    moved, chosen = {*given}, []
    for step in reversed(asked):
        settings = were[step.name].settings if step.name in were else changed
        reached = moved & reads[step.name] or any(
            _meet(settings, key) for key in changed
        )
        if reached or step in makers:
            chosen.append(step)
            moved |= {*step.writes}
    return chosen


def _behind(step: Step, needed: set[str], were: Mapping[str, Footing]) -> set[str]:
    """List the tables behind what is asked of a step; of a release, each its own."""
    public = [
        name.removeprefix(RELEASED) for name in needed if name.startswith(RELEASED)
    ]
    return set().union(*map(needed_tables, public)) or _tables(step, were)


def _tables(step: Step, were: Mapping[str, Footing]) -> set[str]:
    """List the tables of a step: those that it waits for, those that it read."""
    read = were[step.name].tables if step.name in were else step.opened
    return {*step.tables, *read}


def _maker(project: Project, product: str) -> Step:
    """Find the step that makes a table, or draws a map."""
    for step in STEPS:
        if product in step.writes:
            return step
    with suppress(LookupError):  # no folder takes what is no map
        picture = project.picture(product)
        for step in STEPS:
            if picture in step.products(project):
                return step
    message = f"« {product} » : rien de tel dans cette étude"
    raise StudyError(message)


def _require_open(steps: list[Step], made: Project) -> None:
    """Refuse what ``eitgeo run`` would: a file of ``private/`` in a public study."""
    read = {path for step in steps for path in step.inputs(made)}
    faults = Faults("étude")
    outside = {path for path in read if not path.is_relative_to(made.out)}
    tell_secrets(outside, made, faults=faults)
    faults.raise_if_any(SourceError)


def _meet(settings: Iterable[str], key: str) -> bool:
    """Say whether a step read a key of the study, its section or a part of it."""
    return any(
        f"{key}.".startswith(f"{part}.") or f"{part}.".startswith(f"{key}.")
        for part in (name.removesuffix("?") for name in settings)
    )


def _bring(
    step: Step, project: Project, made: Project, were: Mapping[str, Footing]
) -> None:
    """Copy what a step reads among what the study wrote, unless it was made again."""
    read = [table_path(made, table) for table in sorted(_tables(step, were))]
    for path in (*read, *step.inputs(made)):
        if path.is_relative_to(made.out) and not path.exists():
            source = project.out / path.relative_to(made.out)
            if source.is_file():
                path.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, path)

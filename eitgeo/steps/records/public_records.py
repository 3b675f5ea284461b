"""What is published of the records of a run: nothing that tells what a table holds.

The digest of a table of a few firms is the table: who knows the shape of its rows
tries answers until the digest is met. What is published, and files that the register
gives to all, have theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.steps.records.crate import MAPS
from eitgeo.steps.records.records import Record
from eitgeo.store import relative_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from eitgeo.study.project import Project

RAW = "data/raw/"


def public_records(records: Sequence[Record], listed: Collection[str]) -> list[Record]:
    """Keep the steps that publish, each with the public inputs behind it."""
    maker = {name: one for one in records for name in one.products}
    found = []
    for one in records:
        products = {
            name: sha256
            for name, sha256 in one.products.items()
            if name.startswith(MAPS)
        }
        if products:
            behind = _upstream(one, maker)
            inputs = {
                name: sha256
                for each in behind
                for name, sha256 in each.inputs.items()
                if name.startswith(RAW) and name in listed and name not in maker
            }
            parts = {k: v for each in behind for k, v in each.parameters.items()}
            found.append(Record(one.name, one.label, inputs, products, parts))
    return found


def unlisted_text(
    project: Project, raw: Iterable[Path], listed: Collection[str]
) -> str:
    """Tell the inputs that are given no digest: named in the study, counted outside."""
    names, n_out = [], 0
    for path in dict.fromkeys(raw):
        name = relative_name(path, project.out, project.base)
        if not _is_inside(path, project):
            n_out += 1
        elif not (name.startswith(RAW) and name in listed):
            names.append(name)
    told = []
    if names:
        told.append(f"{len(names)} dans l'étude ({', '.join(sorted(names))})")
    if n_out:
        told.append(f"{n_out} hors du dossier de l'étude")
    return " ; ".join(told)


def outside_names(project: Project, raw: Iterable[Path]) -> set[str]:
    """List the bare names that are not told: those of files outside of the study."""
    return {path.name for path in raw if not _is_inside(path, project)}


def _is_inside(path: Path, project: Project) -> bool:
    full = path.resolve()
    folders = (project.out.resolve(), project.base.resolve())
    return any(full.is_relative_to(folder) for folder in folders)


def _upstream(record: Record, maker: Mapping[str, Record]) -> list[Record]:
    found: dict[str, Record] = {}
    waiting = [record]
    while waiting:
        one = waiting.pop()
        if one.name not in found:
            found[one.name] = one
            waiting += [maker[name] for name in one.inputs if name in maker]
    return [found[name] for name in sorted(found)]

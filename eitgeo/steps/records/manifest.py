"""Write the manifests: what the run read, with what, what it wrote; what is public.

The digest of a table of a few firms is the table: who knows the shape of its rows
tries answers until the digest is met. What is published, and files that the register
gives to all, have theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from eitgeo import __version__
from eitgeo.sources.files.csv import csv_dicts
from eitgeo.steps.declared import STEPS
from eitgeo.steps.engine.code import libraries
from eitgeo.steps.files import manifest_path, public_path, register_path
from eitgeo.steps.inputs.losses import listed_digests, reason_alone
from eitgeo.steps.records.crate import MAPS, Told, run_crate
from eitgeo.steps.records.records import Record, read_records
from eitgeo.steps.step import step
from eitgeo.store import relative_name, write_json
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table

_NAME = "manifest"
_LOSSES = ("_dropped", "_remarks")
RAW = "data/raw/"


@step(
    "Manifeste du calcul",
    files="register_files",
    products="manifest_files",
    gathers="all",
)
def run(bodies: pd.DataFrame, *, project: Project) -> dict[str, object]:
    """Write the whole ``manifest.json`` beside the tables, and the one of ``maps``."""
    records = read_records([one for one in STEPS if one.name != _NAME], project)
    raw = _raw_files(records)
    register = _register(project)
    warnings = [
        *(f"démonstration : {one}" for one in project.study.demonstration_reasons),
        *_to_confirm(bodies),
        *_left_out(project),
        *_changed(project, raw),
    ]
    facts = Told(
        identity=project.study.identity,
        versions={**libraries(), "eitgeo": __version__},
        register={k: v for k, v in register.items() if k in raw},
        warnings=warnings,
    )
    write_json(manifest_path(project), run_crate(records, facts))
    public = public_records(records, register)
    write_json(public_path(project), run_crate(public, _public(facts, project)))
    return {
        "fichiers lus": len(raw),
        "fichiers écrits": sum(len(one.products) for one in records),
        "avertissements": len(warnings),
    }


def _public(told: Told, project: Project) -> Told:
    """Leave out what names a file that is not in the study."""
    made = {path for one in STEPS for path in one.artefacts(project)}
    raw = [
        path
        for one in STEPS
        if one.name != _NAME
        for path in one.inputs(project)
        if path not in made
    ]
    outside = outside_names(project, raw)
    warnings = [_unnamed(text, outside) for text in told.warnings]
    return told._replace(
        warnings=list(dict.fromkeys(warnings)),
        unlisted=unlisted_text(project, raw, _register(project)),
    )


def _unnamed(text: str, outside: set[str]) -> str:
    file, sign, rest = text.partition(" : ")
    return f"un fichier hors de l'étude{sign}{rest}" if file in outside else text


def _raw_files(records: Sequence[Record]) -> dict[str, str]:
    made = {name for one in records for name in one.products}
    read = {pair for one in records for pair in one.inputs.items()}
    return {name: sha256 for name, sha256 in sorted(read) if name not in made}


def _to_confirm(bodies: pd.DataFrame) -> list[str]:
    names = bodies.loc[bodies["status"].eq("a_confirmer"), "name"]
    return [f"à confirmer : {name}" for name in sorted(names)]


def _left_out(project: Project) -> list[str]:
    """Count what readers left out or doubt; names stay in the tables."""
    warnings = []
    for name in (table for one in STEPS for table in one.writes):
        if not name.endswith(_LOSSES):
            continue
        rows = read_table(project.processed, name)
        dropped = "reason" in rows.columns
        reasons = rows["reason"].map(reason_alone) if dropped else rows["kind"]
        counts = rows["n_rows"] if dropped else reasons.map(lambda _: 1)
        for (file, reason), count in (
            counts.groupby([rows["file"], reasons]).sum().items()
        ):
            what = "laissés de côté" if dropped else "remarque"
            warnings.append(f"{file} : {what} : {reason.replace('_', ' ')} ({count})")
    return warnings


def _changed(project: Project, raw: dict[str, str]) -> list[str]:
    known = listed_digests(register_path(project))
    return [
        f"{name} : le fichier a changé depuis l'inventaire"
        for name, sha256 in raw.items()
        if known.get(name, "") not in {"", sha256}
    ]


def _register(project: Project) -> dict[str, dict[str, str]]:
    path = register_path(project)
    if not path.is_file():
        return {}
    rows = csv_dicts(path, errors="replace")
    return {row["name"]: row for row in rows if row.get("name")}


def public_records(records: Sequence[Record], listed: Collection[str]) -> list[Record]:
    """Keep the steps that publish, each with the public inputs behind it."""
    maker = {name: record for record in records for name in record.products}
    public = []
    for record in records:
        products = {
            name: sha256
            for name, sha256 in record.products.items()
            if name.startswith(MAPS)
        }
        if products:
            behind = _upstream(record, maker)
            inputs = {
                name: sha256
                for each in behind
                for name, sha256 in each.inputs.items()
                if name.startswith(RAW) and name in listed and name not in maker
            }
            parts = {k: v for each in behind for k, v in each.parameters.items()}
            public.append(Record(record.name, record.label, inputs, products, parts))
    return public


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
    parts = []
    if names:
        parts.append(f"{len(names)} dans l'étude ({', '.join(sorted(names))})")
    if n_out:
        parts.append(f"{n_out} hors du dossier de l'étude")
    return " ; ".join(parts)


def outside_names(project: Project, raw: Iterable[Path]) -> set[str]:
    """List the bare names that are not told: those of files outside of the study."""
    return {path.name for path in raw if not _is_inside(path, project)}


def _is_inside(path: Path, project: Project) -> bool:
    full = path.resolve()
    folders = (project.out.resolve(), project.base.resolve())
    return any(full.is_relative_to(folder) for folder in folders)


def _upstream(record: Record, maker: Mapping[str, Record]) -> list[Record]:
    upstream: dict[str, Record] = {}
    waiting = [record]
    while waiting:
        behind = waiting.pop()
        if behind.name not in upstream:
            upstream[behind.name] = behind
            waiting += [maker[name] for name in behind.inputs if name in maker]
    return [upstream[name] for name in sorted(upstream)]

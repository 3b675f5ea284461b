"""Answers kept in ``private/``, and the files that a source of the study reads."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from eitgeo.cli.ask.questions import (
    answers_folder,
    membership_path,
    outlets_path,
)
from eitgeo.cli.survey.private import hand_over, shielded
from eitgeo.errors import SourceError
from eitgeo.reference.asks import ask_holders, ask_sheets
from eitgeo.sources.files.csv import csv_dicts
from eitgeo.steps.engine.ledger import Ledger
from eitgeo.store import write_private_bytes
from eitgeo.study.project import Project

if TYPE_CHECKING:
    from eitgeo.cli.ask.answers import Answer

    Row = dict[str, str]

_WHO = ("holder", "file")
MEMBERS, OUTLETS, LINES = "membership.csv", "outlets.csv", "a_reporter.yaml"
"""What a source of the study reads, and the lines to put in ``study.yaml``."""
_MEMBER_COLUMNS = ["body_id", "code_insee", "from_date", "to_date", "status", "source"]
_OUTLET_COLUMNS = [
    "outlet_id",
    "name",
    "aliases",
    "kind",
    "operator",
    "code_insee",
    "position_quality",
    "icpe_headings",
    "capacity_t",
    "household_t",
    "capacity_year",
    "status",
    "evidence",
    "source",
]
_AMOUNTS = ("fte_cost_eur", "other_cost_eur", "aid_pct", "n")
_YAML = {
    "couts": ("", _AMOUNTS[:3]),
    "terrain": ("- ", ("perimeter", "kind", "n", "on_date", "source")),
    "routes": ("- ", ("id", "label", "ref")),
}
"""Sheet → what opens a line of the study, and what it bears."""


def keep(project: Project, answer: Answer, file: str) -> None:
    """Keep what a file holds, in place of what it held before."""
    for sheet, rows in answer.rows.items():
        path = answers_folder(project) / f"{sheet}.csv"
        whose = {"holder": answer.holder, "file": file}
        earlier = [
            row for row in _kept(path) if {one: row[one] for one in _WHO} != whose
        ]
        added = [whose | row for row in rows]
        content = _table([*earlier, *added])
        write_private_bytes(path, content, root=project.base)


def answered(project: Project) -> dict[str, int]:
    """Count the rows that each holder gave."""
    counts: dict[str, int] = {}
    for sheet in ask_sheets().index:
        for row in _kept(answers_folder(project) / f"{sheet}.csv"):
            counts[row["holder"]] = counts.get(row["holder"], 0) + 1
    return counts


def write_products(project: Project, ledger: Ledger) -> list[str]:
    """Write what the study may read of all answers; say which line it then bears."""
    folder = answers_folder(project)
    rows = {name: _kept(folder / f"{name}.csv") for name in ask_sheets().index}
    place = folder.relative_to(project.base).as_posix()
    told, documents = [], {}
    if rows["membres"]:
        documents[folder / MEMBERS] = _members(project, rows["membres"])
        told.append(f"sources.membership: {place}/{MEMBERS}")
    if rows["exutoires"]:
        documents[folder / OUTLETS] = _outlets(project, rows["exutoires"])
        told.append(f"sources.outlets: {{reader: csv, path: {place}/{OUTLETS}}}")
    lines = [
        f"{ask_sheets()['replaces'][name]}: {mark}{_flow(row, names)}"
        for name, (mark, names) in _YAML.items()
        for row in (rows[name] if mark else rows[name][-1:])
    ]
    if lines:
        documents[folder / LINES] = "".join(f"{line}\n" for line in lines).encode()
        told.append(f"À reporter dans study.yaml ({place}/{LINES}) :")
        told += [f"  {line}" for line in lines]
    return [*told, *hand_over(ledger, documents, root=project.base)]


def _members(project: Project, rows: Sequence[Row]) -> bytes:
    """Lay out the list of members with the answers in it."""
    pairs = {(row["body_id"], row["code_insee"]) for row in rows}
    written = membership_path(project)
    earlier = [] if written is None else csv_dicts(project.path(written))
    others = [r for r in earlier if (r["body_id"], r["code_insee"]) not in pairs]
    added = [{**row, "source": _source(row, row["source"])} for row in rows]
    return _table([*others, *added], columns=_MEMBER_COLUMNS)


def _outlets(project: Project, rows: Sequence[Row]) -> bytes:
    """Lay out the list of outlets with the answers in it."""
    written = outlets_path(project)
    earlier = [] if written is None else csv_dicts(project.path(written))
    known = {row["outlet_id"]: row for row in earlier}
    for row in rows:
        end = row["end_year"]
        permit = f"autorisation jusqu’en {end}" if end else ""
        fixed = {
            "position_quality": "commune",
            "evidence": "S",
            "source": _source(row, permit),
        }
        before = known.get(row["outlet_id"], {})
        filled = {key: one for key, one in row.items() if one}
        known[row["outlet_id"]] = before | filled | fixed
    return _table(list(known.values()), columns=_OUTLET_COLUMNS)


def _source(row: Mapping[str, str], told: str) -> str:
    label = ask_holders()["label"][row["holder"]]
    return " ; ".join(filter(None, [f"réponse : {label}", told]))


def _flow(row: Row, names: Sequence[str]) -> str:
    """Write a line of YAML: texts are quoted, whatever they hold."""
    label = " : ".join(filter(None, [row.get("label", ""), row.get("reason", "")]))
    filled = row | {"label": label}
    parts = [
        f"{key}: {filled[key]}"
        if key in _AMOUNTS
        else f"{key}: {json.dumps(filled[key], ensure_ascii=False)}"
        for key in names
    ]
    return f"{{{', '.join(parts)}}}"


def _kept(path: Path) -> list[Row]:
    rows = csv_dicts(path) if path.is_file() else []
    if any(one not in row for row in rows for one in _WHO):
        message = (
            f"{path.name} : ce n'est pas un relevé de réponses → le mettre ailleurs"
        )
        raise SourceError(message)
    return rows


def _table(rows: Sequence[Row], *, columns: Sequence[str] = ()) -> bytes:
    """Lay rows out, none of them run."""
    names = columns or list(dict.fromkeys(key for row in rows for key in row))
    buffer = io.StringIO()
    writer = csv.DictWriter(
        buffer, names or list(_WHO), extrasaction="ignore", lineterminator="\n"
    )
    writer.writeheader()
    for row in rows:
        writer.writerow({key: shielded(row.get(key, "")) for key in names})
    return buffer.getvalue().encode()

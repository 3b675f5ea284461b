"""What one study asks of whom: the sheets of its own gaps, lists and known rows."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from eitgeo.errors import EitgeoError
from eitgeo.maps.form.sheets import Column
from eitgeo.maps.words.hypotheses import REPLACED, study_hypotheses
from eitgeo.reference.asks import (
    BETWEEN,
    ask_columns,
    ask_holders,
    ask_sheets,
    asked_bases,
)
from eitgeo.reference.waste import outlet_kinds
from eitgeo.sources.files.csv import csv_dicts
from eitgeo.study.asked import PRIVATE_FOLDER
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table

FOLDER = "demandes"
"""In the private folder: letters and sheets."""
ANSWERS = "reponses"
"""In it: what was read back."""
LAST_ROW = 1500
"""Rows that a sheet has room for, its known rows included."""
_ROOM = 500
"""Rows left to add, whatever is known."""
_TO_CONFIRM = "a_confirmer"


class Question(NamedTuple):
    """A sheet to fill.

    ``sheet``, ``title``, ``what``, ``why``, ``use``: as
    :func:`eitgeo.reference.asks.ask_sheets` says them. ``columns``: what each row
    holds. ``known``: rows that the study knows already, to be confirmed or corrected.
    """

    sheet: str
    title: str
    what: str
    why: str
    use: str
    columns: tuple[Column, ...]
    known: tuple[dict[str, str], ...]


class Letter(NamedTuple):
    """What one holder of data is asked."""

    holder: str
    label: str
    to: str
    questions: tuple[Question, ...]

    @property
    def workbook(self) -> str:
        """Name of the sheet to fill."""
        return f"tableau_{self.holder}.xlsx"

    @property
    def document(self) -> str:
        """Name of the letter."""
        return f"lettre_{self.holder}.docx"


def study_letters(project: Project) -> tuple[Letter, ...]:
    """List whom a study asks: those who have what it still supposes."""
    lacking = {
        one.basis
        for one in study_hypotheses(project, asked=asked_bases())
        if one.state != REPLACED
    }
    return tuple(one for one in every_letter(project, lacking) if one.questions)


def every_letter(project: Project, bases: set[str]) -> tuple[Letter, ...]:
    """List what each holder would be asked of some bases."""
    sheets = ask_sheets()
    letters = {
        str(name): _question(project, str(name), dict(row))
        for name, row in sheets[sheets["basis"].isin({*bases, ""})].iterrows()
    }
    asked = {name: set(cell.split()) for name, cell in sheets["holders"].items()}
    return tuple(
        Letter(
            str(holder),
            str(row["label"]),
            str(row["to"]),
            tuple(one for name, one in letters.items() if holder in asked[name]),
        )
        for holder, row in ask_holders().iterrows()
    )


def answers_folder(project: Project) -> Path:
    """Say where answers are kept."""
    return private_demands(project) / ANSWERS


def private_demands(project: Project) -> Path:
    """Say where letters are written."""
    return project.base / PRIVATE_FOLDER / FOLDER


def _question(project: Project, sheet: str, row: dict[str, str]) -> Question:
    columns = tuple(
        Column(
            str(name),
            one["label"],
            "choice" if one["kind"] in _LISTS else one["kind"],
            _choices(project, one["kind"], one["choices"]),
            float(one["least"] or "-inf"),
            float(one["most"] or "inf"),
            one["required"] == "oui",
            one["example"],
        )
        for name, one in ask_columns(sheet).to_dict("index").items()
    )
    known = _KNOWN[sheet](project) if sheet in _KNOWN else []
    names = {one.name for one in columns}
    rows = [{key: row.get(key, "") for key in names} for row in known]
    words = {name: row[name] for name in ("title", "what", "why", "use")}
    known_rows = tuple(rows[: LAST_ROW - _ROOM])
    return Question(sheet, **words, columns=columns, known=known_rows)


_LISTS = {"body", "perimeter", "outlet_kind"}


def _choices(project: Project, kind: str, written: str) -> dict[str, str]:
    if kind == "body":
        return _bodies(project)
    if kind == "perimeter":
        bodies = _bodies(project)
        return {one: bodies.get(one, one) for one in project.study.compared_ids}
    if kind == "outlet_kind":
        return {one: one.replace("_", " ") for one in sorted(outlet_kinds())}
    pairs = (one.partition("=") for one in written.split(BETWEEN) if one)
    return {key: label for key, _, label in pairs}


def _bodies(project: Project) -> dict[str, str]:
    """Return the compared bodies of the study, by the names of its lists."""
    wanted = project.study.territory.perimeters
    names: dict[str, str] = {}
    for source in project.study.sources.body_sources:
        if source.reader == "union" and source.body_id and source.label:
            names.setdefault(source.body_id, source.label)
        if source.reader != "csv" or source.path is None:
            continue
        for row in _rows(project, source.path):
            names.setdefault(row.get("body_id", ""), row.get("name", ""))
    return {one: names.get(one) or one for one in wanted}


def _rows(project: Project, path: Path) -> list[dict[str, str]]:
    try:
        return csv_dicts(project.path(path), errors="replace")
    except (EitgeoError, OSError):
        return []


def membership_path(project: Project) -> Path | None:
    """Say which list of members of the study an answer completes."""
    sources = project.study.sources.body_sources
    paths = (one.membership for one in sources if one.membership is not None)
    return next(paths, None)


def outlets_path(project: Project) -> Path | None:
    """Say which list of outlets of the study an answer completes."""
    sources = project.study.sources.outlets
    return next((one.path for one in sources if one.reader == "csv"), None)


def _known_members(project: Project) -> list[dict[str, str]]:
    """List the memberships to be confirmed, communes named once the study has run."""
    path, wanted = membership_path(project), set(_bodies(project))
    rows = [] if path is None else _rows(project, path)
    try:
        table = read_table(project.processed, "communes")
        names = dict(zip(table["code_insee"], table["nom"], strict=True))
    except EitgeoError:
        names = {}
    return [
        row | {"name": names.get(row.get("code_insee", ""), "")}
        for row in rows
        if row.get("status") == _TO_CONFIRM and row.get("body_id") in wanted
    ]


def _known_outlets(project: Project) -> list[dict[str, str]]:
    path = outlets_path(project)
    return [] if path is None else _rows(project, path)


_KNOWN = {"membres": _known_members, "exutoires": _known_outlets}

"""`eitgeo survey publish`: the one step by which answers leave ``private/``."""

from __future__ import annotations

import json
from math import isnan
from typing import TYPE_CHECKING, Any, NamedTuple

from eitgeo.cli._texts import french_number
from eitgeo.disclosure import (
    Publication,
    ledger_json,
    make_publication,
    narrow_cells,
    read_publications,
    told_answers,
)
from eitgeo.errors import SchemaError, StudyError
from eitgeo.flows import answer_contributions, declared_masses
from eitgeo.sources import answer_label, answers_csv
from eitgeo.store import write_bytes, write_private_bytes
from eitgeo.tables import read_declarations, read_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from eitgeo.disclosure import Answers, Cell
    from eitgeo.study import Project

LEDGER = "publications.json"
"""In the private folder: who made each sum that was told."""


class Draft(NamedTuple):
    """A publication that nobody has read yet.

    Attributes
    ----------
    answers
        Sums that are told, and those withheld.
    publication
        Who makes them.
    earlier
        What was published before, oldest first.
    names
        SIREN of an EPCI → its name.
    """

    answers: Answers
    publication: Publication
    earlier: list[Publication]
    names: Mapping[str, str]


def draft_publication(
    project: Project, declared_in: Path, *, day: str, partial: bool
) -> Draft:
    """Sum the answers, and hold the sums against all that was published.

    Parameters
    ----------
    project
        The study, run at least once.
    declared_in
        The private table.
    day
        Day of the publication (ISO).
    partial
        Withhold the sums that earlier ones betray, rather than refuse.

    Returns
    -------
    Draft
        Nothing is written.

    Raises
    ------
    SchemaError
        When the difference with an earlier publication would tell fewer than three
        firms, or one too large.
    SourceError
        When the study has not been run, or nobody answered.
    """
    communes = read_table(project.processed, "communes")
    area = communes[communes["in_area"]]
    bodies = read_table(project.processed, "bodies").set_index("body_id")["name"]
    declarations = read_declarations(declared_in)
    rows = answer_contributions(
        declarations,
        declared_masses(declarations),
        sites=read_table(project.processed, "sites"),
        epci_of=dict(zip(area["code_insee"], area["epci_siren"], strict=True)),
    )
    names = {one: str(bodies.get(f"epci_{one}", one)) for one in area["epci_siren"]}
    earlier = read_ledger(declared_in)
    whole = make_publication(rows, told_answers(rows).table, day=day)
    betrayed = narrow_cells(earlier, whole)
    if betrayed and not partial:
        raise SchemaError("\n".join(_refusals(betrayed, names)))
    answers = told_answers(rows, held_back=[cell for cell, _ in betrayed])
    publication = make_publication(rows, answers.table, day=day)
    return Draft(answers, publication, earlier, names)


def _refusals(
    betrayed: Sequence[tuple[Cell, str]], names: Mapping[str, str]
) -> list[str]:
    told = [
        f"{names[cell.epci_siren]}, {answer_label(cell.subject, cell.item)} : l'écart "
        f"avec la publication du {day} tient à moins de trois entreprises, ou à une "
        "trop grande"
        for cell, day in betrayed
    ]
    remedy = (
        "→ attendre d'autres fiches, ou publier sans ces sommes (--partial) ; ce qui "
        "est déjà publié reste valable"
    )
    return [*told, remedy]


def read_ledger(declared_in: Path) -> list[Publication]:
    """Read what was published of answers.

    Parameters
    ----------
    declared_in
        The private table; the ledger is beside it.

    Returns
    -------
    list of Publication
        Oldest first; nothing where nothing was published.

    Raises
    ------
    SchemaError
        When it is damaged.
    """
    path = declared_in.with_name(LEDGER)
    if not path.is_file():
        return []
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        told = None
    return read_publications(told, where=path.name)


def write_ledger(
    declared_in: Path, publications: Sequence[Publication], *, root: Path
) -> None:
    """Write what was published of answers.

    Parameters
    ----------
    declared_in
        The private table; the ledger is beside it.
    publications
        Oldest first.
    root
        Folder of the study.
    """
    text = json.dumps(ledger_json(publications), allow_nan=False, indent=1)
    path = declared_in.with_name(LEDGER)
    write_private_bytes(path, f"{text}\n".encode(), root=root)


def draft_lines(draft: Draft) -> list[str]:
    """Write a draft for the person who answers for it.

    Parameters
    ----------
    draft
        Of :func:`draft_publication`.

    Returns
    -------
    list of str
        French; exactly what would leave, and how much stays.
    """
    lines = ["Ce qui sortirait de private/, et rien d'autre :"]
    for siren, rows in draft.answers.table.groupby("epci_siren"):
        lines.append(f"  {draft.names[str(siren)]}")
        lines += [f"    {_told(row)}" for row in rows.to_dict("records")]
    n_held = len(draft.answers.withheld)
    lines.append(
        f"Retenues : {n_held} somme(s) (moins de trois entreprises, une trop grande, "
        "ou qui trahirait une publication antérieure)."
    )
    return lines


def _told(row: Mapping[Any, Any]) -> str:
    label = answer_label(str(row["subject"]), str(row["item"]))
    firms = f"{french_number(row['n_firms'])} entreprises"
    if isnan(row["t"]):
        return f"{label} : {firms}"
    return f"{label} : {french_number(row['t'])} t/an, {firms}"


def write_publication(project: Project, declared_in: Path, draft: Draft) -> list[str]:
    """Let a draft out, and remember who made it.

    Parameters
    ----------
    project
        The study.
    declared_in
        The private table.
    draft
        Read by the person who answers for it.

    Returns
    -------
    list of str
        Lines for the console.

    Raises
    ------
    StudyError
        When the study has no section ``survey``.
    """
    survey = project.study.survey
    if survey is None:
        message = "section « survey » absente de l'étude → l'ajouter"
        raise StudyError(message)
    publication = draft.publication
    told = [one.cells for one in draft.earlier]
    # Remembered first: what is remembered may not have left, never the reverse.
    if publication.cells not in told[-1:]:
        every = [*draft.earlier, publication]
        write_ledger(declared_in, every, root=project.base)
    content = answers_csv(
        draft.answers.table, epci_names=draft.names, day=publication.day
    )
    write_bytes(project.path(survey.published), content)
    return [
        f"Écrit : {survey.published.as_posix()} ({len(publication.cells)} somme(s)).",
        "« eitgeo run » le lit ; rien d'autre de private/ n'entre dans une étude.",
    ]

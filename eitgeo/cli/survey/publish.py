"""`eitgeo survey publish`: the one step by which answers leave ``private/``.

What a ledger remembers of earlier publications is held against the file at hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from eitgeo.cli.answers import LEDGER
from eitgeo.cli.shared import french_number
from eitgeo.disclosure.answers import SIGNIFICANT, Cell, cells_of, publishable_answers
from eitgeo.disclosure.publications import (
    Publication,
    leaking_cells,
    ledger_json,
    make_publication,
    read_publications,
)
from eitgeo.errors import SchemaError, SourceError, StudyError
from eitgeo.flows.arisings.answers import answer_contributions
from eitgeo.flows.arisings.declared import declared_masses
from eitgeo.sources.survey.published_answers import (
    answer_label,
    answers_csv,
    read_published_answers,
)
from eitgeo.steps.inputs.answers import stored_declarations
from eitgeo.store import write_bytes, write_private_bytes
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table
from eitgeo.words import round_significant

if TYPE_CHECKING:
    Cells = Mapping[Cell, Mapping[str, float]]

KEY = ["epci_siren", "subject", "item"]


class Draft(NamedTuple):
    """A publication that nobody has read yet.

    ``table``: sums that are told: ``epci_siren``, ``subject``, ``item``, ``n_firms``,
    ``t``, ``published_on``; those that stay as an earlier publication told them bear
    its day. ``withheld``: cells that are not told. ``leaving``: cells of the file at
    hand that are not told any more. ``publication``: who makes the sums. ``earlier``:
    what was published before, oldest first. ``names``: SIREN of an EPCI → its name.
    ``n_unknown``: firms that no register of the study knows: whoever invents two of
    them reads the third.
    """

    table: pd.DataFrame
    withheld: tuple[Cell, ...]
    leaving: tuple[Cell, ...]
    publication: Publication
    earlier: list[Publication]
    names: Mapping[str, str]
    n_unknown: int = 0


def draft_publication(
    project: Project, declared_in: Path, *, day: str, partial: bool
) -> Draft:
    """Sum the answers, and hold the sums against all that was published."""
    rows, names, n_unknown = _contributions(project, declared_in)
    at_hand = _at_hand(project, declared_in)
    earlier = read_ledger(declared_in)
    whole = make_publication(rows, publishable_answers(rows).table, day=day)
    betrayed = leaking_cells(earlier, whole)
    if betrayed and not partial:
        raise SchemaError("\n".join(_refusals(betrayed, names)))
    answers = publishable_answers(rows, held_back=[cell for cell, _ in betrayed])
    stays = [one in dict(betrayed) for one in _in_rows(at_hand)]
    staying = at_hand[np.array(stays, dtype=bool)]
    fresh = answers.table.assign(published_on=day)
    table = pd.concat([part for part in (fresh, staying) if len(part)] or [fresh])
    table = table.sort_values(KEY, ignore_index=True)
    cells = set(_in_rows(table))
    publication = make_publication(rows, answers.table, day=day)
    before = _as_before(earlier, cells_of(staying))
    return Draft(
        table,
        tuple(one for one in cells_of(answers.withheld) if one not in cells),
        tuple(one for one in cells_of(at_hand) if one not in cells),
        replace(publication, cells={**publication.cells, **before}),
        earlier,
        names,
        n_unknown,
    )


def _contributions(
    project: Project, declared_in: Path
) -> tuple[pd.DataFrame, dict[str, str], int]:
    """Lay out what firms bring, name the EPCI, count firms that no register knows."""
    communes = read_table(project.processed, "communes")
    area = communes[communes["in_area"]]
    bodies = read_table(project.processed, "bodies").set_index("body_id")["name"]
    declarations = stored_declarations(project, declared_in)
    sites = read_table(project.processed, "sites")
    rows = answer_contributions(
        declarations,
        declared_masses(declarations),
        sites=sites,
        epci_of=dict(zip(area["code_insee"], area["epci_siren"], strict=True)),
    )
    sirens = area["epci_siren"]
    names = {one: str(bodies.get(f"epci_{one}", one)) for one in sirens}
    known = set(sites["siret"].str[:9])
    return rows, names, len(set(rows["firm"]) - known)


def _at_hand(project: Project, declared_in: Path) -> pd.DataFrame:
    """Read the file of an earlier publication; refuse one that nothing remembers."""
    path = _target(project)
    if not path.is_file():
        return pd.DataFrame(columns=[*KEY, "n_firms", "t", "published_on"])
    if not declared_in.with_name(LEDGER).is_file():
        message = (
            f"{path.name} est là sans {LEDGER} : l'écart avec ce qui est déjà publié "
            "ne peut être vérifié → reprendre ce registre d'une sauvegarde"
        )
        raise SourceError(message)
    rows = read_published_answers(path).rename(columns={"mass_t": "t"})
    figures = zip(_in_rows(rows), rows["published_on"], rows["n_firms"], strict=True)
    require_remembered(path, figures, read_ledger(declared_in), ledger=LEDGER)
    return rows


def _target(project: Project) -> Path:
    """Say where sums are published: in the study, whatever link stands there."""
    survey = project.study.survey
    if survey is None:
        message = "section « survey » absente de l'étude → l'ajouter"
        raise StudyError(message)
    return place_inside(project, survey.published)


def _in_rows(table: pd.DataFrame) -> list[Cell]:
    return [Cell(*one) for one in table[KEY].itertuples(index=False, name=None)]


def _as_before(earlier: Sequence[Publication], cells: Sequence[Cell]) -> Cells:
    """Say who makes the sums that stay: those that made them last."""
    last = {cell: one.cells[cell] for one in earlier for cell in one.cells}
    return {cell: last[cell] for cell in cells if cell in last}


def _refusals(
    betrayed: Sequence[tuple[Cell, str]], names: Mapping[str, str]
) -> list[str]:
    lines = [
        f"{names[cell.epci_siren]}, {answer_label(cell.subject, cell.item)} : l'écart "
        f"avec la publication du {day} tient à moins de trois entreprises, ou à une "
        "trop grande"
        for cell, day in betrayed
    ]
    remedy = (
        "→ attendre d'autres fiches, ou publier le reste (--partial) : ces sommes y "
        "gardent le chiffre déjà publié"
    )
    return [*lines, remedy]


def read_ledger(declared_in: Path) -> list[Publication]:
    """Read what was published of answers."""
    path = declared_in.with_name(LEDGER)
    if not path.is_file():
        return []
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        entries = None
    return read_publications(entries, where=path.name)


def write_ledger(
    declared_in: Path, publications: Sequence[Publication], *, root: Path
) -> None:
    """Write what was published of answers."""
    text = json.dumps(ledger_json(publications), allow_nan=False, indent=1)
    path = declared_in.with_name(LEDGER)
    write_private_bytes(path, f"{text}\n".encode(), root=root)


def draft_lines(draft: Draft) -> list[str]:
    """Write a draft for the person who answers for it."""
    lines = ["Ce qui sortirait de private/, et rien d'autre :"]
    for siren, rows in draft.table.groupby("epci_siren"):
        lines.append(f"  {draft.names.get(str(siren), str(siren))}")
        lines += [f"    {_told(row, draft)}" for row in rows.to_dict("records")]
    lines.append(
        f"Retenues : {len(draft.withheld)} somme(s) (moins de trois entreprises, une "
        "trop grande, ou qui trahirait une publication antérieure)."
    )
    lines += [f"    {_named(cell, draft)}" for cell in draft.withheld]
    if draft.n_unknown:
        lines.append(
            f"Entreprises d'aucun registre de l'étude : {draft.n_unknown} → vérifier "
            "qu'elles existent : qui en invente deux lit la troisième."
        )
    if draft.leaving:
        lines.append("Ne figureraient plus dans le fichier publié :")
        lines += [f"    {_named(cell, draft)}" for cell in draft.leaving]
    return lines


def _named(cell: Cell, draft: Draft) -> str:
    label = answer_label(cell.subject, cell.item)
    return f"{draft.names.get(cell.epci_siren, cell.epci_siren)}, {label}"


def _told(row: Mapping[Any, Any], draft: Draft) -> str:
    label = answer_label(str(row["subject"]), str(row["item"]))
    firms = f"{french_number(row['n_firms'])} entreprises"
    mass = "" if isnan(row["t"]) else f"{french_number(row['t'])} t/an, "
    is_new = row["published_on"] == draft.publication.day
    tail = "" if is_new else f" (inchangé, publié le {row['published_on']})"
    return f"{label} : {mass}{firms}{tail}"


def write_publication(project: Project, declared_in: Path, draft: Draft) -> list[str]:
    """Let a draft out, and remember who made it."""
    path, publication = _target(project), draft.publication
    cells_before = [one.cells for one in draft.earlier]
    # Remembered first: what is remembered may not have left, never the reverse.
    if publication.cells not in cells_before[-1:]:
        every = [*draft.earlier, publication]
        write_ledger(declared_in, every, root=project.base)
    content = answers_csv(draft.table, epci_names=draft.names)
    write_bytes(path, content)
    name = path.relative_to(project.base).as_posix()
    return [
        f"Écrit : {name} ({len(publication.cells)} somme(s)).",
        "« eitgeo run » le lit ; rien d'autre de private/ n'entre dans une étude.",
    ]


def require_remembered(
    path: Path,
    met: Iterable[tuple[Cell, str, int]],
    earlier: Sequence[Publication],
    *,
    ledger: str,
) -> None:
    """Refuse a published file with sums that its ledger does not know.

    `met`: cell, day and count of firms of each row. Several publications may be of one
    day: the count tells them apart.
    """
    known = {
        (cell, one.day, int(round_significant(len(firms), SIGNIFICANT)))
        for one in earlier
        for cell, firms in one.cells.items()
    }
    if not known.issuperset(met):
        message = (
            f"{path.name} dit des sommes que {ledger} ne connaît pas : l'écart avec ce "
            "qui est déjà publié ne peut être vérifié → reprendre ce registre de sa "
            "dernière sauvegarde, ou mettre le fichier ailleurs s'il n'est pas de "
            "cette étude"
        )
        raise SourceError(message)


def place_inside(project: Project, written: Path) -> Path:
    """Say where sums are published: in the study, whatever link stands there."""
    path = project.base / written
    if not path.resolve().is_relative_to(project.base.resolve()):
        message = f"{written} : lien hors de l'étude → en faire un fichier"
        raise SourceError(message)
    return path

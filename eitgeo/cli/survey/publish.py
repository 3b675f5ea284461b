"""`eitgeo survey publish`: the one step by which sums leave ``private/``.

What a ledger remembers of earlier publications is held against the file at hand; sums
of answers and sums of weighings go the same way.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isnan
from pathlib import Path
from typing import Any, NamedTuple

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
from eitgeo.flows.arisings.declared import answer_contributions, declared_masses
from eitgeo.sources.survey.published_answers import (
    ANSWER_KEY,
    answer_label,
    answers_csv,
    read_published_answers,
)
from eitgeo.steps.inputs.answers import stored_declarations
from eitgeo.store import write_bytes, write_private_bytes
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table
from eitgeo.words import round_significant

type Families = Mapping[str, str]
"""Product of a weighbridge → family, as sums were made of it."""


@dataclass(frozen=True)
class Sums:
    """What one file publishes, of answers or of weighings, and how it is told.

    ``contributions``: what each firm brings to each cell. ``held_back``: cells that are
    never told. ``lay_out``: what may be told of them → rows of the file. ``path``,
    ``ledger``: the file, and what remembers who made its sums. ``key``, ``count``:
    columns that name a row, and that count its firms. ``cell``: key → cell.
    ``families``: of weighings alone.
    """

    contributions: pd.DataFrame = field(repr=False)
    lay_out: Callable[[pd.DataFrame], pd.DataFrame]
    read: Callable[[Path], pd.DataFrame]
    csv: Callable[[pd.DataFrame], bytes]
    label: Callable[[Cell], str]
    amount: Callable[[Mapping[Any, Any]], str]
    cell: Callable[..., Cell]
    path: Path
    ledger: Path
    root: Path
    key: Sequence[str]
    count: str
    who: str
    held_back: Sequence[Cell] = ()
    notes: Sequence[str] = ()
    families: Families | None = None

    def cells(self, rows: pd.DataFrame) -> list[Cell]:
        """Name the cells of rows of the file, in order."""
        keys = rows[list(self.key)].itertuples(index=False, name=None)
        return [self.cell(*one) for one in keys]


class Draft(NamedTuple):
    """A publication that nobody has read yet.

    ``table``: rows of the file; sums that stay as an earlier publication told them bear
    its day. ``withheld``: cells that are not told. ``leaving``: cells of the file at
    hand that are not told any more. ``publication``: who makes the sums. ``earlier``:
    what was published before, oldest first.
    """

    table: pd.DataFrame
    withheld: tuple[Cell, ...]
    leaving: tuple[Cell, ...]
    publication: Publication
    earlier: list[Publication]


def draft_publication(sums: Sums, *, day: str, partial: bool) -> Draft:
    """Hold sums against all that was published."""
    earlier, _ = read_ledger(sums.ledger)
    at_hand = _at_hand(sums, earlier)
    rows, minus = sums.contributions, list(sums.held_back)
    whole = publishable_answers(rows, held_back=minus)
    betrayed = dict(
        leaking_cells(earlier, make_publication(rows, whole.table, day=day))
    )
    if betrayed and not partial:
        raise SchemaError("\n".join(_refusals(betrayed, sums)))
    answers = publishable_answers(rows, held_back=[*minus, *betrayed])
    fresh = sums.lay_out(answers.table).assign(published_on=day)
    stays = [one in betrayed for one in sums.cells(at_hand)]
    staying = at_hand[np.array(stays, dtype=bool)]
    table = pd.concat([part for part in (fresh, staying) if len(part)] or [fresh])
    table = table.sort_values(list(sums.key), ignore_index=True)
    cells = set(sums.cells(table))
    publication = make_publication(rows, answers.table, day=day)
    # Those that made the sums that stay: those that made them last.
    last = {cell: one.cells[cell] for one in earlier for cell in one.cells}
    before = {one: last[one] for one in sums.cells(staying) if one in last}
    return Draft(
        table,
        tuple(one for one in cells_of(answers.withheld) if one not in cells),
        tuple(one for one in sums.cells(at_hand) if one not in cells),
        replace(publication, cells={**publication.cells, **before}),
        earlier,
    )


def _at_hand(sums: Sums, earlier: Sequence[Publication]) -> pd.DataFrame:
    """Read the file of an earlier publication; refuse one that nothing remembers.

    Several publications may be of one day: the count tells them apart.
    """
    if not sums.path.is_file():
        return pd.DataFrame(columns=[*sums.key, sums.count, "published_on"])
    if not sums.ledger.is_file():
        message = (
            f"{sums.path.name} est là sans {sums.ledger.name} : l'écart avec ce qui "
            "est déjà publié ne peut être vérifié → reprendre ce registre d'une "
            "sauvegarde"
        )
        raise SourceError(message)
    rows = sums.read(sums.path)
    known = {
        (cell, one.day, int(round_significant(len(firms), SIGNIFICANT)))
        for one in earlier
        for cell, firms in one.cells.items()
    }
    told = zip(sums.cells(rows), rows["published_on"], rows[sums.count], strict=True)
    if not known.issuperset(told):
        message = (
            f"{sums.path.name} dit des sommes que {sums.ledger.name} ne connaît pas : "
            "l'écart avec ce qui est déjà publié ne peut être vérifié → reprendre ce "
            "registre de sa dernière sauvegarde, ou mettre le fichier ailleurs s'il "
            "n'est pas de cette étude"
        )
        raise SourceError(message)
    return rows


def _refusals(betrayed: Mapping[Cell, str], sums: Sums) -> list[str]:
    lines = [
        f"{sums.label(cell)} : l'écart avec la publication du {day} tient à moins de "
        f"trois {sums.who}, ou à une part trop grande"
        for cell, day in betrayed.items()
    ]
    remedy = (
        "→ attendre d'autres réponses, ou publier le reste (--partial) : ces sommes y "
        "gardent le chiffre déjà publié"
    )
    return [*lines, remedy]


def draft_lines(sums: Sums, draft: Draft) -> list[str]:
    """Write a draft for the person who answers for it."""
    lines = ["Ce qui sortirait de private/, et rien d'autre :"]
    rows = draft.table.to_dict("records")
    for cell, row in zip(sums.cells(draft.table), rows, strict=True):
        is_new = row["published_on"] == draft.publication.day
        tail = "" if is_new else f" (inchangé, publié le {row['published_on']})"
        lines.append(f"  {sums.label(cell)} : {sums.amount(row)}{tail}")
    lines.append(
        f"Retenues : {len(draft.withheld)} somme(s) (moins de trois {sums.who}, une "
        "part trop grande, ou qui trahirait une publication antérieure)."
    )
    lines += [f"    {sums.label(cell)}" for cell in draft.withheld]
    lines += sums.notes
    if draft.leaving:
        lines.append("Ne figureraient plus dans le fichier publié :")
        lines += [f"    {sums.label(cell)}" for cell in draft.leaving]
    return lines


def write_publication(sums: Sums, draft: Draft) -> list[str]:
    """Let a draft out, and remember who made it."""
    cells_before = [one.cells for one in draft.earlier]
    is_new = draft.publication.cells not in cells_before[-1:]
    every = [*draft.earlier, draft.publication] if is_new else draft.earlier
    # Remembered first: what is remembered may not have left, never the reverse.
    if is_new or sums.families is not None:
        write_ledger(sums.ledger, every, sums.families, root=sums.root)
    write_bytes(sums.path, sums.csv(draft.table))
    name = sums.path.relative_to(sums.root).as_posix()
    return [
        f"Écrit : {name} ({len(draft.table)} somme(s)).",
        "« eitgeo run » le lit ; rien d'autre de private/ n'entre dans une étude.",
    ]


def read_ledger(path: Path) -> tuple[list[Publication], dict[str, str]]:
    """Read what was published, and the family that each weighed product had."""
    if not path.is_file():
        return [], {}
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        entries = None
    publications = read_publications(entries, where=path.name)
    families = entries.get("families", {}) if isinstance(entries, dict) else {}
    return publications, {str(name): str(one) for name, one in families.items()}


def write_ledger(
    path: Path,
    publications: Sequence[Publication],
    families: Families | None = None,
    *,
    root: Path,
) -> None:
    """Write what was published, for its owner alone."""
    entries = ledger_json(publications)
    if families is not None:
        entries["families"] = dict(sorted(families.items()))
    text = json.dumps(entries, allow_nan=False, indent=1, ensure_ascii=False)
    write_private_bytes(path, f"{text}\n".encode(), root=root)


def answer_sums(project: Project, declared_in: Path) -> Sums:
    """Sum what firms answered; say how many no register of the study knows."""
    survey = project.study.survey
    if survey is None:
        message = "section « survey » absente de l'étude → l'ajouter"
        raise StudyError(message)
    communes = read_table(project.processed, "communes")
    area = communes[communes["in_area"]]
    names = epci_names(project)
    declarations = stored_declarations(project, declared_in)
    sites = read_table(project.processed, "sites")
    rows = answer_contributions(
        declarations,
        declared_masses(declarations),
        sites=sites,
        epci_of=dict(zip(area["code_insee"], area["epci_siren"], strict=True)),
    )
    n_unknown = len(set(rows["firm"]) - set(sites["siret"].str[:9]))
    note = (
        f"Entreprises d'aucun registre de l'étude : {n_unknown} → vérifier qu'elles "
        "existent : qui en invente deux lit la troisième."
    )

    def amount(row: Mapping[Any, Any]) -> str:
        mass = row["mass_t"]
        told = "" if isnan(mass) else f"{french_number(mass)} t/an, "
        return f"{told}{french_number(row['n_firms'])} entreprises"

    return Sums(
        rows,
        lay_out=lambda told: told.rename(columns={"t": "mass_t"}),
        read=read_published_answers,
        csv=lambda table: answers_csv(table, epci_names=names),
        label=lambda cell: (
            f"{names.get(cell.epci_siren, cell.epci_siren)}, "
            f"{answer_label(cell.subject, cell.item)}"
        ),
        amount=amount,
        cell=Cell,
        path=place_inside(project, survey.published),
        ledger=declared_in.with_name(LEDGER),
        root=project.base,
        key=ANSWER_KEY,
        count="n_firms",
        who="entreprises",
        notes=[note] if n_unknown else [],
    )


def epci_names(project: Project) -> dict[str, str]:
    """Name the EPCI of the study area."""
    communes = read_table(project.processed, "communes")
    bodies = read_table(project.processed, "bodies").set_index("body_id")["name"]
    sirens = communes.loc[communes["in_area"], "epci_siren"]
    return {one: str(bodies.get(f"epci_{one}", one)) for one in sirens}


def place_inside(project: Project, written: Path) -> Path:
    """Say where sums are published: in the study, whatever link stands there."""
    path = project.base / written
    if not path.resolve().is_relative_to(project.base.resolve()):
        message = f"{written} : lien hors de l'étude → en faire un fichier"
        raise SourceError(message)
    return path

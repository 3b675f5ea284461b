"""Weighings of the syndicate: what was read of them, and the sums that leave."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from eitgeo.cli.shared import french_number
from eitgeo.cli.survey.publish import place_inside, require_remembered
from eitgeo.disclosure.answers import Cell, cells_of, publishable_answers
from eitgeo.disclosure.publications import (
    Publication,
    leaking_cells,
    ledger_json,
    make_publication,
    read_publications,
    without_firms,
)
from eitgeo.errors import SchemaError, SourceError
from eitgeo.flows.arisings.weighed import PARTED, UNKNOWN, weighed_contributions
from eitgeo.sources.survey.published_weighings import (
    CLIENTS,
    WEIGHED_COLUMNS,
    WEIGHED_KEY,
    client_label,
    family_label,
    place_label,
    read_published_weighings,
    weighings_csv,
)
from eitgeo.steps.inputs.weighings import Weighed, pesees_of, weighed_tickets, with_days
from eitgeo.store import write_bytes, write_private_bytes
from eitgeo.study.asked import PRIVATE_FOLDER
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table
from eitgeo.words import french_period

LEDGER = "publications_pesees.json"
"""In the private folder: which client made each sum of weighings that was told."""

_NOWHERE = "non connu, ou hors du territoire"
_LIGHT_KG = 100.0
_STAYS = "À ne pas diffuser : « eitgeo survey publish --pesees » en publie des sommes."


class WeighedDraft(NamedTuple):
    """Sums of weighings that nobody has read yet.

    ``table``: table ``weighed_public`` to come; sums that stay as they were told keep
    their day. ``withheld``, ``leaving``: cells that are not told, and those of the file
    at hand that are not any more. ``publication``, ``earlier``: who makes the sums, and
    what was published before. ``families``: product → family, as the sums are made.
    ``names``: SIREN of an EPCI → its name.
    """

    table: pd.DataFrame
    withheld: tuple[Cell, ...]
    leaving: tuple[Cell, ...]
    publication: Publication
    earlier: list[Publication]
    families: Mapping[str, str]
    names: Mapping[str, str]


def ticket_paths(project: Project) -> list[Path]:
    """List the files of tickets; refuse one that a link leads out of the folder."""
    home = (project.base / PRIVATE_FOLDER).resolve()
    paths = [project.base / one for one in pesees_of(project).paths]
    for path in paths:
        if not path.resolve().is_relative_to(home):
            message = (
                f"{path.name} : lien hors de {PRIVATE_FOLDER}/ → y mettre le fichier"
            )
            raise SourceError(message)
    return paths


def run_weighed_status(project: Project) -> list[str]:
    """Say what was read of the weighbridges, to the kilogram: for the animation."""
    weighed = weighed_tickets(project, ticket_paths(project))
    return status_lines(weighed, epci_names(project))


def epci_names(project: Project) -> dict[str, str]:
    """Name the EPCI of the study area."""
    communes = read_table(project.processed, "communes")
    bodies = read_table(project.processed, "bodies").set_index("body_id")["name"]
    sirens = communes.loc[communes["in_area"], "epci_siren"]
    return {one: str(bodies.get(f"epci_{one}", one)) for one in sirens}


def status_lines(weighed: Weighed, names: Mapping[str, str]) -> list[str]:
    """Write what was read of the weighbridges."""
    rows, period = weighed.rows, weighed.period
    n_tickets = french_number(len(rows))
    lines = [
        f"Pesées : {n_tickets} ticket(s), {_kg(rows)} ; {_clients(rows)} client(s).",
        f"Période : {french_period(period.first, period.last)}.",
    ]
    if not period.is_year():
        lines.append("  Ce n'est pas une année entière : rien n'en est extrapolé.")
    lines.append("Par sorte de clients :")
    for kind in (*CLIENTS, UNKNOWN):
        part = rows[rows["kind"] == kind]
        counts = f"{_clients(part)} client(s), {french_number(len(part))} ticket(s)"
        lines.append(f"  {client_label(kind)} : {counts}, {_kg(part)}")
    lines.append("Par famille :")
    for name, part in rows.groupby("family", sort=True):
        lines.append(f"  {family_label(str(name))} : {_kg(part)}")
    lines.append("Par lieu (ou activité) du client :")
    for name, part in rows.groupby("place", sort=True):
        place = place_label(str(name), names) if name else _NOWHERE
        lines.append(f"  {place} : {_kg(part)}")
    return [*lines, *_account(weighed), _STAYS]


def _account(weighed: Weighed) -> list[str]:
    """Count the tickets that are left out, and those that are to be checked."""
    lines = ["Laissés de côté :"]
    dropped = pd.concat([one.dropped for one in weighed.loads], ignore_index=True)
    counts = dropped["reason"].value_counts().sort_index()
    lines += [f"  {reason} : {french_number(int(n))}" for reason, n in counts.items()]
    if weighed.n_twice:
        lines.append(f"  lus dans deux fichiers : {french_number(weighed.n_twice)}")
    lines.append("À vérifier :")
    notes = pd.concat([one.notes for one in weighed.loads], ignore_index=True)
    counts = notes["detail"].value_counts().sort_index()
    lines += [f"  {detail} : {french_number(int(n))}" for detail, n in counts.items()]
    if len(weighed.rows) and weighed.rows["mass_kg"].max() < _LIGHT_KG:
        lines.append("  aucun ticket n'atteint 100 kg → vérifier « unit » (kg ou t)")
    return lines


def _kg(rows: pd.DataFrame) -> str:
    """Write a sum to the gram that a scale gives: nothing is rounded to the tonne."""
    kg = round(math.fsum(rows["mass_kg"]), 3)
    return f"{french_number(int(kg) if kg.is_integer() else kg)}\N{NO-BREAK SPACE}kg"


def _clients(rows: pd.DataFrame) -> str:
    return french_number(rows.loc[rows["firm"] != "", "firm"].nunique())


def draft_weighings(project: Project, *, day: str, partial: bool) -> WeighedDraft:
    """Sum the tickets, and hold the sums against all that was published."""
    earlier, classed = read_weighed_ledger(project)
    before = {
        name.split(PARTED)[0]
        for one in earlier
        for held_back in one.cells.values()
        for name in held_back
    }
    weighed = weighed_tickets(project, ticket_paths(project), known=before)
    families = dict(zip(weighed.rows["product"], weighed.rows["family"], strict=True))
    _require_same_families(classed, families)
    at_hand = _at_hand(project, earlier)
    rows = weighed_contributions(weighed.rows)
    # More was corrected than weighed: such a sum tells another period.
    minus = cells_of(rows[rows["t"] < 0])
    whole = publishable_answers(rows, held_back=minus)
    betrayed = leaking_cells(earlier, make_publication(rows, whole.table, day=day))
    names = epci_names(project)
    if betrayed and not partial:
        raise SchemaError("\n".join(_refusals(betrayed, names)))
    held_back = [*minus, *(cell for cell, _ in betrayed)]
    answers = publishable_answers(rows, held_back=held_back)
    fresh = with_days(answers.table, weighed, day=day)
    stays = [one in dict(betrayed) for one in _in_rows(at_hand)]
    staying = at_hand[np.array(stays, dtype=bool)]
    table = pd.concat([one for one in (fresh, staying) if len(one)] or [fresh])
    table = table.sort_values(WEIGHED_KEY, ignore_index=True)
    cells = set(_in_rows(table))
    publication = make_publication(rows, answers.table, day=day)
    last = {cell: one.cells[cell] for one in earlier for cell in one.cells}
    stay = {cell: last[cell] for cell in _in_rows(staying)}
    return WeighedDraft(
        table,
        tuple(one for one in cells_of(answers.withheld) if one not in cells),
        tuple(one for one in _in_rows(at_hand) if one not in cells),
        replace(publication, cells={**publication.cells, **stay}),
        earlier,
        {**classed, **families},
        names,
    )


def _require_same_families(
    classed: Mapping[str, str], families: Mapping[str, str]
) -> None:
    """Refuse a product that changes family: two sums would differ by its clients."""
    moved = sorted(
        name
        for name, one in families.items()
        if name in classed and classed[name] != one
    )
    if moved:
        message = (
            f"produit(s) qui changent de famille depuis la dernière publication : "
            f"{', '.join(moved[:5])} : l'écart de deux sommes dirait leurs clients "
            "→ garder leur ancien classement (sources.pesees.products)"
        )
        raise SchemaError(message)


def _in_rows(table: pd.DataFrame) -> list[Cell]:
    rows = table[WEIGHED_KEY].itertuples(index=False, name=None)
    return [Cell(one[0], "flux", PARTED.join(one[1:])) for one in rows]


def _at_hand(project: Project, earlier: Sequence[Publication]) -> pd.DataFrame:
    """Read the file of an earlier publication; refuse one that nothing remembers."""
    path = _target(project)
    if not path.is_file():
        return pd.DataFrame(columns=WEIGHED_COLUMNS)
    rows = read_published_weighings(path)
    figures = zip(_in_rows(rows), rows["published_on"], rows["n_clients"], strict=True)
    require_remembered(path, figures, earlier, ledger=LEDGER)
    return rows


def _target(project: Project) -> Path:
    return place_inside(project, pesees_of(project).published)


def read_weighed_ledger(project: Project) -> tuple[list[Publication], dict[str, str]]:
    """Read what was published of weighings, and the family that each product had."""
    path = project.base / PRIVATE_FOLDER / LEDGER
    if not path.is_file():
        return [], {}
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        entries = None
    publications = read_publications(entries, where=path.name)
    families = entries.get("families", {}) if isinstance(entries, dict) else {}
    return publications, {str(name): str(one) for name, one in families.items()}


def _write_ledger(
    project: Project, publications: Sequence[Publication], families: Mapping[str, str]
) -> None:
    entries: dict[str, Any] = {
        **ledger_json(publications),
        "families": dict(sorted(families.items())),
    }
    text = json.dumps(entries, allow_nan=False, indent=1, ensure_ascii=False)
    path = project.base / PRIVATE_FOLDER / LEDGER
    write_private_bytes(path, f"{text}\n".encode(), root=project.base)


def forget_clients(project: Project, sirens: Collection[str]) -> None:
    """Take firms that ask for it out of what remembers the sums of weighings."""
    earlier, families = read_weighed_ledger(project)
    wanted = {f"s:{one}" for one in sirens}
    gone = {
        name
        for one in earlier
        for held in one.cells.values()
        for name in held
        if name.split(PARTED)[0] in wanted
    }
    if gone:
        _write_ledger(project, without_firms(earlier, gone), families)


def _refusals(
    betrayed: Sequence[tuple[Cell, str]], names: Mapping[str, str]
) -> list[str]:
    lines = [
        f"{_named(cell, names)} : l'écart avec la publication du {day} tient à moins "
        "de trois clients, ou à un trop grand"
        for cell, day in betrayed
    ]
    remedy = (
        "→ attendre d'autres tickets, ou publier le reste (--partial) : ces sommes y "
        "gardent le chiffre déjà publié"
    )
    return [*lines, remedy]


def _named(cell: Cell, names: Mapping[str, str]) -> str:
    client, family, year = cell.item.split(PARTED)
    place = place_label(cell.epci_siren, names)
    return f"{place}, {client_label(client)}, {family_label(family)}, {year}"


def weighed_draft_lines(draft: WeighedDraft) -> list[str]:
    """Write a draft for the person who answers for it."""
    lines = ["Ce qui sortirait des pesées de private/, et rien d'autre :"]
    day = draft.publication.day
    for cell, row in zip(
        _in_rows(draft.table), draft.table.to_dict("records"), strict=True
    ):
        is_new = row["published_on"] == day
        tail = "" if is_new else f" (inchangé, publié le {row['published_on']})"
        lines.append(
            f"  {_named(cell, draft.names)} : {french_number(row['mass_t'])} t, "
            f"{french_number(row['n_clients'])} clients, "
            f"{french_period(str(row['first_day']), str(row['last_day']))}{tail}"
        )
    lines.append(
        f"Retenues : {len(draft.withheld)} somme(s) (moins de trois clients, un trop "
        "grand, une correction, ou qui trahirait une publication antérieure)."
    )
    lines += [f"    {_named(cell, draft.names)}" for cell in draft.withheld]
    if draft.leaving:
        lines.append("Ne figureraient plus dans le fichier publié :")
        lines += [f"    {_named(cell, draft.names)}" for cell in draft.leaving]
    return lines


def write_weighings(project: Project, draft: WeighedDraft) -> list[str]:
    """Let a draft out, and remember who made it."""
    path, publication = _target(project), draft.publication
    # Remembered first: what is remembered may not have left, never the reverse.
    cells_before = [one.cells for one in draft.earlier]
    is_new = publication.cells not in cells_before[-1:]
    every = [*draft.earlier, publication] if is_new else draft.earlier
    _write_ledger(project, every, draft.families)
    write_bytes(path, weighings_csv(draft.table, epci_names=draft.names))
    name = path.relative_to(project.base).as_posix()
    return [
        f"Écrit : {name} ({len(draft.table)} somme(s)).",
        "« eitgeo run » le lit ; aucun ticket n'entre dans une étude qui se publie.",
    ]

"""Weighings of the syndicate: what was read of them, and the sums that leave."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from pathlib import Path

import pandas as pd

from eitgeo.cli.shared import french_number
from eitgeo.cli.survey.publish import (
    Sums,
    epci_names,
    place_inside,
    read_ledger,
    write_ledger,
)
from eitgeo.disclosure.answers import Cell, cells_of
from eitgeo.disclosure.publications import without_firms
from eitgeo.errors import SchemaError, SourceError
from eitgeo.flows.arisings.weighed import PARTED, UNKNOWN, weighed_contributions
from eitgeo.sources.survey.published_weighings import (
    CLIENTS,
    WEIGHED_KEY,
    client_label,
    family_label,
    place_label,
    read_published_weighings,
    weighings_csv,
)
from eitgeo.steps.inputs.weighings import Weighed, pesees_of, weighed_tickets, with_days
from eitgeo.study.asked import PRIVATE_FOLDER
from eitgeo.study.project import Project
from eitgeo.words import french_period

LEDGER = "publications_pesees.json"
"""In the private folder: which client made each sum of weighings that was told."""

_NOWHERE = "non connu, ou hors du territoire"
_LIGHT_KG = 100.0
_STAYS = "À ne pas diffuser : « eitgeo survey publish --pesees » en publie des sommes."


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


def weighed_lines(weighed: Weighed, names: Mapping[str, str]) -> list[str]:
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


def weighed_sums(project: Project) -> Sums:
    """Sum the tickets of weighbridges, as `publish` lets them out."""
    ledger = project.base / PRIVATE_FOLDER / LEDGER
    earlier, classed = read_ledger(ledger)
    before = {
        name.split(PARTED)[0]
        for one in earlier
        for firms in one.cells.values()
        for name in firms
    }
    weighed = weighed_tickets(project, ticket_paths(project), known=before)
    families = dict(zip(weighed.rows["product"], weighed.rows["family"], strict=True))
    _require_same_families(classed, families)
    rows = weighed_contributions(weighed.rows)
    names = epci_names(project)

    def label(cell: Cell) -> str:
        client, family, year = cell.item.split(PARTED)
        place = place_label(cell.epci_siren, names)
        return f"{place}, {client_label(client)}, {family_label(family)}, {year}"

    return Sums(
        rows,
        lay_out=lambda told: with_days(told, weighed, day=""),
        read=read_published_weighings,
        csv=lambda table: weighings_csv(table, epci_names=names),
        label=label,
        amount=lambda row: (
            f"{french_number(row['mass_t'])} t, "
            f"{french_number(row['n_clients'])} clients, "
            f"{french_period(str(row['first_day']), str(row['last_day']))}"
        ),
        cell=lambda place, *item: Cell(place, "flux", PARTED.join(item)),
        path=place_inside(project, pesees_of(project).published),
        ledger=ledger,
        root=project.base,
        key=WEIGHED_KEY,
        count="n_clients",
        who="clients",
        # More was corrected than weighed: such a sum tells another period.
        held_back=cells_of(rows[rows["t"] < 0]),
        families={**classed, **families},
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


def forget_clients(project: Project, sirens: Collection[str]) -> None:
    """Take firms that ask for it out of what remembers the sums of weighings."""
    path = project.base / PRIVATE_FOLDER / LEDGER
    earlier, families = read_ledger(path)
    wanted = {f"s:{one}" for one in sirens}
    gone = {
        name
        for one in earlier
        for firms in one.cells.values()
        for name in firms
        if name.split(PARTED)[0] in wanted
    }
    if gone:
        write_ledger(path, without_firms(earlier, gone), families, root=project.base)

"""Weighings of the syndicate: what was read of them, and the sums that leave."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from eitgeo.cli.shared import french_number
from eitgeo.cli.survey.publish import Sums, epci_names, place_inside
from eitgeo.disclosure.answers import Cell
from eitgeo.errors import SourceError
from eitgeo.flows.arisings.declared import (
    PARTED,
    STREAM,
    UNKNOWN,
    weighed_contributions,
)
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

_NOWHERE = "non connu, ou hors du territoire"
_LIGHT_KG = 100.0
_STAYS = "À ne pas diffuser : « eitgeo survey publish » en publie des sommes."


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


def weighed_sums(project: Project, *, year: str) -> Sums:
    """Sum the tickets of the years that are over, of clients that have a SIREN."""
    weighed = weighed_tickets(project, ticket_paths(project))
    rows = weighed_contributions(weighed.rows)
    is_over = rows["item"].str[-len(year) :] < year
    named = rows["firm"].str.startswith("s:")
    rows = rows.assign(firm=rows["firm"].str[2:])[named & is_over]
    names = epci_names(project)

    def label(cell: Cell) -> str:
        client, family, weighed_in = cell.item.split(PARTED)
        place = place_label(cell.epci_siren, names)
        kind = client_label(client)
        return f"{place}, {kind}, {family_label(family)}, {weighed_in}"

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
        cell=lambda place, *item: Cell(place, STREAM, PARTED.join(item)),
        path=place_inside(project, pesees_of(project).published),
        table="weighed_public",
        key=WEIGHED_KEY,
        count="n_clients",
    )

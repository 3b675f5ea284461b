"""Tickets of weighbridges, as a private study reads them, and the sums of any study."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from eitgeo.errors import StudyError
from eitgeo.flows.arisings.declared import (
    CONTRIBUTION_COLUMNS,
    PARTED,
    Period,
    outlets_in_use,
    weighed_contributions,
    weighed_flows,
    weighed_period,
    weighed_rows,
)
from eitgeo.sources.files.loaded import Audited
from eitgeo.sources.survey.published_weighings import (
    WEIGHED_COLUMNS,
    WEIGHED_KEY,
    read_published_weighings,
)
from eitgeo.sources.survey.weighings import read_weighings, united_weighings
from eitgeo.steps.files import published_weighing_files, weighing_files
from eitgeo.steps.inputs.renewal import load_former
from eitgeo.study.asked import Weighings
from eitgeo.study.project import Project
from eitgeo.tables.files import read_table
from eitgeo.tables.schema import empty_table
from eitgeo.territory.former import renew_codes


class Weighed(NamedTuple):
    """The tickets of a study, each with its client and its place.

    ``rows``: as `weighed_rows` returns them. ``period``: days that they cover.
    ``loads``: what each file gave, in the order of the study. ``n_twice``: tickets that
    two files hold, counted once.
    """

    rows: pd.DataFrame
    period: Period
    loads: tuple[Audited, ...]
    n_twice: int


def pesees_of(project: Project) -> Weighings:
    """Return the section of weighings, or say that it is absent."""
    pesees = project.study.sources.pesees
    if pesees is None:
        message = (
            "« sources.pesees » absente de l'étude → l'ajouter (docs/lecteurs.md, "
            "« Pesées »)"
        )
        raise StudyError(message)
    return pesees


def weighed_tickets(project: Project, paths: Sequence[Path]) -> Weighed:
    """Read tickets, and say whose they are: ``private/`` alone holds the answer."""
    layout = pesees_of(project)
    loads = tuple(read_weighings(path, layout=layout) for path in paths)
    tickets, n_twice = united_weighings(loads)
    communes = read_table(project.processed, "communes")
    former = load_former(project, communes)
    tickets = renew_codes(tickets, former, columns=("commune",))
    area = communes[communes["in_area"]]
    rows = weighed_rows(
        tickets,
        sites=read_table(project.processed, "sites"),
        epci_of=dict(zip(area["code_insee"], area["epci_siren"], strict=True)),
        public_clients=layout.public_clients,
        by=layout.by,
    )
    period = weighed_period(tickets, layout.first_day, layout.last_day)
    return Weighed(rows, period, loads, n_twice)


def weighed_sums(project: Project) -> tuple[pd.DataFrame, Weighed | None]:
    """Give the sums that were published; of all tickets in a private study."""
    files = weighing_files(project)
    if files:
        weighed = weighed_tickets(project, files)
        contributions = weighed_contributions(weighed.rows)
        sums = contributions.groupby(CONTRIBUTION_COLUMNS[:3], sort=True)["t"]
        table = sums.agg(["sum", "size"]).reset_index()
        table = table.rename(columns={"sum": "t", "size": "n_firms"})
        day = project.study.identity.edition.isoformat()
        # A correction of another period may exceed what was weighed in this one.
        return with_days(table[table["t"] > 0], weighed, day=day), weighed
    published = [read_published_weighings(p) for p in published_weighing_files(project)]
    none = pd.DataFrame(empty_table("weighed_public"))
    return (published[0] if published else none), None


def with_days(sums: pd.DataFrame, weighed: Weighed, *, day: str) -> pd.DataFrame:
    """Lay sums out as table ``weighed_public``.

    `sums`: ``epci_siren`` (the place), ``item``, ``n_firms``, ``t``.
    """
    rows = weighed.rows
    cells = rows["place"] + PARTED + rows["kind"] + PARTED + rows["family"]
    cells = cells + PARTED + rows["year"]
    used = outlets_in_use(rows, cells)
    parts = sums["item"].str.split(PARTED, expand=True, regex=False)
    parts = parts.reindex(columns=range(3)).astype("str")
    table = pd.DataFrame(
        {
            "place": sums["epci_siren"].astype("str"),
            "client": parts[0],
            "family": parts[1],
            "year": parts[2],
        },
    ).reset_index(drop=True)
    days = [weighed.period.within(year) for year in table["year"]]
    key = map(PARTED.join, table[WEIGHED_KEY].itertuples(index=False, name=None))
    return table.assign(
        first_day=[one.first for one in days],
        last_day=[one.last for one in days],
        n_clients=sums["n_firms"].to_numpy(),
        mass_t=sums["t"].to_numpy(),
        outlets=[";".join(used.get(one, [])) for one in key],
        published_on=day,
    )[WEIGHED_COLUMNS]


def with_weighed_flows(
    flows: pd.DataFrame | None, weighed: Weighed | None
) -> pd.DataFrame | None:
    """Add the outlets that weighings tell to those that firms do, which come first."""
    if weighed is None:
        return flows
    years = {
        year
        for year in weighed.rows["year"].unique()
        if weighed.period.within(year).is_year()
    }
    flows_of_tickets = weighed_flows(weighed.rows, whole_years=years)
    if flows is None or flows.empty:
        return flows_of_tickets
    every = (
        pd.concat([flows, flows_of_tickets], ignore_index=True)
        if len(flows_of_tickets)
        else flows
    )
    return every.drop_duplicates(["site_id", "waste_code", "outlet_id"])

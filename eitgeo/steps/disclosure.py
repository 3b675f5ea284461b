"""Guard the estimates: what is published is summed from what this step writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.disclosure.door.passing import released
from eitgeo.disclosure.guard import guard
from eitgeo.disclosure.published import publish_indicators
from eitgeo.disclosure.report import disclosure_report, synthetic_shares
from eitgeo.perimeters.contours.candidate import read_candidates
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.scenarios.measures.activity import drawn_tonnes
from eitgeo.scenarios.measures.amounts import firm_ids, site_amounts
from eitgeo.scenarios.measures.matter import lever_levels
from eitgeo.tables.empty import empty_table
from eitgeo.tables.files import read_table, write_table

if TYPE_CHECKING:
    from eitgeo.study.project import Project


def run(project: Project) -> dict[str, object]:
    """Write the guarded tables, ``indicators_public`` and ``disclosure_report``."""
    folder = project.processed
    communes, sites = read_table(folder, "communes"), read_table(folder, "sites")
    ends = read_table(folder, "exchange_ends")
    members = read_table(folder, "perimeter_communes")
    codes = pd.Index(communes.loc[communes["in_area"], "code_insee"])
    amounts = site_amounts(sites, read_table(folder, "arisings"), codes=codes)
    firms = firm_ids(sites).set_axis(sites["site_id"])
    guarded = guard(
        amounts,
        ends,
        communes=communes,
        borders=read_table(folder, "borders"),
        firms=firms,
        draws={"deposit_t": drawn_tonnes(read_table(folder, "arising_draws"), codes)},
    )
    public = publish_indicators(
        read_table(folder, "indicators"),
        guarded,
        candidates=read_candidates(read_table(folder, "perimeters"), members),
        catalogue=indicator_catalogue(),
        synthetic_pct=synthetic_shares(amounts),
        levers=lever_levels(released(project, "levers").table),
    )
    report = disclosure_report(guarded, public, amounts=amounts, ends=ends, firms=firms)
    written = {
        "communes_public": guarded.communes,
        "blocks_public": guarded.blocks,
        "block_draws_public": guarded.draws,
        "exchanges_public": guarded.exchanges,
        "indicators_public": public,
        "disclosure_report": report,
    }
    for table, rows in written.items():
        # Without an estimate there is no draw: no row tells the kinds of columns.
        told = rows if len(rows) else empty_table(table)
        write_table(folder, told, table=table)
    deposit = report[report["indicator_id"] == "deposit_t"]
    return {
        "blocs publiés": len(guarded.blocks),
        "communes réunies (tonnage)": int(deposit["n_merged"].sum()),
        "communes retenues": int(report["n_withheld"].sum()),
        "liaisons publiées": len(guarded.exchanges),
    }

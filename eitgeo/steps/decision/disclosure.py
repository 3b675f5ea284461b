"""Guard the estimates: what is published is summed from what this step writes."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd

from eitgeo.disclosure.guard import Guarded, guard
from eitgeo.disclosure.published import publish_indicators
from eitgeo.disclosure.report import disclosure_report, synthetic_shares
from eitgeo.flows.exchanges.realised import animation_of
from eitgeo.perimeters.contours.candidate import read_candidates
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.scenarios.measures.activity import drawn_tonnes, firm_ids, site_amounts
from eitgeo.scenarios.measures.matter import lever_levels, with_realised
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.files import write_table
from eitgeo.tables.public import PublicTables
from eitgeo.tables.schema import empty_table


@step(
    "Secret statistique",
    writes=(
        "communes_public",
        "blocks_public",
        "block_draws_public",
        "exchanges_public",
        "indicators_public",
        "disclosure_report",
    ),
)
def run(
    communes: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    exchange_ends: pd.DataFrame,
    perimeter_communes: pd.DataFrame,
    arisings: pd.DataFrame,
    borders: pd.DataFrame,
    arising_draws: pd.DataFrame,
    indicators: pd.DataFrame,
    perimeters: pd.DataFrame,
    *,
    project: Project,
) -> dict[str, object]:
    """Write the guarded tables, ``indicators_public`` and ``disclosure_report``."""
    folder = project.processed
    codes = pd.Index(communes.loc[communes["in_area"], "code_insee"])
    amounts = site_amounts(sites, arisings, codes=codes)
    firms = firm_ids(sites).set_axis(sites["site_id"])
    guarded = guard(
        amounts,
        exchange_ends,
        communes=communes,
        borders=borders,
        firms=firms,
        draws={"deposit_t": drawn_tonnes(arising_draws, codes)},
    )
    public = _published(
        project,
        indicators,
        guarded,
        candidates=read_candidates(perimeters, perimeter_communes),
        synthetic_pct=synthetic_shares(amounts),
    )
    report = disclosure_report(
        guarded, public, amounts=amounts, ends=exchange_ends, firms=firms
    )
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
        known_rows = rows if len(rows) else empty_table(table)
        write_table(folder, known_rows, table=table)
    return _facts(guarded, report)


def _published(
    project: Project, indicators: pd.DataFrame, guarded: Guarded, **of: Any
) -> pd.DataFrame:
    """Publish the indicators, and beside levers what animators make of them."""
    catalogue = indicator_catalogue()
    levers = lever_levels(PublicTables(project.processed)["levers"].table)
    public = publish_indicators(
        indicators, guarded, catalogue=catalogue, levers=levers, **of
    )
    return with_realised(
        public,
        catalogue=catalogue,
        animation=animation_of(project.study.governance),
    )


def _facts(guarded: Guarded, report: pd.DataFrame) -> dict[str, object]:
    deposit = report[report["indicator_id"] == "deposit_t"]
    return {
        "blocs publiés": len(guarded.blocks),
        "communes réunies (tonnage)": int(deposit["n_merged"].sum()),
        "communes retenues": int(report["n_withheld"].sum()),
        "liaisons publiées": len(guarded.exchanges),
    }

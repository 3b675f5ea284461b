"""Lay arisings, exchanges, processes and rules out as a workbook."""

from __future__ import annotations

from eitgeo.flows.exchanges.realised import animation_of
from eitgeo.maps.paper.sheet import make_sheet
from eitgeo.maps.words.account_words import account_names
from eitgeo.maps.workbooks.flow_table import flows_xlsx
from eitgeo.reference.rules import (
    process_sheets,
    synergy_rules,
)
from eitgeo.steps.documents.parameters import participation_words
from eitgeo.steps.maps.released import arising_evidence, study_ground
from eitgeo.steps.step import step
from eitgeo.store import write_bytes
from eitgeo.study.project import Project
from eitgeo.tables.public import PublicTables, tables_of


@step(
    "Tableau des gisements, des échanges et des procédés",
    publishes=("gisements_echanges.xlsx",),
)
def run(public: PublicTables, *, project: Project) -> dict[str, object]:
    """Write ``gisements_echanges.xlsx``."""
    content = flows_xlsx(
        public,
        ground=study_ground(project, public),
        animation=animation_of(project.study.governance),
        named=account_names(public["outlets"], public["bodies"]),
        participation=participation_words(project, public),
        evidence=arising_evidence(public),
        sheet=make_sheet(
            project.study.identity,
            tables_of(public, "flow_workbook"),
        ),
    )
    write_bytes(project.published("gisements_echanges", ".xlsx"), content)
    return {
        "procédés": len(process_sheets()),
        "règles": len(synergy_rules()),
        "liaisons entre EPCI": len(public["exchange_links"].table),
    }

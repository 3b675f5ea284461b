"""Lay arisings, exchanges, processes and rules out as a workbook."""

from __future__ import annotations

from eitgeo.disclosure.door.passing import released
from eitgeo.flows.exchanges.realised import animation_of
from eitgeo.maps.paper.sheet import make_sheet
from eitgeo.maps.words.account_words import account_names
from eitgeo.maps.workbooks.flow_table import FlowTables, FlowTerms, flows_xlsx
from eitgeo.reference.naf import naf_divisions
from eitgeo.reference.rules import (
    attested_exchanges,
    process_sheets,
    synergy_rules,
)
from eitgeo.steps.documents.parameters import participation_words
from eitgeo.steps.maps.released import arising_evidence, publish, publish_ground
from eitgeo.steps.step import step
from eitgeo.store import write_bytes
from eitgeo.study.project import Project


@step(
    "Tableau des gisements, des échanges et des procédés",
    reads=(
        "GIVEN_AND_TAKEN",
        "GROUND",
        "GUARDED",
        "allocation",
        "break_even",
        "declared_destinations",
        "factor_weights",
        "lever_totals",
        "membership",
        "participation",
        "public_lots",
        "survey_public",
        "syndicate_account",
        "weighed_public",
    ),
    settings=(
        "PRINTED",
        "comparison.waste_bodies",
        "flows.syndicate",
        "governance.meetings",
        "governance.posts",
        "territory.on_date",
    ),
    files="ground_files",
    publishes=("gisements_echanges.xlsx",),
)
def run(*, project: Project) -> dict[str, object]:
    """Write ``gisements_echanges.xlsx``."""
    public = publish(project)
    terms = FlowTerms(
        process_sheets(),
        synergy_rules(),
        naf_divisions()["label"],
        animation_of(project.study.governance),
        account_names(public.outlets, public.bodies),
        *participation_words(project),
        attested_exchanges(),
    )
    tables = FlowTables(
        released(project, "arising_blocks"),
        released(project, "exchange_links"),
        released(project, "process_actors"),
        released(project, "levers"),
        released(project, "break_even"),
        released(project, "reach"),
        released(project, "survey_public"),
        released(project, "declared_destinations"),
        released(project, "factor_weights"),
        released(project, "syndicate_account"),
        released(project, "weighed_public"),
    )
    content = flows_xlsx(
        tables,
        terms,
        ground=publish_ground(project, public),
        evidence=arising_evidence(project),
        sheet=make_sheet(
            project.study.identity, [public.communes, public.bodies, *tables]
        ),
    )
    write_bytes(project.published("gisements_echanges", ".xlsx"), content)
    return {
        "procédés": len(terms.sheets),
        "règles": len(terms.rules),
        "liaisons entre EPCI": len(tables.links.table),
    }

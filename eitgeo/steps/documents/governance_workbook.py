"""Lay governance out as a workbook, and the card of each EPCI as a sheet."""

from __future__ import annotations

from collections.abc import Iterable

from eitgeo.maps.cards.epci_cards import CARDS, epci_cards
from eitgeo.maps.paper.map_sheet import compose_pages
from eitgeo.maps.paper.sheet import make_sheet, study_sheet
from eitgeo.maps.words.hypotheses import weak_bases
from eitgeo.maps.workbooks.governance_table import governance_xlsx
from eitgeo.steps.maps.released_documents import governance_reference
from eitgeo.steps.step import step
from eitgeo.store import write_bytes
from eitgeo.study.prints import WELCOME
from eitgeo.study.project import Project
from eitgeo.tables.public import PublicTables, tables_of


@step(
    "Classeur de la gouvernance et fiches des EPCI",
    publishes=("gouvernance.xlsx", "fiches_epci_A4.pdf"),
)
def run(public: PublicTables, *, project: Project) -> dict[str, object]:
    """Write ``gouvernance.xlsx`` and ``fiches_epci_A4.pdf``."""
    reference = governance_reference(project, public)
    sheet = make_sheet(
        project.study.identity,
        tables_of(public, "governance_workbook"),
    )
    workbook = governance_xlsx(public, reference, sheet=sheet)
    write_bytes(project.published("gouvernance", ".xlsx"), workbook)
    pages = epci_cards(
        public,
        epci_names=reference.epci_names,
        division_names=reference.division_names,
        root_name=reference.root_name,
        weak=weak_bases(public["indicators_public"]),
        addresses=_addresses(project, reference.epci_names),
    )
    book = compose_pages(pages, study_sheet(project.study.identity), CARDS)
    write_bytes(project.published("fiches_epci_A4", ".pdf"), book)
    return {
        "périmètres": int(public["perimeters"].table["compared"].sum()),
        "fiches": len(reference.epci_names),
    }


def _addresses(project: Project, sirens: Iterable[str]) -> dict[str, str]:
    """Say where the answer of each EPCI is read, where the study gives an address."""
    home = project.published(WELCOME, ".html").relative_to(project.maps).as_posix()
    prints = project.study.prints
    addresses = {siren: prints.address(home, f"epci-{siren}") for siren in sirens}
    return addresses if prints.publish_url else {}

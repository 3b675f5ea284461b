"""Lay the comparison out as a workbook."""

from __future__ import annotations

from eitgeo.flows.exchanges.participation import if_taking_part, taking_part_in
from eitgeo.maps.paper.sheet import make_sheet
from eitgeo.maps.workbooks.table import comparison_xlsx
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.steps.maps.released_documents import (
    epci_names,
    perimeter_difference,
)
from eitgeo.steps.step import step
from eitgeo.store import write_bytes
from eitgeo.study.project import Project
from eitgeo.tables.public import PublicTables


@step(
    "Tableau de comparaison",
    publishes=("comparaison.xlsx",),
)
def run(public: PublicTables, *, project: Project) -> dict[str, object]:
    """Write ``comparaison.xlsx``."""
    indicators = public["indicators_public"]
    content = comparison_xlsx(
        indicators,
        public["perimeters"],
        catalogue=indicator_catalogue(
            if_part=if_taking_part(taking_part_in(project.study))
        ),
        sheet=make_sheet(
            project.study.identity,
            [public["communes"], public["bodies"], public["perimeters"], indicators],
        ),
        difference=perimeter_difference(
            public, indicators, pair=project.study.first_pair
        ),
        decision=public,
        epci_names=epci_names(public),
        derived=public,
    )
    write_bytes(project.published("comparaison", ".xlsx"), content)
    return {
        "périmètres": len(public["perimeters"].table),
        "valeurs tenues secrètes": indicators.withheld,
    }

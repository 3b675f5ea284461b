"""Lay the comparison out as a workbook."""

from __future__ import annotations

from eitgeo.disclosure.door.passing import released
from eitgeo.flows.exchanges.participation import if_taking_part, taking_part_in
from eitgeo.maps.paper.sheet import make_sheet
from eitgeo.maps.workbooks.table import comparison_xlsx
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.steps.maps.released import publish
from eitgeo.steps.maps.released_documents import (
    epci_names,
    publish_decision,
    publish_derived,
    publish_difference,
)
from eitgeo.steps.step import step
from eitgeo.store import write_bytes
from eitgeo.study.project import Project


@step(
    "Tableau de comparaison",
    reads=(
        "DECIDED",
        "GROUND",
        "MEASURED",
        "epci_blocks",
        "phases",
        "union_front",
        "union_ranks",
    ),
    settings=(
        "PRINTED",
        "comparison.first_pair",
    ),
    publishes=("comparaison.xlsx",),
)
def run(*, project: Project) -> dict[str, object]:
    """Write ``comparaison.xlsx``."""
    public = publish(project)
    indicators = released(project, "indicators_public")
    content = comparison_xlsx(
        indicators,
        public.perimeters,
        catalogue=indicator_catalogue(
            if_part=if_taking_part(taking_part_in(project.study))
        ),
        sheet=make_sheet(
            project.study.identity,
            [public.communes, public.bodies, public.perimeters, indicators],
        ),
        difference=publish_difference(
            project, public, indicators, pair=project.study.first_pair
        ),
        decision=publish_decision(project),
        epci_names=epci_names(public),
        derived=publish_derived(project, indicators),
    )
    write_bytes(project.published("comparaison", ".xlsx"), content)
    return {
        "périmètres": len(public.perimeters.table),
        "valeurs tenues secrètes": indicators.withheld,
    }

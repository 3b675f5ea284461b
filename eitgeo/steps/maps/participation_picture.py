"""Print what hangs on how many receivers take part."""

from __future__ import annotations

from eitgeo.flows.exchanges.participation import taking_part_in
from eitgeo.flows.exchanges.realised import animation_of
from eitgeo.maps.prints.graphs import participation_figure
from eitgeo.reference.exchange_terms import distance_checks
from eitgeo.steps.maps.prints import print_sheet
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.public import PublicTables


@step(
    "Graphique de la participation",
    prints=("graphique_participation",),
)
def run(public: PublicTables, *, project: Project) -> dict[str, object]:
    """Write ``graphique_participation`` in every format of the study."""
    shares = public["participation"]
    sheet = participation_figure(
        shares,
        part=taking_part_in(project.study),
        animation=animation_of(project.study.governance),
        nisp_km=float(distance_checks()["km"]["nisp"]),
    )
    count = print_sheet(project, "graphique_participation", sheet)
    return {"fichiers": count, "parts montrées": len(shares.table)}

"""Print the map of the structures other than EPCI."""

from __future__ import annotations

from eitgeo.maps.prints.body_map import body_map
from eitgeo.steps.maps.prints import print_sheet
from eitgeo.steps.maps.released import printed_ground
from eitgeo.steps.step import step
from eitgeo.study.project import Project
from eitgeo.tables.public import PublicTables


@step(
    "Carte des structures",
    prints=("carte_structures",),
)
def run(public: PublicTables, *, project: Project) -> dict[str, object]:
    """Write ``carte_structures`` in every format of the study."""
    sheet = body_map(
        printed_ground(project, public),
        public["bodies"],
        members=public["body_members"],
        neighbours=public["neighbours"],
    )
    return {"fichiers": print_sheet(project, "carte_structures", sheet)}

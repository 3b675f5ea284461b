"""Print the map of the structures other than EPCI."""

from __future__ import annotations

from eitgeo.disclosure.door.passing import released
from eitgeo.maps.prints.body_map import body_map
from eitgeo.steps.maps.prints import print_sheet
from eitgeo.steps.maps.released import printed_ground, publish
from eitgeo.steps.step import step
from eitgeo.study.project import Project


@step(
    "Carte des structures",
    reads=("PRINTED_GROUND", "membership"),
    settings=(
        "PRINTED",
        "governance.neighbours",
        "territory.on_date",
    ),
    files="ground_files",
    prints=("carte_structures",),
)
def run(*, project: Project) -> dict[str, object]:
    """Write ``carte_structures`` in every format of the study."""
    public = publish(project)
    sheet = body_map(
        printed_ground(project, public),
        public.bodies,
        members=released(project, "body_members"),
        neighbours=released(project, "neighbours"),
    )
    return {"fichiers": print_sheet(project, "carte_structures", sheet)}

"""Make the page of the compared perimeters, which opens without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.disclosure.door.passing import released
from eitgeo.flows.exchanges.participation import if_taking_part, taking_part_in
from eitgeo.maps.pages.web import offline_page
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.steps.maps.released import known_sheet, publish, publish_ground
from eitgeo.steps.step import step
from eitgeo.store import write_bytes
from eitgeo.words import french_size

if TYPE_CHECKING:
    from eitgeo.study.project import Project


@step(
    "Page hors ligne",
    reads=("GROUND", "MEASURED"),
    settings=("PRINTED",),
    files="ground_files",
    publishes=("perimetres.html",),
)
def run(*, project: Project) -> dict[str, object]:
    """Write ``perimetres.html``."""
    public = publish(project)
    study = project.study
    named = [one for one in study.compared_ids if one not in study.drawn_ids]
    perimeters = released(project, "perimeters", named=named)
    indicators = released(project, "indicators_known")
    shown = [public.communes, public.bodies, public.outlets, public.places]
    content = offline_page(
        publish_ground(project, public),
        perimeters,
        members=public.members,
        indicators=indicators,
        catalogue=indicator_catalogue(
            if_part=if_taking_part(taking_part_in(project.study))
        ),
        sheet=known_sheet(project, [*shown, perimeters, indicators]),
    )
    write_bytes(project.published("perimetres", ".html"), content)
    return {"taille": french_size(len(content))}

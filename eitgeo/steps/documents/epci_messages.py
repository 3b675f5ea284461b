"""Draw a picture an EPCI, to send in a message, and the page that holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.disclosure.door.passing import released
from eitgeo.maps.cards.epci_messages import epci_messages, messages_page
from eitgeo.maps.paper.sheet import make_sheet
from eitgeo.maps.words.council_words import CouncilTables
from eitgeo.steps.maps.prints import require_named
from eitgeo.steps.maps.released import publish, publish_ground
from eitgeo.steps.step import step
from eitgeo.store import write_bytes
from eitgeo.words import french_size, name_key

if TYPE_CHECKING:
    from eitgeo.study.project import Project

STEM = "messages_epci"


@step(
    "Une image par EPCI, à envoyer",
    reads=("GROUND", "MEASURED", "animation_budget", "epci_facts"),
    settings=("PRINTED",),
    files="ground_files",
    publishes=("messages_epci.html",),
)
def run(*, project: Project) -> dict[str, object]:
    """Write ``messages_epci.html``."""
    study, public = project.study, publish(project)
    ground = publish_ground(project, public)
    names = [one for one in study.compared_ids if one not in study.drawn_ids]
    tables = CouncilTables(
        perimeters=released(project, "perimeters", named=names),
        members=public.members,
        communes=public.communes,
        indicators=released(project, "indicators_known"),
        facts=released(project, "epci_facts_known"),
        budget=released(project, "animation_budget"),
    )
    require_named(project, STEM, make_sheet(study.identity, tables))
    body_names = public.bodies.table.set_index("body_id")["name"]
    epci = {siren: str(body_names[f"epci_{siren}"]) for siren in ground.epci.index}
    towns = public.communes.table.set_index("code_insee")["nom"]
    messages = epci_messages(
        ground,
        tables,
        names=dict(sorted(epci.items(), key=lambda one: (name_key(one[1]), one[0]))),
        root_name=str(towns[study.territory.root_commune]),
        sheet=make_sheet(study.identity, [tables.communes, tables.facts]),
    )
    page = messages_page(messages, sheet=make_sheet(study.identity, tables))
    write_bytes(project.published(STEM, ".html"), page)
    return {"images": len(messages), "taille": french_size(len(page))}

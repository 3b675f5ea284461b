"""Make the page « Et si un conseil dit non ? », which opens without a network."""

from __future__ import annotations

from eitgeo.disclosure.door.passing import released
from eitgeo.maps.refusal_page.page import refusal_page
from eitgeo.maps.refusal_page.payload import RefusalChoices, RefusalTables
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.steps.maps.released import known_sheet, publish, publish_ground
from eitgeo.steps.step import step
from eitgeo.store import write_bytes
from eitgeo.study.project import Project
from eitgeo.words import french_size


@step(
    "Page « Et si un conseil dit non ? »",
    reads=(
        "GROUND",
        "animation_budget",
        "contiguity",
        "od_matrix",
        "refusals",
        "road_checks",
        "union_carrier_reasons",
        "union_carrier_states",
    ),
    settings=(
        "PRINTED",
        "comparison.first_pair",
        "comparison.seat_min_population",
        "governance",
        "methods.max_union_epci",
        "territory.on_date",
        "territory.root_epci",
    ),
    files="ground_files",
    publishes=("si_un_conseil_dit_non.html",),
)
def run(*, project: Project) -> dict[str, object]:
    """Write ``si_un_conseil_dit_non.html``."""
    public, study = publish(project), project.study
    named = [one for one in study.compared_ids if one not in study.drawn_ids]
    tables = RefusalTables(
        bodies=public.bodies,
        perimeters=released(project, "perimeters", named=named),
        refusals=released(project, "refusals"),
        budget=released(project, "animation_budget"),
        contiguity=released(project, "contiguity"),
        union_seats=released(project, "union_seats"),
        union_carrier_states=released(project, "union_carrier_states"),
        union_carrier_reasons=released(project, "union_carrier_reasons"),
    )
    ground = [public.communes, public.bodies, public.outlets, public.places]
    content = refusal_page(
        publish_ground(project, public),
        tables,
        catalogue=indicator_catalogue(),
        choices=RefusalChoices(
            first=study.first_pair[0],
            root_epci=study.territory.root_epci,
            most_epci=study.methods.max_union_epci,
            names_seats=not study.roads.network.is_surrogate,
        ),
        sheet=known_sheet(project, [*ground, *tables.all]),
    )
    write_bytes(project.published("si_un_conseil_dit_non", ".html"), content)
    return {"taille": french_size(len(content))}

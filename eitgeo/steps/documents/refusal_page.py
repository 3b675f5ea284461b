"""Make the page « Et si un conseil dit non ? », which opens without a network."""

from __future__ import annotations

from eitgeo.maps.refusal_page.page import refusal_page
from eitgeo.maps.refusal_page.payload import RefusalChoices, RefusalTables
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.steps.maps.released import known_sheet, shown_perimeters, study_ground
from eitgeo.steps.step import step
from eitgeo.store import write_bytes
from eitgeo.study.project import Project
from eitgeo.tables.public import PublicTables
from eitgeo.words import french_size


@step(
    "Page « Et si un conseil dit non ? »",
    publishes=("si_un_conseil_dit_non.html",),
)
def run(public: PublicTables, *, project: Project) -> dict[str, object]:
    """Write ``si_un_conseil_dit_non.html``."""
    study = project.study
    named = [one for one in study.compared_ids if one not in study.drawn_ids]
    tables = RefusalTables(
        bodies=public["bodies"],
        perimeters=shown_perimeters(project, public, named),
        refusals=public["refusals"],
        budget=public["animation_budget"],
        contiguity=public["contiguity"],
        union_seats=public["union_seats"],
        union_carrier_states=public["union_carrier_states"],
        union_carrier_reasons=public["union_carrier_reasons"],
    )
    ground = [public["communes"], public["bodies"], public["outlets"], public["places"]]
    content = refusal_page(
        study_ground(project, public),
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

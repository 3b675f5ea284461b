"""Make the page « Et si un conseil dit non ? », which opens without a network."""

from __future__ import annotations

from eitgeo.maps.refusal_page.page import RefusalChoices, refusal_page
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.steps.maps.released import known_sheet, shown_perimeters, study_ground
from eitgeo.steps.step import step
from eitgeo.store import write_bytes
from eitgeo.study.project import Project
from eitgeo.tables.public import PublicTables, output_tables
from eitgeo.words import french_size


@step(
    "Page « Et si un conseil dit non ? »",
    publishes=("si_un_conseil_dit_non.html",),
)
def run(public: PublicTables, *, project: Project) -> dict[str, object]:
    """Write ``si_un_conseil_dit_non.html``."""
    study = project.study
    named = [one for one in study.compared_ids if one not in study.drawn_ids]
    tables = {name: public[name] for name in output_tables()["refusal_page"]} | {
        "perimeters": shown_perimeters(project, public, named)
    }
    ground = [public[name] for name in ("communes", "bodies", "outlets", "places")]
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
        sheet=known_sheet(project, [*ground, *tables.values()]),
    )
    write_bytes(project.published("si_un_conseil_dit_non", ".html"), content)
    return {"taille": french_size(len(content))}

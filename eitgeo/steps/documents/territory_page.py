"""Make the page of the territory, which a public body may frame in its own site."""

from __future__ import annotations

from eitgeo.maps.comparator.territory_page import TerritoryLinks, territory_page
from eitgeo.maps.paper.sheet import make_sheet
from eitgeo.steps.maps.released import study_ground
from eitgeo.steps.step import step
from eitgeo.store import write_bytes
from eitgeo.study.project import Project
from eitgeo.tables.public import PublicTables
from eitgeo.words import french_size, split_name


@step(
    "Page du territoire",
    products="territory_page_files",
)
def run(public: PublicTables, *, project: Project) -> dict[str, object]:
    """Write ``territoire.html``."""
    study = project.study
    if not study.comparison.waste_bodies:
        return {"page": "aucune structure dans « comparison.waste_bodies »"}
    members = public["waste_members"]
    postcodes = public["postcodes"]
    first = study.comparison.waste_bodies[0]
    names = public["bodies"].table.set_index("body_id")["name"]
    content = territory_page(
        study_ground(project, public),
        members,
        postcodes=postcodes,
        name=split_name(str(names[first]))[0],
        sheet=make_sheet(
            study.identity,
            [
                public["communes"],
                public["bodies"],
                public["outlets"],
                public["places"],
                members,
                postcodes,
            ],
        ),
        links=TerritoryLinks(
            form="" if study.form is None else "inscription.html",
            address=study.prints.address("1_elus/territoire.html"),
        ),
    )
    write_bytes(project.published("territoire", ".html"), content)
    return {
        "communes membres ou à confirmer": members.table["code_insee"].nunique(),
        "taille": french_size(len(content)),
    }

"""Make the page of the territory, which a public body may frame in its own site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.disclosure.released import release_register
from eitgeo.maps.comparator.territory_page import territory_page
from eitgeo.maps.sheet import make_sheet
from eitgeo.steps._released import publish, publish_current_members, publish_ground
from eitgeo.store import write_bytes
from eitgeo.words import french_size

if TYPE_CHECKING:
    import pandas as pd

    from eitgeo.disclosure.released import Released
    from eitgeo.steps._released import Published
    from eitgeo.study.project import Project


def run(project: Project) -> dict[str, object]:
    """Write ``territoire.html``."""
    study = project.study
    if not study.comparison.waste_bodies:
        return {"page": "aucune structure dans « comparison.waste_bodies »"}
    public = publish(project)
    members = waste_members(project, public)
    first = study.comparison.waste_bodies[0]
    names = public.bodies.table.set_index("body_id")["name"]
    content = territory_page(
        publish_ground(project, public),
        members,
        name=split_name(str(names[first]))[0],
        sheet=make_sheet(
            study.identity,
            [public.communes, public.bodies, public.outlets, public.places, members],
        ),
        form="" if study.form is None else "inscription.html",
    )
    write_bytes(project.maps / "territoire.html", content)
    return {
        "communes membres ou à confirmer": members.table["code_insee"].nunique(),
        "taille": french_size(len(content)),
    }


def waste_members(project: Project, public: Published) -> Released:
    """Release every list of members of the bodies that treat waste."""
    bodies = public.bodies.table
    is_waste = bodies["kind"].eq("syndicat") & bodies["waste_competence"]
    names = {*bodies.loc[is_waste, "body_id"], *project.study.comparison.waste_bodies}
    held = publish_current_members(project).table
    called = bodies.set_index("body_id")["name"].astype(str)
    rows: pd.DataFrame = held[held["body_id"].isin(names)]
    rows = rows.assign(list=rows["body_id"].map(called).map(_list_name))
    return release_register(
        rows[["code_insee", "status", "list"]].reset_index(drop=True),
        sources=(project.study.sources.credits.bodies,),
    )


def split_name(name: str) -> tuple[str, str]:
    """Part the name of a body from what says which list of its members it is.

    Examples
    --------
    >>> split_name("Syndicat – hypothèse à confirmer")
    ('Syndicat', 'hypothèse à confirmer')
    >>> split_name("Syndicat d'Aval-Amont")
    ("Syndicat d'Aval-Amont", '')
    """
    short, _, told = name.partition(" – ")
    return short, told


def _list_name(name: str) -> str:
    return split_name(name)[1] or name

"""Make « Mon entreprise »: what a commune and an activity are told, without a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.disclosure.door.passing import released
from eitgeo.maps.firm.page import FirmTables, firm_page
from eitgeo.maps.paper.sheet import make_sheet
from eitgeo.steps.step import step
from eitgeo.store import write_bytes
from eitgeo.words import french_size

if TYPE_CHECKING:
    from eitgeo.study.project import Project


@step(
    "Page « Mon entreprise »",
    reads=(
        "bodies",
        "communes",
        "mutual_groups",
        "od_matrix",
        "outlets",
        "postcodes",
        "sites",
    ),
    settings=(
        "form",
        "identity",
        "roads.network.reader",
        "roads.network.vintage",
        "sources.counts",
        "sources.credits",
        "sources.sites",
        "territory.perimeters",
    ),
    publishes=("mon_entreprise.html",),
)
def run(*, project: Project) -> dict[str, object]:
    """Write ``mon_entreprise.html``."""
    study = project.study
    # Drawn establishments are counted nowhere on this page: it bears no stamp for them.
    counted = study.has_sites and not study.has_synthetic_sites
    tables = FirmTables(
        communes=released(project, "communes"),
        bodies=released(project, "bodies"),
        postcodes=released(project, "postcodes"),
        outlets=released(project, "outlets"),
        ways=released(project, "commune_outlets"),
        shared=released(project, "shared_services") if counted else None,
    )
    content = firm_page(
        tables,
        sheet=make_sheet(study.identity, tables.shown),
        form="" if study.form is None or project.private else "inscription.html",
        network=study.roads.network.dated,
        evidence="H" if study.road_reasons else "S",
    )
    write_bytes(project.published("mon_entreprise", ".html"), content)
    return {
        "services comptés": "oui" if counted else "non : établissements tirés au sort",
        "taille": french_size(len(content)),
    }

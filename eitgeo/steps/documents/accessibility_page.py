"""Make the declaration of accessibility, which every page leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.maps.pages.accessibility import accessibility_page
from eitgeo.maps.paper.sheet import study_sheet
from eitgeo.steps.step import step
from eitgeo.store import write_bytes
from eitgeo.words import french_size

if TYPE_CHECKING:
    from eitgeo.study.project import Project


@step(
    "Déclaration d'accessibilité",
    settings=("identity",),
    publishes=("accessibilite.html",),
)
def run(*, project: Project) -> dict[str, object]:
    """Write ``accessibilite.html``."""
    content = accessibility_page(study_sheet(project.study.identity))
    write_bytes(project.published("accessibilite", ".html"), content)
    return {"taille": french_size(len(content))}

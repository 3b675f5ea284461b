"""Write the GeoPackage and the QGIS project of the study."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.maps.qgis.decision_layers import QgisTables
from eitgeo.maps.qgis.geopackage import geopackage
from eitgeo.maps.qgis.project import qgis_project
from eitgeo.maps.qgis.study_layers import study_layers
from eitgeo.maps.sheet import make_sheet
from eitgeo.steps._released import (
    publish,
    publish_current_members,
    publish_ground,
    publish_indicators,
)
from eitgeo.steps._released_flows import publish_flows
from eitgeo.steps._released_zones import publish_zone_table
from eitgeo.steps.core_map import publish_membership
from eitgeo.store import write_bytes

if TYPE_CHECKING:
    from eitgeo.study.project import Project


def run(project: Project) -> dict[str, object]:
    """Write ``etude.gpkg`` and ``etude.qgz``."""
    public = publish(project)
    ground = publish_ground(project, public)
    shown = [public.communes, public.bodies, public.places, public.outlets]
    indicators = publish_indicators(project)
    blocks, links = publish_flows(project)
    decision = QgisTables(
        membership=publish_membership(project),
        blocks=blocks,
        links=links,
        bodies=public.bodies,
        body_members=publish_current_members(project),
        zones=publish_zone_table(project, "zones_public"),
    )
    study = project.study
    held = study_layers(
        ground,
        tables=shown,
        perimeters=public.perimeters,
        members=public.members,
        indicators=indicators,
        paired=(
            *project.study.territory.perimeters[:1],
            *project.study.comparison.waste_bodies[:1],
        ),
        decision=decision,
    )
    identity = study.identity
    sheet = make_sheet(
        identity,
        [*shown, public.perimeters, public.members, indicators, *decision],
    )
    data = project.published("etude", ".gpkg")
    plan = project.published("etude", ".qgz")
    write_bytes(data, geopackage(held.layers, edition=identity.edition))
    write_bytes(
        plan,
        qgis_project(
            held.layers,
            data=data.name,
            themes=held.themes,
            extent=held.extent,
            sheet=sheet,
            stem=plan.stem,
        ),
    )
    return {"couches": len(held.layers), "mises en page": len(held.themes)}

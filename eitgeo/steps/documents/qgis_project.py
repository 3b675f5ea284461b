"""Write the GeoPackage and the QGIS project of the study."""

from __future__ import annotations

from eitgeo.disclosure.door.passing import released
from eitgeo.maps.paper.sheet import make_sheet
from eitgeo.maps.qgis.decision_layers import QgisTables
from eitgeo.maps.qgis.geopackage import geopackage
from eitgeo.maps.qgis.layers import drawing_layer
from eitgeo.maps.qgis.project import qgis_project
from eitgeo.maps.qgis.study_layers import study_layers
from eitgeo.steps.maps.released import publish, publish_ground
from eitgeo.steps.step import step
from eitgeo.store import write_bytes
from eitgeo.study.asked import PRIVATE_STAMP
from eitgeo.study.project import Project


@step(
    "Données et projet QGIS",
    reads=("GROUND", "GUARDED", "membership", "membership_frequency", "zones_public"),
    settings=(
        "PRINTED",
        "comparison.waste_bodies",
        "territory.on_date",
        "territory.perimeters",
        "zones.credit",
        "zones.distance",
    ),
    files="ground_files",
    publishes=("etude.gpkg", "etude.qgz"),
)
def run(*, project: Project) -> dict[str, object]:
    """Write ``etude.gpkg`` and ``etude.qgz``."""
    public = publish(project)
    ground = publish_ground(project, public)
    shown = [public.communes, public.bodies, public.places, public.outlets]
    indicators = released(project, "indicators_public")
    blocks = released(project, "arising_blocks")
    decision = QgisTables(
        membership=released(project, "membership_frequency"),
        blocks=blocks,
        links=released(project, "exchange_links"),
        bodies=public.bodies,
        body_members=released(project, "body_members"),
        zones=released(project, "zones_public"),
    )
    study = project.study
    layers = study_layers(
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
    stamp = PRIVATE_STAMP if identity.private else ""
    content = geopackage(layers.layers, edition=identity.edition, stamp=stamp)
    write_bytes(data, content)
    write_bytes(
        plan,
        qgis_project(
            [drawing_layer(), *layers.layers],
            data=data.name,
            themes=layers.themes,
            extent=layers.extent,
            sheet=sheet,
            stem=plan.stem,
        ),
    )
    return {"couches": len(layers.layers), "mises en page": len(layers.themes)}

"""Write the GeoPackage and the QGIS project of the study."""

from __future__ import annotations

from eitgeo.maps.paper.sheet import make_sheet
from eitgeo.maps.qgis.layers import drawing_layer
from eitgeo.maps.qgis.project import geopackage, qgis_project
from eitgeo.maps.qgis.study_layers import study_layers
from eitgeo.steps.maps.released import study_ground
from eitgeo.steps.step import step
from eitgeo.store import write_bytes
from eitgeo.study.asked import PRIVATE_STAMP
from eitgeo.study.project import Project
from eitgeo.tables.public import PublicTables, tables_of


@step(
    "Données et projet QGIS",
    publishes=("etude.gpkg", "etude.qgz"),
)
def run(public: PublicTables, *, project: Project) -> dict[str, object]:
    """Write ``etude.gpkg`` and ``etude.qgz``."""
    ground = study_ground(project, public)
    study, identity = project.study, project.study.identity
    layers = study_layers(
        ground,
        public,
        paired=(
            *study.territory.perimeters[:1],
            *study.comparison.waste_bodies[:1],
        ),
    )
    sheet = make_sheet(identity, tables_of(public, "qgis_project"))
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

"""What QGIS says of a project: run by the Python that has QGIS, prints JSON.

Usage: python qgis_probe.py PROJECT.qgz FOLDER
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

NAME = "Essai d’une élue <b>[% env('HOME') %]</b>"
SHAPE = (
    "MultiPolygon (((500000 6200000, 500000 6201000, 501000 6201000, 500000 6200000)))"
)
CORNERS_AND_SIDES = 3


def about(layer: Any) -> dict[str, object]:
    """Tell what a layer looks like to QGIS."""
    renderer = layer.renderer()
    return {
        "valid": layer.isValid(),
        "rows": layer.featureCount(),
        "crs": layer.crs().authid(),
        "renderer": renderer.type() if renderer else "",
        "legend": [item.label() for item in renderer.legendSymbolItems()]
        if renderer
        else [],
        "labels": layer.labelsEnabled(),
        "columns": [field.displayName() for field in layer.fields()],
        "read_only": layer.readOnly(),
    }


def draw(project: Any, layer: Any) -> dict[str, object]:
    """Draw a perimeter, save it and stay in edit mode; tell what the form asks for."""
    from qgis.core import (  # type: ignore[import-not-found]  # noqa: PLC0415
        QgsFeature,
        QgsGeometry,
        QgsVectorLayerUtils,
    )

    form, snapping = layer.editFormConfig(), project.snappingConfig()
    layer.startEditing()
    drawn = QgsFeature(layer.fields())
    drawn.setGeometry(QgsGeometry.fromWkt(SHAPE))
    nameless = QgsVectorLayerUtils.validateAttribute(layer, drawn, 1)
    drawn.setAttribute("nom", NAME)
    drawn.setAttribute("auteur", "Une élue")
    named = QgsVectorLayerUtils.validateAttribute(layer, drawn, 1)
    return {
        "nameless": nameless[0],
        "named": named[0],
        "form": [one.name() for one in form.tabs()],
        "widgets": {
            field.name(): layer.editorWidgetSetup(rank).type()
            for rank, field in enumerate(layer.fields())
        },
        "snaps": snapping.enabled(),
        "clings": sorted(
            one.name()
            for one, how in snapping.individualLayerSettings().items()
            if how.valid() and how.enabled()
        ),
        "corners_and_sides": all(
            int(how.typeFlag()) == CORNERS_AND_SIDES
            for how in snapping.individualLayerSettings().values()
        ),
        "saved": layer.addFeature(drawn) and layer.commitChanges(stopEditing=False),
        "errors": layer.commitErrors(),
    }


def main(project: Path, folder: Path) -> None:
    """Open the project, export its layouts, tell all."""
    from qgis.core import (  # noqa: PLC0415
        Qgis,
        QgsApplication,
        QgsLayoutExporter,
        QgsProject,
        QgsVectorLayer,
    )

    application = QgsApplication([], GUIenabled=False)
    application.initQgis()
    opened = QgsProject.instance()
    told: dict[str, object] = {
        "read": opened.read(str(project)),
        "crs": opened.crs().authid(),
        "title": opened.title(),
        "themes": sorted(opened.mapThemeCollection().mapThemes()),
        "layers": {layer.name(): about(layer) for layer in opened.mapLayers().values()},
    }
    layouts: dict[str, list[object]] = {}
    settings = QgsLayoutExporter.PdfExportSettings()
    settings.textRenderFormat = Qgis.TextRenderFormat.AlwaysText
    for rank, layout in enumerate(opened.layoutManager().printLayouts()):
        path = folder / f"layout_{rank}.pdf"
        done = QgsLayoutExporter(layout).exportToPdf(str(path), settings)
        layouts[layout.name()] = [int(done), path.name]
    told["layouts"] = layouts
    data = project.with_suffix(".gpkg")
    alone = QgsVectorLayer(f"{data}|layername=communes", "communes", "ogr")
    told["alone"] = about(alone)
    (drawing,) = opened.mapLayersByName("Périmètres à tester")
    told["drawn"] = draw(opened, drawing)
    sys.stdout.write(json.dumps(told))
    sys.stdout.flush()
    # QGIS tears down its singletons in an order that may crash: nothing is left to do.
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

"""What QGIS says of a project: run by the Python that has QGIS, prints JSON.

Usage: python qgis_probe.py PROJECT.qgz FOLDER
"""

import json
import os
import sys
from pathlib import Path
from typing import Any


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
    }


def main(project: Path, folder: Path) -> None:
    """Open the project, export its layouts, tell all."""
    from qgis.core import (  # type: ignore[import-not-found]  # noqa: PLC0415
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
    sys.stdout.write(json.dumps(told))
    sys.stdout.flush()
    # QGIS tears down its singletons in an order that may crash: nothing is left to do.
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

"""What a GIS analyst opens: a GeoPackage that carries its styles, and a project."""

from eitgeo.lazy import AT_ONCE, lend

if AT_ONCE:
    from eitgeo.maps.qgis.decision_layers import QgisTables
    from eitgeo.maps.qgis.geopackage import geopackage
    from eitgeo.maps.qgis.layers import QgisLayer, check_layers
    from eitgeo.maps.qgis.project import Extent, Theme, qgis_project
    from eitgeo.maps.qgis.study_layers import StudyLayers, study_layers
    from eitgeo.maps.qgis.styles import Class, Label, Style, qml
    from eitgeo.maps.qgis.symbols import Fill, Line, Mark

__all__ = [
    "Class",
    "Extent",
    "Fill",
    "Label",
    "Line",
    "Mark",
    "QgisLayer",
    "QgisTables",
    "StudyLayers",
    "Style",
    "Theme",
    "check_layers",
    "geopackage",
    "qgis_project",
    "qml",
    "study_layers",
]

lend(__name__)

"""The algorithms, of what `algorithms.json` says that each asks for.

A name in capitals is the key of the task; one that ends in ``_KEY`` names the rows of a
layer; a kind that ends in ``?`` may be left out.
"""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFile,
    QgsProcessingParameterMatrix,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
    QgsProcessingParameterVectorDestination,
)

from .task import CHOICES, DECLARED, Task

_LAYERS = {
    "points": QgsProcessing.TypeVectorPoint,
    "polygons": QgsProcessing.TypeVectorPolygon,
}
_WRITTEN = {
    "rows": QgsProcessing.TypeVector,
    "spots": QgsProcessing.TypeVectorPoint,
    "areas": QgsProcessing.TypeVectorPolygon,
}
_ROADS = "Réseau routier (*.pbf *.osm *.bz2 *.gpkg *.shp *.7z *.zip)"


def parameters(kind: str, name: str, label: str, more: Any = None) -> list[Any]:
    """Make what is asked for; `more`: the layer of a field, or what is proposed."""
    optional, kind = kind.endswith("?"), kind.rstrip("?")
    if kind in _LAYERS:
        column = f"{label} : champ qui nomme chaque entité (à défaut, son numéro)"
        return [
            QgsProcessingParameterFeatureSource(
                name, label, [_LAYERS[kind]], optional=optional
            ),
            QgsProcessingParameterField(f"{name}_KEY", column, "", name, optional=True),
        ]
    if kind in _WRITTEN:
        return [
            QgsProcessingParameterVectorDestination(
                name,
                label,
                _WRITTEN[kind],
                optional=optional,
                createByDefault=not optional,
            )
        ]
    fields, numbers = QgsProcessingParameterField, QgsProcessingParameterNumber
    makers = {
        "contour": lambda: QgsProcessingParameterFeatureSource(
            name, label, [_LAYERS["polygons"]]
        ),
        "field": lambda: fields(name, label, None, more, fields.Any, optional=True),
        "number_field": lambda: fields(
            name, label, None, more, fields.Numeric, optional=True
        ),
        "numbers": lambda: fields(
            name, label, None, more, fields.Numeric, allowMultiple=True, optional=True
        ),
        "roads": lambda: QgsProcessingParameterFile(
            name, label, fileFilter=_ROADS, optional=optional
        ),
        "choice": lambda: QgsProcessingParameterEnum(
            name, label, list(CHOICES[name]), defaultValue=more
        ),
        "number": lambda: numbers(
            name, label, numbers.Double, more, minValue=0, optional=optional
        ),
        "count": lambda: numbers(name, label, numbers.Integer, more, minValue=0),
        "minutes": lambda: QgsProcessingParameterMatrix(
            name, label, headers=["minutes"], defaultValue=more
        ),
        "word": lambda: QgsProcessingParameterString(name, label),
    }
    return [makers[kind]()]


def _algorithm(task: str, title: str, text: str, asks: list[list[Any]]) -> Any:
    asked = [one for words in asks for one in parameters(*words)]
    about = {"task": task, "title": title, "text": text, "asks": asked}
    return type(task.capitalize(), (Task,), about)


ALGORITHMS = [_algorithm(**about) for about in DECLARED["algorithms"]]

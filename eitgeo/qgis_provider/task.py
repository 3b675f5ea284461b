"""What every algorithm does: write its layers, call the package, give what it wrote."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from qgis.core import (
    Qgis,
    QgsCoordinateTransformContext,
    QgsFeature,
    QgsFeatureSink,
    QgsField,
    QgsFields,
    QgsGeometry,
    QgsProcessing,
    QgsProcessingAlgorithm,
    QgsProcessingException,
    QgsVectorFileWriter,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QMetaType, QVariant

from .process import run

DECLARED = json.loads(
    Path(__file__).with_name("algorithms.json").read_text(encoding="utf-8")
)
CHOICES = DECLARED["choices"]
"""Parameter → what a reader chooses → what the package is told."""

_LAYER, _ROW = "couche", "eitgeo_fid"
_NAMED_TYPES = 33_800
"""The version of QGIS from which a field is declared by a type of Qt."""


class Task(QgsProcessingAlgorithm):
    """An algorithm that hands everything over to the package."""

    task, title, text = "", "", ""
    asks: tuple[Any, ...] = ()

    def createInstance(self) -> Task:
        return type(self)()

    def name(self) -> str:
        return self.task

    def displayName(self) -> str:
        return self.title

    def shortHelpString(self) -> str:
        return self.text

    def initAlgorithm(self, _configuration: Any = None) -> None:
        for one in self.asks:
            self.addParameter(one.clone())

    def processAlgorithm(
        self, parameters: dict[str, Any], context: Any, feedback: Any
    ) -> dict[str, Any]:
        task, outputs = {"task": self.task}, {}
        with tempfile.TemporaryDirectory() as folder:
            for asked in self.parameterDefinitions():
                name = asked.name()
                if parameters.get(name, asked.defaultValue()) is None:
                    continue
                value = self._value(asked, parameters, context, folder)
                if value not in ("", []) and not name.endswith("_KEY"):
                    task[name.lower()] = value
                    if asked.type() == "vectorDestination":
                        outputs[name] = value
            run(task, folder, feedback)
        return outputs

    def _value(
        self, asked: Any, parameters: dict[str, Any], context: Any, folder: str
    ) -> Any:
        name, kind = asked.name(), asked.type()
        if kind == "source":
            return self._layer(asked, parameters, context, folder)
        if kind == "enum":
            rank = self.parameterAsEnum(parameters, name, context)
            return list(CHOICES[name].values())[rank]
        if kind == "field":
            columns = self._columns(asked, parameters, context)
            return columns if asked.allowMultiple() else "".join(columns)
        readers = {
            "matrix": self.parameterAsMatrix,
            "number": self.parameterAsDouble,
            "vectorDestination": self.parameterAsOutputLayer,
        }
        read = readers.get(kind, self.parameterAsString)
        return read(parameters, name, context)

    def _layer(
        self, asked: Any, parameters: dict[str, Any], context: Any, folder: str
    ) -> dict[str, str]:
        """Write a layer, selected features alone where they are, and its columns."""
        name = asked.name()
        rows = self.parameterAsSource(parameters, name, context)
        if rows is None:
            raise QgsProcessingException(self.invalidSourceError(parameters, name))
        if not rows.sourceCrs().isValid():
            raise QgsProcessingException(
                f"« {asked.description()} » : couche sans système de coordonnées. "
                "Indiquez-le dans ses propriétés."
            )
        columns = {
            column
            for other in self.parameterDefinitions()
            if other.type() == "field" and other.parentLayerParameterName() == name
            for column in self._columns(other, parameters, context)
        }
        key_of = self.parameterDefinition(f"{name}_KEY")
        key = key_of and "".join(self._columns(key_of, parameters, context))
        path = str(Path(folder) / f"{name}.gpkg")
        is_points = asked.dataTypes() == [QgsProcessing.TypeVectorPoint]
        form = QgsWkbTypes.Point if is_points else QgsWkbTypes.MultiPolygon
        _write(path, rows, sorted(columns), form)
        return {"path": path, "layer": _LAYER, "key": key or _ROW}

    def _columns(
        self, asked: Any, parameters: dict[str, Any], context: Any
    ) -> list[str]:
        """Name the columns that were chosen: none is told as one without a name."""
        columns = self.parameterAsStrings(parameters, asked.name(), context)
        return [column for column in columns if column]


def _write(path: str, rows: Any, columns: list[str], form: int) -> None:
    """Write columns of a layer, with the number of each row."""
    fields = QgsFields()
    for column in columns:
        fields.append(rows.fields().field(column))
    is_named = Qgis.QGIS_VERSION_INT >= _NAMED_TYPES
    fields.append(
        QgsField(_ROW, QMetaType.Type.QString if is_named else QVariant.String)
    )
    how = QgsVectorFileWriter.SaveVectorOptions()
    how.driverName, how.layerName = "GPKG", _LAYER
    how.layerOptions = ["FID=eitgeo_rank", "GEOMETRY_NAME=eitgeo_geom"]
    crs, moves = rows.sourceCrs(), QgsCoordinateTransformContext()
    writer = QgsVectorFileWriter.create(path, fields, form, crs, moves, how)
    for row in rows.getFeatures():
        feature = QgsFeature(fields)
        values = [row.attribute(column) for column in columns]
        feature.setAttributes([*values, str(row.id())])
        feature.setGeometry(_shape(row, form))
        writer.addFeature(feature, QgsFeatureSink.FastInsert)
    if writer.hasError():
        raise QgsProcessingException(f"Couche non écrite : {writer.errorMessage()}")


def _shape(row: Any, form: int) -> Any:
    """Take a shape as one point or one set of polygons, flat and straight."""
    if not row.hasGeometry():
        return QgsGeometry()
    shapes = row.geometry().coerceToType(form)
    if len(shapes) == 1:
        return shapes[0]
    raise QgsProcessingException(
        f"Entité {row.id()} : {len(shapes)} formes au lieu d’une. Séparez-les "
        "(De morceaux multiples à morceaux uniques)."
    )

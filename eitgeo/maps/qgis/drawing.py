"""The layer in which an analyst draws perimeters to be tested: empty, and editable."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from eitgeo.check import WORKING_EPSG
from eitgeo.maps.qgis.layers import QgisLayer
from eitgeo.maps.qgis.styles import Class, Label, Style
from eitgeo.maps.qgis.symbols import Fill
from eitgeo.outlines import DRAWN_LAYER

_INK = "#d81b60"
_COLUMNS = {"nom": "Nom", "auteur": "Auteur", "note": "Note"}


def drawing_layer() -> QgisLayer:
    """Describe the layer; it lies in a file of the user, beside that of the study."""
    fields = {column: pd.Series(dtype="str") for column in _COLUMNS}
    return QgisLayer(
        name=DRAWN_LAYER.stem,
        title="Périmètres à tester",
        group="Périmètres à tester (à dessiner)",
        rows=gpd.GeoDataFrame(fields, geometry=[], crs=WORKING_EPSG),
        aliases=_COLUMNS,
        style=Style(
            [Class("Périmètre à tester", Fill(outline=_INK, width_mm=0.9))],
            label=Label("nom", 9, _INK, bold=True),
            form=tuple(_COLUMNS),
        ),
        file=DRAWN_LAYER.name,
    )

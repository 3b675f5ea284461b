"""The QGIS project: groups, styles, map themes and print layouts, without QGIS."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pyproj import CRS

from eitgeo.maps.qgis._layouts import add_layouts
from eitgeo.maps.qgis._xml import child, document, element
from eitgeo.maps.qgis.layers import check_layers
from eitgeo.maps.qgis.styles import QGIS_VERSION, style_elements

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree.ElementTree import Element

    from eitgeo.maps.qgis.layers import QgisLayer
    from eitgeo.maps.sheet import Sheet

_CRS_CODE = 2154
_CRS = f"EPSG:{_CRS_CODE}"
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_MARGIN = 0.04
_DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"


@dataclass(frozen=True)
class Theme:
    """A choice of layers, with a print layout that shows it.

    Attributes
    ----------
    name
        What layers call it.
    title
        Title of the layout.
    note
        What the reader must know, French; may be empty.
    """

    name: str
    title: str
    note: str = ""


@dataclass(frozen=True)
class Extent:
    """What the map shows when the project opens, EPSG:2154, metres.

    Attributes
    ----------
    bounds
        ``minx, miny, maxx, maxy``.
    """

    bounds: tuple[float, float, float, float] = field()

    @property
    def with_margin(self) -> tuple[float, float, float, float]:
        """Return the bounds with a little room around."""
        left, low, right, high = self.bounds
        room = _MARGIN * max(right - left, high - low)
        return left - room, low - room, right + room, high + room


def qgis_project(
    layers: Sequence[QgisLayer],
    *,
    data: str,
    themes: Sequence[Theme],
    extent: Extent,
    sheet: Sheet,
    stem: str,
) -> bytes:
    """Write a project that opens the layers styled, grouped and ready to print."""
    check_layers(layers)
    root = element("qgis", {"version": QGIS_VERSION, "projectname": sheet.title})
    child(root, "title", text=sheet.title)
    _add_crs(child(root, "projectCrs"))
    _add_tree(root, layers)
    _add_canvas(root, extent)
    held = child(root, "projectlayers")
    for layer in layers:
        held.append(_map_layer(layer, data))
    order = child(root, "layerorder")
    for layer in layers:
        child(order, "layer", {"id": layer.key})
    _add_themes(root, layers, themes)
    _add_properties(root, sheet)
    add_layouts(root, layers, themes=themes, bounds=extent.with_margin, sheet=sheet)
    text = _DOCTYPE + document(root) + "\n"
    held_bytes = io.BytesIO()
    with zipfile.ZipFile(held_bytes, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo(f"{stem}.qgs", date_time=_ZIP_DATE)
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, text.encode())
    return held_bytes.getvalue()


def _add_crs(parent: Element) -> None:
    held = child(parent, "spatialrefsys", {"nativeFormat": "Wkt"})
    child(held, "wkt", text=CRS.from_epsg(_CRS_CODE).to_wkt())
    child(held, "srid", text=str(_CRS_CODE))
    child(held, "authid", text=_CRS)


def _add_tree(root: Element, layers: Sequence[QgisLayer]) -> None:
    tree = child(root, "layer-tree-group")
    groups: dict[str, Element] = {}
    for layer in layers:
        if layer.group not in groups:
            groups[layer.group] = child(
                tree,
                "layer-tree-group",
                {"name": layer.group, "checked": "Qt::Checked", "expanded": 1},
            )
        child(
            groups[layer.group],
            "layer-tree-layer",
            {
                "id": layer.key,
                "name": layer.title,
                "checked": "Qt::Checked" if layer.shown else "Qt::Unchecked",
                "expanded": 0,
                "providerKey": "ogr",
            },
        )


def _add_canvas(root: Element, extent: Extent) -> None:
    canvas = child(root, "mapcanvas", {"name": "theMapCanvas", "annotationsVisible": 1})
    child(canvas, "units", text="meters")
    held = child(canvas, "extent")
    names = ("xmin", "ymin", "xmax", "ymax")
    for name, value in zip(names, extent.with_margin, strict=True):
        child(held, name, text=repr(float(value)))
    child(canvas, "rotation", text="0")
    _add_crs(child(canvas, "destinationsrs"))


def _map_layer(layer: QgisLayer, data: str) -> Element:
    made = element(
        "maplayer",
        {
            "type": "vector",
            "geometry": layer.kind,
            "labelsEnabled": int(layer.style.label is not None),
            "readOnly": 0,
            "autoRefreshMode": "Disabled",
        },
    )
    child(made, "id", text=layer.key)
    where = f"./{data}|layername={layer.held_in}"
    if layer.subset:
        where += f"|subset={layer.subset}"
    child(made, "datasource", text=where)
    child(made, "layername", text=layer.title)
    if layer.kind != "No geometry":
        _add_crs(child(made, "srs"))
    child(made, "provider", {"encoding": "UTF-8"}, text="ogr")
    about = child(made, "resourceMetadata")
    child(about, "title", text=layer.title)
    for source in layer.sources:
        child(about, "rights", text=source)
    made.extend(style_elements(layer.style, layer.aliases))
    return made


def _add_themes(
    root: Element, layers: Sequence[QgisLayer], themes: Sequence[Theme]
) -> None:
    held = child(root, "visibility-presets")
    for theme in themes:
        one = child(held, "visibility-preset", {"name": theme.title})
        for layer in layers:
            if theme.name in layer.themes:
                style = {"style": "défaut", "visible": 1, "expanded": 1}
                child(one, "layer", {"id": layer.key, **style})


def _add_properties(root: Element, sheet: Sheet) -> None:
    """Write relative paths, and the stamp that crosses the top of the canvas."""
    properties = child(root, "properties")
    projections = child(properties, "SpatialRefSys")
    child(projections, "ProjectionsEnabled", {"type": "int"}, text="1")
    paths = child(properties, "Paths")
    child(paths, "Absolute", {"type": "bool"}, text="false")
    title = child(properties, "TitleLabel")
    child(
        title,
        "Enabled",
        {"type": "bool"},
        text=str(bool(sheet.demonstration_text)).lower(),
    )
    child(title, "Label", {"type": "QString"}, text=sheet.demonstration_text)
    child(title, "Placement", {"type": "int"}, text="0")

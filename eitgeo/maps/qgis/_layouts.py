"""Print layouts of the project: A4 landscape, one for each map theme."""

from __future__ import annotations

import math
import uuid
from textwrap import wrap
from typing import TYPE_CHECKING

from eitgeo.maps.palette import DEMONSTRATION_INK, INK
from eitgeo.maps.qgis._xml import add_options, child, rgba
from eitgeo.maps.qgis.symbols import Fill, add_symbol
from eitgeo.maps.sheet import CRS_NAME
from eitgeo.words import typographic

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree.ElementTree import Element

    from eitgeo.maps.qgis.layers import QgisLayer
    from eitgeo.maps.qgis.project import Theme
    from eitgeo.maps.sheet import Sheet

_PAGE, _MAP, _PICTURE, _LABEL, _LEGEND, _SCALE_BAR = (
    65638,
    65639,
    65640,
    65641,
    65642,
    65646,
)
"""Item types of QGIS."""
_A4 = (297.0, 210.0)
_MAP_BOX = (8.0, 22.0, 205.0, 166.0)
_SIDE_X, _SIDE_WIDTH = 217.0, 72.0
_STAMP_DEGREES = -20
_LEGEND_LETTERS = 40
_STAMP_ALPHA = 90
_SPACE = uuid.UUID("6f7a3a34-3b4c-5a57-9a0b-51a1f4d2c6ab")
_ALIGN = {"left": 1, "center": 4}

Box = tuple[float, float, float, float]


def add_layouts(
    root: Element,
    layers: Sequence[QgisLayer],
    *,
    themes: Sequence[Theme],
    bounds: Box,
    sheet: Sheet,
) -> None:
    """Write one layout for each theme."""
    held = child(root, "Layouts")
    for theme in themes:
        shown = [layer for layer in layers if theme.name in layer.themes]
        _add_layout(held, theme, shown, bounds=bounds, sheet=sheet)


def _add_layout(
    parent: Element,
    theme: Theme,
    layers: Sequence[QgisLayer],
    *,
    bounds: Box,
    sheet: Sheet,
) -> None:
    name = f"A4 paysage – {theme.title}"
    layout = child(
        parent, "Layout", {"name": name, "units": "mm", "printResolution": 300}
    )
    # What the export window proposes: text stays text in the PDF.
    add_options(child(layout, "customproperties"), {"pdfTextFormat": 1})
    pages = child(layout, "PageCollection")
    add_symbol(pages, "", Fill(colour="#ffffff", outline=""))
    page = _item(pages, _PAGE, f"{theme.name}/page", (0.0, 0.0, *_A4))
    add_symbol(page, "", Fill(colour="#ffffff", outline=""))
    place = f"{theme.name}/carte"
    if any(layer.demonstration for layer in layers):
        _add_stamp(layout, theme.name)
    _label(
        layout, f"{theme.name}/titre", (8, 5, 281, 9), theme.title, size=16, bold=True
    )
    under = f"{sheet.title} – {sheet.subtitle}" if sheet.subtitle else sheet.title
    _label(layout, f"{theme.name}/etude", (8, 13, 281, 7), under, size=9)
    _add_legend(layout, theme, layers, place)
    _add_scale_bar(layout, theme.name, place)
    _add_north(layout, theme.name, place)
    _label(
        layout,
        f"{theme.name}/notes",
        (_SIDE_X, 150, _SIDE_WIDTH, 38),
        _notes(theme, layers),
        size=7,
    )
    _label(
        layout, f"{theme.name}/sources", (8, 190, 281, 17), _foot(layers, sheet), size=6
    )
    _add_map(layout, theme, place, bounds)


def _notes(theme: Theme, layers: Sequence[QgisLayer]) -> str:
    reasons = dict.fromkeys(one for layer in layers for one in layer.demonstration)
    doubts = dict.fromkeys(one for layer in layers for one in layer.to_confirm)
    stamp = f"DÉMONSTRATION – {', '.join(reasons)}" if reasons else ""
    lines = [stamp, theme.note, *doubts]
    return typographic("\n".join(line for line in lines if line))


def _foot(layers: Sequence[QgisLayer], sheet: Sheet) -> str:
    sources = dict.fromkeys(one for layer in layers for one in layer.sources)
    lines = [
        f"{sheet.status_stamp} – édition du {sheet.edition_text} – {CRS_NAME}",
        " · ".join(sources),
        " – ".join(one for one in (sheet.funders, sheet.contact) if one),
    ]
    return typographic("\n".join(line for line in lines if line))


def _item(parent: Element, kind: int, name: str, box: Box) -> Element:
    """Add an item of a layout; `box`: left, top, width, height [mm]."""
    left, top, width, height = box
    key = f"{{{uuid.uuid5(_SPACE, name)}}}"
    return child(
        parent,
        "LayoutItem",
        {
            "type": kind,
            "uuid": key,
            "templateUuid": key,
            "id": name.rpartition("/")[2],
            "position": f"{left:g},{top:g},mm",
            "positionOnPage": f"{left:g},{top:g},mm",
            "size": f"{width:g},{height:g},mm",
            "outlineWidthM": "0.3,mm",
            "opacity": 1,
            "visibility": 1,
            "frame": "false",
            "background": "false",
            "zValue": 1,
            "itemRotation": 0,
            "referencePoint": 0,
            "positionLock": "false",
        },
    )


def _key(name: str) -> str:
    return f"{{{uuid.uuid5(_SPACE, name)}}}"


def _text_style(
    parent: Element, *, size: float, colour: str, bold: bool, alpha: int = 255
) -> None:
    child(
        parent,
        "text-style",
        {
            "fontFamily": "DejaVu Sans",
            "fontSize": size,
            "fontSizeUnit": "Point",
            "fontWeight": 75 if bold else 50,
            "namedStyle": "Bold" if bold else "Book",
            "textColor": rgba(colour),
            "textOpacity": alpha / 255,
            "multilineHeight": 1,
        },
    )


def _label(
    parent: Element, name: str, box: Box, text: str, *, size: float, bold: bool = False
) -> Element:
    made = _item(parent, _LABEL, name, box)
    made.attrib |= {
        "labelText": text,
        "htmlState": "0",
        "halign": str(_ALIGN["left"]),
        "valign": "32",
        "marginX": "0",
        "marginY": "0",
        "zValue": "3",
    }
    _text_style(made, size=size, colour=INK, bold=bold)
    return made


def _add_stamp(layout: Element, theme: str) -> None:
    """Write the stamp across the map: it is part of the figure."""
    left, top, width, height = _MAP_BOX
    turn = math.radians(-_STAMP_DEGREES)
    # QGIS turns an item about its upper left corner: bring its middle to the map's.
    x = left + width / 2 - (width / 2 * math.cos(turn) + 9 * math.sin(turn))
    y = top + height / 2 - (-width / 2 * math.sin(turn) + 9 * math.cos(turn))
    made = _label(
        layout,
        f"{theme}/demonstration",
        (x, y, width, 18),
        "DÉMONSTRATION",
        size=48,
        bold=True,
    )
    made.attrib |= {
        "itemRotation": str(_STAMP_DEGREES),
        "halign": str(_ALIGN["center"]),
        "zValue": "5",
    }
    made.remove(made[0])
    _text_style(made, size=48, colour=DEMONSTRATION_INK, bold=True, alpha=_STAMP_ALPHA)


def _add_legend(
    layout: Element, theme: Theme, layers: Sequence[QgisLayer], place: str
) -> None:
    made = _item(
        layout, _LEGEND, f"{theme.name}/legende", (_SIDE_X, 22, _SIDE_WIDTH, 120)
    )
    made.attrib |= {
        "map_uuid": _key(place),
        "title": "Légende",
        "wrapChar": "|",
        "symbolWidth": "5",
        "symbolHeight": "3",
        "boxSpace": "0",
        "columnCount": "1",
        "resizeToContents": "1",
        "legendFilterByAtlas": "0",
        "zValue": "3",
    }
    styles = child(made, "styles")
    sizes = {"title": 10.0, "group": 8.0, "subgroup": 8.0, "symbolLabel": 7.0}
    for name, size in sizes.items():
        one = child(
            styles,
            "style",
            {
                "name": name,
                "alignment": 1,
                "indent": 0,
                "marginTop": 1.2,
                "marginLeft": 1,
            },
        )
        _text_style(one, size=size, colour=INK, bold=name in {"title", "subgroup"})
    tree = child(made, "layer-tree-group")
    for layer in layers:
        if layer.style.classes:
            shown = {"id": layer.key, "name": layer.title, "checked": "Qt::Checked"}
            one = child(tree, "layer-tree-layer", {**shown, "providerKey": "ogr"})
            words = "|".join(wrap(layer.title, _LEGEND_LETTERS))
            add_options(child(one, "customproperties"), {"legend/title-label": words})


def _add_scale_bar(layout: Element, theme: str, place: str) -> None:
    made = _item(layout, _SCALE_BAR, f"{theme}/echelle", (12, 174, 60, 12))
    made.attrib |= {
        "mapUuid": _key(place),
        "style": "Single Box",
        "unitType": "km",
        "unitLabel": "km",
        "numUnitsPerSegment": "10",
        "numMapUnitsPerScaleBarUnit": "1",
        "numSegments": "2",
        "numSegmentsLeft": "0",
        "segmentSizeMode": "0",
        "height": "2",
        "outlineWidth": "0.2",
        "labelBarSpace": "1",
        "boxContentSpace": "1",
        "alignment": "0",
        "zValue": "4",
    }
    _text_style(made, size=7, colour=INK, bold=False)


def _add_north(layout: Element, theme: str, place: str) -> None:
    made = _item(layout, _PICTURE, f"{theme}/nord", (199, 172, 10, 13))
    made.attrib |= {
        "file": "arrows/NorthArrow_02.svg",
        "mapUuid": _key(place),
        "mode": "2",
        "resizeMode": "0",
        "northMode": "0",
        "svgFillColor": rgba(INK),
        "svgBorderColor": rgba(INK),
        "zValue": "4",
    }


def _add_map(layout: Element, theme: Theme, place: str, bounds: Box) -> None:
    made = _item(layout, _MAP, place, _MAP_BOX)
    made.attrib |= {
        "followPreset": "true",
        "followPresetName": theme.title,
        "keepLayerSet": "false",
        "drawCanvasItems": "true",
        "mapRotation": "0",
        "frame": "true",
        "background": "true",
        "labelMargin": "0,mm",
    }
    child(
        made,
        "Extent",
        dict(zip(("xmin", "ymin", "xmax", "ymax"), _fitted(bounds), strict=True)),
    )
    child(made, "LayerSet")


def _fitted(bounds: Box) -> Box:
    """Widen bounds to the shape of the map's box."""
    left, low, right, high = bounds
    _, _, width, height = _MAP_BOX
    scale = max((right - left) / width, (high - low) / height)
    middle_x, middle_y = (left + right) / 2, (low + high) / 2
    half_x, half_y = scale * width / 2, scale * height / 2
    return middle_x - half_x, middle_y - half_y, middle_x + half_x, middle_y + half_y

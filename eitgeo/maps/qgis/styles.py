"""Styles: a symbol, categories or classes, labels and French names of columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from eitgeo.maps.qgis._xml import child, document, element, rgba
from eitgeo.maps.qgis.symbols import add_symbol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from xml.etree.ElementTree import Element

    from eitgeo.maps.qgis.symbols import Symbol

QGIS_VERSION = "3.34.0"
"""Version whose file format is written: the long-term release of 2024."""
_PLACES: dict[str, dict[str, object]] = {
    "over": {"placement": 1, "quadOffset": 4},
    "around": {
        "placement": 6,
        "dist": 1,
        "distUnits": "MM",
        "predefinedPositionOrder": "TR,TL,BR,BL,R,L,TSR,BSR",
    },
    "along": {"placement": 2, "placementFlags": 1},
}
_SETTINGS = {
    "symbollevels": 0,
    "enableorderby": 0,
    "forceraster": 0,
    "referencescale": -1,
}


@dataclass(frozen=True)
class Class:
    """A class of a style.

    Attributes
    ----------
    label
        What the legend says.
    symbol
        How it is drawn.
    value
        The category; empty in classes of numbers, and for « the others ».
    lower, upper
        Bounds of a class of numbers, both held.
    """

    label: str
    symbol: Symbol
    value: str = ""
    lower: float = 0.0
    upper: float = 0.0


@dataclass(frozen=True)
class Label:
    """How names are written.

    Attributes
    ----------
    text
        A column, or an expression of QGIS.
    size_pt
        Height.
    colour
        ``#rrggbb``.
    bold
        Whether in bold.
    is_expression
        Whether `text` is an expression.
    least_scale
        Names show at this scale and larger ones (``200_000``); 0: always.
    place
        ``over`` a polygon, ``around`` a point, or ``along`` a line.
    """

    text: str
    size_pt: float = 8.0
    colour: str = "#222222"
    bold: bool = False
    is_expression: bool = False
    least_scale: int = 0
    place: str = "over"


@dataclass(frozen=True)
class Style:
    """How a layer is drawn.

    Attributes
    ----------
    classes
        One: the same for all; several: by `column`.
    column
        What tells the classes apart; empty with one class.
    graduated
        Whether classes are ranges of numbers.
    label
        Names; None: none.
    """

    classes: Sequence[Class] = field(default_factory=tuple)
    column: str = ""
    graduated: bool = False
    label: Label | None = None


def style_elements(style: Style, aliases: Mapping[str, str]) -> list[Element]:
    """Write a style as the elements that a QML file and a project share."""
    made = [_renderer(style)] if style.classes else []
    if style.label is not None:
        made.append(_labeling(style.label))
    named = element("aliases")
    for index, (column, name) in enumerate(aliases.items(), start=1):
        child(named, "alias", {"field": column, "index": index, "name": name})
    return [*made, named]


def qml(style: Style, aliases: Mapping[str, str]) -> str:
    """Write a QML file."""
    root = element(
        "qgis",
        {
            "version": QGIS_VERSION,
            "styleCategories": "Symbology|Labeling|Fields",
            "labelsEnabled": int(style.label is not None),
        },
    )
    root.extend(style_elements(style, aliases))
    return document(root)


def _renderer(style: Style) -> Element:
    kind = "singleSymbol"
    if style.column:
        kind = "graduatedSymbol" if style.graduated else "categorizedSymbol"
    made = element("renderer-v2", {"type": kind, **_SETTINGS})
    if style.column:
        made.set("attr", style.column)
        _add_classes(made, style)
    symbols = child(made, "symbols")
    for rank, one in enumerate(style.classes):
        add_symbol(symbols, str(rank), one.symbol)
    return made


def _add_classes(renderer: Element, style: Style) -> None:
    held = child(renderer, "ranges" if style.graduated else "categories")
    for rank, one in enumerate(style.classes):
        shown = {"symbol": rank, "label": one.label, "render": "true"}
        if style.graduated:
            child(held, "range", {"lower": one.lower, "upper": one.upper, **shown})
        else:
            kind = {"value": one.value, "type": "string"}
            child(held, "category", {**kind, **shown})
    if style.graduated:
        renderer.set("graduatedMethod", "GraduatedColor")


def _labeling(label: Label) -> Element:
    made = element("labeling", {"type": "simple"})
    settings = child(made, "settings")
    text = child(
        settings,
        "text-style",
        {
            "fieldName": label.text,
            "isExpression": int(label.is_expression),
            "fontFamily": "DejaVu Sans",
            "fontSize": label.size_pt,
            "fontSizeUnit": "Point",
            "fontWeight": 75 if label.bold else 50,
            "namedStyle": "Bold" if label.bold else "Book",
            "textColor": rgba(label.colour),
            "textOpacity": 1,
        },
    )
    child(
        text,
        "text-buffer",
        {
            "bufferDraw": 1,
            "bufferSize": 0.8,
            "bufferSizeUnits": "MM",
            "bufferColor": rgba("#ffffff"),
            "bufferOpacity": 0.85,
        },
    )
    scaled = {"scaleVisibility": int(label.least_scale > 0)}
    if label.least_scale:
        scaled |= {"scaleMin": 0, "scaleMax": label.least_scale}
    child(settings, "placement", _PLACES[label.place])
    child(settings, "rendering", {"drawLabels": 1, "obstacle": 1, **scaled})
    return made

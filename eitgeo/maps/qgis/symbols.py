"""How a class is drawn: fills, hatches, lines and marks, as QGIS stores them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from eitgeo.maps.palette import INK
from eitgeo.maps.qgis._xml import add_options, child, rgba

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_HATCH_DEGREES = 45
_HATCH_MM = 2.0
_HATCH_WIDTH_MM = 0.35
MARKS = {
    "o": "circle",
    "s": "square",
    "D": "diamond",
    "d": "diamond",
    "v": "equilateral_triangle",
    "^": "triangle",
    "<": "triangle",
    "h": "hexagon",
    "p": "pentagon",
    "P": "cross_fill",
    "X": "cross_fill",
    "*": "star",
}
"""Marker of matplotlib → shape of QGIS."""
_TURNED = {"v": 180, "<": -90}


@dataclass(frozen=True)
class Fill:
    """A filled area.

    Attributes
    ----------
    colour
        ``#rrggbb``; empty: no fill.
    outline
        ``#rrggbb``; empty: no outline.
    width_mm
        Of the outline.
    alpha
        Of the fill, 0 to 255.
    hatch
        ``#rrggbb`` of the hatch; empty: none.
    """

    colour: str = ""
    outline: str = INK
    width_mm: float = 0.2
    alpha: int = 255
    hatch: str = ""


@dataclass(frozen=True)
class Line:
    """A line.

    Attributes
    ----------
    colour
        ``#rrggbb``.
    width_mm
        Its width.
    dashed
        Whether it is dashed.
    """

    colour: str = INK
    width_mm: float = 0.4
    dashed: bool = False


@dataclass(frozen=True)
class Mark:
    """A mark on a point.

    Attributes
    ----------
    marker
        Marker of matplotlib, a key of ``MARKS``.
    colour
        ``#rrggbb``.
    size_mm
        Its width.
    alpha
        0 to 255.
    """

    marker: str = "o"
    colour: str = INK
    size_mm: float = 2.5
    alpha: int = 255


Symbol = Fill | Line | Mark


def add_symbol(parent: Element, name: str, symbol: Symbol) -> None:
    """Write a symbol."""
    kind = {Fill: "fill", Line: "line", Mark: "marker"}[type(symbol)]
    made = child(
        parent,
        "symbol",
        {
            "type": kind,
            "name": name,
            "alpha": 1,
            "clip_to_extent": 1,
            "force_rhr": 0,
        },
    )
    if isinstance(symbol, Fill):
        _add_fill(made, name, symbol)
    elif isinstance(symbol, Line):
        _add_layer(made, "SimpleLine", _line_options(symbol))
    else:
        _add_layer(made, "SimpleMarker", _mark_options(symbol))


def _add_layer(symbol: Element, kind: str, options: dict[str, object]) -> Element:
    made = child(symbol, "layer", {"class": kind, "enabled": 1, "pass": 0, "locked": 0})
    add_options(made, options)
    return made


def _add_fill(symbol: Element, name: str, fill: Fill) -> None:
    options: dict[str, object] = {
        "style": "solid" if fill.colour else "no",
        "color": rgba(fill.colour or INK, alpha=fill.alpha),
        "outline_style": "solid" if fill.outline else "no",
        "outline_color": rgba(fill.outline or INK),
        "outline_width": fill.width_mm,
        "outline_width_unit": "MM",
        "joinstyle": "round",
    }
    _add_layer(symbol, "SimpleFill", options)
    if not fill.hatch:
        return
    lines = _add_layer(
        symbol,
        "LinePatternFill",
        {
            "angle": _HATCH_DEGREES,
            "distance": _HATCH_MM,
            "distance_unit": "MM",
            "clip_mode": "during_render",
        },
    )
    drawn = child(lines, "symbol", {"type": "line", "name": f"@{name}@1", "alpha": 1})
    one = Line(colour=fill.hatch, width_mm=_HATCH_WIDTH_MM)
    _add_layer(drawn, "SimpleLine", _line_options(one))


def _line_options(line: Line) -> dict[str, object]:
    return {
        "line_color": rgba(line.colour),
        "line_width": line.width_mm,
        "line_width_unit": "MM",
        "line_style": "dash" if line.dashed else "solid",
        "capstyle": "round",
        "joinstyle": "round",
    }


def _mark_options(mark: Mark) -> dict[str, object]:
    return {
        "name": MARKS.get(mark.marker, "circle"),
        "angle": _TURNED.get(mark.marker, 0),
        "color": rgba(mark.colour, alpha=mark.alpha),
        "outline_color": rgba("#ffffff"),
        "outline_width": 0.2,
        "outline_width_unit": "MM",
        "size": mark.size_mm,
        "size_unit": "MM",
    }

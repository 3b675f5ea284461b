"""Styles as QGIS stores them: symbols, categories, labels, names of columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, ClassVar
from xml.sax.saxutils import escape

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from eitgeo.maps.paper.charter import INK

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
QGIS_VERSION = "3.34.0"
"""Version whose file format is written: the long-term release of 2024."""
_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FORMULA = "[%"
_IN_ATTRIBUTES = {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#09;"}


@dataclass(frozen=True)
class Class:
    """A class of a style."""

    label: str  # What the legend says
    symbol: Symbol
    value: str = ""  # The category; empty in classes of numbers, and for « the others »
    lower: float = 0.0  # Bounds of a class of numbers, both held
    upper: float = 0.0


@dataclass(frozen=True)
class Label:
    """How names are written."""

    text: str  # A column, or an expression of QGIS
    size_pt: float = 8.0  # Height
    # ``#rrggbb``
    colour: str = "#222222"
    bold: bool = False
    is_expression: bool = False
    # Names show at this scale and larger ones (``200_000``); 0: always
    least_scale: int = 0
    place: str = "over"  # ``over`` a polygon, ``around`` a point, or ``along`` a line


@dataclass(frozen=True)
class Style:
    """How a layer is drawn."""

    # One: the same for all; several: by `column`
    classes: Sequence[Class] = field(default_factory=tuple)
    column: str = ""  # What tells the classes apart; empty with one class
    graduated: bool = False  # Whether classes are ranges of numbers
    label: Label | None = None
    # Fields that the form asks for, the first without fail; empty: no form
    form: Sequence[str] = ()

    @property
    def renderer(self) -> str:
        """The renderer of QGIS."""
        if not self.column:
            return "singleSymbol"
        return "graduatedSymbol" if self.graduated else "categorizedSymbol"


def qml(style: Style, aliases: Mapping[str, str]) -> str:
    """Write what QGIS reads as the default style of a layer: a QML file."""
    return filled("layer.qml", style=style, aliases=aliases)


@dataclass(frozen=True)
class Fill:
    """A filled area."""

    kind: ClassVar[str] = "fill"
    colour: str = ""  # ``#rrggbb``; empty: no fill
    outline: str = INK  # ``#rrggbb``; empty: no outline
    width_mm: float = 0.2
    alpha: int = 255  # Of the fill, 0 to 255
    hatch: str = ""  # ``#rrggbb`` of the hatch; empty: none


@dataclass(frozen=True)
class Line:
    """A line."""

    kind: ClassVar[str] = "line"
    colour: str = INK  # ``#rrggbb``
    width_mm: float = 0.4
    dashed: bool = False


@dataclass(frozen=True)
class Mark:
    """A mark on a point."""

    kind: ClassVar[str] = "marker"
    marker: str = "o"  # Marker of matplotlib, a key of ``MARKS``
    colour: str = INK  # ``#rrggbb``
    size_mm: float = 2.5  # Its width
    alpha: int = 255  # 0 to 255

    @property
    def shape(self) -> str:
        """The shape of QGIS."""
        return MARKS.get(self.marker, "circle")

    @property
    def angle(self) -> int:
        """How far the shape is turned [degrees]."""
        return _TURNED.get(self.marker, 0)


Symbol = Fill | Line | Mark


def filled(template: str, **values: Any) -> str:
    """Fill a template of this folder; what is put in is text, never XML."""
    return _templates().get_template(template).render(values)


def plain(value: str) -> str:
    """Write a text that QGIS does not compute and XML can hold.

    Without control characters; ``[%``, which opens an expression in the titles and
    labels of QGIS, is cut in two.

    Examples
    --------
    >>> plain("ZA [% env('HOME') %]")
    "ZA [ % env('HOME') %]"
    """
    return _FORBIDDEN.sub("", value).replace(_FORMULA, "[ %")


def rgba(colour: str, *, alpha: int = 255) -> str:
    """Write a colour, ``#rrggbb``, as QGIS does.

    Examples
    --------
    >>> rgba("#a3182d", alpha=128)
    '163,24,45,128'
    """
    parts = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return ",".join(str(part) for part in (*parts, alpha))


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        finalize=_as_xml,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    made.globals.update(ink=INK, rgba=rgba, version=QGIS_VERSION, zip=zip)
    return made


def _as_xml(value: Any) -> Markup:
    if isinstance(value, Markup):  # of a macro
        return value
    return Markup(escape(plain(str(value)), _IN_ATTRIBUTES))  # noqa: S704 - escaped

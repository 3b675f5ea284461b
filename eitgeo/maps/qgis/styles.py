"""Styles: a symbol, categories or classes, labels and French names of columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from eitgeo.maps.qgis._template import filled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eitgeo.maps.qgis.symbols import Symbol


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
    form
        Fields that the form asks for, the first without fail; empty: no form.
    """

    classes: Sequence[Class] = field(default_factory=tuple)
    column: str = ""
    graduated: bool = False
    label: Label | None = None
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

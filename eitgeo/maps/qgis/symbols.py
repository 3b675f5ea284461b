"""How a class is drawn: fills, hatches, lines and marks, as QGIS stores them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from eitgeo.maps.paper.palette import INK

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

    kind: ClassVar[str] = "fill"
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

    kind: ClassVar[str] = "line"
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

    kind: ClassVar[str] = "marker"
    marker: str = "o"
    colour: str = INK
    size_mm: float = 2.5
    alpha: int = 255

    @property
    def shape(self) -> str:
        """The shape of QGIS."""
        return MARKS.get(self.marker, "circle")

    @property
    def angle(self) -> int:
        """How far the shape is turned [degrees]."""
        return _TURNED.get(self.marker, 0)


Symbol = Fill | Line | Mark

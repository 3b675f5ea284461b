"""Sizes of paper that a map is printed on, and where things stand on them."""

from __future__ import annotations

from typing import NamedTuple

MARGIN_MM = 8.0
HEADER_MM = 24.0
"""Height of heading, study, status and banner."""
FOOTER_MAX_MM = 31.0
"""The footer never reaches higher than this from the bottom of the page."""
_GAP_MM = 4.0


class PageFormat(NamedTuple):
    """A sheet of paper: a map with its column beside it, or with columns under it."""

    name: str  # As in the names of files: ``A4``, ``A4_portrait`` …
    label: str
    width_mm: float
    height_mm: float
    columns: int = 1
    # Width of a column beside the map [mm]; 0 where columns stand under it
    column_mm: float = 0.0
    # Height of the columns under the map [mm]; 0 where they stand beside it
    panel_mm: float = 0.0
    dpi: int = 0  # Of a picture of its own; 0: that of the study

    @property
    def beside(self) -> bool:
        """Whether the text stands beside the map."""
        return self.column_mm > 0

    @property
    def map_width_mm(self) -> float:
        """Return the width of the map."""
        room = self.width_mm - 2 * MARGIN_MM
        return room - self.column_mm - _GAP_MM if self.beside else room

    @property
    def map_top_mm(self) -> float:
        """Return where the map begins."""
        return self.height_mm - HEADER_MM

    @property
    def side_width_mm(self) -> float:
        """Return the width of a column of text."""
        if self.beside:
            return self.column_mm
        room = self.width_mm - 2 * MARGIN_MM - (self.columns - 1) * _GAP_MM
        return room / self.columns

    @property
    def side_top_mm(self) -> float:
        """Return where columns begin."""
        return self.map_top_mm - 1.0 if self.beside else FOOTER_MAX_MM + self.panel_mm

    def side_x_mm(self, column: int = 0) -> float:
        """Return the left of a column of text."""
        if self.beside:
            return self.width_mm - MARGIN_MM - self.column_mm
        return MARGIN_MM + column * (self.side_width_mm + _GAP_MM)

    def map_low_mm(self, footer_mm: float) -> float:
        """Return where the map ends."""
        return footer_mm if self.beside else self.side_top_mm + _GAP_MM


FORMATS = {
    one.name: one
    for one in (
        PageFormat("A4", "A4 paysage", 297.0, 210.0, column_mm=84.0),
        PageFormat("A4_portrait", "A4 portrait", 210.0, 297.0, 2, panel_mm=88.0),
        PageFormat("A3", "A3 paysage", 420.0, 297.0, column_mm=96.0),
        PageFormat("A3_portrait", "A3 portrait", 297.0, 420.0, 3, panel_mm=78.0),
    )
}
A4 = FORMATS["A4"]

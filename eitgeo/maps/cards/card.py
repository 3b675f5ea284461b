"""Parts of sheets without a map: titles of blocks, rows of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.maps.paper.canvas import Page, fill_box, line_height_mm, wrap, write

if TYPE_CHECKING:
    from collections.abc import Sequence

_HEAD = "#e4e9ec"
_ROW_SIZE_PT = 8.2
FOOT_MM = 17.5
"""Notes of a card, whose body is long, take no more of its height."""


def card_title(page: Page, place: tuple[float, float, float], text: str) -> float:
    """Write the title of a block at x, y, on a width; return where it ends [mm]."""
    x, y, width = place
    fill_box(page, (x, y - 5.6, width, 5.6), facecolor=_HEAD, linewidth=0)
    write(page, x + 1.5, y - 1.2, text, size=9.5, bold=True)
    return y - 7.6


def card_row(
    page: Page,
    place: tuple[float, float],
    texts: Sequence[str],
    widths: Sequence[float],
    *,
    bold: bool = False,
    size: float = _ROW_SIZE_PT,
) -> float:
    """Write a row of cells at x, y; return where the tallest ends [mm]."""
    x, y = place
    lowest = y
    for text, width in zip(texts, widths, strict=True):
        lines = wrap(text, width - 2, size_pt=size, bold=bold)
        for rank, line in enumerate(lines):
            write(page, x, y - rank * line_height_mm(size), line, size=size, bold=bold)
        lowest = min(lowest, y - len(lines) * line_height_mm(size))
        x += width
    return lowest - 1.0

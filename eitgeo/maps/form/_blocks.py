"""Blocks of a paper form: headings, writing boxes, boxes to tick; paginated."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from eitgeo.maps.paper.canvas import (
    Page,
    fill_box,
    line_height_mm,
    text_width_mm,
    wrap,
    write,
    write_block,
)
from eitgeo.maps.paper.palette import INK, MUTED
from eitgeo.words import typographic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

WIDTH_MM, HEIGHT_MM = 210.0, 297.0
MARGIN_MM = 13.0
ROOM_MM = WIDTH_MM - 2 * MARGIN_MM
TOP_MM = HEIGHT_MM - 29.0
LOW_MM = 14.0
_LABEL_PT, _TICK_PT, _HELP_PT = 8.0, 8.0, 6.8
_BOX_MM, _TICK_MM = 6.6, 3.0
_GAP_MM = 3.0
_BAND = "#e4e9ec"
_RULED = {"facecolor": "white", "edgecolor": MUTED, "linewidth": 0.6}


class Item(NamedTuple):
    """Something to print across the sheet.

    Attributes
    ----------
    height_mm
        Its height [mm].
    draw
        Prints it on a page, from its top [mm].
    """

    height_mm: float
    draw: Callable[[Page, float], object]


def heading(text: str) -> Item:
    """Print a heading in a band."""

    def draw(page: Page, y: float) -> None:
        fill_box(page, (MARGIN_MM, y - 7.4, ROOM_MM, 6), facecolor=_BAND, linewidth=0)
        write(page, MARGIN_MM + 2, y - 4.4, text, size=10, bold=True, va="center")

    return Item(9.4, draw)


def paragraph(
    text: str, *, size_pt: float = 8.0, bold: bool = False, muted: bool = False
) -> Item:
    """Print a wrapped text."""
    set_ = typographic(text)
    lines = wrap(set_, ROOM_MM, size_pt=size_pt, bold=bold)

    def draw(page: Page, y: float) -> None:
        write_block(
            page,
            MARGIN_MM,
            y,
            set_,
            width=ROOM_MM,
            size=size_pt,
            bold=bold,
            color=MUTED if muted else INK,
        )

    return Item(len(lines) * line_height_mm(size_pt) + 1.2, draw)


def boxes(labels: Sequence[tuple[str, str]]) -> Item:
    """Print boxes to write in, side by side, each under its label and its help."""
    width = (ROOM_MM - _GAP_MM * (len(labels) - 1)) / len(labels)
    helps = [wrap(typographic(told), width, size_pt=_HELP_PT) for _, told in labels]
    most = max(map(len, helps))
    tall = 4.0 + most * line_height_mm(_HELP_PT)

    def draw(page: Page, y: float) -> None:
        for rank, ((label, _), told) in enumerate(zip(labels, helps, strict=True)):
            x = MARGIN_MM + rank * (width + _GAP_MM)
            write(page, x, y, label, size=_LABEL_PT, bold=True)
            for line, text in enumerate(told):
                low = y - 3.7 - line * line_height_mm(_HELP_PT)
                write(page, x, low, text, size=_HELP_PT, color=MUTED)
            fill_box(page, (x, y - tall - _BOX_MM, width, _BOX_MM), **_RULED)

    return Item(tall + _BOX_MM + 2.2, draw)


def digits(label: str, told: str, count: int) -> Item:
    """Print a box for each digit of a number."""

    def draw(page: Page, y: float) -> None:
        write(page, MARGIN_MM, y, label, size=_LABEL_PT, bold=True)
        x = MARGIN_MM + text_width_mm(label, _LABEL_PT, bold=True) + 3
        write(page, x, y - 0.3, told, size=_HELP_PT, color=MUTED)
        for rank in range(count):
            left = MARGIN_MM + rank * 6.4 + 1.6 * min(rank // 3, 3)
            fill_box(page, (left, y - 4.0 - _BOX_MM, 6.0, _BOX_MM), **_RULED)

    return Item(4.0 + _BOX_MM + 2.4, draw)


def ticks(label: str, choices: Iterable[str], *, columns: int, told: str = "") -> Item:
    """Print choices to tick, in columns."""
    width = ROOM_MM / columns
    texts = [
        wrap(typographic(one), width - _TICK_MM - 4, size_pt=_TICK_PT)
        for one in choices
    ]
    rows = [texts[start : start + columns] for start in range(0, len(texts), columns)]
    line = line_height_mm(_TICK_PT)
    heights = [max(map(len, row)) * line + 1.5 for row in rows]
    head = 4.2 if label else 0.0

    def draw(page: Page, y: float) -> None:
        if label:
            write(page, MARGIN_MM, y, label, size=_LABEL_PT, bold=True)
            x = MARGIN_MM + text_width_mm(label, _LABEL_PT, bold=True) + 4
            write(page, x, y - 0.3, told, size=_HELP_PT, color=MUTED)
        top = y - head
        for row, height in zip(rows, heights, strict=True):
            for rank, lines in enumerate(row):
                _tick(page, MARGIN_MM + rank * width, top, lines)
            top -= height

    return Item(head + sum(heights) + 1.4, draw)


def _tick(page: Page, x: float, y: float, lines: list[str]) -> None:
    fill_box(page, (x, y - _TICK_MM - 0.1, _TICK_MM, _TICK_MM), **_RULED)
    for line, text in enumerate(lines):
        low = y - line * line_height_mm(_TICK_PT)
        write(page, x + _TICK_MM + 1.6, low, text, size=_TICK_PT)


def paginate(blocks: Iterable[Sequence[Item]]) -> list[list[tuple[float, Item]]]:
    """Give each item its page and height; a block is not cut where it can be whole."""
    pages: list[list[tuple[float, Item]]] = [[]]
    y = TOP_MM
    for block in blocks:
        tall = sum(item.height_mm for item in block)
        if pages[-1] and y - tall < LOW_MM:
            pages.append([])
            y = TOP_MM
        for item in block:
            if pages[-1] and y - item.height_mm < LOW_MM:
                pages.append([])
                y = TOP_MM
            pages[-1].append((y, item))
            y -= item.height_mm
        y -= 1.6
    return pages

"""The side column of a print map: identity, indicators, legend, lists of figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from eitgeo.maps.paper.canvas import (
    Page,
    clip_lines,
    clip_text,
    draw_stroke,
    fill_box,
    line_height_mm,
    text_width_mm,
    wrap,
    write,
    write_block,
)
from eitgeo.maps.paper.charter import INK, MUTED, PART_PT, TEXT_PT, VALUE_PT
from eitgeo.words import EVIDENCE_NAMES, EVIDENCE_SYMBOLS, MISSING, NBSP

_SWATCH_MM = (6.0, 3.2)
_RULE = "#c9c9c4"
_TITLE_ROOM_MM = 14.0
"""A title goes with the first lines of what it announces."""
_ROW_ROOM_MM = 8.0
_GAP_MM = 4.0
"""Left of a column of figures: two figures never read as one."""
_LEAST_COLUMN_MM = 10.5
_VALUE_SHARE = 0.55
"""Of the width of a line: a longer figure does not stand beside its label."""


class CardRow(NamedTuple):
    """One indicator of one perimeter, ready to print."""

    indicator_id: str
    label: str
    group: str
    text: str  # The figure in words; « – » when it is not known
    note: str  # Why it is not known, or what it is about; may be empty
    evidence: str
    greyed: bool  # Whether it is set back: an assumption in a demonstration
    exact: float  # The figure as a number where it is observed, else NaN


class LegendItem(NamedTuple):
    """A line of the legend: a patch, a line or a marker, and its words."""

    kind: str
    style: dict[str, Any]
    label: str


class SideTable(NamedTuple):
    """A list of the side column."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]  # Name, then figures as written


def write_side(
    page: Page, y: float, text: str, *, indent: float = 0.0, **options: Any
) -> float:
    """Write a text in the column, `indent` from its left; return where it ends [mm]."""
    room = {"width": page.side_width - indent}
    return write_block(page, page.side_x + indent, y, text, **room | options)


def side_title(page: Page, y: float, text: str) -> float:
    """Write the title of a part of the column, with its rule; return where it ends."""
    y = page.keep(y, _TITLE_ROOM_MM)
    low = write_side(page, y, text, bold=True, size=PART_PT) - 0.2
    ends = [(page.side_x, low), (page.side_x + page.side_width, low)]
    draw_stroke(page, ends, color=_RULE, lw=0.7)
    return low - 1.4


def draw_identity(page: Page, lines: Sequence[tuple[str, str]]) -> float:
    """Write the identity lines side by side; return where they end [mm]."""
    widths = [
        max(text_width_mm(number, 11.5, bold=True), text_width_mm(what, TEXT_PT))
        for number, what in lines
    ]
    gap = (page.side_width - sum(widths)) / max(1, len(lines) - 1)
    x = page.side_x
    for (number, what), width in zip(lines, widths, strict=True):
        write(page, x, page.side_top, number, size=11.5, bold=True)
        write(page, x, page.side_top - 5.2, what, size=TEXT_PT, color=MUTED)
        x += width + gap
    return page.side_top - 10.0


def draw_statement(page: Page, y: float, title: str, text: str) -> float:
    """Write a titled sentence; return where it ends [mm]."""
    lines = wrap(text, page.side_width, size_pt=TEXT_PT)
    y = page.keep(y, (1 + len(lines)) * line_height_mm(TEXT_PT))
    write(page, page.side_x, y, title, size=TEXT_PT, bold=True)
    y -= line_height_mm(TEXT_PT)
    return write_side(page, y, text) - 1.6


def draw_indicators(
    page: Page, y: float, parts: Mapping[str, Sequence[CardRow | str]]
) -> float:
    """Write one indicator a line, part by part; return where they end [mm]."""
    rows = [row for part in parts.values() for row in part if isinstance(row, CardRow)]
    if not rows:
        return y
    for title, part in parts.items():
        y = side_title(page, y, title) if part else y
        for item in part:
            if isinstance(item, CardRow):
                y = _draw_row(page, y, item)
            else:
                y = _draw_sentence(page, y, item)
    key = "   ".join(
        f"{EVIDENCE_SYMBOLS[letter]}{NBSP}{letter}{NBSP}{name}"
        for letter, name in EVIDENCE_NAMES.items()
    )
    keys = [key]
    if any(row.greyed for row in rows):
        keys.append("En gris : hypothèses d’une démonstration, sans poids.")
    for text in keys:
        y = write_side(page, y, text, color=MUTED)
    return y - 2.4


def _draw_sentence(page: Page, y: float, text: str) -> float:
    y = page.keep(y, _ROW_ROOM_MM)
    return write_side(page, y, text, color=MUTED) - 0.5


def _draw_row(page: Page, y: float, row: CardRow) -> float:
    """Write an indicator with what it is about; an assumption, smaller, without."""
    symbol = EVIDENCE_SYMBOLS[row.evidence]
    if row.evidence == "H" and row.text != MISSING:
        text = f"{symbol} {row.label}{NBSP}: {row.text}"
        return _draw_sentence(page, y, text)
    colour = MUTED if row.greyed else INK
    y = page.keep(y, _ROW_ROOM_MM)
    x = page.side_x + 4.2
    right = page.side_x + page.side_width
    write(page, page.side_x, y, symbol, size=8, color=colour)
    size = VALUE_PT
    value_mm = text_width_mm(row.text, size, bold=True)
    beside = value_mm <= _VALUE_SHARE * (right - x)
    write(page, right, y, row.text, size=size, bold=True, color=colour, ha="right")
    # A long figure has a line of its own, over what it is about.
    room = right - x - value_mm - 2 if beside else right - x
    y = y if beside else y - line_height_mm(size)
    y = write_block(page, x, y, row.label, width=room, color=colour)
    if row.note:
        y = write_side(page, y, row.note, indent=4.2, color=MUTED, lines=2)
    return y - 1.1


def draw_legend(
    page: Page,
    y: float,
    items: Sequence[LegendItem],
    *,
    columns: int = 1,
    about: str = "",
) -> float:
    """Draw the legend, column after column; return where it ends [mm].

    `about` names its map, where the title is a sentence.
    """
    width = page.side_width / columns
    per_column = -(-len(items) // columns)
    parts = [items[one : one + per_column] for one in range(0, len(items), per_column)]
    tallest = max(sum(_item_mm(item, width) for item in part) for part in parts)
    y = side_title(page, page.keep(y, tallest + _ROW_ROOM_MM), "Légende")
    if about:
        y = write_side(page, y, about, color=MUTED) - 0.6
    lowest = y
    for column, part in enumerate(parts):
        bottom = y
        for item in part:
            x = page.side_x + column * width
            bottom = _draw_item(page, (x, bottom), item, width)
        lowest = min(lowest, bottom)
    return lowest - 1.6


def _item_lines(item: LegendItem, width: float) -> list[str]:
    room = width - _SWATCH_MM[0] - 3
    lines = clip_lines(wrap(item.label, room, size_pt=TEXT_PT), 3)
    return [clip_text(line, room, size_pt=TEXT_PT) for line in lines]


def _item_mm(item: LegendItem, width: float) -> float:
    lines = max(1, len(_item_lines(item, width)))
    return lines * line_height_mm(TEXT_PT) + 1.0


def draw_mark(page: Page, corner: tuple[float, float], item: LegendItem) -> None:
    """Draw the patch, line or marker of a line of the legend."""
    x, middle = corner[0], corner[1] - 1.6
    if item.kind == "patch":
        box = (x, middle - _SWATCH_MM[1] / 2, *_SWATCH_MM)
        fill_box(page, box, **item.style)
    elif item.kind == "line":
        ends = [(x, middle), (x + _SWATCH_MM[0], middle)]
        draw_stroke(page, ends, **item.style)
    else:
        centre = x + _SWATCH_MM[0] / 2
        draw_stroke(page, [(centre, middle)], linestyle="none", **item.style)


def _draw_item(
    page: Page, corner: tuple[float, float], item: LegendItem, width: float
) -> float:
    x, y = corner
    draw_mark(page, corner, item)
    for rank, line in enumerate(_item_lines(item, width)):
        low = y - rank * line_height_mm(TEXT_PT)
        write(page, x + _SWATCH_MM[0] + 1.6, low - 0.2, line, size=TEXT_PT)
    return y - _item_mm(item, width)


def draw_side_table(page: Page, y: float, table: SideTable) -> float:
    """Write the list; return where it ends [mm]."""
    if not table.rows:
        return y
    y = side_title(page, y, table.title)
    widths = column_widths_mm(table)
    y = _table_row(page, y, table.heads, widths, color=MUTED)
    for texts in table.rows:
        y = _table_row(page, y, texts, widths)
    return y - 2.0


def column_widths_mm(table: SideTable) -> list[float]:
    """Give each column of figures the room that its widest text needs."""
    columns = zip(*(texts[1:] for texts in (table.heads, *table.rows)), strict=True)
    widest = [max(text_width_mm(text, TEXT_PT) for text in one) for one in columns]
    return [max(width + _GAP_MM, _LEAST_COLUMN_MM) for width in widest]


def _table_row(
    page: Page, y: float, texts: Sequence[str], widths: Sequence[float], **style: object
) -> float:
    """Write a name, on as many lines as it needs, and its figures on the first."""
    name, *figures = texts
    options = {"size": TEXT_PT, **style}
    lines = wrap(name, page.side_width - sum(widths), size_pt=TEXT_PT)
    step = line_height_mm(TEXT_PT)
    y = page.keep(y, max(1, len(lines)) * step)
    right = page.side_x + page.side_width - sum(widths)
    for text, width in zip(figures, widths, strict=True):
        right += width
        write(page, right, y, text, ha="right", **options)
    for rank, line in enumerate(lines):
        write(page, page.side_x, y - rank * step, line, **options)
    return y - max(1, len(lines)) * step

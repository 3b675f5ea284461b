"""Cells of the workbook: text stays text, numbers carry the French format."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from eitgeo.maps.words import MISSING, published_value

if TYPE_CHECKING:
    from collections.abc import Sequence

_HEAD = "#2f4858"
_GREY = "#6b6b6b"
_STAMP = "#a3182d"
_WRAP = {"text_wrap": True, "valign": "top", "font_name": "Arial", "font_size": 10}
_STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "head": {
        "bold": True,
        "font_color": "white",
        "bg_color": _HEAD,
        "border": 1,
        "border_color": "#b8b8b8",
    },
    "group": {"bold": True, "bg_color": "#e4e9ec"},
    "text": {},
    "bold": {"bold": True},
    "grey": {"font_color": _GREY, "italic": True},
    "figure": {"align": "right"},
    "figure_grey": {"align": "right", "font_color": _GREY, "italic": True},
    "doubt": {"align": "right", "pattern": 14, "fg_color": "#c9c9c9"},
    "stamp": {"bold": True, "font_color": "white", "bg_color": _STAMP},
}
_DECIMALS_MAX = 3
Formats = dict[str, Any]


def make_formats(workbook: Any) -> Formats:
    """Make the cell formats; ``number0`` … ``number3`` have so many decimals.

    Parameters
    ----------
    workbook
        The workbook.

    Returns
    -------
    dict
        Format by name.
    """
    formats = {
        name: workbook.add_format(_WRAP | style) for name, style in _STYLES.items()
    }
    for decimals in range(_DECIMALS_MAX + 1):
        tail = f".{'0' * decimals}" if decimals else ""
        style = _WRAP | {"align": "right", "num_format": f"#,##0{tail}"}
        formats[f"number{decimals}"] = workbook.add_format(style)
        grey = style | {"font_color": _GREY, "italic": True}
        formats[f"grey{decimals}"] = workbook.add_format(grey)
    return formats


def write_rows(page: Any, start: int, rows: Sequence[Sequence[str]], style: Any) -> int:
    """Write rows of texts, never as formulas; return the next row.

    Parameters
    ----------
    page
        The worksheet.
    start
        First row, from 0.
    rows
        Texts, row by row.
    style
        Cell format.

    Returns
    -------
    int
        The next row.
    """
    for row, texts in enumerate(rows, start=start):
        for column, text in enumerate(texts):
            page.write_string(row, column, text, style)
    return start + len(rows)


def write_number(
    page: Any, place: tuple[int, int], value: float, formats: Formats, **rounding: Any
) -> None:
    """Write a number rounded for publication, or « – » where there is none.

    `rounding` has `evidence` and `decimals`, and `greyed` where it is set back.

    Parameters
    ----------
    page
        The worksheet.
    place
        Row and column, from 0.
    value
        The number.
    formats
        Cell formats of :func:`make_formats`.
    **rounding
        See the summary.
    """
    name = "grey" if rounding.pop("greyed", False) else "number"
    if not math.isfinite(value):
        page.write_string(*place, MISSING, formats["figure"])
        return
    published = published_value(value, **rounding)
    shown = 0
    while shown < _DECIMALS_MAX and round(published, shown) != published:
        shown += 1
    if rounding["evidence"] == "O":
        shown = rounding["decimals"]
    page.write_number(*place, published, formats[f"{name}{shown}"])


def set_up_print(page: Any, *, repeat: int, columns: Sequence[float]) -> None:
    """Set column widths, A4 landscape, one page wide, header repeated.

    Parameters
    ----------
    page
        The worksheet.
    repeat
        Row of the header.
    columns
        Width of each column [characters].
    """
    for index, width in enumerate(columns):
        page.set_column(index, index, width)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(repeat)
    page.set_footer("&L&A&RPage &P / &N")

"""Cells of the workbook: text stays text, numbers carry the French format."""

from __future__ import annotations

import datetime as dt
import math
import textwrap
from typing import TYPE_CHECKING, Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from eitgeo.words import MISSING, NBSP, published_value, typographic

if TYPE_CHECKING:
    import io
    from collections.abc import Sequence

    from eitgeo.maps.sheet import Sheet

HEAD_ROW = 1
"""Row of the heads, from 0: above them, what the workbook says of itself."""

_HEAD = "#2f4858"
_GREY = "#6b6b6b"
_STAMP = "#a3182d"
_WRAP = {"text_wrap": True, "valign": "top", "font_name": "Arial", "font_size": 10}
_STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14, "text_wrap": False},
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
    "cell": {"bottom": 4, "bottom_color": "#b8b8b8"},
    "cell_bold": {"bold": True, "bottom": 4, "bottom_color": "#b8b8b8"},
    "grey": {"font_color": _GREY, "italic": True},
    "figure": {"align": "right"},
    "figure_grey": {"align": "right", "font_color": _GREY, "italic": True},
    "doubt": {"align": "right", "pattern": 14, "fg_color": "#c9c9c9"},
    "note": {"font_color": _GREY, "italic": True, "text_wrap": False},
    "band": {"font_color": _GREY, "text_wrap": False},
    "band_stamp": {
        "bold": True,
        "font_color": "white",
        "bg_color": _STAMP,
        "text_wrap": False,
    },
}
_DECIMALS_MAX = 3
_LINE_PT, _ROW_PT = 13.0, 15.0
_PIXELS_PER_CHARACTER, _PIXELS_MORE = 7, 5
_PAPER_PIXELS = 1040
"""Width of an A4 page on its side within its margins, at 96 pixels an inch."""
_LEAST_SCALE_PCT = 70
"""Smaller letters than seven points are not read at a table."""
_NOTE_CHARACTERS = 120
_LETTERS_PER_DIGIT = 1.1
"""Widths are told in digits; letters are narrower on average."""
Formats = dict[str, Any]


class Page(Worksheet):  # type: ignore[misc] # it has no types
    """A worksheet whose texts are set as French, in rows high enough for them."""

    def __init__(self) -> None:
        super().__init__()
        self.widths: Sequence[float] = ()
        self.heights: dict[int, float] = {}

    def write_string(
        self, row: int, col: int, string: str, cell_format: Any = None
    ) -> Any:
        """Write a text, and make its row high enough."""
        text = typographic(string)
        if cell_format is not None and cell_format.text_wrap:
            self._fit(row, _line_count(text, self.widths[col]))
        return super().write_string(row, col, text, cell_format)

    def write_note(self, row: int, text: str, cell_format: Any) -> None:
        """Write a sentence across the first columns."""
        last, wide = 0, self.widths[0]
        while last + 1 < len(self.widths) and wide < _NOTE_CHARACTERS:
            last += 1
            wide += self.widths[last]
        if last:
            self.merge_range(row, 0, row, last, "", cell_format)
        self._fit(row, _line_count(text, wide))
        super().write_string(row, 0, typographic(text), cell_format)

    def _fit(self, row: int, n_lines: int) -> None:
        height = max(_ROW_PT, _LINE_PT * n_lines + 2)
        if height > self.heights.get(row, _ROW_PT):
            self.heights[row] = height
            self.set_row(row, height)


def _line_count(text: str, width: float) -> int:
    """Count the lines of a text in a cell; a no-break space does not break."""
    room = max(1, int(_LETTERS_PER_DIGIT * width))
    return sum(len(textwrap.wrap(part, room)) or 1 for part in text.split("\n"))


def open_workbook(buffer: io.BytesIO, sheet: Sheet) -> Any:
    """Open a workbook dated by its edition, where texts never become formulas."""
    never = ("strings_to_formulas", "strings_to_urls", "strings_to_numbers")
    options = {"in_memory": True, **dict.fromkeys(never, False)}
    workbook = xlsxwriter.Workbook(buffer, options)
    midnight = dt.datetime.combine(sheet.edition, dt.time(), dt.UTC)
    about = {
        "title": sheet.title,
        "subject": sheet.subtitle,
        "comments": sheet.demonstration_text,
        "author": "",
        "created": midnight.replace(tzinfo=None),
    }
    workbook.set_properties(about)
    return workbook


def make_formats(workbook: Any) -> Formats:
    """Make the cell formats; ``number0`` … ``number3`` have so many decimals."""
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
    """Write rows of texts, never as formulas; return the next row."""
    for row, texts in enumerate(rows, start=start):
        for column, text in enumerate(texts):
            page.write_string(row, column, text, style)
    return start + len(rows)


def write_number(
    page: Any, place: tuple[int, int], value: float, formats: Formats, **rounding: Any
) -> None:
    """Write a number rounded for publication, or « – » where there is none.

    `rounding` has `evidence`, `decimals` and `unit`, and `greyed` where it is set
    back.
    """
    greyed = rounding.pop("greyed", False)
    decimals = rounding["decimals"] if rounding["evidence"] == "O" else None
    published = published_value(value, **rounding)
    write_printed(page, place, published, formats, decimals=decimals, greyed=greyed)


def write_printed(
    page: Any,
    place: tuple[int, int],
    published: float,
    formats: Formats,
    *,
    decimals: int | None,
    greyed: bool = False,
) -> None:
    """Write a number that is rounded already, or « – » where there is none."""
    if not math.isfinite(published):
        page.write_string(*place, MISSING, formats["figure"])
        return
    shown = 0 if decimals is None else decimals
    while (
        decimals is None
        and shown < _DECIMALS_MAX
        and round(published, shown) != published
    ):
        shown += 1
    name = "grey" if greyed else "number"
    page.write_number(*place, published, formats[f"{name}{shown}"])


def add_page(
    workbook: Any,
    formats: Formats,
    name: str,
    *,
    sheet: Sheet,
    columns: Sequence[float],
    to_read: bool = True,
) -> Any:
    """Add a worksheet that says on screen and on paper what it is worth.

    A4 landscape: one page wide, or as many as letters of seven points need, its first
    column repeated on each. Stamp, status and edition stand in the first row, which
    is repeated with the heads on every printed page, in the header and the footer.
    """
    page = workbook.add_worksheet(typographic(name), worksheet_class=Page)
    page.widths = columns
    for index, width in enumerate(columns):
        page.set_column(index, index, width)
    page.set_landscape()
    page.set_paper(9)
    page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    pixels = sum(_PIXELS_PER_CHARACTER * one + _PIXELS_MORE for one in columns)
    if not to_read or _LEAST_SCALE_PCT * pixels <= 100 * _PAPER_PIXELS:
        page.fit_to_pages(1, 0)
    else:
        page.set_print_scale(_LEAST_SCALE_PCT)
        page.repeat_columns(0)
        page.print_across()
    page.repeat_rows(0, HEAD_ROW)
    state = f"{sheet.status_stamp}, édition du {sheet.edition_text}"
    page.set_footer(f"&L{state}&C&A&RPage &P / &N")
    stamp = (
        f"{sheet.demonstration_text}. Ne pas diffuser." if sheet.demonstration else ""
    )
    if stamp:
        page.set_header(f'&C&"Arial,Bold"{stamp.replace("&", "&&")}', {"margin": 0.2})
    parts = [stamp, state, sheet.effort_text]
    style = formats["band_stamp" if stamp else "band"]
    for column in range(len(columns)):
        page.write_blank(0, column, None, style)
    page.write_string(0, 0, f"{NBSP}· ".join(part for part in parts if part), style)
    return page

"""A worksheet as a grid of texts and figures, for sheets that are read, not sorted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from eitgeo.maps._workbook import HEAD_ROW, Formats, add_page, write_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eitgeo.maps.sheet import Sheet


_A3 = 8
_A4_WIDTH = 230.0
"""Characters across above which A4 is too small to read: the sheet prints on A3."""


class Figure(NamedTuple):
    """A number of a cell: value, class, decimals and unit."""

    value: float
    evidence: str = "O"
    decimals: int = 0
    unit: str = "nombre"


class Group(NamedTuple):
    """A title across the grid."""

    title: str


Cell = str | Figure
Row = Group | tuple[Cell, ...]


def write_grid(
    workbook: Any,
    formats: Formats,
    name: str,
    *,
    sheet: Sheet,
    columns: Sequence[tuple[str, float]],
    rows: Sequence[Row],
    frozen: int = 1,
) -> None:
    """Write a grid: heads, then titles and rows of texts and figures."""
    page = add_page(
        workbook, formats, name, sheet=sheet, columns=[width for _, width in columns]
    )
    for column, (head, _) in enumerate(columns):
        page.write_string(HEAD_ROW, column, head, formats["head"])
    page.freeze_panes(HEAD_ROW + 1, frozen)
    if sum(width for _, width in columns) > _A4_WIDTH:
        page.set_paper(_A3)
    for place, row in enumerate(rows, start=HEAD_ROW + 1):
        if isinstance(row, Group):
            page.write_note(place, row.title, formats["group"])
            continue
        for column, cell in enumerate(row):
            _write_cell(page, (place, column), cell, formats)


def _write_cell(
    page: Any, place: tuple[int, int], cell: Cell, formats: Formats
) -> None:
    if isinstance(cell, Figure):
        write_number(
            page,
            place,
            cell.value,
            formats,
            evidence=cell.evidence,
            decimals=cell.decimals,
            unit=cell.unit,
        )
        return
    style = "cell_bold" if place[1] == 0 else "cell"
    page.write_string(*place, cell, formats[style])

"""A worksheet from columns: heads, rows, filters, a note below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from eitgeo.maps._workbook import (
    HEAD_ROW,
    Formats,
    add_page,
    write_number,
    write_rows,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eitgeo.maps.sheet import Sheet


class Column(NamedTuple):
    """A column of a sheet: its head, its width, its values, its decimals if figures.

    `evidence` says how sure its figures are, one letter for all or one a row.
    """

    head: str
    width: float
    values: pd.Series[Any]
    decimals: int | None = None
    evidence: str | pd.Series[str] = "O"


def write_columns(
    workbook: Any,
    formats: Formats,
    name: str,
    columns: Sequence[Column],
    *,
    sheet: Sheet,
    note: str = "",
) -> None:
    """Write a table, then its note; figures of a demonstration are set back."""
    widths = [one.width for one in columns]
    page = add_page(workbook, formats, name, sheet=sheet, columns=widths)
    write_rows(page, HEAD_ROW, [[one.head for one in columns]], formats["head"])
    page.freeze_panes(HEAD_ROW + 1, 1)
    for place, column in enumerate(columns):
        values = column.values.to_list()
        letters = pd.Series(column.evidence, index=column.values.index).to_list()
        for row, (value, letter) in enumerate(
            zip(values, letters, strict=True), start=HEAD_ROW + 1
        ):
            if column.decimals is None:
                told = "" if pd.isna(value) else str(value)
                page.write_string(row, place, told, formats["text"])
                continue
            write_number(
                page,
                (row, place),
                float(value),
                formats,
                evidence=letter,
                decimals=column.decimals,
                unit="",
                greyed=bool(sheet.demonstration),
            )
    last = HEAD_ROW + max(len(columns[0].values), 1)
    page.autofilter(HEAD_ROW, 0, last, len(columns) - 1)
    if note:
        page.write_note(last + 2, note, formats["text"])

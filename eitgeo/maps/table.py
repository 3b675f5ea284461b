"""The workbook behind the maps: what is compared, all unions, certificates."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import xlsxwriter

from eitgeo.maps._read_me import write_read_me
from eitgeo.maps._unions import write_unions
from eitgeo.maps._workbook import make_formats
from eitgeo.maps._worksheets import (
    write_certificates,
    write_comparison,
    write_values,
)
from eitgeo.maps.cards import perimeter_rows
from eitgeo.maps.sheet import require_released

if TYPE_CHECKING:
    import pandas as pd

    from eitgeo.disclosure import Released
    from eitgeo.maps.sheet import Sheet


def comparison_xlsx(
    indicators: Released,
    perimeters: Released,
    *,
    catalogue: pd.DataFrame,
    sheet: Sheet,
) -> bytes:
    """Lay out the comparison as a workbook that opens in French.

    Parameters
    ----------
    indicators
        Table ``indicators``.
    perimeters
        Table ``perimeters``.
    catalogue
        :func:`eitgeo.reference.indicator_catalogue`.
    sheet
        What the workbook says of itself.

    Returns
    -------
    bytes
        XLSX with the sheets « Lisez-moi », « Comparaison », « Valeurs », « Unions
        d'EPCI » (if there are any) and « Certificats »; no formula; the same bytes
        for the same inputs.

    Raises
    ------
    SchemaError
        When a table is not released, or lacks a column.
    """
    figures = require_released(indicators, "indicators")
    compared = perimeter_rows(perimeters)
    unions = perimeter_rows(perimeters, compared=False)
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }
    workbook = xlsxwriter.Workbook(buffer, options)
    midnight = dt.datetime.combine(sheet.edition, dt.time(), dt.UTC)
    workbook.set_properties(
        {
            "title": sheet.title,
            "subject": sheet.subtitle,
            "comments": sheet.demonstration_text,
            "author": "",
            "created": midnight.replace(tzinfo=None),
        }
    )
    formats = make_formats(workbook)
    write_read_me(workbook, formats, sheet)
    shared: dict[str, Any] = {
        "indicators": figures,
        "catalogue": catalogue,
        "sheet": sheet,
    }
    write_comparison(workbook, formats, perimeters=compared, **shared)
    write_values(workbook, formats, perimeters=compared, **shared)
    if not unions.empty:
        write_unions(workbook, formats, perimeters=unions, **shared)
    write_certificates(workbook, formats, perimeters=compared, sheet=sheet)
    workbook.close()
    return buffer.getvalue()

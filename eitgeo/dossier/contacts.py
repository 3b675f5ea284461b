"""Contacts of the firms that agreed to be called back: for the animator alone."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING

import xlsxwriter

from eitgeo.check import require_columns

if TYPE_CHECKING:
    import pandas as pd

PRIVATE_SHEET = "Contacts – document privé"
_COLUMNS = {
    "siret": ("SIRET", 16),
    "raison_sociale": ("Raison sociale", 34),
    "commune": ("Commune", 10),
    "contact_nom": ("Personne", 26),
    "contact_fonction": ("Fonction", 26),
    "contact_courriel": ("Courriel", 34),
    "contact_telephone": ("Téléphone", 18),
    "interet": ("Intérêts", 30),
    "besoin": ("Besoins", 30),
    "form_date": ("Date de la fiche", 16),
    "keep_until": ("À effacer après le", 18),
}


def keep_until(form_date: str, years: int) -> str:
    """Return the last day on which a form may be kept.

    Parameters
    ----------
    form_date
        Day of the form (ISO).
    years
        Retention told by the notice [years].

    Returns
    -------
    str
        ISO 8601; the 28 February where the day does not exist.

    Examples
    --------
    >>> keep_until("2026-11-25", 3), keep_until("2024-02-29", 3)
    ('2029-11-25', '2027-02-28')
    """
    day = dt.date.fromisoformat(form_date)
    try:
        return day.replace(year=day.year + years).isoformat()
    except ValueError:  # 29 February of a year that has none
        return day.replace(year=day.year + years, day=28).isoformat()


def contacts_xlsx(
    declarations: pd.DataFrame, *, retention_years: int, edition: dt.date
) -> bytes:
    """Lay out the contacts of the firms that agreed to be called back.

    Parameters
    ----------
    declarations
        Table of the same name.
    retention_years
        Told by the notice of the study [years].
    edition
        Date of the study: that of the file.

    Returns
    -------
    bytes
        XLSX of one sheet, by name then SIRET; every cell is text, none a formula or
        a link.

    Raises
    ------
    SchemaError
        When a column is missing.
    """
    need = [name for name in _COLUMNS if name != "keep_until"]
    require_columns(declarations, [*need, "consent_recontact"], where="declarations")
    firms = declarations[declarations["consent_recontact"]].drop_duplicates("siret")
    rows = firms.assign(
        keep_until=[keep_until(day, retention_years) for day in firms["form_date"]]
    ).sort_values(["raison_sociale", "siret"])
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    workbook = xlsxwriter.Workbook(buffer, options)
    midnight = dt.datetime.combine(edition, dt.time())
    workbook.set_properties({"title": "Contacts", "author": "", "created": midnight})
    page = workbook.add_worksheet(PRIVATE_SHEET)
    head = workbook.add_format({"bold": True, "bg_color": "#e4e9ec", "border": 1})
    text = workbook.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
    for column, (name, (label, width)) in enumerate(_COLUMNS.items()):
        page.set_column(column, column, width)
        page.write_string(0, column, label, head)
        for row, value in enumerate(rows[name].astype(str), start=1):
            page.write_string(row, column, value, text)
    page.freeze_panes(1, 2)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_footer("&LDocument privé : ne pas diffuser&RPage &P / &N")
    workbook.close()
    return buffer.getvalue()

"""What the study keeps of one firm, given back in the format of the form."""

from __future__ import annotations

import csv
import io
import math
from decimal import Decimal
from typing import Any

import pandas as pd

from eitgeo.reference.survey import FORM_FORMAT, survey_fields

_HEAD = ("format", "etude", "date")
_FORMULA_START = tuple("=+-@\t\r")


def shielded(text: str) -> str:
    """Keep a spreadsheet from running a text.

    Examples
    --------
    >>> shielded("=1+1"), shielded("bois")
    ("'=1+1", 'bois')
    """
    return f"'{text}" if text.startswith(_FORMULA_START) else text


def extract_name(siret: str) -> str:
    """Name the extract of a firm."""
    return f"extrait_{siret}.csv"


def extract_csv(rows: pd.DataFrame, *, study: str) -> bytes:
    """Write what is kept of a firm, as `eitgeo survey import` reads it."""
    out = io.StringIO(newline="")
    names = list(survey_fields().index)
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([*_HEAD, *names])
    for row in rows.to_dict("records"):
        date = row["declared_on"] or row["form_date"]
        cells = [FORM_FORMAT, study, date, *(_cell(row[name]) for name in names)]
        writer.writerow([shielded(text) for text in cells])
    return out.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "oui" if value else "non"
    # Every digit, never an exponent: the form reads neither 3e6 nor NaN.
    number = float(value)
    if math.isnan(number):
        return ""
    return f"{Decimal(repr(number)):f}".removesuffix(".0").replace(".", ",")

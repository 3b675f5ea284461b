"""The set of print maps: what each is called, asks and shows."""

from __future__ import annotations

from functools import cache
from importlib import resources

import pandas as pd


@cache
def map_sheets() -> pd.DataFrame:
    """Return the set of print maps of a study, the same for any study.

    Examples
    --------
    >>> str(map_sheets().loc["carte_echanges", "question"])
    'Qui pourrait échanger avec qui ?'
    """
    path = resources.files("eitgeo.reference").joinpath("map_sheets.csv")
    with path.open(encoding="utf-8") as lines:
        return pd.read_csv(lines, dtype=str, keep_default_na=False, index_col="sheet")


def map_title(sheet: str) -> str:
    """Return the title of a print map."""
    return str(map_sheets().loc[sheet, "title"])

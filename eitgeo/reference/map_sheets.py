"""What is published: print maps, other files, what each is called and answers."""

from __future__ import annotations

from functools import cache

import pandas as pd

from eitgeo.reference.shipped import shipped_table


@cache
def map_sheets() -> pd.DataFrame:
    """Return the set of print maps of a study, the same for any study.

    Examples
    --------
    >>> str(map_sheets().loc["carte_echanges", "question"])
    'Qui pourrait donner à qui ?'
    """
    return shipped_table("map_sheets.csv").set_index("sheet")


def map_title(sheet: str) -> str:
    """Return the title of a print map."""
    return str(map_sheets().loc[sheet, "title"])


@cache
def published_files() -> pd.DataFrame:
    """Return what is published beside maps, by who opens it.

    Column ``picture`` names a map that stands for the file, or a pictogram.

    Examples
    --------
    >>> published_files().query("stem == 'dossier'")["reader"].tolist()
    ['auteurs']
    """
    return shipped_table("published_files.csv")

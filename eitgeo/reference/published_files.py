"""What is published beside maps: for whom, under what title, in a sentence."""

from __future__ import annotations

from functools import cache
from importlib import resources

import pandas as pd


@cache
def published_files() -> pd.DataFrame:
    """Return who opens which file, and why; `picture` is a map or a pictogram.

    Examples
    --------
    >>> published_files().query("stem == 'dossier'")["reader"].tolist()
    ['auteurs']
    """
    path = resources.files("eitgeo.reference").joinpath("published_files.csv")
    with path.open(encoding="utf-8") as lines:
        return pd.read_csv(lines, dtype=str, keep_default_na=False)

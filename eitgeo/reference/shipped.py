"""The CSV files that ship with the package: each is read once, texts alone."""

from __future__ import annotations

from functools import cache
from importlib import resources

import pandas as pd


def shipped_table(name: str) -> pd.DataFrame:
    """Give a copy of a file, which is read once."""
    return _parsed(name).copy()


@cache
def _parsed(name: str) -> pd.DataFrame:
    with resources.files("eitgeo.reference").joinpath(name).open("rb") as handle:
        return pd.read_csv(handle, dtype=str, keep_default_na=False)

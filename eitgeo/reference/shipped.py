"""The CSV files that ship with the package: each is read once, texts alone."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable


def shipped_table(name: str, *, numbers: Iterable[str] = ()) -> pd.DataFrame:
    """Give a copy of a file, which is read once; `numbers`: columns without a gap."""
    table = _parsed(name).copy(deep=False)  # what is set in it is set in it alone
    for column in numbers:
        table[column] = table[column].astype(float)
    return table


@cache
def _parsed(name: str) -> pd.DataFrame:
    with resources.files("eitgeo.reference").joinpath(name).open("rb") as handle:
        return pd.read_csv(handle, dtype=str, keep_default_na=False)

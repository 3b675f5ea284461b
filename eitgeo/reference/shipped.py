"""The CSV files that ship with the package: each is read once, texts alone."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from functools import cache, wraps
from importlib import resources
from operator import is_not

import numpy as np
import pandas as pd

_TEXT = pd.StringDtype("python", na_value=np.nan)
"""That of tables, whichever are read first (`eitgeo.tables.schema`)."""


def shipped_table(name: str, *, numbers: Iterable[str] = ()) -> pd.DataFrame:
    """Give a copy of a file, which is read once; `numbers`: columns without a gap."""
    table = _parsed(name).copy(deep=False)  # what is set in it is set in it alone
    for column in numbers:
        table[column] = table[column].astype(float)
    return table


@cache
def _parsed(name: str) -> pd.DataFrame:
    with resources.files("eitgeo.reference").joinpath(name).open("rb") as handle:
        return pd.read_csv(handle, dtype=_TEXT, keep_default_na=False)


def prepared[**P, T: (pd.DataFrame, pd.Series)](
    *names: str,
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Make once what is made of files alone, and give each caller a copy of it."""

    def keeping(make: Callable[P, T]) -> Callable[P, T]:
        held: dict[Hashable, tuple[list[pd.DataFrame], T]] = {}

        @wraps(make)
        def given(*args: P.args, **kwargs: P.kwargs) -> T:
            files = [_parsed(name) for name in names]
            key = (args, *kwargs.items())
            if key not in held or any(map(is_not, held[key][0], files)):
                held[key] = files, make(*args, **kwargs)
            return held[key][1].copy(deep=False)

        return given

    return keeping

"""What a reader of official files gives: the rows kept, and those that it dropped."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

DROPPED_COLUMNS = ("file", "row", "subject", "reason")
_COUNTED = re.compile(r"([\d\s]+) lignes?")


@dataclass(frozen=True)
class Loaded:
    """A tidy table with the account of what did not enter it.

    Attributes
    ----------
    table
        The rows kept, in the form of a table of the package.
    dropped
        One row for each row of the file that was left out: ``file``, ``row`` (line
        or key, as text), ``subject`` and ``reason`` (French). Rows of the file are
        rows kept (or merged, and then reported so) plus rows dropped.
    """

    table: pd.DataFrame = field(repr=False)
    dropped: pd.DataFrame = field(repr=False)


def dropped_rows(rows: Iterable[tuple[str, object, str, str]]) -> pd.DataFrame:
    """Lay out the rows that a reader leaves out.

    Examples
    --------
    >>> dropped_rows([("a.csv", 3, "31001", "hors du territoire")]).loc[0, "row"]
    '3'
    """
    table = pd.DataFrame(list(rows), columns=list(DROPPED_COLUMNS))
    return table.astype(dict.fromkeys(DROPPED_COLUMNS, "str"))


def count_lines(row: str) -> int:
    """Return how many rows of a file one row of ``dropped`` stands for.

    Examples
    --------
    >>> count_lines("12 lignes"), count_lines("7"), count_lines("31001")
    (12, 1, 1)
    """
    counted = _COUNTED.fullmatch(row)
    return int(re.sub(r"\s", "", counted[1])) if counted else 1

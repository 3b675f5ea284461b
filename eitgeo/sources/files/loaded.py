"""What a reader gives: the rows kept, those left out and why, what is doubtful."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

type Note = tuple[str, object, str, str, str]
"""``file``, ``row``, ``subject``, ``kind``, ``detail`` of a row that is kept."""

type Drop = tuple[str, object, str, str]
"""``file``, ``row``, ``subject``, ``reason`` of a row that is left out."""

DROPPED_COLUMNS = ("file", "row", "subject", "reason")
NOTE_COLUMNS = ("file", "row", "subject", "kind", "detail")
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
    holders
        SIRET of the rows that hide theirs, by identifier: they tell which rows of two
        sources are one establishment, in memory alone. No table holds them.
    silenced
        SIRET of whom the source withholds without a row: closed since, or not told.
    """

    table: pd.DataFrame = field(repr=False)
    dropped: pd.DataFrame = field(repr=False)
    holders: Mapping[str, str] = field(default_factory=dict, repr=False, kw_only=True)
    silenced: frozenset[str] = field(default=frozenset(), repr=False, kw_only=True)


def dropped_rows(rows: Iterable[tuple[str, object, str, str]]) -> pd.DataFrame:
    """Lay out the rows that a reader leaves out.

    Examples
    --------
    >>> dropped_rows([("a.csv", 3, "31001", "hors du territoire")]).loc[0, "row"]
    '3'
    """
    return pd.DataFrame(list(rows), columns=list(DROPPED_COLUMNS)).astype("str")


def count_lines(row: str) -> int:
    """Return how many rows of a file one row of ``dropped`` stands for.

    Examples
    --------
    >>> count_lines("12 lignes"), count_lines("7"), count_lines("31001")
    (12, 1, 1)
    """
    counted = _COUNTED.fullmatch(row)
    return int(re.sub(r"\s", "", counted[1])) if counted else 1


@dataclass(frozen=True)
class Audited(Loaded):
    """A table with the rows left out, and what is doubtful in the rows kept.

    Attributes
    ----------
    notes
        One row a remark on a row that was kept: ``file``, ``row`` (line or key, as
        text), ``subject``, ``kind`` (a short code) and ``detail`` (French).
    """

    notes: pd.DataFrame = field(repr=False)


def note_rows(rows: Iterable[Note]) -> pd.DataFrame:
    """Lay out the remarks on rows that are kept.

    Examples
    --------
    >>> note_rows([("a.csv", 3, "X", "point_partage", "deux sites")]).loc[0, "row"]
    '3'
    """
    return pd.DataFrame(list(rows), columns=list(NOTE_COLUMNS)).astype("str")


def drops(file: str, subjects: pd.Series, reasons: pd.Series) -> list[Drop]:
    """List the rows that have a reason to be left out.

    Examples
    --------
    >>> import pandas as pd
    >>> drops("a.csv", pd.Series(["x", "y"]), pd.Series(["", "répétée"]))
    [('a.csv', 1, 'y', 'répétée')]
    """
    return [
        (file, line, subject, reason)
        for line, subject, reason in zip(subjects.index, subjects, reasons, strict=True)
        if reason
    ]


def remarks(
    file: str, subjects: pd.Series, kind: str, details: pd.Series
) -> list[Note]:
    """List the rows that have something to be told, though they are kept."""
    written = details[details != ""]
    lines = written.index.tolist()
    return [
        (file, line, subject, kind, detail)
        for line, subject, detail in zip(lines, subjects[lines], written, strict=True)
    ]


def where(wrong: pd.Series, reason: pd.Series | str) -> pd.Series:
    """Give a reason to the rows that a check picked."""
    return pd.Series("", wrong.index, dtype="str").mask(wrong, reason)


def looked_up(keys: pd.Series, table: pd.Series) -> pd.Series:
    """Look keys up in a table of texts.

    Examples
    --------
    >>> looked_up(pd.Series(["a", "b"]), pd.Series({"a": "x"})).tolist()
    ['x', '']
    """
    # As a dict: the type is the same when the table, or the keys, are empty.
    known = table.to_dict()
    return pd.Series([known.get(key, "") for key in keys], keys.index, dtype="str")


def first_reason(*reasons: pd.Series) -> pd.Series:
    """Keep the first reason that a row has to be left out."""
    chosen = reasons[0]
    for other in reasons[1:]:
        chosen = chosen.where(chosen != "", other)
    return chosen


def away(rows: pd.DataFrame, communes: pd.DataFrame) -> pd.Series:
    """Tell the rows of communes that are not at hand."""
    gone = ~rows["code_insee"].isin(communes["code_insee"])
    return ("hors des communes (« " + rows["code_insee"] + " »)").where(gone, "")


def repeats(rows: pd.DataFrame, key: Sequence[str]) -> pd.Series:
    """Tell the rows that repeat the key of an earlier one."""
    label = rows[key[0]]
    for name in key[1:]:
        label = label + ", " + rows[name]
    return where(rows.duplicated(list(key)), "ligne répétée (" + label + ")")

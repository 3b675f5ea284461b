"""What former editions called otherwise: keys, files, folders; remedies."""

from __future__ import annotations

import csv
import datetime as dt
from functools import cache
from importlib import resources
from typing import Literal, NamedTuple, get_args

Kind = Literal["key", "absent", "folder", "sidecar", "output"]
"""A key of the study; one that it did not need; a folder; a sheet beside a file; a
published file."""

TABLE = "renamed.csv"


class Renamed(NamedTuple):
    """A name of a former edition.

    Attributes
    ----------
    kind
        What it names.
    old, new
        The name then, empty where there was none, and now.
    since
        When it changed.
    remedy
        What to do, in French.
    """

    kind: Kind
    old: str
    new: str
    since: dt.date
    remedy: str


@cache
def renamed() -> tuple[Renamed, ...]:
    """Return the names of former editions.

    Examples
    --------
    >>> {one.new for one in renamed() if one.old == "maps/notebooks"}
    {'maps/5_donnees/carnets'}
    """
    path = resources.files("eitgeo.study").joinpath(TABLE)
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(_row(row) for row in csv.DictReader(lines))


@cache
def key_remedies() -> dict[str, str]:
    """Return what to write in place of each key that is no more."""
    return {one.old: one.remedy for one in renamed() if one.kind == "key"}


@cache
def added_keys() -> dict[str, str]:
    """Return what to write in each key that studies had not to give."""
    return {one.new: one.remedy for one in renamed() if one.kind == "absent"}


def _row(row: dict[str, str]) -> Renamed:
    kind = next(one for one in get_args(Kind) if one == row["kind"])
    since = dt.date.fromisoformat(row["since"])
    return Renamed(kind, row["old"], row["new"], since, row["remedy"])

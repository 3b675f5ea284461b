"""Column kinds: what a column may hold, said once."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandera.pandas as pa

OD_STATUSES = (
    "ok",
    "same_place",
    "snap_too_far",
    "one_way_trap",
    "other_component",
    "beyond_limit",
    "outside_extract",
    "forbidden_to_profile",
)
EVIDENCE_CLASSES = ("O", "S", "H")
POSITION_QUALITIES = ("exacte", "rue", "commune", "synthetique")
STATUSES = ("publie", "a_confirmer")
INDICATOR_KINDS = ("additive", "pairwise", "geometric", "offline")
DIRECTIONS = ("up", "down", "band", "info")
FINITE = "finite"
COMMUNE = r"^(\d{2}|2[AB])\d{3}$"


@dataclass(frozen=True)
class TableSpec:
    """One table: its columns with their domains, and its key.

    Attributes
    ----------
    name
        Name of the table and of its file.
    key
        Columns that identify a row.
    columns
        pandera columns by name, in order.
    has_geometry
        Whether the last column is a geometry in EPSG:2154.
    """

    name: str
    key: tuple[str, ...]
    columns: dict[str, pa.Column] = field(repr=False)
    has_geometry: bool = False

    @property
    def column_names(self) -> list[str]:
        """Column names, in order.

        Returns
        -------
        list of str
            The geometry, if any, comes last.
        """
        names = list(self.columns)
        return [*names, "geometry"] if self.has_geometry else names


def text(*values: str, pattern: str | None = None) -> pa.Column:
    """Make a text column, never missing (an empty string says « none »).

    Parameters
    ----------
    *values
        The admitted values; none given: any.
    pattern
        Regular expression that each value matches.

    Returns
    -------
    pandera.pandas.Column
        The column.
    """
    checks = [pa.Check.isin(values)] if values else []
    if pattern is not None:
        checks.append(pa.Check.str_matches(pattern))
    return pa.Column(str, checks=checks)


def number(low: float | None = None, high: float | None = None) -> pa.Column:
    """Make a float column, NaN where unknown, never infinite.

    Parameters
    ----------
    low, high
        Bounds, included.

    Returns
    -------
    pandera.pandas.Column
        The column.
    """
    checks = [pa.Check(lambda values: ~np.isinf(values), name=FINITE)]
    if low is not None:
        checks.append(pa.Check.ge(low))
    if high is not None:
        checks.append(pa.Check.le(high))
    return pa.Column(float, checks=checks, nullable=True)


def count(low: int = 0) -> pa.Column:
    """Make a column of whole numbers, never missing.

    Parameters
    ----------
    low
        Lower bound, included.

    Returns
    -------
    pandera.pandas.Column
        The column.
    """
    return pa.Column("int64", checks=[pa.Check.ge(low)])


def flag() -> pa.Column:
    """Make a column of yes or no, never missing.

    Returns
    -------
    pandera.pandas.Column
        The column.
    """
    return pa.Column(bool)

"""Column kinds: what a column may hold, said once."""

from __future__ import annotations

from dataclasses import dataclass, field

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
PLACE_STATUSES = (
    "ok",
    "snap_too_far",
    "one_way_trap",
    "other_component",
    "outside_extract",
    "forbidden_to_profile",
)
"""Whether a place joins the roads; the others are of pairs of places."""
OD_REACHED = ("ok", "same_place")
"""Statuses of the pairs that have a time and a length."""
OD_WAYS = ("origin_id", "destination_id", "profile", "time_s", "length_m", "status")
"""What most steps read of the pairs: the rest of the table is half of it."""
EVIDENCE_CLASSES = ("O", "S", "H")
POSITION_QUALITIES = ("exacte", "rue", "commune", "synthetique")
STATUSES = ("publie", "a_confirmer")
INDICATOR_KINDS = ("additive", "pairwise", "geometric", "offline")
DIRECTIONS = ("up", "down", "info")
POSTCODE = r"^\d{5}$"
COMMUNE = r"^(\d{2}|2[AB])\d{3}$"


@dataclass(frozen=True)
class Column:
    """What a column may hold.

    Attributes
    ----------
    dtype
        ``str``, ``int64``, ``bool``: never missing; ``float64``: NaN where unknown,
        never infinite.
    values
        The admitted values; none given: any.
    pattern
        Regular expression that each value matches.
    low, high
        Bounds, included.
    default
        What a reader that says nothing of it leaves there; None: it must be told.
    """

    dtype: str
    values: tuple[str, ...] = ()
    pattern: str | None = None
    low: float | None = None
    high: float | None = None
    default: str | float | bool | None = None


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
        Columns by name, in order.
    has_geometry
        Whether the last column is a geometry in EPSG:2154.
    """

    name: str
    key: tuple[str, ...]
    columns: dict[str, Column] = field(repr=False)
    has_geometry: bool = False

    @property
    def column_names(self) -> list[str]:
        """Column names, in order."""
        names = list(self.columns)
        return [*names, "geometry"] if self.has_geometry else names


def text(
    *values: str, pattern: str | None = None, default: str | None = None
) -> Column:
    """Make a text column, never missing (an empty string says « none »)."""
    return Column("str", values=values, pattern=pattern, default=default)


def number(
    low: float | None = None,
    high: float | None = None,
    *,
    default: float | None = None,
) -> Column:
    """Make a float column, NaN where unknown, never infinite."""
    return Column("float64", low=low, high=high, default=default)


def count(low: int = 0) -> Column:
    """Make a column of whole numbers, never missing."""
    return Column("int64", low=low)


def flag(*, default: bool | None = None) -> Column:
    """Make a column of yes or no, never missing."""
    return Column("bool", default=default)

"""What readers ask of each column of their files: one row a column of a source."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

COLUMN_KINDS = (
    "text",
    "form",
    "choice",
    "commune",
    "commune_zero",
    "postcode",
    "naf",
    "date_or_none",
    "flag",
    "count",
    "number",
    "amount",
)
"""``form``: the regular expression of ``domain``; ``commune_zero``, ``postcode``: a
lost leading zero alone is refused; ``amount``: a number, decimal comma admitted."""


@dataclass(frozen=True)
class SourceColumn:
    """One column of the file of a source.

    ``column``: its name in the file; several, one a dialect, are parted by ``|``.
    ``name``: ours. ``kind``: one of ``COLUMN_KINDS``. ``is_key``: whether it identifies
    a row, alone or with the others that do. ``is_needed``: whether a file without it is
    refused. ``unit``: of what it holds, or the column that tells it; ``""``: none.
    ``domain``: regular expression (``form``), values parted by ``|`` or ``@`` and the
    name of a list of the package (``choice``), bounds parted by ``..`` (numbers).
    ``example``: A valid value, told as the remedy. ``empty``: fault and remedy told
    where a cell is empty, French; ``""``: it may be.
    """

    column: str
    name: str
    kind: str
    is_key: bool
    is_needed: bool
    unit: str
    domain: str
    example: str
    empty: str

    @property
    def dialects(self) -> tuple[str, ...]:
        """Return its names, in the order in which they are looked for."""
        return tuple(self.column.split("|"))

    @property
    def bounds(self) -> tuple[float, float]:
        """Return what a number of it lies between."""
        low, _, high = self.domain.partition("..")
        return float(low or "-inf"), float(high or "inf")


@cache
def source_columns(source: str) -> tuple[SourceColumn, ...]:
    """Return the columns of a source, in the order in which they are checked."""
    return _every_column()[source]


def declared_sources() -> tuple[str, ...]:
    """Return the sources whose columns are declared."""
    return tuple(_every_column())


@cache
def _every_column() -> dict[str, tuple[SourceColumn, ...]]:
    path = resources.files("eitgeo.reference").joinpath("source_columns.csv")
    with path.open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    return {
        source: tuple(_column(row) for row in rows if row["source"] == source)
        for source in dict.fromkeys(row["source"] for row in rows)
    }


def _column(row: dict[str, str]) -> SourceColumn:
    return SourceColumn(
        column=row["column"],
        name=row["name"],
        kind=row["kind"],
        is_key=row["key"] == "true",
        is_needed=row["needed"] == "true",
        unit=row["unit"],
        domain=row["domain"],
        example=row["example"],
        empty=row["empty"],
    )

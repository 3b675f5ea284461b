"""What the tables hold, read from the files of this folder: each column said once.

`tables.csv`: key and subject of each table; `columns.csv`: its columns, in order;
`domains.csv`: values and forms that several columns share. A domain is ``@`` and the
name of a shared one, a regular expression (``^…``), values parted by ``|``, or bounds
(``0..100``). A text is never missing (an empty one says « none »), nor are a count and
a flag; a number is NaN where unknown, never infinite; a geometry is in EPSG:2154.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from math import nan

_DTYPES = {"text": "str", "number": "float64", "count": "int64", "flag": "bool"}


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


def column_of(kind: str, domain: str = "", default: str = "") -> Column:
    """Make a column of its kind, domain and default, as `columns.csv` writes them.

    Examples
    --------
    >>> column_of("number", "0..100").high
    100.0
    >>> column_of("text", "|@evidence").values
    ('', 'O', 'S', 'H')
    """
    values: tuple[str, ...] = ()
    pattern = low = high = None
    if kind in {"number", "count"}:
        as_number = int if kind == "count" else float
        first, last = (domain or "..").split("..")
        low = as_number(first) if first else None
        high = as_number(last) if last else None
    elif domain:
        values, pattern = _text_domain(domain)
    known = {"": None, "empty": "", "nan": nan, "true": True, "false": False}
    said = known.get(default, default)
    return Column(_DTYPES[kind], values, pattern, low, high, said)


def _text_domain(domain: str) -> tuple[tuple[str, ...], str | None]:
    """Return the values that a text may have, or the form of all."""
    if domain.startswith("^"):
        return (), domain
    values: list[str] = []
    for part in domain.split("|"):
        shared = _domains()[part[1:]] if part.startswith("@") else ""
        if shared.startswith("^"):
            return (), shared
        values += shared.split("|") if shared else [part]
    return tuple(dict.fromkeys(values)), None


def values_of(domain: str) -> tuple[str, ...]:
    """Return the values of a shared domain, in order."""
    return tuple(_domains()[domain].split("|"))


@cache
def _domains() -> dict[str, str]:
    return {row["domain"]: row["values"] for row in _rows("domains.csv")}


def _rows(name: str) -> list[dict[str, str]]:
    path = resources.files("eitgeo.tables").joinpath(name)
    with path.open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


@cache
def _keys() -> dict[str, tuple[str, ...]]:
    return {row["table"]: tuple(row["key"].split()) for row in _rows("tables.csv")}


@cache
def _columns() -> dict[str, list[dict[str, str]]]:
    columns: dict[str, list[dict[str, str]]] = {name: [] for name in _keys()}
    for row in _rows("columns.csv"):
        columns[row["table"]].append(row)
    return columns


@cache
def _spec(name: str) -> TableSpec:
    rows = _columns()[name]
    plain = [row for row in rows if row["kind"] != "geometry"]
    columns = {
        row["column"]: column_of(row["kind"], row["domain"], row["default"])
        for row in plain
    }
    return TableSpec(name, _keys()[name], columns, has_geometry=plain != rows)


class Tables(Mapping[str, TableSpec]):
    """The tables by name: each is made of its rows when it is first looked up."""

    def __getitem__(self, name: str) -> TableSpec:
        """Return a table."""
        return _spec(name)

    def __iter__(self) -> Iterator[str]:
        """Name the tables, in the order of `tables.csv`."""
        return iter(_keys())

    def __len__(self) -> int:
        """Count them."""
        return len(_keys())


OD_STATUSES = values_of("od_status")
OD_REACHED = ("ok", "same_place")
"""Statuses of the pairs that have a time and a length."""
OD_WAYS = ("origin_id", "destination_id", "profile", "time_s", "length_m", "status")
"""What most steps read of the pairs: the rest of the table is half of it."""
EVIDENCE_CLASSES = values_of("evidence")
POSITION_QUALITIES = values_of("position_quality")
COMMUNE = _domains()["commune"]
ROAD_CLASSES = values_of("road_class")
BODY_KINDS = values_of("body_kind")
URSSAF_SECTORS, INSEE_SECTORS = values_of("urssaf_sector"), values_of("insee_sector")
URSSAF_MEASURES, INSEE_MEASURES = (
    values_of("urssaf_measure"),
    values_of("insee_measure"),
)
COUNTED_FACTS = values_of("counted_fact")
WEIGHED_FAMILIES = values_of("weighed_family")

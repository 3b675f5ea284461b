"""A valid row of each table, made from what the table declares of its columns.

Values of the world are held elsewhere: the delivered study writes 106 of the tables,
and the tests of the survey and of BD TOPO the two others.
"""

from functools import cache
from typing import Any

import geopandas as gpd
import pandas as pd
from hypothesis import Phase, find, settings
from hypothesis.strategies import from_regex
from shapely import Point, box

from eitgeo.tables.columns import COMMUNE, Column
from eitgeo.tables.schema import TABLES

SQUARE = box(550_000, 6_200_000, 551_000, 6_201_000)
SEAT = Point(550_500, 6_200_500)
POINTS = ("sites", "outlets", "places")

EXAMPLES: dict[str, tuple[str, str]] = {
    COMMUNE: ("09001", "31002"),
    f"{COMMUNE}|^$": ("09001", ""),
    r"^((\d{2}|2[AB])\d{3}|hors)?$": ("31483", "hors"),
    r"^(\d{2,3}|2[AB])$": ("09", "2A"),
    r"^\d{5}$": ("31800", "09200"),
    r"^\d{9}$": ("200072643", "200000002"),
    r"^(\d{9})?$": ("200072643", ""),
    r"^(\d{9}(;\d{9})*)?$": ("200072643;200000002", ""),
    r"^\d{14}$": ("39931827800021", "34749951900028"),
    r"^(\d{14})?$": ("39931827800021", ""),
    r"^\d{2}$": ("25", "16"),
    r"^(\d{2})?$": ("11", ""),
    r"^\d{2}\.\d{2}[A-Z]$": ("16.10A", "43.99A"),
    r"^(\d{2}\.\d{2}[A-Z])?$": ("16.10A", ""),
    r"^(\d{2}(\.\d{2}[A-Z])?)?$": ("16.10A", "16"),
    r"^(\d{2} \d{2} \d{2}\*?)?$": ("15 01 03", "13 02 05*"),
    r"^(\d{2} \d{2} \d{2}\*?|biogaz|chaleur|co2|eau)$": ("02 05 01", "chaleur"),
    r"^(\d{9}|\d{2})$": ("200072643", "16"),
    r"^\d{4}$": ("2025", "2024"),
    r"^\d{4}-\d{2}-\d{2}$": ("2026-11-25", "2024-02-29"),
    r"^(\d{4}-\d{2}-\d{2})?$": ("2025-01-01", ""),
    r"^[a-z0-9_]+$": ("petr_comminges", "systom"),
    r"^\d+[+-]( \d+[+-])*$": ("12+ 40-", "7-"),
}
"""Two values by form, as they are in the world; of another form two are drawn."""


def examples_of(name: str, column: Column) -> tuple[Any, Any]:
    """Return two values that a column admits, different unless it admits one alone."""
    if column.values:
        return column.values[0], column.values[-1]
    if column.pattern is not None:
        return EXAMPLES.get(column.pattern) or drawn_of(column.pattern)
    if column.dtype == "bool":
        return True, False
    if column.dtype == "str":
        return name, f"{name} d'à côté"
    low = 0 if column.low is None else column.low
    high = low + 2 if column.high is None else column.high
    if column.dtype == "int64":
        return int(low) + 1, int(low) + 2
    return low + (high - low) / 4, low + (high - low) / 2


@cache
def drawn_of(pattern: str) -> tuple[str, str]:
    """Draw the two simplest texts of a form."""
    phases = (Phase.generate, Phase.shrink)  # why it holds is not asked
    alike = settings(derandomize=True, database=None, phases=phases)
    texts = from_regex(pattern, fullmatch=True).filter(lambda one: "\n" not in one)
    first = find(texts, lambda _: True, settings=alike)
    other = find(texts, lambda one: one != first, settings=alike)
    return first, other


def row_of(table: str, **changes) -> dict[str, Any]:
    """Return a valid row of a table, with other values for some columns."""
    spec = TABLES[table]
    values = {
        name: examples_of(name, column)[0] for name, column in spec.columns.items()
    }
    if spec.has_geometry:
        values["geometry"] = SEAT if table in POINTS else SQUARE
    return values | changes


def unsaid(table: str) -> dict[str, Any]:
    """Return what a table declares of the columns that a source may say nothing of."""
    columns = TABLES[table].columns
    return {n: one.default for n, one in columns.items() if one.default is not None}


def frame_of(table: str, *rows: dict[str, Any]) -> pd.DataFrame:
    """Return a table of rows, by default one that is valid."""
    frame = pd.DataFrame(list(rows) or [row_of(table)])
    if TABLES[table].has_geometry:
        return gpd.GeoDataFrame(frame, crs=2154)
    return frame


def two_rows(table: str) -> pd.DataFrame:
    """Return two valid rows that differ in one part of the key."""
    spec = TABLES[table]
    pairs = {name: examples_of(name, spec.columns[name]) for name in spec.key}
    column = next(name for name, (one, other) in pairs.items() if one != other)
    return frame_of(table, row_of(table), row_of(table, **{column: pairs[column][1]}))

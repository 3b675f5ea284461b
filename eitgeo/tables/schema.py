"""Validation: a table in canonical form, or all its faults at once.

Columns that are right at a glance pass; pandera judges the others, and them alone:
loading it takes a second, judging a right column some milliseconds, and most runs never
load it. What it finds is told in French, once a cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eitgeo.check import WORKING_EPSG, Faults, hint, require_columns, require_lambert93
from eitgeo.errors import SchemaError
from eitgeo.tables.columns import Column, Tables, TableSpec

if TYPE_CHECKING:
    import pandera.pandas as pa


# Many small tables: a text held as an object of Python costs half of what it costs in
# a column of Arrow, to choose rows, group or join. Files are those of Arrow (`files`).
pd.set_option("mode.string_storage", "python")

TABLES = Tables()

_ABSENT = "not_nullable"
_TYPE = "dtype"
_WHOLE = -1
_FIX = "corriger la valeur à la source"
_TYPES = {"str": "texte", "int": "nombre entier", "float": "nombre", "bool": "oui/non"}
_FINITE = "finite"
_NEEDED = {
    _FINITE: ", nombre fini requis",
    "greater_than_or_equal_to": ", au moins {0.low:g} requis",
    "less_than_or_equal_to": ", au plus {0.high:g} requis",
    "str_matches": ", forme requise : {0.pattern}",
}

_ORDERED = (pd.StringDtype("python", na_value=np.nan), np.dtype("int64"))
"""Of keys that are the same where their texts are: 0 and -0 are not."""

_PYTHON_TYPES = {"str": str, "float64": float, "bool": bool, "int64": "int64"}


def validate(frame: pd.DataFrame, *, table: str, where: str | None = None) -> Any:
    """Return the table in canonical form, or refuse it with all its faults."""
    spec = TABLES[table]
    name = where or table
    require_columns(frame, spec.column_names, where=name)
    has_them = [*frame.columns] == spec.column_names
    tidy = frame if has_them else frame[spec.column_names]
    in_order = _is_in_order(tidy, spec)
    if not in_order:
        # As text: a key of mixed types is told below, not met by the sort.
        tidy = tidy.sort_values(
            list(spec.key), kind="stable", key=lambda column: column.astype(str)
        )
        in_order = _is_in_order(tidy, spec)
    tidy = tidy.reset_index(drop=True)
    _require_domains(tidy, spec, name, is_unique=in_order)
    if spec.has_geometry:
        require_lambert93(tidy, where=name)
    return tidy


def _is_in_order(tidy: pd.DataFrame, spec: TableSpec) -> bool:
    """Tell whether each key comes after that of the row before; in doubt, no.

    Looking costs a tenth of sorting, and of searching for a key that comes again.
    """
    if len(tidy) < 2:  # noqa: PLR2004
        return True
    plain = _plain(tidy)
    is_after = np.zeros(len(tidy) - 1, dtype=bool)
    for name in reversed(spec.key):
        values: Any = plain[name]
        if not isinstance(values, pd.Series) or values.dtype not in _ORDERED:
            return False
        is_text = isinstance(values.dtype, pd.StringDtype)
        texts = (values if is_text else values.astype(str)).to_numpy()
        later, former = texts[1:], texts[:-1]
        try:
            is_after = (later > former) | ((later == former) & is_after)
        except TypeError:  # an absent text
            return False
    return bool(is_after.all())


def _require_domains(
    tidy: pd.DataFrame, spec: TableSpec, name: str, *, is_unique: bool
) -> None:
    faults = Faults(name)
    key = list(spec.key)
    for index in () if is_unique else np.flatnonzero(tidy.duplicated(key)):
        met = f"clé répétée ({_label(tidy, key, int(index))})"
        faults.add(met, remedy="garder une seule ligne par clé")
    cases = _failures(tidy, spec)
    if cases is not None:
        for fault in _cell_faults(cases, spec):
            row = None if fault.row is None else _label(tidy, key, fault.row)
            place = "" if row is None else f" ({row})"
            met = f"colonne « {fault.column} »{place} : {fault.met}"
            faults.add(met, remedy=fault.remedy)
    if spec.has_geometry:
        # The bounds of a geometry that is absent, empty or not a number are NaN.
        bounds = shapely.bounds(tidy["geometry"].to_numpy())
        for index in np.flatnonzero(~np.isfinite(bounds).all(axis=1)):
            met = f"({_label(tidy, key, int(index))}) sans géométrie"
            faults.add(met, remedy="placer l'objet, ou retirer la ligne")
    faults.raise_if_any(SchemaError)


def _label(tidy: pd.DataFrame, key: list[str], index: int) -> str:
    return ", ".join(str(tidy.loc[index, column]) for column in key)


class _CellFault(NamedTuple):
    """A fault of one cell, or of a whole column."""

    column: str
    row: int | None
    """Rank of the row; None: the whole column."""
    met: str
    remedy: str


def _cell_faults(cases: pd.DataFrame, spec: TableSpec) -> Iterator[_CellFault]:
    """Explain the failures of a validation."""
    kinds = cases["check"].astype(str).str.partition("(")[0]
    failures = pd.DataFrame(
        {
            "gravity": kinds.map({_ABSENT: 0, _TYPE: 1}).fillna(2),
            "column": cases["column"].astype(str),
            "row": pd.to_numeric(cases["index"]).fillna(_WHOLE).astype("int64"),
            "kind": kinds,
            "value": cases["failure_case"],
        }
    )
    mistyped = failures.loc[failures["kind"] == _TYPE, "column"]
    entailed = (failures["gravity"] > 1) & failures["column"].isin(mistyped)
    cells = failures[~entailed].sort_values(["gravity", "column", "row"], kind="stable")
    cells = cells.drop_duplicates(["column", "row"])
    for column, row, kind, value in zip(
        cells["column"], cells["row"], cells["kind"], cells["value"], strict=True
    ):
        needed, remedy = _explain(kind, value, spec.columns[column])
        met = "valeur absente" if kind == _ABSENT else f"« {value} »"
        rank = None if row == _WHOLE else int(row)
        yield _CellFault(column, rank, f"{met}{needed}", remedy)


def _explain(kind: str, value: object, column: Column) -> tuple[str, str]:
    if kind == _ABSENT:
        return "", "la donner à la source"
    if kind == _TYPE:
        kinds = _TYPES.items()
        word = next(word for name, word in kinds if column.dtype.startswith(name))
        return f", {word} requis", _FIX
    if kind == "isin":
        return " hors de la liste", hint(str(value), column.values)
    return _NEEDED[kind].format(column), _FIX


def _failures(tidy: pd.DataFrame, spec: TableSpec) -> pd.DataFrame | None:
    """Return what pandera refuses in a table."""
    plain = _plain(tidy)
    doubted = {
        name: column
        for name, column in spec.columns.items()
        if not is_surely_right(plain[name], column)
    }
    return _refused(tidy[list(doubted)], doubted) if doubted else None


def _plain(tidy: pd.DataFrame) -> pd.DataFrame:
    """Leave out what a GeoDataFrame asks at each column."""
    return pd.DataFrame(tidy) if isinstance(tidy, gpd.GeoDataFrame) else tidy


def is_surely_right(values: pd.Series | pd.DataFrame, column: Column) -> bool:
    """Tell whether pandera is sure to find nothing; in doubt, no."""
    if not isinstance(values, pd.Series):  # the same name twice
        return False
    if column.dtype == "str":
        return _is_all_text(values) and _are_admitted(values, column)
    return values.dtype == np.dtype(column.dtype) and _is_bounded(values, column)


def _is_all_text(values: pd.Series) -> bool:
    if isinstance(values.dtype, pd.StringDtype):
        return not values.array.isna().any()
    return (
        values.dtype == np.dtype(object)
        and pd.api.types.infer_dtype(values, skipna=False) == "string"
    )


def _are_admitted(values: pd.Series, column: Column) -> bool:
    if not column.values and column.pattern is None:
        return True
    told = set(values.to_numpy())  # codes come again
    if column.values and not told.issubset(column.values):
        return False
    return column.pattern is None or all(map(re.compile(column.pattern).match, told))


def _is_bounded(values: pd.Series, column: Column) -> bool:
    array = values.to_numpy()
    return not (
        (column.dtype == "float64" and np.isinf(array).any())
        or (column.low is not None and (array < column.low).any())
        or (column.high is not None and (array > column.high).any())
    )


def _refused(tidy: pd.DataFrame, columns: dict[str, Column]) -> pd.DataFrame | None:
    import pandera.errors  # noqa: PLC0415 - takes a second
    import pandera.pandas as pa  # noqa: PLC0415

    schema = pa.DataFrameSchema({name: _judge(one) for name, one in columns.items()})
    try:
        schema.validate(tidy, lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases: pd.DataFrame = error.failure_cases
        return cases
    return None


def _judge(column: Column) -> pa.Column:
    import pandera.pandas as pa  # noqa: PLC0415

    is_number = column.dtype == "float64"
    checks = []
    if is_number:
        checks.append(pa.Check(lambda values: ~np.isinf(values), name=_FINITE))
    if column.values:
        checks.append(pa.Check.isin(column.values))
    if column.pattern is not None:
        checks.append(pa.Check.str_matches(column.pattern))
    if column.low is not None:
        checks.append(pa.Check.ge(column.low))
    if column.high is not None:
        checks.append(pa.Check.le(column.high))
    return pa.Column(_PYTHON_TYPES[column.dtype], checks=checks, nullable=is_number)


def empty_table(table: str) -> Any:
    """Return a table that has its columns and no row.

    Of the right types; EPSG:2154 where there is a geometry.

    Examples
    --------
    >>> len(empty_table("closures")), len(empty_table("isochrones"))
    (0, 0)
    """
    spec = TABLES[table]
    frame = pd.DataFrame(
        {name: pd.Series(dtype=_kind(one)) for name, one in spec.columns.items()}
    )
    if spec.has_geometry:
        return gpd.GeoDataFrame(frame, geometry=[], crs=WORKING_EPSG)
    return frame


def _kind(column: Any) -> str:
    kind = str(column.dtype)
    return "str" if kind.startswith("str") else kind

"""Columns that are right at a glance; pandera judges the others, and them alone.

Loading pandera takes a second and judging a right column some milliseconds: most
columns are right, and most runs never load it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import pandera.pandas as pa

    from eitgeo.tables.columns import Column, TableSpec

FINITE = "finite"
_TYPES = {"str": str, "float64": float, "bool": bool, "int64": "int64"}


def failures(tidy: pd.DataFrame, spec: TableSpec) -> pd.DataFrame | None:
    """Return what pandera refuses in a table."""
    doubted = {
        name: column
        for name, column in spec.columns.items()
        if not is_surely_right(tidy[name], column)
    }
    return _refused(tidy[list(doubted)], doubted) if doubted else None


def is_surely_right(values: pd.Series | pd.DataFrame, column: Column) -> bool:
    """Tell whether pandera is sure to find nothing; in doubt, no."""
    if not isinstance(values, pd.Series):  # the same name twice
        return False
    if column.dtype == "str":
        return _is_all_text(values) and _are_admitted(values, column)
    return values.dtype == np.dtype(column.dtype) and _is_bounded(values, column)


def _is_all_text(values: pd.Series) -> bool:
    if isinstance(values.dtype, pd.StringDtype):
        return not values.hasnans
    return (
        values.dtype == np.dtype(object)
        and pd.api.types.infer_dtype(values, skipna=False) == "string"
    )


def _are_admitted(values: pd.Series, column: Column) -> bool:
    if column.values and not values.isin(column.values).all():
        return False
    return column.pattern is None or bool(values.str.match(column.pattern).all())


def _is_bounded(values: pd.Series, column: Column) -> bool:
    held = values.to_numpy()
    return not (
        (column.dtype == "float64" and np.isinf(held).any())
        or (column.low is not None and (held < column.low).any())
        or (column.high is not None and (held > column.high).any())
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
        checks.append(pa.Check(lambda values: ~np.isinf(values), name=FINITE))
    if column.values:
        checks.append(pa.Check.isin(column.values))
    if column.pattern is not None:
        checks.append(pa.Check.str_matches(column.pattern))
    if column.low is not None:
        checks.append(pa.Check.ge(column.low))
    if column.high is not None:
        checks.append(pa.Check.le(column.high))
    return pa.Column(_TYPES[column.dtype], checks=checks, nullable=is_number)

"""What pandera found, in French, once a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from eitgeo.check import hint
from eitgeo.tables.judge import FINITE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eitgeo.tables.columns import Column, TableSpec

_ABSENT = "not_nullable"
_TYPE = "dtype"
_WHOLE = -1
_FIX = "corriger la valeur à la source"
_TYPES = {"str": "texte", "int": "nombre entier", "float": "nombre", "bool": "oui/non"}
_NEEDED = {
    FINITE: ", nombre fini requis",
    "greater_than_or_equal_to": ", au moins {0.low:g} requis",
    "less_than_or_equal_to": ", au plus {0.high:g} requis",
    "str_matches": ", forme requise : {0.pattern}",
}


class CellFault(NamedTuple):
    """A fault of one cell, or of a whole column."""

    column: str
    row: int | None
    """Rank of the row; None: the whole column."""
    met: str
    remedy: str


def cell_faults(cases: pd.DataFrame, spec: TableSpec) -> Iterator[CellFault]:
    """Explain the failures of a validation."""
    kinds = cases["check"].astype(str).str.partition("(")[0]
    told = pd.DataFrame(
        {
            "gravity": kinds.map({_ABSENT: 0, _TYPE: 1}).fillna(2),
            "column": cases["column"].astype(str),
            "row": pd.to_numeric(cases["index"]).fillna(_WHOLE).astype("int64"),
            "kind": kinds,
            "value": cases["failure_case"],
        }
    )
    mistyped = told.loc[told["kind"] == _TYPE, "column"]
    entailed = (told["gravity"] > 1) & told["column"].isin(mistyped)
    cells = told[~entailed].sort_values(["gravity", "column", "row"], kind="stable")
    cells = cells.drop_duplicates(["column", "row"])
    for column, row, kind, value in zip(
        cells["column"], cells["row"], cells["kind"], cells["value"], strict=True
    ):
        needed, remedy = _explain(kind, value, spec.columns[column])
        met = "valeur absente" if kind == _ABSENT else f"« {value} »"
        rank = None if row == _WHOLE else int(row)
        yield CellFault(column, rank, f"{met}{needed}", remedy)


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

"""What pandera found, in French, once a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from eitgeo.check import hint
from eitgeo.tables._columns import FINITE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eitgeo.tables._columns import TableSpec

_ABSENT = "not_nullable"
_TYPE = "dtype"
_FIX = "corriger la valeur à la source"
_TYPES = {"str": "texte", "int": "nombre entier", "float": "nombre", "bool": "oui/non"}


class CellFault(NamedTuple):
    """A fault of one cell, or of a whole column."""

    column: str
    row: int | None
    """Rank of the row; None: the whole column."""
    met: str
    remedy: str


def cell_faults(cases: pd.DataFrame, spec: TableSpec) -> Iterator[CellFault]:
    """Explain the failures of a validation.

    Parameters
    ----------
    cases
        ``failure_cases`` of pandera: ``column``, ``check``, ``index`` and
        ``failure_case``.
    spec
        The table.

    Yields
    ------
    CellFault
        One a cell: what an absent value or a wrong type entails is not told again.
    """
    kinds = cases["check"].astype(str).str.partition("(")[0]
    gravity = kinds.map({_ABSENT: 0, _TYPE: 1}).fillna(2)
    rows = pd.to_numeric(cases["index"])
    ordered = cases.assign(kind=kinds, gravity=gravity, index=rows).sort_values(
        ["gravity", "column", "index"], kind="stable"
    )
    mistyped = set(cases.loc[kinds == _TYPE, "column"])
    seen: set[tuple[str, int | None]] = set()
    for case in ordered.itertuples():
        column = str(case.column)
        row = None if pd.isna(case.index) else int(case.index)
        entailed = case.gravity > 1 and column in mistyped
        if entailed or (column, row) in seen:
            continue
        seen.add((column, row))
        needed, remedy = _explain(str(case.kind), case.failure_case, spec, column)
        met = "valeur absente" if case.kind == _ABSENT else f"« {case.failure_case} »"
        yield CellFault(column, row, f"{met}{needed}", remedy)


def _explain(
    kind: str, value: object, spec: TableSpec, column: str
) -> tuple[str, str]:
    if kind == _ABSENT:
        return "", "la donner à la source"
    if kind == _TYPE:
        dtype = str(spec.columns[column].dtype)
        word = next(word for name, word in _TYPES.items() if dtype.startswith(name))
        return f", {word} requis", _FIX
    if kind == FINITE:
        return ", nombre fini requis", _FIX
    (check,) = [one for one in spec.columns[column].checks if one.name == kind]
    statistics: dict[str, Any] = check.statistics
    if kind == "isin":
        return " hors de la liste", hint(str(value), statistics["allowed_values"])
    if kind == "str_matches":
        return f", forme requise : {statistics['pattern']}", _FIX
    if kind == "greater_than_or_equal_to":
        return f", au moins {statistics['min_value']:g} requis", _FIX
    return f", au plus {statistics['max_value']:g} requis", _FIX

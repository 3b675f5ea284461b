"""Rows of a CSV file as text, with the line each came from, and their checks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eitgeo.check import Faults, commune_code_fault, hint, require_columns
from eitgeo.errors import SchemaError, SourceError
from eitgeo.sources.files.csv import (
    OFFICIAL,
    OWN,
    cells_of,
    require_file,
    require_separator,
)

if TYPE_CHECKING:
    from eitgeo.sources.files.csv import Dialect, Lines

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_DECIMAL_COMMA = re.compile(r"-?\d+,\d+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BREAKS = re.compile(r"[ \r\n]+")
"""A name may run over the lines of its cell."""

_FLAGS = {"true": True, "false": False}
_FEW = 6


def read_rows(
    path: Path,
    *,
    columns: Iterable[str],
    optional: Iterable[str] = (),
    separator: str = ",",
    dialect: Dialect = OWN,
) -> pd.DataFrame:
    """Read a CSV file as text."""
    require_file(path)
    needed = list(columns)
    lines = cells_of(path, separator, dialect)
    first = lines[0][1] if lines else []
    header = [_BREAKS.sub(" ", name).strip() for name in first]
    require_separator(path, header, separator, dialect)
    known = [*needed, *optional]
    wanted = known if dialect.is_official else list(dict.fromkeys([*header, *known]))
    names = _named(path, header, wanted, dialect)
    require_columns(pd.DataFrame(columns=names), needed, where=path.name)
    if len(lines) < 2:  # noqa: PLR2004
        message = f"{path.name} : fichier vide (un en-tête sans ligne) → le compléter"
        raise SourceError(message)
    _require_cells(path, len(header), lines[1:])
    table = pd.DataFrame(
        [[cell.strip() for cell in cells] for _, cells in lines[1:]],
        columns=names,
        index=pd.Index([number for number, _ in lines[1:]], name="line"),
        dtype="str",
    )
    return table.reindex(columns=wanted, fill_value="").astype("str")


def read_official(
    path: Path,
    *,
    columns: Iterable[str],
    optional: Iterable[str] = (),
    separator: str = ";",
) -> pd.DataFrame:
    """Read an official CSV file as text, as :func:`read_rows`."""
    return read_rows(
        path,
        columns=columns,
        optional=optional,
        separator=separator,
        dialect=OFFICIAL,
    )


def _named(
    path: Path, header: Sequence[str], wanted: Sequence[str], dialect: Dialect
) -> list[str]:
    names = list(header)
    if dialect.is_official:
        canonical = {name.casefold(): name for name in wanted}
        names = [canonical.get(name.casefold(), name) for name in header]
    faults = Faults(path.name)
    for name in wanted:
        if names.count(name) > 1:
            met = f"colonne « {name} » présente {names.count(name)} fois"
            faults.add(met, row=1, remedy="n'en garder qu'une")
    faults.raise_if_any(SchemaError)
    # A column that is not read may be there twice: its place is all that counts.
    seen: Counter[str] = Counter()
    unique = []
    for name in names:
        seen[name] += 1
        unique.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return unique


def _require_cells(path: Path, width: int, lines: Lines) -> None:
    faults = Faults(path.name)
    for number, cells in lines:
        if len(cells) != width:
            met = f"{len(cells)} cellules pour {width} colonnes"
            remedy = "vérifier les séparateurs et les guillemets"
            faults.add(met, row=number, remedy=remedy)
    faults.raise_if_any(SchemaError)


def faulty(values: pd.Series, wrong: pd.Series) -> list[tuple[int, str]]:
    """List the cells of a column that a check picked, with their lines."""
    if not wrong.any():
        return []
    picked = values[wrong]
    return list(zip(picked.index.tolist(), picked.tolist(), strict=True))


def to_numbers(rows: pd.DataFrame, column: str, *, faults: Faults) -> pd.Series:
    """Turn a column of text into numbers, decimal point only."""
    return _numbers(rows[column], faults)


def _numbers(values: pd.Series, faults: Faults) -> pd.Series:
    good = values.str.fullmatch(_NUMBER)
    for line, text in faulty(values, ~good & (values != "")):
        remedy = "écrire un nombre avec un point décimal"
        if _DECIMAL_COMMA.fullmatch(text):
            remedy = f"virgule décimale : écrire « {text.replace(',', '.')} »"
        faults.add(f"« {values.name} » = « {text} »", row=line, remedy=remedy)
    return values.where(good, "nan").astype(float)


def to_amounts(rows: pd.DataFrame, column: str, *, faults: Faults) -> pd.Series:
    """Turn a column of text into numbers, decimal comma where the whole column has it.

    Examples
    --------
    >>> import pandas as pd
    >>> from eitgeo.check import Faults
    >>> rows = pd.DataFrame({"t": ["1,5", "2", ""]})
    >>> to_amounts(rows, "t", faults=Faults("a.csv")).tolist()
    [1.5, 2.0, nan]

    Programs write small and large numbers with a power of ten:

    >>> rows = pd.DataFrame({"t": ["5.2e-05", "1.2E7"]})
    >>> to_amounts(rows, "t", faults=Faults("a.csv")).tolist()
    [5.2e-05, 12000000.0]
    """
    values = rows[column]
    if values.str.fullmatch(r"(-?\d+(,\d+)?)?").all():
        return _numbers(values.str.replace(",", ".", regex=False), faults)
    powers = values.str.fullmatch(r"-?\d+(\.\d+)?[eE][-+]?\d{1,2}")
    if not powers.any():
        return _numbers(values, faults)
    numbers = _numbers(values.mask(powers, "0"), faults)
    return numbers.where(~powers, values.where(powers, "0").astype(float))


def to_counts(rows: pd.DataFrame, column: str, *, faults: Faults) -> pd.Series:
    """Turn a column of text into whole numbers ≥ 0, none missing."""
    values = rows[column]
    good = values.str.fullmatch("[0-9]{1,15}")
    for line, text in faulty(values, ~good):
        met = f"« {column} » = « {text} »"
        faults.add(met, row=line, remedy="écrire un nombre entier, sans espace")
    return values.where(good, "0").astype("int64")


def to_flags(rows: pd.DataFrame, column: str, *, faults: Faults) -> pd.Series:
    """Turn ``true``/``false`` into booleans."""
    folded = rows[column].str.lower()
    for line, text in faulty(rows[column], ~folded.isin(list(_FLAGS))):
        met = f"« {column} » = « {text} »"
        faults.add(met, row=line, remedy="écrire « true » ou « false »")
    return folded == "true"


def check_choices(
    rows: pd.DataFrame, column: str, *, allowed: Collection[str], faults: Faults
) -> None:
    """Note the values of a column that are not among the admitted ones."""
    for line, text in faulty(rows[column], ~rows[column].isin(list(allowed))):
        remedy = hint(text, allowed)
        if remedy.endswith("?") and len(allowed) <= _FEW:
            remedy += f" Valeurs admises : {', '.join(sorted(allowed))}"
        faults.add(f"« {column} » = « {text} »", row=line, remedy=remedy)


def check_pattern(
    rows: pd.DataFrame, column: str, *, pattern: str, example: str, faults: Faults
) -> None:
    """Note the values of a column that do not have the form required."""
    # A dot stands for the end of a line too: a quoted cell may hold one.
    good = rows[column].str.fullmatch(pattern, flags=re.DOTALL)
    for line, text in faulty(rows[column], ~good):
        met = f"« {column} » = « {text} » mal formé"
        faults.add(met, row=line, remedy=f"par exemple « {example} »")


def check_dates(
    rows: pd.DataFrame, column: str, *, faults: Faults, optional: bool = False
) -> None:
    """Note the dates that are malformed, or that no calendar has."""
    values = rows[column]
    days = pd.to_datetime(values, format="%Y-%m-%d", errors="coerce")
    good = values.str.fullmatch(_DAY) & days.notna()
    for line, text in faulty(values, ~(good | ((values == "") & optional))):
        met = f"« {column} » = « {text} » mal formé ou hors du calendrier"
        faults.add(met, row=line, remedy="par exemple « 2025-01-01 »")


def check_codes(
    rows: pd.DataFrame,
    *,
    known: Collection[str] | None = None,
    faults: Faults,
    column: str = "code_insee",
) -> None:
    """Note commune codes that are malformed or name no commune at hand."""
    for line, code in faulty(rows[column], rows[column].notna()):
        wrong = commune_code_fault(code)
        if wrong is not None:
            faults.add(wrong[0], row=line, remedy=wrong[1])
        elif known is not None and code not in known:
            met = f"commune « {code} » absente de la couche des communes"
            faults.add(met, row=line, remedy="vérifier le code et le millésime COG")


def check_key(rows: pd.DataFrame, key: Sequence[str], *, faults: Faults) -> None:
    """Note the rows that repeat the key of an earlier one."""
    again = rows.duplicated(list(key))
    if not again.any():
        return
    repeated = rows[again]
    for line, values in zip(
        repeated.index, repeated[list(key)].to_numpy(), strict=True
    ):
        label = ", ".join("" if pd.isna(one) else str(one) for one in values)
        faults.add(f"clé répétée ({label})", row=line, remedy="garder une seule ligne")


def check_order(
    low: pd.Series, mid: pd.Series, high: pd.Series, *, faults: Faults
) -> None:
    """Note the intervals whose low, mid and high are not in order."""
    wrong = (low > mid) | (mid > high) | (low > high)
    for line in low.index[np.asarray(wrong)]:
        met = f"intervalle {low[line]:g} – {mid[line]:g} – {high[line]:g} désordonné"
        faults.add(met, row=line, remedy="bas ≤ central ≤ haut")

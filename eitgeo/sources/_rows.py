"""Rows of a CSV file as text, with the line each came from, and their checks."""

from __future__ import annotations

import csv
import re
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eitgeo.check import Faults, commune_code_fault, hint, require_columns
from eitgeo.errors import SchemaError, SourceError
from eitgeo.sources._csv import csv_lines

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_DECIMAL_COMMA = re.compile(r"-?\d+,\d+")
_SEPARATORS = {";": ";", ",": ",", "\t": "tabulation"}
"""How each is told."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FLAGS = {"true": True, "false": False}
_FEW = 6


def require_file(path: Path) -> None:
    """Refuse a file that is absent or holds no byte."""
    if path.exists() and not path.is_file() and not path.is_dir():
        message = f"{path.name} : ce n'est pas un fichier → en donner un ordinaire"
        raise SourceError(message)  # a pipe or a device may have no end
    if not path.is_file():
        message = f"{path.name} : fichier absent de {path.parent.name or '.'}"
        raise SourceError(message)
    if path.stat().st_size == 0:
        message = f"{path.name} : fichier vide (0 octet) → le télécharger à nouveau"
        raise SourceError(message)


def read_rows(
    path: Path,
    *,
    columns: Iterable[str],
    separator: str = ",",
) -> pd.DataFrame:
    """Read a UTF-8 CSV file as text."""
    require_file(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.reader(handle, delimiter=separator)
            lines = csv_lines(reader, where=path.name)
    except UnicodeDecodeError as error:
        message = (
            f"{path.name} : encodage illisible (octet {error.start}) "
            "→ enregistrer en « CSV UTF-8 »"
        )
        raise SourceError(message) from error
    header = [name.strip() for name in lines[0][1]] if lines else []
    _require_separator(path, header, separator)
    _require_names_once(path, header)
    require_columns(pd.DataFrame(columns=header), columns, where=path.name)
    if len(lines) < 2:  # noqa: PLR2004
        message = f"{path.name} : fichier vide (un en-tête sans ligne) → le compléter"
        raise SourceError(message)
    _require_cells(path, header, lines[1:])
    return pd.DataFrame(
        [[cell.strip() for cell in cells] for _, cells in lines[1:]],
        columns=header,
        index=pd.Index([number for number, _ in lines[1:]], name="line"),
        dtype=str,
    )


def _require_separator(path: Path, header: Sequence[str], separator: str) -> None:
    met = [one for one in _SEPARATORS if one != separator and one in "".join(header)]
    if len(header) == 1 and met:
        faults = Faults(path.name)
        faults.add(
            f"séparateur « {_SEPARATORS[met[0]]} » au lieu de « {separator} »",
            row=1,
            remedy=f"enregistrer avec le séparateur « {separator} »",
        )
        faults.raise_if_any(SchemaError)


def _require_names_once(path: Path, header: Sequence[str]) -> None:
    faults = Faults(path.name)
    for name, times in Counter(header).items():
        if times > 1:
            met = f"colonne « {name} » présente {times} fois"
            faults.add(met, row=1, remedy="n'en garder qu'une")
    faults.raise_if_any(SchemaError)


def _require_cells(
    path: Path, header: Sequence[str], lines: Sequence[tuple[int, list[str]]]
) -> None:
    faults = Faults(path.name)
    for number, cells in lines:
        if len(cells) != len(header):
            met = f"{len(cells)} cellules pour {len(header)} colonnes"
            remedy = "vérifier les séparateurs et les guillemets"
            faults.add(met, row=number, remedy=remedy)
    faults.raise_if_any(SchemaError)


def faulty(values: pd.Series, wrong: pd.Series) -> list[tuple[int, str]]:
    """List the cells of a column that a check picked, with their lines."""
    picked = values[wrong]
    return list(zip(picked.index.tolist(), picked.tolist(), strict=True))


def to_numbers(rows: pd.DataFrame, column: str, *, faults: Faults) -> pd.Series:
    """Turn a column of text into numbers, decimal point only."""
    values = rows[column]
    good = values.str.fullmatch(_NUMBER)
    for line, text in faulty(values, ~good & (values != "")):
        remedy = "écrire un nombre avec un point décimal"
        if _DECIMAL_COMMA.fullmatch(text):
            remedy = f"virgule décimale : écrire « {text.replace(',', '.')} »"
        faults.add(f"« {column} » = « {text} »", row=line, remedy=remedy)
    return values.where(good, "nan").astype(float)


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
    repeated = rows[rows.duplicated(list(key))]
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

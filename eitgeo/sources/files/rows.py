"""Rows of a CSV file as text, each with its line, held to declared columns."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from eitgeo.check import Faults, commune_code_fault, hint, require_columns
from eitgeo.errors import SchemaError, SourceError
from eitgeo.reference.naf import naf_divisions, naf_subclasses
from eitgeo.reference.source_columns import SourceColumn, source_columns
from eitgeo.reference.waste import outlet_kinds
from eitgeo.sources.files.csv import (
    OFFICIAL,
    OWN,
    UNSEEN,
    Dialect,
    Lines,
    cells_of,
    require_file,
    require_separator,
)
from eitgeo.tables.columns import BODY_KINDS
from eitgeo.words import french_number

_log = logging.getLogger(__name__)
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,30})?")
_DECIMAL_COMMA = re.compile(r"-?[0-9]{1,15},[0-9]{1,30}")
_SHOWN = 40
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
    table = table.reindex(columns=wanted, fill_value="").astype("str")
    return _without_unseen(table, where=path.name, is_official=dialect.is_official)


def _without_unseen(
    rows: pd.DataFrame, *, where: str, is_official: bool
) -> pd.DataFrame:
    """Erase the unseen signs of an official file, with a warning; refuse one's own."""
    met = rows.apply(lambda texts: texts.str.contains(UNSEEN))
    if not met.to_numpy().any():
        return rows
    faults = Faults(where)
    for name in rows.columns[met.any()]:
        for line, text in faulty(rows[name], met[name]):
            sign = ord(UNSEEN.findall(text)[0])
            what = f"« {name} » : signe invisible (U+{sign:04X})"
            faults.add(what, row=line, remedy="retaper le texte")
    if not is_official:
        faults.raise_if_any(SchemaError)
    n_cells = int(met.to_numpy().sum())
    _log.warning("%s : signes invisibles effacés dans %d cellules", where, n_cells)
    return rows.replace(UNSEEN, "", regex=True).astype("str")


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
        cut = f"… ({len(text)} caractères)" if len(text) > _SHOWN else ""
        met = f"« {values.name} » = « {text[:_SHOWN]}{cut} »"
        faults.add(met, row=line, remedy=remedy)
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


_TYPED = {
    "flag": to_flags,
    "count": to_counts,
    "number": to_numbers,
    "amount": to_amounts,
}
"""Kinds that are turned into what they hold; the others stay text."""

_LISTS: dict[str, Callable[[], Iterable[str]]] = {
    "@body_kinds": lambda: BODY_KINDS,
    "@naf_divisions": lambda: naf_divisions().index,
    "@outlet_kinds": outlet_kinds,
}


@dataclass(frozen=True)
class DeclaredRows:
    """Rows of a declared source, and the faults met so far: to be raised by the reader.

    Attributes
    ----------
    text
        As written, by the columns of the file; the index is the line.
    table
        By our names: numbers and flags typed, the rest as text; same index.
    faults
        What the declaration refuses; the reader adds its own.
    """

    text: pd.DataFrame = field(repr=False)
    table: pd.DataFrame = field(repr=False)
    faults: Faults = field(repr=False)


@dataclass(frozen=True)
class CsvSource:
    """A CSV file whose columns stand in ``source_columns.csv``.

    Attributes
    ----------
    name
        The source, in that table.
    separator
        One character.
    is_official
        A file of a producer, or one of the study (:class:`Dialect`).
    """

    name: str
    separator: str = ","
    is_official: bool = False

    @property
    def columns(self) -> tuple[SourceColumn, ...]:
        """Return the declaration of each column, in the order of the faults."""
        return tuple(source_columns(self.name))

    @property
    def needed(self) -> dict[str, str]:
        """Return our name of each column that must be there, by its own."""
        return {one.column: one.name for one in self.columns if one.is_needed}

    @property
    def optional(self) -> dict[str, str]:
        """Return the same of the others."""
        return {one.column: one.name for one in self.columns if not one.is_needed}

    def read(
        self, path: Path, *, known_communes: Collection[str] | None = None
    ) -> DeclaredRows:
        """Read a file and note its faults; `known_communes`: codes at hand."""
        text = read_rows(
            path,
            columns=self.needed,
            optional=self.optional,
            separator=self.separator,
            dialect=OFFICIAL if self.is_official else OWN,
        )
        return self.hold(text, where=path.name, known_communes=known_communes)

    def accepted(
        self, path: Path, *, known_communes: Collection[str] | None = None
    ) -> pd.DataFrame:
        """Read the rows of a file, or refuse it with all its faults."""
        read = self.read(path, known_communes=known_communes)
        read.faults.raise_if_any(SchemaError)
        return read.table

    def hold(
        self,
        text: pd.DataFrame,
        *,
        where: str,
        known_communes: Collection[str] | None = None,
    ) -> DeclaredRows:
        """Hold rows of text to the declaration, whatever file they come from.

        Told in this order: keys, codes of communes, forms and choices, then numbers,
        then the numbers that are absent.
        """
        columns = self.columns
        faults = Faults(where)
        key = [column.column for column in columns if column.is_key]
        if key:
            check_key(text, key, faults=faults)
        texts = [column for column in columns if column.kind not in _TYPED]
        numbers = [column for column in columns if column.kind in _TYPED]
        _check_codes(text, texts, known_communes, faults)
        for column in texts:
            _check_form(text, column, faults)
            _check_filled(text, column, faults)
        typed = {
            column.name: _TYPED[column.kind](text, column.column, faults=faults)
            for column in numbers
        }
        for column in numbers:
            _check_filled(text, column, faults)
            _check_bounds(text, column, typed[column.name], faults)
        names = {column.column: column.name for column in columns}
        table = text[list(names)].rename(columns=names).assign(**typed)
        return DeclaredRows(text, table, faults)


def _check_codes(
    rows: pd.DataFrame,
    columns: Iterable[SourceColumn],
    known: Collection[str] | None,
    faults: Faults,
) -> None:
    for column in columns:
        if column.kind == "commune":
            check_codes(rows, known=known, faults=faults, column=column.column)
        elif column.kind == "commune_zero":
            _check_zero(rows[column.column], "commune", faults)


def _check_form(rows: pd.DataFrame, column: SourceColumn, faults: Faults) -> None:
    name = column.column
    if column.kind == "form":
        check_pattern(
            rows, name, pattern=column.domain, example=column.example, faults=faults
        )
    elif column.kind == "choice":
        check_choices(rows, name, allowed=_admitted(column.domain), faults=faults)
    elif column.kind == "date_or_none":
        check_dates(rows, name, faults=faults, optional=True)
    elif column.kind == "postcode":
        _check_zero(rows[name], "postal", faults)
    elif column.kind == "naf":
        _check_activities(rows, column, faults)


def _admitted(domain: str) -> list[str]:
    return list(_LISTS[domain]()) if domain in _LISTS else domain.split("|")


def _check_filled(rows: pd.DataFrame, column: SourceColumn, faults: Faults) -> None:
    met, _, remedy = column.empty.partition(" → ")
    for line in rows.index[rows[column.column] == ""] if met else ():
        faults.add(met, row=line, remedy=remedy)


def _check_bounds(
    rows: pd.DataFrame, column: SourceColumn, values: pd.Series, faults: Faults
) -> None:
    low, high = column.bounds
    limits = f"{french_number(low)} à {french_number(high)}"
    for line, text in faulty(rows[column.column], (values < low) | (values > high)):
        met = f"« {column.column} » = « {text} » hors de {limits}"
        faults.add(met, row=line, remedy="corriger la valeur ou son unité")


def _check_zero(codes: pd.Series, what: str, faults: Faults) -> None:
    """Note codes that lost their leading zero: they name another département."""
    for line, code in faulty(codes, codes.str.fullmatch(r"\d{4}")):
        met = f"code {what} « {code} » sans son zéro de tête"
        remedy = f"écrire « 0{code} » (colonne au format texte)"
        faults.add(met, row=line, remedy=remedy)


def _check_activities(rows: pd.DataFrame, column: SourceColumn, faults: Faults) -> None:
    name, form = column.column, r"(\d{2}\.\d{2}[A-Z])?"
    check_pattern(rows, name, pattern=form, example=column.example, faults=faults)
    codes, known = rows[name], naf_subclasses()
    formed = codes.str.fullmatch(form) & (codes != "")
    for line, code in faulty(codes, formed & ~codes.isin(list(known))):
        met = f"« {name} » = « {code} » : sous-classe inconnue de la NAF rév. 2"
        faults.add(met, row=line, remedy=hint(code, known))

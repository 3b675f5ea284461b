"""CSV sources whose columns are declared: a file read, and held to its declaration."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from eitgeo.check import Faults, hint
from eitgeo.errors import SchemaError
from eitgeo.reference.naf import naf_divisions, naf_subclasses
from eitgeo.reference.source_columns import SourceColumn, source_columns
from eitgeo.reference.waste import outlet_kinds
from eitgeo.sources.files.csv import OFFICIAL, OWN
from eitgeo.sources.files.rows import (
    check_choices,
    check_codes,
    check_dates,
    check_key,
    check_pattern,
    faulty,
    read_rows,
    to_amounts,
    to_counts,
    to_flags,
    to_numbers,
)
from eitgeo.tables.columns import BODY_KINDS

_NUMBERS = {
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
        texts = [column for column in columns if column.kind not in _NUMBERS]
        numbers = [column for column in columns if column.kind in _NUMBERS]
        _check_codes(text, texts, known_communes, faults)
        for column in texts:
            _check_form(text, column, faults)
            _check_filled(text, column, faults)
        typed = {
            column.name: _NUMBERS[column.kind](text, column.column, faults=faults)
            for column in numbers
        }
        for column in numbers:
            _check_filled(text, column, faults)
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

"""Official CSV files as they come: encoding tried, header tidied, cells as text."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.check import Faults, require_columns
from eitgeo.errors import SchemaError, SourceError
from eitgeo.sources._csv import csv_lines
from eitgeo.sources._loaded import Loaded
from eitgeo.sources._rows import require_file, to_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

type Note = tuple[str, object, str, str, str]
"""``file``, ``row``, ``subject``, ``kind``, ``detail`` of a row that is kept."""

type Drop = tuple[str, object, str, str]
"""``file``, ``row``, ``subject``, ``reason`` of a row that is left out."""

NOTE_COLUMNS = ("file", "row", "subject", "kind", "detail")
ENCODINGS = ("utf-8-sig", "cp1252")
"""Tried in order; Windows-1252 holds every printable sign of ISO-8859-1."""

_SEPARATORS = {";": "point-virgule", ",": "virgule", "\t": "tabulation"}
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Audited(Loaded):
    """A table with the rows left out, and what is doubtful in the rows kept.

    Attributes
    ----------
    notes
        One row a remark on a row that was kept: ``file``, ``row`` (line or key, as
        text), ``subject``, ``kind`` (a short code) and ``detail`` (French).
    """

    notes: pd.DataFrame = field(repr=False)


def note_rows(rows: Iterable[Note]) -> pd.DataFrame:
    """Lay out the remarks on rows that are kept.

    Examples
    --------
    >>> note_rows([("a.csv", 3, "X", "point_partage", "deux sites")]).loc[0, "row"]
    '3'
    """
    table = pd.DataFrame(list(rows), columns=list(NOTE_COLUMNS))
    return table.astype(dict.fromkeys(NOTE_COLUMNS, "str"))


def read_official(
    path: Path,
    *,
    columns: Iterable[str],
    optional: Iterable[str] = (),
    separator: str = ";",
) -> pd.DataFrame:
    """Read an official CSV file as text."""
    require_file(path)
    lines = _lines(path, separator)
    header = [name.strip() for name in lines[0][1]] if lines else []
    _require_separator(path, header, separator)
    wanted = [*columns, *optional]
    names = _named(path, header, wanted)
    require_columns(pd.DataFrame(columns=names), columns, where=path.name)
    if len(lines) < 2:  # noqa: PLR2004
        message = f"{path.name} : fichier vide (un en-tête sans ligne) → le compléter"
        raise SourceError(message)
    _require_cells(path, len(header), lines[1:])
    table = pd.DataFrame(
        [cells for _, cells in lines[1:]],
        columns=names,
        index=pd.Index([number for number, _ in lines[1:]], name="line"),
        dtype="str",
    )
    kept = table.reindex(columns=wanted, fill_value="").astype("str")
    return kept.apply(lambda column: column.str.strip())


def _lines(path: Path, separator: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(
        io.StringIO(_decoded(path), newline=""), delimiter=separator, strict=True
    )
    return [one for one in csv_lines(reader, where=path.name) if any(one[1])]


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    if not data.startswith(_UTF16) and b"\x00" not in data:
        for encoding in ENCODINGS:
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                continue
    message = (
        f"{path.name} : encodage illisible (ni UTF-8, ni ISO-8859-1) "
        "→ enregistrer en « CSV UTF-8 »"
    )
    raise SourceError(message)


def _require_separator(path: Path, header: Sequence[str], separator: str) -> None:
    if len(header) != 1:
        return
    for other, name in _SEPARATORS.items():
        if other != separator and other in header[0]:
            faults = Faults(path.name)
            met = f"séparateur « {name} » au lieu de « {_SEPARATORS[separator]} »"
            remedy = f"enregistrer avec le séparateur « {_SEPARATORS[separator]} »"
            faults.add(met, row=1, remedy=remedy)
            faults.raise_if_any(SchemaError)


def _named(path: Path, header: Sequence[str], wanted: Sequence[str]) -> list[str]:
    canonical = {name.casefold(): name for name in wanted}
    names = [canonical.get(name.casefold(), name) for name in header]
    faults = Faults(path.name)
    for name in wanted:
        if names.count(name) > 1:
            met = f"colonne « {name} » présente {names.count(name)} fois"
            faults.add(met, row=1, remedy="n'en garder qu'une")
    faults.raise_if_any(SchemaError)
    # A column that is not read may be there twice: its place is all that counts.
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return unique


def _require_cells(
    path: Path, width: int, lines: Sequence[tuple[int, list[str]]]
) -> None:
    faults = Faults(path.name)
    for number, cells in lines:
        if len(cells) != width:
            met = f"{len(cells)} cellules pour {width} colonnes"
            remedy = "vérifier les séparateurs et les guillemets"
            faults.add(met, row=number, remedy=remedy)
    faults.raise_if_any(SchemaError)


def drops(file: str, subjects: pd.Series, reasons: pd.Series) -> list[Drop]:
    """List the rows that have a reason to be left out.

    Examples
    --------
    >>> import pandas as pd
    >>> drops("a.csv", pd.Series(["x", "y"]), pd.Series(["", "répétée"]))
    [('a.csv', 1, 'y', 'répétée')]
    """
    return [
        (file, line, subject, reason)
        for line, subject, reason in zip(subjects.index, subjects, reasons, strict=True)
        if reason
    ]


def remarks(
    file: str, subjects: pd.Series, kind: str, details: pd.Series
) -> list[Note]:
    """List the rows that have something to be told, though they are kept."""
    told = details[details != ""]
    lines = told.index.tolist()
    return [
        (file, line, subject, kind, detail)
        for line, subject, detail in zip(lines, subjects[lines], told, strict=True)
    ]


def where(wrong: pd.Series, reason: pd.Series | str) -> pd.Series:
    """Give a reason to the rows that a check picked."""
    return pd.Series("", wrong.index, dtype="str").mask(wrong, reason)


def looked_up(keys: pd.Series, table: pd.Series) -> pd.Series:
    """Look keys up in a table of texts.

    Examples
    --------
    >>> looked_up(pd.Series(["a", "b"]), pd.Series({"a": "x"})).tolist()
    ['x', '']
    """
    # As a dict: the type is the same when the table, or the keys, are empty.
    known = table.to_dict()
    return pd.Series([known.get(key, "") for key in keys], keys.index, dtype="str")


def first_reason(*reasons: pd.Series) -> pd.Series:
    """Keep the first reason that a row has to be left out."""
    chosen = reasons[0]
    for other in reasons[1:]:
        chosen = chosen.where(chosen != "", other)
    return chosen


def away(rows: pd.DataFrame, communes: pd.DataFrame) -> pd.Series:
    """Tell the rows of communes that are not at hand."""
    gone = ~rows["code_insee"].isin(communes["code_insee"])
    return ("hors des communes (« " + rows["code_insee"] + " »)").where(gone, "")


def repeats(rows: pd.DataFrame, key: Sequence[str]) -> pd.Series:
    """Tell the rows that repeat the key of an earlier one."""
    label = rows[key[0]]
    for name in key[1:]:
        label = label + ", " + rows[name]
    return where(rows.duplicated(list(key)), "ligne répétée (" + label + ")")


def to_amounts(rows: pd.DataFrame, column: str, *, faults: Faults) -> pd.Series:
    """Turn a column of text into numbers, decimal comma where the whole column has it.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"t": ["1,5", "2", ""]})
    >>> to_amounts(rows, "t", faults=Faults("a.csv")).tolist()
    [1.5, 2.0, nan]

    Programs write small and large numbers with a power of ten:

    >>> rows = pd.DataFrame({"t": ["5.2e-05", "1.2E7"]})
    >>> to_amounts(rows, "t", faults=Faults("a.csv")).tolist()
    [5.2e-05, 12000000.0]
    """
    values = rows[column]
    french = values.str.fullmatch(r"(-?\d+(,\d+)?)?")
    if french.all():
        rows = rows.assign(**{column: values.str.replace(",", ".", regex=False)})
    powers = values.str.fullmatch(r"-?\d+(\.\d+)?[eE][-+]?\d{1,2}")
    plain = rows.assign(**{column: rows[column].mask(powers, "0")})
    numbers = to_numbers(plain, column, faults=faults)
    return numbers.where(~powers, values.where(powers, "0").astype(float))

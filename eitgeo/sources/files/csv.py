"""CSV and JSON files, within bounds: decoded, cut into cells, held to their header."""

from __future__ import annotations

import codecs
import csv
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from eitgeo.check import Faults
from eitgeo.errors import SchemaError, SourceError

if TYPE_CHECKING:
    import pandas as pd

type Lines = list[tuple[int, list[str]]]

MAX_COLUMNS = 1000
"""The widest official file, SIRENE, has 54."""

MAX_CELL = 131_072
"""What :mod:`csv` admits; readers that do without it hold their texts to it too."""

MAX_LINE = 1 << 24
"""As many signs as a hundred of the longest cells."""

SHORTER = "fermer les guillemets, ou raccourcir la cellule"
OPEN_QUOTES = ("guillemets mal fermés", "doubler ou retirer les guillemets")
ENCODINGS = ("utf-8-sig", "cp1252")
"""Tried in order; Windows-1252 holds every printable sign of ISO-8859-1."""

UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f"
    "\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
"""Signs that no reader sees: controls, and those that turn the order of others."""

_PIECE = 1 << 20
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Dialect:
    """How files of a kind are written, and what is asked of them.

    Attributes
    ----------
    separators
        How each sign that may part the cells is told, in French.
    is_official
        A file of a producer: Windows-1252 is read too, header names in any case, lines
        of empty cells are passed over, columns that are not asked for are left out. A
        file of the study is UTF-8, and every column of it counts.
    """

    separators: Mapping[str, str]
    is_official: bool


OWN = Dialect({";": ";", ",": ",", "\t": "tabulation"}, is_official=False)
OFFICIAL = Dialect(
    {";": "point-virgule", ",": "virgule", "\t": "tabulation"}, is_official=True
)


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


def encoding_of(path: Path, *, named: str, among: Sequence[str] = ENCODINGS) -> str:
    """Find the first encoding that reads a file, a piece at a time; else name them."""
    for encoding in among:
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as handle:
                while piece := handle.read(_PIECE):
                    is_first = handle.tell() == len(piece)
                    if b"\x00" in piece or (is_first and piece.startswith(_UTF16)):
                        break
                    decoder.decode(piece)
                else:
                    decoder.decode(b"", final=True)
                    # The first bytes of a mark, and no more, are kept without a word.
                    if not decoder.getstate()[0]:
                        return encoding
        except UnicodeDecodeError:
            continue
    message = (
        f"{path.name} : encodage illisible ({named}) → enregistrer en « CSV UTF-8 »"
    )
    raise SourceError(message)


def cells_of(path: Path, separator: str, dialect: Dialect) -> Lines:
    """Cut a file into cells, the header first, each row with the line it ends on."""
    if dialect.is_official:
        encoding = encoding_of(path, named="ni UTF-8, ni ISO-8859-1")
    else:
        encoding = encoding_of(path, named="pas UTF-8", among=ENCODINGS[:1])
    with path.open(encoding=encoding, newline="") as handle:
        reader = csv.reader(
            _bounded(handle, where=path.name),
            delimiter=separator,
            strict=dialect.is_official,
        )
        lines = csv_lines(reader, where=path.name)
    if dialect.is_official:
        return [(line, cells) for line, cells in lines if any(cells)]
    return lines


def _bounded(handle: TextIO, *, where: str) -> Iterator[str]:
    """Give the lines of a file; one that no table has is refused before it is whole."""
    for rank in itertools.count(1):
        line = handle.readline(MAX_LINE + 1)
        if len(line) > MAX_LINE:
            met = f"ligne de plus de {MAX_LINE} caractères"
            raise _fault(where, rank, met, SHORTER)
        if not line:
            return
        yield line


def read_json(path: Path, *, remedy: str) -> Any:
    """Read a JSON file of a producer, without the signs that no reader sees."""
    require_file(path)
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"), object_hook=_seen)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise SourceError(f"{path.name} : JSON illisible → {remedy}") from error


def _seen(held: dict[str, Any]) -> dict[str, Any]:
    return {
        name: UNSEEN.sub("", value) if isinstance(value, str) else value
        for name, value in held.items()
    }


def require_separator(
    path: Path, header: Sequence[str], separator: str, dialect: Dialect
) -> None:
    """Refuse a header that another sign parts."""
    if len(header) != 1:
        return
    for other, name in dialect.separators.items():
        if other != separator and other in header[0]:
            faults = Faults(path.name)
            due = dialect.separators[separator]
            met = f"séparateur « {name} » au lieu de « {due} »"
            remedy = f"enregistrer avec le séparateur « {due} »"
            faults.add(met, row=1, remedy=remedy)
            faults.raise_if_any(SchemaError)


def csv_lines(reader: Any, *, where: str, widest: float = MAX_COLUMNS) -> Lines:
    """Read the lines of a CSV file that are not empty."""
    return list(csv_stream(reader, where=where, widest=widest))


def csv_stream(
    reader: Any, *, where: str, widest: float = MAX_COLUMNS
) -> Iterator[tuple[int, list[str]]]:
    """Read the lines of a CSV file that are not empty, one at a time."""
    try:
        for cells in reader:
            if len(cells) > widest:
                met = f"{len(cells)} colonnes, plus que la limite de {widest:g}"
                raise _fault(
                    where, reader.line_num, met, "ne garder que celles qui servent"
                )
            if cells:
                yield reader.line_num, cells
    except csv.Error as error:
        if "field larger" in str(error):
            met, remedy = (
                f"cellule de plus de {csv.field_size_limit()} caractères",
                SHORTER,
            )
        else:
            met, remedy = OPEN_QUOTES
        raise _fault(where, reader.line_num, met, remedy) from error


def check_short(texts: pd.Series, *, faults: Faults) -> None:
    """Note the texts that no reader of a table can take."""
    is_long = texts.str.len() > MAX_CELL
    if not is_long.any():
        return
    for line, text in texts[is_long].items():
        met = f"« {texts.name} » : cellule de {len(text)} caractères"
        faults.add(met, row=str(line), remedy=SHORTER)


def _fault(where: str, line: int, met: str, remedy: str) -> SchemaError:
    return SchemaError(f"{where} : ligne {line} : {met} → {remedy}")


def csv_dicts(path: Path, *, errors: str = "strict") -> list[dict[str, str]]:
    """Read a small CSV file by the names of its columns, without any check of them."""
    if not path.is_file():  # a pipe or a device may have no end
        message = f"{path.name} : fichier absent, ou qui n'en est pas un → le vérifier"
        raise SourceError(message)
    with path.open(encoding="utf-8-sig", errors=errors, newline="") as handle:
        lines = csv_lines(csv.reader(handle), where=path.name)
    header: Iterable[str] = lines[0][1] if lines else ()
    return [dict(zip(header, cells, strict=False)) for _, cells in lines[1:]]

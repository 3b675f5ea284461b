"""Lines of a CSV file, within bounds: what no table of a study is, is refused."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

from eitgeo.errors import SchemaError, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pandas as pd

    from eitgeo.check import Faults

    type Lines = list[tuple[int, list[str]]]

MAX_COLUMNS = 1000
"""The widest official file, SIRENE, has 54."""

MAX_CELL = 131_072
"""What :mod:`csv` admits; readers that do without it hold their texts to it too."""

SHORTER = "fermer les guillemets, ou raccourcir la cellule"
OPEN_QUOTES = ("guillemets mal fermés", "doubler ou retirer les guillemets")


def csv_lines(reader: Any, *, where: str, widest: float = MAX_COLUMNS) -> Lines:
    """Read the lines of a CSV file that are not empty."""
    lines: Lines = []
    try:
        for cells in reader:
            if len(cells) > widest:
                met = f"{len(cells)} colonnes, plus que la limite de {widest:g}"
                raise _fault(
                    where, reader.line_num, met, "ne garder que celles qui servent"
                )
            if cells:
                lines.append((reader.line_num, cells))
    except csv.Error as error:
        if "field larger" in str(error):
            met, remedy = (
                f"cellule de plus de {csv.field_size_limit()} caractères",
                SHORTER,
            )
        else:
            met, remedy = OPEN_QUOTES
        raise _fault(where, reader.line_num, met, remedy) from error
    return lines


def check_short(texts: pd.Series, *, faults: Faults) -> None:
    """Note the texts that no reader of a table can take."""
    for line, text in texts[texts.str.len() > MAX_CELL].items():
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

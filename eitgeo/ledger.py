"""The one way in which a figure of a table is printed, and a ledger of what was.

Every output says which figure it prints: table, row, column. Value, bounds and class
are those of the row, so that two outputs cannot differ; a test makes every document
with the ledger on, and holds together what was told of the same place.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from eitgeo.words import (
    NBSP,
    NEARLY,
    agreed,
    figure_text,
    french_number,
    nearly,
    published_value,
    rounded_to,
    with_unit,
)

LEDGER = "EITGEO_LEDGER"
"""Variable of the environment: the folder where each process adds what it tells."""

WHOLE, SHORT, HEADED, NUMBER = "entier", "≈", "sous sa tête", "nombre"
"""Forms: with its interval; without; where
the head of the table says so; a number of a workbook, whose class stands in its row."""

_BOUNDS = {
    "value": ("low", "high"),
    "mid": ("low", "high"),
    "t_mid": ("t_low", "t_high"),
}


class Place(NamedTuple):
    """Where a figure stands.

    Attributes
    ----------
    table, row, column
        The cell, a row by its key.
    """

    table: str
    row: str
    column: str = "value"


class Told(NamedTuple):
    """A figure that was printed.

    Attributes
    ----------
    place
        The figure.
    number
        As it is rounded; None where there is none.
    form, text
        How it is written: see :data:`WHOLE`.
    """

    place: Place
    number: float | None
    form: str
    text: str


def told(
    row: Mapping[Any, Any],
    place: Place,
    *,
    unit: str,
    decimals: int = 0,
    evidence: str = "",
    at_best: str = "",
) -> str:
    r"""Write a figure of a row: its value, bounds and class are those of the row.

    Examples
    --------
    >>> row = {"n_sites": 97.0, "evidence": "H"}
    >>> told(row, Place("zones", "Z1", "n_sites"), unit="nombre")
    '≈\xa0100'
    """
    low, high = _BOUNDS.get(place.column, (place.column, place.column))
    return written(
        float(row[place.column]),
        place,
        bounds=(float(row[low]), float(row[high])),
        evidence=evidence or str(row["evidence"]),
        unit=unit,
        decimals=decimals,
        at_best=at_best,
    )


def added(row: Mapping[Any, Any], place: Place) -> str:
    r"""Write euros of a budget: its lines are rounded as they are made, no sum again.

    Examples
    --------
    >>> row = {"low": 58e3, "mid": 12e4, "high": 13e4, "evidence": "H"}
    >>> text = added(row, Place("animation_budget", "total / 1", "mid"))
    >>> text.replace("\N{NARROW NO-BREAK SPACE}", " ").replace(NBSP, " ")
    '≈ 120 000 € (58 000 à 130 000)'
    """
    text = told(row, place, unit="€", evidence="O")
    return f"{NEARLY}{NBSP}{text}" if row["evidence"] == "H" else text


def written(value: float, place: Place, **how: Any) -> str:
    """Write a figure that was worked out from a place: see ``figure_text``."""
    text = figure_text(value, **how)
    rules = {name: how[name] for name in ("evidence", "decimals", "unit")}
    record(place, published_value(value, **rules), WHOLE, text)
    return text


def headed(
    value: float, place: Place, *, evidence: str, unit: str, decimals: int = 0
) -> str:
    """Write a figure alone: the head of its table says « ordre de », or its class.

    Examples
    --------
    >>> headed(97.0, Place("zones", "Z1", "n_sites"), evidence="H", unit="nombre")
    '100'
    """
    number = published_value(value, evidence=evidence, decimals=decimals, unit=unit)
    digits = decimals if evidence == "O" else None
    text = with_unit(french_number(number, decimals=digits), agreed(number, unit))
    record(place, number, HEADED, text)
    return text


def plain(
    value: float, place: Place, *, decimals: int | None = 0, unit: str = ""
) -> str:
    """Write a count, or a measure whose sheet says of what class all of it is.

    Examples
    --------
    >>> plain(259.7, Place("closures", "col", "pairs"))
    '260'
    >>> plain(12.34, Place("closures", "col", "length_m"), decimals=1)
    '12,3'
    """
    text = french_number(value, decimals=decimals)
    rounded = value if decimals is None else rounded_to(value, decimals)
    record(place, rounded, HEADED, text)
    return with_unit(text, agreed(value, unit))


def short(value: float, place: Place, *, evidence: str, unit: str = "nombre") -> str:
    r"""Write a figure large, without its interval.

    Examples
    --------
    >>> short(164, Place("zones", "toutes", "zones"), evidence="H")
    '≈\xa0200'
    """
    number = published_value(value, evidence=evidence, decimals=0, unit=unit)
    mark = nearly(value, evidence=evidence, unit=unit)
    text = f"{mark}{with_unit(french_number(number), unit)}"
    record(place, number, SHORT, text)
    return text


def rounded(
    value: float,
    place: Place,
    *,
    evidence: str,
    unit: str = "nombre",
    decimals: int = 0,
) -> float:
    """Round a figure that is handed over as a number, in a layer or a cell.

    Examples
    --------
    >>> rounded(97.0, Place("zones", "Z1", "n_sites"), evidence="H")
    100.0
    """
    number = published_value(value, evidence=evidence, decimals=decimals, unit=unit)
    record(place, number)
    return number


def apart(
    value: float, place: Place, levels: Mapping[Place | None, float], **how: Any
) -> float:
    """Round a figure of a row; a middle put on one of its bounds is not written."""
    names = () if how["evidence"] == "O" else _BOUNDS.get(place.column, ())
    bounds = [place._replace(column=name) for name in names]
    ends = {published_value(levels[one], **how) for one in bounds if one in levels}
    is_on_bound = len(ends) > 1 and published_value(value, **how) in ends
    return math.nan if is_on_bound else rounded(value, place, **how)


def record(place: Place, number: float, form: str = NUMBER, text: str = "") -> None:
    """Add to the ledger what was printed of a figure, where there is a ledger."""
    folder = os.environ.get(LEDGER)
    if folder is None:
        return
    known = float(number) if math.isfinite(number) else None
    line = json.dumps(Told(place, known, form, text), ensure_ascii=False)
    os.write(_opened(folder, os.getpid()), f"{line}\n".encode())


@cache
def _opened(folder: str, process: int) -> int:
    """Open the ledger of a process, which stays open: it tells a figure at a time."""
    path = Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    appending = os.O_WRONLY | os.O_APPEND | os.O_CREAT
    return os.open(path / f"{process}.jsonl", appending, 0o666)


def read_ledger(folder: Path) -> Iterator[Told]:
    """Read what the processes of a run told."""
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            place, *rest = json.loads(line)
            yield Told(Place(*place), *rest)

"""All that a published folder says of estimates, read back from its files alone.

A printed number says between which bounds the figure before rounding lies.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from eitgeo.audit.texts import (
    layer_rows,
    normalize_text,
    table_with,
    workbook_pages,
)
from eitgeo.errors import SourceError, unread_reason
from eitgeo.study.prints import files_published

LEVELS = ("value", "low", "high")
DECLARED = "declare"
_PAYLOAD = re.compile(
    r'<script type="application/json"[^>]*>(?P<text>.*?)</script>', re.DOTALL
)


def read_payload(path: Path) -> dict[str, Any]:
    """Read the data that a page carries, the first of them where there are several."""
    return next(iter(read_payloads(path)), {})


def read_payloads(path: Path) -> list[dict[str, Any]]:
    """Read all the data that a page carries."""
    try:
        page = path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        reason = unread_reason(error) if isinstance(error, OSError) else "pas en UTF-8"
        message = f"{path.name} : illisible ({reason}) → refaire « eitgeo run »"
        raise SourceError(message) from error
    try:
        return [json.loads(met["text"]) for met in _PAYLOAD.finditer(page)]
    except ValueError as error:
        message = f"{path.name} : données abîmées → refaire « eitgeo run »"
        raise SourceError(message) from error


def commune_table(payload: dict[str, Any]) -> pd.DataFrame:
    """List the communes of a payload."""
    communes, epci = payload["communes"], payload["epci"]
    return pd.DataFrame(
        {
            "code_insee": communes["code"],
            "name": communes["name"],
            "epci_siren": [epci[rank]["siren"] for rank in communes["epci"]],
            "epci_name": [epci[rank]["name"] for rank in communes["epci"]],
        },
        dtype="str",
    )


def block_table(payload: dict[str, Any]) -> pd.DataFrame:
    """List the blocks of a payload."""
    codes = payload["communes"]["code"]
    rows = []
    for name, columns in payload["blocks"].items():
        inside: dict[int, list[str]] = {}
        units = columns["units"]
        for commune, block in zip(units[::3], units[1::3], strict=True):
            inside.setdefault(block, []).append(codes[commune])
        for rank, block_id in enumerate(columns["id"]):
            draws = columns["draws"][rank] if columns.get("draws") else None
            rows.append(
                {
                    "indicator_id": name,
                    "block_id": block_id,
                    "declared": str(block_id).startswith(f"{DECLARED}_"),
                    "codes": tuple(inside.get(rank, ())),
                    "shown": bool(columns["shown"][rank]),
                    "draws": tuple(draws or ()),
                    **{
                        level: _number(columns.get(level), rank)
                        for level in (*LEVELS, "top_low", "top_high")
                    },
                }
            )
    return pd.DataFrame(rows)


def cell_table(payload: dict[str, Any]) -> pd.DataFrame:
    """List the cells of exchanges of a payload."""
    rows = [(donor, tuple(takers), float(t)) for donor, takers, t in payload["cells"]]
    return pd.DataFrame(rows, columns=["donor_id", "receiver_ids", "value"])


def figure_table(payload: dict[str, Any]) -> pd.DataFrame:
    """List the figures of perimeters and of unions of a payload."""
    codes, epci = payload["communes"]["code"], payload["communes"]["epci"]
    compared = [
        (one["id"], frozenset(codes[rank] for rank in one["codes"]))
        for one in payload["perimeters"]
    ]
    unions = payload["unions"]
    listed = [
        (name, frozenset(c for c, e in zip(codes, epci, strict=True) if e in held))
        for name, held in zip(unions["id"], map(frozenset, unions["epci"]), strict=True)
    ]
    rows = []
    for group, names in (("perimeters", compared), ("unions", listed)):
        for indicator, held in payload["published"][group].items():
            for rank, (name, inside) in enumerate(names):
                value = _number(held["value"], rank)
                row = {"perimeter_id": name, "codes": inside, "value": value}
                row["indicator_id"] = indicator
                for level in ("low", "high"):
                    known = held[level]
                    row[level] = value if known is None else _number(known, rank)
                row["note"] = held["notes"][held["note"][rank]]
                rows.append(row)
    return pd.DataFrame(rows)


def _number(values: list[float | None] | None, rank: int) -> float:
    value = None if values is None else values[rank]
    return math.nan if value is None else float(value)


PAGE = "comparateur.html"
_DEPOSITS = ("EPCI", "Communes", "Ordre de (t/an)", "Bas (t/an)", "Haut (t/an)")
_EXCHANGES = ("EPCI donneur", "EPCI preneur", "Ordre de (t/an)")
_ZONES = ("N°", "Code INSEE", "Emplois (classe)")


@dataclass(frozen=True)
class Published:
    """What an attacker reads.

    ``communes``: ``code_insee``, ``name``, ``epci_siren``, ``epci_name``. ``blocks``,
    ``cells``, ``figures``: from the payload of the comparator. ``deposits``: rows of
    tonnage by group of communes, in workbooks and layers: ``file``, ``epci``,
    ``communes``, ``value``, ``low``, ``high`` or ``words``. ``exchanges``: rows of
    exchanges between EPCI: ``file``, ``donor``, ``receiver``, ``value`` or ``words``.
    ``zones``: ``zone_id``, ``code_insee``, ``jobs_class``. ``files``: all files of the
    folder.
    """

    communes: pd.DataFrame = field(repr=False)
    blocks: pd.DataFrame = field(repr=False)
    cells: pd.DataFrame = field(repr=False)
    figures: pd.DataFrame = field(repr=False)
    deposits: pd.DataFrame = field(repr=False)
    exchanges: pd.DataFrame = field(repr=False)
    zones: pd.DataFrame = field(repr=False)
    files: tuple[Path, ...] = field(default=(), repr=False)


def read_published(folder: Path) -> Published:
    """Read a published folder."""
    root = folder / "maps" if (folder / "maps").is_dir() else folder
    files = tuple(files_published(root))
    pages = [path for path in files if path.name.endswith(PAGE)]
    payload = read_payload(pages[0]) if pages else {}
    if "blocks" not in payload:
        message = (
            f"{folder} : aucun « {PAGE} » publié → faire d'abord « eitgeo run », "
            "ou donner le dossier qui contient « maps »"
        )
        raise SourceError(message)
    return Published(
        communes=commune_table(payload),
        blocks=block_table(payload),
        cells=cell_table(payload),
        figures=figure_table(payload),
        files=files,
        **_workbooks(files),
    )


def _workbooks(files: tuple[Path, ...]) -> dict[str, pd.DataFrame]:
    deposits, exchanges = [_DEPOSIT_ROWS], [_EXCHANGE_ROWS]
    zones = [_ZONE_ROWS]
    for path in files:
        if path.suffix == ".xlsx":
            for _, rows in workbook_pages(path):
                deposits += _laid(table_with(rows, _DEPOSITS), path, _DEPOSIT_HEADS)
                exchanges += _laid(table_with(rows, _EXCHANGES), path, _EXCHANGE_HEADS)
                zones += _laid(table_with(rows, _ZONES), path, _ZONE_HEADS)
        elif path.suffix == ".gpkg":
            for name, layer in layer_rows(path):
                if name == "gisements":
                    deposits += _laid(layer, path, _DEPOSIT_FIELDS)
                elif name == "echanges":
                    exchanges += _laid(layer, path, _EXCHANGE_FIELDS)
    return {
        "deposits": _joined(deposits),
        "exchanges": _joined(exchanges),
        "zones": _joined(zones),
    }


_DEPOSIT_HEADS = {
    "EPCI": "epci",
    "Communes": "communes",
    "Origine": "origin",
    "Ordre de (t/an)": "value",
    "Bas (t/an)": "low",
    "Haut (t/an)": "high",
}
_DEPOSIT_FIELDS = {"communes": "communes", "tonnes": "words"}
_EXCHANGE_HEADS = {
    "EPCI donneur": "donor",
    "EPCI preneur": "receiver",
    "Ordre de (t/an)": "value",
}
_EXCHANGE_FIELDS = {"donor": "donor", "receiver": "receiver", "tonnes": "words"}
_ZONE_HEADS = {
    "N°": "zone_id",
    "Code INSEE": "code_insee",
    "Emplois (classe)": "jobs_class",
}
_NUMBERS = ("value", "low", "high")
_DEPOSIT_ROWS = pd.DataFrame(
    columns=["file", "epci", "communes", "origin", "value", "low", "high", "words"]
)
_EXCHANGE_ROWS = pd.DataFrame(columns=["file", "donor", "receiver", "value", "words"])
_ZONE_ROWS = pd.DataFrame(columns=["file", "zone_id", "code_insee", "jobs_class"])


def _laid(
    table: pd.DataFrame | None, path: Path, heads: dict[str, str]
) -> list[pd.DataFrame]:
    if table is None or not set(heads) <= set(table.columns):
        return []
    laid = table[list(heads)].rename(columns=heads)
    for name in laid.columns:
        if name in _NUMBERS:
            laid[name] = pd.to_numeric(laid[name], errors="coerce")
        else:
            laid[name] = [normalize_text(cell) for cell in laid[name]]
    return [laid.assign(file=path.name)]


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    blank, *tables = parts
    if not tables:
        return blank
    return pd.concat(tables, ignore_index=True).reindex(columns=blank.columns)


EXACT = 5e-9
"""Relative width of a number told with all its digits."""

SAME = 1e-6
"""Relative difference of two writings of a figure."""

EXCEPTIONS = 0.1
"""Part of a rounded column that may have been told too precisely by mistake."""

FEW = 3
"""Rounded numbers that make another an exception."""

MAX_ROUNDED_FIGURES = 2
"""Significant figures of a column that is said to be rounded."""

_UNDER_HALF = 4
"""Last figure of what may be a number just short of a half."""


class Interval(NamedTuple):
    """Bounds of a figure; both may be reached."""

    low: float
    high: float

    def plus(self, other: Interval) -> Interval:
        """Add two intervals."""
        return Interval(self.low + other.low, self.high + other.high)

    def common(self, other: Interval) -> Interval:
        """Keep what two intervals have in common."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return Interval(low, high) if low <= high else self

    def holds(self, other: Interval, *, tolerance: float = EXACT) -> bool:
        """Say whether another interval lies inside."""
        slack = tolerance * max(1.0, abs(self.low), abs(self.high), abs(other.high))
        return self.low - slack <= other.low and other.high <= self.high + slack

    def meets(self, other: Interval, *, tolerance: float = EXACT) -> bool:
        """Say whether both can be true."""
        slack = tolerance * max(1.0, abs(self.low), abs(self.high), abs(other.high))
        return self.low <= other.high + slack and other.low <= self.high + slack


def significant_figures(value: float) -> int:
    """Count the significant figures of a number as it is told.

    Examples
    --------
    >>> [significant_figures(one) for one in (1200.0, 0.031, 5.0, 12.5, 0.0)]
    [2, 2, 1, 3, 1]
    """
    if value == 0 or not math.isfinite(value):
        return 1
    return len(Decimal(repr(float(value))).normalize().as_tuple().digits)


def told_figures(values: Iterable[float]) -> int | None:
    """Say to how many significant figures a column is rounded."""
    counts = [significant_figures(v) for v in values if math.isfinite(v) and v]
    rounded = [count for count in counts if count <= MAX_ROUNDED_FIGURES]
    n_exact = len(counts) - len(rounded)
    if n_exact > max(1, EXCEPTIONS * len(counts)) or len(rounded) < FEW * n_exact:
        return None
    if not rounded:
        return None
    return max(rounded)


def interval_of(value: float, *, figures: int | None) -> Interval:
    """Bound what a number was before it was rounded.

    Examples
    --------
    >>> interval_of(1200.0, figures=2)
    Interval(low=1150.0, high=1250.0)
    >>> interval_of(100.0, figures=2)
    Interval(low=99.5, high=105.0)
    >>> interval_of(1400.0, figures=2)
    Interval(low=1350.0, high=1500.0)
    >>> interval_of(0.0, figures=2)
    Interval(low=0.0, high=0.0)
    """
    if figures is None or value == 0 or significant_figures(value) > figures:
        slack = EXACT * abs(value)
        return Interval(value - slack, value + slack)
    exact = Decimal(repr(abs(float(value))))
    step = Decimal(1).scaleb(exact.adjusted() - figures + 1)
    first = exact == Decimal(1).scaleb(exact.adjusted())
    below = step / 10 if first else step
    # The door rounds no number up to a half: 1 499 leaves as 1 400.
    under = figures == MAX_ROUNDED_FIGURES and exact / step % 10 == _UNDER_HALF
    above = step if under else step / 2
    inward, outward = float(exact - below / 2), float(exact + above)
    return Interval(inward, outward) if value > 0 else Interval(-outward, -inward)


def mean_interval(values: Sequence[float], *, figures: int | None) -> Interval:
    """Bound the mean of numbers that were rounded one by one.

    Examples
    --------
    >>> mean_interval([1200.0, 100.0], figures=2)
    Interval(low=624.75, high=677.5)
    """
    means = np.asarray(values, dtype=float)
    slack = EXACT * np.abs(means)
    below, above = means - slack, means + slack
    if figures is not None:
        known = means > 0
        tens = np.floor(np.log10(np.where(known, means, 1.0)) + EXACT)
        step = 10.0 ** (tens - figures + 1)
        first = np.isclose(means, 10.0**tens, rtol=EXACT, atol=0.0)
        fine = known & (np.abs(means / step - np.rint(means / step)) < EXACT * 100)
        below = np.where(fine, means - np.where(first, step / 10, step) / 2, below)
        under = fine & (np.rint(means / step) % 10 == _UNDER_HALF)
        under &= figures == MAX_ROUNDED_FIGURES
        above = np.where(fine, means + step / np.where(under, 1, 2), above)
    return Interval(float(below.mean()), float(above.mean()))


def too_precise(values: Sequence[float]) -> list[int]:
    """List the numbers told with more figures than their rounded column."""
    figures = told_figures(values)
    if figures is None:
        return []
    return [
        rank
        for rank, value in enumerate(values)
        if math.isfinite(value) and significant_figures(value) > MAX_ROUNDED_FIGURES
    ]

"""What a reader of the published files finds: figures in cells, pages and print.

Nothing of the package is used. Figures are read back as bounds, since they are
rounded; the attacker knows how: one or two significant figures, percentages by their
smaller part.
"""

import html
import math
import re
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl

from tests.disclosure.attack import MAX_UNITS, Holdings, Unit, fails, total
from tests.disclosure.scan import said_by

HEADS = 2
"""Row of the heads: the first one bears the stamp."""

COUNTS = ("nombre", "étab./ETP")
NEAR = 0.1
"""An amount is found when it is known to within a tenth of itself."""

Said = tuple[str, float | None, float | None, float | None]
"""Unit, value, bounds of an amount that a text says."""

_NUMBER = r"\d+(?: \d{3})*(?:,\d+)?"
FIGURE = re.compile(
    rf"(?:≈ ({_NUMBER}) à )?({_NUMBER}) ?(t/an|emplois)\b"
    rf"(?: \(({_NUMBER}) à ({_NUMBER})\))?"
)
SHARE = re.compile(rf"({_NUMBER}) ?%")


class Read(NamedTuple):
    """A published figure as a file gives it: what it covers, between which bounds."""

    units: frozenset[Unit]
    low: float
    high: float


def significant(value: float, figures: int) -> float:
    """Round to significant figures, halves away from zero."""
    if value == 0 or math.isnan(value):
        return value
    exact = Decimal(repr(value))
    step = Decimal(1).scaleb(exact.adjusted() - figures + 1)
    return float((exact / step).quantize(Decimal(1), ROUND_HALF_UP) * step)


def rounded(value: float, *, evidence: str, unit: str) -> float:
    """Round an estimate as docs/methode.md says."""
    figures = {"S": 2, "H": 1}[evidence]
    if unit in COUNTS:
        return significant(value, 2)
    if unit == "%" and value > 50:
        if value >= 100:
            return value
        rest = max(significant(round(100 - value, 9), figures), 10.0 ** (1 - figures))
        return round(100 - rest, 9)
    return significant(value, figures)


@cache
def figures_in_workbook(path: Path) -> dict[tuple[str, str, str], float]:
    """Read « Unions d’EPCI » and « Valeurs »: head and perimeter → number.

    The key is the head without its unit and class, what is told of it (``value``,
    ``low``, ``high``) and the perimeter: its number or, where compared, its name. A
    published workbook is written by no test: it is read once for all of them.
    """
    book = openpyxl.load_workbook(path, read_only=True)
    rows = list(book["Unions d’EPCI"].iter_rows(min_row=HEADS, values_only=True))
    found = {}
    for row in rows[1:]:
        for head, cell in zip(rows[0][2:], row[2:], strict=True):
            what, _, word = head.partition("] – ")
            level = {"bas": "low", "haut": "high"}.get(word[3:], "value")
            found[what.partition(" [")[0], level, row[0]] = cell
    rows = list(book["Valeurs"].iter_rows(min_row=HEADS, values_only=True))
    for row in rows[1:]:
        cells = dict(zip(rows[0], row, strict=True))
        for head, level in (("Valeur", "value"), ("Bas", "low"), ("Haut", "high")):
            found[cells["Indicateur"], level, cells["Périmètre"]] = cells[head]
    book.close()
    return {
        (bare(what), level, bare(name)): float(cell)
        for (what, level, name), cell in found.items()
        if isinstance(cell, int | float)
    }


def bare(text: str) -> str:
    """Write spaces and apostrophes as a keyboard does, to compare texts."""
    return text.replace("’", "'").replace("\xa0", " ").replace("\u202f", " ")


def words_of(path: Path) -> str:
    """Return the words of a page or of a PDF, all spaces plain."""
    if path.suffix == ".pdf":
        text = said_by("pdftotext", "-raw", str(path), "-", file=path)
    else:
        text = page_text(path)
    return " ".join(text.split())


UNSET = re.compile(r"[^\W\d]'[^\W\d]|« | [»%:;!?](?=\s|$)|\d (?:min|km|t|EPCI)\b")
"""A typewriter's apostrophe, or a space that would break before a sign or a unit."""


def page_text(path: Path) -> str:
    """Return the words of a page, spaces as they are; one line an element."""
    page = path.read_text(encoding="utf-8")
    page = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", "\n", page))


def cells_of(path: Path) -> list[str]:
    """Return the texts of a workbook."""
    book = openpyxl.load_workbook(path, read_only=True)
    values = [cell.value for page in book for row in page.iter_rows() for cell in row]
    book.close()
    return [value for value in values if isinstance(value, str)]


def amounts_said(text: str) -> set[Said]:
    """Return every tonnage and number of jobs of a text: unit, value, bounds.

    A middle that would print as a bound is not printed: value None.
    """
    return {
        (unit, None, number(least), number(value))
        if least
        else (unit, number(value), number(low), number(high))
        for least, value, unit, low, high in FIGURE.findall(text)
    }


def shares_said(text: str) -> set[float | None]:
    """Return every percentage of a text."""
    return {number(value) for value in SHARE.findall(text)}


def number(text: str) -> float | None:
    """Read a French number."""
    return float(text.replace(" ", "").replace(",", ".")) if text else None


def amounts_allowed(
    rows: Iterable[dict[str, Any]],
) -> set[Said]:
    """Return what a text may say of tonnages and jobs, from the guarded table."""
    allowed: set[Said] = set()
    for row in rows:
        if row["unit"] in ("t/an", "emplois") and not math.isnan(row["value"]):
            value, low, high = (
                rounded(row[name], evidence=row["evidence"], unit=row["unit"])
                for name in ("value", "low", "high")
            )
            if low == high:
                allowed.add((row["unit"], value, None, None))
            else:
                told = None if value in (low, high) else value
                allowed.add((row["unit"], told, low, high))
    return allowed


def shares_allowed(rows: Iterable[dict[str, Any]]) -> set[float | None]:
    """Return the percentages that a text may say, from the guarded table."""
    allowed: set[float | None] = set()
    for row in rows:
        allowed |= shares_said(" ".join(str(row["note"]).split()))
        if row["unit"] == "%" and math.isnan(row["value"]):  # it hangs on a list
            ends = (row["low"], row["high"])
            allowed |= {round(one + 1e-12, 1) for one in ends if not math.isnan(one)}
        if row["unit"] == "%" and not math.isnan(row["value"]):
            exact = row["evidence"] == "O"
            allowed.add(
                round(row["value"] + 1e-12, 1)
                if exact
                else rounded(row["value"], evidence=row["evidence"], unit="%")
            )
    return allowed


def known_between(value: float, *, evidence: str) -> tuple[float, float]:
    """Return what the true sum lies between, given its rounding."""
    figures = {"S": 2, "H": 1}[evidence]
    step = 10.0 ** (Decimal(repr(value)).adjusted() - figures + 1) if value else 0.0
    # Just below a power of ten, the step is ten times finer.
    lead = round(value / step) if step else 0
    below = step / 10 if lead == 10 ** (figures - 1) else step
    return value - below / 2, value + step / 2


def found_between(
    figures: Sequence[Read], truths: Sequence[Holdings], *, near: float = NEAR
) -> set[frozenset[Unit]]:
    """Subtract bounds from bounds: the secret sets found to within `near`.

    Each figure, and each figure less one that it holds, as intervals.
    """
    names = sorted({unit for one in figures for unit in one.units}, key=str)
    rank = {unit: n for n, unit in enumerate(names)}
    held: Bounds = {}
    for one in figures:
        narrow(held, sum(1 << rank[unit] for unit in one.units), (one.low, one.high))
    found = set()
    for mask, (low, high) in differences(held).items():
        units = frozenset(name for n, name in enumerate(names) if mask >> n & 1)
        real = total(units, truths[0])
        close = real > 0 and abs(low - real) <= near * real >= abs(high - real)
        if close and fails(units, truths):
            found.add(units)
    return found


Bounds = dict[int, tuple[float, float]]
"""Which units, as bits → lowest and highest sum."""


def narrow(held: Bounds, mask: int, bounds: tuple[float, float]) -> None:
    """Put together what is known of a set already and what is found."""
    low, high = held.get(mask, (-math.inf, math.inf))
    held[mask] = max(low, bounds[0]), min(high, bounds[1])


def differences(held: Bounds) -> Bounds:
    """Bound small sets, and what small sets are between two of which one holds one."""
    left = {
        mask: bounds for mask, bounds in held.items() if mask.bit_count() <= MAX_UNITS
    }
    for large, (low, high) in held.items():
        for small, (least, most) in held.items():
            mask = large ^ small
            if small & large == small != large and mask.bit_count() <= MAX_UNITS:
                narrow(left, mask, (low - most, high - least))
    return left

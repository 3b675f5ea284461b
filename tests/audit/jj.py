"""The same system as a JJ file, which τ-ARGUS audits: a second judge, in tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from eitgeo.audit.system import System, Target

SCALE = 1000.0
_DIGITS = 6
LARGE = 1e6
"""Stands for no bound: an order of magnitude above the figures of a study."""


class JjFile(NamedTuple):
    """A system as τ-ARGUS reads it.

    Attributes
    ----------
    text
        What is written.
    scale
        What amounts were multiplied by.
    most, least
        Number of the cell that stands for each end of each target.
    """

    text: str
    scale: float
    most: tuple[int, ...]
    least: tuple[int, ...]


def jj_text(
    system: System,
    truth: np.ndarray,
    *,
    targets: Sequence[Target],
    scale: float = SCALE,
) -> JjFile:
    """Write a system as a JJ file.

    Parameters
    ----------
    system
        Equations whose coefficients are written as they are.
    truth
        Amount of each unknown, in its order; a JJ file tells true values.
    targets
        Sums to bound.
    scale
        Multiplies all amounts: bounds are read as whole numbers, whatever is written.

    Returns
    -------
    JjFile
        One suppressed cell an unknown, an equation and an end of a target; each
        equation and each end is a sum of unknowns less its own cell.

    Notes
    -----
    A cell is a line: number, value, weight, status (``u``: secret, ``m``: suppressed
    too), lowest and highest value known before, protection asked below, above, and of
    the width. A sum is a line: its value, how many terms, then terms as ``cell (±1)``.
    """
    sums = [_row(system, rank) for rank in range(len(system.names))]
    large = scale * LARGE
    told = scale * np.column_stack([system.low, np.minimum(system.high, LARGE)])
    bounds = [(float(low), float(high)) for low, high in np.round(told, _DIGITS)]
    amounts = [float(one) for one in scale * truth]
    asked = [
        [(int(rank), 1.0) for rank in system.ranks(end)]
        for target in targets
        for end in target
    ]
    lines = [
        _cell(rank, value, "u", (0.0, large)) for rank, value in enumerate(amounts)
    ]
    first = len(lines)
    for rank, (terms, span) in enumerate(
        zip([*sums, *asked], [*bounds, *[(0.0, large)] * len(asked)], strict=True)
    ):
        value = sum(weight * amounts[one] for one, weight in terms)
        lines.append(_cell(first + rank, value, "m", span))
    rows = [
        _sum([*terms, (first + rank, -1.0)])
        for rank, terms in enumerate([*sums, *asked])
    ]
    text = "\n".join(["0", str(len(lines)), *lines, str(len(rows)), *rows]) + "\n"
    start = first + len(sums)
    most = tuple(range(start, start + 2 * len(targets), 2))
    return JjFile(text, scale, most, tuple(one + 1 for one in most))


def write_jj(path: Path, file: JjFile) -> None:
    """Write a JJ file.

    Parameters
    ----------
    path
        Where; it holds true amounts: never among published files.
    file
        From :func:`jj_text`.
    """
    path.write_text(file.text, encoding="ascii")


def _row(system: System, rank: int) -> list[tuple[int, float]]:
    span = slice(system.table.indptr[rank], system.table.indptr[rank + 1])
    indices, data = system.table.indices[span], system.table.data[span]
    return [
        (int(one), float(weight)) for one, weight in zip(indices, data, strict=True)
    ]


def _cell(number: int, value: float, status: str, span: tuple[float, float]) -> str:
    low, high = span
    return f"{number} {value!r} 1 {status} {low!r} {high!r} 0 0 0"


def _sum(terms: list[tuple[int, float]]) -> str:
    told = " ".join(f"{cell} ({weight:.17g})" for cell, weight in terms)
    return f"0 {len(terms)} : {told}"

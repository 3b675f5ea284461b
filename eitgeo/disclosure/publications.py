"""What was published of answers, so that no later sum gives a firm by difference."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain, combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from eitgeo.disclosure._rule import MIN_CONTRIBUTORS
from eitgeo.disclosure.answers import Cell, cells_of, is_told
from eitgeo.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    import numpy.typing as npt
    import pandas as pd

    Firms = Mapping[str, float]
    Columns = dict[str, list[tuple[int, ...]]]

FORMAT = "eitgeo-publications/1"
ERASED = "effacee-"
"""How a firm that was erased is named: nothing else is kept of it."""

_COUNTED = 1.0


@dataclass(frozen=True)
class Publication:
    """Who made each sum that was told, on one day.

    Attributes
    ----------
    day
        Day of the publication (ISO).
    cells
        Cell → firm (SIREN) → what it brought [t/year], 1 where it was only counted,
        NaN where the firm was erased since.
    """

    day: str
    cells: Mapping[Cell, Firms] = field(repr=False)


def make_publication(
    contributions: pd.DataFrame, told: pd.DataFrame, *, day: str
) -> Publication:
    """Note who makes each sum that is about to be told.

    Parameters
    ----------
    contributions
        As :func:`eitgeo.flows.answers.answer_contributions` returns them.
    told
        Cells that are told.
    day
        Day of the publication (ISO).

    Returns
    -------
    Publication
        Its cells are those of `told`.
    """
    wanted = cells_of(told)
    amounts = contributions.assign(t=contributions["t"].fillna(_COUNTED))
    groups = amounts.groupby(["epci_siren", "subject", "item"])
    return Publication(
        day,
        {
            cell: dict(zip(mine["firm"], mine["t"].astype(float), strict=True))
            for cell in wanted
            for mine in [groups.get_group(tuple(cell))]
        },
    )


def narrow_cells(
    earlier: Sequence[Publication], new: Publication
) -> list[tuple[Cell, str]]:
    """List the sums that, held against earlier ones, would tell too much.

    Parameters
    ----------
    earlier
        What was published, oldest first.
    new
        What would be.

    Returns
    -------
    list of tuple
        Cell, and the day of the first publication that betrays it.

    Notes
    -----
    A cell fails where its difference with one earlier publication stands on fewer
    than three firms, or on one too large (:func:`eitgeo.disclosure.answers.is_told`),
    or where any combination of all its publications does: sums over firms are rows of
    a matrix, and a combination stands on the firms of `J` alone when the rank falls
    without their columns. A firm that was erased may have come back under its own
    number: one that left and one that came count once.
    """
    return [
        (cell, day)
        for cell, firms in new.cells.items()
        if (day := _betrayed_by(cell, firms, earlier)) is not None
    ]


def _betrayed_by(
    cell: Cell, firms: Firms, earlier: Sequence[Publication]
) -> str | None:
    before = [one for one in earlier if cell in one.cells]
    for rank, one in enumerate(before):
        held = [each.cells[cell] for each in before[: rank + 1]]
        if not _gap_is_told(one.cells[cell], firms) or isolates([*held, firms]):
            return one.day
    return None


def _gap_is_told(before: Firms, after: Firms) -> bool:
    """Say whether the difference of two sums may be told."""
    names = [n for n in before.keys() | after.keys() if before.get(n) != after.get(n)]
    gaps = np.array([abs(after.get(n, 0.0) - before.get(n, 0.0)) for n in names])
    if not names or np.isnan(gaps).any():  # of an erased firm no amount is known
        return True
    is_count = set(chain(before.values(), after.values())) == {_COUNTED}
    return is_told(gaps[:0] if is_count else gaps, n_firms=len(names))


def isolates(sums: Sequence[Firms]) -> bool:
    """Say whether sums over firms, put together, give what fewer than three make.

    Parameters
    ----------
    sums
        Firm → what it brings to each sum; NaN where the firm was erased.

    Returns
    -------
    bool
        True where a combination stands on one or two firms.

    Examples
    --------
    >>> three = {"a": 1.0, "b": 1.0, "c": 1.0}
    >>> isolates([three, three | {"d": 1.0}])
    True
    >>> isolates([three, three | {"d": 1.0, "e": 1.0, "f": 1.0}])
    False

    No two of these differ by fewer than three firms; the third less the first two do:

    >>> seconds = {"d": 1.0, "e": 1.0, "f": 1.0}
    >>> isolates([three, seconds, three | seconds | {"g": 1.0}])
    True
    """
    columns = _columns(sums)
    every = [pattern for mine in columns.values() for pattern in mine]
    whole = _rank(every, len(sums))
    for group in _small_groups(columns):
        kept = [p for name, mine in columns.items() if name not in group for p in mine]
        if _rank(kept, len(sums)) < whole:
            return True
    return False


def ledger_json(publications: Sequence[Publication]) -> dict[str, Any]:
    """Lay publications out as JSON.

    Parameters
    ----------
    publications
        What was published, oldest first.

    Returns
    -------
    dict
        Read again by :func:`read_publications`; None stands for an erased amount.
    """
    return {
        "format": FORMAT,
        "publications": [
            {
                "day": one.day,
                "cells": [
                    {**cell._asdict(), "firms": _json_ready(firms)}
                    for cell, firms in sorted(one.cells.items())
                ],
            }
            for one in publications
        ],
    }


def _json_ready(firms: Firms) -> dict[str, float | None]:
    return {n: None if np.isnan(t) else t for n, t in sorted(firms.items())}


def read_publications(told: Any, *, where: str) -> list[Publication]:
    """Read publications as :func:`ledger_json` lays them out.

    Parameters
    ----------
    told
        What a JSON file holds.
    where
        Name of the file.

    Returns
    -------
    list of Publication
        Oldest first.

    Raises
    ------
    SchemaError
        When it is anything else: without it, nothing may be published any more.
    """
    message = (
        f"{where} : registre des publications illisible → le reprendre d'une "
        "sauvegarde (sans lui, l'écart avec ce qui est déjà diffusé est inconnu)"
    )
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise SchemaError(message)
    try:
        return [_publication(one) for one in told["publications"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SchemaError(message) from error


def _publication(one: Any) -> Publication:
    nan = float("nan")
    return Publication(
        str(one["day"]),
        {
            Cell(str(row["epci_siren"]), str(row["subject"]), str(row["item"])): {
                str(n): nan if t is None else float(t) for n, t in row["firms"].items()
            }
            for row in one["cells"]
        },
    )


def _columns(sums: Sequence[Firms]) -> Columns:
    """Give the columns of each firm: one for each amount that it ever brought."""
    columns: Columns = {}
    for name in sorted({name for one in sums for name in one}):
        brought = [one.get(name) for one in sums]
        if name.startswith(ERASED):
            columns[name] = [tuple(int(t is not None) for t in brought)]
            continue
        amounts = sorted({t for t in brought if t is not None})
        columns[name] = [tuple(int(t == amount) for t in brought) for amount in amounts]
    return columns


def _small_groups(columns: Columns) -> Iterator[frozenset[str]]:
    """List the groups of fewer than three firms that could stand alone.

    A column that three firms bear is left when two are taken away.
    """
    bearers: dict[tuple[int, ...], int] = {}
    for mine in columns.values():
        for pattern in mine:
            bearers[pattern] = bearers.get(pattern, 0) + 1
    # One that left and one that came may be one: two of each at most.
    few = 2 * (MIN_CONTRIBUTORS - 1)
    rare = [n for n, mine in columns.items() if min(bearers[p] for p in mine) <= few]
    erased = [name for name in rare if name.startswith(ERASED)]
    others = [name for name in rare if not name.startswith(ERASED)]
    for gone, here in (
        (gone, here) for gone in _up_to_two(erased) for here in _up_to_two(others)
    ):
        if gone or here:
            yield frozenset(gone + here)


def _up_to_two(names: Collection[str]) -> Iterator[tuple[str, ...]]:
    for size in range(MIN_CONTRIBUTORS):
        yield from combinations(names, size)


def _rank(patterns: Sequence[tuple[int, ...]], n_sums: int) -> int:
    distinct = sorted(set(patterns))
    if not distinct:
        return 0
    matrix: npt.NDArray[np.float64] = np.array(distinct, dtype=float).reshape(
        len(distinct), n_sums
    )
    return int(np.linalg.matrix_rank(matrix))


def without_firms(
    publications: Sequence[Publication], firms: Collection[str]
) -> list[Publication]:
    """Forget firms: their number and amounts go, that somebody was there stays.

    Parameters
    ----------
    publications
        What was published.
    firms
        SIREN of those that are erased.

    Returns
    -------
    list of Publication
        Each such firm bears one meaningless name throughout.
    """
    taken = {n for one in publications for held in one.cells.values() for n in held}
    numbers = (f"{ERASED}{rank}" for rank in range(1, len(taken) + len(firms) + 1))
    free = (name for name in numbers if name not in taken)
    new_name = dict(zip(sorted(taken & set(firms)), free, strict=False))
    return [
        Publication(
            one.day,
            {
                cell: {
                    new_name.get(n, n): float("nan") if n in new_name else t
                    for n, t in held.items()
                }
                for cell, held in one.cells.items()
            },
        )
        for one in publications
    ]

"""What was published of answers, so that no later sum gives a firm by difference."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from eitgeo.disclosure.answers import (
    ERASED,
    Cell,
    approximates_firm,
    cells_of,
    isolates_firms,
)
from eitgeo.errors import SchemaError

if TYPE_CHECKING:
    Firms = Mapping[str, float]

FORMAT = "eitgeo-publications/1"
_COUNTED = 1.0
WEIGHED = "flux"
"""Subject whose sums are tonnes; of others, firms are counted."""


@dataclass(frozen=True)
class Publication:
    """Who made each sum that was told, on one day.

    ``day``: day of the publication (ISO). ``cells``: cell → firm (SIREN) → what it
    brought [t/year], 1 where it was only counted, NaN where the firm was erased since.
    """

    day: str
    cells: Mapping[Cell, Firms] = field(repr=False)


def make_publication(
    contributions: pd.DataFrame, told: pd.DataFrame, *, day: str
) -> Publication:
    """Note who makes each sum that is about to be told."""
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


def leaking_cells(
    earlier: Sequence[Publication], new: Publication
) -> list[tuple[Cell, str]]:
    """List the sums that, held against earlier ones, would tell too much.

    Notes
    -----
    A cell fails where a combination of it with all that was told of the same subject,
    whatever the EPCI and the stream (two may merge, a firm may move, waste may be coded
    again), stands on fewer than three firms (:func:`isolates_firms`) or lets a
    respondent approach the answer of another (:func:`approximates_firm`). A firm that
    was erased may have come back with the very same answer: with one that came it
    counts for nobody.
    """
    told_before = [
        Told(one.day, cell, firms)
        for one in earlier
        for cell, firms in one.cells.items()
    ]
    narrow = []
    for cell, firms in new.cells.items():
        alike = [one for one in told_before if _speak_of_one_thing(one.cell, cell)]
        day = _betrayed_by(firms, alike, counted=cell.subject != WEIGHED)
        if day is None:
            told_before.append(Told(new.day, cell, firms))
        else:
            narrow.append((cell, day))
    return narrow


class Told(NamedTuple):
    """A sum that was told, its day, and what each firm brought to it."""

    day: str
    cell: Cell
    firms: Firms


def _speak_of_one_thing(one: Cell, other: Cell) -> bool:
    """Say whether a firm may bring the same to two sums: it moves, waste is recoded."""
    same_item = one.item == other.item or one.subject == WEIGHED
    return one.subject == other.subject and same_item


def _betrayed_by(firms: Firms, before: Sequence[Told], *, counted: bool) -> str | None:
    linked = _linked(firms, before)
    sums = [*(one.firms for one in linked), firms]
    if len(sums) > 1 and (
        isolates_firms(sums) or (not counted and approximates_firm(sums))
    ):
        return linked[-1].day
    return None


def _linked(firms: Firms, before: Sequence[Told]) -> list[Told]:
    """List the sums that share firms with one, or with one that does.

    A firm that was erased may be any of them.
    """
    names = set(firms)
    ranks = {
        rank
        for rank, one in enumerate(before)
        if any(name.startswith(ERASED) for name in one.firms)
    }
    names.update(*(before[rank].firms for rank in ranks))
    while more := {
        rank
        for rank, one in enumerate(before)
        if rank not in ranks and names & one.firms.keys()
    }:
        ranks |= more
        names.update(*(before[rank].firms for rank in more))
    return [one for rank, one in enumerate(before) if rank in ranks]


def ledger_json(publications: Sequence[Publication]) -> dict[str, Any]:
    """Lay publications out as JSON."""
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
    """Read publications as :func:`ledger_json` lays them out."""
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


def without_firms(
    publications: Sequence[Publication], firms: Collection[str]
) -> list[Publication]:
    """Forget firms: their number and amounts go, that somebody was there stays."""
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

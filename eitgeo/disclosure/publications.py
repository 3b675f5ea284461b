"""The ledger: who made each sum that was told, so that no later one tells a firm."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import isnan, nan
from typing import Any

from eitgeo.disclosure.answers import ERASED, Cell, PublishedSum
from eitgeo.errors import SchemaError
from eitgeo.flows.arisings.declared import STREAM

FORMAT = "eitgeo-publications/2"


@dataclass(frozen=True)
class Publication:
    """What was told on one day; ``places``: EPCI and divisions, told or not."""

    day: str
    places: frozenset[str]
    sums: tuple[PublishedSum, ...]


def latest(publications: Sequence[Publication]) -> dict[Cell, PublishedSum]:
    """Return each sum as it was told last: so it stands."""
    return {one.cell: one for told in publications for one in told.sums}


def sources(publications: Sequence[Publication]) -> dict[str, bool]:
    """Say of each firm whether tonnes that were told of it were weighed."""
    return {
        name: one.cell.is_weighed
        for told in reversed(publications)
        for one in told.sums
        if one.cell.subject == STREAM
        for name in one.firms
    }


def ledger_json(publications: Sequence[Publication]) -> dict[str, Any]:
    """Lay publications out as JSON."""
    return {
        "format": FORMAT,
        "publications": [
            {
                "day": told.day,
                "places": sorted(told.places),
                "sums": [
                    {
                        **one.cell._asdict(),
                        "row": {n: _json(v) for n, v in one.row.items()},
                        "firms": {n: _json(t) for n, t in sorted(one.firms.items())},
                    }
                    for one in sorted(told.sums, key=lambda one: one.cell)
                ],
            }
            for told in publications
        ],
    }


def _json(value: Any) -> Any:
    return None if isinstance(value, float) and isnan(value) else value


def read_publications(entries: Any, *, where: str) -> list[Publication]:
    """Read publications as :func:`ledger_json` lays them out."""
    message = (
        f"{where} : registre des publications illisible → le reprendre d'une "
        "sauvegarde (sans lui, l'écart avec ce qui est déjà diffusé est inconnu)"
    )
    if not isinstance(entries, dict) or entries.get("format") != FORMAT:
        raise SchemaError(message)
    try:
        return [_publication(entry) for entry in entries["publications"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SchemaError(message) from error


def _publication(entry: Any) -> Publication:
    day = str(entry["day"])
    return Publication(
        day, frozenset(entry["places"]), tuple(_told(day, row) for row in entry["sums"])
    )


def _told(day: str, entry: Any) -> PublishedSum:
    firms = {
        str(name): nan if t is None else float(t) for name, t in entry["firms"].items()
    }
    row = {name: nan if v is None else v for name, v in entry["row"].items()}
    cell = Cell(*(str(entry[name]) for name in Cell._fields))
    return PublishedSum(day, cell, firms, row)


def without_firms(
    publications: Sequence[Publication], firms: Collection[str]
) -> list[Publication]:
    """Forget firms: their number and amounts go, that somebody was there stays."""
    every = {name for told in publications for one in told.sums for name in one.firms}
    ranks = [int(n.removeprefix(ERASED)) for n in every if n.startswith(ERASED)]
    gone = sorted(every & set(firms))
    new_name = {
        name: f"{ERASED}{rank}"
        for rank, name in enumerate(gone, start=max(ranks, default=0) + 1)
    }
    return [
        Publication(
            told.day,
            told.places,
            tuple(
                one._replace(
                    firms={
                        new_name.get(n, n): nan if n in new_name else t
                        for n, t in one.firms.items()
                    }
                )
                for one in told.sums
            ),
        )
        for told in publications
    ]

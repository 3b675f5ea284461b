"""Motorway junctions in order, and known trips that the network is held against."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.check import Faults
from eitgeo.errors import SchemaError
from eitgeo.sources._rows import (
    check_choices,
    check_codes,
    check_key,
    read_rows,
    to_counts,
    to_numbers,
)
from eitgeo.sources.outlets import ROW_STATUSES

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    import pandas as pd

_EXIT_COLUMNS = ["motorway", "rank", "name", "code_insee", "status", "source"]
_TRIP_COLUMNS = [
    "from_code",
    "from",
    "to_code",
    "to",
    "road_km",
    "car_minutes",
    "status",
]


def read_motorway_exits(
    path: Path, *, known_communes: Collection[str] | None = None
) -> pd.DataFrame:
    """Read the junctions of each motorway, in order along it.

    Parameters
    ----------
    path
        CSV with ``motorway``, ``rank`` (1, 2 … along the road), ``name``,
        ``code_insee``, ``status``, ``source``.
    known_communes
        Codes of the communes at hand; None: the form alone is checked.

    Returns
    -------
    pandas.DataFrame
        Those columns, sorted by motorway and rank (int64).

    Raises
    ------
    SourceError
        File absent, empty or not in UTF-8.
    SchemaError
        Missing column, malformed or unknown code, repeated rank.
    """
    rows = read_rows(path, columns=_EXIT_COLUMNS)
    faults = Faults(path.name)
    check_key(rows, ["motorway", "rank"], faults=faults)
    check_codes(rows, known=known_communes, faults=faults)
    check_choices(rows, "status", allowed=ROW_STATUSES, faults=faults)
    rank = to_counts(rows, "rank", faults=faults)
    faults.raise_if_any(SchemaError)
    return (
        rows[_EXIT_COLUMNS]
        .assign(rank=rank)
        .sort_values(["motorway", "rank"], ignore_index=True)
    )


def read_known_trips(path: Path) -> pd.DataFrame:
    """Read the trips whose length and time are known.

    Parameters
    ----------
    path
        CSV with ``from_code``, ``from``, ``to_code``, ``to``, ``road_km`` [km],
        ``car_minutes`` [min], ``status``.

    Returns
    -------
    pandas.DataFrame
        Those columns, sorted by origin and destination.

    Raises
    ------
    SourceError
        File absent, empty or not in UTF-8.
    SchemaError
        Missing column, malformed code, decimal comma, repeated trip.
    """
    rows = read_rows(path, columns=_TRIP_COLUMNS)
    faults = Faults(path.name)
    check_key(rows, ["from_code", "to_code"], faults=faults)
    for name in ("from_code", "to_code"):
        check_codes(rows, faults=faults, column=name)
    measures = {
        name: to_numbers(rows, name, faults=faults)
        for name in ("road_km", "car_minutes")
    }
    for name in measures:
        for line in rows.index[rows[name] == ""]:
            faults.add(f"« {name} » absent", row=line, remedy="compléter la ligne")
    faults.raise_if_any(SchemaError)
    return (
        rows[_TRIP_COLUMNS]
        .assign(**measures)
        .sort_values(["from_code", "to_code"], ignore_index=True)
    )

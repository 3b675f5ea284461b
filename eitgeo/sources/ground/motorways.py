"""Motorway junctions in order, and known trips that the network is held against."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from eitgeo.sources.files.rows import CsvSource

EXITS = CsvSource("exits")
TRIPS = CsvSource("trips")
_EXIT_TYPES = {
    "motorway": "str",
    "rank": "int64",
    "name": "str",
    "code_insee": "str",
    "status": "str",
    "source": "str",
}
_TRIP_TYPES = {
    "from_code": "str",
    "from": "str",
    "to_code": "str",
    "to": "str",
    "road_km": "float64",
    "car_minutes": "float64",
    "status": "str",
}


def no_motorway_exits() -> pd.DataFrame:
    """Return the table of a study that names no file of junctions."""
    return pd.DataFrame(columns=list(_EXIT_TYPES)).astype(_EXIT_TYPES)


def no_known_trips() -> pd.DataFrame:
    """Return the table of a study that names no file of known trips."""
    return pd.DataFrame(columns=list(_TRIP_TYPES)).astype(_TRIP_TYPES)


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
    """
    return EXITS.accepted(path, known_communes=known_communes).sort_values(
        ["motorway", "rank"], ignore_index=True
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
    """
    return TRIPS.accepted(path).sort_values(["from_code", "to_code"], ignore_index=True)

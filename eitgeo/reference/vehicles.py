"""The vehicles that ship with the package."""

from __future__ import annotations

from importlib import resources

import pandas as pd

SPEED_PREFIX = "kmh_"
"""Begins the columns of speeds, one a class of road."""

_TEXTS = ("name", "label", "kind", "states", "evidence", "source", "status")


def vehicle_table() -> pd.DataFrame:
    """Return the vehicles: what they are, how fast they go, what they cost.

    Notes
    -----
    Costs are the three terms of the CNR (kilometre, hour, day), in orders of
    magnitude to confirm. Speeds of trucks are at most those of article R413-8 of the
    Code de la route: 90 km/h on motorways, 80 km/h elsewhere.
    """
    with resources.files("eitgeo.reference").joinpath("vehicles.csv").open("rb") as f:
        table = pd.read_csv(f, dtype=str, keep_default_na=False)
    for column in table.columns.difference(list(_TEXTS)):
        table[column] = pd.to_numeric(table[column])
    return table.set_index("name")

"""Closures that ship with the package: roads whose loss is often asked about."""

from __future__ import annotations

from importlib import resources

import pandas as pd

_SIDES = ("west", "south", "east", "north")


def ready_closures() -> pd.DataFrame:
    """Return the closures that a study may name without describing them.

    Examples
    --------
    >>> ready_closures().loc["n125_saint_beat", "ref"]
    'N 125'
    """
    with resources.files("eitgeo.reference").joinpath("closures.csv").open("rb") as f:
        table = pd.read_csv(f, dtype=str, keep_default_na=False)
    for side in _SIDES:
        table[side] = pd.to_numeric(table[side])
    return table.set_index("closure_id")

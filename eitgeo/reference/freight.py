"""What a lorry carries, burns and costs, each factor with its unit and its range."""

from __future__ import annotations

from importlib import resources

import pandas as pd

EVERY_VEHICLE = "*"
LEVELS = ("low", "mid", "high")


def freight_factors() -> pd.DataFrame:
    """Return the factors of road freight, one row a vehicle and factor.

    Returns
    -------
    pandas.DataFrame
        ``vehicle`` (a name of `vehicle_table`, or ``*``: all),
        ``factor``, ``unit``, ``low``, ``mid``, ``high`` (P10, P50, P90), ``status``,
        ``evidence``, ``source``.

    Notes
    -----
    Costs are the three terms of the CNR (kilometre, hour, vehicle-day). ``handling_h``
    is loading and unloading, both together. ``empty_return_share`` is the share of
    the way back that the flow pays for.
    """
    path = resources.files("eitgeo.reference").joinpath("freight_factors.csv")
    with path.open("rb") as handle:
        table = pd.read_csv(handle, dtype=str, keep_default_na=False)
    table[list(LEVELS)] = table[list(LEVELS)].astype(float)
    return table

"""Residues that waste ratios leave out, by activity and employee."""

from __future__ import annotations

from importlib import resources

import pandas as pd

BYPRODUCT_AMOUNTS = ["per_employee_low", "per_employee", "per_employee_high"]
BYPRODUCT_LIMIT = "most_per_site"
"""What one site has at most: jobs do not tell the size of a plant for ever."""
CODELESS = ("biogaz", "chaleur", "co2", "eau")
"""Resources that no waste code names."""


def byproduct_ratios() -> pd.DataFrame:
    """Return the quantity of residues by activity and employee.

    Notes
    -----
    Orders of magnitude from memory, class H: they are there to rank what to ask
    about first. A residue without a row is « non chiffrée », never 0.
    """
    path = resources.files("eitgeo.reference").joinpath("byproducts.csv")
    with path.open("rb") as handle:
        table = pd.read_csv(handle, dtype=str, keep_default_na=False)
    table[BYPRODUCT_AMOUNTS] = table[BYPRODUCT_AMOUNTS].astype(float)
    most = pd.to_numeric(table[BYPRODUCT_LIMIT]).astype(float)
    return table.assign(**{BYPRODUCT_LIMIT: most})

"""The criteria that may rank perimeters: what is ranked, its anchors, its weight."""

from __future__ import annotations

from importlib import resources

import pandas as pd


def ranking_criteria() -> pd.DataFrame:
    """Return the criteria that rank perimeters, with their fixed anchors.

    Notes
    -----
    Anchors do not depend on the perimeters that are compared: adding one moves the
    score of no other. Weights and anchors are working assumptions; the study replaces
    the weights.
    """
    numbers = ["weight", "worst", "best"]
    with (
        resources.files("eitgeo.reference").joinpath("criteria.csv").open("rb") as file
    ):
        table = pd.read_csv(file, dtype=str, keep_default_na=False)
    table = table.set_index("indicator_id")
    table[numbers] = table[numbers].astype(float)
    return table

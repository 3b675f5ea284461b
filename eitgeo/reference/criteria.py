"""The criteria that may rank perimeters: what is ranked, its anchors, its weight."""

from __future__ import annotations

from importlib import resources

import pandas as pd


def ranking_criteria() -> pd.DataFrame:
    """Return the criteria that rank perimeters, with their fixed anchors.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``indicator_id``: ``measure`` (``value``; ``percentile``, among
        unions of as many EPCI; ``band``, distance to the band of the study [% of its
        nearest limit]), ``weight`` (of 100 over the criteria by default), ``worst``
        and ``best`` (anchors: scores 0 and 1), ``set`` (``defaut``, or
        ``estimations``: only when estimates are asked for), ``status``,
        ``evidence``, ``source``.

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

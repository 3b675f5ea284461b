"""Borders that a truck can cross."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from eitgeo.roads.surrogate import SurrogateNetwork


def add_road_minutes(borders: pd.DataFrame, network: SurrogateNetwork) -> pd.DataFrame:
    """Add to each border the truck minutes from seat to seat across it.

    Parameters
    ----------
    borders
        Table ``borders``.
    network
        The surrogate network; a border whose edge was dropped has no road.

    Returns
    -------
    pandas.DataFrame
        Table ``contiguity``: ``road_minutes`` [min], NaN where no road crosses.
    """
    crossing = network.edges[network.edges["class"].isin(["route", "crete"])]
    minutes = pd.DataFrame(
        {
            "code_a": crossing["u"],
            "code_b": crossing["v"],
            "road_minutes": crossing["truck_time_s"] / 60,
        }
    )
    return borders.merge(minutes, on=["code_a", "code_b"], how="left", validate="1:1")

"""How far the towns of the study area are, by car."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


_DECIMALS = 6
"""Of a minute: a thousandth of what a clock shows, and ten digits at most."""


def town_minutes(
    communes: pd.DataFrame, od_matrix: pd.DataFrame, *, min_population: int
) -> pd.DataFrame:
    """Lay out car minutes from each commune of the area to each of its towns.

    Parameters
    ----------
    communes
        Table ``communes``: ``code_insee``, ``population``, ``in_area``.
    od_matrix
        Table ``od_matrix``; only the profile ``car`` is read.
    min_population
        Inhabitants that make a town.

    Returns
    -------
    pandas.DataFrame
        Communes of the area (index, sorted) × its towns (columns, sorted), INSEE
        codes [min], to the millionth; NaN where there is no way. A way takes as long
        back as forth where it does, whatever the last bit of either sum says: equal
        towns are told apart by what follows, not by noise.
    """
    area = communes[communes["in_area"]]
    towns = sorted(area.loc[area["population"] >= min_population, "code_insee"])
    by_car = od_matrix[
        od_matrix["profile"].eq("car") & od_matrix["destination_id"].isin(towns)
    ]
    minutes = by_car.assign(minutes=by_car["time_s"] / 60).pivot_table(
        index="origin_id", columns="destination_id", values="minutes", dropna=False
    )
    told = minutes.reindex(index=sorted(area["code_insee"]), columns=towns)
    return told.round(_DECIMALS)

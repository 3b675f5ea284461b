"""Which place with an outlet of each kind is nearest to each EPCI: geography alone."""

from __future__ import annotations

import numpy as np
import pandas as pd

_DECIMALS = 6
"""Of a minute: equal ways are told apart by codes, not by noise."""


def nearest_outlets(
    communes: pd.DataFrame, od_matrix: pd.DataFrame, outlets: pd.DataFrame
) -> pd.DataFrame:
    """Say, for each EPCI and each kind of outlet, which commune with one is nearest.

    ``communes``: ``code_insee``, ``epci_siren``, ``population``, ``in_area``.
    ``od_matrix``: table ``od_matrix``; only trucks from communes to outlets are read.
    ``outlets``: ``outlet_id``, ``kind``, ``code_insee``. Returns: ``epci_siren``,
    ``kind``, ``code_insee``, ``minutes``, sorted: the mean over inhabitants of the way
    by truck, the least of its kind. What a commune of the EPCI cannot reach is left
    out.

    Notes
    -----
    No establishment, no tonne and no count: where they are drawn, an outlet that comes
    first by their number would be put before another by chance. A commune and no
    outlet: two in one place are as near, and neither comes first.
    """
    minutes = _minutes(communes, od_matrix, outlets["outlet_id"])
    rows = minutes.reset_index().melt("epci_siren", value_name="minutes").dropna()
    placed = rows.merge(outlets[["outlet_id", "kind", "code_insee"]], on="outlet_id")
    first = placed.sort_values(["minutes", "code_insee"], kind="stable")
    nearest = first.drop_duplicates(["epci_siren", "kind"])
    columns = ["epci_siren", "kind", "code_insee", "minutes"]
    return nearest[columns].sort_values(columns[:2], ignore_index=True)


def _minutes(
    communes: pd.DataFrame, od_matrix: pd.DataFrame, names: pd.Series[str]
) -> pd.DataFrame:
    """Average over inhabitants: EPCI × outlets [min], NaN where a way is missing."""
    area = communes[communes["in_area"] & communes["epci_siren"].ne("")]
    by_truck = od_matrix[
        od_matrix["profile"].eq("truck") & od_matrix["destination_id"].isin(names)
    ]
    ways = by_truck.pivot_table(
        index="origin_id", columns="destination_id", values="time_s", dropna=False
    ).reindex(index=area["code_insee"], columns=sorted(names))
    sirens, epci = np.unique(
        area["epci_siren"].to_numpy(dtype=str), return_inverse=True
    )
    # One more each, as where maps put the middle of people: nobody weighs nothing.
    people = area["population"].to_numpy(dtype=float) + 1.0
    weights = np.zeros((len(sirens), len(area)))
    weights[epci, np.arange(len(area))] = people
    weights /= weights.sum(axis=1, keepdims=True)
    known = ways.to_numpy(dtype=float)
    means = weights @ np.nan_to_num(known) / 60
    is_cut = (weights > 0).astype(float) @ np.isnan(known) > 0
    return pd.DataFrame(
        np.where(is_cut, np.nan, means).round(_DECIMALS),
        index=pd.Index(sirens, name="epci_siren"),
        columns=pd.Index(ways.columns, name="outlet_id"),
    )

"""Shares of a weight within bands of time and of length from a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.check import Faults
from eitgeo.errors import SchemaError
from eitgeo.roads.questions.isochrones import BANDS_MIN
from eitgeo.tables.columns import OD_REACHED

if TYPE_CHECKING:
    from collections.abc import Iterable

NISP_MEDIAN_KM = 33.0
"""Half of the exchanges of the British programme NISP were shorter than this."""


def band_shares(
    pairs: pd.DataFrame,
    weights: pd.Series[float],
    *,
    minutes: Iterable[float] = BANDS_MIN,
    km: Iterable[float] = (NISP_MEDIAN_KM,),
) -> pd.DataFrame:
    """Measure the share of a weight within bands of time and of length.

    Parameters
    ----------
    pairs
        Rows of table ``od_matrix`` of one profile and closure: ``origin_id``,
        ``destination_id``, ``time_s``, ``length_m``, ``status``.
    weights
        Weight of each destination, on its identifier.
    minutes, km
        Bands [min, km].

    Returns
    -------
    pandas.DataFrame
        One row an origin and band, sorted: ``origin_id``, ``measure`` (``time_min``
        or ``length_km``), ``band``, ``within`` [unit of the weights], ``share_pct``
        of the whole weight, ``without_way_pct``: the share of it that no figure is
        known for, which no band holds.

    Raises
    ------
    SchemaError
        When a pair is missing or given twice, or no weight is positive.

    References
    ----------
    Jensen, Basson, Hellawell, Bailey and Leach, « Quantifying geographic proximity:
    experiences from the United Kingdom's National Industrial Symbiosis Programme »,
    Resources, Conservation and Recycling 55, 2011: median of 20.4 miles.

    Examples
    --------
    >>> pairs = pd.DataFrame(
    ...     {
    ...         "origin_id": "O",
    ...         "destination_id": ["A", "B"],
    ...         "time_s": [1500.0, 3000.0],
    ...         "length_m": [20_000.0, 40_000.0],
    ...         "status": "ok",
    ...     }
    ... )
    >>> weights = pd.Series({"A": 3.0, "B": 1.0})
    >>> band_shares(pairs, weights, minutes=[30])["share_pct"].tolist()
    [75.0, 75.0]
    """
    rows = pairs[pairs["destination_id"].isin(weights.index)]
    _require_whole(rows, weights)
    figured = rows["status"].isin(OD_REACHED)
    each = rows["destination_id"].map(weights)
    total = float(weights.sum())
    lost = each.where(~figured, 0.0).groupby(rows["origin_id"]).sum()
    found = []
    for measure, values, bands in (
        ("length_km", rows["length_m"] / 1000, km),
        ("time_min", rows["time_s"] / 60, minutes),
    ):
        for band in sorted(set(bands)):
            inside = each.where(figured & (values <= band), 0.0)
            sums = inside.groupby(rows["origin_id"]).sum()
            found.append(
                pd.DataFrame(
                    {
                        "origin_id": sums.index,
                        "measure": measure,
                        "band": float(band),
                        "within": sums.to_numpy(),
                        "share_pct": 100 * sums.to_numpy() / total,
                        "without_way_pct": 100 * lost.to_numpy() / total,
                    }
                )
            )
    table = pd.concat(found, ignore_index=True)
    return table.sort_values(["origin_id", "measure", "band"], ignore_index=True)


def _require_whole(rows: pd.DataFrame, weights: pd.Series[float]) -> None:
    faults = Faults("parts atteintes")
    if not (weights >= 0).all() or weights.sum() <= 0:
        met = "poids négatifs, inconnus ou tous nuls"
        faults.add(met, remedy="donner un poids positif à un lieu au moins")
    per_origin = rows.groupby("origin_id")["destination_id"].agg(["size", "nunique"])
    gaps = per_origin[(per_origin != len(weights)).any(axis=1)]
    for origin, counts in gaps.iterrows():
        faults.add(
            f"depuis « {origin} » : {counts['nunique']} lieux sur {len(weights)}, "
            f"en {counts['size']} lignes",
            remedy="une ligne par paire, d'un seul véhicule et d'une seule fermeture",
        )
    faults.raise_if_any(SchemaError)

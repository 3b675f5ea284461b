"""Valleys that hang on one road: communes that one link joins to every town."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import shapely

from eitgeo.check import WORKING_EPSG

if TYPE_CHECKING:
    from collections.abc import Iterable

_COLUMNS = (
    "valley_id",
    "n_links",
    "length_m",
    "ref",
    "class",
    "n_communes",
    "communes",
    "inhabitants",
    "geometry",
)


def dead_end_valleys(
    links: gpd.GeoDataFrame, names: pd.DataFrame, inhabitants: pd.Series[int]
) -> gpd.GeoDataFrame:
    """Gather the bridges whose loss cuts the same communes from every town.

    Parameters
    ----------
    links
        From :func:`eitgeo.roads.questions.criticality.criticality`, with
        ``edge_id``; ``isolated`` are rows of ``inhabitants``.
    names
        From :func:`eitgeo.roads.network.closures.road_names`.
    inhabitants
        Of each origin, in order, on its INSEE code.

    Returns
    -------
    geopandas.GeoDataFrame
        One row a set of communes, most inhabitants first, EPSG:2154: ``valley_id``
        (the longest of its links), ``n_links``, ``length_m`` in all, ``ref`` (road
        numbers) and ``class`` of the longest, ``n_communes``, ``communes`` (INSEE
        codes), ``inhabitants``, and the lines.
    """
    alone = links[links["bridge"] & links["isolated"].map(len).gt(0)]
    on_them = names["edge"].isin(alone["edge"])
    numbers = names[on_them].groupby("edge")["ref"].agg(_joined)
    rows = []
    for held, mine in alone.groupby("isolated", sort=False):
        longest = mine.loc[mine["length_m"].idxmax()]
        cut = inhabitants.iloc[list(held)]
        rows.append(
            (
                longest["edge_id"],
                len(mine),
                mine["length_m"].sum(),
                _joined(numbers.reindex(mine["edge"]).fillna("")),
                longest["class"],
                len(cut),
                _joined(cut.index),
                int(cut.sum()),
                shapely.multilinestrings(mine.geometry.to_numpy()),
            )
        )
    table = pd.DataFrame(rows, columns=list(_COLUMNS)).sort_values(
        ["inhabitants", "valley_id"], ascending=[False, True], ignore_index=True
    )
    return gpd.GeoDataFrame(table, geometry="geometry", crs=WORKING_EPSG)


def _joined(words: Iterable[str]) -> str:
    """Join words, each once, without the empty ones."""
    return ";".join(sorted({word for word in words if word}))

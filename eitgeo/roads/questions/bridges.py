"""Bridges of a graph: edges whose loss parts what they joined, and valleys on them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, depth_first_order

from eitgeo.check import WORKING_EPSG
from eitgeo.roads.network.graph import RoadGraph
from eitgeo.roads.network.profile import Costs

if TYPE_CHECKING:
    Flags = npt.NDArray[np.bool_]
    Ints = npt.NDArray[np.int64]

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


def bridges(graph: RoadGraph, costs: Costs) -> Flags:
    """Say which edges part the network when they close, whatever the senses.

    Notes
    -----
    One-way roads and forbidden turns are left aside: every edge that is told here
    cuts pairs off when it closes, and others may. Linear time.

    References
    ----------
    Tarjan, « A note on finding the bridges of a graph », Information Processing
    Letters 2, 1974: depth first, an edge joins a node to one above it.
    """
    usable = np.flatnonzero(costs.usable.reshape(-1, 2).any(axis=1))
    ends = graph.edges[["u", "v"]].to_numpy(dtype=np.int64)[usable]
    is_bridge = np.zeros(len(graph.edges), dtype=bool)
    is_bridge[usable[_bridges(ends)]] = True
    return is_bridge


def _bridges(ends: Ints) -> list[int]:
    """Rows of ``ends`` that no cycle holds; a loop, or one of two alike, is in one."""
    n = int(ends.max(initial=0)) + 1
    _, part = connected_components(_joined(ends, n), directed=False)
    # One root above a node of each part.
    _, first = np.unique(part, return_index=True)
    roots = np.column_stack([first, np.full(len(first), n)])
    whole = _joined(np.concatenate([ends, roots]), n + 1)
    order, parent = depth_first_order(whole, n, directed=False)
    rank = np.argsort(order, kind="stable")
    above, below = np.sort(rank[ends], axis=1).T
    # Edges from a node to one above it, then from all that is under the node.
    up = np.bincount(below, minlength=n + 1) - np.bincount(above, minlength=n + 1)
    leaving, parents = up.tolist(), rank[parent[order[1:]]].tolist()
    for node in range(n, 0, -1):
        leaving[parents[node - 1]] += leaving[node]
    alone = np.array(leaving)[below] == 1
    return np.flatnonzero(alone & (above != below)).tolist()


def _joined(ends: Ints, n: int) -> csr_array:
    return csr_array((np.ones(len(ends)), ends.T), shape=(n, n))


def dead_end_valleys(
    links: gpd.GeoDataFrame, names: pd.DataFrame, inhabitants: pd.Series[int]
) -> gpd.GeoDataFrame:
    """Gather the bridges whose loss cuts the same communes from every town.

    ``links``: from :func:`eitgeo.roads.questions.criticality.criticality`, with
    ``edge_id``; ``isolated`` are rows of ``inhabitants``. ``inhabitants``: of each
    origin, in order, on its INSEE code. Returns: one row a set of communes, most
    inhabitants first, EPSG:2154: ``valley_id`` (the longest of its links), ``n_links``,
    ``length_m`` in all, ``ref`` (road numbers) and ``class`` of the longest,
    ``n_communes``, ``communes`` (INSEE codes), ``inhabitants``, and the lines.
    """
    alone = links[links["bridge"] & links["isolated"].map(len).gt(0)]
    on_them = names["edge"].isin(alone["edge"])
    numbers = names[on_them].groupby("edge")["ref"].agg(_listed)
    rows = []
    for origins, valley_links in alone.groupby("isolated", sort=False):
        longest = valley_links.loc[valley_links["length_m"].idxmax()]
        cut = inhabitants.iloc[list(origins)]
        rows.append(
            (
                longest["edge_id"],
                len(valley_links),
                valley_links["length_m"].sum(),
                _listed(numbers.reindex(valley_links["edge"]).fillna("")),
                longest["class"],
                len(cut),
                _listed(cut.index),
                int(cut.sum()),
                shapely.multilinestrings(valley_links.geometry.to_numpy()),
            )
        )
    table = pd.DataFrame(rows, columns=list(_COLUMNS)).sort_values(
        ["inhabitants", "valley_id"], ascending=[False, True], ignore_index=True
    )
    return gpd.GeoDataFrame(table, geometry="geometry", crs=WORKING_EPSG)


def _listed(words: Iterable[str]) -> str:
    """Join words, each once, without the empty ones."""
    return ";".join(sorted({word for word in words if word}))

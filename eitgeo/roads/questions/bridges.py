"""Bridges of a graph: edges whose loss parts what they joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from eitgeo.roads.network.graph import RoadGraph
    from eitgeo.roads.network.profile import Costs

    Flags = npt.NDArray[np.bool_]
    Ints = npt.NDArray[np.int64]


def bridges(graph: RoadGraph, costs: Costs) -> Flags:
    """Say which edges part the network when they close, whatever the senses.

    Notes
    -----
    One-way roads and forbidden turns are left aside: every edge that is told here
    cuts pairs off when it closes, and others may. Linear time.

    References
    ----------
    Schmidt, « A simple test on 2-vertex- and 2-edge-connectivity », Information
    Processing Letters 113, 2013, as networkx has it.
    """
    usable = np.flatnonzero(costs.usable.reshape(-1, 2).any(axis=1))
    ends = graph.edges[["u", "v"]].to_numpy(dtype=np.int64)[usable]
    found = np.zeros(len(graph.edges), dtype=bool)
    found[usable[_bridges(ends)]] = True
    return found


def _bridges(ends: Ints) -> list[int]:
    """Rows of ``ends`` that no cycle holds; a loop, or one of two alike, is in one."""
    joined = nx.MultiGraph()
    rows = enumerate(ends.tolist())
    joined.add_edges_from((u, v, row) for row, (u, v) in rows if u != v)
    return sorted(row for u, v in nx.bridges(joined) for row in joined[u][v])

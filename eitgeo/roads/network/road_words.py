"""Which roads bear which number or name, in BD TOPO and in graphs of osmnx."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from eitgeo.roads.network.bd_topo_graph import SNAP_M, _numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from eitgeo.roads.network.graph import RoadGraph


def section_names(graph: RoadGraph, sections: gpd.GeoDataFrame) -> pd.DataFrame:
    """List the sections of BD TOPO that each edge is made of, with their numbers.

    Parameters
    ----------
    graph
        From :func:`eitgeo.roads.network.bd_topo_graph.build_bd_topo_graph`.
    sections
        Table ``road_restrictions`` that it was built from, EPSG:2154.

    Returns
    -------
    pandas.DataFrame
        As :func:`eitgeo.roads.network.closures.road_names`: ``edge``, ``way_id``
        (the digits of the identifier of the section), ``ref`` (its number), ``name``
        (empty: the table has none).

    Notes
    -----
    Sections meet at their ends only: the edge at the middle of a section is the one
    that holds it. A section that is no road of the graph is on no edge.
    """
    middle = shapely.line_interpolate_point(
        shapely.force_2d(sections.geometry.to_numpy()), 0.5, normalized=True
    )
    real = np.flatnonzero(graph.edges["length_m"].to_numpy() > 0)
    tree = shapely.STRtree(graph.lines[real])
    section, found = tree.query_nearest(
        middle, max_distance=2 * SNAP_M, all_matches=False
    )
    rows = sections.iloc[section]
    table = pd.DataFrame({"edge": real[found]})
    table["way_id"] = _numbers(rows["section_id"].astype("str"))
    table["ref"] = rows["road_number"].to_numpy()
    table["name"] = ""
    return table.sort_values(["edge", "way_id"], ignore_index=True)


def way_names(graph: RoadGraph, named: Mapping[int, tuple[str, str]]) -> pd.DataFrame:
    """List the way that each edge is, with its number and name.

    Parameters
    ----------
    graph
        From :func:`eitgeo.roads.network.osmnx_graph.graph_from_osmnx`.
    named
        Number (``ref``) and name by OSM identifier of way.

    Returns
    -------
    pandas.DataFrame
        As :func:`eitgeo.roads.network.closures.road_names`; of an edge of several
        ways, the first.
    """
    ids = graph.edges["way_id"].to_numpy()
    pairs = [named.get(int(one), ("", "")) for one in ids]
    table = pd.DataFrame(pairs, columns=["ref", "name"])
    table.insert(0, "edge", np.arange(len(ids)))
    table.insert(1, "way_id", ids)
    return table.sort_values(["edge", "way_id"], ignore_index=True)

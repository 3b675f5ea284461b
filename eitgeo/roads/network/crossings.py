"""Which pairs of communes a road joins across their border, on a real network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    from eitgeo.roads.network.graph import RoadGraph

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

MIN_PIECE_M = 5.0
"""A shorter stretch in a commune is a border drawn along the road, not a visit."""

_NOWHERE = -1


def border_crossings(
    graph: RoadGraph, communes: gpd.GeoDataFrame, *, usable: Flags
) -> pd.DataFrame:
    """Find the pairs of communes that a road leads from one into the other.

    ``communes``: ``code_insee`` and polygons, EPSG:2154. ``usable``: shape (edges,):
    roads that count. Returns: ``code_a`` < ``code_b``, sorted, and ``n_roads``: how
    many edges cross, or meet on the border; pairs need not share a border (a road may
    pass through a corner).

    Notes
    -----
    A road crosses where it lies at least 5 m in one commune, then at least 5 m in
    the other with nothing between; roads cut at the border cross where they meet.
    """
    edge = np.flatnonzero(usable & (graph.edges["length_m"].to_numpy() > 0))
    shapes = communes.geometry.to_numpy()
    pieces = _pieces(graph.lines, edge, shapes)
    along = _next_to(pieces)
    ends = _end_communes(graph, pieces)
    pairs = pd.concat([along, _meeting(ends)], ignore_index=True)
    codes = communes["code_insee"].to_numpy()
    one, other = codes[pairs["from"]], codes[pairs["to"]]
    named = pd.DataFrame(
        {
            "code_a": np.where(one < other, one, other),
            "code_b": np.where(one < other, other, one),
        },
        dtype="str",
    )
    return (
        named.groupby(["code_a", "code_b"], sort=True)
        .size()
        .rename("n_roads")
        .reset_index()
    )


def _pieces(lines: npt.NDArray[Any], edge: Ints, shapes: Any) -> pd.DataFrame:
    """Cut roads by communes: ``edge``, ``commune``, ``start_m``, ``stop_m``, sorted."""
    tree = shapely.STRtree(lines[edge])
    shapely.prepare(shapes)
    whole_commune, whole = tree.query(shapes, predicate="covers")
    commune, cut = tree.query(shapes, predicate="intersects")
    inside = pd.MultiIndex.from_arrays([whole_commune, whole])
    partly = ~pd.MultiIndex.from_arrays([commune, cut]).isin(inside)
    parts, owner = shapely.get_parts(
        shapely.intersection(lines[edge[cut[partly]]], shapes[commune[partly]]),
        return_index=True,
    )
    of = edge[cut[partly]][owner]
    ends_m = [
        shapely.line_locate_point(lines[of], shapely.get_point(parts, end))
        for end in (0, -1)
    ]
    found = pd.DataFrame(
        {
            "edge": np.concatenate([edge[whole], of]),
            "commune": np.concatenate([whole_commune, commune[partly][owner]]),
            "start_m": np.concatenate([np.zeros(len(whole)), np.fmin(*ends_m)]),
            "stop_m": np.concatenate(
                [shapely.length(lines[edge[whole]]), np.fmax(*ends_m)]
            ),
        }
    )
    total_m = shapely.length(lines[found["edge"]])
    # A road shorter than the least piece lies somewhere all the same.
    least_m = np.minimum(MIN_PIECE_M, 0.5 * total_m)
    kept = found[(found["stop_m"] - found["start_m"]).ge(least_m)]
    return kept.sort_values(["edge", "start_m", "stop_m", "commune"], ignore_index=True)


def _next_to(pieces: pd.DataFrame) -> pd.DataFrame:
    """Pairs of communes that follow one another along an edge, or share it."""
    following = pieces.shift(-1)
    follows = pieces["edge"].eq(following["edge"])
    follows &= pieces["commune"].ne(following["commune"])
    follows &= (following["start_m"] - pieces["stop_m"]).le(2 * MIN_PIECE_M)
    return pd.DataFrame(
        {
            "from": pieces.loc[follows, "commune"].astype(int),
            "to": following.loc[follows, "commune"].astype(int),
        }
    )


def _end_communes(graph: RoadGraph, pieces: pd.DataFrame) -> pd.DataFrame:
    """Commune of each edge at each of its nodes, −1 out of all of them."""
    length_m = shapely.length(graph.lines)
    first = pieces.drop_duplicates("edge", keep="first")
    last = pieces.drop_duplicates("edge", keep="last")
    near = first["start_m"].le(MIN_PIECE_M)
    near_end = (length_m[last["edge"]] - last["stop_m"]).le(MIN_PIECE_M)
    return pd.DataFrame(
        {
            "node": np.concatenate(
                [
                    graph.edges["u"].to_numpy()[first["edge"]],
                    graph.edges["v"].to_numpy()[last["edge"]],
                ]
            ),
            "commune": np.concatenate(
                [
                    first["commune"].where(near, _NOWHERE),
                    last["commune"].where(near_end, _NOWHERE),
                ]
            ),
        }
    )


def _meeting(ends: pd.DataFrame) -> pd.DataFrame:
    """Pairs of communes whose roads meet at a node."""
    known = ends[ends["commune"] != _NOWHERE].drop_duplicates()
    shared = known[known.duplicated("node", keep=False)]
    both = shared.merge(shared, on="node", suffixes=("", "_to"))
    apart = both[both["commune"] < both["commune_to"]]
    return apart.rename(columns={"commune": "from", "commune_to": "to"})[["from", "to"]]

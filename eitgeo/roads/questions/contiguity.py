"""Borders that a truck can cross: which pairs of communes a road joins, how far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from eitgeo.roads.matrix.od_matrix import Limits
from eitgeo.roads.matrix.router import snap, trip_times
from eitgeo.roads.matrix.topology import Network
from eitgeo.roads.network.graph import RoadGraph
from eitgeo.roads.network.profile import Costs
from eitgeo.roads.network.surrogate import SurrogateNetwork
from eitgeo.study.roads import Roads

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

MIN_PIECE_M = 5.0
"""A shorter stretch in a commune is a border drawn along the road, not a visit."""
_NOWHERE = -1


def add_road_minutes(
    borders: pd.DataFrame, network: SurrogateNetwork, roads: Roads
) -> pd.DataFrame:
    """Add to each border the truck minutes from seat to seat across it.

    ``network``: the surrogate network; a border whose edge was dropped has no road.
    Returns: table ``contiguity``: ``road_minutes`` [min], NaN where no road crosses.
    """
    crossing = network.edges[network.edges["class"].isin(["route", "crete"])]
    ends_minutes = 2 * (roads.street_minutes + roads.truck.terminal_minutes)
    minutes = pd.DataFrame(
        {
            "code_a": crossing["u"],
            "code_b": crossing["v"],
            "road_minutes": crossing["truck_time_s"] / 60 + ends_minutes,
        }
    )
    return borders.merge(minutes, on=["code_a", "code_b"], how="left", validate="1:1")


def add_crossing_minutes(
    borders: pd.DataFrame,
    crossings: pd.DataFrame,
    *,
    seats: pd.DataFrame,
    network: Network,
    costs: Costs,
    limits: Limits,
) -> pd.DataFrame:
    """Add to each border that a road crosses the truck minutes from seat to seat.

    ``seats``: ``place_id`` (INSEE code), ``x``, ``y`` [m, EPSG:2154]. Returns: table
    ``contiguity``: ``road_minutes`` is half the fastest round trip, by whatever way
    [min]; NaN where no road crosses the border, or a seat is not reached both ways
    within the limits.
    """
    pairs = ["code_a", "code_b"]
    crossed = borders[pairs].merge(crossings[pairs], on=pairs, validate="1:1")
    minutes = _round_trips(crossed, seats, (network, costs), limits) / 2
    timed = crossed.assign(road_minutes=minutes)
    return borders.merge(timed, on=pairs, how="left", validate="1:1")


def _round_trips(
    pairs: pd.DataFrame,
    seats: pd.DataFrame,
    road: tuple[Network, Costs],
    limits: Limits,
) -> np.ndarray:
    """Minutes there and back of each pair of seats, NaN where one is not reached."""
    network, costs = road
    used = seats[seats["place_id"].isin([*pairs["code_a"], *pairs["code_b"]])]
    if used.empty:
        return np.full(len(pairs), np.nan)
    placed = snap(
        network,
        costs,
        x=used["x"].to_numpy(dtype=float),
        y=used["y"].to_numpy(dtype=float),
        max_snap_m=limits.max_snap_m,
    )
    places_used = pd.Index(used["place_id"])
    there = np.column_stack(
        [
            places_used.get_indexer(pairs["code_a"]),
            places_used.get_indexer(pairs["code_b"]),
        ]
    )
    both = np.concatenate([there, there[:, ::-1]])
    driven_s = trip_times(
        network, costs, origins=placed.ends, destinations=placed.ends, pairs=both
    )
    minutes = (driven_s + limits.ends_s(placed.snap_m[both].sum(axis=1))) / 60
    minutes[minutes > limits.max_minutes] = np.nan
    return np.asarray(minutes.reshape(2, -1).sum(axis=0))


def border_crossings(
    graph: RoadGraph, communes: gpd.GeoDataFrame, *, usable: Flags
) -> pd.DataFrame:
    """Find the pairs of communes that a road leads from one into the other.

    ``communes``: ``code_insee`` and polygons, EPSG:2154. Returns: ``code_a`` <
    ``code_b``, sorted, and ``n_roads``: how many edges cross, or meet on the border;
    pairs need not share a border (a road may pass through a corner).

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
    pieces = pd.DataFrame(
        {
            "edge": np.concatenate([edge[whole], of]),
            "commune": np.concatenate([whole_commune, commune[partly][owner]]),
            "start_m": np.concatenate([np.zeros(len(whole)), np.fmin(*ends_m)]),
            "stop_m": np.concatenate(
                [shapely.length(lines[edge[whole]]), np.fmax(*ends_m)]
            ),
        }
    )
    total_m = shapely.length(lines[pieces["edge"]])
    # A road shorter than the least piece lies somewhere all the same.
    least_m = np.minimum(MIN_PIECE_M, 0.5 * total_m)
    long_enough = pieces[(pieces["stop_m"] - pieces["start_m"]).ge(least_m)]
    return long_enough.sort_values(
        ["edge", "start_m", "stop_m", "commune"], ignore_index=True
    )


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
    is_first = first["start_m"].le(MIN_PIECE_M)
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
                    first["commune"].where(is_first, _NOWHERE),
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

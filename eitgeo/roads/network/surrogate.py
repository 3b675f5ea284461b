"""The surrogate road network: seats of communes joined along their borders.

It stands in for a real road extract and every output that depends on it says
« réseau de substitution ». A road climbs over a ridge in hairpins, high ridges are not
crossed unless a valley would be cut off, and motorway junctions are joined by fast
edges.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree

from eitgeo.check import Faults
from eitgeo.errors import StudyError
from eitgeo.roads.network.tags import LIMITS
from eitgeo.study.roads import RoadProfile, Roads

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
    Heights = Callable[[Floats, Floats], Floats]

_FLAT = 1e-3
"""Weight of an open edge in the spanning tree [m]: below any ridge."""


def _no_ridge() -> pd.DataFrame:
    return pd.DataFrame({"u": [], "v": [], "ridge_m": []})


@dataclass(frozen=True)
class SurrogateNetwork:
    """Nodes and directed-symmetric edges of the surrogate network.

    ``nodes``: table ``road_nodes``: one node a commune seat, EPSG:2154. ``edges``:
    table ``road_edges``: one row for both directions; ascent is from u to v.
    ``dropped``: borders that only a ridge joins: ``u``, ``v``, ``ridge_m``.
    """

    nodes: pd.DataFrame
    edges: pd.DataFrame
    dropped: pd.DataFrame = field(default_factory=_no_ridge)


@dataclass(frozen=True)
class Links:
    """What joins the seats, before lengths and times.

    ``nodes``, ``dropped``: as in :class:`SurrogateNetwork`. ``edges``: ``u``, ``v``,
    ``class`` and the profile of the straight line.
    """

    nodes: pd.DataFrame
    edges: pd.DataFrame
    dropped: pd.DataFrame


def build_surrogate(
    communes: pd.DataFrame,
    borders: pd.DataFrame,
    *,
    heights: Heights,
    motorway_exits: pd.DataFrame,
    roads: Roads,
) -> SurrogateNetwork:
    """Join the seats of neighbouring communes.

    ``communes``: ``code_insee``, ``seat_x``, ``seat_y`` (EPSG:2154) and ``altitude_m``.
    ``heights``: gives the altitude [m] at x, y. ``motorway_exits``: ``motorway``,
    ``rank``, ``code_insee``: junctions, joined in rank order. Returns: edges of class
    ``route``, ``crete`` (a ridge kept because the valley has no other way out),
    ``autoroute`` (between junctions, which are nodes of their own) and ``bretelle``
    (from a seat to its junction). Refused when a junction lies in an unknown commune.

    Notes
    -----
    ``length = straight × (tortuosity_flat + tortuosity_per_relief × relief)
    + ridge_detour × ridge``, on a motorway ``straight × tortuosity_motorway``;
    ``time = length ÷ speed × (1 + slow_per_relief × relief)``. What a trip has at its
    two ends is counted with the trip (:func:`eitgeo.roads.matrix.od_matrix.od_matrix`).
    """
    links = surrogate_links(
        communes, borders, heights=heights, motorway_exits=motorway_exits, roads=roads
    )
    return weigh_links(links, roads)


def surrogate_links(
    communes: pd.DataFrame,
    borders: pd.DataFrame,
    *,
    heights: Heights,
    motorway_exits: pd.DataFrame,
    roads: Roads,
) -> Links:
    """Draw the links of :func:`build_surrogate`, which takes the same."""
    nodes = communes.sort_values("code_insee", kind="stable").reset_index(drop=True)
    place = nodes.set_index("code_insee")[["seat_x", "seat_y"]]
    along = _profiled(borders[["code_a", "code_b"]], place, heights, roads)
    along["class"] = _road_classes(along, roads.ridge_m)
    exits = _junctions(motorway_exits, place)
    stops = exits[["seat_x", "seat_y"]]
    fast = _profiled(_following(exits), stops, heights, roads)
    fast["class"] = "autoroute"
    ramps = _ramps(exits, roads.junction_m)
    closed = along["class"] == "fermee"
    return Links(
        nodes=_node_table(nodes, exits),
        edges=pd.concat([along[~closed], fast, ramps], ignore_index=True),
        dropped=along.loc[closed, ["u", "v", "ridge_m"]].reset_index(drop=True),
    )


def weigh_links(links: Links, roads: Roads) -> SurrogateNetwork:
    """Give the links their lengths and times."""
    return SurrogateNetwork(
        nodes=links.nodes,
        edges=_edge_table(links.edges, roads),
        dropped=links.dropped,
    )


def _profiled(
    pairs: pd.DataFrame, place: pd.DataFrame, heights: Heights, roads: Roads
) -> pd.DataFrame:
    u, v = pairs.iloc[:, 0].to_numpy(), pairs.iloc[:, 1].to_numpy()
    here, there = place.loc[u].to_numpy(), place.loc[v].to_numpy()
    ends = np.hstack([here, there])
    profile = line_profiles(ends, heights=heights, step_m=roads.profile_step_m)
    return profile.assign(u=u, v=v)


def _road_classes(along: pd.DataFrame, ridge_m: float) -> np.ndarray:
    """Open edges, closed ridges, and the lowest ridges that keep it in one piece."""
    codes = pd.Index(np.union1d(along["u"].to_numpy(), along["v"].to_numpy()))
    is_open = (along["ridge_m"] <= ridge_m).to_numpy()
    weight = np.where(is_open, _FLAT, along["ridge_m"])
    i, j = codes.get_indexer(along["u"]), codes.get_indexer(along["v"])
    graph = coo_array((weight, (i, j)), shape=(len(codes), len(codes)))
    tree = minimum_spanning_tree(graph.tocsr()).tocoo()
    in_tree = set(zip(tree.row.tolist(), tree.col.tolist(), strict=True))
    needed = np.array(
        [pair in in_tree for pair in zip(i.tolist(), j.tolist(), strict=True)],
        dtype=bool,
    )
    return np.where(is_open, "route", np.where(needed, "crete", "fermee"))


def _junctions(exits: pd.DataFrame, place: pd.DataFrame) -> pd.DataFrame:
    """Give each junction a node of its own, drawn at the seat of its commune."""
    faults = Faults("échangeurs autoroutiers")
    for code in sorted(set(exits["code_insee"]) - set(place.index)):
        faults.add(f"commune inconnue « {code} »", remedy="corriger le code INSEE")
    faults.raise_if_any(StudyError)
    ordered = exits.sort_values(["motorway", "rank"])
    # Not `map`: of no junction it makes a column of numbers.
    number = ordered["rank"].astype(int).astype("str").str.zfill(3)
    named = ordered.assign(node_id=ordered["motorway"] + "-" + number)
    return named.join(place, on="code_insee").set_index("node_id", drop=False)


def _following(junctions: pd.DataFrame) -> pd.DataFrame:
    """Pairs of junctions that follow one another on a motorway."""
    motorway = junctions["motorway"]
    follows = motorway.eq(motorway.shift(-1))
    ends = {
        "u": junctions.loc[follows, "node_id"].to_numpy(),
        "v": junctions["node_id"].shift(-1)[follows].to_numpy(),
    }
    return pd.DataFrame(ends)


def _ramps(junctions: pd.DataFrame, access_m: float) -> pd.DataFrame:
    """Flat links between a junction and the seat of its commune."""
    return pd.DataFrame(
        {
            "u": junctions["code_insee"].to_numpy(),
            "v": junctions["node_id"].to_numpy(),
            "straight_m": access_m,
            "ascent_m": 0.0,
            "descent_m": 0.0,
            "ridge_m": 0.0,
            "relief": 0.0,
            "class": "bretelle",
        }
    )


def _node_table(nodes: pd.DataFrame, junctions: pd.DataFrame) -> pd.DataFrame:
    names = {
        "code_insee": "node_id",
        "seat_x": "x",
        "seat_y": "y",
        "altitude_m": "z",
    }
    seats = nodes[list(names)].rename(columns=names)
    stops = junctions[["node_id", "code_insee"]].rename(columns={"node_id": "stop"})
    stop_nodes = stops.merge(seats, left_on="code_insee", right_on="node_id")
    stop_nodes = stop_nodes.assign(node_id=stop_nodes["stop"])[
        ["node_id", "x", "y", "z"]
    ]
    return pd.concat([seats, stop_nodes], ignore_index=True)


def _edge_table(edges: pd.DataFrame, roads: Roads) -> pd.DataFrame:
    is_fast = (edges["class"] == "autoroute").to_numpy()
    is_ramp = (edges["class"] == "bretelle").to_numpy()
    winding = roads.tortuosity_flat + roads.tortuosity_per_relief * edges["relief"]
    length_m = edges["straight_m"] * winding.mask(is_fast, roads.tortuosity_motorway)
    length_m += roads.ridge_detour * edges["ridge_m"].mask(is_fast, 0.0)
    table = edges[["u", "v", "ascent_m", "descent_m", "class"]].copy()
    table["length_m"] = length_m
    for name, profile in (("truck", roads.truck), ("car", roads.car)):
        pace_kmh = _speed_kmh(edges["relief"].to_numpy(), is_fast, profile)
        driven_s = length_m / (pace_kmh / 3.6)
        table[f"{name}_time_s"] = driven_s.mask(is_ramp, 60 * roads.junction_minutes)
    table = table.sort_values(["u", "v", "class"], ignore_index=True)
    table[list(LIMITS)] = np.nan
    table["hgv"] = ""
    table["edge_id"] = table["u"] + "-" + table["v"] + "-" + table["class"]
    return table


def _speed_kmh(
    relief: np.ndarray, is_fast: np.ndarray, profile: RoadProfile
) -> np.ndarray:
    slowed = profile.road_kmh / (1 + profile.slow_per_relief * relief)
    return np.where(is_fast, profile.motorway_kmh, slowed)


def line_profiles(
    ends: Floats, *, heights: Heights, step_m: float = 500.0
) -> pd.DataFrame:
    """Measure length, climb, descent and ridge along straight lines.

    Examples
    --------
    >>> def hill(x, y):
    ...     return np.where(np.abs(x - 500.0) < 1.0, 100.0, 0.0)
    >>> line = line_profiles(np.array([[0.0, 0, 1000, 0]]), heights=hill, step_m=500)
    >>> line.loc[0].to_dict() # doctest: +NORMALIZE_WHITESPACE
    {'straight_m': 1000.0, 'ascent_m': 100.0, 'descent_m': 100.0, 'ridge_m': 100.0,
     'relief': 0.2}
    """
    straight_m = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1])
    n_steps = max(1, int(np.ceil(straight_m.max(initial=0.0) / step_m)))
    # One grid for all lines: each line gets at least its own number of samples.
    share = np.linspace(0.0, 1.0, n_steps + 1)
    own_steps = np.maximum(1, np.ceil(straight_m / step_m)).astype(int)
    share_of = np.minimum(share * n_steps / own_steps[:, None], 1.0)
    x = ends[:, [0]] + share_of * (ends[:, [2]] - ends[:, [0]])
    y = ends[:, [1]] + share_of * (ends[:, [3]] - ends[:, [1]])
    z = _without_voids(heights(x.ravel(), y.ravel()).reshape(x.shape))
    rise = np.diff(z, axis=1)
    ascent_m = np.clip(rise, 0, None).sum(axis=1)
    descent_m = np.clip(-rise, 0, None).sum(axis=1)
    ridge_m = z.max(axis=1) - np.maximum(z[:, 0], z[:, -1])
    relief = np.divide(
        ascent_m + descent_m,
        straight_m,
        out=np.zeros_like(straight_m),
        where=straight_m > 0,
    )
    return pd.DataFrame(
        {
            "straight_m": straight_m,
            "ascent_m": ascent_m,
            "descent_m": descent_m,
            "ridge_m": ridge_m,
            "relief": relief,
        }
    )


def _without_voids(z: Floats) -> Floats:
    filled = pd.DataFrame(z.T).ffill().bfill().fillna(0.0)
    return filled.to_numpy().T

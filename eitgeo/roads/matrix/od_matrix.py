"""Time, length and climb between places, on the same path, with a status."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from eitgeo.check import Faults
from eitgeo.errors import StudyError
from eitgeo.roads.network.surrogate import SurrogateNetwork
from eitgeo.study.roads import RoadProfile, Roads
from eitgeo.tables.columns import OD_REACHED

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

_NO_NODE = -9999
"""scipy's mark for « no predecessor »."""

_ATTRIBUTES = ("length_m", "ascent_m", "descent_m")


class _Graph(NamedTuple):
    """Directed graph of one profile in compressed sparse form."""

    codes: pd.Index
    time_s: csr_array
    edge: csr_array
    attributes: dict[str, Floats]


def commune_places(communes: gpd.GeoDataFrame) -> pd.DataFrame:
    """Make places of the seats of communes.

    ``communes``: ``code_insee``, ``seat_x``, ``seat_y`` and polygons, EPSG:2154.
    Returns: ``place_id`` (the INSEE code), ``place_kind``, ``node_id``, ``x``, ``y``,
    ``snap_m`` = 0, and ``inner_m``: the radius of half the disc of the same area, the
    distance taken inside the commune [m].

    Notes
    -----
    ``inner_m = ½ √(area ÷ π)``: activities lie nearer to the seat than a uniform
    spread would have it (mean distance to the centre of a disc: ⅔ of its radius).
    """
    ordered = communes.sort_values("code_insee", kind="stable")
    return pd.DataFrame(
        {
            "place_id": ordered["code_insee"].to_numpy(),
            "place_kind": "commune",
            "node_id": ordered["code_insee"].to_numpy(),
            "x": ordered["seat_x"].to_numpy(),
            "y": ordered["seat_y"].to_numpy(),
            "snap_m": 0.0,
            "inner_m": 0.5 * np.sqrt(ordered.geometry.area.to_numpy() / np.pi),
        }
    )


def outlet_places(
    outlets: gpd.GeoDataFrame, communes: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Make places of the outlets, reached through the seat of their commune.

    ``outlets``: table ``outlets``, EPSG:2154. ``communes``: table ``communes``.
    Returns: columns of :func:`commune_places`; ``snap_m`` is the straight line from the
    seat to the outlet [m], ``inner_m`` the inner distance of its commune. Refused when
    an outlet lies in a commune that is not at hand.
    """
    seats = commune_places(communes).set_index("place_id")
    faults = Faults("exutoires")
    for row in outlets[~outlets["code_insee"].isin(seats.index)].itertuples():
        fault = f"« {row.outlet_id} » : commune {row.code_insee} hors des données"
        faults.add(fault, remedy="corriger le code ou étendre les communes")
    faults.raise_if_any(StudyError)
    seat = seats.loc[outlets["code_insee"]]
    x, y = outlets.geometry.x.to_numpy(), outlets.geometry.y.to_numpy()
    return pd.DataFrame(
        {
            "place_id": outlets["outlet_id"].to_numpy(),
            "place_kind": "outlet",
            "node_id": outlets["code_insee"].to_numpy(),
            "x": x,
            "y": y,
            "snap_m": np.hypot(x - seat["x"].to_numpy(), y - seat["y"].to_numpy()),
            "inner_m": seat["inner_m"].to_numpy(),
        }
    )


def od_matrix(
    network: SurrogateNetwork,
    *,
    origins: pd.DataFrame,
    destinations: pd.DataFrame,
    profile: str,
    roads: Roads,
    closure_id: str = "",
) -> pd.DataFrame:
    """Compute every pair: time, length and climb of the fastest path.

    ``origins``, ``destinations``: places, as :func:`commune_places` gives them.
    ``profile``: ``truck`` or ``car``. ``roads``: limits, and what a trip has at its two
    ends. ``closure_id``: names the closure in force; empty when the network is whole.
    Returns: table ``od_matrix``. Time [s], length and climb [m] are NaN unless the
    status is ``ok`` or ``same_place``; access legs and terminal times are counted;
    ``unknown_m`` is the whole length by truck, 0 by car. Two places on one node, or one
    place with itself, are apart by the inner distance of the commune, never 0. Refused
    when a place stands on no node of the network.

    Notes
    -----
    Dijkstra of scipy on time; length and climb are summed along its predecessors,
    so the four figures belong to one path. Cost O(origins × edges log nodes).
    """
    graph = _graph(network, profile)
    _require_nodes(graph.codes, pd.concat([origins, destinations]))
    o_node = graph.codes.get_indexer(pd.Index(origins["node_id"]))
    d_node = graph.codes.get_indexer(pd.Index(destinations["node_id"]))
    sources, row_of = np.unique(o_node, return_inverse=True)
    time_s, previous = dijkstra(graph.time_s, indices=sources, return_predecessors=True)
    sums = _path_sums(graph, sources, previous.astype(np.int64))
    cell = np.ix_(row_of, d_node)
    table = _frame(origins, destinations)
    table["time_s"] = time_s[cell].ravel()
    for name in _ATTRIBUTES:
        table[name] = sums[name][cell].ravel()
    table = _with_access(table, roads, getattr(roads, profile))
    table["status"] = _statuses(table, roads)
    reached = table["status"].isin(OD_REACHED)
    for name in ("time_s", *_ATTRIBUTES):
        table[name] = np.where(reached, table[name], np.nan)
    # No limit is known on the surrogate: it matters to trucks all the way.
    share = 1.0 if profile == "truck" else 0.0
    table["unknown_m"] = share * table["length_m"]
    table["profile"] = profile
    table["closure_id"] = closure_id
    return table.drop(columns=["same_node", "inner_m"])


def _require_nodes(nodes: pd.Index, places: pd.DataFrame) -> None:
    faults = Faults("lieux")
    lost = places.loc[~places["node_id"].isin(nodes), "place_id"]
    for name in sorted(set(lost)):
        fault = f"« {name} » n'est sur aucun nœud du réseau"
        faults.add(fault, remedy="recalculer le réseau avec les mêmes communes")
    faults.raise_if_any(StudyError)


def _graph(network: SurrogateNetwork, profile: str) -> _Graph:
    codes = pd.Index(network.nodes["node_id"])
    edges = network.edges
    i, j = codes.get_indexer(edges["u"]), codes.get_indexer(edges["v"])
    both = pd.DataFrame(
        {
            "row": np.concatenate([i, j]),
            "column": np.concatenate([j, i]),
            "edge": np.tile(np.arange(1, len(edges) + 1), 2),
            "time_s": np.tile(edges[f"{profile}_time_s"].to_numpy(), 2),
            "length_m": np.tile(edges["length_m"].to_numpy(), 2),
            "ascent_m": np.concatenate([edges["ascent_m"], edges["descent_m"]]),
            "descent_m": np.concatenate([edges["descent_m"], edges["ascent_m"]]),
        }
    )
    # Two edges between the same nodes (road beside motorway): the faster one.
    both = both.sort_values(["row", "column", "time_s", "edge"])
    both = both.drop_duplicates(["row", "column"]).reset_index(drop=True)
    cells = (both["row"], both["column"])
    shape = (len(codes), len(codes))
    return _Graph(
        codes=codes,
        time_s=csr_array((both["time_s"], cells), shape=shape),
        edge=csr_array((np.arange(1, len(both) + 1), cells), shape=shape),
        attributes={
            name: np.concatenate([[0.0], both[name].to_numpy()]) for name in _ATTRIBUTES
        },
    )


def _path_sums(graph: _Graph, sources: Ints, previous: Ints) -> dict[str, Floats]:
    """Sum edge attributes along predecessors, by pointer doubling."""
    n_nodes = previous.shape[1]
    own = np.arange(n_nodes)
    reached = previous != _NO_NODE
    parent = np.where(reached, previous, own)
    edge = np.zeros_like(parent)
    rows, columns = np.nonzero(reached)
    if len(rows):
        edge[rows, columns] = graph.edge[previous[rows, columns], columns]
    sums = {name: values[edge] for name, values in graph.attributes.items()}
    line = np.arange(len(sources))[:, None]
    while not np.array_equal(parent[line, parent], parent):
        for name, total in sums.items():
            sums[name] = total + total[line, parent]
        parent = parent[line, parent]
    return sums


def _frame(origins: pd.DataFrame, destinations: pd.DataFrame) -> pd.DataFrame:
    shape = (len(origins), len(destinations))
    row, column = (rank.ravel() for rank in np.indices(shape))
    x, y, snap_m, inner_m = (
        (origins[name].to_numpy()[row], destinations[name].to_numpy()[column])
        for name in ("x", "y", "snap_m", "inner_m")
    )
    ends = [*origins["node_id"], *destinations["node_id"]]
    node, _ = pd.factorize(pd.Series(ends, dtype="str"))
    return pd.DataFrame(
        {
            "origin_id": origins["place_id"].array.take(row),
            "destination_id": destinations["place_id"].array.take(column),
            "place_kind": origins["place_kind"].array.take(row)
            + "-"
            + destinations["place_kind"].array.take(column),
            "straight_m": np.hypot(x[0] - x[1], y[0] - y[1]),
            "snap_origin_m": snap_m[0],
            "snap_destination_m": snap_m[1],
            "same_node": node[row] == node[shape[0] + column],
            "inner_m": np.maximum(*inner_m),
        }
    )


def _with_access(
    table: pd.DataFrame, roads: Roads, profile: RoadProfile
) -> pd.DataFrame:
    legs_m = table["snap_origin_m"] + table["snap_destination_m"]
    inside_m = table["inner_m"].where(table["same_node"], 0.0)
    access_m = roads.tortuosity_flat * np.maximum(legs_m, inside_m)
    ends_s = access_m / (profile.access_kmh / 3.6) + 2 * 60 * profile.terminal_minutes
    streets = 2.0 * ~table["same_node"]
    return table.assign(
        length_m=table["length_m"] + access_m + streets * roads.street_m,
        time_s=table["time_s"] + ends_s + streets * 60 * roads.street_minutes,
    )


def _statuses(table: pd.DataFrame, roads: Roads) -> np.ndarray:
    too_far = table[["snap_origin_m", "snap_destination_m"]].max(axis=1)
    return np.select(
        [
            too_far > roads.max_snap_m,
            table["origin_id"] == table["destination_id"],
            np.isinf(table["time_s"]),
            table["time_s"] > 60 * roads.max_minutes,
        ],
        ["snap_too_far", "same_place", "other_component", "beyond_limit"],
        default="ok",
    )

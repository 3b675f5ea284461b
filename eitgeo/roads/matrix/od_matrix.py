"""The table of times, lengths and climbs between places, checked as it is made.

Every matrix is held against Dijkstra (scipy) on a few origins drawn by a seed, and
its lengths against the straight line; what differs most is listed.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from eitgeo.check import Faults
from eitgeo.errors import EitgeoError, StudyError
from eitgeo.roads.matrix.router import (
    Found,
    Snapped,
    geodesic_m,
    many_to_many,
    pair_geodesic_m,
    snap,
)
from eitgeo.roads.matrix.topology import (
    TIME_FACTOR,
    Ends,
    Layout,
    Network,
    _least,
    lay_out,
)
from eitgeo.roads.network.closures import without
from eitgeo.roads.network.profile import DECISECONDS, Costs
from eitgeo.roads.network.surrogate import SurrogateNetwork
from eitgeo.store import write
from eitgeo.study.roads import RoadProfile, Roads
from eitgeo.tables.columns import OD_REACHED, OD_STATUSES
from eitgeo.tables.files import put_rows, write_table
from eitgeo.tables.schema import validate
from eitgeo.words import french_number

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]
type Flags = npt.NDArray[np.bool_]

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

    ``outlets``: table ``outlets``, EPSG:2154. Returns: columns of
    :func:`commune_places`; ``snap_m`` is the straight line from the seat to the outlet
    [m], ``inner_m`` the inner distance of its commune. Refused when an outlet lies in a
    commune that is not at hand.
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


MIN_STRAIGHT_M = 1_000.0
"""Shorter pairs say more of the last metres than of the network."""

LIKELY_DETOUR = (1.0, 3.0)
"""Length ÷ straight line: a pair outside is listed."""

_QUANTILES = {"p05": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}


def require_agreement(
    network: Network,
    costs: Costs,
    found: Found,
    *,
    places: tuple[Ends, Ends],
    rng: np.random.Generator,
    n_origins: int = 3,
) -> int:
    """Hold a matrix against Dijkstra on a few of its origins.

    Notes
    -----
    The reference shares the places and the whole-number costs with the engine,
    neither its hierarchy nor its searches. One search of the network an end.
    """
    known = np.flatnonzero(places[0].edge >= 0)
    rows = np.sort(rng.choice(known, min(n_origins, len(known)), replace=False))
    if not len(rows):
        return 0
    layout = lay_out(network.topology, costs, *places)
    expected = _reference(layout, rows)
    cost = TIME_FACTOR * found.sums["time_ds"] + found.sums["length_m"]
    ours = np.where(found.reached, cost, np.inf)[rows]
    wrong = np.argwhere(ours != expected)
    if len(wrong):
        row, column = (int(value) for value in wrong[0])
        message = (
            f"matrice des distances : {len(wrong)} paires sur {ours.size} contredisent "
            f"Dijkstra (origine {rows[row]}, destination {column} : coût "
            f"{ours[row, column]:.0f} au lieu de {expected[row, column]:.0f})\n"
            "  → ne pas utiliser ces distances ; signaler le réseau qui les donne"
        )
        raise EitgeoError(message)
    return int(ours.size)


def _reference(layout: Layout, rows: Ints) -> Floats:
    """Cost of the best path from some origins, infinite where there is none."""
    arcs, starts = (
        TIME_FACTOR * sums("time_ds") + sums("length_m")
        for sums in (layout.arc_sums, layout.start_sums.__getitem__)
    )
    # An origin is a node of its own, from which its starts leave: one search each.
    n = layout.n_states + layout.n_places
    leaving = layout.start_states[rows]
    mine, end = np.nonzero(leaving >= 0)
    graph = _least(
        np.concatenate([layout.tail, n + mine]),
        np.concatenate([layout.head, leaving[mine, end]]),
        np.concatenate([arcs, starts[rows][mine, end]]),
        n + len(rows),
    )
    best = dijkstra(graph, indices=n + np.arange(len(rows)))[:, layout.n_states : n]
    row, column, sums = layout.straight()
    along = TIME_FACTOR * sums["time_ds"] + sums["length_m"]
    at = np.searchsorted(rows, row)
    mine = rows[np.minimum(at, len(rows) - 1)] == row
    np.minimum.at(best, (at[mine], column[mine]), along[mine])
    return best


def detour_index(pairs: pd.DataFrame) -> pd.Series[float]:
    """Divide the length on the road by the straight line.

    ``pairs``: table ``od_matrix``: ``length_m``, ``straight_m``, ``status``. Returns:
    ``detour_index``, on the index of the pairs; NaN where the status is not ``ok`` or
    the straight line is under 1 km.

    Examples
    --------
    >>> detour_index(pd.DataFrame(
    ...     {"length_m": [3e3, 9e2], "straight_m": [2e3, 5e2], "status": "ok"}
    ... )).tolist()
    [1.5, nan]
    """
    sound = pairs["status"].eq("ok") & (pairs["straight_m"] >= MIN_STRAIGHT_M)
    index = pairs["length_m"] / pairs["straight_m"].where(sound)
    return index.rename("detour_index")


def straight_check(pairs: pd.DataFrame) -> tuple[dict[str, object], pd.DataFrame]:
    """Hold the lengths of a matrix against the straight line.

    ``pairs``: table ``od_matrix`` of one profile and one closure. Returns: a row of
    ``road_checks``, and the rows of ``road_outliers``, worst first, without a line.
    """
    ratio = detour_index(pairs).dropna()
    low, high = LIKELY_DETOUR
    off = ratio[~ratio.between(low, high)]
    far = pairs.loc[off.index]
    summary: dict[str, object] = {"check": "détour", "pairs": len(ratio)}
    summary |= {name: float(ratio.quantile(q)) for name, q in _QUANTILES.items()}
    listed = far[["origin_id", "destination_id"]].assign(
        check="détour",
        ours=far["length_m"],
        theirs=far["straight_m"],
        ratio=off,
        reason="détour",
        _off=np.abs(np.log(off)),
    )
    worst = listed.sort_values(
        ["_off", "origin_id", "destination_id"], ascending=[False, True, True]
    )
    return summary | {"outliers": len(far)}, worst.drop(columns="_off")


_SAMPLE_SEED = 20261125
_RANK = {status: rank for rank, status in enumerate(OD_STATUSES)}
_NOWHERE_M = 1.0
"""Shorter trips, straight line included, are inside one place."""
_SURELY_APART_M = 10.0
"""Further apart on the map, no two places are one on the ellipsoid."""


@dataclass(frozen=True)
class Limits:
    """What bounds a trip, and the legs between a place and its road.

    ``max_snap_m``: furthest road that a place is set on [m]. ``max_minutes``: longest
    trip that counts [min]. ``access_kmh``: speed on the legs between a place and its
    road [km/h]. ``terminal_minutes``: time at each end of a trip, before the road and
    after it [min].
    """

    max_snap_m: float
    max_minutes: float
    access_kmh: float
    terminal_minutes: float = 0.0

    def ends_s(self, access_m: Any) -> Any:
        """Seconds at both ends of a trip, whose two legs are so long together."""
        return access_m / (self.access_kmh / 3.6) + 2 * 60 * self.terminal_minutes


@dataclass(frozen=True)
class Trips:
    """Every pair of some places, origins by destinations.

    ``figures``: ``length_m``, ``ascent_m``, ``descent_m``, ``unknown_m`` and
    ``time_s``; NaN unless the status is ``ok`` or ``same_place``. ``ends``: origins and
    destinations on their roads. ``status``: rank in ``OD_STATUSES``.
    """

    figures: dict[str, Floats] = field(repr=False)
    ends: tuple[Snapped, Snapped] = field(repr=False)
    status: npt.NDArray[np.int8] = field(repr=False)

    def statuses(self) -> Any:
        """Write the statuses, pair by pair, as a column of text."""
        return pd.array(OD_STATUSES, dtype="str").take(self.status.ravel())


def network_matrix(
    network: Network,
    costs: Costs,
    *,
    origins: pd.DataFrame,
    destinations: pd.DataFrame,
    limits: Limits,
    labels: tuple[str, str] = ("truck", ""),
    closed: Ints | None = None,
) -> pd.DataFrame:
    """Compute every pair of places: time, length, climb and status.

    ``origins``, ``destinations``: ``place_id``, ``place_kind``, ``x``, ``y`` [m,
    EPSG:2154] and ``inner_m``, the distance taken inside a place [m]. ``closed``: edges
    that are closed. Places keep the road that they stand on when all are open; one
    whose road is closed is ``forbidden_to_profile``. Returns: table ``od_matrix``, with
    ``unknown_m``: metres of the path where a limit of height or weight is not known.
    Figures are NaN unless the status is ``ok`` or ``same_place``; access legs are
    counted in time and length, terminal times in time. Refused when a few origins,
    drawn by a seed, contradict Dijkstra.
    """
    computed = trips(
        network,
        costs,
        origins=origins,
        destinations=destinations,
        limits=limits,
        closed=closed,
    )
    return matrix_table(computed, origins, destinations, labels=labels)


def matrix_table(
    found: Trips,
    origins: pd.DataFrame,
    destinations: pd.DataFrame,
    *,
    labels: tuple[str, str] = ("truck", ""),
) -> pd.DataFrame:
    """Write the pairs of some places as a table (:func:`network_matrix`)."""
    row, column = np.indices(found.status.shape).reshape(2, -1)
    straight_m = geodesic_m(_xy(origins), _xy(destinations))
    table = pd.DataFrame(
        {
            "origin_id": origins["place_id"].array.take(row),
            "destination_id": destinations["place_id"].array.take(column),
            "place_kind": _kinds(origins, destinations, row, column),
            "straight_m": straight_m.ravel(),
            "snap_origin_m": found.ends[0].snap_m[row],
            "snap_destination_m": found.ends[1].snap_m[column],
        }
    )
    for name, values in found.figures.items():
        table[name] = values.ravel()
    table["status"] = found.statuses()
    table["profile"], table["closure_id"] = labels
    return table


def _xy(places: pd.DataFrame) -> tuple[Floats, Floats]:
    return places["x"].to_numpy(dtype=float), places["y"].to_numpy(dtype=float)


def _kinds(
    origins: pd.DataFrame, destinations: pd.DataFrame, row: Ints, column: Ints
) -> Any:
    """Write the kind of each pair: few words, each made once."""
    left, starts = pd.factorize(origins["place_kind"])
    right, stops = pd.factorize(destinations["place_kind"])
    words = [f"{start}-{stop}" for start in starts for stop in stops]
    return pd.array(words, dtype="str").take(left[row] * len(stops) + right[column])


def trips(
    network: Network,
    costs: Costs,
    *,
    origins: pd.DataFrame,
    destinations: pd.DataFrame,
    limits: Limits,
    closed: Ints | None = None,
    ends: tuple[Snapped, Snapped] | None = None,
) -> Trips:
    """Compute every pair of places, as arrays (:func:`network_matrix`).

    Where the same places were set on their roads before, `ends` are these.
    """
    from_road, to_road = ends or (
        _set_down(network, costs, origins, limits, end="origin"),
        _set_down(network, costs, destinations, limits, end="destination"),
    )
    if closed is not None:
        costs = without(costs, closed)
        from_road, to_road = (_shut(side, costs) for side in (from_road, to_road))
    best = many_to_many(
        network, costs, origins=from_road.ends, destinations=to_road.ends
    )
    require_agreement(
        network,
        costs,
        best,
        places=(from_road.ends, to_road.ends),
        rng=np.random.default_rng(_SAMPLE_SEED),
    )
    reached = best.reached
    figures = {name: values.astype(float) for name, values in best.sums.items()}
    figures["time_s"] = figures.pop("time_ds") / DECISECONDS
    inside = _inside(origins, destinations, figures["length_m"])
    access_m = from_road.snap_m[:, None] + to_road.snap_m[None, :]
    at = np.nonzero(inside)
    inner_m = np.maximum(
        origins["inner_m"].to_numpy()[at[0]], destinations["inner_m"].to_numpy()[at[1]]
    )
    access_m[at] = np.maximum(access_m[at], inner_m)
    figures["length_m"] += access_m
    figures["time_s"] += limits.ends_s(access_m)
    is_long = figures["time_s"] > 60 * limits.max_minutes
    status = _pair_statuses((from_road, to_road), inside, reached, is_long)
    unknown = ~np.isin(status, [_RANK[one] for one in OD_REACHED])
    for values in figures.values():
        values[unknown] = np.nan
    return Trips(figures, (from_road, to_road), status)


def _set_down(
    network: Network,
    costs: Costs,
    places: pd.DataFrame,
    limits: Limits,
    *,
    end: Literal["origin", "destination"],
) -> Snapped:
    return snap(
        network,
        costs,
        x=places["x"].to_numpy(dtype=float),
        y=places["y"].to_numpy(dtype=float),
        max_snap_m=limits.max_snap_m,
        end=end,
    )


def _shut(side: Snapped, costs: Costs) -> Snapped:
    """Take off the network the places whose road is closed."""
    edge = side.ends.edge
    open_edge = costs.usable.reshape(-1, 2).any(axis=1)
    lost = (edge >= 0) & ~open_edge[edge]
    return Snapped(
        ends=Ends(np.where(lost, -1, edge), side.ends.fraction),
        snap_m=np.where(lost, np.nan, side.snap_m),
        status=np.where(lost, "forbidden_to_profile", side.status),
    )


def _inside(
    origins: pd.DataFrame, destinations: pd.DataFrame, length_m: Floats
) -> Flags:
    """Mark trips inside a place: from it to itself, or of no length at all."""
    rank, _ = pd.factorize(
        pd.concat([origins["place_id"], destinations["place_id"]], ignore_index=True)
    )
    inside: Flags = rank[: len(origins), None] == rank[None, len(origins) :]
    (x, y), (to_x, to_y) = _xy(origins), _xy(destinations)
    start, stop = np.nonzero(~inside & (length_m < _NOWHERE_M))
    is_near = np.hypot(x[start] - to_x[stop], y[start] - to_y[stop]) < _SURELY_APART_M
    start, stop = start[is_near], stop[is_near]
    straight_m = pair_geodesic_m((x[start], y[start]), (to_x[stop], to_y[stop]))
    inside[start, stop] = length_m[start, stop] + straight_m < _NOWHERE_M
    return inside


def _pair_statuses(
    ends: tuple[Snapped, Snapped], inside: Flags, reached: Flags, is_long: Flags
) -> npt.NDArray[np.int8]:
    """Say what became of each pair: the first reason counts."""
    start, stop = (
        np.array([_RANK[one] for one in side.status], dtype=np.int8) for side in ends
    )
    status = np.where(is_long, _RANK["beyond_limit"], _RANK["ok"]).astype(np.int8)
    status[~reached] = _RANK["other_component"]
    status[inside] = _RANK["same_place"]
    status[:, stop != _RANK["ok"]] = stop[stop != _RANK["ok"]]
    lost = start != _RANK["ok"]
    status[lost] = start[lost, None]
    return status


BYTES_PER_PAIR = 600
"""Memory that a pair takes at the peak: 434 measured while a vehicle is computed
(2.2 million pairs), 147 a row that is kept, more while both are put together."""

TABLE = "od_matrix"
_progress = logging.getLogger("eitgeo.progress")


@dataclass(frozen=True)
class Part:
    """Pairs of one vehicle.

    ``profile``: ``truck`` or ``car``. ``compute``: from some of the origins, and the
    destinations, to rows of ``od_matrix``.
    """

    profile: str
    origins: pd.DataFrame = field(repr=False)
    destinations: pd.DataFrame = field(repr=False)
    compute: Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame] = field(repr=False)

    @property
    def n_pairs(self) -> int:
        """How many pairs there are.

        Returns: origins × destinations.
        """
        return len(self.origins) * len(self.destinations)


def announced_gb(parts: Sequence[Part]) -> float:
    """Bound the memory that the whole table takes while it is computed.

    Returns: rows × columns × bytes [GB].
    """
    return sum(part.n_pairs for part in parts) * BYTES_PER_PAIR / 1e9


def write_matrix(
    folder: Path, parts: Sequence[Part], *, max_gb: float, cache: Path, key: str
) -> Counter[str]:
    """Compute the pairs and write ``od_matrix``.

    ``folder``: ``data/processed`` of the study. ``max_gb``: above this announced size,
    blocks of origins are computed and written one after the other, then put together
    row group by row group [GB]. ``cache``: folder of the blocks, made if needed and
    emptied at the end. ``key``: digest of all that the pairs depend on: a run that was
    cut takes up the blocks that bear the same one. Returns: pairs by status.
    """
    # In the order of the key: rows are then neither sorted nor searched for repeats.
    parts = sorted(parts, key=lambda one: one.profile)
    told_gb = french_number(announced_gb(parts), decimals=1)
    if announced_gb(parts) <= max_gb:
        _progress.info("distances : %s Go", told_gb)
        tables = [part.compute(part.origins, part.destinations) for part in parts]
        table = pd.concat(tables, ignore_index=True)
        write_table(folder, table, table=TABLE)
        return pairs_by_status(table)
    blocks = _blocks(parts, max_gb)
    files = []
    for rank, (part, origins) in enumerate(blocks, start=1):
        _progress.info("distances : %s Go, bloc %d sur %d", told_gb, rank, len(blocks))
        path = cache / f"{key[:32]}-{rank:05d}.parquet"
        if not _is_whole(path):
            _write_block(path, part.compute(origins, part.destinations))
        files.append(path)
    _gather(folder / f"{TABLE}.parquet", files)
    statuses = Counter[str]()
    for file in files:
        statuses += pairs_by_status(pd.read_parquet(file, columns=["status"]))
    for path in sorted(cache.glob("*.parquet")):
        path.unlink()
    return statuses


def _blocks(parts: Sequence[Part], max_gb: float) -> list[tuple[Part, pd.DataFrame]]:
    """Cut origins so that a block keeps within the limit, in the order of the key."""
    blocks = []
    for part in parts:
        row_gb = len(part.destinations) * BYTES_PER_PAIR / 1e9
        n_rows = max(1, int(max_gb / row_gb)) if row_gb else 1
        origins = part.origins.sort_values("place_id", kind="stable")
        blocks += [
            (part, origins.iloc[start : start + n_rows])
            for start in range(0, len(origins), n_rows)
        ]
    return blocks


def _is_whole(path: Path) -> bool:
    """Say whether a block was written to its end."""
    try:
        return path.is_file() and pq.read_metadata(path).num_rows >= 0
    except (OSError, pa.ArrowException):
        return False


def _write_block(path: Path, rows: pd.DataFrame) -> None:
    tidy = validate(rows, table=TABLE)
    write(path, lambda partial: put_rows(tidy, partial))


def _gather(final: Path, files: Sequence[Path]) -> None:
    def writer(partial: Path) -> None:
        schema = pq.read_schema(files[0])
        with pq.ParquetWriter(partial, schema, compression="zstd") as out:
            for file in files:
                out.write_table(pq.read_table(file, schema=schema))

    write(final, writer)


def pairs_by_status(table: pd.DataFrame) -> Counter[str]:
    """Count the pairs of a matrix that a way joins, and those that none does."""
    counts = table["status"].value_counts()
    return Counter({str(status): int(n) for status, n in counts.items()})

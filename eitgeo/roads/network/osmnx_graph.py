"""A road graph from the one that osmnx makes, and back.

osmnx tells each direction of a road by an edge of its own; here an edge has two
directions. Both make the same trips: lengths are kept as they are given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely.ops

from eitgeo.check import WORKING_EPSG
from eitgeo.crs import mover, to_degrees
from eitgeo.errors import CrsError, SourceError
from eitgeo.roads.network.graph import BARRIER, NO_ROAD, RoadGraph, covered_ground
from eitgeo.roads.network.tags import (
    CLOSED,
    DESTINATION,
    LIMITS,
    OPEN,
    VEHICLES,
    access,
    stated,
    way_attributes,
)
from eitgeo.sources.ground.osm_roads import HIGHWAYS, WAY_TAGS

if TYPE_CHECKING:
    import networkx as nx

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

_WAYS = ("forward", "backward")
_USES = {CLOSED: "no", OPEN: "yes", DESTINATION: "destination"}
_ACCESS_KEYS = {key for keys in VEHICLES.values() for key in keys}
_CLASSES = (*HIGHWAYS, BARRIER)
"""From the largest roads to the smallest."""
_DOMAIN = (-1_000_000.0, 5_000_000.0, 3_000_000.0, 9_000_000.0)
"""West, south, east, north that Lambert-93 may draw: France and around [m]."""
_LONGEST_M = 1_000_000.0
_MAX_WAY_ID = 2.0**53
_SAME_M = 0.01
"""Two directions of one road have the same length, to the centimetre."""


def graph_from_osmnx(graph: nx.MultiDiGraph[Any]) -> RoadGraph:
    """Build the road graph of a graph of osmnx.

    ``graph``: as osmnx makes it, simplified and consolidated or not, in any CRS that
    ``graph.graph["crs"]`` tells. ``length`` [m] is kept. Restrictions of trucks are
    known as far as ``osmnx.settings.useful_tags_way`` held their tags (``hgv``,
    ``maxweight``, ``maxheight`` …) when the graph was made. Returns: every edge that a
    truck or a car may use. No turn is forbidden and no barrier is known: osmnx keeps
    neither. Where ``speed_kph`` is told (``osmnx.add_edge_speeds``), a car drives it
    and nothing is added. Refused when the graph tells no CRS. Refused when no edge may
    be driven, a place is none or out of the domain of Lambert-93, a length is none or
    absurd, a geometry is no line.

    Notes
    -----
    Where simplification joined stretches that say several things, the tightest
    counts: the least speed and limit, the most barred access, the smallest class.
    """
    if graph.graph.get("crs") is None:
        message = "the graph tells no CRS: set graph.graph['crs']"
        raise CrsError(message)
    nodes = _nodes(graph)
    arcs = _arcs(graph, nodes.index)
    known = arcs["highway"].isin(_CLASSES).to_numpy()
    arcs = arcs[known].reset_index(drop=True)
    if arcs.empty:
        raise SourceError(NO_ROAD)
    x, y = nodes["x"].to_numpy(float), nodes["y"].to_numpy(float)
    lines = _lines(arcs, (x, y), graph.graph["crs"])
    tags = arcs[list(WAY_TAGS)]
    edges, first = _edges(arcs, way_attributes(tags))
    open_somewhere = (edges[_senses()] != CLOSED).any(axis=1).to_numpy()
    if not open_somewhere.any():
        raise SourceError(NO_ROAD)
    x, y = mover(graph.graph["crs"], WORKING_EPSG).transform(x, y)
    _require_places((np.asarray(x), np.asarray(y)), lines, nodes.index)
    return _without_loops(
        edges[open_somewhere].reset_index(drop=True),
        lines[first[open_somewhere]],
        (np.asarray(x), np.asarray(y)),
        counts={"voies sans usage permis": int((~open_somewhere).sum())},
        signs=stated(tags) | {"interdictions de tourner": 0, "barrières": 0},
    )


def named_ways(graph: nx.MultiDiGraph[Any]) -> dict[int, tuple[str, str]]:
    """Return the number and the name of each way of a graph of osmnx, by its ``osmid``.

    Of an edge of several ways, each bears what the edge says.
    """
    ways: dict[int, tuple[str, str]] = {}
    for _, _, data in graph.edges(data=True):
        way_ids = data.get("osmid", 0)
        for way_id in way_ids if isinstance(way_ids, list) else [way_ids]:
            if str(way_id).isdigit():
                said = (_said(data.get("ref")), _said(data.get("name")))
                ways[int(way_id)] = max(ways.get(int(way_id), ("", "")), said)
    return ways


def _said(value: Any) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    texts = value if isinstance(value, list) else [value]
    return ";".join(sorted({str(one) for one in texts}))


def _senses() -> list[str]:
    return [f"{vehicle}_{way}" for vehicle in VEHICLES for way in _WAYS]


def _nodes(graph: nx.MultiDiGraph[Any]) -> pd.DataFrame:
    """List the nodes in a fixed order, whatever that of the graph."""
    names = sorted(graph.nodes, key=lambda name: (str(type(name)), name))
    lost = [name for name in names if not {"x", "y"} <= set(graph.nodes[name])]
    if lost:
        message = f"graph: node {lost[0]!r} has no x and y"
        raise SourceError(message)
    places = [(graph.nodes[name]["x"], graph.nodes[name]["y"]) for name in names]
    return pd.DataFrame(places, columns=["x", "y"], index=pd.Index(names))


def _require_places(
    place: tuple[Floats, Floats], lines: npt.NDArray[np.object_], names: pd.Index
) -> None:
    """Refuse what is nowhere, or far from where Lambert-93 measures."""
    west, south, east, north = _DOMAIN

    def inside(x: Floats, y: Floats) -> Flags:
        return np.asarray((x >= west) & (x <= east) & (y >= south) & (y <= north))

    if lost := names[~np.isfinite(place).all(axis=0)].tolist():
        message = f"graph: node {lost[0]!r} is nowhere"
        raise SourceError(message)
    if lost := names[~inside(*place)].tolist():
        message = f"graph: node {lost[0]!r} lies outside metropolitan France"
        raise CrsError(message)
    is_drawn_line = shapely.get_type_id(lines) == shapely.GeometryType.LINESTRING
    is_line = is_drawn_line.all() and not shapely.is_empty(lines).any()
    if not (is_line and inside(*shapely.get_coordinates(lines).T).all()):
        message = "graph: a geometry is no line, or out of France and around"
        raise SourceError(message)


def _arcs(graph: nx.MultiDiGraph[Any], nodes: pd.Index) -> pd.DataFrame:
    """List the directed edges, their tags as texts, by the ranks of their nodes."""
    rows = []
    for u, v, key, data in graph.edges(keys=True, data=True):
        tags = {name: _tightest(name, data.get(name)) for name in WAY_TAGS}
        way_ids = data.get("osmid", 0)
        ids = sorted(way_ids) if isinstance(way_ids, list) else [way_ids]
        rows.append(
            tags
            | {
                "u": u,
                "v": v,
                "key": key,
                "ids": ";".join(map(str, ids)),
                "length_m": _length_m(data, (u, v)),
                "kmh_mean": float(data.get("speed_kph", np.nan)),
                "is_reversed": data.get("reversed") in (True, [True]),
                "line": data.get("geometry"),
            }
        )
    columns = [*WAY_TAGS, "u", "v", "key", "ids", "length_m", "kmh_mean"]
    table = pd.DataFrame(rows, columns=[*columns, "is_reversed", "line"])
    for end in ("u", "v"):
        table[end] = nodes.get_indexer(pd.Index(table[end]))
    table = table.sort_values(["u", "v", "key"], ignore_index=True)
    # osmnx has resolved directions: an edge leads one way, whatever the way said.
    return table.assign(oneway="no", junction="")


def _length_m(data: dict[str, Any], ends: tuple[Any, Any]) -> float:
    if data.get("length") is None:
        message = (
            f"graph: edge {ends} has no length: call osmnx.distance.add_edge_lengths"
        )
        raise SourceError(message)
    length_m = float(data["length"])
    if not 0 <= length_m <= _LONGEST_M:
        message = f"graph: edge {ends} has a length of {length_m:g} m"
        raise SourceError(message)
    return length_m


def _tightest(name: str, value: Any) -> str:
    """Give the text of a tag; of several, what binds most."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    texts = sorted({str(one) for one in value} if isinstance(value, list) else {value})
    texts = [str(text) for text in texts]
    if name == "highway":
        ranks = {text: rank for rank, text in enumerate(_CLASSES)}
        return max(texts, key=lambda text: (ranks.get(text, -1), text))
    if name in _ACCESS_KEYS and len(texts) > 1:
        openness = {CLOSED: 0, DESTINATION: 1, OPEN: 2}
        return min(texts, key=lambda text: (openness[access(text)], text))
    if name in {"bridge", "tunnel", "toll"} and "yes" in texts:
        return "yes"
    return ";".join(texts) if name.startswith("max") else texts[0]


def _lines(
    arcs: pd.DataFrame, place: tuple[Floats, Floats], crs: Any
) -> npt.NDArray[np.object_]:
    """Draw the edges in EPSG:2154; one without a geometry runs straight."""
    ends = arcs[["u", "v"]].to_numpy()
    points = np.stack([place[0][ends], place[1][ends]], axis=-1)
    arc_lines = np.asarray(shapely.linestrings(points), dtype=object)
    has_line = arcs["line"].notna().to_numpy()
    arc_lines[has_line] = arcs["line"].to_numpy(object)[has_line]
    arc_lines = shapely.force_2d(arc_lines)
    to_metres = mover(crs, WORKING_EPSG)
    return np.asarray(
        shapely.transform(
            arc_lines, lambda xy: np.column_stack(to_metres.transform(*xy.T))
        ),
        dtype=object,
    )


def _edges(arcs: pd.DataFrame, attributes: pd.DataFrame) -> tuple[pd.DataFrame, Ints]:
    """Pair the two directions of each road; one without the other is one-way."""
    attributes["kmh_mean"] = arcs["kmh_mean"].to_numpy()
    attributes = _as_driven(attributes, arcs["is_reversed"].to_numpy())
    first, back = _pairs(arcs, attributes)
    edges = attributes.iloc[first].reset_index(drop=True)
    has_back = back >= 0
    other = attributes.iloc[np.where(has_back, back, first)]
    for vehicle in VEHICLES:
        use = other[f"{vehicle}_forward"].to_numpy()
        edges[f"{vehicle}_backward"] = np.where(has_back, use, CLOSED).astype(np.int8)
    edges["kmh_backward"] = other["kmh_forward"].to_numpy()
    way_id = arcs["ids"].str.split(";").str[0]
    edges.insert(0, "u", arcs["u"].to_numpy()[first])
    edges.insert(1, "v", arcs["v"].to_numpy()[first])
    edges.insert(2, "length_m", arcs["length_m"].to_numpy()[first])
    numeric_id = pd.to_numeric(way_id, errors="coerce").astype(float)
    numbers = numeric_id.where(numeric_id.abs() < _MAX_WAY_ID, 0).astype("int64")
    edges.insert(3, "way_id", numbers.to_numpy()[first])
    return edges, first


def _as_driven(attributes: pd.DataFrame, is_reversed: Flags) -> pd.DataFrame:
    """Let « forward » be the sense of each edge, not that of its way."""
    driven = attributes.copy()
    for stem in ("kmh", *VEHICLES):
        one, other = f"{stem}_forward", f"{stem}_backward"
        driven[one] = np.where(is_reversed, attributes[other], attributes[one])
        driven[other] = np.where(is_reversed, attributes[one], attributes[other])
    return driven


def _pairs(arcs: pd.DataFrame, attributes: pd.DataFrame) -> tuple[Ints, Ints]:
    """Return the first edge of each road, and the one that leads back (−1: none)."""
    alike = ["class", "kmh_hgv", "kmh_mean", *LIMITS, "bridge", "tunnel", "toll"]
    what = attributes[alike].assign(
        ids=arcs["ids"].to_numpy(),
        metres=np.rint(arcs["length_m"].to_numpy() / _SAME_M),
    )
    label = what.groupby(list(what.columns), dropna=False, sort=False).ngroup()
    u, v = arcs["u"].to_numpy(), arcs["v"].to_numpy()
    waiting: dict[tuple[int, int, int], list[int]] = {}
    first: list[int] = []
    back: list[int] = []
    rows = zip(u.tolist(), v.tolist(), label.tolist(), strict=True)
    for row, (tail, head, name) in enumerate(rows):
        led_back = waiting.get((head, tail, name))
        if led_back:
            back[led_back.pop(0)] = row
            continue
        waiting.setdefault((tail, head, name), []).append(len(first))
        first.append(row)
        back.append(-1)
    return np.array(first, dtype=np.int64), np.array(back, dtype=np.int64)


def _without_loops(
    edges: pd.DataFrame,
    lines: npt.NDArray[np.object_],
    place: tuple[Floats, Floats],
    *,
    counts: dict[str, int],
    signs: dict[str, int],
) -> RoadGraph:
    """Cut each loop at its middle, so that no edge leads to itself."""
    loops = np.flatnonzero((edges["u"] == edges["v"]).to_numpy())
    middle = len(place[0]) + np.arange(len(loops))
    halves = [
        shapely.ops.substring(lines[row], *span, normalized=True)
        for span in ((0, 0.5), (0.5, 1))
        for row in loops
    ]
    whole = edges.copy()
    whole.loc[loops, "length_m"] /= 2
    second = whole.iloc[loops].assign(u=middle)
    whole.loc[loops, "v"] = middle
    pieces = lines.copy()
    pieces[loops] = halves[: len(loops)]
    edges = pd.concat([whole, second], ignore_index=True)
    pieces = np.concatenate([pieces, np.array(halves[len(loops) :], dtype=object)])
    mid = shapely.get_coordinates(
        [shapely.get_point(line, 0) for line in halves[len(loops) :]]
    )
    x, y = (np.concatenate([axis, mid[:, k]]) for k, axis in enumerate(place))
    used, rank = np.unique(edges[["u", "v"]].to_numpy(), return_inverse=True)
    edges[["u", "v"]] = rank.reshape(-1, 2)
    return RoadGraph(
        x=x[used],
        y=y[used],
        edges=edges,
        lines=pieces,
        forbidden=dict.fromkeys(VEHICLES, ()),
        ground=covered_ground(*shapely.get_coordinates(pieces).T),
        counts=counts,
        signs=signs,
    )


def graph_to_osmnx(graph: RoadGraph) -> nx.MultiDiGraph[Any]:
    """Give the graph that osmnx would make of the same roads.

    Returns: EPSG:4326; one edge a direction that a truck or a car may use, with
    ``osmid``, ``highway``, ``oneway``, ``reversed``, ``length`` [m] and ``geometry``,
    ``maxspeed`` [km/h], ``motorcar``, ``hgv``, ``maxweight`` [t], ``maxheight``,
    ``maxwidth`` and ``maxlength`` [m] where they are known. Forbidden turns have no
    place in it.
    """
    to_lon_lat = to_degrees()
    lon, lat = to_lon_lat.transform(graph.x, graph.y)
    # Half a second to import: who takes roads from elsewhere does without it.
    import networkx as nx  # noqa: PLC0415

    osmnx_graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph(crs="EPSG:4326")
    for node, (x, y) in enumerate(zip(lon.tolist(), lat.tolist(), strict=True)):
        osmnx_graph.add_node(node, x=x, y=y)
    lines = shapely.transform(
        graph.lines, lambda xy: np.column_stack(to_lon_lat.transform(*xy.T))
    )
    for row, line in zip(graph.edges.to_dict("records"), lines, strict=True):
        _add_directions(osmnx_graph, row, line)
    return osmnx_graph


def _add_directions(
    found: nx.MultiDiGraph[Any], row: dict[Any, Any], line: shapely.Geometry
) -> None:
    driven = [
        way
        for way in _WAYS
        if any(row[f"{vehicle}_{way}"] != CLOSED for vehicle in VEHICLES)
    ]
    shared = {"osmid": int(row["way_id"]), "highway": row["class"]}
    shared |= {"oneway": len(driven) == 1, "length": float(row["length_m"])}
    shared |= {name: "yes" for name in ("bridge", "tunnel", "toll") if row[name]}
    for kind in LIMITS:
        if not np.isnan(row[kind]):
            name = kind.replace("max_", "max").rpartition("_")[0]
            shared[name] = "none" if np.isinf(row[kind]) else f"{row[kind]:g}"
    if not np.isnan(row["kmh_hgv"]):
        shared["maxspeed:hgv"] = f"{row['kmh_hgv']:g}"
    if not np.isnan(row["kmh_mean"]):
        shared["speed_kph"] = float(row["kmh_mean"])
    for way in driven:
        is_back = way == "backward"
        tags = {"hgv": _USES[row[f"truck_{way}"]]}
        tags["motorcar"] = _USES[row[f"car_{way}"]]
        kmh = row[f"kmh_{way}"]
        if not np.isnan(kmh):
            tags["maxspeed"] = "none" if np.isinf(kmh) else f"{kmh:g}"
        ends = (row["v"], row["u"]) if is_back else (row["u"], row["v"])
        geometry = shapely.reverse(line) if is_back else line
        found.add_edge(*ends, geometry=geometry, reversed=is_back, **shared, **tags)

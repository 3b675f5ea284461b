"""One function a contender: what it takes to fill the same table of pairs.

Each reads what :func:`prepare` wrote, in a process of its own, and returns seconds
of wall clock and of processor, and whether it agrees with eitgeo.
"""

from __future__ import annotations

import pickle
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.engines import open_osrm
from benchmarks.roads_generate import CAR, graphs, planar_graph
from eitgeo.roads.matrix.layout import Ends
from eitgeo.roads.matrix.ready import prepare_network
from eitgeo.roads.matrix.router import fastest_times, many_to_many
from eitgeo.roads.matrix.snap import reachable
from eitgeo.roads.network.closures import without
from eitgeo.roads.network.profile import edge_costs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from eitgeo.roads.matrix.ready import Network
    from eitgeo.roads.network.profile import Costs

    Ints = np.ndarray

FACTOR = 8192
"""A tenth of a second weighs 8.192 km: the impedance of eitgeo."""

BLOCK = 100
SAMPLE = {"igraph": 200, "networkx": 20}
OSMNX_PAIRS = 20
MILLION_PAIRS = (200, 200)

Row = dict[str, Any]


def timed(work: Callable[[], Any], *, repeats: int = 1) -> tuple[Any, Row]:
    """Return what work returns, and the best of its seconds."""
    best = {"wall_s": np.inf, "cpu_s": np.inf}
    for _ in range(repeats):
        clock, cpu = time.perf_counter(), time.process_time()
        answer = work()
        best["wall_s"] = min(best["wall_s"], time.perf_counter() - clock)
        best["cpu_s"] = min(best["cpu_s"], time.process_time() - cpu)
    return answer, best


def prepare(folder: Path, extract: Path, n_places: int) -> list[Row]:
    """Write, for the large and the simplified graph, arcs and the places drawn."""
    rows = []
    for size, graph in graphs(extract).items():
        network = prepare_network(graph, "car", cache=folder)
        costs = edge_costs(graph, CAR)
        nodes, edge, share = _places(network, costs, n_places)
        topology = network.topology
        kept = costs.usable[topology.arc]
        assert len(topology.node) == len(graph.x)
        to_degrees = pyproj.Transformer.from_crs(2154, 4326, always_xy=True)
        lon, lat = to_degrees.transform(graph.x[nodes], graph.y[nodes])
        np.savez(
            folder / f"{size}.npz",
            tail=topology.tail[kept],
            head=topology.head[kept],
            time_ds=costs.time_ds[topology.arc[kept]],
            length_m=costs.length_m[topology.arc[kept]],
            x=graph.x,
            y=graph.y,
            lonlat=np.column_stack([lon, lat]),
            nodes=nodes,
            edge=edge,
            share=share,
        )
        (folder / f"{size}.pickle").write_bytes(pickle.dumps(graph))
        rows.append({"name": size, "nodes": len(graph.x), "arcs": int(kept.sum())})
    return rows


def _places(
    network: Network, costs: Costs, n_places: int
) -> tuple[Ints, Ints, np.ndarray]:
    """Draw ends of two-way edges: the origins, then the destinations."""
    rng = np.random.default_rng(1)
    both = costs.usable.reshape(-1, 2).all(axis=1) & reachable(network, costs).both
    rows = np.flatnonzero(both)
    ends = network.graph.edges[["u", "v"]].to_numpy()[rows]
    nodes, first = np.unique(ends.ravel(), return_index=True)
    drawn = rng.choice(len(nodes), 2 * n_places, replace=len(nodes) < 2 * n_places)
    return nodes[drawn], rows[first[drawn] // 2], (first[drawn] % 2).astype(float)


def eitgeo(folder: Path, _: Path, size: str) -> list[Row]:
    """Order, then fill tables of times, of times and lengths, of all; close a road."""
    graph = pickle.loads((folder / f"{size}.pickle").read_bytes())  # noqa: S301 - ours
    network, ready = timed(lambda: prepare_network(graph, "car", cache=folder / size))
    _, built = timed(lambda: network.hierarchy)
    costs = edge_costs(graph, CAR)
    with np.load(folder / f"{size}.npz") as kept:
        edge, share = np.split(kept["edge"], 2), np.split(kept["share"], 2)
    pairs = {
        "origins": Ends(edge[0], share[0]),
        "destinations": Ends(edge[1], share[1]),
    }
    times, alone = timed(lambda: fastest_times(network, costs, **pairs), repeats=3)
    found, same = timed(
        lambda: many_to_many(network, costs, **pairs, measures=()), repeats=3
    )
    hilly = _with_hills(costs)
    whole, every = timed(lambda: many_to_many(network, hilly, **pairs))
    shut = without(costs, _busiest(found.sums["time_ds"], edge[1]))
    closed, again = timed(
        lambda: many_to_many(network, shut, **pairs, measures=()), repeats=3
    )
    np.save(folder / f"{size}-times.npy", times)
    impedance = FACTOR * found.sums["time_ds"] + found.sums["length_m"]
    np.save(folder / f"{size}-impedance.npy", impedance)
    moved = int((closed.sums["time_ds"] != found.sums["time_ds"]).sum())
    return [
        {"name": "eitgeo: order, once", **ready},
        {"name": "eitgeo: hierarchy, once a session", **built},
        {"name": "eitgeo: time", **alone},
        {"name": "eitgeo: time + length", "note": f"{found.requeried} tied", **same},
        {
            "name": "eitgeo: all five sums, on hills made up",
            "note": f"{whole.requeried} tied, asked again one by one",
            **every,
        },
        {
            "name": "eitgeo: a road closed, time + length",
            "note": f"{moved} pairs moved",
            **again,
        },
    ]


def _with_hills(costs: Costs) -> Costs:
    """Draw climbs of up to a tenth of each length, and say that no limit is known."""
    rng = np.random.default_rng(3)
    up, down = rng.integers(0, costs.length_m // 10 + 1, (2, len(costs.length_m)))
    return replace(costs, ascent_m=up, descent_m=down, unknown_m=costs.length_m)


def _busiest(times: Ints, edges: Ints) -> list[int]:
    """Return the edge of the destination that is nearest to all."""
    return [int(edges[np.argmin(times.sum(axis=0))])]


def _arcs(folder: Path, size: str) -> dict[str, np.ndarray]:
    with np.load(folder / f"{size}.npz") as kept:
        found = {name: kept[name] for name in kept.files}
    found["origins"], found["destinations"] = np.split(found.pop("nodes"), 2)
    return found


def _agree(folder: Path, size: str, table: Any, *, what: str = "times") -> str:
    """Say how many pairs of the first origins are the same, and how far others are."""
    ours = np.load(folder / f"{size}-{what}.npy")[: len(table)]
    theirs = np.rint(np.where(np.isfinite(table), table, -1))
    same = ours == theirs
    told = f"{same.sum()} of {same.size} pairs the same"
    if same.all():
        return told
    return f"{told}, others {np.abs(theirs - ours).max():.0f} apart at most"


def _sparse(arcs: dict[str, np.ndarray], weight: Ints) -> csr_array:
    """Keep the lightest of parallel arcs; a zero stays an arc."""
    order = np.lexsort((weight, arcs["head"], arcs["tail"]))
    tail, head = arcs["tail"][order], arcs["head"][order]
    first = np.r_[True, (np.diff(tail) != 0) | (np.diff(head) != 0)]
    at = (tail[first], head[first])
    n = len(arcs["x"])
    return csr_array((weight[order][first].astype(float), at), shape=(n, n))


def scipy(folder: Path, _: Path, size: str) -> list[Row]:
    """Dijkstra of scipy, all origins, some at a time so that memory stays small."""
    arcs = _arcs(folder, size)

    def fill(weight: Ints, n_origins: int) -> Any:
        graph = _sparse(arcs, weight)
        origins = arcs["origins"][:n_origins]
        table = np.empty((n_origins, len(arcs["destinations"])))
        for start in range(0, n_origins, BLOCK):
            rows = slice(start, start + BLOCK)
            far = dijkstra(graph, indices=origins[rows])
            table[rows] = far[:, arcs["destinations"]]
        return table

    table, row = timed(lambda: fill(arcs["time_ds"], len(arcs["origins"])))
    impedance = FACTOR * arcs["time_ds"] + arcs["length_m"]
    both, _ = timed(lambda: fill(impedance, BLOCK))
    note = _agree(folder, size, table)
    note += f"; time + length: {_agree(folder, size, both, what='impedance')}"
    return [{"name": "scipy: time", "note": note, **row}]


def igraph(folder: Path, _: Path, size: str) -> list[Row]:
    """Dijkstra of igraph, on some origins."""
    import igraph as ig  # noqa: PLC0415 - an option

    arcs = _arcs(folder, size)
    ends = np.column_stack([arcs["tail"], arcs["head"]])
    graph = ig.Graph(n=len(arcs["x"]), edges=ends, directed=True)
    weights = arcs["time_ds"].tolist()
    origins = arcs["origins"][: SAMPLE["igraph"]].tolist()
    targets, back = np.unique(arcs["destinations"], return_inverse=True)
    table, row = timed(
        lambda: np.array(
            graph.distances(origins, targets.tolist(), weights=weights, mode="out")
        )[:, back]
    )
    note = f"from {len(origins)} origins; {_agree(folder, size, table)}"
    whole = _extrapolated(row, len(origins), arcs)
    return [{"name": "igraph: time", "note": note, **whole}]


def networkx(folder: Path, _: Path, size: str) -> list[Row]:
    """Dijkstra of networkx on the graph that osmnx makes, on some origins."""
    import networkx as nx  # noqa: PLC0415 - an option
    import osmnx as ox  # noqa: PLC0415 - an option

    arcs = _arcs(folder, size)
    graph = nx.MultiDiGraph(crs="epsg:2154")
    places = zip(arcs["x"].tolist(), arcs["y"].tolist(), strict=True)
    graph.add_nodes_from((node, {"x": x, "y": y}) for node, (x, y) in enumerate(places))
    names = ("tail", "head", "time_ds")
    listed = (arcs[name].tolist() for name in names)
    graph.add_edges_from(
        (u, v, {"time_ds": w}) for u, v, w in zip(*listed, strict=True)
    )
    origins = arcs["origins"][: SAMPLE["networkx"]].tolist()
    targets = arcs["destinations"].tolist()

    def fill() -> Any:
        table = np.full((len(origins), len(targets)), np.inf)
        for place, origin in enumerate(origins):
            far = nx.single_source_dijkstra_path_length(graph, origin, weight="time_ds")
            table[place] = [far.get(node, np.inf) for node in targets]
        return table

    table, row = timed(fill)
    asked = [np.resize(nodes, OSMNX_PAIRS).tolist() for nodes in (origins, targets)]
    _, one = timed(lambda: ox.shortest_path(graph, *asked, weight="time_ds", cpus=1))
    per_pair = len(arcs["origins"]) * len(targets) / OSMNX_PAIRS
    one = {name: value * per_pair for name, value in one.items()}
    note = f"from {len(origins)} origins; {_agree(folder, size, table)}"
    whole = _extrapolated(row, len(origins), arcs)
    told = f"from {OSMNX_PAIRS} pairs, one by one"
    return [
        {"name": "networkx: time", "note": note, **whole},
        {"name": "osmnx.shortest_path: time", "note": told, **one},
    ]


def _extrapolated(row: Row, n_done: int, arcs: dict[str, np.ndarray]) -> Row:
    """Carry seconds from some origins to all."""
    ratio = len(arcs["origins"]) / n_done
    return {key: value * ratio for key, value in row.items()}


def pandana(folder: Path, _: Path, size: str) -> list[Row]:
    """Contraction hierarchy of pandana, all pairs."""
    import pandana as pdna  # noqa: PLC0415 - an option
    import pandas as pd  # noqa: PLC0415

    arcs = _arcs(folder, size)
    x, y = pd.Series(arcs["x"]), pd.Series(arcs["y"])
    ends = pd.Series(arcs["tail"]), pd.Series(arcs["head"])
    weight = pd.DataFrame({"time_ds": arcs["time_ds"].astype(float)})
    network, built = timed(lambda: pdna.Network(x, y, *ends, weight, twoway=False))
    start = np.repeat(arcs["origins"], len(arcs["destinations"]))
    stop = np.tile(arcs["destinations"], len(arcs["origins"]))
    found, row = timed(lambda: network.shortest_path_lengths(start, stop))
    table = np.asarray(found).reshape(len(arcs["origins"]), -1)
    note = _agree(folder, size, table)
    return [
        {"name": "pandana: hierarchy", **built},
        {"name": "pandana: time", "note": note, **row},
    ]


def osrm(folder: Path, extract: Path, size: str) -> list[Row]:
    """``table`` of OSRM from the same extract: its own profile, its own graph."""
    import osrm as engines  # noqa: PLC0415 - an option

    lonlat = _arcs(folder, size)["lonlat"]
    engine, built = timed(lambda: open_osrm(extract, folder=folder / f"osrm-{size}"))
    n = len(lonlat) // 2
    rows = [{"name": "OSRM: extract and contract", **built}]
    for told, wanted in (
        ("time", ["duration"]),
        ("time + length", ["duration", "distance"]),
    ):
        asked = engines.TableParameters(
            coordinates=[tuple(place) for place in lonlat.tolist()],
            sources=list(range(n)),
            destinations=list(range(n, 2 * n)),
            annotations=wanted,
        )
        answer, alone = timed(lambda asked=asked: engine.Table(asked), repeats=2)
        names = [f"{name}s" for name in wanted]
        _, read = timed(
            lambda answer=answer, names=names: [_numbers(answer[key]) for key in names]
        )
        both = {key: alone[key] + read[key] for key in alone}
        rows += [
            {"name": f"OSRM: {told}, its own objects", **alone},
            {"name": f"OSRM: {told}", "note": "as arrays", **both},
        ]
    return rows


def _numbers(table: Any) -> np.ndarray:
    return np.array([list(row) for row in table], dtype=float)


def million_build(folder: Path) -> list[Row]:
    """Lay out, order and keep a network of a million nodes."""
    graph = planar_graph(folder / "planar.npz")
    network, ready = timed(lambda: prepare_network(graph, "car", cache=folder / "kept"))
    _, built = timed(lambda: network.hierarchy)
    return [
        {"name": "a million nodes: order, kept on disk", **ready},
        {"name": "a million nodes: hierarchy", **built},
    ]


def million_pairs(folder: Path) -> list[Row]:
    """Read the order from disk and fill 200 × 200 pairs; close a road and again."""
    graph = planar_graph(folder / "planar.npz")
    network, ready = timed(lambda: prepare_network(graph, "car", cache=folder / "kept"))
    _, built = timed(lambda: network.hierarchy)
    costs = edge_costs(graph, CAR)
    rng = np.random.default_rng(2)
    pairs = {
        name: Ends(rng.choice(len(graph.edges), n), rng.random(n))
        for name, n in zip(("origins", "destinations"), MILLION_PAIRS, strict=True)
    }
    times, alone = timed(lambda: fastest_times(network, costs, **pairs), repeats=3)
    found, same = timed(
        lambda: many_to_many(network, costs, **pairs, measures=()), repeats=3
    )
    note = _against_scipy(network, costs, pairs, times)
    shut = replace(costs, usable=costs.usable.copy())
    shut.usable[: len(shut.usable) // 1000] = False
    _, again = timed(lambda: many_to_many(network, shut, **pairs, measures=()))
    return [
        {"name": "a million nodes: order, from disk", **ready},
        {"name": "a million nodes: hierarchy", **built},
        {"name": "a million nodes: 200 × 200, time", "note": note, **alone},
        {
            "name": "a million nodes: 200 × 200, time + length",
            "note": f"{found.requeried} tied",
            **same,
        },
        {"name": "a million nodes: one edge in 1 000 closed", **again},
    ]


def _against_scipy(
    network: Network, costs: Costs, pairs: dict[str, Ends], times: Ints
) -> str:
    """Check the first origin against Dijkstra, from the nodes of its edge."""
    topology, edges = network.topology, network.graph.edges
    arcs = {"tail": topology.tail, "head": topology.head, "x": network.graph.x}
    graph = _sparse(arcs, costs.time_ds[topology.arc])
    edge, share = pairs["origins"].edge[0], pairs["origins"].fraction[0]
    whole = costs.time_ds[2 * edge]
    ends = edges[["u", "v"]].to_numpy()
    away = dijkstra(graph, indices=ends[edge])
    away += np.rint(whole * np.array([share, 1 - share]))[:, None]
    to, part = pairs["destinations"].edge, pairs["destinations"].fraction
    last = costs.time_ds[2 * to]
    far = away.min(axis=0)
    best = np.minimum(
        far[ends[to, 0]] + np.rint(last * part),
        far[ends[to, 1]] + np.rint(last * (1 - part)),
    )
    return f"{(best == times[0]).sum()} of {len(to)} pairs as scipy"

"""Road graphs to time: those of an extract, and a planar one made up by a seed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import Delaunay

from eitgeo.roads.network.graph import RoadGraph, build_graph
from eitgeo.roads.network.profile import Vehicle
from eitgeo.roads.network.tags import DESTINATION, LIMITS, OPEN
from eitgeo.sources.ground.osm_roads import read_osm_roads

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

SEED = 20261125
STEP_M = 100.0
LINKS_PER_NODE = 1.35
"""As on simplified roads: the average node joins 2.7 links."""

KMH = {
    "motorway": 110.0,
    "trunk": 90.0,
    "primary": 75.0,
    "secondary": 65.0,
    "tertiary": 50.0,
    "unclassified": 40.0,
}
OTHERS = ("residential", "living_street", "service", "road", "track")
CAR = Vehicle(
    "car",
    "car",
    weight_t=1.5,
    height_m=1.6,
    width_m=1.8,
    length_m=4.5,
    kmh=KMH
    | {f"{name}_link": kmh * 0.7 for name, kmh in KMH.items()}
    | dict.fromkeys(OTHERS, 25.0),
)


def graphs(extract: Path) -> dict[str, RoadGraph]:
    """Build the graph of an extract, and the same with a node at every bend.

    Turn restrictions are dropped and roads open to reach a place only are opened:
    the peers know neither.
    """
    graph = build_graph(read_osm_roads(extract))
    senses = ["car_forward", "car_backward"]
    opened = graph.edges[senses].replace(DESTINATION, OPEN)
    plain = replace(
        graph,
        edges=graph.edges.assign(**{name: opened[name] for name in senses}),
        forbidden={"car": (), "truck": ()},
    )
    return {"large": unsimplified(plain), "simplified": plain}


def unsimplified(graph: RoadGraph) -> RoadGraph:
    """Make an edge of each straight stretch."""
    points, line = shapely.get_coordinates(graph.lines, return_index=True)
    first = np.flatnonzero(np.r_[True, np.diff(line) != 0])
    last = np.r_[first[1:], len(line)] - 1
    node = np.full(len(line), -1)
    node[first], node[last] = graph.edges["u"], graph.edges["v"]
    bend = node < 0
    node[bend] = len(graph.x) + np.arange(bend.sum())
    start = np.flatnonzero(np.diff(line) == 0)
    row = line[start]
    step_m = np.hypot(*(points[start + 1] - points[start]).T)
    whole_m = np.bincount(row, step_m, minlength=len(graph.edges))
    share = np.divide(step_m, whole_m[row], out=np.ones(len(row)), where=step_m > 0)
    edges = graph.edges.iloc[row].reset_index(drop=True)
    return replace(
        graph,
        x=np.concatenate([graph.x, points[bend, 0]]),
        y=np.concatenate([graph.y, points[bend, 1]]),
        edges=edges.assign(
            u=node[start], v=node[start + 1], length_m=edges["length_m"] * share
        ),
        lines=shapely.linestrings(np.stack([points[start], points[start + 1]], 1)),
    )


def write_planar(path: Path, side: int) -> None:
    """Draw ``side × side`` nodes, near a grid, and links that do not cross.

    Links are some of those of a Delaunay triangulation: a spanning tree, then the
    shortest ones, give or take a half, until there are enough. A class of road is
    drawn for each.
    """
    rng = np.random.default_rng(SEED)
    row, column = np.indices((side, side)).reshape(2, -1)
    n = side * side
    xy = STEP_M * np.column_stack([column, row])
    xy = xy + rng.uniform(-0.45 * STEP_M, 0.45 * STEP_M, xy.shape)
    corners = Delaunay(xy).simplices
    pairs = np.sort(np.concatenate([corners[:, [0, 1]], corners[:, 1:]]), axis=1)
    pairs = np.concatenate([pairs, np.sort(corners[:, [0, 2]], axis=1)])
    key = np.unique(pairs[:, 0].astype(np.int64) * n + pairs[:, 1])
    u, v = key // n, key % n
    length_m = np.hypot(*(xy[u] - xy[v]).T)
    drawn_m = length_m * rng.uniform(0.5, 1.5, len(key))
    tree = minimum_spanning_tree(csr_array((drawn_m, (u, v)), shape=(n, n))).tocoo()
    kept = np.isin(key, tree.row.astype(np.int64) * n + tree.col)
    others = np.flatnonzero(~kept)
    n_more = int(LINKS_PER_NODE * n) - int(kept.sum())
    kept[others[np.argsort(drawn_m[others], kind="stable")[:n_more]]] = True
    kind = rng.choice(len(KMH), int(kept.sum()), p=[0.02, 0.03, 0.1, 0.15, 0.3, 0.4])
    np.savez(path, xy=xy, u=u[kept], v=v[kept], length_m=length_m[kept], kind=kind)


def planar_graph(path: Path) -> RoadGraph:
    """Read what :func:`write_planar` wrote as a road graph.

    Its links are straight and not drawn: no path needs a drawing, and a million
    shapely lines take 250 MB (measured).
    """
    with np.load(path) as kept:
        xy, u, v = kept["xy"] + np.array([4e5, 62e5]), kept["u"], kept["v"]
        length_m, kind = kept["length_m"], kept["kind"]
    names = pd.Categorical.from_codes(kind, categories=list(KMH))
    edges = pd.DataFrame(
        {"u": u.astype(np.int32), "v": v.astype(np.int32), "length_m": length_m}
        | {"class": names}
        | {f"kmh_{name}": np.float32(np.nan) for name in ("forward", "backward", "hgv")}
        | {name: np.float32(np.nan) for name in LIMITS}
        | {f"{name}_{sense}": np.int8(OPEN) for name, sense in _SENSES}
    )
    return RoadGraph(
        x=xy[:, 0].copy(),
        y=xy[:, 1].copy(),
        edges=edges,
        lines=np.full(len(u), None),
        forbidden={"car": (), "truck": ()},
        ground=shapely.box(-1e9, -1e9, 1e9, 1e9),
        counts={},
    )


_SENSES = [
    (name, sense) for name in ("car", "truck") for sense in ("forward", "backward")
]

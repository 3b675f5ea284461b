"""Roads taken out: found by name, number, identifier or drawing, and closed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from eitgeo.check import Faults, hint
from eitgeo.crs import to_metres
from eitgeo.errors import StudyError
from eitgeo.reference.tables import ready_closures
from eitgeo.roads.network.profile import Costs
from eitgeo.study.roads import RoadClosure

if TYPE_CHECKING:
    from eitgeo.roads.network.graph import RoadGraph
    from eitgeo.sources.ground.osm_roads import OsmRoads

    Ints = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

NOT_FOUND = "introuvable dans cet extrait"

_SIDES = ("west", "south", "east", "north")


@dataclass(frozen=True)
class Closure:
    """Edges that are closed together.

    ``closure_id``: as the study names it. ``label``: French. ``edges``: rows of the
    edges of the graph, sorted; none when nothing was found. ``note``: what was not
    found; empty when all was.
    """

    closure_id: str
    label: str
    edges: Ints = field(repr=False)
    note: str = ""


def without(costs: Costs, edges: Iterable[int] | Ints) -> Costs:
    """Close edges, in both senses.

    Returns: the same, with these edges not usable. The hierarchy of the network stays:
    only its weights change.
    """
    shut = np.fromiter(edges, dtype=np.int64)
    usable = costs.usable.copy()
    usable[2 * shut] = False
    usable[2 * shut + 1] = False
    return replace(costs, usable=usable)


def road_names(graph: RoadGraph, roads: OsmRoads) -> pd.DataFrame:
    """List the ways that each edge is made of, with their names and numbers.

    Returns: one row an edge and way, sorted: ``edge``, ``way_id``, ``ref``, ``name``
    (empty when absent).

    Notes
    -----
    An edge is a chain of ways where nothing that routing looks at changes; a way
    belongs to an edge when they share a segment, from the same node to the same.
    """
    x, y = to_metres().transform(roads.lon, roads.lat)
    points, owner = shapely.get_coordinates(graph.lines, return_index=True)
    nodes = np.concatenate([np.column_stack([x, y]), points])
    # Both are the same projection of the same degrees; a millimetre.
    east, north = np.rint(1e3 * (nodes - nodes.min(axis=0))).astype(np.int64).T
    number, _ = pd.factorize(east * (north.max(initial=0) + 1) + north)
    of_way = np.repeat(np.arange(len(roads.way_tags)), np.diff(roads.way_start))
    n = len(number)
    ways = _segments(number[: len(x)][roads.way_node], of_way, "way", n_nodes=n)
    edges = _segments(number[len(x) :], owner, "edge", n_nodes=n)
    both = edges.merge(ways, on="segment")[["edge", "way"]].drop_duplicates()
    tags = roads.way_tags.iloc[both["way"]]
    table = pd.DataFrame({"edge": both["edge"].to_numpy()})
    for name in ("way_id", "ref", "name"):
        table[name] = tags[name].to_numpy()
    return table.sort_values(["edge", "way_id"], ignore_index=True)


def _segments(node: Ints, owner: Ints, name: str, *, n_nodes: int) -> pd.DataFrame:
    """List what each joins two nodes by, whichever way it goes."""
    one, other = node[:-1], node[1:]
    real = (owner[:-1] == owner[1:]) & (one != other)
    segment = np.minimum(one, other) * n_nodes + np.maximum(one, other)
    return pd.DataFrame({"segment": segment[real], name: owner[:-1][real]})


def find_closures(
    graph: RoadGraph, names: pd.DataFrame, closures: Iterable[RoadClosure]
) -> tuple[Closure, ...]:
    """Find the edges of the closures of a study.

    ``closures``: section ``roads.closures``; one without any criterion is a ready case,
    see `ready_closures`. Returns: in the order of the study. A road that the extract
    does not have is no error: the closure is empty and its note says so. Refused when a
    closure without criterion is not a ready case.
    """
    ready = ready_closures().to_dict("index")
    faults = Faults("roads.closures")
    closures_found = []
    for asked in closures:
        if not asked.is_ready_case:
            closures_found.append(_described(graph, names, asked))
        elif asked.id in ready:
            closures_found.append(_ready(graph, names, asked.id, ready[asked.id]))
        else:
            faults.add(
                f"fermeture « {asked.id} » sans critère, et absente des cas prêts",
                remedy=hint(asked.id, map(str, ready)),
            )
    faults.raise_if_any(StudyError)
    return tuple(closures_found)


def _described(graph: RoadGraph, names: pd.DataFrame, asked: RoadClosure) -> Closure:
    chosen = _named(graph, names, ref=asked.ref, name=asked.name)
    note = ""
    if asked.ways:
        is_asked = names["way_id"].isin(asked.ways)
        chosen &= _marked(graph, names["edge"][is_asked])
        lost = len(set(asked.ways) - set(names["way_id"][is_asked]))
        note = _lost_ways(lost)
    if asked.line_lon_lat:
        chosen &= touched_edges(graph, shapely.LineString(_metres(asked.line_lon_lat)))
    if asked.area_lon_lat:
        chosen &= touched_edges(graph, shapely.Polygon(_metres(asked.area_lon_lat)))
    return _closure(asked.id, asked.label or asked.id, chosen, note)


def _lost_ways(count: int) -> str:
    if count > 1:
        return f"{count} voies introuvables dans cet extrait"
    return f"1 voie {NOT_FOUND}" if count else ""


def _ready(
    graph: RoadGraph, names: pd.DataFrame, closure_id: str, case: dict[Any, Any]
) -> Closure:
    west, south, east, north = (case[side] for side in _SIDES)
    ring = ((west, south), (east, south), (east, north), (west, north))
    chosen = _named(graph, names, ref=case["ref"], name=case["name"])
    chosen &= touched_edges(graph, shapely.Polygon(_metres(ring)))
    return _closure(closure_id, case["label"], chosen, "")


def _closure(closure_id: str, label: str, chosen: Flags, note: str) -> Closure:
    edges = np.flatnonzero(chosen)
    return Closure(closure_id, label, edges, note if len(edges) else NOT_FOUND)


def _named(graph: RoadGraph, names: pd.DataFrame, *, ref: str, name: str) -> Flags:
    """Edges of which a way bears the number and the words, where they are given."""
    rows = np.ones(len(names), dtype=bool)
    if ref:
        wanted = _plain_ref(ref)
        bears = {
            text: wanted in {_plain_ref(part) for part in text.split(";")}
            for text in names["ref"].unique()
        }
        rows &= names["ref"].map(bears).to_numpy(dtype=bool)
    if name:
        words = _plain_name(name)
        holds = {text: words in _plain_name(text) for text in names["name"].unique()}
        rows &= names["name"].map(holds).to_numpy(dtype=bool)
    if not (ref or name):
        return np.ones(len(graph.edges), dtype=bool)
    return _marked(graph, names["edge"][rows])


def _marked(graph: RoadGraph, edges: pd.Series[int]) -> Flags:
    marks = np.zeros(len(graph.edges), dtype=bool)
    marks[edges.to_numpy(dtype=np.int64)] = True
    return marks


def _plain_ref(text: str) -> str:
    """Write a number without what writers differ on: « N 125 », « n-125 »."""
    return "".join(letter for letter in text.upper() if letter.isalnum())


def _plain_name(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold()
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _metres(lon_lat: Iterable[tuple[float, float]]) -> npt.NDArray[np.float64]:
    lon, lat = zip(*lon_lat, strict=True)
    return np.column_stack(to_metres().transform(lon, lat))


def touched_edges(graph: RoadGraph, drawing: shapely.Geometry) -> Flags:
    """Say which edges a drawing touches, EPSG:2154."""
    shapely.prepare(drawing)
    return np.asarray(shapely.intersects(drawing, graph.lines))


def closure_report(graph: RoadGraph, closures: Iterable[Closure]) -> pd.DataFrame:
    """Say what each closure closes.

    Returns: one row a closure: ``closure_id``, ``label``, ``edges`` (count),
    ``length_m`` closed, ``note``.
    """
    length_m = graph.edges["length_m"].to_numpy()
    rows = [
        (one.closure_id, one.label, len(one.edges), length_m[one.edges].sum(), one.note)
        for one in closures
    ]
    names = ["closure_id", "label", "edges", "length_m", "note"]
    return pd.DataFrame(rows, columns=names)

"""A road graph from OpenStreetMap: edges between junctions, with what they allow.

Nodes of degree two are contracted where both sides allow the same; geometry and
length are kept. A barrier that bars something becomes an edge of length zero, so
that both its sides can still be reached. Directions: ``2 e`` is edge ``e`` from
``u`` to ``v``, ``2 e + 1`` the way back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from shapely.ops import substring

from eitgeo.crs import to_metres
from eitgeo.errors import SourceError
from eitgeo.roads.network.tags import (
    LIMITS,
    OPEN,
    VEHICLES,
    barrier_attributes,
    forbidden_paths,
    stated,
    way_attributes,
)

if TYPE_CHECKING:
    from eitgeo.sources.ground.osm_roads import OsmRoads

type Ints = npt.NDArray[np.int64]
type Floats = npt.NDArray[np.float64]
type Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Chains:
    """Edges as sequences of sections.

    ``order``, ``starts``: sections of edge ``e``, in order: ``order[starts[e]:starts[e
    + 1]]``. ``edge``, ``along``: for each section, its edge, and whether it runs the
    same way. ``u``, ``v``: ends of each edge.
    """

    order: Ints
    starts: Ints
    edge: Ints
    along: npt.NDArray[np.bool_]
    u: Ints
    v: Ints


def join_chains(ends: Ints, *, sides: Ints, fixed: Ints) -> Chains:
    """Join the sections that meet, two by two, at a node where nothing changes.

    Notes
    -----
    The first section of a chain says which way it runs; a ring starts there. A chain
    that comes back to where it starts is cut in two, so that no edge leads to itself.
    Chains stand in the order of their first sections.
    """
    partner = _partners(ends, sides, fixed)
    seed = _seeds(partner)
    start, rank = _back(partner)
    along = start[::2] == start[2 * seed]
    rank = np.where(along, rank[::2], rank[1::2])
    order = np.lexsort((rank, seed))
    tail, head = np.where(along, ends.T, ends.T[::-1])
    first = np.flatnonzero(rank[order] == 0)
    size = np.diff(first, append=len(order))
    back = (size > 1) & (tail[order[first]] == head[order[first + size - 1]])
    middle = (first + size // 2)[back]
    starts = np.sort(np.concatenate([first, middle, [len(order)]]))
    edge = np.empty(len(order), dtype=np.int64)
    edge[order] = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    return Chains(
        order=order,
        starts=starts,
        edge=edge,
        along=along,
        u=tail[order[starts[:-1]]],
        v=head[order[starts[1:] - 1]],
    )


def _partners(ends: Ints, sides: Ints, fixed: Ints) -> Ints:
    """Map each end, ``2 section + side``, to the one that continues it, or to −1."""
    flat = ends.ravel()
    rank = np.argsort(flat, kind="stable")
    node, at, count = np.unique(flat[rank], return_index=True, return_counts=True)
    meets = (count == 2) & ~np.isin(node, fixed)  # noqa: PLR2004
    one, other = rank[at[meets]], rank[at[meets] + 1]
    # Entering by one, leaving by the other: the same must hold along the way.
    entering = sides[one // 2, 1 - one % 2]
    leaving = sides[other // 2, other % 2]
    joined = (one // 2 != other // 2) & (entering == leaving)
    partner = np.full(len(flat), -1)
    partner[one[joined]], partner[other[joined]] = other[joined], one[joined]
    return partner


def _seeds(partner: Ints) -> Ints:
    """Return the first section of the chain of each; open the rings before it."""
    n = len(partner) // 2
    held = np.flatnonzero(partner >= 0)
    links = csr_array(
        (np.ones(len(held)), (held // 2, partner[held] // 2)), shape=(n, n)
    )
    _, chain = connected_components(links, directed=False)
    _, first = np.unique(chain, return_index=True)
    free = np.zeros(len(first), dtype=bool)
    free[chain[np.flatnonzero(partner < 0) // 2]] = True
    opened = 2 * first[~free]
    partner[partner[opened]] = -1
    partner[opened] = -1
    return np.asarray(first[chain], dtype=np.int64)


def _back(partner: Ints) -> tuple[Ints, Ints]:
    """Follow each directed section back to the start of its chain, and count.

    Directed section ``2 s`` runs along ``s``, ``2 s + 1`` against it: each enters by
    the end of that number, and leaves by the other one.
    """
    inner = partner >= 0
    start = np.where(inner, partner ^ 1, np.arange(len(partner)))
    rank = inner.astype(np.int64)
    while (partner[start] >= 0).any():
        rank += rank[start]
        start = start[start]
    return start, rank


CELL_M = 2_000
NEAR_M = 2_000
"""Ground around a cell of roads that is covered too."""

GAP_M = 5_000
"""Half of the widest gap without a road that is covered."""

_STEP_DEG, _AROUND_DEG = 0.1, 1.0
_LOW_BITS = 2**32 - 1


def covered_ground(x: Floats, y: Floats, *, box: Box | None = None) -> Any:
    """Draw the ground that an extract covers, from the nodes of its roads.

    ``x``, ``y``: shape (n,): nodes [m, EPSG:2154]. ``box``: west, south, east, north
    that the extract declares [degrees]; None where it declares none. Returns:
    EPSG:2154: all within 2 km of a cell of 2 km that holds a node, and gaps less than
    10 km wide, as a mountain without roads; nothing out of the box.
    """
    rows = _runs(x, y)
    wide = shapely.union_all(shapely.box(*rows + GAP_M * np.array([[-1, -1, 1, 1]]).T))
    ground = shapely.buffer(wide, NEAR_M - GAP_M, join_style="mitre")
    if box is not None and not ground.is_empty:
        ground = shapely.intersection(ground, _projected(box, ground.bounds))
    parts = shapely.get_parts(ground)
    return shapely.multipolygons(parts[shapely.get_dimensions(parts) == 2])  # noqa: PLR2004


def _runs(x: Floats, y: Floats) -> Floats:
    """Bounds of the cells that hold a node, those one above the other joined."""
    known = np.isfinite(x) & np.isfinite(y)
    cells = np.floor_divide([x[known], y[known]], CELL_M).astype(np.int64)
    base = cells.min(axis=1, initial=0)
    key = np.unique((cells[0] - base[0]) << 32 | (cells[1] - base[1]))
    low = key[np.diff(key, prepend=-2) != 1]
    high = key[np.diff(key, append=-1) != 1]
    west, south = (low >> 32) + base[0], (low & _LOW_BITS) + base[1]
    north = (high & _LOW_BITS) + base[1]
    return CELL_M * np.array([west, south, west + 1, north + 1], dtype=float)


def _projected(box: Box, around: Box) -> Any:
    """Draw what a box of degrees has near some ground, its sides curved as they are."""
    to_lambert93 = to_metres()
    low, high = np.array([-_AROUND_DEG] * 2), np.array([_AROUND_DEG] * 2)
    near = to_lambert93.transform_bounds(*around, direction="INVERSE")
    near = shapely.box(*(near + np.concatenate([low, high])))
    dense = shapely.segmentize(shapely.intersection(shapely.box(*box), near), _STEP_DEG)
    return shapely.transform(dense, to_lambert93.transform, interleaved=False)


class Stretches(NamedTuple):
    """Parts of edges, as fractions of the way from ``u`` to ``v``.

    ``edge``: edge of each part. ``start``, ``stop``: fractions, 0 to 1; ``start >
    stop`` runs from ``v`` to ``u``.
    """

    edge: Ints
    start: Floats
    stop: Floats


def cut(lines: npt.NDArray[Any], parts: Stretches) -> npt.NDArray[Any]:
    """Cut parts out of the lines of their edges."""
    cut_lines = lines[parts.edge]
    backward = parts.start > parts.stop
    cut_lines[backward] = shapely.reverse(cut_lines[backward])
    partial = np.abs(parts.stop - parts.start) < 1
    for part in np.flatnonzero(partial).tolist():
        line = lines[parts.edge[part]]
        cut_lines[part] = substring(
            line, parts.start[part], parts.stop[part], normalized=True
        )
    return cut_lines


def merge(parts: Stretches) -> Stretches:
    """Merge the parts of each edge that overlap or touch."""
    low, high = np.minimum(parts.start, parts.stop), np.maximum(parts.start, parts.stop)
    order = np.lexsort((high, low, parts.edge))
    edge, low, high = parts.edge[order], low[order], high[order]
    if not len(edge):
        return Stretches(edge, low, high)
    # One axis for all edges, two units apart: no part of one touches another's.
    axis = 2.0 * edge
    furthest = np.maximum.accumulate(axis + high)
    fresh = np.ones(len(edge), dtype=bool)
    fresh[1:] = axis[1:] + low[1:] > furthest[:-1]
    first = np.flatnonzero(fresh)
    return Stretches(edge[first], low[first], np.maximum.reduceat(high, first))


BARRIER = "barrier"
"""Class of the edges of length zero that stand for a barrier."""

NO_ROAD = (
    "réseau routier : l'extrait n'a aucune voie qu'un véhicule puisse emprunter\n"
    "  → prendre l'extrait qui couvre le territoire et sa couronne"
)

OUT_OF_ITS_BOX = (
    "réseau routier : le cadre que déclare l'extrait ne contient aucune de ses voies\n"
    "  → le télécharger de nouveau, ou découper l'extrait sans cadre"
)

_SWAPPED = {f"{stem}_forward": f"{stem}_backward" for stem in ("kmh", *VEHICLES)}


@dataclass(frozen=True)
class RoadGraph:
    """Junctions, edges and forbidden turns.

    ``x``, ``y``: shape (n,): position of each node [m, EPSG:2154]. ``edges``: one row
    an edge: ``u``, ``v`` (rows of ``x``), ``length_m``, ``way_id`` of its first way,
    and the columns of :func:`eitgeo.roads.network.tags.way_attributes`. ``lines``:
    shape (edges,): geometry from ``u`` to ``v``, EPSG:2154. ``forbidden``: for each
    vehicle, the sequences of directed edges that it may not follow. ``ground``: what
    the extract covers, EPSG:2154: from `covered_ground`. ``counts``: what was left out
    or mended, by reason (French). ``signs``: how many ways were read, and how many say
    what (French): one that is absent from the whole extract is not known, never absent
    from the ground.
    """

    x: Floats = field(repr=False)
    y: Floats = field(repr=False)
    edges: pd.DataFrame = field(repr=False)
    lines: npt.NDArray[Any] = field(repr=False)
    forbidden: dict[str, tuple[tuple[int, ...], ...]] = field(repr=False)
    ground: Any = field(repr=False)
    counts: dict[str, int]
    signs: dict[str, int] = field(default_factory=dict)

    def by_class(self, tell: Callable[[str], Any], *, dtype: Any) -> Any:
        """Tell something of each edge by its class, asked once of each class."""
        code, names = self._classes
        return np.array([tell(name) for name in names], dtype=dtype)[code]

    @cached_property
    def _classes(self) -> tuple[Ints, list[str]]:
        # A million texts are compared once, not for each thing that is told of them.
        code, names = pd.factorize(self.edges["class"])
        return code, names.tolist()


@dataclass(frozen=True)
class _Sections:
    """Stretches of a way between two breaks: positions ``first`` to ``last``."""

    way: Ints
    first: Ints
    last: Ints


def build_graph(roads: OsmRoads) -> RoadGraph:
    """Build the graph of the roads of an extract.

    Returns: every edge that a truck or a car may use in one direction at least. Refused
    when no way may be used, or none leads from one node to another.

    Notes
    -----
    Lengths are geodesic (GRS 80), positions Lambert-93. Extracts cut from tiles may
    end a road at a node of its own where another road passes: such an end is joined.
    """
    roads, n_sewn = _sewn(roads)
    attributes = way_attributes(roads.way_tags)
    usable = _usable(attributes)
    walls = barrier_attributes(roads.barriers)
    bars = _bars(walls)
    barred = np.searchsorted(roads.node_id, roads.barriers["node_id"][bars])
    sections = _sections(roads, usable, barred)
    if not len(sections.way):
        raise SourceError(NO_ROAD)
    ends = np.column_stack(
        [roads.way_node[sections.first], roads.way_node[sections.last]]
    )
    ends, centre = _apart(ends, barred, len(roads.node_id))
    fixed = np.union1d(_via_rows(roads), barred)
    chains = join_chains(ends, sides=_sides(attributes, sections.way), fixed=fixed)
    node = np.concatenate([np.arange(len(roads.node_id)), centre])
    x, y = to_metres().transform(roads.lon, roads.lat)
    edges, lines = _edges(chains, attributes, sections, (roads, x, y))
    stubs, stub_lines = _stubs(
        walls[bars], barred, _copies(centre, len(roads.node_id)), (x, y)
    )
    edges = pd.concat([edges, stubs], ignore_index=True)
    used, compact = np.unique(edges[["u", "v"]].to_numpy(), return_inverse=True)
    edges[["u", "v"]] = compact.reshape(-1, 2)
    forbidden, lost = forbidden_paths(
        roads,
        section_way=sections.way,
        section_ends=ends,
        section_edge=chains.edge,
        section_along=chains.along,
        edges=edges,
    )
    return RoadGraph(
        x=np.asarray(x)[node[used]],
        y=np.asarray(y)[node[used]],
        edges=edges,
        lines=np.concatenate([lines, stub_lines]),
        forbidden=forbidden,
        ground=_ground(np.asarray(x), np.asarray(y), roads),
        counts=roads.counts
        | {"voies sans usage permis": int((~usable).sum())}
        | {"bouts de voie recousus": n_sewn}
        | lost,
        signs=stated(roads.way_tags)
        | {
            "interdictions de tourner": len(roads.restrictions),
            "barrières": len(roads.barriers),
        },
    )


def _sewn(roads: OsmRoads) -> tuple[OsmRoads, int]:
    """Join each end of a road to the node that stands at the very same place."""
    ends = roads.way_node[np.r_[roads.way_start[:-1], roads.way_start[1:] - 1]]
    visits = np.bincount(roads.way_node, minlength=len(roads.lon))
    place = pd.DataFrame({"lon": roads.lon, "lat": roads.lat})
    twins = place[place.duplicated(keep=False)]
    loose = twins.index.isin(ends[visits[ends] == 1])
    group = twins.groupby(["lon", "lat"]).ngroup().to_numpy()
    rows = pd.Series(twins.index).groupby(group).transform("min").to_numpy()
    sewn = np.isin(group, group[loose])
    node = np.arange(len(roads.lon))
    node[twins.index[sewn]] = rows[sewn]
    return replace(roads, way_node=node[roads.way_node]), int(loose.sum())


def _ground(x: Floats, y: Floats, roads: OsmRoads) -> Any:
    """Draw what the extract covers; refuse a box that holds none of its roads."""
    ground = covered_ground(x, y, box=roads.bounds)
    if ground.is_empty:
        raise SourceError(OUT_OF_ITS_BOX)
    return ground


def _usable(attributes: pd.DataFrame) -> npt.NDArray[np.bool_]:
    names = [*_SWAPPED, *_SWAPPED.values()]
    uses = [name for name in names if not name.startswith("kmh")]
    return (attributes[uses] > 0).any(axis=1).to_numpy()


def _bars(walls: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Barriers that bar a vehicle or hold a limit; the others are passed by."""
    closed = (walls[[f"{name}_forward" for name in VEHICLES]] != OPEN).any(axis=1)
    return (closed | np.isfinite(walls[list(LIMITS)]).any(axis=1)).to_numpy()


def _via_rows(roads: OsmRoads) -> Ints:
    """Rows of the nodes where a restriction holds: ends of its ways, or its node."""
    vias = [
        ref for via in roads.restrictions["via"] for kind, ref in via if kind == "n"
    ]
    way_ids = {
        ref for via in roads.restrictions["via"] for kind, ref in via if kind == "w"
    }
    at = np.flatnonzero(roads.way_tags["way_id"].isin(way_ids))
    ends = np.concatenate([roads.way_start[at], roads.way_start[at + 1] - 1])
    known = np.isin(roads.node_id, np.array(vias, dtype=np.int64))
    return np.union1d(np.flatnonzero(known), roads.way_node[ends])


def _sections(
    roads: OsmRoads, usable: npt.NDArray[np.bool_], barred: Ints
) -> _Sections:
    """Cut the usable ways at ends, crossings, barriers and restrictions."""
    way_of = np.repeat(np.arange(len(usable)), np.diff(roads.way_start))
    live = usable[way_of]
    # A node named twice in a row is one visit.
    again = np.zeros(len(way_of), dtype=bool)
    again[1:] = (np.diff(roads.way_node) == 0) & (np.diff(way_of) == 0)
    position = np.flatnonzero(live & ~again)
    node, way = roads.way_node[position], way_of[position]
    visits = np.bincount(node, minlength=len(roads.node_id))
    edge_of_way = np.ones(len(position), dtype=bool)
    edge_of_way[1:-1] = (np.diff(way)[:-1] != 0) | (np.diff(way)[1:] != 0)
    key = visits > 1
    key[barred] = True
    key[_via_rows(roads)] = True
    stop = edge_of_way | key[node]
    sections = _between(position, way, stop)
    loops = roads.way_node[sections.first] == roads.way_node[sections.last]
    if loops.any():
        # A loop gets a stop at its middle, so that no edge leads to itself.
        first, last = np.searchsorted(
            position, [sections.first[loops], sections.last[loops]]
        )
        stop[(first + last) // 2] = True
        sections = _between(position, way, stop)
    open_ended = roads.way_node[sections.first] != roads.way_node[sections.last]
    return _Sections(
        sections.way[open_ended], sections.first[open_ended], sections.last[open_ended]
    )


def _between(position: Ints, way: Ints, stop: npt.NDArray[np.bool_]) -> _Sections:
    at, of = position[stop], way[stop]
    same = of[:-1] == of[1:]
    return _Sections(of[:-1][same], at[:-1][same], at[1:][same])


def _apart(ends: Ints, barred: Ints, n_nodes: int) -> tuple[Ints, Ints]:
    """Give each section that ends at a barrier an end of its own there."""
    flat = ends.ravel().copy()
    at = np.flatnonzero(np.isin(flat, barred))
    centre = flat[at]
    flat[at] = n_nodes + np.arange(len(at))
    return flat.reshape(-1, 2), centre


def _copies(centre: Ints, n_nodes: int) -> pd.DataFrame:
    return pd.DataFrame(
        {"copy": n_nodes + np.arange(len(centre)), "centre": centre}, dtype=np.int64
    )


def _sides(attributes: pd.DataFrame, way: Ints) -> npt.NDArray[np.int64]:
    """Say what each section allows, along it and against it, as two labels."""
    swap = _SWAPPED | {new: old for old, new in _SWAPPED.items()}
    along = attributes.iloc[way]
    against = along.rename(columns=swap)[list(along.columns)]
    both = pd.concat([along, against], ignore_index=True)
    label = both.groupby(list(both.columns), dropna=False, sort=False).ngroup()
    return np.asarray(label, dtype=np.int64).reshape((2, -1)).T.copy()


def _edges(
    chains: Any, attributes: pd.DataFrame, sections: _Sections, place: Any
) -> tuple[pd.DataFrame, npt.NDArray[Any]]:
    roads, x, y = place
    geod = pyproj.Geod(ellps="GRS80")
    node = roads.way_node
    step_m = np.zeros(len(node))
    _, _, step_m[1:] = geod.inv(
        roads.lon[node[:-1]],
        roads.lat[node[:-1]],
        roads.lon[node[1:]],
        roads.lat[node[1:]],
    )
    total_m = np.cumsum(step_m)
    length_m = total_m[sections.last] - total_m[sections.first]
    starts = chains.starts
    first = chains.order[starts[:-1]]
    edges = attributes.iloc[sections.way[first]].reset_index(drop=True)
    turned = ~chains.along[first]
    for one, other in _SWAPPED.items():
        forward = edges[one].to_numpy().copy()
        edges[one] = np.where(turned, edges[other], edges[one])
        edges[other] = np.where(turned, forward, edges[other])
    edges.insert(0, "u", chains.u)
    edges.insert(1, "v", chains.v)
    edges.insert(2, "length_m", np.bincount(chains.edge, weights=length_m))
    edges.insert(3, "way_id", roads.way_tags["way_id"].to_numpy()[sections.way[first]])
    return edges, _lines(chains, sections, node, (x, y))


def _lines(
    chains: Any, sections: _Sections, node: Ints, place: Any
) -> npt.NDArray[Any]:
    """Draw each chain: its sections one after the other, shared ends once."""
    section = chains.order
    first, last = sections.first[section], sections.last[section]
    inner = np.ones(len(section), dtype=bool)
    inner[chains.starts[:-1]] = False
    count = last - first + 1 - inner
    owner = np.repeat(np.arange(len(section)), count)
    step = np.arange(len(owner)) - (np.cumsum(count) - count)[owner] + inner[owner]
    along = chains.along[section][owner]
    at = node[np.where(along, first[owner] + step, last[owner] - step)]
    points = np.column_stack([place[0][at], place[1][at]])
    return shapely.linestrings(points, indices=chains.edge[section][owner])


def _stubs(
    walls: pd.DataFrame, barred: Ints, copies: pd.DataFrame, place: Any
) -> tuple[pd.DataFrame, npt.NDArray[Any]]:
    """Join the ends apart of a barrier through edges of length zero."""
    rule = pd.Series(np.arange(len(walls)), index=barred)
    stubs = walls.iloc[rule.loc[copies["centre"]].to_numpy()].reset_index(drop=True)
    stubs.insert(0, "u", copies["copy"].to_numpy())
    stubs.insert(1, "v", copies["centre"].to_numpy())
    stubs.insert(2, "length_m", 0.0)
    stubs.insert(3, "way_id", 0)
    ends = np.column_stack([place[0][copies["centre"]], place[1][copies["centre"]]])
    points = np.repeat(ends, 2, axis=0).reshape(-1, 2, 2)
    lines = shapely.linestrings(points) if len(points) else np.empty(0, dtype=object)
    return stubs, lines

"""The states of a vehicle (node, leg, banned turns), their order, places set on them.

A road open to reach a place only (« destination ») may start or end a trip, never
lie in its middle: a trip is reach-only roads, then open roads, then reach-only
roads. A node is split by leg where reach-only roads meet it, and by the last edges
driven where a forbidden turn begins; everywhere else it stays one state. The
result is a plain directed graph, so that any shortest-path engine is exact on it.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import routingkit_cch as cch
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from eitgeo.errors import InfeasibleError
from eitgeo.roads.network.profile import Costs
from eitgeo.roads.network.tags import CLOSED, DESTINATION, OPEN
from eitgeo.store import write
from eitgeo.words import french_number

if TYPE_CHECKING:
    from eitgeo.roads.network.graph import RoadGraph

type Int32s = npt.NDArray[np.int32]
type Ints = npt.NDArray[np.int64]
type Narrow = npt.NDArray[np.int32]
type Floats = npt.NDArray[np.float64]

_FIRST, _MAIN, _LAST = 0, 1, 2
"""Legs of a trip: reach-only roads, open roads, reach-only roads."""

_State = tuple[int, int, tuple[int, ...]]


@dataclass(frozen=True)
class Topology:
    """Directed graph of the states of one vehicle, without any weight.

    ``node``: shape (states,): the node of the road graph; the first states are the
    nodes themselves, in order. ``tail``, ``head``: shape (arcs,): states. ``arc``:
    shape (arcs,): directed edge of the road graph (``2 e`` or ``2 e + 1``). ``after``:
    shape (2 × edges,): the state in which a trip is that starts on a directed edge and
    reaches its end; −1 where the vehicle may not drive.
    """

    node: Int32s = field(repr=False)
    tail: Int32s = field(repr=False)
    head: Int32s = field(repr=False)
    arc: Int32s = field(repr=False)
    after: Int32s = field(repr=False)


class _Turns:
    # Which sequences are forbidden, as an automaton on the last edges driven.

    def __init__(self, forbidden: tuple[tuple[int, ...], ...]) -> None:
        self._forbidden = frozenset(forbidden)
        self._prefixes = frozenset(
            path[:length] for path in forbidden for length in range(1, len(path))
        )

    @property
    def openings(self) -> set[int]:
        # Directed edges that begin a forbidden sequence.
        return {path[0] for path in self._prefixes if len(path) == 1}

    def follow(self, driven: tuple[int, ...], arc: int) -> tuple[int, ...] | None:
        # Return the edges to remember after one more, or None where forbidden.
        path = (*driven, arc)
        tails = [path[start:] for start in range(len(path))]
        if any(tail in self._forbidden for tail in tails):
            return None
        return next((tail for tail in tails if tail in self._prefixes), ())


def build_topology(graph: RoadGraph, vehicle: str) -> Topology:
    """Lay out the states and moves of a vehicle.

    ``vehicle``: ``truck`` or ``car``. Returns: arcs sorted by tail, then by directed
    edge.
    """
    use = graph.edges[[f"{vehicle}_forward", f"{vehicle}_backward"]].to_numpy().ravel()
    tails = graph.edges[["u", "v"]].to_numpy(dtype=np.int32).ravel()
    heads = graph.edges[["v", "u"]].to_numpy(dtype=np.int32).ravel()
    turns = _Turns(graph.forbidden.get(vehicle, ()))
    states = _States(len(graph.x), (use, tails, heads), turns)
    plain = use == OPEN
    plain[np.array(sorted(turns.openings), dtype=np.int64)] = False
    after = np.where(plain, heads, -1)
    drivable = np.flatnonzero((use != CLOSED) & ~plain).astype(np.int32)
    for arc in drivable.tolist():
        leg = _FIRST if use[arc] == DESTINATION else _MAIN
        after[arc] = states.at(int(heads[arc]), leg, turns.follow((), arc) or ())
    moves = states.explore(drivable)
    easy = np.flatnonzero(plain).astype(np.int32)
    tail = np.concatenate([tails[easy], moves[:, 0]])
    head = np.concatenate([heads[easy], moves[:, 1]])
    driven = np.concatenate([easy, moves[:, 2]])
    order = np.lexsort((driven, tail))
    return Topology(
        node=states.nodes(),
        tail=tail[order],
        head=head[order],
        arc=driven[order],
        after=after,
    )


class _States:
    # Numbers the states met, and the moves out of them.

    def __init__(
        self, n_nodes: int, roads: tuple[Int32s, Int32s, Int32s], turns: _Turns
    ) -> None:
        self._n_nodes = n_nodes
        self._use, self._tails, self._heads = roads
        self._turns = turns
        self._special: dict[_State, int] = {}
        self._met: list[_State] = []
        arcs = np.flatnonzero(self._use != CLOSED)
        self._arcs = arcs[np.argsort(self._tails[arcs], kind="stable")]
        self._arc_tails = self._tails[self._arcs]

    def at(self, node: int, leg: int, driven: tuple[int, ...]) -> int:
        # Return the number of a state.
        if leg == _MAIN and not driven:
            return node
        key = (node, leg, driven)
        if key not in self._special:
            self._special[key] = self._n_nodes + len(self._met)
            self._met.append(key)
        return self._special[key]

    def nodes(self) -> Int32s:
        # Return the node of each state.
        split = [node for node, _, _ in self._met]
        return np.concatenate([np.arange(self._n_nodes), split]).astype(np.int32)

    def explore(self, drivable: Int32s) -> Int32s:
        # Follow the given moves out of nodes, and every one out of split states.
        moves: list[tuple[int, int, int]] = []
        for arc in drivable.tolist():
            self._move(moves, int(self._tails[arc]), (arc, _MAIN, ()))
        done = 0
        while done < len(self._met):
            node, leg, driven = self._met[done]
            tail = self._n_nodes + done
            first, last = np.searchsorted(self._arc_tails, [node, node + 1])
            for arc in self._arcs[first:last].tolist():
                self._move(moves, tail, (arc, leg, driven))
            done += 1
        return np.array(moves, dtype=np.int32).reshape(-1, 3)

    def _move(
        self,
        found: list[tuple[int, int, int]],
        tail: int,
        move: tuple[int, int, tuple[int, ...]],
    ) -> None:
        arc, leg, driven = move
        reach_only = self._use[arc] == DESTINATION
        if leg == _LAST and not reach_only:
            return
        memory = self._turns.follow(driven, arc)
        if memory is None:
            return
        leg_after = (_FIRST if leg == _FIRST else _LAST) if reach_only else _MAIN
        head = self.at(int(self._heads[arc]), leg_after, memory)
        found.append((tail, head, arc))


_log = logging.getLogger(__name__)
_PLANE_M = 100_000.0
"""Metres that a unit of the plane of the order stands for: some degree."""


@dataclass(frozen=True)
class Network:
    """A road graph made ready for one kind of vehicle.

    ``topology``: its states and moves for the kind of vehicle. ``order``: shape
    (states,): the contraction order, least important state first.
    """

    graph: RoadGraph = field(repr=False)
    topology: Topology = field(repr=False)
    order: Ints = field(repr=False)

    @cached_property
    def hierarchy(self) -> Any:
        """The shortcuts that the order makes, built once and without any weight."""
        topology = self.topology
        ends = (self.order, topology.tail, topology.head)
        return cch.CCH(*(values.astype(np.uint32) for values in ends), False)  # noqa: FBT003


def order_network(graph: RoadGraph, topology: Topology) -> Network:
    """Order the states once, whatever the weights."""
    # A plane stands in for degrees: only where states lie to one another counts.
    y, x = (
        ((side - side.min(initial=np.inf)) / _PLANE_M)[topology.node].astype(np.float32)
        for side in (graph.y, graph.x)
    )
    links = (ends.astype(np.uint32) for ends in (topology.tail, topology.head))
    n = len(topology.node)
    # The library falls on a network without a state.
    order = cch.compute_order_inertial(n, *links, y, x) if n else []
    return Network(graph, topology, np.array(order, dtype=np.int64))


def prepare_network(graph: RoadGraph, kind: str, *, cache: Path) -> Network:
    """Lay out the states of a kind of vehicle and order them, once.

    ``kind``: ``truck`` or ``car``. ``cache``: folder where the order is kept, made if
    needed; what it holds may be removed at any time. Returns: ready for any vehicle of
    that kind, whatever is closed.

    Notes
    -----
    The file is named by the digest of the moves, of the positions and of the code
    that orders: another network, or another rule, makes another file. A file that
    is not a whole order of these states is written again.
    """
    topology = build_topology(graph, kind)
    path = cache / f"ordre-{order_digest(graph, topology)[:32]}.npy"
    order = _kept_order(path, len(topology.node))
    if order is None:
        _log.info("réseau : mise en ordre de %d états", len(topology.node))
        network = order_network(graph, topology)
        _keep(path, network.order)
        return network
    return Network(graph, topology, order)


def order_digest(graph: RoadGraph, topology: Topology) -> str:
    """Digest what the order of a network depends on."""
    total = hashlib.sha256()
    total.update(f"{version('routingkit-cch')} {_PLANE_M}".encode())
    for values, kind in (
        (topology.node, "<i8"),
        (topology.tail, "<i8"),
        (topology.head, "<i8"),
        (graph.x, "<f8"),
        (graph.y, "<f8"),
    ):
        total.update(f":{len(values)}:".encode())
        total.update(np.ascontiguousarray(values, dtype=kind).tobytes())
    return total.hexdigest()


def _kept_order(path: Path, n_states: int) -> Ints | None:
    """Return the order that a file holds; None where it holds none."""
    if not path.is_file():
        return None
    try:
        order = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        _log.info("%s : fichier abîmé, refait", path.name)
        return None
    whole = order.shape == (n_states,) and np.issubdtype(order.dtype, np.integer)
    if not whole or not np.array_equal(np.sort(order), np.arange(n_states)):
        _log.info("%s : ordre incomplet, refait", path.name)
        return None
    return np.asarray(order, dtype=np.int64)


def _keep(path: Path, order: Ints) -> None:
    narrow = order.astype("<u4")

    def writer(partial: Path) -> None:
        with partial.open("wb") as handle:
            np.save(handle, narrow, allow_pickle=False)

    write(path, writer)


MAX_SUM = 2**31 - 2
"""The largest sum that the engine tells from « unreachable »."""

TIME_FACTOR = 8192
"""K: a tenth of a second weighs as much as 8.192 km, so that length only settles
near ties: over 400 km the time given up is under 5 s."""

TOO_FAR = (
    "réseau routier : un trajet dépasse ce que le calcul compte "
    f"({french_number(MAX_SUM / TIME_FACTOR / 36_000, decimals=1)} h)\n"
    "  → réduire l'emprise de l'étude, ou retirer les tronçons aberrants"
)

_SUMS = ("time_ds", "length_m", "ascent_m", "descent_m", "unknown_m")


@dataclass(frozen=True)
class Ends:
    """Where trips start or end: points on edges.

    ``edge``: shape (n,): edge of the graph; −1 where the place has none. ``fraction``:
    shape (n,): how far from ``u`` to ``v``, 0 to 1.
    """

    edge: Ints
    fraction: Floats

    def take(self, rows: Ints) -> Ends:
        """Return some of them, in the order asked for."""
        return Ends(self.edge[rows], self.fraction[rows])


@dataclass(frozen=True)
class Layout:
    """Arcs of the states and of the destinations, with what each sums.

    ``n_states``, ``n_places``: destinations are numbered after the states. ``tail``,
    ``head``: shape (arcs,): usable arcs only, the last ones lead to destinations.
    ``arc``: shape (arcs,): the directed edge that each drives, whole or in part.
    ``move``: shape (arcs between states,): the row of each in the topology.
    ``last_share``: shape (arcs to destinations,): how much of its edge each drives.
    ``start_states``: shape (origins, 2): the state at each end of the edge of the
    origin; −1 where it may not be driven to. ``start_sums``: for each measure, shape
    (origins, 2): from the origin to that end. ``origins``, ``destinations``: the
    places, and the costs of the edges, for those that share one.
    """

    n_states: int
    n_places: int
    tail: Narrow = field(repr=False)
    head: Narrow = field(repr=False)
    arc: Narrow = field(repr=False)
    move: Ints = field(repr=False)
    last_share: Floats = field(repr=False)
    start_states: Ints = field(repr=False)
    start_sums: dict[str, Ints] = field(repr=False)
    origins: Ends = field(repr=False)
    destinations: Ends = field(repr=False)
    costs: Costs = field(repr=False)
    kept_sums: dict[str, Ints] = field(default_factory=dict, repr=False)

    def arc_sums(self, name: str) -> Ints:
        """Say what each arc sums: one array for all who ask, not to be changed."""
        if name not in self.kept_sums:
            self.kept_sums[name] = self._arc_sums(name)
        return self.kept_sums[name]

    def _arc_sums(self, name: str) -> Ints:
        n_moves = len(self.move)
        whole = _part(self.costs, name, self.arc[:n_moves], None)
        last = _part(self.costs, name, self.arc[n_moves:], self.last_share)
        return np.concatenate([whole, last])

    def along(self, name: str, row: int, path: Ints) -> int:
        """Sum a measure on a path, from the origin on."""
        start = self.start_sums[name][row, self._start(row, path)]
        return int(start + self.arc_sums(name)[path].sum())

    def driven(self, row: int, path: Ints) -> Ints:
        """List the directed edges of a path, that of the origin first."""
        first = 2 * self.origins.edge[row] + self._start(row, path)
        return np.concatenate([[first], self.arc[path]])

    def _start(self, row: int, path: Ints) -> int:
        """Which end of its edge a path leaves the origin by."""
        ends = np.flatnonzero(self.start_states[row] == self.tail[path[0]])
        cost = [self.start_sums[name][row, ends] for name in ("length_m", "time_ds")]
        return int(ends[np.lexsort(tuple(cost))[0]])

    def straight(self) -> tuple[Ints, Ints, dict[str, Ints]]:
        """Find the pairs that share an edge and may go along it."""
        same = self.origins.edge[:, None] == self.destinations.edge[None, :]
        rows, columns = np.nonzero(same & (self.origins.edge >= 0)[:, None])
        start, stop = self.origins.fraction[rows], self.destinations.fraction[columns]
        arc = 2 * self.origins.edge[rows] + (stop < start)
        share = np.abs(stop - start)
        # At one point of a one-way edge either sense will do.
        arc = np.where((share == 0) & ~self.costs.usable[arc], arc ^ 1, arc)
        drive = self.costs.usable[arc]
        sums = _shares(self.costs, arc[drive], share[drive])
        return rows[drive], columns[drive], sums


def _part(costs: Costs, name: str, arc: Ints | Narrow, share: Floats | None) -> Ints:
    """Sum over a share of directed edges, or all; none exceeds the impedance there.

    The bound lets a measure be taken from the weights: it only tells on a stretch
    of no time, such as the metre between a place and the end of its edge.
    """
    values = getattr(costs, name)[arc]
    if share is not None:
        values = np.rint(values * share).astype(np.int64)
    if name in {"time_ds", "length_m"}:
        return np.asarray(values)
    time_ds = _part(costs, "time_ds", arc, share)
    most = TIME_FACTOR * time_ds + _part(costs, "length_m", arc, share)
    return np.minimum(values, most)


def _shares(costs: Costs, arc: Ints, share: Floats) -> dict[str, Ints]:
    return {name: _part(costs, name, arc, share) for name in _SUMS}


def lay_out(
    topology: Topology, costs: Costs, origins: Ends, destinations: Ends
) -> Layout:
    """Set origins and destinations on the states."""
    usable = np.flatnonzero(costs.usable[topology.arc])
    arc = topology.arc[usable]
    tail, place, share, leg = _arrivals(topology, costs, destinations)
    n_states = len(topology.node)
    sense = np.array([0, 1])
    away = 2 * np.maximum(origins.edge, 0)[:, None] + sense
    rest = np.column_stack([1 - origins.fraction, origins.fraction])
    starts = np.where(costs.usable[away], topology.after[away], -1)
    return Layout(
        n_states=n_states,
        n_places=len(destinations.edge),
        tail=_narrow(topology.tail[usable], tail),
        head=_narrow(topology.head[usable], n_states + place),
        arc=_narrow(arc, leg),
        move=usable,
        last_share=share,
        start_states=np.where((origins.edge >= 0)[:, None], starts, -1),
        start_sums=_shares(costs, away, rest),
        origins=origins,
        destinations=destinations,
        costs=costs,
    )


def _narrow(first: Ints | Narrow, then: Ints | Narrow) -> Narrow:
    return np.concatenate([first, then], dtype=np.int32, casting="same_kind")


def _arrivals(
    topology: Topology, costs: Costs, destinations: Ends
) -> tuple[Ints, Ints, Floats, Ints]:
    """Every move onto the edge of a destination: state, place, share, sense."""
    placed = np.flatnonzero(destinations.edge >= 0)
    arc = (2 * destinations.edge[placed][:, None] + np.array([0, 1])).ravel()
    place = np.repeat(placed, 2)
    fraction = destinations.fraction[placed]
    share = np.column_stack([fraction, 1 - fraction]).ravel()
    keep = costs.usable[arc]
    arc, place, share = arc[keep], place[keep], share[keep]
    wanted = np.zeros(len(costs.usable), dtype=bool)
    wanted[arc] = True
    by_arc = np.flatnonzero(wanted[topology.arc])
    by_arc = by_arc[np.argsort(topology.arc[by_arc], kind="stable")]
    sorted_arc = topology.arc[by_arc]
    low = np.searchsorted(sorted_arc, arc, side="left")
    count = np.searchsorted(sorted_arc, arc, side="right") - low
    each = np.repeat(np.arange(len(arc)), count)
    offset = np.arange(len(each)) - np.repeat(np.cumsum(count) - count, count)
    move = by_arc[low[each] + offset]
    return topology.tail[move], place[each], share[each], arc[each]


def require_weights(heaviest: tuple[Ints, Ints]) -> None:
    """Refuse a weight that the engine does not count."""
    if max(int(weights.max(initial=0)) for weights in heaviest) > MAX_SUM:
        raise InfeasibleError(TOO_FAR)


def require_counted(layout: Layout, reached: npt.NDArray[np.bool_]) -> None:
    """Refuse pairs that roads join and that the engine says it does not reach.

    Notes
    -----
    The engine adds up to 2³¹ − 1 and stays there: a sum is exact or it is not
    reached, never wrong. So only the pairs without an answer are looked at, by
    breadth first from each strong component where a trip starts.
    """
    started = (layout.start_states >= 0).any(axis=1)
    rows = np.flatnonzero(started & ~reached.all(axis=1))
    n_moves = len(layout.move)
    leaves, place = layout.tail[n_moves:], layout.head[n_moves:] - layout.n_states
    if not len(rows):
        return
    n, ends = layout.n_states, (layout.tail[:n_moves], layout.head[:n_moves])
    steps = csr_array((np.ones(n_moves, dtype=np.int8), ends), shape=(n, n))
    _, part = connected_components(steps, directed=True, connection="strong")
    states = layout.start_states[rows]
    first = {int(part[state]): state for state in states[states >= 0].tolist()}
    for component, state in first.items():
        seen = np.zeros(n, dtype=bool)
        seen[breadth_first_order(steps, state, return_predecessors=False)] = True
        from_here = ((states >= 0) & (part[states] == component)).any(axis=1)
        joined = np.unique(place[seen[leaves]])
        if not reached[np.ix_(rows[from_here], joined)].all():
            raise InfeasibleError(TOO_FAR)


def _least(tail: Ints | Narrow, head: Ints | Narrow, weight: Ints, n: int) -> csr_array:
    """Sparse graph that keeps the lightest of parallel arcs."""
    order = np.lexsort((weight, head, tail))
    first = np.ones(len(order), dtype=bool)
    same = (np.diff(tail[order]) == 0) & (np.diff(head[order]) == 0)
    first[1:] = ~same
    firsts = order[first]
    value = weight[firsts].astype(float)  # an explicit zero stays an arc
    return csr_array((value, (tail[firsts], head[firsts])), shape=(n, n))

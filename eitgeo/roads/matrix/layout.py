"""Places set on the states of a network: the arcs and weights an engine needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from eitgeo.errors import InfeasibleError
from eitgeo.roads.matrix.topology import Topology
from eitgeo.roads.network.profile import Costs
from eitgeo.words import french_number

if TYPE_CHECKING:
    Ints = npt.NDArray[np.int64]
    Narrow = npt.NDArray[np.int32]
    Floats = npt.NDArray[np.float64]

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

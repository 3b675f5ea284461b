"""Places set on the states of a network: the arcs and weights an engine needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from eitgeo.errors import InfeasibleError

if TYPE_CHECKING:
    import numpy.typing as npt

    from eitgeo.roads.profile import Costs
    from eitgeo.roads.topology import Topology

    Ints = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

MAX_SUM = 2**31 - 2
"""The largest sum that the engine tells from « unreachable »."""

TIME_FACTOR = 8192
"""K: a tenth of a second weighs as much as 8.192 km, so that length only settles
near ties: over 400 km the time given up is under 5 s."""

_SUMS = ("time_ds", "length_m", "ascent_m", "descent_m", "unknown_m")


@dataclass(frozen=True)
class Ends:
    """Where trips start or end: points on edges.

    Attributes
    ----------
    edge
        Shape (n,): edge of the graph; −1 where the place has none.
    fraction
        Shape (n,): how far from ``u`` to ``v``, 0 to 1.
    """

    edge: Ints
    fraction: Floats


@dataclass(frozen=True)
class Layout:
    """Arcs of the states and of the destinations, with what each sums.

    Attributes
    ----------
    n_states, n_places
        Destinations are numbered after the states.
    tail, head
        Shape (arcs,): usable arcs only, the last ones lead to destinations.
    arc
        Shape (arcs,): the directed edge that each drives, whole or in part.
    arc_sums
        For each measure, shape (arcs,).
    start_states
        Shape (origins, 2): the state at each end of the edge of the origin; −1
        where it may not be driven to.
    start_sums
        For each measure, shape (origins, 2): from the origin to that end.
    origins, destinations
        The places, and the costs of the edges, for those that share one.
    """

    n_states: int
    n_places: int
    tail: Ints = field(repr=False)
    head: Ints = field(repr=False)
    arc: Ints = field(repr=False)
    arc_sums: dict[str, Ints] = field(repr=False)
    start_states: Ints = field(repr=False)
    start_sums: dict[str, Ints] = field(repr=False)
    origins: Ends = field(repr=False)
    destinations: Ends = field(repr=False)
    costs: Costs = field(repr=False)

    def along(self, name: str, row: int, path: Ints) -> int:
        """Sum a measure on a path, from the origin on.

        Parameters
        ----------
        name
            The measure.
        row
            The origin.
        path
            Arcs, in order.

        Returns
        -------
        int
            The sum.
        """
        start = self._start(row, path)
        return int(self.start_sums[name][row, start] + self.arc_sums[name][path].sum())

    def driven(self, row: int, path: Ints) -> Ints:
        """List the directed edges of a path, that of the origin first.

        Parameters
        ----------
        row
            The origin.
        path
            Arcs, in order.

        Returns
        -------
        numpy.ndarray
            Directed edges; the first and last are driven in part.
        """
        first = 2 * self.origins.edge[row] + self._start(row, path)
        return np.concatenate([[first], self.arc[path]])

    def _start(self, row: int, path: Ints) -> int:
        """Which end of its edge a path leaves the origin by."""
        ends = np.flatnonzero(self.start_states[row] == self.tail[path[0]])
        cost = [self.start_sums[name][row, ends] for name in ("length_m", "time_ds")]
        return int(ends[np.lexsort(tuple(cost))[0]])

    def straight(self) -> tuple[Ints, Ints, dict[str, Ints]]:
        """Find the pairs that share an edge and may go along it.

        Returns
        -------
        tuple
            Rows, columns, and what the way along the edge sums.
        """
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


def _shares(costs: Costs, arc: Ints, share: Floats | float) -> dict[str, Ints]:
    """Sum over a share of directed edges; none exceeds the impedance there.

    The bound lets a measure be taken from the weights: it only tells on a stretch
    of no time, such as the metre between a place and the end of its edge.
    """
    sums = {
        name: np.rint(getattr(costs, name)[arc] * share).astype(np.int64)
        for name in _SUMS
    }
    most = TIME_FACTOR * sums["time_ds"] + sums["length_m"]
    return {name: np.minimum(values, most) for name, values in sums.items()}


def lay_out(
    topology: Topology, costs: Costs, origins: Ends, destinations: Ends
) -> Layout:
    """Set origins and destinations on the states.

    Parameters
    ----------
    topology
        States and moves.
    costs
        What each directed edge sums.
    origins, destinations
        Points on edges.

    Returns
    -------
    Layout
        Every sum is a whole number.
    """
    usable = np.flatnonzero(costs.usable[topology.arc])
    arc = topology.arc[usable]
    tail, place, share, leg = _arrivals(topology, costs, destinations)
    sums, whole = _shares(costs, leg, share), _shares(costs, arc, 1.0)
    n_states = len(topology.node)
    sense = np.array([0, 1])
    away = 2 * np.maximum(origins.edge, 0)[:, None] + sense
    rest = np.column_stack([1 - origins.fraction, origins.fraction])
    starts = np.where(costs.usable[away], topology.after[away], -1)
    return Layout(
        n_states=n_states,
        n_places=len(destinations.edge),
        tail=np.concatenate([topology.tail[usable], tail]),
        head=np.concatenate([topology.head[usable], n_states + place]),
        arc=np.concatenate([arc, leg]),
        arc_sums={name: np.concatenate([whole[name], sums[name]]) for name in _SUMS},
        start_states=np.where((origins.edge >= 0)[:, None], starts, -1),
        start_sums=_shares(costs, away, rest),
        origins=origins,
        destinations=destinations,
        costs=costs,
    )


def _arrivals(
    topology: Topology, costs: Costs, destinations: Ends
) -> tuple[Ints, Ints, Floats, Ints]:
    """Every move onto the edge of a destination: state, place, share, sense."""
    by_arc = np.argsort(topology.arc, kind="stable")
    sorted_arc = topology.arc[by_arc]
    placed = np.flatnonzero(destinations.edge >= 0)
    arc = (2 * destinations.edge[placed][:, None] + np.array([0, 1])).ravel()
    place = np.repeat(placed, 2)
    fraction = destinations.fraction[placed]
    share = np.column_stack([fraction, 1 - fraction]).ravel()
    keep = costs.usable[arc]
    arc, place, share = arc[keep], place[keep], share[keep]
    low = np.searchsorted(sorted_arc, arc, side="left")
    count = np.searchsorted(sorted_arc, arc, side="right") - low
    each = np.repeat(np.arange(len(arc)), count)
    offset = np.arange(len(each)) - np.repeat(np.cumsum(count) - count, count)
    move = by_arc[low[each] + offset]
    return topology.tail[move], place[each], share[each], arc[each]


def require_bound(layout: Layout, heaviest: tuple[Ints, Ints]) -> None:
    """Refuse weights whose sums could reach the bound of the engine.

    Parameters
    ----------
    layout
        States, arcs and starts.
    heaviest
        Weights of the arcs and of the starts that no set of weights exceeds.

    Raises
    ------
    InfeasibleError
        When the longest best path may pass :data:`MAX_SUM`.

    Notes
    -----
    With ``r`` a state of the largest strong component, ``d(u, v)`` is at most
    ``d(u, r) + d(r, v)``; a path that shuns that component is at most the sum of
    the arcs of one piece of what is left without it. ``r`` is taken midway along a
    longest way, so that the bound is near the largest distance.
    """
    arcs, starts = heaviest
    n = layout.n_states + layout.n_places
    there = _least(layout.tail, layout.head, arcs, n)
    if not there.nnz:
        return
    _, part = connected_components(there, directed=True, connection="strong")
    core = part == np.bincount(part[: layout.n_states]).argmax()
    root = _middle(there, np.flatnonzero(core))
    out, back = dijkstra(there, indices=root), dijkstra(there.T, indices=root)
    far = max(_finite(out) + _finite(back), _around(layout, arcs, core))
    bound = far + float(np.where(layout.start_states >= 0, starts, 0).max(initial=0))
    if bound > MAX_SUM:
        message = (
            "réseau routier : un trajet pourrait dépasser ce que le calcul compte "
            f"({bound:.3g} pour {MAX_SUM:.3g} au plus)\n"
            "  → réduire l'emprise de l'étude, ou retirer les tronçons aberrants"
        )
        raise InfeasibleError(message)


def _around(layout: Layout, arcs: Ints, core: npt.NDArray[np.bool_]) -> float:
    """Sum the arcs of the heaviest piece that is left without the core."""
    outside = ~core[layout.tail] & ~core[layout.head]
    tail, head, weight = layout.tail[outside], layout.head[outside], arcs[outside]
    if not len(tail):
        return 0.0
    _, piece = connected_components(_least(tail, head, weight, len(core)))
    return float(np.bincount(piece[tail], weights=weight).max())


def _least(tail: Ints, head: Ints, weight: Ints, n: int) -> csr_array:
    """Sparse graph that keeps the lightest of parallel arcs."""
    order = np.lexsort((weight, head, tail))
    first = np.ones(len(order), dtype=bool)
    same = (np.diff(tail[order]) == 0) & (np.diff(head[order]) == 0)
    first[1:] = ~same
    kept = order[first]
    value = weight[kept].astype(float)  # an explicit zero stays an arc
    return csr_array((value, (tail[kept], head[kept])), shape=(n, n))


def _middle(graph: csr_array, core: Ints) -> int:
    """Return a state midway along a way between two far ends of the core."""
    one = core[_finite_values(dijkstra(graph, indices=core[0]))[core].argmax()]
    away, before = dijkstra(graph, indices=one, return_predecessors=True)
    node = int(core[_finite_values(away)[core].argmax()])
    half = away[node] / 2
    while away[node] > half and before[node] >= 0:
        node = int(before[node])
    return node


def _finite_values(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, -1.0)


def _finite(values: Floats) -> float:
    return float(_finite_values(values).max())

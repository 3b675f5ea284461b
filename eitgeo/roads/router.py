"""Shortest paths between many places: one path a pair, its time, length, climb.

The engine is a customizable contraction hierarchy (RoutingKit); the network is
ordered once, and a profile or a closure is a new set of weights. The impedance is
one whole number, ``K · time [0.1 s] + length [m]``; time, length and climb belong
to the same path and are proved so, pair by pair.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import routingkit_cch as cch

from eitgeo.roads._layout import TIME_FACTOR, Layout, lay_out, require_bound

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from eitgeo.roads._layout import Ends
    from eitgeo.roads.graph import RoadGraph
    from eitgeo.roads.profile import Costs
    from eitgeo.roads.topology import Topology

    Ints = npt.NDArray[np.int64]

MEASURES = ("ascent_m", "descent_m", "unknown_m")
"""What is summed along the path beside time and length."""

NOT_REACHED = -1


@dataclass(frozen=True)
class Network:
    """A road graph made ready for one kind of vehicle.

    Attributes
    ----------
    graph
        The road graph.
    topology
        Its states and moves for the kind of vehicle.
    order
        Shape (states,): the contraction order, least important state first.
    """

    graph: RoadGraph = field(repr=False)
    topology: Topology = field(repr=False)
    order: Ints = field(repr=False)


@dataclass(frozen=True)
class Found:
    """Pairs of a matrix, origins by destinations.

    Attributes
    ----------
    sums
        ``time_ds`` [0.1 s], ``length_m`` and the measures asked for [m], each of
        shape (origins, destinations), of the same path; −1 where none exists.
    requeried
        How many pairs were unpacked edge by edge, because two paths tie.
    """

    sums: dict[str, Ints] = field(repr=False)
    requeried: int = 0

    @property
    def reached(self) -> npt.NDArray[np.bool_]:
        """Whether a path exists.

        Returns
        -------
        numpy.ndarray
            Shape (origins, destinations).
        """
        return self.sums["time_ds"] != NOT_REACHED


def order_network(graph: RoadGraph, topology: Topology) -> Network:
    """Order the states once, whatever the weights.

    Parameters
    ----------
    graph
        The road graph.
    topology
        From :func:`eitgeo.roads.topology.build_topology`.

    Returns
    -------
    Network
        The order is that of inertial flow on the positions.
    """
    order = cch.compute_order_inertial(
        len(topology.node),
        topology.tail.astype(np.uint32),
        topology.head.astype(np.uint32),
        graph.y[topology.node].astype(np.float32),
        graph.x[topology.node].astype(np.float32),
    )
    return Network(graph, topology, np.array(order, dtype=np.int64))


def many_to_many(
    network: Network,
    costs: Costs,
    *,
    origins: Ends,
    destinations: Ends,
    measures: tuple[str, ...] = MEASURES,
) -> Found:
    """Find the best path of every pair, with its time, length and climb.

    Parameters
    ----------
    network
        From :func:`order_network`.
    costs
        From :func:`eitgeo.roads.profile.edge_costs`; a closed road is one that is
        not usable.
    origins, destinations
        Points on edges; one without an edge is never reached.
    measures
        What is summed beside time and length, among :data:`MEASURES`.

    Returns
    -------
    Found
        Whole numbers, each of shape (origins, destinations).

    Raises
    ------
    InfeasibleError
        When a sum could reach the bound of the engine, 2³¹ − 2.

    Notes
    -----
    Sets of weights on one hierarchy: ``c₁ = K T + L`` decides; ``c₂ = K T + 2 L``;
    for a measure ``M``, ``c₁ ± M``. Where ``(2 c₁ − c₂) ÷ K`` is whole and
    ``(c₁ + M)* − c₁* = c₁* − (c₁ − M)*`` (the first bounds the sum of ``M`` on the
    path from below, the second from above) all optima name one path; the other
    pairs are unpacked edge by edge. Two places on one edge may also go straight.
    """
    layout = lay_out(network.topology, costs, origins, destinations)
    require_bound(layout, _heaviest(layout, measures))
    engine = _Engine(layout, network.order)
    base = engine.matrix(_weights(layout, 1))
    reached = base != NOT_REACHED
    double = engine.matrix(_weights(layout, 2))
    time_ds, rest = np.divmod(2 * base - double, TIME_FACTOR)
    sound = ~reached | (rest == 0)
    sums = {"time_ds": time_ds, "length_m": base - TIME_FACTOR * time_ds}
    for name in measures:
        sums[name] = engine.matrix(_weights(layout, 1, (name, 1))) - base
        above = base - engine.matrix(_weights(layout, 1, (name, -1)))
        sound &= ~reached | (above == sums[name])
    whole = {name: np.where(reached, sums[name], NOT_REACHED) for name in sums}
    doubtful = np.argwhere(~sound)
    for row, column, path in engine.paths(_weights(layout, 1), doubtful):
        for name, values in whole.items():
            values[row, column] = layout.along(name, row, path)
    _take_straight(whole, layout)
    return Found(whole, requeried=len(doubtful))


def _weights(
    layout: Layout, n_lengths: int, measure: tuple[str, int] | None = None
) -> tuple[Ints, Ints]:
    """Weights of the arcs, and of the two starts of each origin."""
    total = {
        part: TIME_FACTOR * sums["time_ds"] + n_lengths * sums["length_m"]
        for part, sums in (("arcs", layout.arc_sums), ("starts", layout.start_sums))
    }
    if measure is not None:
        name, sign = measure
        total["arcs"] = total["arcs"] + sign * layout.arc_sums[name]
        total["starts"] = total["starts"] + sign * layout.start_sums[name]
    return total["arcs"], total["starts"]


def _heaviest(layout: Layout, measures: tuple[str, ...]) -> tuple[Ints, Ints]:
    """Weights that no set of weights exceeds."""
    arcs, starts = _weights(layout, 2)
    for name in measures:
        arcs = np.maximum(arcs, _weights(layout, 1, (name, 1))[0])
        starts = np.maximum(starts, _weights(layout, 1, (name, 1))[1])
    return arcs, starts


class _Engine:
    """The hierarchy of one layout; each set of weights customizes it anew."""

    def __init__(self, layout: Layout, order: Ints) -> None:
        self._layout = layout
        n_states = len(order)
        # Places lead nowhere, so they are contracted before everything else.
        whole = np.concatenate([n_states + np.arange(layout.n_places), order])
        self._cch = cch.CCH(
            whole.astype(np.uint32),
            layout.tail.astype(np.uint32),
            layout.head.astype(np.uint32),
            False,  # noqa: FBT003 - keep arcs that are closed for now
        )
        self._metric: Any = None
        self._pinned = (n_states + np.arange(layout.n_places)).astype(np.uint32)

    def _customize(self, weights: Ints) -> Any:
        narrow = weights.astype(np.uint32)
        if self._metric is None:
            self._metric = cch.CCHMetric(self._cch, narrow)
        else:
            self._metric.reset(narrow)
        return self._metric

    def _sources(self, row: int, initial: Ints) -> list[tuple[int, int]]:
        states = self._layout.start_states[row]
        return [
            (int(state), int(cost))
            for state, cost in zip(states, initial[row], strict=True)
            if state >= 0
        ]

    def matrix(self, weights: tuple[Ints, Ints]) -> Ints:
        """Return the cost of each pair, −1 where no path exists."""
        arcs, starts = weights
        query = cch.CCHOneToMany(self._customize(arcs), self._pinned)
        cost = np.full((len(starts), self._layout.n_places), NOT_REACHED)
        for row in range(len(starts)):
            sources = self._sources(row, starts)
            if sources:
                found = np.array(query.distances_from_multi(sources), dtype=float)
                cost[row] = np.where(np.isnan(found), NOT_REACHED, found)
        return cost

    def paths(
        self, weights: tuple[Ints, Ints], pairs: Ints
    ) -> Iterator[tuple[int, int, Ints]]:
        """Yield row, column and the arcs of the best path of each pair."""
        if not len(pairs):
            return
        arcs, starts = weights
        query = cch.CCHQuery(self._customize(arcs))
        for row, column in pairs.tolist():
            sources = self._sources(row, starts)
            target = [(int(self._pinned[column]), 0)]
            # The result must be gone before the next query: it is never named.
            path = query.run_multi(sources, target).arc_path
            yield row, column, np.array(path, dtype=np.int64)


def _take_straight(whole: dict[str, Ints], layout: Layout) -> None:
    """Take the way along the edge itself where both places stand on it."""
    rows, columns, sums = layout.straight()
    if not len(rows):
        return
    reached = whole["time_ds"][rows, columns] != NOT_REACHED
    found = TIME_FACTOR * whole["time_ds"] + whole["length_m"]
    direct = TIME_FACTOR * sums["time_ds"] + sums["length_m"]
    better = ~reached | (direct <= found[rows, columns])
    for name, values in whole.items():
        values[rows[better], columns[better]] = sums[name][better]

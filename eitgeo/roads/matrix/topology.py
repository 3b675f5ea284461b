"""The states a vehicle can be in: at a node, on which leg, after which turn.

A road open to reach a place only (« destination ») may start or end a trip, never
lie in its middle: a trip is reach-only roads, then open roads, then reach-only
roads. A node is split by leg where reach-only roads meet it, and by the last edges
driven where a forbidden turn begins; everywhere else it stays one state. The
result is a plain directed graph, so that any shortest-path engine is exact on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from eitgeo.roads.network.tags import CLOSED, DESTINATION, OPEN

if TYPE_CHECKING:
    from eitgeo.roads.network.graph import RoadGraph

    Ints = npt.NDArray[np.int32]

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

    node: Ints = field(repr=False)
    tail: Ints = field(repr=False)
    head: Ints = field(repr=False)
    arc: Ints = field(repr=False)
    after: Ints = field(repr=False)


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
        self, n_nodes: int, roads: tuple[Ints, Ints, Ints], turns: _Turns
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

    def nodes(self) -> Ints:
        # Return the node of each state.
        split = [node for node, _, _ in self._met]
        return np.concatenate([np.arange(self._n_nodes), split]).astype(np.int32)

    def explore(self, drivable: Ints) -> Ints:
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

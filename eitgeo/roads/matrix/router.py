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
import numpy.typing as npt

from eitgeo.errors import InfeasibleError
from eitgeo.roads.matrix.engine import NOT_REACHED, Engine
from eitgeo.roads.matrix.layout import (
    TIME_FACTOR,
    TOO_FAR,
    Ends,
    Layout,
    lay_out,
    require_counted,
    require_weights,
)
from eitgeo.roads.matrix.ready import Network
from eitgeo.roads.network.profile import Costs

if TYPE_CHECKING:
    Ints = npt.NDArray[np.int64]

MEASURES = ("ascent_m", "descent_m", "unknown_m")
"""What is summed along the path beside time and length."""


@dataclass(frozen=True)
class Found:
    """Pairs of a matrix, origins by destinations.

    ``sums``: ``time_ds`` [0.1 s], ``length_m`` and the measures asked for [m], each of
    shape (origins, destinations), of the same path; −1 where none exists.
    ``requeried``: how many pairs were unpacked edge by edge, because two paths tie.
    """

    sums: dict[str, Ints] = field(repr=False)
    requeried: int

    @property
    def reached(self) -> npt.NDArray[np.bool_]:
        """Whether a path exists."""
        return self.sums["time_ds"] != NOT_REACHED


def many_to_many(
    network: Network,
    costs: Costs,
    *,
    origins: Ends,
    destinations: Ends,
    measures: tuple[str, ...] = MEASURES,
) -> Found:
    """Find the best path of every pair, with its time, length and climb.

    ``costs``: from :func:`eitgeo.roads.network.profile.edge_costs`; a closed road is
    one that is not usable. ``origins``, ``destinations``: points on edges; one without
    an edge is never reached. ``measures``: what is summed beside time and length, among
    :data:`MEASURES`. Returns: whole numbers, each of shape (origins, destinations).
    Refused when the sum of a pair passes what the engine counts, 2³¹ − 2.

    Notes
    -----
    Sets of weights on one hierarchy: ``c₁ = K T + L`` decides; ``c₂ = K T + 2 L``;
    for a measure ``M``, ``c₁ ± M``. Where ``(2 c₁ − c₂) ÷ K`` is whole and
    ``(c₁ + M)* − c₁* = c₁* − (c₁ − M)*`` (the first bounds the sum of ``M`` on the
    path from below, the second from above) all optima name one path; the other
    pairs are unpacked edge by edge. Two places on one edge may also go straight.
    """
    layout = lay_out(network.topology, costs, origins, destinations)
    require_weights(_heaviest(layout, measures))
    engine = Engine(layout, network)
    base = engine.matrix(scaled_weights(layout, 1))
    reached = base != NOT_REACHED
    require_counted(layout, reached)
    double = _again(engine, scaled_weights(layout, 2), reached)
    time_ds, rest = np.divmod(2 * base - double, TIME_FACTOR)
    sound = ~reached | (rest == 0)
    del double, rest
    sums = {"time_ds": time_ds, "length_m": base - TIME_FACTOR * time_ds}
    for name in measures:
        if _is_length(layout, name):
            sums[name] = sums["length_m"].copy()
            continue
        sums[name], agree = _measured(engine, layout, (name, base), reached)
        sound &= ~reached | agree
    del base
    for values in sums.values():
        values[~reached] = NOT_REACHED
    doubtful = np.argwhere(~sound)
    for row, column, path in engine.paths(scaled_weights(layout, 1), doubtful):
        for name, values in sums.items():
            values[row, column] = layout.along(name, row, path)
    _take_straight(sums, layout)
    return Found(sums, requeried=len(doubtful))


def fastest_times(
    network: Network, costs: Costs, *, origins: Ends, destinations: Ends
) -> Ints:
    """Find the least time of every pair, and nothing else: half the work or less.

    Returns: shape (origins, destinations): time [0.1 s]; −1 where no path exists. Never
    above ``time_ds`` of :func:`many_to_many`, whose paths also weigh length. Refused
    when the sum of a pair passes what the engine counts, 2³¹ − 2.
    """
    layout = lay_out(network.topology, costs, origins, destinations)
    weights = (layout.arc_sums("time_ds"), layout.start_sums["time_ds"])
    require_weights(weights)
    time_ds = Engine(layout, network).matrix(weights)
    require_counted(layout, time_ds != NOT_REACHED)
    rows, columns, sums = layout.straight()
    times = time_ds[rows, columns]
    better = (times == NOT_REACHED) | (sums["time_ds"] < times)
    time_ds[rows[better], columns[better]] = sums["time_ds"][better]
    return time_ds


def _is_length(layout: Layout, name: str) -> bool:
    """Tell whether a measure is the length, wherever a trip may go."""
    return all(
        np.array_equal(sums(name), sums("length_m"))
        for sums in (layout.arc_sums, layout.start_sums.__getitem__)
    )


def _measured(
    engine: Engine, layout: Layout, known: tuple[str, Ints], reached: Any
) -> tuple[Ints, Any]:
    """Sum a measure on the best paths, and say where both bounds of it agree."""
    name, base = known
    if not layout.arc_sums(name).any() and not layout.start_sums[name].any():
        return np.zeros_like(base), np.ones_like(reached)
    below = _again(engine, scaled_weights(layout, 1, (name, 1)), reached) - base
    above = base - _again(engine, scaled_weights(layout, 1, (name, -1)), reached)
    return below, below == above


def _again(engine: Engine, weights: tuple[Ints, Ints], reached: Any) -> Ints:
    """Compute the same pairs with other weights."""
    cost = engine.matrix(weights)
    if (reached & (cost == NOT_REACHED)).any():
        raise InfeasibleError(TOO_FAR)
    return cost


def scaled_weights(
    layout: Layout, n_lengths: int, measure: tuple[str, int] | None = None
) -> tuple[Ints, Ints]:
    """Weights of the arcs, and of the two starts of each origin."""
    parts = []
    for sums in (layout.arc_sums, layout.start_sums.__getitem__):
        total = TIME_FACTOR * sums("time_ds") + n_lengths * sums("length_m")
        if measure is not None:
            name, sign = measure
            total += sign * sums(name)
        parts.append(total)
    return parts[0], parts[1]


def _heaviest(layout: Layout, measures: tuple[str, ...]) -> tuple[Ints, Ints]:
    """Weights that no set of weights exceeds."""
    arcs, starts = scaled_weights(layout, 2)
    for name in measures:
        arcs = np.maximum(arcs, scaled_weights(layout, 1, (name, 1))[0])
        starts = np.maximum(starts, scaled_weights(layout, 1, (name, 1))[1])
    return arcs, starts


def _take_straight(whole: dict[str, Ints], layout: Layout) -> None:
    """Take the way along the edge itself where both places stand on it."""
    rows, columns, sums = layout.straight()
    if not len(rows):
        return
    reached = whole["time_ds"][rows, columns] != NOT_REACHED
    impedance = TIME_FACTOR * whole["time_ds"] + whole["length_m"]
    direct = TIME_FACTOR * sums["time_ds"] + sums["length_m"]
    better = ~reached | (direct <= impedance[rows, columns])
    for name, values in whole.items():
        values[rows[better], columns[better]] = sums[name][better]

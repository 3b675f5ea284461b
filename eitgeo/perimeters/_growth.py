"""Sets in one piece, grown along a fractional solution and mended by moves."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from eitgeo.perimeters._choice import holds_together
from eitgeo.perimeters._contraction import contract

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from eitgeo.perimeters._choice import Choice

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

_MOST_MOVES = 60
_TRIED = 24
_WORTH_HOLDING = 0.05
_MORE_SPLIT = 2


class GroupGrowth:
    """Grows sets that hold in part no more groups than they may.

    Parameters
    ----------
    choice
        What is chosen from, with its groups.
    max_split
        The most groups that may be held in part.
    """

    def __init__(self, choice: Choice, max_split: int) -> None:
        self._choice = choice
        self._max_split = max_split
        self._groups = np.asarray(choice.groups)
        self._size = np.bincount(self._groups)
        self._grown: dict[tuple[int, ...], tuple[Growth, Ints]] = {}

    def along(self, held: Floats) -> Flags | None:
        # As `Growth.along`, for each likely choice of the groups held in part.
        found = [self._split(held, groups) for groups in self._likely(held)]
        allowed = [one for one in found if one is not None]
        return max(allowed, key=self._choice.worth, default=None)

    def _likely(self, held: Floats) -> Iterator[tuple[int, ...]]:
        """List which groups to hold in part: those that the solution splits most."""
        share = np.bincount(self._groups, weights=held) / self._size
        doubt = np.minimum(share, 1 - share) * self._size
        most = np.argsort(-doubt, kind="stable")[: self._max_split + _MORE_SPLIT]
        return combinations(sorted(most.tolist()), min(self._max_split, len(most)))

    def _split(self, held: Floats, groups: tuple[int, ...]) -> Flags | None:
        if groups not in self._grown:
            merged = np.ones(len(self._size), dtype=bool)
            merged[list(groups)] = False
            fewer, unit_of = contract(self._choice, merged)
            self._grown[groups] = Growth(fewer), unit_of
        growth, unit_of = self._grown[groups]
        share = np.bincount(unit_of, weights=held) / np.bincount(unit_of)
        grown = growth.along(share)
        if grown is None or not self._choice.allows(grown[unit_of]):
            return None
        return grown[unit_of]


class Growth:
    """Grows sets that hold together and keep the ceilings.

    Parameters
    ----------
    choice
        What is chosen from.
    """

    def __init__(self, choice: Choice) -> None:
        self._choice = choice
        self._graph = choice.graph()
        self._values = choice.values()
        self._forced = np.zeros(choice.size, dtype=bool)
        self._forced[choice.forced] = True
        self._open = np.ones(choice.size, dtype=bool)
        self._open[choice.exclude] = False
        self._ceilings = [one for one in choice.limits if np.isfinite(one.high)]

    def along(self, held: Floats) -> Flags | None:
        """Grow a set along a fractional solution, then mend it.

        Parameters
        ----------
        held
            How much each unit is held, 0 to 1.

        Returns
        -------
        numpy.ndarray of bool or None
            A set that keeps every rule of the choice; None when none was found.
        """
        grown = self._start(held)
        if grown is None:
            return None
        for wanted in (held > _WORTH_HOLDING, np.ones(len(held), dtype=bool)):
            while (path := self._best_path(grown, held, wanted)) is not None:
                grown[path] = True
        mended = self._mend(grown)
        return mended if self._choice.allows(mended) else None

    def _start(self, held: Floats) -> Flags | None:
        """Join the forced units, or take the most held one, by cheapest ways."""
        forced = np.flatnonzero(self._forced)
        share = np.where(self._open, held, -1.0)
        start = forced[0] if len(forced) else int(share.argmax())
        grown = np.zeros(len(held), dtype=bool)
        grown[start] = True
        for unit in forced[1:].tolist():
            if not grown[unit]:
                _, before = self._ways(grown, held)
                path = _path(before, unit, grown)
                if path is None:
                    return None
                grown[path] = True
        return grown if self._fits(grown) else None

    def _ways(self, grown: Flags, held: Floats) -> tuple[Floats, np.ndarray]:
        """Find cheapest ways from a set; units little held and heavy cost more."""
        cost = 1.001 - np.clip(held, 0, 1)
        for one in self._ceilings:
            cost = cost + one.weight / max(one.high, 1e-9)
        cost = np.where(self._open, cost, np.inf)
        graph = self._graph
        length = csr_array(
            (cost[graph.indices], graph.indices, graph.indptr), shape=graph.shape
        )
        length.data[~np.isfinite(length.data)] = 0.0
        length.eliminate_zeros()
        distance, before, _ = dijkstra(
            length,
            indices=np.flatnonzero(grown),
            min_only=True,
            return_predecessors=True,
        )
        return distance, before

    def _best_path(self, grown: Flags, held: Floats, wanted: Flags) -> list[int] | None:
        """Return the way to a new unit that gains most for its weight."""
        distance, before = self._ways(grown, held)
        gain = self._choice.own + self._values @ grown
        best, best_rate = None, 0.0
        candidates = np.flatnonzero(
            wanted & ~grown & self._open & np.isfinite(distance)
        )
        for unit in candidates.tolist():
            path = _path(before, unit, grown)
            if path is None or not self._fits(grown, path):
                continue
            inner = self._values[path][:, path].sum() / 2 if len(path) > 1 else 0.0
            rate = (gain[path].sum() + inner) / (self._burden(path) + 1e-9)
            if rate > best_rate:
                best, best_rate = path, rate
        return best

    def _burden(self, units: list[int]) -> float:
        """Say what part of the tightest ceiling some units take; or their count."""
        if not self._ceilings:
            return float(len(units))
        return max(one.weight[units].sum() / one.high for one in self._ceilings)

    def _fits(self, grown: Flags, more: list[int] | None = None) -> bool:
        extra = more or []
        return all(
            one.weight[grown].sum() + one.weight[extra].sum() <= one.high
            for one in self._ceilings
        )

    def _mend(self, grown: Flags) -> Flags:
        """Add and swap units at the edge as long as the worth rises."""
        for _ in range(_MOST_MOVES):
            better = self._better(grown)
            if better is None:
                break
            grown = better
        return grown

    def _better(self, grown: Flags) -> Flags | None:
        gain = self._choice.own + self._values @ grown
        edge = np.flatnonzero(~grown & self._open & (self._graph @ grown > 0))
        by_gain = edge[np.argsort(-gain[edge], kind="stable")]
        best, best_rise = None, 1e-9 * max(1.0, float(gain[grown].sum()))
        for unit in by_gain[:_TRIED].tolist():
            if gain[unit] <= best_rise:
                break
            swapped, loss = self._make_room(grown, unit, gain[unit])
            if swapped is not None and gain[unit] - loss > best_rise:
                best, best_rise = swapped, gain[unit] - loss
        return best

    def _make_room(
        self, grown: Flags, unit: int, gain: float
    ) -> tuple[Flags | None, float]:
        """Add a unit, and drop the least useful ones until the ceilings hold."""
        held = grown.copy()
        held[unit] = True
        worth = self._choice.own + self._values @ held
        loss = 0.0
        while not self._fits(held):
            over = max(
                self._ceilings, key=lambda one: one.weight[held].sum() / one.high
            )
            droppable = np.flatnonzero(held & ~self._forced & (over.weight > 0))
            droppable = droppable[droppable != unit]
            rate = worth[droppable] / over.weight[droppable]
            for one in droppable[np.argsort(rate, kind="stable")].tolist():
                if loss + worth[one] >= gain:
                    return None, loss
                held[one] = False
                if holds_together(self._graph, held):
                    loss += worth[one]
                    worth = worth - self._values[[one]].toarray()[0]
                    break
                held[one] = True
            else:
                return None, loss
        return held, loss


def _path(before: np.ndarray, unit: int, grown: Flags) -> list[int] | None:
    """Walk back from a unit to the grown set."""
    path = []
    while not grown[unit]:
        path.append(unit)
        unit = int(before[unit])
        if unit < 0:
            return None
    return path

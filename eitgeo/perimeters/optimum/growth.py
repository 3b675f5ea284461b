"""Sets in one piece, grown along a fractional solution and mended by moves.

Cheapest ways out of a set are a forest: what each way holds is summed at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from eitgeo.perimeters.optimum.choice import Choice, contract, weight_on_ceilings

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

_MOST_MOVES = 60
_TRIED = 24
_WORTH_HOLDING = 0.05
_MORE_SPLIT = 2
_LEAST_COST = 1e-3


class GroupGrowth:
    """Grows sets that hold in part no more groups than they may."""

    def __init__(self, choice: Choice, max_split: int) -> None:
        self._choice = choice
        self._max_split = max_split
        self._groups = np.asarray(choice.groups)
        self._size = np.bincount(self._groups)
        self._grown: dict[tuple[int, ...], tuple[Growth, Ints]] = {}

    def along(self, held: Floats) -> Flags | None:
        """As `Growth.along`, for each likely choice of the groups held in part."""
        trials = [self._split(held, groups) for groups in self._likely(held)]
        allowed = [one for one in trials if one is not None]
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
            self._grown[groups] = Growth(fewer, more_starts=0), unit_of
        growth, unit_of = self._grown[groups]
        share = np.bincount(unit_of, weights=held) / np.bincount(unit_of)
        grown = growth.along(share)
        if grown is None or not self._choice.allows(grown[unit_of]):
            return None
        return grown[unit_of]


class Growth:
    """Grows sets that hold together and keep the ceilings."""

    def __init__(self, choice: Choice, *, more_starts: int = 2) -> None:
        self._choice = choice
        self._more_starts = more_starts
        self._graph = choice.graph()
        parts = np.split(self._graph.indices, self._graph.indptr[1:-1])
        self._near = [part.tolist() for part in parts]
        self._values = choice.values()
        self._forced = np.zeros(choice.size, dtype=bool)
        self._forced[choice.forced] = True
        self._open = np.ones(choice.size, dtype=bool)
        self._open[choice.exclude] = False
        self._ceilings = [one for one in choice.limits if np.isfinite(one.high)]
        self._weight = weight_on_ceilings(choice)
        self._trade = choice.own + self._values.sum(axis=1)
        self._mended: dict[bytes, Flags] = {}

    def along(self, held: Floats) -> Flags | None:
        """Grow a set along a fractional solution, then mend it."""
        length = self._length(held)
        trials = [self._from(start, held, length) for start in self._starts(held)]
        allowed = [one for one in trials if one is not None]
        return max(allowed, key=self._choice.worth, default=None)

    def _starts(self, held: Floats) -> list[int]:
        """Take the first forced unit; else the most held, and what trades most."""
        forced = np.flatnonzero(self._forced)
        if len(forced):
            return forced[:1].tolist()
        share = np.where(self._open, held, -1.0)
        trade = np.where(self._open, held * self._trade, -1.0)
        most = np.argsort(-trade, kind="stable")[: self._more_starts]
        return list(dict.fromkeys([int(share.argmax()), *most.tolist()]))

    def _from(self, start: int, held: Floats, length: csr_array) -> Flags | None:
        grown = self._joined(start, length)
        if grown is None:
            return None
        for wanted in (held > _WORTH_HOLDING, np.ones(len(held), dtype=bool)):
            while path := self._best_path(grown, length, wanted):
                grown[path] = True
        # What is mended depends on the set alone, and solutions often grow the same.
        key = grown.tobytes()
        if key not in self._mended:
            self._mended[key] = self._mend(grown)
        mended = self._mended[key]
        return mended if self._choice.allows(mended) else None

    def _length(self, held: Floats) -> csr_array:
        """Say what entering units costs: more where little held and heavy.

        What is heavy counts by its weight: units may be whole groups, and one that is
        not held is no short way to the next.
        """
        absent = 1.001 - np.clip(held, 0, 1)
        graph = self._graph
        cost = np.where(self._open, _LEAST_COST + absent * self._weight, 0.0)
        length = csr_array(
            (cost[graph.indices], graph.indices, graph.indptr), shape=graph.shape
        )
        length.eliminate_zeros()
        return length

    def _joined(self, start: int, length: csr_array) -> Flags | None:
        """Join the forced units to a start by cheapest ways."""
        grown = np.zeros(self._choice.size, dtype=bool)
        grown[start] = True
        for unit in np.flatnonzero(self._forced).tolist():
            if not grown[unit]:
                ways = Ways(length, grown)
                if not ways.reached[unit]:
                    return None
                grown[ways.path(unit)] = True
        return grown if self._fits(grown) else None

    def _best_path(self, grown: Flags, length: csr_array, wanted: Flags) -> list[int]:
        """Return the way to a new unit that gains most for its weight, if any."""
        ways = Ways(length, grown)
        able = wanted & ways.reached & self._open
        gain = self._choice.own + self._values @ grown
        worth = ways.sums(gain)
        worth += ways.pair_sums(self._choice.pairs, self._choice.pair_value)
        burden = np.zeros(len(grown)) if self._ceilings else ways.depth.astype(float)
        for limit in self._ceilings:
            taken = ways.sums(limit.weight)
            able &= limit.weight[grown].sum() + taken <= limit.high
            burden = np.maximum(burden, taken / limit.high)
        rate = np.where(able, worth / (burden + 1e-9), 0.0)
        unit = int(rate.argmax())
        return ways.path(unit) if rate[unit] > 0 else []

    def _fits(self, grown: Flags) -> bool:
        return all(one.weight[grown].sum() <= one.high for one in self._ceilings)

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
        flags = grown.copy()
        flags[unit] = True
        loss = 0.0
        while not self._fits(flags):
            over = max(
                self._ceilings, key=lambda one: one.weight[flags].sum() / one.high
            )
            worth = self._choice.own + self._values @ flags
            droppable = np.flatnonzero(flags & ~self._forced & (over.weight > 0))
            droppable = droppable[droppable != unit]
            rate = worth[droppable] / over.weight[droppable]
            dropped = self._first_to_drop(
                flags, droppable[np.argsort(rate, kind="stable")], worth, gain - loss
            )
            if dropped is None:
                return None, loss
            flags[dropped] = False
            loss += worth[dropped]
        return flags, loss

    def _first_to_drop(
        self, held: Flags, ordered: Ints, worth: Floats, most: float
    ) -> int | None:
        """Return the first unit that leaves one piece, before one is worth too much."""
        is_in = held.tolist()
        for unit in ordered.tolist():
            if worth[unit] >= most:
                return None
            if stays_whole(self._near, is_in, unit):
                return unit
        return None


class Ways:
    """The cheapest way from a set to each unit.

    Notes
    -----
    Sums along all ways at once by pointer doubling: as many passes over the units as
    the logarithm of the longest way.
    """

    def __init__(self, length: csr_array, start: Flags) -> None:
        distance, before, _ = dijkstra(
            length,
            indices=np.flatnonzero(start),
            min_only=True,
            return_predecessors=True,
        )
        self.reached: Flags = np.isfinite(distance) & ~start
        size = len(start)
        # The unit before on the way; ``size`` where the way begins.
        self._up: Ints = np.full(size + 1, size)
        inner = self.reached & ~start[np.maximum(before, 0)]
        self._up[:size][inner] = before[inner]
        self._jumps = [self._up]
        while (self._jumps[-1] < size).any():
            self._jumps.append(self._jumps[-1][self._jumps[-1]])
        self.depth = self.sums(np.ones(size)).astype(np.int64)

    def sums(self, amounts: Floats) -> Floats:
        """Of the units of each way, its end included, the start not."""
        total = np.append(amounts, 0.0)
        for jump in self._jumps:
            total = total + total[jump]
        return total[:-1]

    def pair_sums(self, pairs: Ints, amounts: Floats) -> Floats:
        """Of the pairs that have both units on each way."""
        a, b = pairs[:, 0], pairs[:, 1]
        upper = np.where(self.depth[a] < self.depth[b], a, b)
        lower = a + b - upper
        rise = self.depth[lower] - self.depth[upper]
        unit = lower
        for power, jump in enumerate(self._jumps):
            unit = np.where(rise >> power & 1, jump[unit], unit)
        on_way = unit == upper
        counts = np.bincount(
            lower[on_way], weights=amounts[on_way], minlength=len(self.depth)
        )
        return self.sums(counts)

    def path(self, unit: int) -> list[int]:
        """From a unit that is reached, back to the start."""
        units = []
        while unit < len(self.depth):
            units.append(unit)
            unit = int(self._up[unit])
        return units


def stays_whole(
    near: Sequence[Sequence[int]], is_in: Sequence[bool], unit: int
) -> bool:
    """Say whether a set in one piece stays so without one of its units.

    Examples
    --------
    >>> row = [[1], [0, 2], [1]]
    >>> [stays_whole(row, [True, True, True], unit) for unit in range(3)]
    [True, False, True]
    """
    linked = [other for other in near[unit] if is_in[other]]
    wanted = set(linked[1:])
    seen, edge = {unit, *linked[:1]}, linked[:1]
    while wanted and edge:
        for other in near[edge.pop()]:
            if is_in[other] and other not in seen:
                seen.add(other)
                edge.append(other)
                wanted.discard(other)
    return not wanted

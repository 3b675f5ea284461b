"""Cheapest ways out of a set, as a forest: what each way holds, summed at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from scipy.sparse import csr_array

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]


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
        at = lower
        for power, jump in enumerate(self._jumps):
            at = np.where(rise >> power & 1, jump[at], at)
        on_way = at == upper
        ends = np.bincount(
            lower[on_way], weights=amounts[on_way], minlength=len(self.depth)
        )
        return self.sums(ends)

    def path(self, unit: int) -> list[int]:
        """From a unit that is reached, back to the start."""
        found = []
        while unit < len(self.depth):
            found.append(unit)
            unit = int(self._up[unit])
        return found


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

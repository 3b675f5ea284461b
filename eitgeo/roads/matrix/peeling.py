"""The states that are contracted first: dead ends, and stretches between junctions.

Whatever the weights, contracting a state of one or two neighbours adds one shortcut
at most, and leaves a network that is no harder. What is left has three neighbours a
state or more: on real roads, a fraction of the states.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]
    Narrow = npt.NDArray[np.int32]
    Links = tuple[Narrow, Narrow]

_LIGHT = 2
_FEW = 200
"""Peeling stops where a round would take less than one state out of so many."""

_SCATTER = np.uint64(2_654_435_761)
"""Odd: multiplied by it, modulo 2³², the first numbers are all over the place."""


def distinct_links(tail: Ints | Narrow, head: Ints | Narrow, n: int) -> Links:
    """List each pair of states that an arc joins, once."""
    low, high = np.minimum(tail, head), np.maximum(tail, head)
    key = low.astype(np.int64) * n + high
    # Sorting is several times as fast as numpy.unique here.
    key = np.sort(key[low < high])
    key = key[np.diff(key, prepend=-1) != 0]
    return (key // n).astype(np.int32), (key % n).astype(np.int32)


def peel(links: Links, n: int) -> tuple[Ints, Links]:
    """Contract states of two neighbours or fewer, until hardly any is left.

    Notes
    -----
    Each round takes states that are not neighbours, drawn by their numbers, so that
    a stretch of ``k`` states goes in some log ``k`` rounds.

    Examples
    --------
    Three roads that end, at one crossing: their ends go first.

    >>> order, links = peel((np.array([0, 1, 2]), np.array([3, 3, 3])), 4)
    >>> order.tolist(), links[0].tolist()
    ([0, 1, 2, 3], [])
    """
    priority = (np.arange(n, dtype=np.uint64) * _SCATTER) % np.uint64(2**32)
    alive = np.ones(n, dtype=bool)
    rounds: list[Ints] = []
    while True:
        u, v = links
        light = alive & (
            np.bincount(u, minlength=n) + np.bincount(v, minlength=n) <= _LIGHT
        )
        if light.sum() * _FEW <= alive.sum():
            break
        rivals = light[u] & light[v]
        later = np.where(priority[u] < priority[v], v, u)[rivals]
        light[later] = False
        rounds.append(np.flatnonzero(light))
        alive[light] = False
        links = _without(links, light)
    return np.concatenate([*rounds, np.empty(0, dtype=np.int64)]), links


def _without(links: Links, gone: npt.NDArray[np.bool_]) -> Links:
    """Take states out that are not neighbours; join the two neighbours of each."""
    u, v = links
    touched = gone[u] | gone[v]
    middle = np.where(gone[u], u, v)[touched]
    other = np.where(gone[u], v, u)[touched]
    order = np.argsort(middle, kind="stable")
    middle, other = middle[order], other[order]
    twin = np.flatnonzero(middle[1:] == middle[:-1])
    tail = np.concatenate([u[~touched], other[twin]])
    head = np.concatenate([v[~touched], other[twin + 1]])
    return distinct_links(tail, head, len(gone))

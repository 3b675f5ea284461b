"""Sections joined end to end where nothing changes at the node between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Chains:
    """Edges as sequences of sections.

    Attributes
    ----------
    order, starts
        Sections of edge ``e``, in order: ``order[starts[e]:starts[e + 1]]``.
    edge, along
        For each section, its edge, and whether it runs the same way.
    u, v
        Ends of each edge.
    """

    order: Ints
    starts: Ints
    edge: Ints
    along: npt.NDArray[np.bool_]
    u: Ints
    v: Ints


def join_chains(ends: Ints, *, sides: Ints, fixed: set[int]) -> Chains:
    """Join the sections that meet, two by two, at a node where nothing changes."""
    follows = _partners(ends, sides, fixed)
    n = len(ends)
    edge = np.full(n, -1, dtype=np.int64)
    along = np.ones(n, dtype=bool)
    order: list[int] = []
    starts = [0]
    for seed in range(n):
        if edge[seed] >= 0:
            continue
        chain = _walk(seed, follows)
        for part in _cut(chain, ends):
            for section, forward in part:
                edge[section] = len(starts) - 1
                along[section] = forward
                order.append(section)
            starts.append(len(order))
    return _ends(np.array(order, dtype=np.int64), starts, (edge, along), ends)


def _ends(
    order: Ints,
    starts: list[int],
    found: tuple[Ints, npt.NDArray[np.bool_]],
    ends: Ints,
) -> Chains:
    edge, along = found
    cut = np.array(starts, dtype=np.int64)
    first, last = order[cut[:-1]], order[cut[1:] - 1]
    return Chains(
        order=order,
        starts=cut,
        edge=edge,
        along=along,
        u=np.where(along[first], ends[first, 0], ends[first, 1]),
        v=np.where(along[last], ends[last, 1], ends[last, 0]),
    )


def _partners(
    ends: Ints, sides: Ints, fixed: set[int]
) -> dict[tuple[int, int], tuple[int, int]]:
    """Map (section, end) to the (section, end) that continues it."""
    flat = ends.ravel()
    rank = np.argsort(flat, kind="stable")
    node, count = np.unique(flat, return_counts=True)
    two = count == 2  # noqa: PLR2004
    first = np.concatenate([[0], np.cumsum(count)[:-1]])[two]
    pairs: dict[tuple[int, int], tuple[int, int]] = {}
    for at, here in zip(first.tolist(), node[two].tolist(), strict=True):
        one, other = int(rank[at]), int(rank[at + 1])
        if here in fixed or one // 2 == other // 2:
            continue
        # Entering by one, leaving by the other: the same must hold along the way.
        entering = sides[one // 2, 0 if one % 2 else 1]
        leaving = sides[other // 2, 1 if other % 2 else 0]
        if entering == leaving:
            pairs[one // 2, one % 2] = (other // 2, other % 2)
            pairs[other // 2, other % 2] = (one // 2, one % 2)
    return pairs


def _walk(
    seed: int, follows: dict[tuple[int, int], tuple[int, int]]
) -> list[tuple[int, bool]]:
    """Return the sections of the chain of a seed, each with its direction."""
    section, exit_end = seed, 0
    # Back to the first section of the chain, or round to the seed.
    while (section, exit_end) in follows:
        section, entry = follows[section, exit_end]
        exit_end = 1 - entry
        if section == seed:
            break
    chain: list[tuple[int, bool]] = []
    start, entry = section, exit_end
    while True:
        chain.append((section, entry == 0))
        following = follows.get((section, 1 - entry))
        if following is None or following[0] == start:
            return chain
        section, entry = following


def _cut(chain: list[tuple[int, bool]], ends: Ints) -> list[list[tuple[int, bool]]]:
    """Cut in two a chain that comes back to where it starts."""
    first, last = chain[0], chain[-1]
    leaves = ends[first[0], 0 if first[1] else 1]
    reaches = ends[last[0], 1 if last[1] else 0]
    if leaves != reaches or len(chain) == 1:
        return [chain]
    half = len(chain) // 2
    return [chain[:half], chain[half:]]

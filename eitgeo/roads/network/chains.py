"""Sections joined end to end where nothing changes at the node between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Chains:
    """Edges as sequences of sections.

    ``order``, ``starts``: sections of edge ``e``, in order: ``order[starts[e]:starts[e
    + 1]]``. ``edge``, ``along``: for each section, its edge, and whether it runs the
    same way. ``u``, ``v``: ends of each edge.
    """

    order: Ints
    starts: Ints
    edge: Ints
    along: npt.NDArray[np.bool_]
    u: Ints
    v: Ints


def join_chains(ends: Ints, *, sides: Ints, fixed: Ints) -> Chains:
    """Join the sections that meet, two by two, at a node where nothing changes.

    Notes
    -----
    The first section of a chain says which way it runs; a ring starts there. A chain
    that comes back to where it starts is cut in two, so that no edge leads to itself.
    Chains stand in the order of their first sections.
    """
    partner = _partners(ends, sides, fixed)
    seed = _seeds(partner)
    start, rank = _back(partner)
    along = start[::2] == start[2 * seed]
    rank = np.where(along, rank[::2], rank[1::2])
    order = np.lexsort((rank, seed))
    tail, head = np.where(along, ends.T, ends.T[::-1])
    first = np.flatnonzero(rank[order] == 0)
    size = np.diff(first, append=len(order))
    back = (size > 1) & (tail[order[first]] == head[order[first + size - 1]])
    middle = (first + size // 2)[back]
    starts = np.sort(np.concatenate([first, middle, [len(order)]]))
    edge = np.empty(len(order), dtype=np.int64)
    edge[order] = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    return Chains(
        order=order,
        starts=starts,
        edge=edge,
        along=along,
        u=tail[order[starts[:-1]]],
        v=head[order[starts[1:] - 1]],
    )


def _partners(ends: Ints, sides: Ints, fixed: Ints) -> Ints:
    """Map each end, ``2 section + side``, to the one that continues it, or to −1."""
    flat = ends.ravel()
    rank = np.argsort(flat, kind="stable")
    node, at, count = np.unique(flat[rank], return_index=True, return_counts=True)
    meets = (count == 2) & ~np.isin(node, fixed)  # noqa: PLR2004
    one, other = rank[at[meets]], rank[at[meets] + 1]
    # Entering by one, leaving by the other: the same must hold along the way.
    entering = sides[one // 2, 1 - one % 2]
    leaving = sides[other // 2, other % 2]
    joined = (one // 2 != other // 2) & (entering == leaving)
    partner = np.full(len(flat), -1)
    partner[one[joined]], partner[other[joined]] = other[joined], one[joined]
    return partner


def _seeds(partner: Ints) -> Ints:
    """Return the first section of the chain of each; open the rings before it."""
    n = len(partner) // 2
    held = np.flatnonzero(partner >= 0)
    links = csr_array(
        (np.ones(len(held)), (held // 2, partner[held] // 2)), shape=(n, n)
    )
    _, chain = connected_components(links, directed=False)
    _, first = np.unique(chain, return_index=True)
    free = np.zeros(len(first), dtype=bool)
    free[chain[np.flatnonzero(partner < 0) // 2]] = True
    opened = 2 * first[~free]
    partner[partner[opened]] = -1
    partner[opened] = -1
    return np.asarray(first[chain], dtype=np.int64)


def _back(partner: Ints) -> tuple[Ints, Ints]:
    """Follow each directed section back to the start of its chain, and count.

    Directed section ``2 s`` runs along ``s``, ``2 s + 1`` against it: each enters by
    the end of that number, and leaves by the other one.
    """
    inner = partner >= 0
    start = np.where(inner, partner ^ 1, np.arange(len(partner)))
    rank = inner.astype(np.int64)
    while (partner[start] >= 0).any():
        rank += rank[start]
        start = start[start]
    return start, rank

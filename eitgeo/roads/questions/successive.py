"""Edges that follow one another with only dead ends between: one closes, all do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from eitgeo.roads.matrix.closer import Grouped

    Flags = npt.NDArray[np.bool_]
    Ints = npt.NDArray[np.int64]

_BOTH = 2
"""Edges of cycles at a node that only leads from one to the other."""


def successive(ends: Ints, *, in_cycle: Flags, states: npt.NDArray[np.int32]) -> Ints:
    """Give edges that follow one another, dead ends aside, the number of a stretch.

    ``ends``: nodes of each edge, shape (edges, 2). ``in_cycle``: the edges that a
    vehicle may use and that are no bridge. ``states``: the node of each state of the
    vehicle. Returns: the stretch of each edge, its own where nothing follows.

    Notes
    -----
    At a node where two edges of cycles meet, whatever else is there lies behind a
    bridge. A trip that drove both, now that one is closed, gains nothing by the other:
    it would come back by it, through the node at its end for a second time. This holds
    where what the vehicle drove before does not matter: nodes at the ends of edges
    that are joined have a single state.
    """
    n_nodes = int(states.max()) + 1
    is_plain = np.bincount(states, minlength=n_nodes) == 1
    edge = np.flatnonzero(in_cycle & is_plain[ends].all(axis=1))
    met = np.bincount(ends[in_cycle].ravel(), minlength=n_nodes)
    node, at = ends[edge].ravel(), np.repeat(edge, 2)
    by_node = np.argsort(node, kind="stable")
    node, at = node[by_node], at[by_node]
    follows = (node[1:] == node[:-1]) & (met[node[1:]] == _BOTH)
    joined = coo_array(
        (np.ones(int(follows.sum())), (at[:-1][follows], at[1:][follows])),
        shape=(len(ends), len(ends)),
    )
    stretch: Ints = connected_components(joined, directed=False)[1].astype(np.int64)
    return stretch


def first_alike(links: Ints, users: Grouped, *, stretch: Ints, places: Ints) -> Ints:
    """Find, for each link, the first that costs its users the same when it closes.

    ``users``: pairs that drive each edge. ``stretch``: see :func:`successive`.
    ``places``: edges where trips start or end. Returns: ranks in ``links``: the same
    pairs drive both, in a stretch, and none has an end on one of them.
    """
    apart = np.where(np.isin(links, places), links, -1)
    first: dict[tuple[int, int, bytes], int] = {}
    return np.array(
        [
            first.setdefault((*key, users.of(links[[at]]).tobytes()), at)
            for at, key in enumerate(
                zip(stretch[links].tolist(), apart.tolist(), strict=True)
            )
        ]
    )

"""Groups of units taken for one unit each: the same choice with fewer units."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    import numpy.typing as npt

    from eitgeo.perimeters.optimum.choice import Choice

    Ints = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]


def groups_hold_together(choice: Choice) -> bool:
    """Say whether each group is in one piece by itself."""
    groups = np.asarray(choice.groups)
    inner = choice.links[groups[choice.links[:, 0]] == groups[choice.links[:, 1]]]
    graph = replace(choice, links=inner).graph()
    n_pieces, _ = connected_components(graph, directed=False)
    return int(n_pieces) == len(np.unique(groups))


def contract(choice: Choice, merged: Flags) -> tuple[Choice, Ints]:
    """Take each merged group for one unit."""
    groups = np.asarray(choice.groups)
    label = np.where(merged[groups], groups, len(merged) + np.arange(choice.size))
    first, unit_of = np.unique(label, return_index=True, return_inverse=True)[1:]
    size = len(first)
    ends = np.sort(unit_of[choice.pairs], axis=1).reshape(-1, 2)
    inner = ends[:, 0] == ends[:, 1]
    key, place = np.unique(
        ends[~inner, 0] * size + ends[~inner, 1], return_inverse=True
    )
    own = np.bincount(unit_of, weights=choice.own, minlength=size)
    own += np.bincount(ends[inner, 0], weights=choice.pair_value[inner], minlength=size)
    links = np.sort(unit_of[choice.links], axis=1).reshape(-1, 2)
    fewer = replace(
        choice,
        units=tuple(choice.units[unit] for unit in first.tolist()),
        links=np.unique(links[links[:, 0] != links[:, 1]], axis=0),
        own=own,
        pairs=np.column_stack([key // size, key % size]),
        pair_value=np.bincount(
            place, weights=choice.pair_value[~inner], minlength=len(key)
        ),
        limits=tuple(
            replace(one, weight=np.bincount(unit_of, weights=one.weight))
            for one in choice.limits
        ),
        root=None if choice.root is None else int(unit_of[choice.root]),
        include=np.unique(unit_of[choice.include]),
        exclude=np.unique(unit_of[choice.exclude]),
        groups=None,
        max_split=None,
    )
    return fewer, unit_of

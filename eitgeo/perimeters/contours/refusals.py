"""What is left of a union when some of its members refuse: exact, by listing."""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

_ALL_OF = 15
_FEW = 3
_ROWS = 2**_ALL_OF


def refusals(members: Collection[str]) -> Iterator[tuple[str, ...]]:
    """List who may refuse together: nobody first, then by number, sorted.

    Notes
    -----
    All of them up to 15 members; beyond, one, two and three together, fewer where
    these are more than 2¹⁵.

    Examples
    --------
    >>> list(refusals(["b", "a"]))
    [(), ('a',), ('b',), ('a', 'b')]
    """
    names = sorted(members)
    for size in range(most_refusals(len(names)) + 1):
        yield from combinations(names, size)


def most_refusals(n_members: int) -> int:
    """Say how many refusals together are listed at most."""
    if n_members <= _ALL_OF:
        return n_members
    listed = (sum(comb(n_members, k) for k in range(n + 1)) for n in range(2, _FEW + 1))
    return 1 + sum(n <= _ROWS for n in listed)


def count_pieces(
    members: Collection[str], neighbours: Mapping[str, Collection[str]]
) -> int:
    """Count the pieces of a union, each member being one by itself.

    Examples
    --------
    >>> count_pieces(["a", "c"], {"a": ["b"], "b": ["a", "c"], "c": ["b"]})
    2
    """
    left = set(members)
    count = 0
    while left:
        count += 1
        edge = {left.pop()}
        while edge:
            edge = {other for one in edge for other in neighbours[one]} & left
            left -= edge
    return count

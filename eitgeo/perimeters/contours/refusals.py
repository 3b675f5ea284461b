"""What is left of a union when some of its members refuse: exact, by listing."""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    import pandas as pd

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


def near_epci(
    contiguity: pd.DataFrame, communes: pd.DataFrame
) -> dict[str, dict[str, set[str]]]:
    """Say which EPCI touch (``border``), and which a road across joins (``road``).

    Examples
    --------
    >>> import pandas as pd
    >>> pairs = pd.DataFrame({"code_a": ["1"], "code_b": ["2"], "road_minutes": [None]})
    >>> communes = pd.DataFrame({"code_insee": ["1", "2"], "epci_siren": ["a", "b"]})
    >>> near_epci(pairs, communes)
    {'border': {'a': {'b'}, 'b': {'a'}}, 'road': {'a': set(), 'b': set()}}
    """
    epci = communes.set_index("code_insee")["epci_siren"]
    ends = list(
        zip(
            contiguity["code_a"].map(epci),
            contiguity["code_b"].map(epci),
            contiguity["road_minutes"].notna(),
            strict=True,
        )
    )
    near: dict[str, dict[str, set[str]]] = {
        kind: {str(siren): set() for siren in epci.unique()}
        for kind in ("border", "road")
    }
    for a, b, is_joined in ends:
        if a == b:
            continue
        for kind in ("border", "road") if is_joined else ("border",):
            near[kind][a].add(b)
            near[kind][b].add(a)
    return near

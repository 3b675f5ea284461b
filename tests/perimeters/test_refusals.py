"""Every refusal of a union, against other code: subsets by bits, pieces by networkx."""

from math import comb

import networkx as nx
import pytest

from eitgeo.perimeters.contours.candidate import (
    connected_unions,
    count_pieces,
    most_refusals,
    near_epci,
    refusals,
)
from tests.perimeters.toy import code_at, make_contiguity, make_grid

PAIRS = "ab bc cd de ea af fg gh hi if dj"
"""Two rings with a member in common at `a` – `f`, and one that hangs on `d`."""
GRAPH = nx.Graph([tuple(pair) for pair in PAIRS.split()])
NEAR = {name: frozenset(GRAPH[name]) for name in sorted(GRAPH)}


def subsets(names: str) -> list[frozenset[str]]:
    """List all subsets by the bits of a number."""
    return [
        frozenset(name for rank, name in enumerate(names) if number >> rank & 1)
        for number in range(2 ** len(names))
    ]


def test_pieces_of_every_subset_are_those_of_another_library() -> None:
    """What any refusal leaves of any union of these ten is one of these subsets."""
    every = subsets("".join(NEAR))
    assert len(every) == 1024
    for kept in every:
        known = nx.number_connected_components(GRAPH.subgraph(kept))
        assert count_pieces(kept, NEAR) == known


def test_each_refusal_of_each_union_is_listed_once() -> None:
    unions = [one for one in connected_unions(NEAR, "a", limit=1_000) if len(one) <= 7]
    assert len(unions) > 100
    for members in unions:
        listed = [*refusals(members)]
        names = "".join(sorted(members))
        assert {frozenset(one) for one in listed} == set(subsets(names))
        assert len(listed) == 2 ** len(members)
        assert listed == sorted(listed, key=lambda one: (len(one), one))


@pytest.mark.parametrize(
    ("n_members", "most"), [(1, 1), (15, 15), (16, 3), (58, 3), (59, 2), (400, 1)]
)
def test_beyond_fifteen_three_refuse_together_at_most(n_members, most) -> None:
    assert most_refusals(n_members) == most


def test_three_refusals_of_sixteen_members() -> None:
    listed = [*refusals([f"{n:02d}" for n in range(16)])]
    assert len(set(listed)) == len(listed) == 1 + 16 + comb(16, 2) + comb(16, 3)


def test_epci_are_near_by_a_border_or_by_a_road_across_it() -> None:
    """No road between 3 and 2; EPCI 1 and 2 have two communes each.

    1 1 2
    3 2 2
    """
    communes = make_grid("112", "322")
    gap = (code_at(1, 0), code_at(1, 1))
    near = near_epci(make_contiguity(communes, gaps=[gap]), communes)
    one, two, three = (f"20000000{n}" for n in (1, 2, 3))
    assert near["border"] == {one: {two, three}, two: {one, three}, three: {one, two}}
    assert near["road"] == {one: {two, three}, two: {one}, three: {one}}

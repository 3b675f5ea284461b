"""Unions of whole EPCI against all subsets, and on a drawing."""

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.errors import InfeasibleError, StudyError
from eitgeo.perimeters.contours.candidate import (
    connected_unions,
    fitting_size,
    union_perimeters,
    whole_epci,
)
from tests.perimeters.toy import code_at, groups_of, make_contiguity, make_grid

LETTERS = "abcdefghi"
NAMES = {f"20000000{n}": f"CC {n}" for n in range(1, 6)}


@st.composite
def graphs(draw) -> dict[str, frozenset[str]]:
    """Draw a graph of at most nine units, joined or not."""
    units = LETTERS[: draw(st.integers(1, 9))]
    pairs = list(combinations(units, 2))
    kept = draw(st.sets(st.sampled_from(pairs))) if pairs else set()
    return {
        unit: frozenset(b if a == unit else a for a, b in kept if unit in (a, b))
        for unit in units
    }


def slow_unions(graph: dict[str, frozenset[str]], root: str) -> set[frozenset[str]]:
    """Try every subset that holds the root."""
    others = [unit for unit in graph if unit != root]
    return {
        frozenset({root, *chosen})
        for size in range(len(others) + 1)
        for chosen in combinations(others, size)
        if len(groups_of([root, *chosen], lambda a, b: b in graph[a])) == 1
    }


@settings(max_examples=40, deadline=None)
@given(graphs())
def test_unions_are_all_the_connected_subsets_each_once(graph) -> None:
    root = min(graph)
    found = connected_unions(graph, root, limit=256)
    assert len(found) == len(set(found))
    assert set(found) == slow_unions(graph, root)
    assert found == sorted(found, key=lambda units: (len(units), sorted(units)))


@settings(max_examples=40, deadline=None)
@given(graphs(), st.integers(1, 9))
def test_a_bound_keeps_all_the_unions_of_each_size_below_it(graph, most) -> None:
    root = min(graph)
    every = connected_unions(graph, root, limit=256)
    bounded = connected_unions(graph, root, limit=256, most=most)
    assert bounded == [units for units in every if len(units) <= most]


def test_a_complete_graph_gives_all_subsets() -> None:
    graph = {unit: frozenset(LETTERS) - {unit} for unit in LETTERS}
    assert len(connected_unions(graph, "e", limit=256)) == 2**8
    assert fitting_size(graph, "e", limit=256) == (9, 256)
    assert fitting_size(graph, "e", limit=257) == (9, 256)


def test_beyond_the_limit_it_refuses_rather_than_truncates() -> None:
    graph = {unit: frozenset(LETTERS) - {unit} for unit in LETTERS}
    told = r"plus de 255 unions .* « e » .* → methods\.max_union_epci: 8 .* : 255\)"
    with pytest.raises(InfeasibleError, match=told):
        connected_unions(graph, "e", limit=255)
    # 1 + 8 + 28 + 56 = 93 sets of at most four.
    with pytest.raises(InfeasibleError, match=r"max_union_epci: 4 .* 4 EPCI : 93\)"):
        connected_unions(graph, "e", limit=100)
    with pytest.raises(InfeasibleError, match=r"max_union_epci: 1 .* 1 EPCI : 1\)"):
        connected_unions(graph, "e", limit=1, most=2)


def test_an_unknown_root_is_refused() -> None:
    with pytest.raises(StudyError, match="EPCI racine « z » absent des EPCI entiers"):
        connected_unions({"a": frozenset()}, "z", limit=1)


def test_whole_epci_lie_wholly_in_the_area() -> None:
    communes = make_grid("1122", "1033", outside=[code_at(0, 3)])
    assert whole_epci(communes) == {
        "200000001": {code_at(0, 0), code_at(0, 1), code_at(1, 0)},
        "200000003": {code_at(1, 2), code_at(1, 3)},
    }


def test_unions_on_a_drawing() -> None:
    """EPCI 1 touches 2; 2 touches 3; 4 is cut off by communes without EPCI.

    1 2 3
    0 0 0
    4 4 4
    """
    communes = make_grid("123", "000", "444")
    # A road gap changes nothing: two EPCI touch by their border.
    gap = (code_at(0, 0), code_at(0, 1))
    found = union_perimeters(
        communes,
        make_contiguity(communes, gaps=[gap]),
        names=NAMES,
        root_epci="200000002",
        limit=10,
    )
    assert [one.name for one in found] == [
        "CC 2",
        "CC 1 + CC 2",
        "CC 2 + CC 3",
        "CC 1 + CC 2 + CC 3",
    ]
    assert [one.perimeter_id for one in found] == [f"union_000{n}" for n in range(1, 5)]
    assert found[1].codes == {code_at(0, 0), code_at(0, 1)}
    assert found[1].parameters == {
        "epci": ["200000001", "200000002"],
        "root_epci": "200000002",
    }
    for one in found:
        assert (one.method, one.compared, one.root) == ("union_epci", False, "")
        assert one.must_hold_together
        assert one.membership_status == "publie"


def test_a_corner_does_not_join() -> None:
    communes = make_grid("12", "31")
    communes = communes[communes["epci_siren"] != "200000001"]
    found = union_perimeters(
        communes,
        make_contiguity(communes),
        names=NAMES,
        root_epci="200000002",
        limit=10,
    )
    assert [one.name for one in found] == ["CC 2"]


def test_the_order_of_rows_changes_no_union() -> None:
    communes = make_grid("1234", "1244")
    contiguity = make_contiguity(communes)
    options: Any = {"names": NAMES, "root_epci": "200000002", "limit": 100}
    first = union_perimeters(communes, contiguity, **options)
    second = union_perimeters(communes.iloc[::-1], contiguity.iloc[::-1], **options)
    assert first == second
    assert len(first) == 8  # 2; 12, 23, 24; 123, 124, 234; 1234


def test_an_epci_with_a_member_beyond_the_layer_is_in_no_union() -> None:
    """EPCI 2 has four members, of which the layer holds two."""
    communes = make_grid("1223")
    communes.loc[communes["epci_siren"].eq("200000002"), "epci_communes"] = 4
    assert set(whole_epci(communes)) == {"200000001", "200000003"}
    options: Any = {"names": NAMES, "limit": 10}
    found = union_perimeters(
        communes, make_contiguity(communes), root_epci="200000001", **options
    )
    assert [one.name for one in found] == ["CC 1"]
    with pytest.raises(StudyError, match=r"« 200000002 » absent des EPCI entiers .* →"):
        union_perimeters(
            communes, make_contiguity(communes), root_epci="200000002", **options
        )


def test_epci_touch_in_whatever_order_their_numbers_are() -> None:
    """The same drawing from left to right and from right to left."""
    for drawing in ("123", "321", "213", "312"):
        communes = make_grid(drawing)
        found = union_perimeters(
            communes,
            make_contiguity(communes),
            names=NAMES,
            root_epci=f"20000000{drawing[1]}",
            limit=10,
        )
        first, middle, last = drawing
        told = [{middle}, {middle, first}, {middle, last}, {first, middle, last}]
        got = [{name[-1] for name in one.name.split(" + ")} for one in found]
        assert sorted(map(sorted, got)) == sorted(map(sorted, told))

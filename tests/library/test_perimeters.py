"""Unions, certificates and differences of an analyst's own units."""

from itertools import combinations

import geopandas as gpd
import networkx as nx
import pytest
from shapely import box

import eitgeo as eg
from eitgeo.errors import InfeasibleError, SchemaError

NAMES = list("abcdefghi")


@pytest.fixture
def units():
    """Nine squares of 1 km, three by three."""
    return gpd.GeoDataFrame(
        {"jobs": range(1, 10), "epci": list("xxxyyyzzz")},
        geometry=[
            box(5e5 + 1000 * column, 6.2e6 + 1000 * row, 5.01e5 + 1000 * column,
                6.201e6 + 1000 * row)
            for row in range(3)
            for column in range(3)
        ],
        index=NAMES,
        crs=2154,
    )  # fmt: skip


def test_neighbours_share_a_side_not_a_corner(units):
    found = eg.contiguity(units)
    assert len(found) == 12
    assert set(found["shared_border_m"]) == {1000.0}
    assert ("a", "b") in found.index
    assert ("a", "e") not in found.index


def test_unions_are_all_those_in_one_piece(units):
    graph = nx.Graph(list(eg.contiguity(units).index))
    by_hand = {
        names
        for size in range(1, 10)
        for names in combinations(NAMES, size)
        if "e" in names and nx.is_connected(graph.subgraph(names))
    }
    found = eg.unions_of(units, root="e", sums=["jobs"])
    assert set(found["members"]) == by_hand
    assert len(found) == len(by_hand)
    jobs = dict(zip(NAMES, range(1, 10), strict=True))
    told = [sum(jobs[name] for name in names) for names in found["members"]]
    assert found["jobs"].tolist() == told


def test_a_certificate_counts_pieces_holes_and_bodies_cut(units):
    ring = [name for name in NAMES if name != "e"]
    told = eg.certify(ring, units, group="epci")
    assert (told["n_pieces"], told["n_holes"]) == (1, 1)
    assert told["groups_whole"] == ("x", "z")
    assert told["groups_cut"] == ("y",)
    assert told["area_km2"] == pytest.approx(8.0)
    assert told["perimeter_km"] == pytest.approx(16.0)
    assert eg.certify(["a"], units)["compactness"] == pytest.approx(0.785398, abs=1e-6)


def test_a_change_has_the_sign_of_what_joins(units):
    table = eg.compare(["a", "b"], ["b", "c", "f"], units, group="epci", sums=["jobs"])
    assert table.loc["jobs", "change"] == 2 + 3 + 6 - (1 + 2)
    assert table.loc["joins", "second"] == ("c", "f")
    assert table.loc["leaves", "second"] == ("a",)
    assert table.loc["n_pieces", "change"] == 0
    assert table.loc["groups_cut", "change"] is None


def test_any_crs_and_any_order_give_the_same_unions(units):
    one = eg.unions_of(units, root="e")
    other = eg.unions_of(units.iloc[::-1].to_crs(4326), root="e")
    assert {frozenset(names) for names in one["members"]} == {
        frozenset(names) for names in other["members"]
    }


def test_what_cannot_be_answered_is_told(units):
    with pytest.raises(KeyError, match="root 'q' is no label"):
        eg.unions_of(units, root="q")
    with pytest.raises(KeyError, match="'q' is no label"):
        eg.certify(["a", "q"], units)
    with pytest.raises(SchemaError, match="one unit at least"):
        eg.certify([], units)
    with pytest.raises(InfeasibleError):
        eg.unions_of(units, root="e", limit=10)
    with pytest.raises(SchemaError, match="row 'a' is no polygon"):
        eg.contiguity(gpd.GeoDataFrame(geometry=units.centroid))

"""What each unit adds, against all orders written out."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.errors import StudyError
from eitgeo.perimeters.contours.candidate import connected_unions
from eitgeo.scenarios.decision.epci_blocks import block_contributions
from tests.perimeters.test_unions import LETTERS, graphs

COMPLETE = {unit: frozenset(LETTERS[:5]) - {unit} for unit in LETTERS[:5]}


def slow_means(unions, values, root):
    """Average over every order whose unions are all in the list."""
    value = dict(zip(unions, values, strict=True))
    others = sorted(max(unions, key=len) - {root})
    orders = np.array(list(permutations(range(len(others)))), dtype=np.int64)
    # A union is the sum of a bit a unit: what each order holds, one unit after another.
    held = np.cumsum(2**orders, axis=1)
    of_bits = np.full(2 ** len(others), np.nan)
    for union, worth in value.items():
        of_bits[sum(2 ** others.index(unit) for unit in union - {root})] = worth
    alone = np.full((len(orders), 1), value[frozenset({root})])
    added = np.diff(np.hstack([alone, of_bits[held]]), axis=1)
    listed = ~np.isnan(added).any(axis=1)
    return {
        unit: added[listed][orders[listed] == rank].sum() / listed.sum()
        for rank, unit in enumerate(others)
    }


def contributions(graph, root, seed):
    unions = connected_unions(graph, root, limit=2**9)
    values = np.random.default_rng(seed).normal(size=len(unions))
    table = block_contributions(unions, pd.DataFrame({"v": values}), root=root)
    return unions, values, table


@settings(max_examples=30, deadline=None)
@given(graphs().filter(lambda graph: len(graph) <= 7), st.integers(0, 9))
def test_means_are_those_of_all_orders_written_out(graph, seed) -> None:
    root = min(graph)
    unions, values, table = contributions(graph, root, seed)
    means = slow_means(unions, values, root)
    assert table["unit"].tolist() == list(means)
    np.testing.assert_allclose(table["mean"], list(means.values()), atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(graphs(), st.integers(0, 9))
def test_means_sum_to_what_the_widest_union_adds(graph, seed) -> None:
    root = min(graph)
    unions, values, table = contributions(graph, root, seed)
    widest = max(range(len(unions)), key=lambda at: len(unions[at]))
    alone = unions.index(frozenset([root]))
    assert table["mean"].sum() == pytest.approx(values[widest] - values[alone])
    assert (table["low"] <= table["mean"] + 1e-9).all()
    assert (table["mean"] <= table["high"] + 1e-9).all()


def test_an_additive_indicator_gives_each_its_own() -> None:
    own = dict(zip(LETTERS[:5], [7.0, 1.0, 2.0, 3.0, 5.0], strict=True))
    unions = connected_unions(COMPLETE, "a", limit=100)
    values = pd.DataFrame({"v": [sum(own[u] for u in held) for held in unions]})
    table = block_contributions(unions, values, root="a").set_index("unit")
    for column in ("alone", "last", "low", "high", "mean"):
        assert table[column].tolist() == [1.0, 2.0, 3.0, 5.0]


def test_a_unit_behind_another_is_never_alone_nor_its_bridge_last() -> None:
    line = {"a": frozenset("b"), "b": frozenset("ac"), "c": frozenset("b")}
    unions = connected_unions(line, "a", limit=10)
    values = pd.DataFrame({"v": [1.0, 4.0, 9.0]})
    table = block_contributions(unions, values, root="a").set_index("unit")
    assert list(table.loc["b", ["alone", "mean"]]) == [3.0, 3.0]
    assert list(table.loc["c", ["last", "mean"]]) == [5.0, 5.0]
    assert table["alone"].isna().to_dict() == {"b": False, "c": True}
    assert table["last"].isna().to_dict() == {"b": True, "c": False}


def test_an_unknown_value_makes_unknown_what_rests_on_it() -> None:
    unions = [frozenset("b"), frozenset("ab"), frozenset("bc"), frozenset("abc")]
    values = pd.DataFrame({"v": [1.0, np.nan, 2.0, 4.0], "w": [0.0, 1.0, 1.0, 2.0]})
    table = block_contributions(unions, values, root="b")
    of_v = table[table["indicator_id"].eq("v")].set_index("unit")
    assert of_v["mean"].isna().to_dict() == {"a": True, "c": True}
    assert of_v["alone"].isna().to_dict() == {"a": True, "c": False}
    assert of_v["last"].isna().to_dict() == {"a": False, "c": True}
    of_w = table[table["indicator_id"].eq("w")]
    assert of_w["mean"].tolist() == [1.0, 1.0]


def test_unions_may_be_listed_in_any_order() -> None:
    """A line a ─ b ─ c: c joins by b alone, so that it is never alone with a."""
    values = pd.DataFrame({"v": [4.0, 9.0, 1.0]})
    for order in permutations(range(3)):
        unions = [["ab", "abc", "a"][at] for at in order]
        table = block_contributions(
            [*map(frozenset, unions)], values.iloc[[*order]], root="a"
        )
        of_b, of_c = table.drop(columns=["unit", "indicator_id"]).to_numpy()
        np.testing.assert_equal(of_b, [3.0, np.nan, 3.0, 3.0, 3.0])
        np.testing.assert_equal(of_c, [np.nan, 5.0, 5.0, 5.0, 5.0])


@pytest.mark.parametrize(
    ("unions", "told"),
    [
        ("a a", "répétées, ou sans « a » seul"),
        ("ab abc", "répétées, ou sans « a » seul"),
        ("a ab acd", r"\['a', 'c', 'd'\] sans ordre d'adhésion"),
        ("a ab abc abcd acd", r"\['a', 'c', 'd'\] sans ordre d'adhésion"),
        ("a ab ac", r"\['a', 'c'\] sans ordre d'adhésion"),
    ],
    ids=[
        "repeated",
        "no root alone",
        "reached from none",
        "leads on alone",
        "no widest",
    ],
)
def test_an_incomplete_list_is_refused(unions, told) -> None:
    listed = [*map(frozenset, unions.split())]
    values = pd.DataFrame({"v": np.zeros(len(listed))})
    with pytest.raises(StudyError, match=f"unions d'EPCI : {told}"):
        block_contributions(listed, values, root="a")


@pytest.mark.parametrize("n_rows", [1, 3])
def test_one_row_of_values_a_union_is_required(n_rows) -> None:
    unions = [frozenset("a"), frozenset("ab")]
    values = pd.DataFrame({"v": np.zeros(n_rows)})
    with pytest.raises(StudyError, match=f"{n_rows} lignes de valeurs pour 2"):
        block_contributions(unions, values, root="a")

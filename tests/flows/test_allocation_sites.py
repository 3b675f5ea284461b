"""The optimum told site by site, what changes from one to another, what is missing."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.flows.exchanges.allocation import (
    TIE_EUR_PER_T,
    Allocated,
    Arcs,
    Ends,
    allocation_change,
    missing_needs,
    site_allocation,
)

RULES = pd.DataFrame({"rule_id": ["r0", "r1", "r2"], "family": ["f", "g", "f"]})


def ends(*nodes: tuple[str, dict[str, float]], resource: str = "bois") -> Ends:
    """Make one side: commune of each node, and its sites with their weights."""
    table = pd.DataFrame(
        {
            "code_insee": [code for code, _ in nodes],
            "resource": [f"{resource} {n}" for n in range(len(nodes))],
            "ewc_stat": [f"07.{n}" for n in range(len(nodes))],
        }
    )
    rows = [
        (n, site, t) for n, (_, sites) in enumerate(nodes) for site, t in sites.items()
    ]
    members = pd.DataFrame(rows, columns=["node", "site_id", "t"])
    return Ends(table, members, pd.DataFrame())


def arcs(*rows: tuple[int, int, int]) -> Arcs:
    """Make arcs: lot, need, rule; each its own length."""
    supply, need, rule = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    length = 1_000.0 * np.arange(1.0, len(rows) + 1)
    return Arcs(supply, need, rule, length, length / 10, length, length)


def told(lines: Arcs, t: list[float], donors: Ends, receivers: Ends) -> dict[Any, Any]:
    """Return donor, receiver, rule → tonnes."""
    table = site_allocation(
        lines, np.array(t), donors=donors, receivers=receivers, rules=RULES
    )
    keys = ["donor_id", "receiver_id", "rule_id"]
    assert not table[[*keys, "resource"]].duplicated().any()
    return table.set_index(keys)["t"].to_dict()


DONORS = ends(("c0", {"a": 3.0, "b": 1.0}), ("c1", {"c": 2.0}), ("c2", {"d": 9.0}))
TAKERS = ends(("c3", {"x": 1.0, "y": 1.0}), ("c4", {"z": 5.0}), resource="")


def test_sites_give_and_receive_in_proportion_to_their_tonnes() -> None:
    """Lot 0 gives 4 to each need, lot 1 gives 2 to the second, lot 2 nothing.

    Of 8 t, a gives 6 and b 2: a the 4 t of the first need and 2 t of the second.
    """
    lines = arcs((2, 0, 0), (0, 1, 1), (1, 1, 0), (0, 0, 2))
    assert told(lines, [0.0, 4.0, 2.0, 4.0], DONORS, TAKERS) == {
        ("a", "x", "r2"): 2.0,
        ("a", "y", "r2"): 2.0,
        ("a", "z", "r1"): 2.0,
        ("b", "z", "r1"): 2.0,
        ("c", "z", "r0"): 2.0,
    }


def test_each_exchange_is_told_with_its_places_and_its_way() -> None:
    lines = arcs((0, 0, 0), (0, 1, 1), (1, 1, 0))
    table = site_allocation(
        lines, np.array([0.0, 0.0, 6.0]), donors=DONORS, receivers=TAKERS, rules=RULES
    )
    assert table.to_dict("list") == {
        "donor_id": ["c"],
        "receiver_id": ["z"],
        "rule_id": ["r0"],
        "resource": ["bois 1"],
        "ewc_stat": ["07.1"],
        "donor_code": ["c1"],
        "receiver_code": ["c4"],
        "t": [6.0],
        "length_m": [3_000.0],
        "time_s": [300.0],
    }


def test_flows_of_a_lot_meet_its_sites_in_the_order_of_needs_then_rules() -> None:
    """Flows of 2, 1 and 3 t; three equal sites: 2 t each, cut where either ends."""
    lot = ends(("c0", {"a": 1.0, "b": 1.0, "c": 1.0}))
    needs = ends(("c3", {"x": 1.0}), ("c4", {"y": 1.0}), resource="")
    lines = arcs((0, 1, 0), (0, 0, 1), (0, 0, 0))
    assert told(lines, [3.0, 1.0, 2.0], lot, needs) == {
        ("a", "x", "r0"): 2.0,
        ("b", "x", "r1"): 1.0,
        ("b", "y", "r0"): 1.0,
        ("c", "y", "r0"): 2.0,
    }


def test_each_lot_lays_its_own_flows_beside_its_own_sites() -> None:
    """Both lots give 1 and 3 t from two equal sites: 2 t each, whatever the lot."""
    lots = ends(("c0", {"a": 1.0, "b": 1.0}), ("c1", {"c": 5.0, "d": 5.0}))
    needs = ends(("c3", {"x": 1.0}), ("c4", {"y": 1.0}), resource="")
    lines = arcs((0, 0, 0), (0, 1, 0), (1, 0, 0), (1, 1, 0))
    assert told(lines, [1.0, 3.0, 1.0, 3.0], lots, needs) == {
        ("a", "x", "r0"): 1.0,
        ("a", "y", "r0"): 1.0,
        ("b", "y", "r0"): 2.0,
        ("c", "x", "r0"): 1.0,
        ("c", "y", "r0"): 1.0,
        ("d", "y", "r0"): 2.0,
    }


def test_what_rounding_leaves_between_two_ends_is_no_exchange() -> None:
    """0.1 + 0.2 is not quite 0.3: the flows end where the sites do all the same."""
    lot = ends(("c0", {"a": 1.0, "b": 2.0}))
    needs = ends(("c3", {"x": 1.0}), ("c4", {"y": 1.0}), resource="")
    found = told(arcs((0, 0, 0), (0, 1, 0)), [0.1, 0.2], lot, needs)
    assert found == pytest.approx({("a", "x", "r0"): 0.1, ("b", "y", "r0"): 0.2})


@pytest.mark.parametrize(("small_t", "n_exchanges"), [(0.5, 1), (1.0, 1), (1.5, 2)])
def test_a_billionth_of_a_thousandth_is_rounding_and_more_is_not(
    small_t, n_exchanges
) -> None:
    """Told with the next flow: nothing is lost."""
    whole = 1e12
    needs = ends(("c3", {"x": 1.0}), ("c4", {"y": 1.0}), resource="")
    lines = arcs((0, 0, 0), (0, 1, 0))
    found = told(lines, [small_t, whole - small_t], ends(("c0", {"a": 1.0})), needs)
    assert len(found) == n_exchanges
    assert sum(found.values()) == whole


def test_rows_are_sorted_by_their_sites_whatever_the_lots() -> None:
    lots = ends(("c0", {"z": 1.0, "b": 1.0}), ("c1", {"a": 1.0}))
    lines = arcs((0, 1, 0), (0, 0, 1), (1, 1, 2))
    table = site_allocation(
        lines, np.array([1.0, 1.0, 1.0]), donors=lots, receivers=TAKERS, rules=RULES
    )
    pairs = table[["donor_id", "receiver_id"]].to_numpy().tolist()
    assert pairs == sorted(pairs)
    assert [one for one, _ in pairs] == ["a", "b", "z", "z"]
    assert table.index.tolist() == [0, 1, 2, 3]


def test_nothing_exchanged_is_an_empty_table() -> None:
    table = site_allocation(
        arcs((0, 0, 0)),
        np.zeros(1),
        donors=DONORS,
        receivers=TAKERS,
        rules=RULES,
    )
    assert table.empty
    assert [*table] == [
        *("donor_id", "receiver_id", "rule_id", "resource", "ewc_stat"),
        *("donor_code", "receiver_code", "t", "length_m", "time_s"),
    ]


def optimum(t: list[float], benefit_eur: float = 0.0) -> Allocated:
    """Make an optimum of given tonnes."""
    none = np.zeros(0)
    return Allocated(np.array(t), none, none, none, benefit_eur, benefit_eur)


def test_what_changes_is_counted_in_tonnes_euros_places_and_families() -> None:
    """Lots 0 and 1 are of one commune; rules 0 and 2 of one family."""
    donors = ends(("c0", {}), ("c0", {}), ("c2", {}))
    receivers = ends(("c3", {}), ("c4", {}))
    lines = arcs((0, 0, 0), (1, 0, 2), (2, 1, 1), (2, 0, 0))
    table = allocation_change(
        (lines, optimum([5.0, 0.5, 0.25, 0.0], 70.0)),
        (lines, optimum([0.0, 0.0, 0.25, 1.0], 30.0)),
        (donors, receivers),
        rules=RULES,
    )
    assert table.to_dict("list") == {
        "measure": ["t", "eur", "communes", "families"],
        "with_it": [5.75, 70.0, 2.0, 2.0],
        "without_it": [1.25, 30.0, 2.0, 2.0],
    }
    fewer = allocation_change(
        (lines, optimum([5.0, 0.5, 0.0, 0.0])),
        (lines, optimum([0.0, 0.0, 0.0, 0.0])),
        (donors, receivers),
        rules=RULES,
    ).set_index("measure")
    assert fewer["with_it"].to_dict() == {
        "t": 5.5,
        "eur": 0.0,
        "communes": 1.0,
        "families": 1.0,
    }
    assert fewer["without_it"].tolist() == [0.0] * 4


def test_what_is_missing_is_told_the_dearest_first_then_by_name() -> None:
    nodes = pd.DataFrame(
        [
            ("c2", "bois", 1.0),
            ("c1", "verre", 2.0),
            ("c1", "bois", 4.0),
            ("c1", "bois", 8.0),
            ("c3", "bois", 16.0),
            ("c4", "bois", 32.0),
            ("c5", "bois", 64.0),
        ],
        columns=["code_insee", "resource", "t"],
    )
    none = np.zeros(0)
    price = np.array([5.0, 5.0, 3.0, 5.0, 9.0, 10 * TIE_EUR_PER_T, 0.5])
    found = missing_needs(
        Allocated(none, none, none, price, 0.0, 0.0),
        Ends(nodes, pd.DataFrame(), pd.DataFrame()),
    )
    assert found.to_numpy().tolist() == [
        ["c3", "bois", 16.0, 9.0],
        ["c1", "bois", 12.0, 5.0],
        ["c1", "verre", 2.0, 5.0],
        ["c2", "bois", 1.0, 5.0],
        ["c5", "bois", 64.0, 0.5],
    ]
    assert found.index.tolist() == [0, 1, 2, 3, 4]

"""Legal outlets: what they take, what is left over, and why."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from eitgeo.errors import SchemaError
from eitgeo.flows.outlets.legal_outlets import (
    free_capacity_t,
    legal_pairs,
    lots,
    nearest_outlets,
    place_lots,
)
from tests.flows.toy import SAW, P, Q, R, make_arisings, make_sites

LOT = ["code_insee", "stream", "ewc_stat"]


def make_lots(*rows: tuple[str, str, float]) -> pd.DataFrame:
    """Return lots: commune, category, tonnes."""
    table = pd.DataFrame(rows, columns=["code_insee", "ewc_stat", "t"])
    return table.assign(stream="NDNI")[[*LOT, "t"]]


def make_ways(*rows: tuple[str, str, str, float]) -> pd.DataFrame:
    """Return legal outlets in reach: commune, category, outlet, cost."""
    names = ["code_insee", "ewc_stat", "outlet_id", "cost_eur_per_t"]
    table = pd.DataFrame(rows, columns=names)
    return table.assign(stream="NDNI", length_m=1000.0)


def test_the_least_cost_moves_a_lot_that_has_another_way() -> None:
    """P is nearer to A, but Q has only A: P leaves it room, and goes to B."""
    found = place_lots(
        make_lots((P, "W102", 10), (Q, "W102", 10)),
        make_ways((P, "W102", "A", 1), (P, "W102", "B", 8), (Q, "W102", "A", 5)),
        free_t=pd.Series({"A": 15.0, "B": 100.0}),
    )
    told = found.flows[["code_insee", "outlet_id", "t"]].to_numpy().tolist()
    assert told == [
        [P, "A", pytest.approx(5)],
        [P, "B", pytest.approx(5)],
        [Q, "A", pytest.approx(10)],
    ]
    assert found.unplaced.empty
    # One tonne more of A lets P come nearer: 8 − 1 €/t.
    assert found.price_eur_per_t.to_dict() == pytest.approx({"A": 7.0, "B": 0.0})


def test_the_nearest_outlet_that_may_take_each_kind() -> None:
    """b is nearer to P, but takes wood only; nobody goes from R to the closed road."""
    legal = pd.DataFrame(
        {
            "outlet_id": ["a", "a", "b"],
            "stream": "NDNI",
            "ewc_stat": ["W075", "W102", "W075"],
        }
    )
    ways = pd.DataFrame(
        {
            "origin_id": [P, P, Q, R],
            "destination_id": ["a", "b", "a", "a"],
            "status": ["ok", "ok", "same_place", "unreachable"],
            "time_s": [1_800.0, 600.0, 0.0, np.nan],
        }
    )
    found = nearest_outlets(legal, ways).set_index(["code_insee", "ewc_stat"])
    assert found["minutes"].to_dict() == {
        (P, "W075"): 10.0,
        (P, "W102"): 30.0,
        (Q, "W075"): 0.0,
        (Q, "W102"): 0.0,
    }


def test_what_finds_no_place_says_why() -> None:
    waste = make_lots(
        (P, "W102", 10), (P, "W05", 3), (R, "W102", 4), (Q, "W061", 5), (Q, "W102", 2)
    )
    ways = make_ways(
        (P, "W102", "A", 1),
        (R, "W102", "A", np.nan),
        (Q, "W061", "B", 2),
        (Q, "W102", "C", 2),
    )
    free_t = pd.Series({"A": 6.0, "B": np.nan, "C": 0.0})
    found = place_lots(waste, ways, free_t=free_t)
    left = found.unplaced[["code_insee", "ewc_stat", "t", "reason"]].to_numpy().tolist()
    assert left == [
        [P, "W102", pytest.approx(4), "capacite"],
        [P, "W05", 3, "aucun_exutoire_admis"],
        [R, "W102", 4, "hors_de_portee"],
        [Q, "W102", 2, "capacite"],
    ]


def test_an_outlet_without_a_known_capacity_is_not_bounded() -> None:
    found = place_lots(
        make_lots((P, "W102", 1e6)),
        make_ways((P, "W102", "A", 1)),
        free_t=pd.Series({"A": np.nan}),
    )
    assert found.unplaced.empty
    assert found.flows["t"].tolist() == pytest.approx([1e6])
    assert found.price_eur_per_t.isna().all()


def test_no_outlet_at_all_leaves_everything() -> None:
    found = place_lots(
        make_lots((P, "W102", 7)), make_ways(), free_t=pd.Series(dtype=float)
    )
    assert found.flows.empty
    assert found.unplaced["reason"].tolist() == ["aucun_exutoire_admis"]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_most_is_placed_then_at_least_cost(seed) -> None:
    """Against two programmes, one after the other: most tonnes, then least cost."""
    rng = np.random.default_rng(seed)
    n_lots, n_outlets = rng.integers(1, 6, 2)
    codes = [f"3100{n}" for n in range(n_lots)]
    waste = make_lots(*((code, "W102", float(rng.uniform(1, 50))) for code in codes))
    names = [f"O{n}" for n in range(n_outlets)]
    rows = [
        (code, "W102", name, float(rng.uniform(0, 90)))
        for code in codes
        for name in names
        if rng.random() < 0.6
    ]
    free_t = pd.Series(rng.choice([0.0, 15.0, 60.0], n_outlets), index=names)
    found = place_lots(waste, make_ways(*rows), free_t=free_t)
    total = found.flows["t"].sum() + found.unplaced["t"].sum()
    assert total == pytest.approx(waste["t"].sum(), rel=1e-9)
    taken = found.flows.groupby("outlet_id")["t"].sum()
    assert (taken <= free_t.reindex(taken.index) + 1e-6).all()
    if not rows:
        return
    lot = np.array([codes.index(row[0]) for row in rows])
    outlet = np.array([names.index(row[2]) for row in rows])
    cost = np.array([row[3] for row in rows])
    matrix = np.vstack(
        [lot == n for n in range(n_lots)] + [outlet == n for n in range(n_outlets)]
    ).astype(float)
    room = np.concatenate([waste["t"], free_t])
    most = -linprog(-np.ones(len(rows)), A_ub=matrix, b_ub=room).fun
    assert found.flows["t"].sum() == pytest.approx(most, abs=1e-5)
    least = linprog(
        cost,
        A_ub=np.vstack([matrix, -np.ones(len(rows))]),
        b_ub=np.append(room, -most + 1e-7),
    )
    assert found.flows["cost_eur"].sum() == pytest.approx(least.fun, abs=1e-3, rel=1e-6)


def test_headings_say_what_an_outlet_takes_else_its_kind() -> None:
    outlets = pd.DataFrame(
        {
            "outlet_id": ["a", "b", "c"],
            "kind": ["isdnd", "isdnd", "inconnu"],
            "icpe_headings": ["2716;2760-2", "", ""],
        }
    )
    wastes = pd.DataFrame(
        {
            "heading": ["2760-2", "2716"],
            "stream": "NDNI",
            "ewc_stat": "W102",
            "gate_eur_per_t": [140.0, 160.0],
        }
    )
    headings = pd.DataFrame({"kind": ["isdnd"], "heading": ["2760-2"]})
    found = legal_pairs(outlets, wastes=wastes, headings=headings)
    assert found[["outlet_id", "heading", "gate_eur_per_t"]].to_numpy().tolist() == [
        ["a", "2760-2", 140.0],
        ["b", "2760-2", 140.0],
    ]


def test_households_come_first() -> None:
    """38 500 + 10 000 t already meet the 48 492 t of the landfill in 2025."""
    outlets = pd.DataFrame(
        {
            "outlet_id": ["pihourc"],
            "capacity_t": [48_492.0],
            "household_t": [38_500.0 + 10_000.0],
        }
    )
    assert free_capacity_t(outlets).to_dict() == {"pihourc": 0.0}


def test_lots_sum_sites_of_a_commune() -> None:
    sites = make_sites(("a", SAW, 5, P), ("b", SAW, 9, P))
    arisings = make_arisings(("a", "W075", 3.0), ("b", "W075", 4.0), ("b", "W072", 0.0))
    assert lots(arisings, sites)[[*LOT, "t"]].to_numpy().tolist() == [
        [P, "NDNI", "W075", 7.0]
    ]


def test_negative_tonnes_costs_and_unknown_outlets_are_refused() -> None:
    sites = make_sites(("a", SAW, 5, P))
    with pytest.raises(SchemaError, match=r"« a », W075 : tonnage négatif \(-1 t/an\)"):
        lots(make_arisings(("a", "W075", -1.0)), sites)
    ways = make_ways((P, "W102", "A", -1), (P, "W102", "B", 1))
    with pytest.raises(
        SchemaError, match=r"« B » sans capacité(.|\n)*« A » : coût nég"
    ):
        place_lots(make_lots((P, "W102", 1)), ways, free_t=pd.Series({"A": 1.0}))

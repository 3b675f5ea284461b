"""Who could give, and which rules weigh nothing, on the line P, Q, R."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.flows.exchanges.synergies import (
    affinity,
    reachable_givers,
    unquantified_rules,
)
from eitgeo.tables.schema import validate
from tests.flows.toy import (
    BOARD,
    BOARDS,
    BOILERS,
    FARM,
    HEAT,
    SAW,
    P,
    Q,
    R,
    five_sites,
    make_arisings,
    make_flows,
    make_pairs,
    make_rules,
    make_sites,
)

LOOP: dict[str, Any] = {"source_naf": BOARD, "target_naf": BOARD}


def givers(sites=None, rules=None, **options: Any) -> list[list[str]]:
    """Return family, commune and site of the givers."""
    table = reachable_givers(
        five_sites() if sites is None else sites,
        make_rules() if rules is None else rules,
        od_matrix=options.pop("pairs", make_pairs()),
        donor_communes=options.pop("donors", [P, Q, R]),
        flows=make_flows(**options),
    )
    validate(table, table="givers")
    return table[["family", "code_insee", "site_id"]].to_numpy().tolist()


def test_a_giver_counts_once_a_family() -> None:
    rules = make_rules(BOARDS, BOILERS, {"rule_id": "BOIS2", "target_naf": HEAT})
    assert givers(rules=rules) == [["bois", P, "scie"], ["énergie", P, "scie"]]


def test_one_rule_that_a_source_tells_documents_a_giver() -> None:
    """Board makers by memory, boilers by a source; one family each, then the same."""
    told = BOILERS | {"evidence": "S"}
    for family, expected in (("énergie", [False, True]), ("bois", [True])):
        table = reachable_givers(
            five_sites(),
            make_rules(BOARDS, told | {"family": family}),
            od_matrix=make_pairs(),
            donor_communes=[P, Q, R],
            flows=make_flows(),
        )
        assert table["documented"].tolist() == expected


def test_a_giver_needs_a_taker_in_reach() -> None:
    assert givers(max_km=9.9) == []
    assert givers(max_km=10) == [["bois", P, "scie"]]
    assert givers(rules=make_rules({"dist_max_km": 9.9})) == []
    assert givers(donors=[Q, R]) == []
    assert givers(rules_excluded=("BOIS",)) == []


def test_sizes_need_not_be_known() -> None:
    sites = make_sites(
        ("scie", SAW, float("nan"), P), ("panneau", BOARD, float("nan"), Q)
    )
    assert givers(sites) == [["bois", P, "scie"]]


def test_a_giver_is_not_its_own_taker() -> None:
    alone = make_sites(("a", BOARD, 30, P))
    assert givers(alone, make_rules(LOOP)) == []
    two = make_sites(("a", BOARD, 30, P), ("b", BOARD, 5, P))
    assert givers(two, make_rules(LOOP)) == [["bois", P, "a"], ["bois", P, "b"]]


def test_a_giver_out_of_its_own_reach_counts_its_neighbour() -> None:
    """A commune wider than the rule's reach does not hide the taker next to it."""
    sites = make_sites(("a", BOARD, 30, P), ("b", FARM, 5, Q))
    pairs = make_pairs(inner_km=3.0)
    is_close = pairs["origin_id"].eq(P) & pairs["destination_id"].eq(Q)
    pairs.loc[is_close, "length_m"] = 1_500.0
    rule = {"source_naf": BOARD, "target_naf": f"{BOARD};{FARM}", "dist_max_km": 2.0}
    assert givers(sites, make_rules(rule), pairs=pairs) == [["bois", P, "a"]]


def test_rules_without_tonnage_are_named_not_zero() -> None:
    rules = make_rules(
        BOARDS,
        BOILERS | {"ewc_stat": "NA"},
        {"rule_id": "ENCRE", "ewc_stat": "W012", "source_naf": f"{SAW};{HEAT}"},
        {"rule_id": "PERSONNE", "ewc_stat": "NA", "source_naf": FARM},
    )
    arisings = make_arisings(("scie", "W075", 100.0), ("magasin", "W012", 3.0))
    silent = unquantified_rules(five_sites(), arisings, rules)
    assert silent[["rule_id", "n_donors"]].values.tolist() == [
        ["CHALEUR", 1],
        ["ENCRE", 2],
    ]
    assert silent.columns.tolist() == ["rule_id", "family", "byproduct", "n_donors"]


def test_affinity_by_hand() -> None:
    table = make_rules()[["rule_id"]].merge(
        make_arisings((P, "x", 3.0), (Q, "x", 4.0), (P, "x", 5.0)), how="cross"
    )
    table = table.rename(columns={"site_id": "donor_id"})
    table["receiver_id"] = [Q, P, P]
    pairs = affinity(table)
    validate(pairs, table="affinity")
    found = {(a, b): t for a, b, t in pairs.values.tolist()}
    assert found == pytest.approx({(P, P): 5.0, (P, Q): 7.0})


def test_enough_takers_are_met_to_know_whether_there_is_another() -> None:
    # A brute force over every pair, on towns where givers also take.
    rng = np.random.default_rng(7)
    towns = [f"31{number:03d}" for number in range(1, 9)]
    rows = [
        (f"s{n}", BOARD if n % 3 else FARM, 5, str(rng.choice(towns)))
        for n in range(14)
    ]
    sites = make_sites(*rows)
    pairs = pd.DataFrame(
        [(a, b) for a in towns for b in towns], columns=["origin_id", "destination_id"]
    )
    km = np.where(
        pairs["origin_id"] == pairs["destination_id"],
        0.5,
        rng.uniform(1, 60, len(pairs)),
    )
    pairs = pairs.assign(status="ok", length_m=1000 * km, time_s=60 * km)
    rule: dict[str, Any] = {"source_naf": BOARD, "target_naf": BOARD}
    found = reachable_givers(
        sites,
        make_rules(rule | {"dist_max_km": 6.0}),
        od_matrix=pairs,
        donor_communes=towns,
        flows=make_flows(),
    )
    boards = sites[sites["naf"] == BOARD]
    length_km = dict(zip(map(tuple, pairs.iloc[:, :2].to_numpy()), km, strict=True))
    placed = dict(zip(boards["site_id"], boards["code_insee"], strict=True))
    meets = {
        one
        for one, here in placed.items()
        for other, there in placed.items()
        if one != other and length_km[here, there] <= 6.0
    }
    assert set(found["site_id"]) == meets
    assert 0 < len(meets) < len(boards)

"""Lots, needs and arcs: exact grouping, and never a firm with itself."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.errors import SchemaError
from eitgeo.flows.arisings.residues import site_residues
from eitgeo.flows.exchanges.allocation import (
    TIE_EUR_PER_T,
    Arcs,
    Ends,
    allocate,
    exchange_ends,
    firm_of,
    possible_arcs,
    site_allocation,
)
from tests.flows.toy import (
    BOARD,
    SAW,
    P,
    Q,
    R,
    S,
    make_arisings,
    make_pairs,
    make_rules,
    make_sites,
    random_territory,
)

NO_NEEDS = pd.DataFrame({"site_id": [], "resource": [], "t_mid": []}).astype(
    {"site_id": "str", "resource": "str"}
)


def links_of(sites, rules) -> pd.DataFrame:
    """Return which site may receive under which rule; one resource a category."""
    rows = [
        (site["site_id"], rule["rule_id"], rule["ewc_stat"])
        for site in sites.to_dict("records")
        for rule in rules.to_dict("records")
        if site["naf"] in rule["target_naf"].split(";")
    ]
    return pd.DataFrame(rows, columns=["site_id", "rule_id", "resource"], dtype="str")


def ends(sites, arisings, needs, rules) -> tuple[Ends, Ends]:
    """Gather both ends over the four communes."""
    return exchange_ends(
        sites,
        site_residues(arisings),
        needs,
        rules=rules,
        receivers=links_of(sites, rules),
        donor_communes=[P, Q, R, S],
    )


def drawn_needs(sites, rules, seed) -> pd.DataFrame:
    """Draw a need for each receiver, some without a bound."""
    rng = np.random.default_rng(seed)
    keys = links_of(sites, rules)[["site_id", "resource"]].drop_duplicates()
    tonnes = rng.choice([np.nan, 3.0, 40.0, 500.0], len(keys))
    return keys.assign(t_mid=tonnes).reset_index(drop=True)


def best_benefit(donors: Ends, receivers: Ends, arcs: Arcs) -> tuple[float, np.ndarray]:
    """Allocate at 10 to 20 €/t by rule, less 0.2 €/t a kilometre."""
    benefit = 10.0 + 3 * arcs.rule - arcs.length_m / 5000
    found = allocate(
        arcs,
        benefit_eur_per_t=benefit,
        supply_t=donors.nodes["t"].to_numpy(),
        need_t=receivers.nodes["t"].to_numpy(),
    )
    return found.benefit_eur, found.t


def one_by_one(sites, arisings, needs, rules) -> tuple[Ends, Ends, pd.DataFrame]:
    """Gather nothing: each site is a firm in a commune of its own, as far as before."""
    single = sites.assign(
        siret=[f"{n:09d}00011" for n in range(len(sites))],
        code_insee=sites["site_id"],
    )
    sides = exchange_ends(
        single,
        site_residues(arisings),
        needs,
        rules=rules,
        receivers=links_of(single, rules),
        donor_communes=single["code_insee"],
    )
    for side in sides:
        assert not side.members["node"].duplicated().any()
    pairs = make_pairs()
    for end in ("origin_id", "destination_id"):
        of_end = sites[["code_insee", "site_id"]].set_axis([end, "site_id"], axis=1)
        pairs = pairs.merge(of_end, on=end)
        pairs = pairs.drop(columns=end).rename(columns={"site_id": end})
    return *sides, pairs


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_lots_give_the_optimum_of_sites(seed) -> None:
    sites, arisings, rules = random_territory(seed)
    needs = drawn_needs(sites, rules, seed)
    sums = []
    for donors, receivers, pairs in (
        (*ends(sites, arisings, needs, rules), make_pairs()),
        one_by_one(sites, arisings, needs, rules),
    ):
        arcs = possible_arcs(donors, receivers, rules=rules, od_matrix=pairs)
        sums.append(best_benefit(donors, receivers, arcs)[0])
    slack = TIE_EUR_PER_T * arisings["t_mid"].sum() + 1e-6
    assert sums[0] == pytest.approx(sums[1], rel=1e-9, abs=slack)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_sites_give_what_they_have_and_never_to_themselves(seed) -> None:
    sites, arisings, rules = random_territory(seed)
    needs = drawn_needs(sites, rules, seed)
    donors, receivers = ends(sites, arisings, needs, rules)
    arcs = possible_arcs(donors, receivers, rules=rules, od_matrix=make_pairs())
    _, t = best_benefit(donors, receivers, arcs)
    table = site_allocation(arcs, t, donors=donors, receivers=receivers, rules=rules)
    assert table["t"].sum() == pytest.approx(t.sum(), rel=1e-9, abs=1e-9)
    assert (table["donor_id"] != table["receiver_id"]).all()
    assert (table["t"] > 0).all()
    of_rule = rules.set_index("rule_id")["ewc_stat"]
    told = table.assign(ewc_stat=table["rule_id"].map(of_rule))
    given_t = told.groupby(["donor_id", "ewc_stat"])["t"].sum()
    has_t = arisings.set_index(["site_id", "ewc_stat"])["t_mid"]
    assert (given_t <= has_t.reindex(given_t.index) * (1 + 1e-9)).all()
    taken_t = told.groupby(["receiver_id", "ewc_stat"])["t"].sum()
    room_t = needs.set_index(["site_id", "resource"])["t_mid"].fillna(np.inf)
    assert (taken_t <= room_t.reindex(taken_t.index) * (1 + 1e-9)).all()
    allowed = {(s, r) for s, r, _ in links_of(sites, rules).to_numpy()}
    assert set(zip(table["receiver_id"], table["rule_id"], strict=True)) <= allowed


def test_sites_that_nothing_tells_apart_make_one_lot() -> None:
    sites = make_sites(("a", SAW, 5, P), ("b", SAW, 9, P), ("c", BOARD, 9, Q))
    needs = pd.DataFrame({"site_id": ["c"], "resource": ["W075"], "t_mid": [np.nan]})
    arisings = make_arisings(("a", "W075", 3.0), ("b", "W075", 4.0))
    donors, receivers = ends(sites, arisings, needs, make_rules())
    assert donors.nodes["t"].tolist() == [7.0]
    assert donors.members["site_id"].tolist() == ["a", "b"]
    assert receivers.nodes["t"].tolist() == [np.inf]


def test_two_plants_of_one_firm_are_no_partners() -> None:
    """b and c are plants of one firm: b gives to d alone, a to both."""
    sites = make_sites(
        ("a", SAW, 5, P), ("b", SAW, 9, P), ("c", BOARD, 9, Q), ("d", BOARD, 9, R)
    ).assign(siret=["", "11111111100011", "11111111100022", "22222222200011"])
    assert firm_of(sites).tolist() == ["a", "111111111", "111111111", "222222222"]
    needs = links_of(sites, make_rules())[["site_id", "resource"]].assign(t_mid=9.0)
    arisings = make_arisings(("a", "W075", 3.0), ("b", "W075", 4.0))
    donors, receivers = ends(sites, arisings, needs, make_rules())
    arcs = possible_arcs(donors, receivers, rules=make_rules(), od_matrix=make_pairs())
    names = [
        side.members.groupby("node")["site_id"].agg("+".join)
        for side in (donors, receivers)
    ]
    found = {
        (names[0][s], names[1][n])
        for s, n in zip(arcs.supply.tolist(), arcs.need.tolist(), strict=True)
    }
    assert found == {("a", "c"), ("a", "d"), ("b", "d")}


def test_an_unreachable_pair_and_one_too_far_are_no_arcs() -> None:
    """S has no road; R is 20 km from P, the rule stops at 12."""
    sites = make_sites(("a", SAW, 5, P), ("c", BOARD, 9, S), ("d", BOARD, 9, R))
    rules = make_rules({"dist_max_km": 12.0})
    needs = links_of(sites, rules)[["site_id", "resource"]].assign(t_mid=9.0)
    arisings = make_arisings(("a", "W075", 3.0))
    donors, receivers = ends(sites, arisings, needs, rules)
    arcs = possible_arcs(donors, receivers, rules=rules, od_matrix=make_pairs())
    assert len(arcs) == 0
    far = make_rules({"dist_max_km": 20.0})
    arcs = possible_arcs(donors, receivers, rules=far, od_matrix=make_pairs())
    assert arcs.length_m.tolist() == [20_000.0]


def test_a_yield_that_is_not_stated_is_tonne_for_tonne() -> None:
    sites = make_sites(("a", SAW, 5, P), ("c", BOARD, 9, Q))
    needs = links_of(sites, make_rules())[["site_id", "resource"]].assign(t_mid=9.0)
    donors, receivers = ends(
        sites, make_arisings(("a", "W075", 3.0)), needs, make_rules()
    )
    for stated, use in (("", 1.0), ("0", 1.0), ("0.06", 0.06)):
        rules = make_rules({"yield_t_per_t": stated})
        arcs = possible_arcs(donors, receivers, rules=rules, od_matrix=make_pairs())
        assert arcs.use.tolist() == [use]


def test_nobody_to_give_or_to_take_is_no_fault() -> None:
    sites = make_sites(("a", SAW, 5, P))
    donors, receivers = ends(sites, make_arisings(), NO_NEEDS, make_rules())
    arcs = possible_arcs(donors, receivers, rules=make_rules(), od_matrix=make_pairs())
    assert (len(donors.nodes), len(receivers.nodes), len(arcs)) == (0, 0, 0)
    table = site_allocation(
        arcs, np.zeros(0), donors=donors, receivers=receivers, rules=make_rules()
    )
    assert table.empty


def test_negative_tonnes_are_refused() -> None:
    sites = make_sites(("a", SAW, 5, P))
    with pytest.raises(SchemaError, match=r"arisings : « a », tonnage négatif \(-3 t"):
        ends(sites, make_arisings(("a", "W075", -3.0)), NO_NEEDS, make_rules())

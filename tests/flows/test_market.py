"""Arcs priced by place give the optimum of arcs listed one by one."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.flows.arisings.residues import site_residues
from eitgeo.flows.exchanges.allocation import (
    TIE_EUR_PER_T,
    Ends,
    allocate,
    exchange_ends,
    possible_arcs,
    typical_m,
    ways,
)
from eitgeo.flows.exchanges.market import (
    Market,
    allocate_market,
    rule_pairs,
    without_site,
)
from tests.flows.test_candidates import drawn_needs, links_of
from tests.flows.toy import P, Q, R, S, make_pairs, naive_pairs, random_territory

PLACES = pd.Index([P, Q, R, S])
EUR_PER_M = np.array([0.0002, 0.0005])


def make_market(donors: Ends, receivers: Ends, rules: pd.DataFrame) -> Market:
    """Return a market of two vehicles; benefits differ by lot and by rule."""
    length_m, time_s = ways(make_pairs(), PLACES)
    n_lots = len(donors.nodes)
    return Market(
        donors=donors,
        receivers=receivers,
        rule_ids=rules["rule_id"].tolist(),
        longest_m=1000 * rules["dist_max_km"].to_numpy(float),
        typical_m=typical_m(rules),
        use=rules["yield_t_per_t"].to_numpy(float),
        vehicle=np.arange(len(rules)) % 2,
        thrown_share=np.float64(1.0) - 0.25 * (np.arange(len(rules)) % 3),
        spared_eur_per_t=5.0 + np.arange(n_lots, dtype=float) % 3,
        processing_eur_per_t=np.full(n_lots, 1.0),
        worth_eur_per_t=np.full(n_lots, 5.0),
        treats=np.arange(len(receivers.nodes)) % 3 == 0,
        gate_eur_per_t=2.0,
        lot_place=PLACES.get_indexer(pd.Index(donors.nodes["code_insee"])),
        need_place=PLACES.get_indexer(pd.Index(receivers.nodes["code_insee"])),
        length_m=length_m,
        time_s=time_s,
        haul_eur_per_t=[1.0 + rate * length_m for rate in EUR_PER_M],
    )


def drawn_market(seed: int) -> tuple[Market, pd.DataFrame]:
    """Draw a territory where some sites are plants of one firm."""
    sites, arisings, rules = random_territory(seed)
    rng = np.random.default_rng(seed)
    firms = [f"{n:09d}" for n in rng.integers(0, 5, len(sites))]
    sites = sites.assign(siret=[f"{f}{n:05d}" for n, f in enumerate(firms)])
    rules = rules.assign(yield_t_per_t=rng.choice([0.5, 1.0, 2.0], len(rules)))
    donors, receivers = exchange_ends(
        sites,
        site_residues(arisings),
        drawn_needs(sites, rules, seed),
        rules=rules,
        receivers=links_of(sites, rules),
        donor_communes=[P, Q, R, S],
    )
    return make_market(donors, receivers, rules), rules


def listed(market: Market, rules: pd.DataFrame):
    """Return every arc, and what each brings."""
    arcs = possible_arcs(
        market.donors, market.receivers, rules=rules, od_matrix=make_pairs()
    )
    haul = 1.0 + EUR_PER_M[market.vehicle[arcs.rule]] * arcs.length_m
    worth = market.worth_eur_per_t[arcs.supply] * arcs.use
    spared = market.thrown_share[arcs.rule] * market.spared_eur_per_t[arcs.supply]
    bought = worth - market.processing_eur_per_t[arcs.supply]
    return arcs, spared + np.where(market.treats[arcs.need], -2.0, bought) - haul


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_optimum_is_that_of_listed_arcs(seed) -> None:
    market, rules = drawn_market(seed)
    arcs, benefit = listed(market, rules)
    supply_t = market.donors.nodes["t"].to_numpy(float)
    whole = allocate(
        arcs,
        benefit_eur_per_t=benefit,
        supply_t=supply_t,
        need_t=market.receivers.nodes["t"].to_numpy(float),
    )
    used, found = allocate_market(market)
    slack = 3 * TIE_EUR_PER_T * supply_t.sum() + 1e-6
    assert found.benefit_eur == pytest.approx(whole.benefit_eur, abs=slack)
    assert found.bound_eur == pytest.approx(found.benefit_eur, abs=slack)
    assert found.bound_eur >= whole.benefit_eur - 1e-6
    total = found.t.sum() + found.unmatched_t.sum()
    assert total == pytest.approx(supply_t.sum(), rel=1e-9, abs=1e-9)
    possible = set(zip(arcs.rule, arcs.supply, arcs.need, strict=True))
    assert set(zip(used.rule, used.supply, used.need, strict=True)) <= possible


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_pairs_are_counted_without_being_listed(seed) -> None:
    """Pairs of one firm apart, which only a list leaves out."""
    market, rules = drawn_market(seed)
    arcs, _ = listed(market, rules)
    firmless = [
        Ends(side.nodes.assign(firm=""), side.members, side.links)
        for side in (market.donors, market.receivers)
    ]
    whole = possible_arcs(*firmless, rules=rules, od_matrix=make_pairs())
    counted = rule_pairs(market).sum()
    assert counted == naive_pairs(whole, *firmless)["n_pairs"]
    assert counted >= naive_pairs(arcs, market.donors, market.receivers)["n_pairs"]


def test_nobody_exchanges_nothing() -> None:
    market, _ = drawn_market(1)
    empty = Ends(
        market.donors.nodes.iloc[:0],
        market.donors.members.iloc[:0],
        market.donors.links.iloc[:0],
    )
    nothing = Market(
        **{
            **vars(market),
            "donors": empty,
            "lot_place": np.zeros(0, np.int64),
            "spared_eur_per_t": np.zeros(0),
            "processing_eur_per_t": np.zeros(0),
            "worth_eur_per_t": np.zeros(0),
        }
    )
    arcs, found = allocate_market(nothing)
    assert (len(arcs), found.benefit_eur, found.bound_eur) == (0, 0.0, 0.0)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_loss_of_a_site_from_the_last_optimum_or_from_nothing(seed) -> None:
    market, _ = drawn_market(seed)
    arcs, before = allocate_market(market)
    names = {*market.donors.members["site_id"], *market.receivers.members["site_id"]}
    for site in sorted(names)[:2]:
        less = without_site(market, site)
        used, found = allocate_market(less, first=arcs)
        _, again = allocate_market(less)
        slack = TIE_EUR_PER_T * less.donors.nodes["t"].sum() + 1e-6
        assert found.benefit_eur == pytest.approx(again.benefit_eur, abs=slack)
        assert found.benefit_eur <= before.benefit_eur + slack
        lost = market.donors.members.query("site_id == @site")["t"].sum()
        left = market.donors.nodes["t"].sum() - less.donors.nodes["t"].sum()
        assert left == pytest.approx(lost)
        whose = less.receivers.members.groupby("node")["site_id"].agg(set)
        takers = {n for n in used.need[found.t > 0].tolist() if n in whose.index}
        assert takers == set(used.need[found.t > 0].tolist())

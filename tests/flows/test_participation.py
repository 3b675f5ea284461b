"""Who takes part: shares, draws and what is left of a market."""

from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.flows.exchanges.allocation import TIE_EUR_PER_T, Ends, site_allocation
from eitgeo.flows.exchanges.lever_terms import participation_factors
from eitgeo.flows.exchanges.levers import PARTICIPATION, TONNES, gathered, levers
from eitgeo.flows.exchanges.market import (
    Market,
    drawn_allocation,
    drawn_markets,
    drawn_shares,
    market_of_donors,
    mean_missing_needs,
    parts_taken,
    solve,
    taking_part,
    without_site,
    worst_gap,
)
from eitgeo.flows.exchanges.participation import DRAW, TakingPart
from tests.flows.test_levers import drawn, make_exchanges
from tests.flows.test_market import drawn_market

BAND = TakingPart(0.02, 0.05, 30)


def names(count: int) -> list[str]:
    return [f"site {n}" for n in range(count)]


def receivers_of(market: Market) -> list[str]:
    return sorted(market.receivers.members["site_id"].unique())


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.floats(0.0, 1.0, exclude_min=True), min_size=1, max_size=30),
    st.integers(0, 2**32 - 1),
)
def test_each_site_takes_part_as_often_as_its_shares_say(shares, seed) -> None:
    """⌊Σp⌋ or ⌈Σp⌉ times, the sum settled: a whole number may be missed by a bit."""
    times = parts_taken(names(20), np.array(shares), seed=seed).sum(axis=0)
    total = round(float(np.sum(shares)), 9)
    assert set(times) <= {np.floor(total), np.ceil(total)}


def test_each_draw_meets_its_share_of_sites() -> None:
    """Of 20 000 sites, four standard errors at most; whatever the share."""
    shares = drawn_shares(BAND, seed=3)
    taken = parts_taken(names(20_000), shares, seed=3)
    error = np.sqrt(shares * (1 - shares) / 20_000)
    assert (abs(taken.mean(axis=1) - shares) < 4 * error).all()


def test_sites_take_part_apart_from_one_another() -> None:
    """Two of 400 take part together as often as chance alone says."""
    taken = parts_taken(names(400), np.full(40, 0.25), seed=5)
    together = taken @ taken.T / 400
    assert together[~np.eye(40, dtype=bool)].mean() < 0.25**2
    by_draw = taken.sum(axis=1)
    assert by_draw.std() < 2 * np.sqrt(400 * 0.25 * 0.75)


def test_shares_fill_their_interval_once_each() -> None:
    shares = drawn_shares(BAND, seed=1)
    expected = 0.02 + 0.03 * (np.arange(30) + 0.5) / 30
    assert np.sort(shares) == pytest.approx(expected)
    assert drawn_shares(BAND, seed=2).tolist() != shares.tolist()


def test_a_greater_share_keeps_who_took_part() -> None:
    few, many = (
        parts_taken(names(500), np.array([share]), seed=1)[0] for share in (0.1, 0.3)
    )
    assert (few <= many).all()
    assert few.sum() < many.sum()
    other = parts_taken(names(500), np.array([0.1]), seed=1, turn=1)[0]
    assert not np.array_equal(other, few)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_those_who_take_part_are_a_market_without_the_others(seed) -> None:
    """The same optimum as when the others leave one by one; an own way to it."""
    market, _ = drawn_market(seed)
    sites = receivers_of(market)
    part = pd.Series(np.random.default_rng(seed).integers(0, 2, len(sites)), sites)
    kept = taking_part(market, part.astype(float))
    left = market
    for site in part.index[part == 0]:
        # A site that also gives goes on giving.
        gone = without_site(left, site)
        left = replace(gone, donors=market.donors)
    assert set(kept.receivers.members["site_id"]) == set(part.index[part == 1])
    assert kept.receivers.nodes["t"].sum() == pytest.approx(
        left.receivers.nodes["t"].sum()
    )
    first, second = solve(kept).found, solve(left).found
    slack = 3 * TIE_EUR_PER_T * market.donors.nodes["t"].sum() + 1e-6
    assert first.benefit_eur == pytest.approx(second.benefit_eur, abs=slack)
    assert first.bound_eur == pytest.approx(second.benefit_eur, abs=slack)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_donors_that_take_part_are_a_market_without_the_others(seed) -> None:
    """As for receivers: the others leave one by one, and go on taking."""
    market, _ = drawn_market(seed)
    sites = sorted(market.donors.members["site_id"].unique())
    part = pd.Series(np.random.default_rng(seed).integers(0, 2, len(sites)), sites)
    kept = market_of_donors(market, part.astype(float))
    left = market
    for site in part.index[part == 0]:
        left = replace(without_site(left, site), receivers=market.receivers)
    assert set(kept.donors.members["site_id"]) == set(part.index[part == 1])
    first, second = solve(kept).found, solve(left).found
    slack = 3 * TIE_EUR_PER_T * market.donors.nodes["t"].sum() + 1e-6
    assert first.benefit_eur == pytest.approx(second.benefit_eur, abs=slack)
    assert first.t.sum() <= kept.donors.nodes["t"].sum() * (1 + 1e-9)


def test_who_takes_also_gives_unless_another_share_of_donors_is_asked() -> None:
    market, _ = bounded_market()
    shares = np.array([0.3, 0.6])
    ends = set(receivers_of(market)) & set(market.donors.members["site_id"])
    few = list(drawn_markets(market, shares, seed=2))
    for draw in few:
        takers = set(draw.receivers.members["site_id"]) & ends
        assert takers == set(draw.donors.members["site_id"]) & ends
    whole = list(drawn_markets(market, shares, donor_shares=np.ones(2), seed=2))
    for draw, first in zip(whole, few, strict=True):
        assert draw.donors is market.donors
        assert receivers_of(draw) == receivers_of(first)
        assert solve(draw).found.t.sum() >= solve(first).found.t.sum()


def bounded_market() -> tuple[Market, pd.DataFrame]:
    """Return a small market that a receiver more or less changes."""
    market, rules = drawn_market(8)
    nodes = market.receivers.nodes
    weight = market.receivers.members.groupby("node")["t"].sum()
    nodes = nodes.assign(t=nodes["t"].where(np.isfinite(nodes["t"]), weight))
    ends = Ends(nodes, market.receivers.members, market.receivers.links)
    return replace(market, receivers=ends), rules


def test_all_take_part_in_the_market_of_today() -> None:
    market, rules = bounded_market()
    (same,) = drawn_markets(market, np.array([1.0]), seed=1)
    assert same is market
    draw = solve(market)
    whole = site_allocation(
        draw.arcs,
        draw.found.t,
        donors=market.donors,
        receivers=market.receivers,
        rules=rules,
    )
    told = drawn_allocation([solve(same)], rules)
    assert told.pop(DRAW).tolist() == [0] * len(whole)
    pd.testing.assert_frame_equal(told, whole)


def test_the_mean_over_draws_is_that_over_all_who_may_take_part() -> None:
    """Every subset of four receivers, each with its chance, against two thousand draws.

    Share 0.3: what a draw exchanges depends on its subset alone.
    """
    market, _ = bounded_market()
    sites = receivers_of(market)[-4:]

    @cache
    def exchanged(taken: tuple[float, ...]) -> float:
        everyone = pd.Series(0.0, index=receivers_of(market))
        everyone[sites] = np.array(taken)
        return float(solve(taking_part(market, everyone)).found.t.sum())

    subsets = list(product((0.0, 1.0), repeat=len(sites)))
    chance = [0.3 ** sum(one) * 0.7 ** (len(one) - sum(one)) for one in subsets]
    t = np.array([exchanged(one) for one in subsets])
    expected = float(np.array(chance) @ t)
    assert exchanged(subsets[0]) == 0 < exchanged(subsets[-1])
    means = [
        np.mean(
            [
                exchanged(tuple(row.tolist()))
                for row in parts_taken(sites, np.full(10, 0.3), seed=seed)
            ]
        )
        for seed in range(200)
    ]
    error = np.std(means) / np.sqrt(len(means))
    # Each takes part three times in ten: where they share nothing, all means are one.
    assert abs(np.mean(means) - expected) < max(4 * error, 1e-9)
    # Ten independent draws would spread more than ten that share each site evenly.
    plain = np.sqrt((np.array(chance) @ t**2 - expected**2) / 10)
    assert np.std(means) < plain


def test_who_answered_always_takes_part_and_a_cell_by_its_share() -> None:
    market, _ = bounded_market()
    sure, cell, *others = receivers_of(market)
    shares = np.array([0.25, 0.001])
    whole = market.receivers.members.groupby("site_id")["t"].sum()
    draws = drawn_markets(market, shares, seed=1, sure={sure}, cells={cell})
    for share, draw in zip(shares, draws, strict=True):
        t = draw.receivers.members.groupby("site_id")["t"].sum()
        assert t[sure] == whole[sure]
        assert t[cell] == pytest.approx(share * whole[cell])
        nodes = draw.receivers.members.groupby("node")["t"].sum()
        assert draw.receivers.nodes["t"].tolist() == pytest.approx(nodes.tolist())
    assert len(others) > len(t) - 2


def test_what_nothing_bounds_stays_so_while_a_site_takes_part() -> None:
    market, _ = drawn_market(8)
    open_ = market.receivers.nodes.index[np.isinf(market.receivers.nodes["t"])]
    members = market.receivers.members
    site = members.loc[members["node"].isin(open_), "site_id"].iloc[0]
    part = pd.Series(0.0, index=receivers_of(market))
    part[site] = 0.5
    assert np.isinf(taking_part(market, part).receivers.nodes["t"]).any()


def test_what_is_missing_is_a_mean_and_the_gap_the_worst() -> None:
    market, _ = bounded_market()
    nobody = taking_part(market, pd.Series(0.0, index=receivers_of(market)))
    draws = [solve(market), solve(nobody)]
    alone, both = mean_missing_needs(draws[:1]), mean_missing_needs(draws)
    assert len(alone)
    assert (both["t"] / alone["t"]).tolist() == pytest.approx([0.5] * len(alone))
    assert both["price_eur_per_t"].tolist() == alone["price_eur_per_t"].tolist()
    found = replace(draws[0].found, bound_eur=draws[0].found.benefit_eur / 0.75)
    assert worst_gap([draws[1]._replace(found=found), draws[0]]) == pytest.approx(0.25)
    assert worst_gap(draws[1:]) == 0


def in_draws(t: list[float]) -> pd.DataFrame:
    """Return one exchange a draw, its tonnes divided by their number."""
    row = make_exchanges().iloc[[0] * len(t)]
    made = row.assign(t=np.array(t) / len(t), donor_code="31001")
    return made.assign(**{DRAW: np.arange(len(t))}).reset_index(drop=True)


def test_the_interval_is_that_of_who_takes_part() -> None:
    """Ten draws of 10 to 100 t: P10, P50 and P90 by hand; means of tonnes are kept."""
    rows = in_draws([10.0 * n for n in range(1, 11)])
    made = participation_factors(rows[DRAW], n_draws=20, n_participations=10)
    told = levers(rows, {PARTICIPATION: made})
    expected = np.percentile(np.arange(10.0, 101.0, 10.0).repeat(2), [10, 50, 90])
    assert told.loc["t", ["low", "mid", "high"]].to_numpy() == pytest.approx(expected)
    moved = told["variance_participation_pct"].dropna()
    assert set(told.index) - set(moved.index) == {"secondary_t"}  # nobody sorts
    assert moved.to_numpy() == pytest.approx(100.0)
    assert rows["t"].sum() == pytest.approx(55.0)


def test_a_wider_share_makes_a_wider_interval_of_every_lever() -> None:
    widths = []
    for spread in (0.0, 0.2, 0.6):
        shares = drawn_shares(
            TakingPart(0.4 - spread / 2, 0.4 + spread / 2, 10), seed=1
        )
        rows = in_draws((100 * shares).tolist())
        made = participation_factors(rows[DRAW], n_draws=100, n_participations=10)
        told = levers(rows, {PARTICIPATION: made, TONNES: drawn(1)[:100, :1]})
        widths.append(abs(told["high"] - told["low"]))
    moved = widths[0].index.drop("secondary_t")
    assert (widths[0] < widths[1])[moved].all()
    assert (widths[1] < widths[2])[moved].all()


def test_gathered_exchanges_keep_every_lever() -> None:
    rows = pd.concat([make_exchanges(), make_exchanges(t=[7.0, 11.0])])
    rows = rows.assign(donor_code=list("abab")).assign(**{DRAW: [0, 0, 0, 1]})
    few = gathered(rows, ["donor_code", DRAW])
    assert len(few) == 3
    for source in (PARTICIPATION, TONNES):
        factor = {"a": 2.0, "b": 5.0}
        whole, less = (
            levers(one, {source: np.array([[factor[a] for a in one["donor_code"]]])})
            for one in (rows, few)
        )
        assert less["mid"].tolist() == pytest.approx(whole["mid"].tolist())

"""The exchanges of a large territory, priced by place, drawn by who takes part.

One rule at a time, place by place: its lots that nothing tells apart make a row, its
needs of a place a column.

Thousands of sites and hundreds of rules make millions of arcs, of which an optimum
uses a few. What an arc brings depends on its lot, its need and the way between two
places: the best partner of each lot is found place by place.

All the receivers within reach of a residue need many times its tonnes; a démarche
meets few of them, and few of those who could give. A share is drawn between two
bounds, then which firms make it, at both ends, and residues go from those to those
alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from eitgeo.draws import draw_keys, stratified_uniforms, uniforms_at
from eitgeo.exact import largest
from eitgeo.flows.exchanges.allocation import (
    TIE_EUR_PER_T,
    Allocated,
    Arcs,
    Ends,
    Problem,
    allocation_change,
    best_of,
    certified,
    input_per_tonne,
    kept_share,
    missing_needs,
    nodes_of_rules,
    site_allocation,
    solved,
    typical_m,
    unique_rows,
    ways,
)
from eitgeo.flows.exchanges.participation import DRAW, TakingPart
from eitgeo.flows.outlets.transport import cost_eur_per_t, vehicle_freight
from eitgeo.reference.exchange_terms import (
    COMPOST,
    composting_gate,
    residue_values,
)
from eitgeo.reference.tables import freight_factors

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]
type Names = npt.NDArray[np.object_]
type Bools = npt.NDArray[np.bool_]

WAY_SHARE = 0.9
"""Part of the tie-break that the length of the way makes; names make the rest."""
TOLERANCE_EUR_PER_T = (1 - WAY_SHARE) * TIE_EUR_PER_T + 1e-6
_FEW_LOTS = 50


@dataclass(frozen=True)
class Block:
    """One rule, its lots that nothing tells apart in a row, its needs by place.

    ``value`` is what a tonne engaged brings before any price [€/t; −∞ out of reach],
    ``untied`` the same without what breaks ties, ``weight`` the input that it replaces
    [t/t].
    """

    rule: int
    lots: Ints
    needs: Ints
    lot_at: Ints
    need_at: Ints
    lot_firm: Names
    need_firm: Names
    value: Floats
    untied: Floats
    weight: Floats


@dataclass(frozen=True)
class Priced:
    """A block at the prices of its lots and needs [€/t].

    ``least``: price of the cheapest need of each place. ``brought``: what a tonne of
    each sort of lots brings there, before the price of the lot; ``best``: the most that
    each lot gains. Own firms are not left out yet.
    """

    block: Block
    lot: Floats
    need: Floats
    least: Floats
    brought: Floats
    best: Floats


@dataclass(frozen=True)
class Found:
    """Arcs found in a block, and the most that each lot could gain."""

    lots: Ints
    needs: Ints
    value: Floats
    best: Floats


_NOBODY = Found(*(np.zeros(0, dtype=np.int64),) * 2, *(np.zeros(0),) * 2)


def priced_block(block: Block, lot_price: Floats, need_price: Floats) -> Priced:
    """Price a block: what its lots would gain at the cheapest needs of each place."""
    least = _least(block.need_at, need_price, block.value.shape[1])
    brought = block.value - block.weight * least[None, :]
    best = brought.max(axis=1)[block.lot_at] - lot_price
    return Priced(block, lot_price, need_price, least, brought, best)


def for_lots(priced: Priced, *, few: int) -> Found:
    """Find the needs that suit each lot best, exactly for the first of them."""
    block, most = priced.block, priced.best.copy()
    rows = np.flatnonzero(most > TOLERANCE_EUR_PER_T)
    if not len(rows):
        return replace(_NOBODY, best=most)
    few = min(few, priced.brought.shape[1])
    place, lot_price = block.lot_at[rows], priced.lot[rows, None]
    lot_firm, need_firm = block.lot_firm[rows, None], block.need_firm
    # One need a place is told; a lot that few share is shown them all.
    shown = np.arange(len(rows))
    if len(rows) > _FEW_LOTS:
        column = largest(priced.brought, few)
        partner = _cheapest(block.need_at, priced.need, priced.least)[column][place]
        value = np.take_along_axis(priced.brought, column, axis=1)[place] - lot_price
        is_own = (need_firm[partner] == lot_firm) & (lot_firm != "")
        shown = np.flatnonzero(is_own.any(axis=1))
    else:
        shape = len(rows), few
        partner, value = np.zeros(shape, dtype=np.int64), np.zeros(shape)
    for part in np.split(shown, range(_FEW_LOTS, len(shown), _FEW_LOTS)):
        cells = np.ix_(place[part], block.need_at)
        each = block.value[cells] - lot_price[part]
        each = each - block.weight[cells] * priced.need
        each[(need_firm == lot_firm[part]) & (lot_firm[part] != "")] = -np.inf
        partner[part] = np.argsort(-each, axis=1, kind="stable")[:, :few]
        value[part] = np.take_along_axis(each, partner[part], axis=1)
    most[rows] = value.max(axis=1, initial=-np.inf)
    part, rank = np.nonzero(value > TOLERANCE_EUR_PER_T)
    needs = block.needs[partner[part, rank]]
    return Found(block.lots[rows[part]], needs, value[part, rank], most)


def for_needs(priced: Priced, *, few: int) -> Found:
    """Find the lots that suit each need best; those of its own firm are left out."""
    block = priced.block
    cost = _least(block.lot_at, priced.lot, block.value.shape[0])
    whole = priced.brought - cost[:, None]
    best = whole.max(axis=0)[block.need_at]
    rows = np.flatnonzero(best > TOLERANCE_EUR_PER_T)
    few = min(few, whole.shape[0])
    place, need_price = block.need_at[rows], priced.need[rows, None]
    if len(rows) <= _FEW_LOTS:
        cells = np.ix_(block.lot_at, place)
        each = (block.value[cells] - priced.lot[:, None]).T
        each = each - block.weight[cells].T * need_price
        partner = np.argsort(-each, axis=1, kind="stable")[:, :few]
        value = np.take_along_axis(each, partner, axis=1)
    else:
        chosen = largest(whole.T, few)[place]
        partner = _cheapest(block.lot_at, priced.lot, cost)[chosen]
        dearer = need_price - priced.least[place, None]
        value = whole[chosen, place[:, None]]
        value = value - block.weight[chosen, place[:, None]] * dearer
    firm = block.need_firm[rows, None]
    is_own = (block.lot_firm[partner] == firm) & (firm != "")
    ranks, rank = np.nonzero((value > TOLERANCE_EUR_PER_T) & ~is_own)
    lots = block.lots[partner[ranks, rank]]
    return Found(lots, block.needs[rows[ranks]], value[ranks, rank], _NOBODY.best)


def _least(place: Ints, price: Floats, n_places: int) -> Floats:
    """Return the least price at each place."""
    least = np.full(n_places, np.inf)
    np.minimum.at(least, place, price)
    return least


def _cheapest(place: Ints, price: Floats, least: Floats) -> Ints:
    """Return the first of the cheapest at each place."""
    cheap = np.flatnonzero(price == least[place])
    return cheap[np.unique(place[cheap], return_index=True)[1]]


GAP = 1e-6
"""Share of the benefit by which the optimum may be missed, told by the bound."""
_PARTNERS = 8
_MOST_PARTNERS = 128
_NEAR_EUR_PER_T = 1.0
_ROUNDS_OF_DROPPING = 20


@dataclass(frozen=True)
class Market:
    """Lots, needs and rules, with the ways between their places.

    ``donors``, ``receivers``: both ends, as `exchange_ends` returns them. ``rule_ids``:
    the rules. ``longest_m``: longest way of each rule [m]. ``typical_m``: way over
    which one tonne in two is exchanged, by rule [m]. ``use``: input that a tonne of
    residue replaces, by rule [t/t]. ``vehicle``: row of `haul_eur_per_t` of each rule.
    ``thrown_share``: part of the residue of each rule that an outlet is paid for today
    (0–1). ``spared_eur_per_t``: disposal and its haul, by lot [€/t of what is thrown
    away]. ``processing_eur_per_t``: by lot [€/t of residue]. ``worth_eur_per_t``: value
    of the input replaced, by lot [€/t of input]. ``treats``: whether each need is that
    of a composter, who charges a gate and buys nothing. ``gate_eur_per_t``: that gate
    [€/t of residue]. ``lot_place``, ``need_place``: place of each lot (row) and need
    (column) in the tables of ways. ``length_m``, ``time_s``: ways from place to place;
    infinite where no truck goes. ``haul_eur_per_t``: cost of a tonne from place to
    place, one table a vehicle [€/t].
    """

    donors: Ends
    receivers: Ends
    rule_ids: Sequence[str]
    longest_m: Floats
    typical_m: Floats
    use: Floats
    vehicle: Ints
    thrown_share: Floats
    spared_eur_per_t: Floats
    processing_eur_per_t: Floats
    worth_eur_per_t: Floats
    treats: Bools
    gate_eur_per_t: float
    lot_place: Ints
    need_place: Ints
    length_m: Floats
    time_s: Floats
    haul_eur_per_t: Sequence[Floats]


def rule_pairs(market: Market) -> Ints:
    """Count the pairs of sites in reach under each rule: what a table would list.

    A site and its own firm are counted too where a rule fits both.
    """
    n_out, n_in = (
        np.bincount(side.members["node"], minlength=len(side.nodes))
        for side in (market.donors, market.receivers)
    )
    counts = np.zeros(len(market.rule_ids), dtype=np.int64)
    for block in _blocks(market):
        pays = np.isfinite(block.value)
        out = np.bincount(block.lot_at, n_out[block.lots], pays.shape[0])
        into = np.bincount(block.need_at, n_in[block.needs], pays.shape[1])
        counts[block.rule] = round(float(out @ pays @ into))
    return counts


def allocate_market(
    market: Market, *, first: Arcs | None = None
) -> tuple[Arcs, Allocated]:
    """Allocate residues to needs at the greatest net benefit, arcs found on the way.

    ``first``: arcs to start from: those of the optimum of nearly the same market. They
    change the time, not the optimum. Returns: the arcs that were looked at, and the
    optimum over all that are possible.

    Notes
    -----
    Column generation: solve on a few arcs; by the prices of lots and needs, find for
    each lot and each need the partners that would gain most; add them; until nobody
    gains, or all together less than one millionth of the benefit. In the first
    rounds, arcs that lose more than 1 €/t are dropped; they come back if they gain.
    The bound prices every possible arc anew, whatever the solver did. Ties: an arc
    loses up to 1e-4 €/t, nine tenths by the square root of its length, one tenth by
    that of the rank of its need and lot by name.
    """
    n_lots, n_needs = len(market.donors.nodes), len(market.receivers.nodes)
    supply_t = market.donors.nodes["t"].to_numpy(float)
    need_t = market.receivers.nodes["t"].to_numpy(float)
    blocks = list(_blocks(market))
    prices = (np.zeros(n_lots), np.zeros(n_needs))
    keys, t, in_play = np.zeros(0, np.int64), np.zeros(0), np.zeros(0, dtype=bool)
    more, benefit = _keys_of(market, first), 0.0
    for n_rounds in count():
        few = min(_PARTNERS * 2**n_rounds, _MOST_PARTNERS)
        if n_rounds or not len(more):
            gaining, most = _gaining(market, blocks, prices, few=few)
            more = np.setdiff1d(gaining, keys)
            if not len(more) or supply_t @ most <= GAP * benefit:
                break
        if n_rounds < _ROUNDS_OF_DROPPING:
            keys = keys[in_play]
        keys = np.union1d(keys, more)
        part = _problem(market, keys, supply_t, need_t)
        t, prices = solved(part)
        benefit = float(part.gain @ t)
        in_play = (t > 0) | (_reduced(part, prices) > -_NEAR_EUR_PER_T)
    arcs = _arcs(market, keys)
    problem = _problem(market, keys, supply_t, need_t, tie=False)
    least = _best_by_lot(blocks, n_lots, np.where(np.isfinite(need_t), prices[1], 0.0))
    return arcs, certified(problem, t, prices[1], least=least)


def _reduced(part: Problem, prices: tuple[Floats, Floats]) -> Floats:
    """Return what a tonne would gain on each arc at these prices [€/t]."""
    price = prices[0][part.supply] + part.use * prices[1][part.need]
    reduced: Floats = part.gain - price
    return reduced


def _blocks(market: Market) -> Iterator[Block]:
    gives = nodes_of_rules(market.donors)
    takes = nodes_of_rules(market.receivers)
    reached = market.length_m[np.isfinite(market.length_m)]
    longest = max(float(reached.max(initial=0.0)), 1.0)
    lot_firms, need_firms = (
        side.nodes["firm"].to_numpy(object)
        for side in (market.donors, market.receivers)
    )
    for rule, rule_id in enumerate(market.rule_ids):
        if rule_id not in gives or rule_id not in takes:
            continue
        lots, needs = gives[rule_id], takes[rule_id]
        worth = [_worth(market, rule, lots, is_treated=one) for one in (False, True)]
        first, lot_at = unique_rows(market.lot_place[lots], *worth)
        taker, need_at = unique_rows(market.need_place[needs], market.treats[needs])
        cells = np.ix_(market.lot_place[lots[first]], market.need_place[needs[taker]])
        length_m = market.length_m[cells]
        in_reach = length_m <= market.longest_m[rule]
        way_m = np.where(in_reach, length_m, 0.0)
        share = np.where(in_reach, kept_share(way_m, market.typical_m[rule]), 0.0)
        haul = market.haul_eur_per_t[market.vehicle[rule]][cells]
        bought, treated = (one[first, None] for one in worth)
        brought = np.where(market.treats[needs[taker]], treated, bought)
        value = share * (brought - np.where(in_reach, haul, 0.0))
        tie = WAY_SHARE * TIE_EUR_PER_T * np.sqrt(way_m / longest)
        yield Block(
            rule,
            lots,
            needs,
            lot_at,
            need_at,
            lot_firms[lots],
            need_firms[needs],
            np.where(in_reach, value - tie, -np.inf),
            np.where(in_reach, value, -np.inf),
            share * market.use[rule],
        )


def _worth(
    market: Market, rule: int | Ints, lot: Ints, *, is_treated: bool | Bools
) -> Floats:
    """Say what a tonne brings before its haul, to a buyer or to a composter."""
    bought = market.use[rule] * market.worth_eur_per_t[lot]
    bought = bought - market.processing_eur_per_t[lot]
    spared = market.thrown_share[rule] * market.spared_eur_per_t[lot]
    worth: Floats = spared + np.where(is_treated, -market.gate_eur_per_t, bought)
    return worth


def _gaining(
    market: Market,
    blocks: Sequence[Block],
    prices: tuple[Floats, Floats],
    *,
    few: int,
) -> tuple[Ints, Floats]:
    """Return the keys of arcs that gain at these prices, and the most by lot."""
    n_lots, n_needs = len(prices[0]), len(prices[1])
    most = np.zeros(n_lots)
    keys, lots, needs, values = [], [], [], []
    for block in blocks:
        priced = priced_block(block, prices[0][block.lots], prices[1][block.needs])
        by_lot = for_lots(priced, few=few)
        most[block.lots] = np.maximum(most[block.lots], by_lot.best)
        if not (priced.best > TOLERANCE_EUR_PER_T).any():
            continue  # no need gains either
        by_need = for_needs(priced, few=few)
        for best in (by_lot, by_need):
            keys.append((block.rule * n_lots + best.lots) * n_needs + best.needs)
            lots.append(best.lots)
            needs.append(best.needs)
            values.append(best.value)
    if not keys:
        return np.zeros(0, dtype=np.int64), most
    key, first = np.unique(np.concatenate(keys), return_index=True)
    value = np.concatenate(values)[first]
    is_best = best_of(np.concatenate(lots)[first], value, few)
    use = market.use[key // max(n_lots * n_needs, 1)]
    is_best |= best_of(np.concatenate(needs)[first], value / use, few)
    return key[is_best], most


def _best_by_lot(blocks: Sequence[Block], n_lots: int, need_price: Floats) -> Floats:
    """Return the most that a tonne of each lot could bring, at prices of needs."""
    best = np.zeros(n_lots)
    for block in blocks:
        free, untied = np.zeros(len(block.lots)), replace(block, value=block.untied)
        partners = for_lots(priced_block(untied, free, need_price[block.needs]), few=1)
        best[block.lots] = np.maximum(best[block.lots], partners.best)
    return best


def _keys_of(market: Market, arcs: Arcs | None) -> Ints:
    if arcs is None:
        return np.zeros(0, dtype=np.int64)
    n_lots, n_needs = len(market.donors.nodes), len(market.receivers.nodes)
    keys: Ints = (arcs.rule * n_lots + arcs.supply) * n_needs + arcs.need
    return np.unique(keys)


def _unpacked(market: Market, keys: Ints) -> tuple[Ints, Ints, Ints]:
    n_lots, n_needs = len(market.donors.nodes), len(market.receivers.nodes)
    pair, need = np.divmod(keys, max(n_needs, 1))
    rule, lot = np.divmod(pair, max(n_lots, 1))
    return rule, lot, need


def _problem(
    market: Market, keys: Ints, supply_t: Floats, need_t: Floats, *, tie: bool = True
) -> Problem:
    rule, lot, need = _unpacked(market, keys)
    i, j = market.lot_place[lot], market.need_place[need]
    haul = np.zeros(len(keys))
    for vehicle, table in enumerate(market.haul_eur_per_t):
        hauled = market.vehicle[rule] == vehicle
        haul[hauled] = table[i[hauled], j[hauled]]
    share = kept_share(market.length_m[i, j], market.typical_m[rule])
    use = market.use[rule]
    gain = share * (_worth(market, rule, lot, is_treated=market.treats[need]) - haul)
    if tie:
        reached = market.length_m[np.isfinite(market.length_m)]
        way = market.length_m[i, j] / max(float(reached.max(initial=0.0)), 1.0)
        pairs = max(len(supply_t) * len(need_t), 1)
        name = (need * len(supply_t) + lot) / pairs
        both = WAY_SHARE * np.sqrt(way) + (1 - WAY_SHARE) * np.sqrt(name)
        gain = gain - TIE_EUR_PER_T * both
    return Problem(lot, need, use * share, gain, share, supply_t, need_t)


def _arcs(market: Market, keys: Ints) -> Arcs:
    rule, lot, need = _unpacked(market, keys)
    i, j = market.lot_place[lot], market.need_place[need]
    length_m = market.length_m[i, j]
    share = kept_share(length_m, market.typical_m[rule])
    return Arcs(lot, need, rule, length_m, market.time_s[i, j], market.use[rule], share)


_M_PER_KM = 1000.0


def study_market(
    ends: tuple[Ends, Ends],
    *,
    rules: pd.DataFrame,
    thrown_share: pd.Series[float],
    avoided: pd.DataFrame,
    od_matrix: pd.DataFrame,
) -> Market:
    """Gather what the allocation of a study needs.

    ``thrown_share``: part of the residue of each rule that an outlet is paid for today
    (0–1). ``od_matrix``: pairs by truck. Costs: at mid value.
    """
    donors, receivers = ends
    places = pd.Index(
        sorted({*donors.nodes["code_insee"], *receivers.nodes["code_insee"]})
    )
    length_m, time_s = ways(od_matrix, places)
    vehicles = rules["vehicle"].tolist()
    names = sorted(set(vehicles))
    factors = freight_factors()
    haul = [
        np.asarray(
            cost_eur_per_t(
                vehicle_freight(factors, name), length_m=length_m, time_s=time_s
            )
        )
        for name in names
    ]
    values = (
        residue_values()
        .reindex(pd.Index(donors.nodes["ewc_stat"]))
        .fillna({"processing_eur_per_t": 0.0, "value_eur_per_t": 0.0})
    )
    spared = avoided["disposal_eur_per_t"] + avoided["haul_eur_per_t"]
    return Market(
        donors=donors,
        receivers=receivers,
        rule_ids=rules["rule_id"].tolist(),
        longest_m=_M_PER_KM * rules["dist_max_km"].to_numpy(float),
        typical_m=typical_m(rules),
        use=input_per_tonne(rules),
        vehicle=np.array([names.index(name) for name in vehicles], dtype=np.int64),
        thrown_share=np.asarray(thrown_share, dtype=np.float64),
        spared_eur_per_t=spared.to_numpy(float),
        processing_eur_per_t=values["processing_eur_per_t"].to_numpy(float),
        worth_eur_per_t=values["value_eur_per_t"].to_numpy(float),
        treats=receivers.nodes["resource"].eq(COMPOST).to_numpy(bool),
        gate_eur_per_t=composting_gate()["mid"],
        lot_place=places.get_indexer(pd.Index(donors.nodes["code_insee"])),
        need_place=places.get_indexer(pd.Index(receivers.nodes["code_insee"])),
        length_m=length_m,
        time_s=time_s,
        haul_eur_per_t=haul,
    )


class Solved(NamedTuple):
    """A market, the arcs that were looked at, and the optimum."""

    market: Market
    arcs: Arcs
    found: Allocated


def drawn_shares(part: TakingPart, *, seed: int) -> Floats:
    """Draw the share of who takes part, once in each stratum of its bounds.

    Examples
    --------
    >>> from eitgeo.flows.exchanges.market import TakingPart
    >>> drawn = drawn_shares(TakingPart(0.02, 0.06, 4), seed=1)
    >>> sorted(drawn.round(9).tolist())
    [0.025, 0.035, 0.045, 0.055]
    """
    key = draw_keys(["part"], seed=seed, source="participation")
    unit = stratified_uniforms(key, part.n_draws)[0]
    shares: Floats = part.low + (part.high - part.low) * unit
    return shares


def parts_taken(
    site_ids: Iterable[str], shares: Floats, *, seed: int, turn: int = 0
) -> Floats:
    """Say which sites take part: draws × sites, 1 or 0.

    Notes
    -----
    Systematic sampling, each site apart: it has an offset of its own, and takes part
    in the draws where the offset and the shares so far pass a whole number. It does
    in a draw with the probability of its share, and over all draws ``⌊Σp⌋`` or
    ``⌈Σp⌉`` times: few draws have a steady mean. The sites of a share are among those
    of a greater one where there is one draw. Another `turn` draws other offsets.

    References
    ----------
    Madow (1949), On the theory of systematic sampling, II, Annals of Mathematical
    Statistics 20(3), 333–354.

    Examples
    --------
    >>> taken = parts_taken(["a", "b", "c"], np.full(4, 0.25), seed=1)
    >>> taken.sum(axis=0).tolist()
    [1.0, 1.0, 1.0]
    """
    keys = draw_keys(site_ids, seed=seed, source="preneur")
    offset = uniforms_at(keys, np.array([turn]))
    so_far = np.concatenate([np.zeros(1), np.cumsum(shares)])[:, None]
    passed = np.diff(np.floor(so_far + offset), axis=0) > 0
    return passed.astype(np.float64)


def without_site(market: Market, site_id: str) -> Market:
    """Return the market that the loss of a site leaves.

    ``site_id``: a site that gives, takes, or both; one that does neither changes
    nothing. Returns: the same lots and needs, in the same order, without the tonnes of
    the site.
    """
    donors, receivers = (
        _without(side, site_id) for side in (market.donors, market.receivers)
    )
    return replace(market, donors=donors, receivers=receivers)


def _without(ends: Ends, site_id: str) -> Ends:
    gone = ends.members["site_id"] == site_id
    if not gone.any():
        return ends
    left = ends.members[~gone]
    is_left = ends.nodes.index.isin(set(left["node"]))
    lost_t = ends.members[gone].groupby("node")["t"].sum()
    # A need that nothing bounds stays so, as long as one of its sites is left.
    t = ends.nodes["t"] - lost_t.reindex(ends.nodes.index).fillna(0.0)
    t = t.clip(lower=0.0).where(is_left, 0.0)
    members = left if len(left) else ends.members.iloc[:0]
    return Ends(ends.nodes.assign(t=t), members.reset_index(drop=True), ends.links)


def taking_part(market: Market, part: pd.Series[float]) -> Market:
    """Return the market of the receivers that take part.

    ``part``: site → part of its needs that takes part (0–1); every receiver is named.
    Returns: the same donors; the needs of those receivers alone, in the same order. A
    need that nothing bounds stays so, as long as one of its sites takes part.
    """
    left, rows = _of_those(market.receivers, part)
    if rows is None:
        return market
    return replace(
        market,
        receivers=left,
        need_place=market.need_place[rows],
        treats=market.treats[rows],
    )


def market_of_donors(market: Market, part: pd.Series[float]) -> Market:
    """Return the market of the donors that take part, as :func:`taking_part` does.

    ``part``: site → part of its residues that takes part (0–1); every donor is named.
    Returns: the same receivers; the lots of those donors alone, in the same order.
    """
    left, rows = _of_those(market.donors, part)
    if rows is None:
        return market
    return replace(
        market,
        donors=left,
        lot_place=market.lot_place[rows],
        spared_eur_per_t=market.spared_eur_per_t[rows],
        processing_eur_per_t=market.processing_eur_per_t[rows],
        worth_eur_per_t=market.worth_eur_per_t[rows],
    )


def _of_those(ends: Ends, part: pd.Series[float]) -> tuple[Ends, Ints | None]:
    """Leave the sites that take part, and say which nodes are left (None: all)."""
    weight = ends.members["site_id"].map(part).to_numpy(float)
    if (weight == 1).all():
        return ends, None
    members = ends.members.assign(t=ends.members["t"] * weight)[weight > 0]
    t = members.groupby("node")["t"].sum()
    nodes = ends.nodes.loc[t.index]
    nodes = nodes.assign(t=nodes["t"].where(np.isinf(nodes["t"]), t))
    row = pd.Series(np.arange(len(nodes)), index=nodes.index)
    left = Ends(
        nodes.reset_index(drop=True),
        members.assign(node=members["node"].map(row)).reset_index(drop=True),
        _renumbered(ends.links, row),
    )
    return left, t.index.to_numpy(np.int64)


def _renumbered(links: pd.DataFrame, row: pd.Series[int]) -> pd.DataFrame:
    own_links = links[links["node"].isin(row.index)]
    return own_links.assign(node=own_links["node"].map(row)).reset_index(drop=True)


def drawn_markets(
    market: Market,
    shares: Floats,
    *,
    seed: int,
    donor_shares: Floats | None = None,
    sure: Collection[str] = (),
    cells: Collection[str] = (),
    turn: int = 0,
) -> Iterator[Market]:
    """Draw who takes part, one market a share.

    ``shares``: share of the receivers that take part, by draw (0–1]. ``donor_shares``:
    the same of donors; None: `shares`. At one share, who takes also gives. ``sure``:
    sites that take part always: they said what they look for. ``cells``: rows of many
    firms: each takes part with its share of the need.
    """
    of_donors = shares if donor_shares is None else donor_shares
    draws = []
    for ends, of_side in ((market.receivers, shares), (market.donors, of_donors)):
        names = pd.Index(ends.members["site_id"].unique())
        taken = parts_taken(names, of_side, seed=seed, turn=turn)
        taken = np.where(names.isin(list(cells)), of_side[:, None], taken)
        taken = np.where(names.isin(list(sure)), 1.0, taken)
        draws.append([pd.Series(part, index=names) for part in taken])
    for takers, givers in zip(*draws, strict=True):
        yield market_of_donors(taking_part(market, takers), givers)


def solve(market: Market) -> Solved:
    """Allocate residues to those who take part."""
    return Solved(market, *allocate_market(market))


def drawn_allocation(draws: Sequence[Solved], rules: pd.DataFrame) -> pd.DataFrame:
    """Tell the optimum of each draw, site by site.

    Returns: as :func:`site_allocation` returns it, with ``participation_draw``: ``t``
    is what is exchanged in the draw [t/year].
    """
    tables = [
        site_allocation(
            arcs,
            found.t,
            donors=market.donors,
            receivers=market.receivers,
            rules=rules,
        ).assign(**{DRAW: number})
        for number, (market, arcs, found) in enumerate(draws)
    ]
    return pd.concat(tables, ignore_index=True)


def mean_missing_needs(draws: Sequence[Solved]) -> pd.DataFrame:
    """Say what is missing, as means over draws: tonnes used, and their price."""
    key = ["code_insee", "resource"]
    rows = pd.concat([missing_needs(one.found, one.market.receivers) for one in draws])
    rows = rows.assign(rent_eur=rows["t"] * rows["price_eur_per_t"])
    sums = rows.groupby(key)[["t", "rent_eur"]].sum().reset_index()
    means = sums.assign(
        t=sums["t"] / len(draws), price_eur_per_t=sums["rent_eur"] / sums["t"]
    )
    return means.drop(columns="rent_eur").sort_values(
        ["price_eur_per_t", *key], ascending=[False, True, True], ignore_index=True
    )


def worst_gap(draws: Sequence[Solved]) -> float:
    """Return the greatest share of a benefit that an optimum may have missed."""
    gaps = [
        (one.bound_eur - one.benefit_eur) / one.bound_eur
        for one in (draw.found for draw in draws)
        if one.bound_eur
    ]
    return max(gaps, default=0.0)


def mean_change(
    draws: Sequence[Solved], site_id: str | None, rules: pd.DataFrame
) -> pd.DataFrame:
    """Allocate again without a site (None: with all), as means over draws."""
    changes = []
    for draw in draws:
        again = draw
        if site_id is not None:
            left = without_site(draw.market, site_id)
            again = Solved(left, *allocate_market(left, first=draw.arcs))
        ends = (draw.market.donors, draw.market.receivers)
        changes.append(allocation_change(draw[1:], again[1:], ends, rules=rules))
    columns = ["with_it", "without_it"]
    return pd.concat(changes).groupby("measure")[columns].mean().reset_index()

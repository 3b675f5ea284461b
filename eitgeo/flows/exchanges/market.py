"""The exchanges of a large territory, priced by place and never listed whole.

Thousands of sites and hundreds of rules make millions of arcs, of which an optimum
uses a few. What an arc brings depends on its lot, its need and the way between two
places: the best partner of each lot is found place by place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from eitgeo.flows.exchanges.allocation import (
    TIE_EUR_PER_T,
    Allocated,
    Problem,
    alike,
    best_of,
    certified,
    solved,
)
from eitgeo.flows.exchanges.candidates import Arcs, Ends, kept_share, nodes_of_rules
from eitgeo.flows.exchanges.partners import (
    TOLERANCE_EUR_PER_T,
    WAY_SHARE,
    Block,
    for_lots,
    for_needs,
    priced_block,
)

if TYPE_CHECKING:
    Bools = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Names = npt.NDArray[np.object_]

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
        first, lot_at = alike(market.lot_place[lots], *worth)
        taker, need_at = alike(market.need_place[needs], market.treats[needs])
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

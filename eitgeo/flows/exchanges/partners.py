"""The partners that suit each lot and each need best, at the prices of both.

One rule at a time, place by place: its lots that nothing tells apart make a row, its
needs of a place a column.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from eitgeo.exact import largest
from eitgeo.flows.exchanges.allocation import TIE_EUR_PER_T

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Names = npt.NDArray[np.object_]

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

"""One allocation for each draw of who takes part, and what they say together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from eitgeo.draws import draw_keys, stratified_uniforms, uniforms_at
from eitgeo.flows.exchanges.allocation import (
    Allocated,
    allocation_change,
    missing_needs,
    site_allocation,
)
from eitgeo.flows.exchanges.candidates import Arcs, Ends
from eitgeo.flows.exchanges.market import Market, allocate_market
from eitgeo.flows.exchanges.participation import DRAW, TakingPart

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


class Solved(NamedTuple):
    """A market, the arcs that were looked at, and the optimum."""

    market: Market
    arcs: Arcs
    found: Allocated


def drawn_shares(part: TakingPart, *, seed: int) -> Floats:
    """Draw the share of who takes part, once in each stratum of its bounds.

    Examples
    --------
    >>> from eitgeo.flows.exchanges.participation import TakingPart
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


def giving(market: Market, part: pd.Series[float]) -> Market:
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

    ``market``: the exchanges of all. ``shares``: share of the receivers that take part,
    by draw (0–1]. ``donor_shares``: the same of donors; None: `shares`. At one share,
    who takes also gives. ``sure``: sites that take part always: they said
    what they look for. ``cells``: rows of many firms: each takes part with its share of
    the need. Yields: as :func:`taking_part` returns it.
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
        yield giving(taking_part(market, takers), givers)


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

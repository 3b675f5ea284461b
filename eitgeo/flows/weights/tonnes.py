"""What hangs on ratios, compositions, by-products, needs: tonnes, and all they carry.

A factor moves the residues of each site, or the needs of each receiver (input per
employee, share replaced, limit), as the calculation itself makes them; each exchange
then rises and falls with the residue that it takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from eitgeo.flows.arisings.arising_draws import NDNI, RATIOS, term_intervals
from eitgeo.flows.arisings.residues import site_residues
from eitgeo.flows.exchanges.synergies import RATIO, resource_of
from eitgeo.flows.weights.parts import (
    DEPOSIT,
    EXCHANGED,
    RATIO_COLUMN,
    SWING,
    amount_parts,
    factor_numbers,
    numbered,
    scaled_parts,
    share_numbers,
)
from eitgeo.sources.activity.cells import counts_of

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    type _Made = tuple[pd.DataFrame, pd.DataFrame]
    """Waste and by-products."""

_LOW, _MID, _HIGH = RATIOS
_KEY = ["site_id", "resource"]
_MADE = (
    ["site_id", "waste_code", "ewc_stat", "t_mid"],
    [*_KEY, "ewc_stat", "unit", "q_mid", "in_ratio"],
)
"""What residues hang on, in waste and in by-products."""
_NEARLY = 0.99
"""What a factor is multiplied by to see which part of a residue it makes."""
_MOVED = 1e-9

_PER_EMPLOYEE, _SHARE, _MOST = "t_per_employee", "max_share", "most_t_per_site"


def ratio_rows(
    arisings: pd.DataFrame, terms: pd.DataFrame, factors: pd.DataFrame
) -> pd.DataFrame:
    """Give each waste that a ratio makes its factors and their bounds.

    Returns: on the index of `arisings`, those of method ``ratio`` alone: ``site_id``,
    ``stream``, ``ewc_stat``, ``t_mid``, ``ratio``, ``share`` (numbers of factors),
    ``low``, ``high`` (bounds of the ratio over its middle).
    """
    own = arisings.loc[arisings["method"].eq("ratio")]
    known = terms[["site_id", "stream", "ratio_id", *RATIOS]]
    rows = own.merge(known, on=["site_id", "stream"], how="left").set_axis(own.index)
    key = rows["ratio_id"] + "|" + rows["stream"]
    of_ratios = factor_numbers(factors, "waste_ratios", RATIO_COLUMN)
    return rows[["site_id", "stream", "ewc_stat", "t_mid"]].assign(
        ratio=numbered(of_ratios, key),
        share=numbered(share_numbers(factors), key + "|" + rows["ewc_stat"]),
        low=rows[_LOW] / rows[_MID],
        high=rows[_HIGH] / rows[_MID],
    )


def deposit_parts(ratio_rows: pd.DataFrame) -> pd.DataFrame:
    """Say what waste hangs on ratios and on their compositions.

    Returns: ``site_id``, ``factor``, ``deposit_t``, ``swing_deposit_t``: what is
    neither inert nor hazardous, as in the total of a study.
    """
    rows = ratio_rows[ratio_rows["stream"].eq(NDNI)]
    swing = rows["t_mid"] * (rows["high"] - rows["low"])
    parts = [
        pd.DataFrame(
            {
                "site_id": rows["site_id"],
                "factor": rows[name],
                DEPOSIT: rows["t_mid"],
                f"{SWING}{DEPOSIT}": swing if name == "ratio" else 0.0,
            }
        )
        for name in ("ratio", "share")
    ]
    return pd.concat(parts, ignore_index=True).query("factor >= 0")


def ratio_parts(
    exchanges: pd.DataFrame,
    arisings: pd.DataFrame,
    byproducts: pd.DataFrame,
    ratio_rows: pd.DataFrame,
) -> Iterator[pd.DataFrame]:
    """Say which exchanges hang on ratios, and on the shares of their categories.

    Yields: as `scaled_parts` returns it. A site has one ratio a stream: all ratios of a
    stream move at once, and each exchange with that of its donor.
    """
    for _, stream_rows in ratio_rows.groupby("stream"):
        moves = {
            name: (_times(arisings, by), byproducts)
            for name, by in _bounds(stream_rows).items()
        }
        scales = _scales(exchanges, (arisings, byproducts), moves)
        rows, low, high, part = _those_moved(exchanges, scales)
        of_site = stream_rows.drop_duplicates("site_id").set_index("site_id")["ratio"]
        number = numbered(of_site, rows["donor_id"])
        yield scaled_parts(rows, number, low=low, high=high, part=part)
        places = stream_rows.drop_duplicates(["site_id", "ewc_stat"])
        of_share = places.set_index(["site_id", "ewc_stat"])["share"]
        place = pd.MultiIndex.from_frame(rows[["donor_id", "ewc_stat"]])
        share = of_share.reindex(place).fillna(-1).to_numpy(np.int64)
        yield scaled_parts(rows, share, low=low, high=low, part=part)


def _bounds(rows: pd.DataFrame) -> dict[str, pd.Series[float]]:
    """Give each row what its factor is multiplied by: bounds, and nearly nothing."""
    nearly = pd.Series(_NEARLY, index=rows.index)
    return {"low": rows["low"], "high": rows["high"], "near": nearly}


def _times(arisings: pd.DataFrame, by: pd.Series[float]) -> pd.DataFrame:
    scale = by.reindex(arisings.index).fillna(1.0)
    return arisings.assign(t_mid=arisings["t_mid"] * scale)


def byproduct_rows(
    byproducts: pd.DataFrame, terms: pd.DataFrame, factors: pd.DataFrame
) -> pd.DataFrame:
    """Give each by-product its factors and their bounds.

    Returns: `byproducts` with ``mass_t`` (without its limit), ``most``, ``amount`` and
    ``limit`` (numbers of factors), ``low``, ``high`` (bounds over the middle).
    """
    whole = terms.assign(mass_t=term_intervals(terms)["t_mid"])
    columns = [*_KEY, "naf_prefix", "most", "mass_t", *RATIOS]
    own = byproducts.merge(whole[columns], on=_KEY).reset_index(drop=True)
    key = own["naf_prefix"] + "|" + own["resource"]
    per_employee = factor_numbers(factors, "byproducts", "per_employee")
    limits = factor_numbers(factors, "byproducts", "most_per_site")
    return own.assign(
        amount=numbered(per_employee, key),
        limit=numbered(limits, key),
        low=own[_LOW] / own[_MID],
        high=own[_HIGH] / own[_MID],
    )


def byproduct_parts(
    exchanges: pd.DataFrame, arisings: pd.DataFrame, byproduct_rows: pd.DataFrame
) -> Iterator[pd.DataFrame]:
    """Say which exchanges hang on by-products, and on what a site has at most.

    Yields: as `scaled_parts` returns it. The first by-product of each site moves, then
    the second, and so on: by-products of one site share a category.
    """
    rank = byproduct_rows.groupby("site_id").cumcount()
    for _, group in byproduct_rows.groupby(rank):
        sites = group["site_id"]
        taken = exchanges[exchanges["donor_id"].isin(sites)]
        waste = arisings[arisings["site_id"].isin(sites)]
        own = byproduct_rows[byproduct_rows["site_id"].isin(sites)]
        moves = {}
        for name, by in _bounds(group).items():
            q_mid = own["q_mid"].copy()
            q_mid.loc[group.index] = np.minimum(group["mass_t"] * by, group["most"])
            moves[name] = waste, own.assign(q_mid=q_mid)
        scales = _scales(taken, (waste, own), moves)
        rows, low, high, part = _those_moved(taken, scales)
        number = numbered(group.set_index("site_id")["amount"], rows["donor_id"])
        yield scaled_parts(rows, number, low=low, high=high, part=part)
    yield _limit_parts(exchanges, byproduct_rows)


def _limit_parts(exchanges: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Say which exchanges take a residue that its limit holds."""
    limited = rows[rows["mass_t"].ge(rows["most"])]
    of_residue = limited.set_index(_KEY)["limit"]
    place = pd.MultiIndex.from_arrays([exchanges["donor_id"], exchanges["resource"]])
    number = of_residue.reindex(place).fillna(-1).to_numpy(np.int64)
    hang = {name: exchanges[name].to_numpy(float) for name in EXCHANGED}
    return amount_parts(exchanges, number, hang)


def _those_moved(
    exchanges: pd.DataFrame, at: Mapping[str, Floats]
) -> tuple[pd.DataFrame, Floats, Floats, Floats]:
    """Keep the exchanges that a factor moves: by what at its bounds, for which part.

    The part is that of the residue which the factor makes: a by-product taken out of a
    category makes none of what is left of it.
    """
    changes = np.array([np.abs(scale - 1.0) for scale in at.values()])
    moved = changes.max(axis=0) > _MOVED
    part = np.clip((1.0 - at["near"]) / (1.0 - _NEARLY), 0.0, 1.0)
    return exchanges[moved], at["low"][moved], at["high"][moved], part[moved]


def _scales(
    exchanges: pd.DataFrame, now: _Made, moves: Mapping[str, _Made]
) -> dict[str, Floats]:
    """Return what the residue of each exchange is multiplied by in each move.

    All at once: the sites of each move are numbered apart.
    """
    states = [now, *moves.values()]
    known = [exchanges["donor_id"], *(table["site_id"] for table in now)]
    sites = pd.Index(pd.concat(known).unique())

    def numbers(site_ids: pd.Series[str], state: int) -> Ints:
        return sites.get_indexer(pd.Index(site_ids)) + state * len(sites)

    waste, own = (
        pd.concat(
            [
                table[columns].assign(site_id=numbers(table["site_id"], state))
                for state, table in enumerate(tables)
            ]
        )
        for tables, columns in zip(zip(*states, strict=True), _MADE, strict=True)
    )
    residue_t = site_residues(waste, own).groupby(_KEY)["t"].sum()
    donors = [numbers(exchanges["donor_id"], state) for state in range(len(states))]
    resources = np.tile(exchanges["resource"].to_numpy(), len(states))
    place = pd.MultiIndex.from_arrays([np.concatenate(donors), resources])
    before, *after = residue_t.reindex(place).to_numpy(float).reshape(len(states), -1)
    return {
        name: np.where(np.isnan(before), 1.0, np.nan_to_num(t) / before)
        for name, t in zip(moves, after, strict=True)
    }


def need_parts(
    exchanges: pd.DataFrame,
    needs: pd.DataFrame,
    *,
    sites: pd.DataFrame,
    inputs: pd.DataFrame,
    factors: pd.DataFrame,
    n_draws: int,
) -> Iterator[pd.DataFrame]:
    """Say which exchanges go to a need that a factor makes.

    ``exchanges``: as `exchange_rows` returns them, with ``asked_ewc`` (category of the
    rule) and ``use`` (its yield). ``sites``: ``site_id``, ``naf``, ``headcount_mid``,
    ``n_establishments``. Yields: as `scaled_parts` returns it. A need at its low bound
    turns away what is above it, in each draw; at its high bound nothing more comes: the
    allocation is held.
    """
    asked = _asked(exchanges, needs, sites=sites, inputs=inputs)
    taken_t = exchanges.loc[asked.index, "t"] * exchanges.loc[asked.index, "use"]
    key = [asked["participation_draw"], asked["receiver_id"], asked["resource"]]
    inflow_t = n_draws * taken_t.groupby(key).transform("sum").to_numpy(float)
    rows = exchanges.loc[asked.index]
    name = asked["need_id"] + "|" + asked["resource"]
    for column in (_PER_EMPLOYEE, _SHARE):
        low = asked.assign(**{column: asked[f"{column}_low"]})
        left = np.minimum(1.0, _need_t(low) / np.maximum(inflow_t, 1e-12))
        number = numbered(factor_numbers(factors, "input_needs", column), name)
        yield scaled_parts(rows, number, low=left, high=np.ones(len(rows)))
    whole_t = asked["headcount"] * asked[_PER_EMPLOYEE] * asked[_SHARE]
    limited = asked["most_t"].le(whole_t)
    number = numbered(factor_numbers(factors, "input_needs", _MOST), name)
    hang = {one: rows[one].to_numpy(float) for one in EXCHANGED}
    yield amount_parts(rows, number.where(limited, -1), hang)


def _asked(
    exchanges: pd.DataFrame,
    needs: pd.DataFrame,
    *,
    sites: pd.DataFrame,
    inputs: pd.DataFrame,
) -> pd.DataFrame:
    """Give the exchanges whose receiver is known by a ratio what makes its need."""
    by_site = sites.set_index("site_id")
    receiver = exchanges["receiver_id"]
    asked = resource_of(receiver.map(by_site["naf"]), exchanges["asked_ewc"], inputs)
    rows = exchanges[["receiver_id", "participation_draw"]].join(asked)
    rows = rows.assign(
        headcount=receiver.map(by_site["headcount_mid"]).astype(float),
        most_t=rows[_MOST].fillna(np.inf) * counts_of(sites, receiver),
    )
    by_ratio = needs.loc[needs["method"].eq(RATIO), ["site_id", "resource"]]
    place = pd.MultiIndex.from_frame(rows[["receiver_id", "resource"]])
    return rows[place.isin(pd.MultiIndex.from_frame(by_ratio))]


def _need_t(asked: pd.DataFrame) -> Floats:
    """Return the need, as `estimated_needs` makes its middle."""
    whole = asked["headcount"] * asked[_PER_EMPLOYEE] * asked[_SHARE]
    need_t: Floats = whole.clip(upper=asked["most_t"]).to_numpy(float)
    return need_t

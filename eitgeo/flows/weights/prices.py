"""What hangs on prices: values, preparation, gates, taxes, rules, and road freight.

Euros, CO2 and tonnes; the factors of freight move both hauls, to the taker and to the
outlet of today.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from eitgeo.flows.outlets.transport import (
    FACTORS,
    Freight,
    cost_eur_per_t,
    kgco2e_per_t,
    vehicle_freight,
)
from eitgeo.flows.weights.parts import (
    EXCHANGED,
    amount_parts,
    factor_numbers,
    numbered,
    scaled_parts,
)
from eitgeo.reference.exchange_terms import COMPOSTING, composting_gate
from eitgeo.reference.tables import EVERY_VEHICLE

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]

_LOT = ["code_insee", "ewc_stat"]
_GATE = "gate_eur_per_t"

_DIVISORS = (
    "load_t",
    "payload_t",
    "hours_per_day",
    "diesel_mj_per_l",
    "engine_efficiency",
)
_SO_MUCH = 1e12
"""Of a divisor: nothing of it is left."""
_M_PER_KM, _S_PER_H, _KG_PER_T = 1000.0, 3600.0, 1000.0


def value_parts(
    exchanges: pd.DataFrame, values: pd.DataFrame, factors: pd.DataFrame
) -> Iterator[pd.DataFrame]:
    """Say what euros of firms hang on the value of inputs and on preparation.

    ``exchanges``: as `exchange_rows` returns them, with ``use`` and ``priced_t`` (the
    tonnes that something is saved on: none of what is used today).
    """
    told = values.select_dtypes("number").reindex(exchanges["ewc_stat"]).fillna(0.0)
    t = exchanges["priced_t"].mask(exchanges["is_composted"], 0.0).to_numpy(float)
    signs = {
        "value_eur_per_t": t * exchanges["use"].to_numpy(float),
        "processing_eur_per_t": -t,
    }
    for column, per_eur in signs.items():
        number = factor_numbers(factors, "residue_values", column)
        low, mid, high = (
            told[f"{column}{end}"].to_numpy(float) for end in ("_low", "", "_high")
        )
        yield amount_parts(
            exchanges,
            numbered(number, exchanges["ewc_stat"]),
            {"eur_firms": per_eur * mid},
            {"eur_firms": per_eur * (high - low)},
        )


def composter_parts(exchanges: pd.DataFrame, factors: pd.DataFrame) -> pd.DataFrame:
    """Say what euros of firms hang on the gate of those who compost."""
    mine = exchanges[exchanges["is_composted"]]
    numbers = factor_numbers(factors, "heading_wastes", _GATE)
    number = numbers[numbers.index.str.startswith(COMPOSTING)].iloc[0]
    low, mid, high = composting_gate()
    t = mine["priced_t"].to_numpy(float)
    hang, swing = {"eur_firms": -t * mid}, {"eur_firms": -t * (high - low)}
    return amount_parts(mine, np.full(len(mine), number), hang, swing)


def rule_parts(
    exchanges: pd.DataFrame, factors: pd.DataFrame
) -> Iterator[pd.DataFrame]:
    """Say what hangs on the figures of a rule: yield, distances, CO2 avoided.

    Yields: as `scaled_parts` returns it. A yield makes the value of what is replaced, a
    distance lets the whole exchange be.
    """
    t = exchanges["priced_t"].to_numpy(float)
    rule = exchanges["rule_id"]
    whole = {name: exchanges[name].to_numpy(float) for name in EXCHANGED}
    value = {"eur_firms": t * exchanges["value_eur_per_t"].to_numpy(float)}
    for column, hang in {
        "yield_t_per_t": value,
        "dist_typ_km": whole,
        "dist_max_km": whole,
    }.items():
        number = numbered(factor_numbers(factors, "synergies", column), rule)
        yield amount_parts(exchanges, number, hang)
    avoided = factor_numbers(factors, "synergies", "avoided_kgco2e_per_t")
    number = numbered(avoided, rule)
    bounds = factors[["low", "mid", "high"]].reindex(number).to_numpy(float).T
    low, mid, high = np.nan_to_num(bounds) / _KG_PER_T
    hang, swing = {"tco2e": t * mid}, {"tco2e": t * (high - low)}
    yield amount_parts(exchanges, number, hang, swing)


def use_parts(
    exchanges: pd.DataFrame, uses: pd.DataFrame, factors: pd.DataFrame
) -> pd.DataFrame:
    """Say what hangs on the part of residues that is used today: what it leaves.

    ``exchanges``: as `exchange_rows` returns them, with ``used_share``. ``uses``: on
    the index of `exchanges`: ``use``, ``low``, ``mid``, ``high``, as `rule_uses` tells
    them for the rule of each. Returns: as `scaled_parts` returns it: euros and CO2 of
    the part that is not used.
    """
    number = numbered(factor_numbers(factors, "current_outlets", "share"), uses["use"])
    left = (1.0 - uses["mid"]).to_numpy(float)
    wide = (uses["high"] - uses["low"]).to_numpy(float)
    per_left = np.divide(wide, left, out=np.zeros_like(left), where=left > 0)
    hang = {
        name: exchanges[name].to_numpy(float)
        for name in EXCHANGED
        if name != "exchanged_t"
    }
    swing = {name: -amount * per_left for name, amount in hang.items()}
    return amount_parts(exchanges, number, hang, swing)


def whole_parts(exchanges: pd.DataFrame, number: int) -> pd.DataFrame:
    """Let all exchanges hang on one factor; what it is worth is not algebra."""
    still = np.zeros(len(exchanges))
    return scaled_parts(exchanges, number, low=still, high=still)


def lot_shares(
    flows: pd.DataFrame, legal: pd.DataFrame, reference: pd.DataFrame
) -> pd.DataFrame:
    """Say which headings make the price of each lot, and how much each.

    ``flows``: ``code_insee``, ``stream``, ``ewc_stat``, ``outlet_id``, ``t``: where the
    waste of each lot may go. ``legal``: ``outlet_id``, ``stream``, ``ewc_stat``,
    ``heading``. ``reference``: ``stream``, ``ewc_stat``, ``heading``,
    ``price_eur_per_t``: the cheapest stands in for lots without an outlet. Returns:
    ``code_insee`` (empty: the reference), ``ewc_stat``, ``stream``, ``heading``,
    ``share`` (0–1, of what the lot places).
    """
    placed = flows.merge(legal, on=["outlet_id", "stream", "ewc_stat"])
    by = [*_LOT, "stream", "heading"]
    sums = placed.groupby(by)["t"].sum().reset_index()
    whole = sums.groupby(_LOT)["t"].transform("sum")
    shares = sums.assign(share=sums["t"] / whole)
    cheap = reference.sort_values(["ewc_stat", "price_eur_per_t", "heading"])
    usual = cheap.drop_duplicates("ewc_stat").assign(code_insee="", share=1.0)
    columns = [*by, "share"]
    return pd.concat([shares[columns], usual[columns]], ignore_index=True)


def outlet_lines(exchanges: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """Split each exchange over the headings that make the price of its lot.

    Returns: a row an exchange and heading: its columns, with ``row`` (of the exchange),
    ``stream``, ``heading``, ``share``.
    """
    own = pd.MultiIndex.from_frame(shares[_LOT])
    lot = pd.MultiIndex.from_frame(exchanges[["donor_code", "ewc_stat"]])
    is_known = lot.isin(own)
    rows = exchanges.assign(
        code_insee=exchanges["donor_code"].where(is_known, ""),
        row=exchanges.index,
    )
    lines = rows.merge(shares, on=_LOT)
    return lines.assign(share=lines["share"] * (1.0 - lines["left_share"]))


def gate_parts(
    lines: pd.DataFrame, gates: pd.DataFrame, factors: pd.DataFrame
) -> pd.DataFrame:
    """Say what euros of firms hang on the prices of outlets, tax aside."""
    key = ["heading", "stream", "ewc_stat"]
    levels = [f"{_GATE}_low", _GATE, f"{_GATE}_high"]
    table = gates[[*key, "ewc_stats", *levels]]
    rows = lines.merge(table, on=key).set_index("row")
    name = rows["heading"] + "|" + rows["stream"] + "|" + rows["ewc_stats"]
    number = numbered(factor_numbers(factors, "heading_wastes", _GATE), name)
    t, share = rows["priced_t"].to_numpy(float), rows["share"].to_numpy(float)
    low, mid, high = (rows[level].to_numpy(float) for level in levels)
    hang = {"eur_firms": t * share * mid}
    swing = {"eur_firms": t * share * (high - low)}
    return amount_parts(rows, number, hang, swing)


def tax_parts(
    lines: pd.DataFrame, rates: pd.DataFrame, factors: pd.DataFrame
) -> Iterator[pd.DataFrame]:
    """Say what euros hang on the tax, and on its extra above a threshold.

    ``rates``: rows of `landfill_tax` in force: ``year``, ``heading``, ``eur_per_t``.
    """
    rows = lines.merge(rates[["heading", "year", "eur_per_t"]], on="heading")
    rows = rows.set_index("row")
    name = rows["year"].astype("str") + "|" + rows["heading"]
    eur = (rows["priced_t"] * rows["share"] * rows["eur_per_t"]).to_numpy(float)
    number = numbered(factor_numbers(factors, "landfill_tax", "eur_per_t"), name)
    yield amount_parts(rows, number, {"eur_firms": eur})
    at_rate = pd.Series(eur, index=rows.index).groupby(level=0).sum()
    taxed = rows[~rows.index.duplicated()]
    more = (
        taxed["priced_t"] * taxed["disposal_tax_eur_per_t"] - at_rate.loc[taxed.index]
    )
    extra = factor_numbers(factors, "landfill_tax", "extra_eur_per_t")
    number = numbered(extra, taxed["year"].astype("str") + "|" + taxed["heading"])
    yield amount_parts(taxed, number, {"eur_firms": more.to_numpy(float)})


class _Hauls(NamedTuple):
    """Ways of a vehicle: tonnes that cost, those whose CO2 counts, and the sign."""

    rows: pd.DataFrame
    t: Floats
    emitting_t: Floats
    length_m: Floats
    time_s: Floats
    sign: float


def haul_parts(
    exchanges: pd.DataFrame,
    freight: pd.DataFrame,
    factors: pd.DataFrame,
    *,
    outlet_vehicle: str,
) -> Iterator[pd.DataFrame]:
    """Say what hangs on each factor of freight.

    ``exchanges``: as `exchange_rows` returns them, with ``vehicle`` (of the rule),
    ``priced_t`` and ``emitting_t`` (those of it whose CO2 is counted). Yields: as
    `scaled_parts` returns it. What hangs on a factor is what goes away when it weighs
    nothing; the haul to the outlet is spared, the haul to the taker paid.
    """
    numbers = factor_numbers(factors, "freight_factors", "mid")
    for vehicle in sorted({*exchanges["vehicle"], outlet_vehicle}):
        usual = vehicle_freight(freight, vehicle)
        mine = [_to_takers(exchanges[exchanges["vehicle"].eq(vehicle)])]
        if vehicle == outlet_vehicle:
            mine.append(_to_outlets(exchanges, usual))
        own = freight[freight["vehicle"].isin([vehicle, EVERY_VEHICLE])]
        ranked = own.sort_values(
            "vehicle", ascending=False, kind="stable"
        ).drop_duplicates("factor")
        for row in ranked[ranked["factor"].isin(FACTORS)].to_dict("records"):
            name = str(row["factor"])
            gone = _SO_MUCH if name in _DIVISORS else 0.0
            at = {
                level: replace(usual, **{name: amount})
                for level, amount in zip(
                    ("low", "high", "gone"),
                    (row["low"], row["high"], gone),
                    strict=True,
                )
            }
            number = int(numbers[f"{row['vehicle']}|{name}"])
            yield from (_moved(hauls, number, usual, at) for hauls in mine)


def _moved(
    hauls: _Hauls, number: int, usual: Freight, at: dict[str, Freight]
) -> pd.DataFrame:
    """Say what a factor moves of some hauls."""
    levels = {"usual": usual, **at}
    eur = {
        name: hauls.sign * hauls.t * _cost(hauls, one) for name, one in levels.items()
    }
    tco2e = {
        name: hauls.sign * hauls.emitting_t * _emitted(hauls, one)
        for name, one in levels.items()
    }
    return amount_parts(
        hauls.rows,
        number,
        {
            "eur_firms": eur["usual"] - eur["gone"],
            "tco2e": tco2e["usual"] - tco2e["gone"],
        },
        {"eur_firms": eur["high"] - eur["low"], "tco2e": tco2e["high"] - tco2e["low"]},
    )


def _cost(hauls: _Hauls, freight: Freight) -> Floats:
    return np.asarray(
        cost_eur_per_t(freight, length_m=hauls.length_m, time_s=hauls.time_s)
    )


def _emitted(hauls: _Hauls, freight: Freight) -> Floats:
    return np.asarray(kgco2e_per_t(freight, length_m=hauls.length_m)) / _KG_PER_T


def _to_takers(rows: pd.DataFrame) -> _Hauls:
    columns = ("priced_t", "emitting_t", "length_m", "time_s")
    t, emitting_t, length_m, time_s = (rows[name].to_numpy(float) for name in columns)
    return _Hauls(rows, t, emitting_t, length_m, time_s, sign=-1.0)


def _to_outlets(exchanges: pd.DataFrame, usual: Freight) -> _Hauls:
    """Find the time of the ways to outlets again: their cost is known, and linear."""
    rows = exchanges[exchanges["haul_to_disposal_eur_per_t"].gt(0)]
    length_m = _M_PER_KM * rows["disposal_km"].to_numpy(float)
    paid = rows["haul_to_disposal_eur_per_t"].to_numpy(float)
    standing = np.asarray(cost_eur_per_t(usual, length_m=length_m, time_s=0.0))
    per_h = np.asarray(cost_eur_per_t(usual, length_m=0.0, time_s=_S_PER_H))
    per_h = per_h - np.asarray(cost_eur_per_t(usual, length_m=0.0, time_s=0.0))
    time_s = _S_PER_H * np.maximum(paid - standing, 0.0) / per_h
    t, emitting_t = (rows[name].to_numpy(float) for name in ("priced_t", "emitting_t"))
    return _Hauls(rows, t, emitting_t, length_m, time_s, sign=1.0)

"""How far a rule may go: its own longest distance, or where it stops paying."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.flows.exchanges.lever_terms import USUAL_M_PER_S, rule_margins
from eitgeo.flows.exchanges.levers import rule_break_even
from eitgeo.flows.outlets.allowed_outlets import SKIP
from eitgeo.flows.outlets.carried_rules import carried_rules
from eitgeo.flows.outlets.today import rule_outlets
from eitgeo.flows.outlets.transport import cost_eur_per_t, vehicle_freight
from eitgeo.reference.exchange_terms import (
    current_outlets,
    heading_wastes,
    landfill_tax,
    residue_values,
)
from eitgeo.reference.tables import freight_factors

if TYPE_CHECKING:
    from eitgeo.study.roads import Roads

_ENDS = {"low": "_low", "mid": "", "high": "_high"}
_USUAL_M = 30_000.0
"""Way to an outlet that a firm pays where none is known yet."""


def paying_rules(rules: pd.DataFrame, *, roads: Roads) -> pd.DataFrame:
    """Shorten each rule to the distance beyond which it no longer pays its haul.

    Parameters
    ----------
    rules
        As `synergy_rules` returns them.
    roads
        Vehicles of the study.

    Returns
    -------
    pandas.DataFrame
        Rows of `rules`, ``dist_max_km`` at most their break-even; a rule that pays at
        no distance is left out: a lead, never tonnes. What goes by pipe keeps its own.

    Notes
    -----
    All at mid value: what its category pays today (for the part of the residue that
    is thrown away), the input replaced, preparation and haul. Class H, as what it
    rests on.
    """
    carried = carried_rules(rules, roads=roads)
    farthest = rule_break_even(rule_terms(carried))["break_even_km"]
    bound = rules["rule_id"].map(farthest.set_axis(carried["rule_id"]))
    short = rules.assign(dist_max_km=rules["dist_max_km"].clip(upper=bound))
    return short[short["dist_max_km"] > 0].reset_index(drop=True)


def rule_terms(carried: pd.DataFrame) -> pd.DataFrame:
    """Gather what the break-even of carried rules depends on, as `rule_margins` does.

    Disposal is avoided for the part of the residue that is thrown away today.
    """
    factors = freight_factors()
    freights = {
        (str(name), level): vehicle_freight(factors, str(name), level=level)
        for name in carried["vehicle"].unique()
        for level in _ENDS
    }
    prices = pd.DataFrame({level: usual_disposal(level) for level in _ENDS})
    terms = rule_margins(
        carried, prices=prices, values=residue_values(), freights=freights
    )
    kept = rule_outlets(carried, current_outlets()).sum(axis=1).to_numpy(float)
    price = prices.reindex(pd.Index(carried["ewc_stat"])).fillna(0.0)
    for level, end in _ENDS.items():
        terms[f"margin_eur_per_t{end}"] -= kept * price[level].to_numpy(float)
    return terms


def usual_disposal(level: str = "mid") -> pd.Series[float]:
    """Return what it costs to get rid of a tonne of each category [€/t].

    Gate, tax of the last year that is known and a usual haul: median over the
    headings that may take it. A category that no heading takes is not told: nothing
    is counted as avoided.
    """
    gates, tax = heading_wastes(), landfill_tax().sort_values("year", kind="stable")
    rates = tax.drop_duplicates("heading", keep="last").set_index("heading")
    owed = gates["heading"].map(rates["eur_per_t"]).fillna(0.0)
    skip = vehicle_freight(freight_factors(), SKIP, level=level)
    time_s = _USUAL_M / USUAL_M_PER_S
    haul = float(cost_eur_per_t(skip, length_m=_USUAL_M, time_s=time_s))
    price = gates[f"gate_eur_per_t{_ENDS[level]}"] + owed + haul
    return price.groupby(gates["ewc_stat"]).median()

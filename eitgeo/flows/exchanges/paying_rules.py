"""How far a rule may go: its own longest distance, or where it stops paying."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eitgeo.flows.exchanges.lever_terms import USUAL_M_PER_S, rule_margins
from eitgeo.flows.exchanges.levers import rule_break_even
from eitgeo.flows.outlets.allowed_outlets import SKIP
from eitgeo.flows.outlets.carried_rules import carried_rules
from eitgeo.flows.outlets.transport import cost_eur_per_t, vehicle_freight
from eitgeo.reference.exchange_terms import (
    heading_wastes,
    landfill_tax,
    residue_values,
)
from eitgeo.reference.tables import freight_factors

if TYPE_CHECKING:
    from eitgeo.study.roads import Roads

_LEVELS = ("low", "mid", "high")
_M_PER_KM = 1000.0


def paying_rules(rules: pd.DataFrame, *, roads: Roads, max_km: float) -> pd.DataFrame:
    """Shorten each rule to the distance beyond which no lot could pay its haul.

    Parameters
    ----------
    rules
        As `synergy_rules` returns them.
    roads
        Vehicles of the study.
    max_km
        How far the study looks for outlets [km].

    Returns
    -------
    pandas.DataFrame
        Rows of `rules`, ``dist_max_km`` at most their break-even; a rule that pays at
        no distance is left out: a lead, never tonnes. What goes by pipe keeps its own.

    Notes
    -----
    A bound, not a price: the dearest lawful disposal at the farthest outlet, the
    dearest input, the cheapest preparation and haul. The allocation does the rest,
    lot by lot. Class H, as what it rests on.
    """
    carried = carried_rules(rules, roads=roads)
    factors = freight_factors()
    freights = {
        (str(name), level): vehicle_freight(factors, str(name), level=level)
        for name in carried["vehicle"].unique()
        for level in _LEVELS
    }
    dear = dearest_disposal(max_km)
    terms = rule_margins(
        carried,
        prices=pd.DataFrame(dict.fromkeys(_LEVELS, dear)),
        values=residue_values(),
        freights=freights,
    )
    farthest = rule_break_even(terms)["break_even_km_high"]
    bound = rules["rule_id"].map(farthest.set_axis(carried["rule_id"]))
    short = rules.assign(dist_max_km=rules["dist_max_km"].clip(upper=bound))
    return short[short["dist_max_km"] > 0].reset_index(drop=True)


def dearest_disposal(max_km: float) -> pd.Series[float]:
    """Return the most that a tonne of each category may cost to get rid of [€/t].

    Gate, tax and haul to an outlet as far as a study looks; a category that no
    heading takes is not told: nothing is counted as avoided.
    """
    gates, tax = heading_wastes(), landfill_tax()
    rates = tax["eur_per_t"] + tax["extra_eur_per_t"].fillna(0.0)
    most_tax = gates["heading"].map(rates.groupby(tax["heading"]).max()).fillna(0.0)
    skip = vehicle_freight(freight_factors(), SKIP, level="high")
    way_m = _M_PER_KM * max_km
    haul = float(cost_eur_per_t(skip, length_m=way_m, time_s=way_m / USUAL_M_PER_S))
    dear = gates["gate_eur_per_t_high"] + most_tax + haul
    return dear.groupby(gates["ewc_stat"]).max()

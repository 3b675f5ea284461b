"""The market of a study: what each lot, need, rule and way is worth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from eitgeo.flows.exchanges.candidates import Ends, input_per_tonne, typical_m, ways
from eitgeo.flows.exchanges.market import Market
from eitgeo.flows.outlets.transport import cost_eur_per_t, vehicle_freight
from eitgeo.reference.exchange_terms import COMPOST, composting_gate, residue_values
from eitgeo.reference.tables import freight_factors

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

    ``rules``: as `carried_rules` returns them. ``thrown_share``: part of the
    residue of each rule that an outlet is paid for today (0–1). ``avoided``: as
    `avoided_disposal` returns it. ``od_matrix``: pairs by truck. Costs: at mid value.
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

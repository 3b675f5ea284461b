"""How far a rule may go: never beyond where no lot could pay its haul."""

import pandas as pd
import pytest

from eitgeo.flows.exchanges.paying_rules import dearest_disposal, paying_rules
from eitgeo.flows.outlets.transport import cost_eur_per_t, vehicle_freight
from eitgeo.reference.exchange_terms import heading_wastes, residue_values
from eitgeo.reference.tables import freight_factors
from eitgeo.study.roads import Roads
from tests.flows.toy import make_rules

MAX_KM = 60.0
FAR_KM = 1e6
BULK = {"state": "solide_vrac", "low_code": "03 01 05", "yield_t_per_t": "1.0"}


def paying(*rules: dict[str, object]) -> pd.DataFrame:
    """Return rules as far as they pay, by name."""
    told = make_rules(*(BULK | rule for rule in rules))
    found = paying_rules(told, roads=Roads(), max_km=MAX_KM)
    return found.set_index("rule_id")


def haul(level: str, km: float) -> float:
    """Return the cost of a tonne by skip, at the usual 54 km/h [€/t]."""
    skip = vehicle_freight(freight_factors(), "hooklift_26t", level=level)
    return float(cost_eur_per_t(skip, length_m=1000 * km, time_s=1000 * km / 15))


def test_a_rule_goes_no_farther_than_its_margin_pays():
    """Wood: dearest disposal + 90 − 5 €/t, at the price of the cheapest skip."""
    longest = paying({"dist_max_km": FAR_KM})["dist_max_km"]["BOIS"]
    gates = heading_wastes().query("ewc_stat == 'W075'")
    worth = residue_values().loc["W075"]
    margin = gates["gate_eur_per_t_high"].max() + 25.0 + haul("high", MAX_KM)
    assert dearest_disposal(MAX_KM)["W075"] == pytest.approx(margin)
    margin += worth["value_eur_per_t_high"] - worth["processing_eur_per_t_low"]
    assert haul("low", longest) == pytest.approx(margin, rel=1e-9)


def test_a_shorter_rule_keeps_its_own_distance():
    assert paying({"dist_max_km": 12.0}).loc["BOIS", "dist_max_km"] == 12.0


def test_a_rule_that_pays_at_no_distance_is_a_lead_and_no_tonnes():
    # Mixed waste: no heading takes it here, nobody buys it.
    found = paying({}, {"rule_id": "BANAL", "ewc_stat": "W101", "low_code": "20 03 01"})
    assert found.index.tolist() == ["BOIS"]


def test_what_goes_by_pipe_keeps_its_distance():
    heat: dict[str, object] = {
        "rule_id": "VAPEUR",
        "state": "vapeur",
        "ewc_stat": "NA",
        "low_code": "",
    }
    assert paying(heat).loc["VAPEUR", "dist_max_km"] == 50.0

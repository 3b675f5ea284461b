"""How far a rule may go: never beyond where it pays its haul, at mid value."""

import pandas as pd
import pytest

from eitgeo.flows.exchanges.lever_terms import paying_rules, rule_terms, usual_disposal
from eitgeo.flows.exchanges.levers import family_break_even
from eitgeo.flows.outlets.transport import (
    carried_rules,
    cost_eur_per_t,
    vehicle_freight,
)
from eitgeo.reference.exchange_terms import heading_wastes, residue_values
from eitgeo.reference.tables import freight_factors
from eitgeo.study.roads import Roads
from tests.flows.toy import make_rules

FAR_KM = 1e6
BULK = {"state": "solide_vrac", "low_code": "03 01 05", "yield_t_per_t": "1.0"}


def paying(*rules: dict[str, object]) -> pd.DataFrame:
    """Return rules as far as they pay, by name."""
    told = make_rules(*(BULK | rule for rule in rules))
    found = paying_rules(told, roads=Roads())
    return found.set_index("rule_id")


def haul(level: str, km: float) -> float:
    """Return the cost of a tonne by skip, at the usual 54 km/h [€/t]."""
    skip = vehicle_freight(freight_factors(), "hooklift_26t", level=level)
    return float(cost_eur_per_t(skip, length_m=1000 * km, time_s=1000 * km / 15))


def test_a_rule_goes_no_farther_than_its_margin_pays():
    """Wood of nobody known: median gate and tax, 30 km of skip, all at mid value."""
    rule = {"dist_max_km": FAR_KM, "source_naf": "99.00Z"}
    longest = float(paying(rule)["dist_max_km"]["BOIS"])
    gates = heading_wastes().query("ewc_stat == 'W075'").set_index("heading")
    taxed = gates["gate_eur_per_t"].add(pd.Series({"2771": 25.0}), fill_value=0.0)
    worth = residue_values().T["W075"]
    margin = float(taxed.median()) + haul("mid", 30.0)
    assert usual_disposal()["W075"] == pytest.approx(margin)
    margin += float(worth["value_eur_per_t"]) - float(worth["processing_eur_per_t"])
    assert haul("mid", longest) == pytest.approx(margin, rel=1e-9)


def test_the_break_even_that_is_told_is_the_one_that_caps_a_rule():
    rule = BULK | {"dist_max_km": FAR_KM, "source_naf": "99.00Z"}
    terms = rule_terms(carried_rules(make_rules(rule), roads=Roads()))
    told = family_break_even(terms).loc["bois"]
    cap = paying(rule)["dist_max_km"]["BOIS"]
    assert told["break_even_km"] == pytest.approx(cap)
    assert told.is_monotonic_increasing
    assert told["break_even_km_low"] < told["break_even_km_high"]


def test_what_is_sold_today_pays_its_way_with_its_value_alone():
    longest = float(paying({"dist_max_km": FAR_KM})["dist_max_km"]["BOIS"])
    worth = residue_values().T["W075"]
    margin = worth["value_eur_per_t"] - worth["processing_eur_per_t"]
    assert haul("mid", longest) == pytest.approx(margin, rel=1e-9)


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

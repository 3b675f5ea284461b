"""Who stands at either end of the rules, on the line P, Q, R (see ``toy``)."""

from typing import Any

import numpy as np
import pytest

from eitgeo.flows.exchanges.synergies import unquantified_rules
from eitgeo.zones.rule_ends import rule_matches
from tests.flows.toy import (
    BOARD,
    HEAT,
    SAW,
    P,
    five_sites,
    make_arisings,
    make_rules,
    make_sites,
)

WOOD = make_arisings(("scie", "W075", 100.0))


def test_rules_match_lists_and_leave_services_out() -> None:
    rules = make_rules(
        {"source_naf": f"{SAW};{HEAT}"},
        {"rule_id": "NAVETTE", "synergy_type": "mutualisation"},
        {"rule_id": "TOUS", "source_naf": "*"},
        {"rule_id": "PROXIMITE", "synergy_type": "energie", "source_naf": "16.10"},
    )
    found = rule_matches(five_sites(), rules, end="source_naf")
    pairs = sorted(zip(found["rule_id"], found["site_id"], strict=True))
    assert pairs == [("BOIS", "chaufferie"), ("BOIS", "scie")]


def test_a_rule_without_a_taker_matches_nobody() -> None:
    unknown = five_sites().assign(naf="")
    lead = make_rules({"taker_naf": ""})
    for sites in (five_sites(), unknown):
        assert rule_matches(sites, lead, end="taker_naf").empty


PART: dict[str, Any] = {
    "rule_id": "FARINE",
    "low_code": "03 01 05",
    "weighs_ratio": "non",
}
"""A residue that is but a part of its category."""


def test_a_part_that_nobody_declared_is_told_apart() -> None:
    rules = make_rules({"low_code": "03 01 01", "weighs_ratio": "oui"}, PART)
    silent = unquantified_rules(five_sites(), WOOD, rules)
    assert silent["rule_id"].tolist() == ["FARINE"]
    declared = WOOD.assign(waste_code="03 01 05")
    assert unquantified_rules(five_sites(), declared, rules).empty


@pytest.mark.parametrize("seed", range(8))
def test_silent_rules_agree_with_sites_asked_one_by_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    activities, kinds = (SAW, BOARD, HEAT), ("W075", "W091")
    names = [f"s{at}" for at in range(9)]
    sites = make_sites(*((one, rng.choice(activities), 10, P) for one in names))
    told = {(rng.choice(names), rng.choice(kinds)) for _ in range(seed % 4)}
    waste = make_arisings(("autre", "W075", 1.0), *((*one, 5.0) for one in told))
    rules = make_rules(
        *(
            {
                "rule_id": f"R{at}",
                "source_naf": ";".join(rng.choice(activities, 1 + at % 2)),
                "ewc_stat": rng.choice(kinds),
            }
            for at in range(5)
        )
    )
    expected = {}
    for rule in rules.to_dict("records"):
        able = rule["source_naf"].split(";")
        donors = sites.loc[sites["naf"].isin(able), "site_id"].tolist()
        if donors and not any((one, rule["ewc_stat"]) in told for one in donors):
            expected[rule["rule_id"]] = len(donors)
    silent = unquantified_rules(sites, waste, rules)
    assert dict(zip(silent["rule_id"], silent["n_donors"], strict=True)) == expected

"""Exchanges by hand on the line P, Q, R (see ``toy``)."""

from typing import Any

import pandas as pd
import pytest

from eitgeo.flows import possible_exchanges, rule_matches, unquantified_rules
from eitgeo.tables import validate
from tests.flows.toy import (
    BOARD,
    BOARDS,
    BOILERS,
    FARM,
    HEAT,
    SAW,
    P,
    Q,
    R,
    S,
    five_sites,
    make_arisings,
    make_flows,
    make_pairs,
    make_rules,
    make_sites,
)

WOOD = make_arisings(("scie", "W075", 100.0))


def exchanges(sites=None, arisings=WOOD, rules=None, **options: Any) -> Any:
    """Return tonnes by rule, donor and taker."""
    table = possible_exchanges(
        five_sites() if sites is None else sites,
        arisings,
        make_rules() if rules is None else rules,
        od_matrix=options.pop("pairs", make_pairs()),
        donor_communes=options.pop("donors", [P, Q, R, S]),
        flows=make_flows(**options),
    )
    validate(table, table="synergies")
    keys = ["rule_id", "donor_id", "receiver_id"]
    return table.set_index(keys).sort_index()["t_mid"]


def test_shares_follow_headcount_and_halve_with_the_typical_distance() -> None:
    # Q: 30 jobs × ½ = 15. R: 60 jobs × ¼ = 15.
    assert exchanges().to_dict() == pytest.approx(
        {("BOIS", P, Q): 50.0, ("BOIS", P, R): 50.0}
    )


def test_a_residue_is_shared_among_all_its_rules() -> None:
    found = exchanges(rules=make_rules(BOARDS, BOILERS))
    # Boiler in Q: 10 jobs × 2^(−10 ÷ 20) = 7.0711; the whole: 37.0711.
    assert found.to_dict() == pytest.approx(
        {
            ("BOIS", P, Q): 40.4628,
            ("BOIS", P, R): 40.4628,
            ("CHALEUR", P, Q): 19.0744,
        },
        rel=1e-5,
    )
    assert found.sum() == pytest.approx(100.0)


def test_what_a_pair_needs_and_how_sure_it_is_goes_along() -> None:
    rules = make_rules({"regulatory_gate": "SSD", "confidence": "A"})
    table: Any = possible_exchanges(
        five_sites(),
        WOOD,
        rules,
        od_matrix=make_pairs(),
        donor_communes=[P],
        flows=make_flows(),
    ).set_index("receiver_id")
    assert table.loc[Q, ["length_m", "time_s"]].tolist() == [10_000.0, 600.0]
    assert set(table["permit"]) == {"SSD"}
    assert set(table["confidence"]) == {"A"}


@pytest.mark.parametrize("limit", [{"dist_max_km": 10.0}, {"max_km": 10.0}])
def test_distance_limits_are_reached_and_not_passed(limit: dict[str, float]) -> None:
    rule = {k: v for k, v in limit.items() if k == "dist_max_km"}
    option = {k: v for k, v in limit.items() if k == "max_km"}
    found = exchanges(rules=make_rules(rule), **option)
    assert found.to_dict() == pytest.approx({("BOIS", P, Q): 100.0})


def test_beyond_every_taker_nothing_is_exchanged() -> None:
    assert exchanges(max_km=9.9).empty
    assert exchanges(arisings=WOOD.iloc[:0]).empty


def test_no_road_no_exchange() -> None:
    sites = make_sites(("scie", SAW, 20, S), ("panneau", BOARD, 30, Q))
    assert exchanges(sites).empty


def test_only_the_study_area_gives_but_takers_are_everywhere() -> None:
    arisings = make_arisings(("scie", "W075", 100.0), ("loin", "W075", 70.0))
    sites = pd.concat([five_sites(), make_sites(("loin", SAW, 5, R))])
    found = exchanges(sites, arisings, donors=[P])
    assert set(found.index.get_level_values("donor_id")) == {P}
    assert found.sum() == pytest.approx(100.0)
    assert found["BOIS", P, R] == pytest.approx(50.0)


def test_excluded_rules_leave_their_share_to_the_others() -> None:
    rules = make_rules(BOARDS, BOILERS)
    found = exchanges(rules=rules, rules_excluded=("BOIS",))
    assert found.to_dict() == pytest.approx({("CHALEUR", P, Q): 100.0})
    assert exchanges(rules=rules, rules_excluded=("BOIS", "CHALEUR")).empty


def test_another_residue_goes_nowhere() -> None:
    arisings = make_arisings(("scie", "W102", 500.0), ("scie", "W075", 100.0))
    assert exchanges(arisings=arisings).sum() == pytest.approx(100.0)


def test_streams_of_one_residue_are_added() -> None:
    twice = pd.concat([WOOD, WOOD.assign(stream="INERT")])
    assert exchanges(arisings=twice).sum() == pytest.approx(200.0)


def test_takers_of_unknown_size_weigh_nothing() -> None:
    sites = five_sites()
    sites.loc[sites["site_id"] == "grand", "headcount_mid"] = float("nan")
    assert exchanges(sites).to_dict() == pytest.approx({("BOIS", P, Q): 100.0})


LOOP: dict[str, Any] = {"source_naf": BOARD, "target_naf": f"{FARM};{BOARD}"}
"""Board makers give to board makers."""


def test_a_sole_taker_does_not_take_its_own() -> None:
    sites = make_sites(("seul", BOARD, 30, Q))
    arisings = make_arisings(("seul", "W075", 100.0))
    assert exchanges(sites, arisings, make_rules(LOOP)).empty


def test_a_site_leaves_itself_out_of_the_shares() -> None:
    sites = make_sites(("a", BOARD, 30, P), ("b", BOARD, 10, P), ("c", BOARD, 40, Q))
    arisings = make_arisings(("a", "W075", 100.0))
    found = exchanges(sites, arisings, make_rules(LOOP))
    near, far = 10 * 2**-0.1, 40 * 0.5  # b at 1 km, c at 10 km
    assert found.to_dict() == pytest.approx(
        {
            ("BOIS", P, P): 100 * near / (near + far),
            ("BOIS", P, Q): 100 * far / (near + far),
        }
    )


def test_a_site_that_is_its_own_taker_only_gives_under_another_rule() -> None:
    sites = make_sites(("a", BOARD, 30, P), ("chaufferie", HEAT, 10, Q))
    arisings = make_arisings(("a", "W075", 100.0))
    rules = make_rules(LOOP, BOILERS | {"source_naf": BOARD})
    found = exchanges(sites, arisings, rules)
    assert found.to_dict() == pytest.approx({("CHALEUR", P, Q): 100.0})


def test_a_rule_for_the_neighbour_next_door_still_counts() -> None:
    """A typical distance of 0 is finer than communes: the longest one stands in."""
    rules = make_rules({"dist_typ_km": 0.0, "dist_max_km": 10.0})
    assert exchanges(rules=rules).to_dict() == pytest.approx({("BOIS", P, Q): 100.0})


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


def test_inputs_stay_and_order_changes_nothing() -> None:
    inputs = [five_sites(), WOOD, make_rules(BOARDS, BOILERS), make_pairs()]
    before = [table.copy() for table in inputs]
    first = exchanges(*inputs[:3], pairs=inputs[3])
    for table, copy in zip(inputs, before, strict=True):
        pd.testing.assert_frame_equal(table, copy)
    turned = [table.iloc[::-1] for table in inputs]
    second = exchanges(*turned[:3], pairs=turned[3])
    pd.testing.assert_series_equal(first, second)


PART: dict[str, Any] = {
    "rule_id": "FARINE",
    "low_code": "03 01 05",
    "weighs_ratio": "non",
}
"""A residue that is but a part of its category."""


def test_a_ratio_of_a_category_says_nothing_of_a_part_of_it() -> None:
    whole = {"low_code": "03 01 01", "weighs_ratio": "oui"}
    assert exchanges(rules=make_rules(PART)).empty
    found = exchanges(rules=make_rules(whole, PART))
    assert set(found.index.get_level_values("rule_id")) == {"BOIS"}
    assert found.sum() == pytest.approx(100.0)


def test_what_is_declared_under_its_code_counts_once() -> None:
    declared = make_arisings(("scie", "W075", 60.0), ("scie", "W075", 40.0))
    declared["waste_code"] = ["03 01 05", "03 01 01"]
    assert exchanges(arisings=declared, rules=make_rules(PART)).sum() == pytest.approx(
        60.0
    )
    whole = {"low_code": "03 01 01", "weighs_ratio": "oui"}
    found = exchanges(arisings=declared, rules=make_rules(whole, PART))
    # Both rules have the same takers: half of the whole, half of the declared part.
    by_rule = found.groupby(level="rule_id").sum()
    assert by_rule.to_dict() == pytest.approx({"BOIS": 50.0, "FARINE": 30.0})


def test_a_part_that_nobody_declared_is_told_apart() -> None:
    rules = make_rules({"low_code": "03 01 01", "weighs_ratio": "oui"}, PART)
    silent = unquantified_rules(five_sites(), WOOD, rules)
    assert silent["rule_id"].tolist() == ["FARINE"]
    declared = WOOD.assign(waste_code="03 01 05")
    assert unquantified_rules(five_sites(), declared, rules).empty

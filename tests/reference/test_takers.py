"""Who may take in figures: broad prefixes narrowed to those that use the matter."""

import pytest

from eitgeo.reference.naf import expand_activities, naf_subclasses
from eitgeo.reference.rules import (
    exchange_cells,
    synergy_rules,
    taker_lists,
)

RULES = synergy_rules()
EXCHANGES = RULES[RULES["synergy_type"] != "mutualisation"]
LISTS = taker_lists()
NOBODY = "aucun"
BUILDERS, BUILDINGS = {"41", "42", "43"}, {"55", "68", "84", "85", "86", "87", "88"}
N_CELLS = 3696
"""Donor division × receiver division × waste chapter, before any list of takers."""


def codes(cell: str) -> set[str]:
    """Return the activities of a cell."""
    return {code for code in cell.split(";") if code}


def test_takers_are_among_the_receivers_that_the_rule_names():
    for rule in EXCHANGES.to_dict("records"):
        assert codes(rule["taker_naf"]) <= codes(rule["target_naf"]), rule["rule_id"]


@pytest.mark.parametrize("division", sorted(BUILDERS | BUILDINGS))
def test_who_merely_builds_or_has_buildings_takes_nothing_without_a_source(division):
    unsourced = EXCHANGES[EXCHANGES["evidence"] == "H"]
    takers = set().union(*unsourced["taker_naf"].map(codes))
    assert not {code for code in takers if code[:2] == division}


def test_a_source_lets_a_builder_take():
    assert RULES.set_index("rule_id").loc["SYN042", "taker_naf"] == "42.11Z"


def test_a_whole_division_is_narrowed_for_the_matter_that_it_receives():
    takers = RULES.set_index("rule_id")["taker_naf"].map(codes)
    # Recovered paper: paper mills, never a mill that pulps wood.
    assert {"17.12Z", "17.22Z"} <= takers["SYN129"]
    assert not {"17.11Z", "17.21A"} & takers["SYN129"]


def test_lists_name_each_prefix_and_category_once_and_say_why():
    listed = LISTS.assign(ewc_stat=LISTS["ewc_stats"].str.split(";")).explode(
        "ewc_stat"
    )
    assert not listed.duplicated(["naf_prefix", "ewc_stat"]).any()
    assert LISTS["reason"].str.len().gt(10).all()
    assert not LISTS["reason"].str.contains("'").any()
    assert set(LISTS["evidence"]) == {"H"}


def test_lists_only_narrow():
    for row in LISTS[LISTS["takers"] != NOBODY].to_dict("records"):
        inside = codes(expand_activities(row["naf_prefix"]))
        for prefix in row["takers"].split(";"):
            held = codes(expand_activities(prefix))
            assert held, (row["naf_prefix"], prefix)
            assert held <= inside & naf_subclasses(), (row["naf_prefix"], prefix)


def test_leads_stay_as_many():
    assert len(exchange_cells(RULES)) >= N_CELLS

"""Carriers, their rules, roles, actions and costs: well formed, and of one another."""

import re
from collections import Counter
from typing import Any

import pytest

from eitgeo.errors import SchemaError
from eitgeo.reference.governance import (
    CASE_KINDS,
    CASE_NUMBERS,
    EFFECTS,
    SWOT_SIDES,
    animation_costs,
    carrier_rules,
    carriers,
    departement_regions,
    documented_cases,
    governance_tasks,
    plan_actions,
    swot_cells,
)
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.scenarios.carriers.carriers import require_rules

LEGAL = "à faire valider par le service juridique"
COMPUTED = {
    "departure_changes",
    "departure_epci",
    "departure_member_pct",
    "economic_cover_pct",
    "landfill_lever_rank",
    "n_epci_outside_waste",
    "n_firms",
    "n_neighbours",
    "n_other_epci",
    "n_parties",
    "met_pct",
    "met_told",
    "n_posts",
    "n_unsure_shareholders",
    "neighbours",
    "outside_waste_pct",
    "parties",
    "parties_cover_pct",
    "petr_outside_pct",
    "posts",
    "posts_told",
    "revenue_lines",
    "same_region",
    "seat_far_pct",
    "seat_town",
    "syndicate_least_eur",
    "syndicate_most_eur",
    "tgap_eur_per_t",
    "tgap_year",
    "top_epci",
    "top_epci_sites_pct",
    "waste_unconfirmed_pct",
}
"""Facts of rules that are no indicators."""


def test_there_are_twenty_five_rules_on_nine_carriers_and_what_cannot_carry() -> None:
    assert carrier_rules().index.tolist() == [f"C{n:02d}" for n in range(1, 26)]
    assert carriers().index.tolist() == [*(f"P{n}" for n in range(1, 10)), "P0"]
    require_rules(carrier_rules(), carrier_ids=carriers().index)


def test_every_fact_of_a_rule_is_measured_somewhere() -> None:
    rules = carrier_rules()
    read = set()
    for rule in rules.to_dict("records"):
        read |= set(re.findall(r"([a-z]\w*)(?:<|>)", rule["condition"]))
        read |= set(re.findall(r"\{(\w+)\}", rule["sentence"]))
    assert read <= COMPUTED | set(indicator_catalogue().index)


def test_each_legal_statement_asks_to_be_validated() -> None:
    assert carriers()["source"].str.contains(LEGAL).all()
    assert carrier_rules()["source"].str.contains(LEGAL).all()
    assert set(carrier_rules()["effect"]) == set(EFFECTS)


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("carriers", "P1;P77", "C01 : porteur inconnu « P77 »"),
        ("condition", "n_epci = 3", "C01 : condition illisible « n_epci = 3 »"),
        ("effect", "note", "C01 : effet inconnu « note »"),
    ],
)
def test_a_spoilt_rule_is_refused_by_its_name(column, value, told) -> None:
    rules = carrier_rules().iloc[:1].assign(**{column: value})
    with pytest.raises(SchemaError, match=told):
        require_rules(rules, carrier_ids=carriers().index)


def test_every_carrier_has_its_roles() -> None:
    tasks: Any = governance_tasks()
    held = [name for name in carriers().index if name != "P0"]
    assert tasks[held].ne("").all(axis=None)
    assert tasks.index.tolist() == [
        "piloter",
        "porter",
        "animer",
        "financer",
        "fournir les données",
        "valider",
    ]


def test_the_grid_has_all_sides_and_known_indicators() -> None:
    cells = swot_cells()
    assert set(cells["side"]) == set(SWOT_SIDES)
    assert set(cells["operator"]) <= {"<", "<=", ">", ">="}
    known = set(indicator_catalogue().index)
    assert set(cells["indicator_id"]) <= known
    axes = set(indicator_catalogue()["elipse_axis"])
    assert set(cells["elipse_axis"]) <= axes


def test_actions_have_all_the_columns_of_a_plan_and_end_after_they_start() -> None:
    actions: Any = plan_actions()
    texts = ["action", "pilot", "partners", "cost_class", "funder", "indicator"]
    assert actions[texts].ne("").all(axis=None)
    assert (actions["start_month"] <= actions["end_month"]).all()
    assert set(actions["cost_class"]) <= {"€", "€€", "€€€"}
    assert {"oui", "non"} == set(actions["deliberation"]) == set(actions["quick"])


def test_councils_deliberate_after_the_choice_of_the_carrier() -> None:
    actions = plan_actions()
    voted = actions[actions["deliberation"] == "oui"]
    assert voted["start_month"].min() > actions.loc["G2", "end_month"]


def test_costs_are_intervals_of_class_h() -> None:
    costs = animation_costs()
    assert (costs["low"] <= costs["mid"]).all()
    assert (costs["mid"] <= costs["high"]).all()
    assert set(costs["evidence"]) == {"H"}


def test_96_departements_in_13_regions() -> None:
    """Counts of the COG, metropolitan France since 2016."""
    regions = departement_regions()
    assert len(regions) == 96
    counts = Counter(regions)
    assert len(counts) == 13
    assert counts["Occitanie"] == 13
    assert counts["Corse"] == 2
    assert regions[["09", "31", "32", "65"]].nunique() == 1


def test_a_documented_case_cites_its_page_and_tells_something() -> None:
    cases = documented_cases()
    assert cases.index.is_unique
    assert (cases.at["pnsi", "n_firms"], cases.at["pnsi", "n_realised"]) == (600, 138)
    cited = ["name", "years", "author", "title", "year", "place", "value_printed"]
    assert (cases[cited] != "").to_numpy().all()
    assert cases["url"].str.startswith("http").all()
    assert cases["kind"].isin(CASE_KINDS).all()
    assert cases[list(CASE_NUMBERS)].notna().any(axis=1).all()


def test_no_documented_case_realises_more_than_its_leads() -> None:
    cases = documented_cases()
    for more, less in [("n_leads", "n_realised"), ("n_firms", "fte")]:
        both = cases[[more, less]].dropna()
        assert len(both) > 0
        assert (both[less] <= both[more]).all()


def test_a_figure_of_a_case_that_was_divided_says_by_what() -> None:
    cases = documented_cases()
    several = cases["years"].str.contains("-") & cases["t_per_year"].notna()
    assert several.any()
    assert cases.loc[several, "conversion"].str.contains("divisé par").all()

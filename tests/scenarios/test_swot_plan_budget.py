"""The grid, the options of the plan and the budget, by hand."""

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from eitgeo.reference import (
    animation_costs,
    mutualisation_rules,
    process_sheets,
    swot_cells,
)
from eitgeo.scenarios import Fact, animation_budget, plan_options, swot_rows
from eitgeo.scenarios.facts import unknown
from eitgeo.study import Budget, ContextFact
from tests.scenarios.toy import (
    A,
    B,
    make_activity,
    make_families,
    make_rounds,
    make_targets,
)


def grid(facts, **options) -> Any:
    """Return the grid of one perimeter by statement."""
    return swot_rows({"p": facts}, cells=swot_cells(), **options).set_index("cell_id")


@pytest.mark.parametrize(
    ("value", "outcome"), [(8.0, "ecarte"), (9.0, "retenu"), (None, "non_evalue")]
)
def test_a_statement_holds_above_its_threshold(value, outcome) -> None:
    fact = unknown("sans donnée") if value is None else Fact(value)
    row = grid({"n_deliberations": fact}).loc["F1"]
    assert row["outcome"] == outcome
    assert row["missing"] == fact.missing
    assert row["threshold"] == 8


def test_opposite_statements_never_hold_together() -> None:
    for value in (10.0, 150.0, 151.0, 500.0):
        rows = grid({"sites_per_animator": Fact(value)})
        held = rows.loc[["A5", "F4"], "outcome"].eq("retenu")
        assert held.sum() == 1


def test_facts_of_the_territory_stand_once_with_their_date() -> None:
    fact = ContextFact(
        side="menace",
        elipse_axis="Gouvernance",
        statement="Un fait.",
        source="page",
        on_date=dt.date(2026, 2, 22),
    )
    row = grid({}, context=[fact]).loc["T01"]
    assert (row["perimeter_id"], row["outcome"]) == ("*", "retenu")
    assert row["source"] == "page, 22/02/2026"


def options(targets, families=()) -> Any:
    """Return the options of a plan."""
    activity = make_activity(
        target=make_targets(targets), families=make_families(*families)
    )
    return plan_options(
        activity, mutualisations=mutualisation_rules(), sheets=process_sheets()
    )


def test_fewer_than_three_sites_are_no_option() -> None:
    assert options({A: 2}).empty
    assert options({A: 3})["n_sites"].eq(3).all()


def test_easiest_first_then_most_sites() -> None:
    shared = options({A: 3, B: 4}).sort_values("rank")
    ease = shared["ease"].map(["rapide", "moyen", "long"].index)
    assert ease.is_monotonic_increasing
    for _, rows in shared.groupby("ease"):
        assert rows["n_sites"].is_monotonic_decreasing
    assert shared["rank"].tolist() == list(range(1, len(shared) + 1))


def test_a_giver_of_two_families_of_one_sheet_counts_once() -> None:
    pairs = [("inertes", A, "x"), ("cendres_laitiers", A, "x"), ("inertes", A, "y")]
    found = options({}, [*pairs, ("inertes", B, "z")])
    assert found[["option_id", "n_sites"]].to_numpy().tolist() == [["inertes", 3]]


def test_a_process_that_saves_more_comes_first_among_equals() -> None:
    """Paper and metal are as easy; both have three givers, metal saves more."""
    alike = process_sheets().loc[["papier_carton", "metal"]]
    families = [
        (one, A, f"{one}{n}") for one in ("papier_carton", "metal") for n in range(3)
    ]
    activity = make_activity(families=make_families(*families))
    found = plan_options(
        activity,
        mutualisations=mutualisation_rules(),
        sheets=alike,
        saved_eur=pd.Series({"papier_carton": 9_000.0, "metal": 250_000.0}),
    )
    assert found[["option_id", "benefit"]].to_numpy().tolist() == [
        ["metal", "100_1000"],
        ["papier_carton", "moins_10"],
    ]


def test_a_service_counts_its_rounds() -> None:
    rounds = make_rounds(*[("g1", A, f"t{n}") for n in range(3)])
    activity = make_activity(
        target=make_targets({A: 3}), rounds=rounds.assign(rule_id="MUT058")
    )
    found = plan_options(
        activity, mutualisations=mutualisation_rules(), sheets=process_sheets()
    )
    quick = found[found["ease"] == "rapide"]
    assert quick["option_id"].iloc[0] == "MUT058", "a round is there to begin with"
    assert quick["n_groups"].tolist() == [1, *[0] * (len(quick) - 1)]


def budget(**typed) -> Any:
    """Return the budget of one post, by item and year."""
    table = animation_budget(animation_costs(), Budget(**typed), animator_fte=2.0)
    return table.set_index(["item", "year"])


def test_three_years_of_assumptions() -> None:
    table = budget()
    assert set(table["evidence"]) == {"H"}
    assert len(table) == 15
    # Two posts at 55 000 €, 15 000 € beside, 40 % of aid.
    assert table.loc[("total", 1), "mid"] == 125_000
    assert table.loc[("reste", 3), "mid"] == pytest.approx(75_000)
    assert (table["low"] <= table["mid"]).all()
    assert (table["mid"] <= table["high"]).all()


def test_most_aid_leaves_least_to_pay() -> None:
    left = budget().loc[("reste", 1)]
    assert left["low"] == pytest.approx(98_000 * 0.3)  # 70 % of aid
    assert left["high"] == pytest.approx(155_000)  # none


def test_what_is_typed_is_exact_and_the_rest_stays_an_assumption() -> None:
    table = budget(fte_cost_eur=50_000, other_cost_eur=0)
    assert table.loc[("total", 1), ["low", "mid", "high"]].tolist() == [100_000] * 3
    assert table.loc[("total", 1), "evidence"] == "O"
    assert table.loc[("reste", 1), "evidence"] == "H"
    known = budget(fte_cost_eur=50_000, other_cost_eur=0, aid_pct=0)
    assert set(known["evidence"]) == {"O"}
    assert known.loc[("aides", 1), "mid"] == 0


def test_total_is_aid_and_what_is_left() -> None:
    table = budget(aid_pct=37.5)
    for level in ("low", "mid", "high"):
        parts = table.loc[("aides", 1), level] + table.loc[("reste", 1), level]
        assert parts == pytest.approx(table.loc[("total", 1), level])

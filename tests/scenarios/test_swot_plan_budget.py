"""The grid, the options of the plan and the budget, by hand."""

import datetime as dt
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.errors import SchemaError
from eitgeo.ledger import Place
from eitgeo.maps.workbooks.governance_sheets import _outcome
from eitgeo.reference.governance import animation_costs, plan_actions, swot_cells
from eitgeo.reference.rules import mutualisation_rules, process_sheets
from eitgeo.scenarios.carriers.budget import animation_budget
from eitgeo.scenarios.carriers.carriers import swot_rows
from eitgeo.scenarios.carriers.facts import Fact, unknown
from eitgeo.scenarios.carriers.plan import plan_options, require_plan
from eitgeo.study.governance import Budget, ContextFact
from tests.scenarios.toy import (
    A,
    B,
    make_activity,
    make_families,
    make_groups,
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


@pytest.mark.parametrize(
    ("bounds", "outcome", "printed"),
    [
        ((53.6, 58.4), "ecarte", "écarté (selon une liste)"),
        ((80.0, 100.0), "retenu", "retenu (selon une liste)"),
        ((42.9, 100.0), "non_evalue", "non évalué : selon une liste"),
    ],
)
def test_both_ends_of_a_fact_settle_a_statement(bounds, outcome, printed) -> None:
    """A body that covers 80 % or more of the perimeter."""
    row = grid({"body_fit_pct": unknown("selon une liste", bounds=bounds)}).loc["A2"]
    assert row["outcome"] == outcome
    assert row["missing"] == "selon une liste"
    place = Place("swot", "A2")
    assert _outcome(row.to_dict(), place, unit="%", decimals=1) == printed


def test_opposite_statements_never_hold_together() -> None:
    """All are met up to 90 a post, less than half beyond 300; neither in between."""
    for value, expected in ((10.0, 1), (90.0, 1), (91.0, 0), (300.0, 0), (301.0, 1)):
        rows = grid({"sites_per_animator": Fact(value)})
        held = rows.loc[["A5", "F4"], "outcome"].eq("retenu")
        assert held.sum() == expected


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


def test_a_service_counts_its_zones() -> None:
    groups = make_groups(*[("g1", A, f"t{n}") for n in range(3)])
    activity = make_activity(
        target=make_targets({A: 3}), groups=groups.assign(rule_id="MUT058")
    )
    found = plan_options(
        activity, mutualisations=mutualisation_rules(), sheets=process_sheets()
    )
    quick = found[found["ease"] == "rapide"]
    assert quick["option_id"].iloc[0] == "MUT058", "a round is there to begin with"
    assert quick["n_groups"].tolist() == [1, *[0] * (len(quick) - 1)]


def budget(**typed) -> Any:
    """Return the budget of one post, by item and year."""
    table = animation_budget(animation_costs(), Budget(**typed), posts=2.0)
    return table.set_index(["item", "year"])


def test_three_years_of_assumptions() -> None:
    table = budget()
    assert set(table["evidence"]) == {"H"}
    assert len(table) == 15
    # Two posts at 55 000 € (told 60 000), 15 000 € beside (20 000), 40 % of aid.
    assert table.loc[("total", 1), "mid"] == 140_000
    assert table.loc[("reste", 3), "mid"] == pytest.approx(84_000)
    assert (table["low"] <= table["mid"]).all()
    assert (table["mid"] <= table["high"]).all()


def test_most_aid_leaves_least_to_pay() -> None:
    left = budget().loc[("reste", 1)]
    assert left["low"] == pytest.approx(108_000 * 0.3)  # 70 % of aid
    assert left["high"] == pytest.approx(170_000)  # none


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


amounts = st.none() | st.floats(1, 200_000)


@settings(max_examples=40, deadline=None)
@given(
    post=amounts,
    other=amounts,
    aid=st.none() | st.floats(0, 100),
    fte=st.floats(0.1, 5),
    years=st.integers(1, 4),
)
def test_lines_of_any_budget_add_up_as_they_are_printed(
    post, other, aid, fte, years
) -> None:
    typed = Budget(fte_cost_eur=post, other_cost_eur=other, aid_pct=aid, years=years)
    table = animation_budget(animation_costs(), typed, posts=fte)
    for _, year in table.groupby("year"):
        lines: Any = year.set_index("item")[["low", "mid", "high"]]
        assert lines.eq(lines.round(0)).all(axis=None), "whole euros"
        parts = lines.loc["poste"] + lines.loc["autres_frais"]
        assert parts.tolist() == lines.loc["total"].tolist()
        least_first = lines.loc["aides"].to_numpy()[::-1]
        rest = lines.loc["total", "mid"] - least_first[1]
        assert lines.loc["reste", "mid"] == rest
        assert (lines["low"] <= lines["mid"]).all()
        assert (lines["mid"] <= lines["high"]).all()


def plan(*rows: tuple[str, int, int, str, str, str, str]) -> pd.DataFrame:
    """Return a plan: action, months, what it needs, what it brings, pilot, fund."""
    names = ["start_month", "end_month", "needs", "brings", "pilot", "funder"]
    return pd.DataFrame(
        [row[1:] for row in rows], index=[row[0] for row in rows], columns=names
    )


def test_the_plan_stands_on_what_is_there() -> None:
    require_plan(plan_actions())
    told = plan_actions()
    told.loc["N2", "pilot"] = "Animation"  # as it was, five months before its post
    with pytest.raises(SchemaError, match="N2 commence au mois 3, avant la fin de N1"):
        require_plan(told)


def test_a_pilot_a_fund_and_an_action_come_before_what_needs_them() -> None:
    first = ("A", 2, 4, "", "Animation;budget", "Mairie", "Région")
    require_plan(plan(first, ("B", 5, 6, "A", "", "Animation", "Région, budget")))
    for late in (
        ("B", 4, 6, "A", "", "Mairie", "Région"),
        ("B", 4, 6, "", "", "Animation", "Région"),
        ("B", 4, 6, "", "", "Mairie", "Région, budget"),
    ):
        with pytest.raises(SchemaError, match="B commence au mois 4, avant la fin"):
            require_plan(plan(first, late))
    with pytest.raises(SchemaError, match="préalable inconnue « C »"):
        require_plan(plan(first, ("B", 5, 6, "C", "", "Mairie", "Région")))
    with pytest.raises(SchemaError, match="B : finit avant de commencer"):
        require_plan(plan(first, ("B", 7, 6, "", "", "Mairie", "Région")))


@settings(max_examples=40, deadline=None)
@given(data=st.data(), size=st.integers(2, 7))
def test_any_plan_is_refused_as_soon_as_one_action_comes_too_early(data, size) -> None:
    rows: list[tuple[str, int, int, str, str, str, str]] = []
    for rank in range(size):
        earlier = [row[0] for row in rows]
        needs = data.draw(st.sets(st.sampled_from(earlier))) if earlier else set()
        led = data.draw(st.none() | st.sampled_from(earlier)) if earlier else None
        ends = [row[2] for row in rows if row[0] in needs | {led}]
        start = max(ends, default=0) + data.draw(st.integers(1, 3))
        end = start + data.draw(st.integers(0, 5))
        pilot = f"pilote {led}" if led else "Mairie"
        name = f"A{rank}"
        needed = ";".join(sorted(needs))
        rows.append((name, start, end, needed, f"pilote {name}", pilot, "Région"))
    table = plan(*rows)
    require_plan(table.sample(frac=1, random_state=1))
    bound = {
        (row[0], one)
        for row in rows
        for one in [*row[3].split(";"), row[5].removeprefix("pilote ")]
        if one in table.index
    }
    if not bound:
        return
    action, before = data.draw(st.sampled_from(sorted(bound)))
    table.loc[action, "start_month"] = table.loc[before, "end_month"]
    with pytest.raises(SchemaError, match=f"{action} commence .* avant la fin de"):
        require_plan(table)

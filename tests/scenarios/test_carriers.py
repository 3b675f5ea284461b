"""Rules on facts, by hand: three answers, five states, no score."""

import json
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.errors import SchemaError
from eitgeo.reference.governance import carrier_rules, carriers
from eitgeo.scenarios.carriers.carriers import (
    STATES,
    carrier_reasons,
    carrier_states,
    count_of,
    holds,
)
from eitgeo.scenarios.carriers.facts import Fact, unknown
from eitgeo.tables.schema import TABLES

FACTS = {"n_epci": Fact(3.0), "far_pct": unknown("sans route")}
FACTS["near_pct"] = unknown("liste", bounds=(60.0, 80.0))


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ("toujours", (True, "")),
        ("n_epci>=3", (True, "")),
        ("n_epci>3", (False, "")),
        ("n_epci<=3 & n_epci<4", (True, "")),
        ("far_pct>30", (None, "sans route")),
        # Between 60 and 80: what holds at both ends, or at neither, is settled.
        ("near_pct>50", (True, "")),
        ("near_pct>=90", (False, "")),
        ("near_pct>70 & n_epci>2", (None, "liste")),
        # What is not known cannot save what is known to be false.
        ("far_pct>30 & n_epci>4", (False, "")),
        ("n_epci>2 & far_pct>30", (None, "sans route")),
        ("nobody>0", (None, "non mesuré")),
    ],
)
def test_three_answers(condition, answer) -> None:
    assert holds(condition, FACTS) == answer


def test_a_condition_out_of_form_is_refused() -> None:
    with pytest.raises(SchemaError, match="condition illisible « n_epci == 3 »"):
        holds("n_epci == 3", FACTS)


def rules(*effects: str) -> pd.DataFrame:
    """Make rules that always apply to P1."""
    rows = [("P1", "tout", "toujours", effect, "Vrai.") for effect in effects]
    names = ["carriers", "about", "condition", "effect", "sentence"]
    index = pd.Index([f"C{n}" for n in range(len(rows))])
    return pd.DataFrame(rows, columns=names, index=index)


def state(*effects: str) -> str:
    """Return the state of P1 under rules with these effects."""
    reasons = carrier_reasons({"p": FACTS}, rules=rules(*effects))
    known = carriers().loc[["P1"]]
    return str(carrier_states(reasons, {"p": FACTS}, carriers=known)["state"].iloc[0])


@pytest.mark.parametrize(
    ("effects", "expected"),
    [
        ((), "possible"),
        (("vigilance",), "possible"),
        (("favorable",), "favorable"),
        (("favorable", "condition"), "sous_conditions"),
        (("favorable", "condition", "inadapte"), "peu_adapte"),
        (("condition", "impossible", "inadapte"), "impossible"),
    ],
)
def test_the_first_state_that_applies(effects, expected) -> None:
    assert state(*effects) == expected
    assert state(*reversed(effects)) == expected


def test_the_states_stand_in_the_order_of_the_specification() -> None:
    assert STATES == (
        "impossible",
        "peu_adapte",
        "sous_conditions",
        "favorable",
        "possible",
    )


def test_a_sentence_with_a_hole_is_not_told() -> None:
    one = rules("favorable").assign(sentence="{far_pct} % dehors")
    row = carrier_reasons({"p": FACTS}, rules=one).iloc[0]
    assert (row["outcome"], row["missing"]) == ("non_evalue", "sans route")
    assert json.loads(row["facts"]) == {}


def test_a_sentence_tells_both_ends_of_what_a_list_leaves_open() -> None:
    one = rules("favorable").assign(condition="near_pct>50", sentence="{near_pct} %")
    row = carrier_reasons({"p": FACTS}, rules=one).iloc[0]
    assert row["outcome"] == "applique"
    assert json.loads(row["facts"]) == {"near_pct": "60 à 80"}


def test_what_was_not_evaluated_is_counted_and_changes_no_state() -> None:
    one = rules("inadapte").assign(condition="far_pct>30")
    reasons = carrier_reasons({"p": FACTS}, rules=one)
    found = carrier_states(reasons, {"p": FACTS}, carriers=carriers().loc[["P1"]])
    assert found[["state", "n_not_evaluated"]].to_numpy().tolist() == [["possible", 1]]


def test_deliberations_are_counted_by_carrier() -> None:
    facts = FACTS | {"n_parties": Fact(2.0)}
    found: Any = carrier_states(
        carrier_reasons({"p": facts}, rules=carrier_rules()),
        {"p": facts},
        carriers=carriers(),
    ).set_index("carrier_id")
    bounds = ["deliberations_least", "deliberations_most"]
    assert found.loc["P1", bounds].tolist() == [1, 4]
    assert found.loc["P3", bounds].tolist() == [2, 5]
    assert found.loc["P4", bounds].tolist() == [3, 3]
    assert found.loc["P0", bounds].isna().all()
    # Two parties or three: the least with two, the most with three.
    open_: Any = carrier_states(
        carrier_reasons({"p": FACTS}, rules=carrier_rules()),
        {"p": FACTS | {"n_parties": unknown("liste", bounds=(2.0, 3.0))}},
        carriers=carriers(),
    ).set_index("carrier_id")
    assert open_.loc["P3", bounds].tolist() == [2, 6]
    assert count_of("n_nobody+1", facts) != count_of("n_nobody+1", facts)  # NaN


@settings(max_examples=30)
@given(
    st.dictionaries(
        st.sampled_from(["n_epci", "n_petr", "n_departements", "petr_outside_pct"]),
        st.floats(0, 100).map(Fact),
    )
)
def test_one_more_perimeter_moves_no_state(facts) -> None:
    alone, both = {"p": facts}, {"q": FACTS, "p": facts}
    tables = [
        carrier_states(
            carrier_reasons(group, rules=carrier_rules()), group, carriers=carriers()
        )
        for group in (alone, both)
    ]
    kept = tables[1][tables[1]["perimeter_id"] == "p"].reset_index(drop=True)
    pd.testing.assert_frame_equal(tables[0], kept)


def test_without_a_perimeter_the_tables_have_their_columns() -> None:
    reasons = carrier_reasons({}, rules=carrier_rules())
    states = carrier_states(reasons, {}, carriers=carriers())
    assert len(reasons) == len(states) == 0
    assert list(states) == TABLES["union_carrier_states"].column_names
    assert set(reasons) == set(TABLES["union_carrier_reasons"].column_names)

"""What councils that refuse leave, on the row of six: three EPCI, one after the other.

No road crosses the border of the second and the third.
"""

import math
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from eitgeo.reference.governance import animation_costs, carrier_rules, carriers
from eitgeo.scenarios.carriers.budget import animation_budget
from eitgeo.scenarios.carriers.carriers import (
    carrier_reasons,
    carrier_states,
    who_could_carry,
)
from eitgeo.scenarios.carriers.facts import Fact
from eitgeo.steps.decision.carrier_facts import FactSources, union_facts
from eitgeo.steps.decision.refusals import refusal_table
from eitgeo.study.governance import Budget
from eitgeo.tables.schema import TABLES
from tests.scenarios.toy import ROW, A, candidate, union
from tests.steps.test_carrier_facts import UNIONS, make_sources

SIREN = [f"20000000{n}" for n in (1, 2, 3)]
TYPED = Budget(fte_cost_eur=50_000, other_cost_eur=10_000, aid_pct=40, years=1)
CONTIGUITY = pd.DataFrame(
    {"code_a": ROW[:-1], "code_b": ROW[1:], "road_minutes": [5.0, 6, 7, math.nan, 8]}
)
COMPARED = [union(1, 2, 3), candidate("coupe", *ROW[:3])]


@pytest.fixture(scope="module")
def sources() -> FactSources:
    """Lay out the study of unions."""
    return make_sources()


def make(sources: FactSources, *, typed: Budget = TYPED) -> Any:
    """Return the table, by who refuses; a perimeter that cuts an EPCI has no row."""
    facts = union_facts(UNIONS, sources)
    table = refusal_table(
        COMPARED,
        sources,
        known={one.codes: facts[one.perimeter_id] for one in UNIONS},
        contiguity=CONTIGUITY,
        budget=animation_budget(animation_costs(), typed, posts=1.0),
    )
    assert list(table) == TABLES["refusals"].column_names
    assert set(table["perimeter_id"]) == {"union_123"}
    return table.set_index("refused")


def test_what_is_left_is_what_a_hand_counts(sources) -> None:
    table = make(sources)
    first, second, third = SIREN
    pairs = [f"{first};{second}", f"{first};{third}", f"{second};{third}"]
    assert table.index.tolist() == ["", *SIREN, *pairs, ";".join(SIREN)]
    assert table["n_pieces_border"].tolist() == [1, 1, 2, 1, 1, 1, 1, 0]
    assert table["n_pieces_road"].tolist() == [2, 2, 2, 1, 1, 1, 1, 0]
    assert table["population"].tolist()[:5] == [21_000, 18_000, 14_000, 10_000, 11_000]
    # 36 000 € are left to pay, whoever stays.
    assert table["left_mid"].tolist()[:2] == [36_000 / 21_000, 2.0]
    assert math.isnan(table["left_mid"].iloc[-1])
    assert set(table["evidence"]) == {"O"}


def test_carriers_are_those_of_the_listed_union(sources) -> None:
    table = make(sources)
    facts = union_facts(UNIONS, sources)
    reasons = carrier_reasons(facts, rules=carrier_rules())
    states = carrier_states(reasons, facts, carriers=carriers())
    for name, left in {SIREN[0]: "union_23", SIREN[2]: "union_12"}.items():
        mine = states[states["perimeter_id"] == left].set_index("carrier_id")["state"]
        able = mine[~mine.isin(["impossible", "peu_adapte"])]
        assert table["carriers"][name] == ";".join(able.index)
        assert table["states"][name] == ";".join(able)
    # The first one alone is in one PETR: it holds it whole.
    assert "P2" in table["carriers"][";".join(SIREN[1:])].split(";")
    assert table["carriers"].iloc[-1] == ""


def test_a_rule_that_waits_leaves_a_carrier_unsure() -> None:
    states = pd.DataFrame(
        [
            ("u", "P1", "possible"),
            ("u", "P2", "impossible"),
            ("u", "P8", "sous_conditions"),
        ],
        columns=["perimeter_id", "carrier_id", "state"],
    )
    reasons = pd.DataFrame(
        [("u", "P1", "non_evalue", "condition"), ("u", "P8", "non_evalue", "inadapte")],
        columns=["perimeter_id", "carrier_id", "outcome", "effect"],
    )
    left = who_could_carry({}, reasons, states)
    assert (left.able, left.sure) == ({"u": "P1;P8"}, {"u": "P1"})
    assert left.states == {"u": "possible;sous_conditions"}


def test_what_hangs_on_posts_is_known_whoever_refuses(sources) -> None:
    """C19 spares P8 and P9 beyond one post; nobody needs a count to know it."""
    table = make(sources)
    sure, able = (
        set(table[name][SIREN[1]].split(";")) for name in ("carriers_sure", "carriers")
    )
    assert sources.study.governance.posts > 1
    assert able > {"P8", "P9"}
    assert able == sure
    assert (table["carriers_sure"] == "").sum() == 1


def test_an_indicator_falls_in_its_own_direction(sources) -> None:
    measured = {
        name: {**facts, "naf_diversity": Fact(9.0), "seat_median_min": Fact(30.0)}
        for name, facts in sources.measured.items()
    }
    measured["union_23"] |= {"naf_diversity": Fact(8.0), "seat_median_min": Fact(20.0)}
    measured["union_12"] |= {"naf_diversity": Fact(10.0), "seat_median_min": Fact(31.0)}
    table = make(replace(sources, measured=measured))
    assert "naf_diversity" in table["fell"][SIREN[0]]
    assert "seat_median_min" not in table["fell"][SIREN[0]]
    assert "seat_median_min" in table["fell"][SIREN[2]]
    # Two pieces are no listed union: nobody measured them.
    assert "naf_diversity" in table["not_compared"][SIREN[1]].split(";")


def test_nothing_is_refused_where_no_perimeter_is_whole(sources) -> None:
    budget = animation_budget(animation_costs(), TYPED, posts=1.0)
    cut = [candidate("a", A)]
    table = refusal_table(cut, sources, known={}, contiguity=CONTIGUITY, budget=budget)
    assert table.empty


def test_a_perimeter_of_one_epci_leaves_itself_or_nothing(sources) -> None:
    facts = union_facts(UNIONS, sources)
    table = refusal_table(
        [union(1)],
        sources,
        known={one.codes: facts[one.perimeter_id] for one in UNIONS},
        contiguity=CONTIGUITY,
        budget=animation_budget(animation_costs(), TYPED, posts=1.0),
    )
    assert table["refused"].tolist() == ["", SIREN[0]]
    assert table["n_left"].tolist() == [1, 0]


def test_pieces_and_costs_do_not_rest_on_what_was_released(sources) -> None:
    facts = union_facts(UNIONS, sources)
    budget = animation_budget(animation_costs(), TYPED, posts=1.0)
    both = [union(1, 2, 3), union(1, 2)]
    known = {one.codes: facts[one.perimeter_id] for one in UNIONS}
    every, none = (
        refusal_table(both, sources, known=seen, contiguity=CONTIGUITY, budget=budget)
        for seen in (known, {})
    )
    assert len(every) == len(none) == 8 + 4
    same = ["n_pieces_border", "n_pieces_road", "population", "left_mid"]
    pd.testing.assert_frame_equal(every[same], none[same])

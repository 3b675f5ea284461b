"""The tables of a decision: which criteria count, who is ranked, what is empty."""

import dataclasses
from typing import Any

import numpy as np
import pandas as pd
import pytest

from eitgeo.scenarios.decision.decision import Decision, decide
from eitgeo.steps.decision.ranking import TABLES
from eitgeo.study.sections import Comparison
from eitgeo.tables.schema import empty_table, validate

NAMES = ("n_deliberations", "epci_whole_pct", "n_departements", "seat_45min_pct")
FIGURES = {
    "small": (4.0, 100.0, 1.0, 60.0),
    "large": (8.0, 100.0, 3.0, 90.0),
    "cut": (6.0, 50.0, 1.0, 80.0),
}
EVIDENCE = dict(zip(NAMES, "OOOH", strict=True))


def make_rows(figures=None, **evidence: str) -> pd.DataFrame:
    """Return the columns of ``indicators_public`` that a decision reads."""
    rows = [
        (one, name, value, (EVIDENCE | evidence)[name])
        for one, values in (figures or FIGURES).items()
        for name, value in zip(NAMES, values, strict=True)
    ]
    names = ["perimeter_id", "indicator_id", "value", "evidence"]
    table = pd.DataFrame(rows, columns=names).assign(percentile_same_size=np.nan)
    return table.assign(low=table["value"], high=table["value"])


def decided(rows: pd.DataFrame | None = None, *, compared=None, **ranking) -> Decision:
    """Decide between the perimeters of the module."""
    return decide(
        make_rows() if rows is None else rows,
        compared=compared or list(FIGURES),
        deciding=list(FIGURES),
        comparison=Comparison.model_validate({"ranking": ranking}),
        rng=np.random.default_rng(1),
    )


def order(found: Decision) -> Any:
    return found.order.set_index("perimeter_id")


def test_assumptions_do_not_count_unless_asked_for() -> None:
    table: Any = decided().criteria.set_index(["perimeter_id", "indicator_id"])
    of_one = table.loc["small"]
    assert of_one["weight"].sum() == pytest.approx(100)
    assert of_one.loc["seat_45min_pct", "weight"] == 0
    assert "hypothèse" in of_one.loc["seat_45min_pct", "reason"]
    assert "aucune valeur" in of_one.loc["mutual_groups", "reason"]
    assert of_one.loc["n_deliberations", "weight"] == pytest.approx(50)  # 15 of 30
    more: Any = decided(estimates="incluses").criteria
    seat = more[more["indicator_id"] == "seat_45min_pct"]
    assert seat["weight"].gt(0).all()
    assert seat["reason"].eq("").all()


@pytest.mark.parametrize("estimates", ["exclues", "incluses"])
def test_what_a_list_to_confirm_leaves_open_weighs_for_nobody(estimates) -> None:
    """Between 50 and 100 % in one perimeter: no estimate says where."""
    rows = make_rows()
    one = rows["perimeter_id"].eq("large") & rows["indicator_id"].eq("epci_whole_pct")
    rows.loc[one, ["value", "low", "evidence"]] = np.nan, 50.0, "H"
    found = decided(rows, estimates=estimates)
    whole = found.criteria[found.criteria["indicator_id"] == "epci_whole_pct"]
    assert set(whole["weight"]) == {0.0}
    assert set(whole["reason"]) == {"selon une liste à confirmer : poids nul"}
    assert found.criteria.groupby("perimeter_id")["weight"].sum().round(9).eq(100).all()
    # Nobody lacks what does not count.
    assert set(order(found)["missing"]) == {""}
    assert order(found)["rank"].notna().all()


def test_the_order_by_hand() -> None:
    """Deliberations 16→2, départements 4→1: 12⁄14, 8⁄14, 10⁄14 and 1, ⅓, 1."""
    found = order(decided())
    assert found.loc["small", "score"] == pytest.approx(50 * 12 / 14 + 50)
    large = 50 * 8 / 14 + 100 / 3 + 50 / 9
    assert found.loc["large", "score"] == pytest.approx(large)
    assert found["rank"].to_dict() == {"small": 1.0, "large": 3.0, "cut": 2.0}
    assert found["on_front"].to_dict() == {"small": True, "large": False, "cut": False}


def test_weights_of_the_study_replace_those_of_the_package() -> None:
    found = order(decided(weights={"epci_whole_pct": 100}))
    assert found["score"].to_dict() == {"small": 100, "large": 100, "cut": 50}
    assert found["rank"].tolist() == [1.0, 1.0, 3.0]


def test_one_perimeter_more_moves_no_score_and_no_weight() -> None:
    more = FIGURES | {"new": (2.0, 10.0, 4.0, 0.0)}
    before = decided(make_rows(more))
    after = decided(make_rows(more), compared=[*FIGURES, "new"])
    old, new = order(before), order(after)
    assert new.loc[old.index, "score"].tolist() == old["score"].tolist()
    keys = ["perimeter_id", "indicator_id"]
    both = [one.criteria.set_index(keys) for one in (before, after)]
    pd.testing.assert_frame_equal(both[1].loc[both[0].index], both[0])


def test_a_perimeter_without_a_figure_is_not_ranked_and_says_which() -> None:
    rows = make_rows(FIGURES | {"cut": (6.0, float("nan"), 1.0, 80.0)})
    found = decided(rows)
    assert order(found)["rank"].tolist() == pytest.approx([1, 2, np.nan], nan_ok=True)
    assert order(found).loc["cut", "missing"] == "epci_whole_pct"
    assert set(found.ranks["perimeter_id"]) == {"small", "large"}
    assert len(found.pairs) == 1


def test_one_perimeter_alone_is_first_of_one() -> None:
    found = decided(compared=["cut"])
    assert order(found)["rank"].tolist() == [1.0]
    assert found.ranks["share_pct"].tolist() == [100.0]
    assert found.pairs.empty
    assert found.switches.empty


def test_nothing_is_ranked_on_assumptions_alone() -> None:
    found = decided(make_rows(**dict.fromkeys(NAMES, "H")))
    assert found.order["rank"].isna().all()
    assert found.order["missing"].eq("aucun critère observé ou sourcé").all()
    assert found.pairs.empty


@pytest.mark.parametrize("evidence", ["O", "H"])
def test_every_part_is_a_valid_table(evidence) -> None:
    found = decided(make_rows(**dict.fromkeys(NAMES, evidence)))
    assert {one.name for one in dataclasses.fields(Decision)} == set(TABLES)
    for part, table in TABLES.items():
        rows = getattr(found, part)
        validate(rows if len(rows) else empty_table(table), table=table)


def test_the_same_seed_draws_the_same_shares() -> None:
    pd.testing.assert_frame_equal(decided().ranks, decided().ranks)

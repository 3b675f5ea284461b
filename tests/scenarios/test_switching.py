"""Switching values: each one is put in, and the two perimeters become equal."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.errors import StudyError
from eitgeo.scenarios.decision.decision import switching_values
from eitgeo.scenarios.decision.ranking import (
    criteria_scores,
    criteria_values,
    weighted_scores,
)
from tests.scenarios.decision_toy import CRITERIA, WEIGHTS, make_indicators

inside = st.tuples(st.floats(1, 11), st.floats(0, 100), st.floats(0, 100))


def reweighted(weights, indicator_id, weight):
    """Give a criterion a weight; the others keep their proportions, 100 together."""
    others = weights.drop(indicator_id)
    scaled = others * (100 - weight) / others.sum()
    return pd.concat([scaled, pd.Series({indicator_id: weight})])[weights.index]


def laid_out(figures=None) -> tuple[Any, Any]:
    values = criteria_values(make_indicators(figures), CRITERIA)
    return values, criteria_scores(values, CRITERIA)


def records(table: Any) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def switches(figures=None, *, pair=("west", "east"), weights=WEIGHTS) -> Any:
    values, scores = laid_out(figures)
    return switching_values(values, scores, weights, pair=pair, criteria=CRITERIA)


def test_switches_by_hand() -> None:
    """West 80, east 68: east needs 12 points more."""
    table = switches().set_index(["lever", "indicator_id"])
    assert set(table["behind"]) == {"east"}
    by_value = table.loc["valeur", "at_switch"]
    assert by_value["delib"] == pytest.approx(11 - 10 * (0.6 + 12 / 50))  # 2.6
    assert np.isnan(by_value["whole"])  # already at its best
    assert by_value["far"] == pytest.approx(0.0)  # 0.4 + 12 ÷ 20 = 1, the very best
    weight = table.loc["poids", "at_switch"]
    # Others at their proportions: 50·0.2 + 20·0.4 = 18 of 70 against −0.2 on whole.
    assert weight["whole"] == pytest.approx(100 * (18 / 70) / (18 / 70 + 0.2))
    assert np.isnan(weight["delib"])  # far and whole: 20·0.4 − 30·0.2 > 0 as well
    assert table.loc["poids", "now"].to_dict() == WEIGHTS.to_dict()


@settings(max_examples=30)
@given(inside, inside)
def test_at_every_switch_the_two_are_equal_again(west, east) -> None:
    figures = {"west": west, "east": east}
    table = switches(figures)
    _, scores = laid_out(figures)
    for row in records(table[table["at_switch"].notna()]):
        if row["lever"] == "poids":
            again = reweighted(WEIGHTS, row["indicator_id"], row["at_switch"])
            assert again.sum() == pytest.approx(100)
            totals = weighted_scores(scores, again)
        else:
            rank = list(CRITERIA.index).index(row["indicator_id"])
            moved = list(figures[row["behind"]])
            moved[rank] = row["at_switch"]
            _, changed = laid_out(figures | {row["behind"]: tuple(moved)})
            totals = weighted_scores(changed, WEIGHTS)
        assert totals["west"] == pytest.approx(totals["east"], abs=1e-3)


@settings(max_examples=30)
@given(inside, inside)
def test_past_the_switch_of_a_weight_the_order_turns(west, east) -> None:
    figures = {"west": west, "east": east}
    _, scores = laid_out(figures)
    for row in records(switches(figures).query("lever == 'poids'")):
        if not 1 < row["at_switch"] < 99:
            continue
        sides = [
            weighted_scores(scores, reweighted(WEIGHTS, row["indicator_id"], weight))
            for weight in (row["at_switch"] - 1, row["at_switch"] + 1)
        ]
        gaps = [side["west"] - side["east"] for side in sides]
        assert gaps[0] * gaps[1] <= 1e-9


def test_equals_switch_where_they_are() -> None:
    table = switches({"west": (3.0, 80.0, 20.0), "east": (3.0, 80.0, 20.0)})
    by_value = table[table["lever"] == "valeur"]
    assert by_value["at_switch"].tolist() == pytest.approx(by_value["now"].tolist())


def test_a_single_criterion_has_no_switch_of_weight() -> None:
    weights = pd.Series({"delib": 100.0, "whole": 0.0, "far": 0.0})
    table = switches(weights=weights).set_index("lever")
    assert table.loc["valeur", "at_switch"] == pytest.approx(3.0)
    assert np.isnan(table.loc["poids", "at_switch"])


@pytest.mark.parametrize(
    ("pair", "fault"),
    [
        (("west", "west"), "« west » : un périmètre ne se compare pas à lui-même"),
        (("west", "nowhere"), "périmètre inconnu « nowhere »"),
        (("west", "hole"), "« hole » : sans valeur pour whole"),
    ],
)
def test_pairs_that_cannot_be_told_are_refused(pair, fault) -> None:
    with pytest.raises(StudyError, match=fault):
        switches(pair=pair)

"""Orders by hand, on limits, and by two other methods held to published examples."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymcdm.methods import PROMETHEE_II, TOPSIS
from pymcdm.normalizations import vector_normalization

from eitgeo.errors import StudyError
from eitgeo.scenarios.decision.ranking import (
    criteria_scores,
    criteria_values,
    pareto_front,
    rank_scores,
    same_orders,
    weighted_scores,
)
from tests.scenarios.decision_toy import CRITERIA, WEIGHTS, make_indicators

SCORES = criteria_scores(criteria_values(make_indicators(), CRITERIA), CRITERIA)


def test_the_weighted_sum_by_hand() -> None:
    totals = weighted_scores(SCORES, WEIGHTS)
    assert totals["west"] == pytest.approx(80.0)
    assert totals["east"] == pytest.approx(50 * 0.6 + 30 * 1.0 + 20 * 0.4)
    assert totals["both"] == pytest.approx(50 * 0.2 + 30 * 1.0 + 20 * 0.9)
    assert np.isnan(totals["hole"])
    ranks = rank_scores(totals)
    assert ranks.tolist()[:4] == [1.0, 2.0, 3.0, 4.0]
    assert np.isnan(ranks["hole"])


def test_what_weighs_nothing_may_be_missing() -> None:
    weights = pd.Series({"delib": 100.0, "whole": 0.0, "far": 0.0})
    ranks = rank_scores(weighted_scores(SCORES, weights))
    assert ranks.tolist() == [1.0, 3.0, 4.0, 4.0, 1.0]


def test_the_front_holds_what_nothing_beats_everywhere() -> None:
    front = pareto_front(SCORES, WEIGHTS)
    assert front.to_dict() == {
        "west": True,
        "east": True,
        "both": True,
        "none": False,
        "hole": False,
    }


def test_identical_perimeters_are_on_the_front_together_and_share_a_rank() -> None:
    twins = SCORES.loc[["west", "west", "none"]]
    twins.index = pd.Index(["a", "b", "c"])
    assert pareto_front(twins, WEIGHTS).tolist() == [True, True, False]
    assert rank_scores(weighted_scores(twins, WEIGHTS)).tolist() == [1.0, 1.0, 3.0]
    assert same_orders(twins, WEIGHTS) == {"TOPSIS": True, "PROMETHEE II": True}


def test_one_perimeter_only_is_first_and_every_method_agrees() -> None:
    one = SCORES.loc[["none"]]
    assert pareto_front(one, WEIGHTS).tolist() == [True]
    assert rank_scores(weighted_scores(one, WEIGHTS)).tolist() == [1.0]
    assert same_orders(one, WEIGHTS) == {"TOPSIS": True, "PROMETHEE II": True}


def test_a_criterion_equal_for_all_decides_nothing() -> None:
    flat = SCORES.drop(index="hole").assign(whole=0.5)
    without = pd.Series({"delib": 500 / 7, "whole": 0.0, "far": 200 / 7})
    first, then = (rank_scores(weighted_scores(flat, w)) for w in (WEIGHTS, without))
    assert first.tolist() == then.tolist()
    everywhere = flat.assign(delib=0.5, far=0.5)
    assert rank_scores(weighted_scores(everywhere, WEIGHTS)).tolist() == [1.0] * 4
    assert pareto_front(everywhere, WEIGHTS).all()
    assert same_orders(everywhere, WEIGHTS) == {"TOPSIS": True, "PROMETHEE II": True}


def test_no_criterion_left_is_refused() -> None:
    for call in (pareto_front, weighted_scores, same_orders):
        with pytest.raises(StudyError, match="aucun critère ne pèse"):
            call(SCORES, WEIGHTS * 0)


unit = st.integers(0, 20).map(lambda n: n / 20)


@given(st.lists(st.tuples(unit, unit, unit), min_size=1, max_size=8))
def test_who_is_first_is_on_the_front_whatever_the_weights(points) -> None:
    scores = pd.DataFrame(points, columns=CRITERIA.index)
    ranks = rank_scores(weighted_scores(scores, WEIGHTS))
    assert pareto_front(scores, WEIGHTS)[ranks == 1].all()
    assert same_orders(scores, pd.Series({"delib": 100.0})) == {
        "TOPSIS": True,
        "PROMETHEE II": True,
    }


def test_methods_that_disagree_say_so() -> None:
    """PROMETHEE II counts who is ahead, not by how much."""
    scores = pd.DataFrame(
        {"a": [1.0, 0.0], "b": [0.4, 0.5], "c": [0.4, 0.5]}, index=["x", "y"]
    )
    weights = pd.Series({"a": 30.0, "b": 35.0, "c": 35.0})
    assert weighted_scores(scores, weights).idxmax() == "x"
    assert same_orders(scores, weights)["PROMETHEE II"] is False


SITES = np.array(
    [
        [8, 7, 2, 1],
        [5, 3, 7, 5],
        [7, 5, 6, 4],
        [9, 9, 7, 3],
        [11, 10, 3, 7],
        [6, 9, 5, 4],
    ],
    dtype=float,
)
SITE_WEIGHTS = np.array([0.4, 0.3, 0.1, 0.2])


def test_topsis_gives_published_examples() -> None:
    """Hwang, Yoon (1981), fighter aircraft; Papathanasiou, Ploskas (2018), ch. 1."""
    aircraft = np.array(
        [
            [2.0, 1500, 20_000, 5.5, 5, 9],
            [2.5, 2700, 18_000, 6.5, 3, 5],
            [1.8, 2000, 21_000, 4.5, 7, 7],
            [2.2, 1800, 20_000, 5.0, 5, 5],
        ]
    )
    method = TOPSIS(normalization_function=vector_normalization)
    weights = np.array([0.2, 0.1, 0.1, 0.1, 0.2, 0.3])
    found = method(aircraft, weights, np.array([1, 1, 1, -1, 1, 1]))
    assert found == pytest.approx([0.643, 0.268, 0.613, 0.312], abs=1e-3)
    found = method(SITES, SITE_WEIGHTS, np.ones(4))
    expected = [0.387, 0.327, 0.391, 0.615, 0.868, 0.493]
    assert found == pytest.approx(expected, abs=1e-3)


def test_promethee_gives_a_published_example() -> None:
    """Papathanasiou, Ploskas (2018), doi:10.1007/978-3-319-91648-4_3: p = 2, q = 1."""
    method = PROMETHEE_II("vshape_2", p=np.full(4, 2.0), q=np.full(4, 1.0))
    found = method(SITES, SITE_WEIGHTS, np.ones(4))
    expected = [-0.26, -0.52, -0.22, 0.36, 0.70, -0.06]
    assert found == pytest.approx(expected, abs=5e-3)

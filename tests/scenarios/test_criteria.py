"""Values, scores on fixed anchors and weights, by hand."""

from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eitgeo.errors import StudyError
from eitgeo.reference.tables import ranking_criteria
from eitgeo.scenarios.decision.ranking import (
    counted_weights,
    criteria_scores,
    criteria_values,
    criteria_weights,
    weighted_scores,
)
from tests.scenarios.decision_toy import CRITERIA, FIGURES, WEIGHTS, make_indicators


def scores_of(figures=None) -> Any:
    values = criteria_values(make_indicators(figures), CRITERIA)
    return criteria_scores(values, CRITERIA)


def test_scores_lie_between_fixed_anchors() -> None:
    scores = scores_of()
    assert scores.loc["west"].tolist() == [0.8, 0.8, 0.8]
    assert scores.loc["east"].tolist() == [0.6, 1.0, 0.4]
    assert np.isnan(scores.loc["hole", "whole"])
    beyond = scores_of({"x": (30.0, 120.0, -5.0)}).loc["x"]
    assert beyond.tolist() == [0.0, 1.0, 1.0]


finite = st.floats(-1e3, 1e3)


@given(st.tuples(finite, finite, finite))
def test_adding_a_perimeter_moves_the_score_of_no_other(more) -> None:
    alone, joined = scores_of(), scores_of(FIGURES | {"new": more})
    pd.testing.assert_frame_equal(joined.loc[alone.index], alone)
    before, after = (weighted_scores(one, WEIGHTS) for one in (alone, joined))
    assert np.array_equal(after[before.index], before, equal_nan=True)


def test_a_percentile_ranks_the_rank_not_the_value() -> None:
    table = make_indicators().assign(percentile_same_size=12.5)
    values = criteria_values(table, CRITERIA.assign(measure="percentile"))
    assert (values == 12.5).all(axis=None)


def test_a_missing_indicator_is_a_missing_value_and_two_are_refused() -> None:
    table = make_indicators()
    without = table.drop(index=0)  # « delib » of the first perimeter
    values: Any = criteria_values(without, CRITERIA)
    assert np.isnan(values.loc["west", "delib"])
    with pytest.raises(StudyError, match="« delib » en double pour « west »"):
        criteria_values(pd.concat([table, table.head(1)]), CRITERIA)


def test_default_weights_are_the_seven_pro_rata_and_estimates_rescale_them() -> None:
    """15 : 10 : 5 stay so, of 75 and not 100."""
    criteria = ranking_criteria()
    weights = criteria_weights(criteria)
    asked = {
        "n_deliberations": 15,
        "epci_whole_pct": 10,
        "body_fit_pct": 10,
        "n_departements": 5,
        "seat_45min_pct": 15,
        "naf_diversity": 10,
        "mutual_groups": 10,
    }
    assert set(weights.index[weights > 0]) == set(asked)
    assert sum(Fraction(one, 75) for one in asked.values()) == 1
    for name, one in asked.items():
        assert weights[name] == pytest.approx(float(Fraction(100 * one, 75)))
    assert weights.sum() == pytest.approx(100, abs=1e-12)
    assert "sites_per_animator" not in weights, "posts are a choice, not a rank"
    assert "captured_pct" not in weights, "draws move it more than perimeters do"
    assert weights["kept_without_top_pct"] == 0
    more = criteria_weights(criteria, include_estimates=True)
    assert (more > 0).all()
    assert more["kept_without_top_pct"] == pytest.approx(100 * 10 / 85)


@pytest.mark.parametrize(
    ("chosen", "fault"),
    [
        ({"delib": 60.0, "whole": 30.0}, "somme des poids = 90 → les ramener à 100"),
        ({"delib": 120.0, "whole": -20.0}, "poids de « whole » = -20"),
        ({"delib": float("nan"), "whole": 100.0}, "poids de « delib » = nan"),
        ({"delibs": 100.0}, "critère inconnu « delibs ».*delib"),
        ({}, "somme des poids = 0"),
    ],
)
def test_unsound_weights_are_refused(chosen, fault) -> None:
    with pytest.raises(StudyError, match=fault):
        criteria_weights(CRITERIA, chosen=chosen)


def counted(table: pd.DataFrame, *compared: str, **options: bool) -> pd.Series:
    """Return the weights that count for some of the perimeters."""
    values = criteria_values(table, CRITERIA).reindex(list(compared))
    return counted_weights(WEIGHTS, values, indicators=table, **options)


def test_an_assumption_weighs_nothing_and_the_others_share_its_weight() -> None:
    table = make_indicators()
    assumed = table["indicator_id"].eq("far") & table["perimeter_id"].eq("east")
    table.loc[assumed, "evidence"] = "H"
    weights = counted(table, "west", "east")
    assert weights.to_dict() == {"delib": 62.5, "whole": 37.5, "far": 0.0}
    # Not one of the compared: it decides nothing.
    others = counted(table, "west", "both")
    assert others.to_dict() == WEIGHTS.to_dict()
    every = counted(table, "west", "east", include_estimates=True)
    assert every.to_dict() == WEIGHTS.to_dict()


def test_bounds_alone_weigh_nothing_even_with_estimates() -> None:
    table = make_indicators()
    open_ = table["indicator_id"].eq("far") & table["perimeter_id"].eq("east")
    table.loc[open_, ["value", "low"]] = np.nan, 10.0
    for options in ({}, {"include_estimates": True}):
        weights = counted(table, "west", "east", **options)
        assert weights.to_dict() == {"delib": 62.5, "whole": 37.5, "far": 0.0}
    assert counted(table, "west", "both").to_dict() == WEIGHTS.to_dict()


def test_nothing_weighs_when_all_is_assumed_or_unmeasured() -> None:
    table = make_indicators(evidence="H")
    assert counted(table, *FIGURES).sum() == 0
    assert counted(table.iloc[:0], *FIGURES).sum() == 0


def test_a_criterion_that_nobody_has_counts_for_nobody() -> None:
    table = make_indicators()
    table.loc[table["indicator_id"] == "far", "value"] = np.nan
    assert counted(table, "west", "east").to_dict() == {
        "delib": 62.5,
        "whole": 37.5,
        "far": 0.0,
    }

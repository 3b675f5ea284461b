"""Shares of ranks over drawn weights: closed forms, evenness, a slow peer."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from eitgeo.errors import StudyError
from eitgeo.scenarios.decision.ranking import order_words, rank_acceptability

TWO = pd.Series({"a": 50.0, "b": 50.0})


def shares(points: Mapping[str, tuple[float, ...]], *, n_draws=1000, seed=1):
    names = list("abcdef")[: len(next(iter(points.values())))]
    scores = pd.DataFrame(list(points.values()), index=list(points), columns=names)
    weights = pd.Series(dict.fromkeys(names, 100 / len(names)))
    return rank_acceptability(
        scores, weights, n_draws=n_draws, rng=np.random.default_rng(seed)
    )


@pytest.mark.parametrize(
    ("x", "y"),
    [((0.9, 0.2), (0.4, 0.6)), ((1.0, 0.0), (0.0, 1.0)), ((0.7, 0.1), (0.6, 0.8))],
)
def test_two_criteria_give_the_closed_form(x, y) -> None:
    """With w even on 0–1, x is ahead where w > d₂ ÷ (d₁ + d₂)."""
    gain, loss = x[0] - y[0], y[1] - x[1]
    expected = 100 * (1 - loss / (gain + loss))
    n_draws = 40_000
    ranks, pairs = shares({"x": x, "y": y}, n_draws=n_draws)
    error = 4 * 100 * 0.5 / np.sqrt(n_draws)  # four standard errors
    assert pairs.loc["x", "y"] == pytest.approx(expected, abs=error)
    assert ranks.loc["x", 1] == pytest.approx(pairs.loc["x", "y"])
    assert ranks.loc["y", 2] == pytest.approx(pairs.loc["x", "y"])


def test_three_corners_share_every_rank_evenly() -> None:
    corners = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0)}
    ranks, _ = shares(corners, n_draws=40_000)
    assert ranks.to_numpy() == pytest.approx(np.full((3, 3), 100 / 3), abs=1.0)


def test_who_dominates_is_always_first_and_equals_share() -> None:
    ranks, pairs = shares({"x": (0.9, 0.9), "y": (0.5, 0.5), "z": (0.5, 0.5)})
    assert ranks.loc["x"].tolist() == [100.0, 0.0, 0.0]
    assert ranks.loc["y"].tolist() == pytest.approx([0.0, 50.0, 50.0])
    assert pairs.loc["y", "z"] == 50.0
    assert pairs.loc["x"].tolist() == [50.0, 100.0, 100.0]


def test_rows_and_columns_of_ranks_sum_to_all_draws() -> None:
    points = np.random.default_rng(3).integers(0, 4, (7, 4)) / 4
    ranks, pairs = shares({str(n): tuple(p) for n, p in enumerate(points)})
    assert ranks.sum(axis=0).to_numpy() == pytest.approx(np.full(7, 100.0))
    assert ranks.sum(axis=1).to_numpy() == pytest.approx(np.full(7, 100.0))
    assert (pairs + pairs.T).to_numpy() == pytest.approx(np.full((7, 7), 100.0))


def test_a_slow_peer_counts_the_same_ranks() -> None:
    points = np.random.default_rng(5).random((6, 3))
    ranks, _ = shares({str(n): tuple(p) for n, p in enumerate(points)}, n_draws=200)
    drawn = np.random.default_rng(1).dirichlet(np.ones(3), size=200)
    counted = np.zeros((6, 6))
    for weights in drawn:
        order = np.argsort(-(points @ weights))
        for rank, one in enumerate(order):
            counted[one, rank] += 0.5  # of a hundred, one of 200 draws
    assert ranks.to_numpy() == pytest.approx(counted)


def test_a_perimeter_without_a_score_is_left_out_and_no_criterion_is_refused() -> None:
    ranks, _ = shares({"x": (0.9, 0.2), "y": (float("nan"), 0.6), "z": (0.1, 0.1)})
    assert ranks.index.tolist() == ["x", "z"]
    scores = pd.DataFrame({"a": [0.1], "b": [0.2]})
    with pytest.raises(StudyError, match="aucun critère"):
        rank_acceptability(scores, TWO * 0, n_draws=9, rng=np.random.default_rng(1))


def test_under_eighty_per_cent_nothing_is_decided() -> None:
    words = [order_words(s, decided_from_pct=80) for s in (79.9, 80.0, 20.0, 20.1)]
    assert words == ["indécis", "premier", "second", "indécis"]

"""Global envelopes: exact level, whatever the number of distances."""

import numpy as np
import pytest

from eitgeo.errors import InfeasibleError
from eitgeo.zones.concentration import global_envelope

#      rank of each curve at three distances (19 curves drawn, flat at 1 … 19)
FLAT = np.arange(1.0, 20.0)[:, None] * np.ones(3)


def test_a_curve_beyond_all_the_others_has_the_smallest_p_value() -> None:
    band = global_envelope(np.full(3, 50.0), FLAT)
    # 20 curves; 1 and 50 are tied as the most extreme: one on each side.
    assert band.p_value == pytest.approx(2 / 20)
    one_sided = global_envelope(np.array([50.0, 50.0, 10.5]), FLAT)
    # Curve 1 comes first at three distances, ours at two.
    assert one_sided.p_value == pytest.approx(2 / 20)


def test_the_hull_leaves_out_the_most_extreme_share() -> None:
    band = global_envelope(np.full(3, 10.5), FLAT, level=0.1)
    assert band.p_value == 1.0
    assert band.low.tolist() == [2.0] * 3
    assert band.high.tolist() == [18.0] * 3


def test_a_curve_that_stands_out_at_one_distance_is_found() -> None:
    rng = np.random.default_rng(3)
    drawn = rng.normal(size=(999, 12))
    plain = np.zeros(12)
    assert global_envelope(plain, drawn).p_value > 0.5
    peak = plain.copy()
    peak[7] = 6.0
    band = global_envelope(peak, drawn)
    assert peak[7] > band.high[7]
    # At 12 distances, 24 curves at most come first or last somewhere beside it.
    assert band.p_value <= 25 / 1000


def test_the_level_holds_for_whole_curves_not_for_each_distance() -> None:
    rng = np.random.default_rng(11)
    inside = 0
    for _ in range(400):
        curves = np.cumsum(rng.normal(size=(40, 12)), axis=1)
        band = global_envelope(curves[0], curves[1:])
        within = bool(((curves[0] >= band.low) & (curves[0] <= band.high)).all())
        # The picture and the p-value say the same.
        assert within == (band.p_value > 0.05)
        inside += within
    # 95 % of 400, give or take three standard deviations (4.4).
    assert 367 <= inside <= 393


def test_too_few_draws_are_refused() -> None:
    with pytest.raises(InfeasibleError, match=r"18 permutations.*au moins 19"):
        global_envelope(np.ones(2), np.ones((18, 2)))

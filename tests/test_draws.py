"""Draws: where they fall, and what they do not depend on."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.draws import (
    Z90,
    draw_keys,
    shared_scores,
    stratified_scores,
    stratified_uniforms,
    two_piece_lognormal,
    two_piece_loguniform,
)

NAMES = [f"site {n}" for n in range(400)]


def keys_of(*names: str, seed: int = 1, source: str = "ratio") -> np.ndarray:
    """Return the keys of names."""
    return draw_keys(names, seed=seed, source=source)


def test_a_key_depends_on_name_seed_and_source_alone() -> None:
    both = keys_of("a", "b")
    assert both.tolist() == keys_of("b", "a")[::-1].tolist()
    assert len({*both, *keys_of("a", seed=2), *keys_of("a", source="site")}) == 4
    # The words of a key cannot be cut elsewhere to give another key.
    assert draw_keys(["c"], seed=1, source="ab") != draw_keys(
        ["bc"], seed=1, source="a"
    )


def test_keys_are_the_same_on_every_machine() -> None:
    assert keys_of("a").tolist() == [7469490417314023574]


@pytest.mark.parametrize("n_draws", [1, 7, 1000])
def test_each_stratum_is_visited_once(n_draws: int) -> None:
    drawn = stratified_uniforms(keys_of("a", "b"), n_draws)
    expected = (np.arange(n_draws) + 0.5) / n_draws
    np.testing.assert_allclose(np.sort(drawn, axis=1), [expected, expected])


def test_two_names_are_independent() -> None:
    scores = stratified_scores(draw_keys(NAMES, seed=1, source="site"), 1000)
    every = np.atleast_2d(np.corrcoef(scores))
    apart = every[np.triu_indices(len(NAMES), 1)]
    # Of independent draws: mean 0, standard deviation 1/√1000.
    assert abs(apart.mean()) < 0.001
    assert apart.std() == pytest.approx(1 / np.sqrt(1000), rel=0.03)


def test_two_sources_of_one_name_are_independent() -> None:
    one, other = (
        stratified_scores(draw_keys(NAMES, seed=1, source=source), 1000)
        for source in ("site", "effectif")
    )
    assert abs(np.mean(one * other)) < 4 / np.sqrt(one.size)


@pytest.mark.parametrize("common_share", [0.0, 0.3, 1.0])
def test_a_common_error_correlates_by_its_share(common_share: float) -> None:
    common = stratified_scores(keys_of("16", source="ratio"), 10_000)
    own = stratified_scores(keys_of("a", "b", source="site"), 10_000)
    scores = shared_scores(common, own, common_share=common_share)
    np.testing.assert_allclose(scores.std(axis=1), 1.0, atol=0.02)
    first, second = scores
    assert np.mean(first * second) == pytest.approx(common_share, abs=0.03)


@settings(max_examples=50, deadline=None)
@given(
    st.floats(1e-3, 1e3),
    st.floats(1.0, 30.0),
    st.floats(1.0, 30.0),
)
def test_percentiles_are_those_asked_for(mid: float, up: float, down: float) -> None:
    low, high = mid / down, mid * up
    scores = stratified_scores(keys_of("a"), 10_001)
    values = two_piece_lognormal(scores, *np.array([low, mid, high]))
    found = np.percentile(values, [10, 50, 90])
    np.testing.assert_allclose(found, [low, mid, high], rtol=2e-3)
    heads = two_piece_loguniform(
        stratified_uniforms(keys_of("a"), 10_001), *np.array([low, mid, high])
    )
    np.testing.assert_allclose(np.median(heads), mid, rtol=1e-3)
    assert low * (1 - 1e-9) <= heads.min() <= heads.max() <= high * (1 + 1e-9)


def test_a_geometric_mid_gives_the_plain_laws() -> None:
    unit = np.linspace(0.01, 0.99, 99)
    heads = two_piece_loguniform(unit, *np.array([4.0, 6.0, 9.0]))
    np.testing.assert_allclose(heads, 4.0 * (9.0 / 4.0) ** unit)
    scores = np.linspace(-3, 3, 61)
    values = two_piece_lognormal(scores, *np.array([4.0, 6.0, 9.0]))
    np.testing.assert_allclose(np.log(values / 6.0), scores / Z90 * np.log(1.5))


def test_what_is_sure_does_not_vary() -> None:
    scores, unit = np.array([-2.0, 0.0, 3.0]), np.array([0.1, 0.5, 0.9])
    assert two_piece_lognormal(scores, *np.array([7.0] * 3)).tolist() == [7.0] * 3
    assert two_piece_lognormal(scores, *np.zeros(3)).tolist() == [0.0] * 3
    assert two_piece_loguniform(unit, *np.array([7.0] * 3)).tolist() == [7.0] * 3


def test_a_band_that_starts_at_nobody_is_uniform_below_its_mid() -> None:
    unit = np.array([0.0, 0.25, 0.5, 1.0])
    heads = two_piece_loguniform(unit, *np.array([0.0, 2.0, 8.0]))
    np.testing.assert_allclose(heads, [0.0, 1.0, 2.0, 8.0])

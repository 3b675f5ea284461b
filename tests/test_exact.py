"""What no last bit decides: hand-written truths."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eitgeo.exact import at_most, count_mean, settled_values
from eitgeo.words import settled

NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=64)


@given(st.floats(min_value=1e-9, max_value=1e9))
def test_neighbours_of_short_numbers_are_settled_alike(value: float) -> None:
    short = float(f"{value:.6g}")
    near = [math.nextafter(short, way) for way in (-math.inf, math.inf)]
    assert settled_values([short, *near]).tolist() == [short] * 3


def test_shapes_stay_and_what_is_no_number_too() -> None:
    found = settled_values(np.array([[1 / 3, np.nan], [np.inf, -0.1 - 0.2]]))
    assert found.shape == (2, 2)
    assert found[0, 0] == 0.333333333333
    assert math.isnan(found[0, 1])
    assert found[1].tolist() == [np.inf, -0.3]


@given(NUMBERS)
def test_twelve_figures_are_kept(value: float) -> None:
    assert abs(Fraction(settled(value)) - Fraction(value)) <= abs(Fraction(value)) / (
        2 * 10**11
    )


@pytest.mark.parametrize(
    ("value", "limit", "expected"),
    [
        (85.0, 85.0, True),
        (math.nextafter(85.0, 86.0), 85.0, True),
        (85.000001, 85.0, False),
        (-85.0, -85.0, True),
        (math.nan, 85.0, False),
        (math.inf, 85.0, False),
        (0.0, 0.0, True),
        (5e-324, 0.0, False),
    ],
)
def test_at_most_is_exact_but_for_the_last_bits(value, limit, expected) -> None:
    assert bool(at_most(value, limit)) is expected


@given(
    st.lists(
        st.tuples(st.integers(1, 10**6), st.floats(-1e6, 1e6)), min_size=1, max_size=9
    )
)
def test_a_mean_is_that_of_fractions_whatever_the_order(rows) -> None:
    counts, values = zip(*rows, strict=True)
    found = count_mean(counts, np.array(values)[:, None])[0]
    turned = count_mean(counts[::-1], np.array(values)[::-1, None])[0]
    exact = sum(n * Fraction(v) for n, v in rows) / sum(counts)
    size = sum(n * abs(Fraction(v)) for n, v in rows) / sum(counts)
    assert found == turned
    assert abs(Fraction(float(found)) - exact) <= size * Fraction(1, 10**15)

"""Three firms at least, none above 85 %; and unions of what passes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eitgeo.disclosure.rule import Part, passes, rounded
from eitgeo.words import round_significant


def part(*rows: tuple[int, *tuple[float, ...]]) -> Part:
    """Make a part: firm, then one amount a level."""
    firms = np.array([row[0] for row in rows], dtype=np.int64)
    amounts = np.array([row[1:] for row in rows], dtype=float)
    return Part(firms, amounts.reshape(len(rows), -1))


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ((85.0, 10.0, 5.0), True),  # just the limits
        ((85.01, 10.0, 4.99), False),
        ((1.0, 1.0), False),
        ((1.0,), False),
        ((1.0, 1.0, 0.0), False),  # who makes nothing does not count
        ((86.0, *([0.1] * 140)), False),
        ((1.0, 1.0, 1.0), True),
    ],
)
def test_few_firms_or_a_dominant_one_fail(amounts, expected) -> None:
    assert passes(part(*enumerate(amounts))) is expected


def test_nobody_fails() -> None:
    assert not passes(Part(np.zeros(0, dtype=np.int64), np.zeros((0, 3))))


def test_three_sites_of_one_firm_are_one_contributor() -> None:
    assert not passes(part((1, 4.0), (1, 4.0), (1, 4.0), (2, 4.0)))
    # 3 × 30 of 100: the firm has 90 %, none of its sites has.
    assert not passes(part((1, 30.0), (1, 30.0), (1, 30.0), (2, 5.0), (3, 5.0)))


def test_each_level_has_to_pass() -> None:
    assert passes(part((1, 1.0, 2.0), (2, 1.0, 2.0), (3, 1.0, 2.0)))
    assert not passes(part((1, 1.0, 20.0), (2, 1.0, 1.0), (3, 1.0, 1.0)))
    assert not passes(part((1, 0.0, 2.0), (2, 1.0, 2.0), (3, 1.0, 2.0)))


SITES = st.lists(
    st.tuples(st.integers(0, 6), st.floats(0.0, 1e6)), min_size=1, max_size=12
)


@given(SITES, SITES)
def test_the_union_of_parts_that_pass_passes(some, others) -> None:
    one, two = part(*some), part(*others)
    if passes(one) and passes(two):
        assert passes(one.union(two))


@pytest.mark.parametrize("value", [14_662.0, 0.0249, -2.45, 9.49, 9.96, 14_999.9])
def test_what_leaves_is_printed_as_the_exact_number_would_be(value) -> None:
    (left,) = rounded([value])
    assert round_significant(left, 1) == round_significant(value, 1)
    assert round_significant(left, 2) == left

"""Largest remainder: whole, exact, against a slow one; nothing under its floor."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.sources.sites.counted_draw import brought_to, shared_out

GROUPS = st.lists(
    st.tuples(st.integers(0, 60), st.lists(st.integers(0, 9), min_size=1, max_size=6)),
    min_size=1,
    max_size=5,
)


def slow(total: int, weights: list[int]) -> list[int]:
    """Share a total out, one group, with whole numbers alone."""
    if not sum(weights):
        weights = [1] * len(weights)
    whole = [total * one // sum(weights) for one in weights]
    rest = [total * one % sum(weights) for one in weights]
    for rank in sorted(range(len(rest)), key=lambda n: -rest[n])[: total - sum(whole)]:
        whole[rank] += 1
    return whole


@settings(max_examples=60)
@given(groups=GROUPS)
def test_as_a_slow_one_with_whole_numbers(groups):
    totals = np.array([total for total, _ in groups])
    weights = np.concatenate([one for _, one in groups]).astype(float)
    group = np.repeat(np.arange(len(groups)), [len(one) for _, one in groups])
    found = shared_out(totals, np.stack([weights, weights[:] * 3.7]), group)
    expected = [slow(total, one) for total, one in groups]
    assert found[0].tolist() == [n for one in expected for n in one]
    # In proportion: what the weights sum to does not matter.
    assert found[1].tolist() == found[0].tolist()


@settings(max_examples=40)
@given(groups=GROUPS, floor=st.integers(1, 10))
def test_sizes_reach_their_total_and_none_is_below_the_floor(groups, floor):
    totals = np.array([total for total, _ in groups])
    sizes = np.concatenate([one for _, one in groups]).astype(float)[None, :]
    group = np.repeat(np.arange(len(groups)), [len(one) for _, one in groups])
    found = brought_to(totals, sizes, group, floor=floor)[0]
    assert np.bincount(group, weights=found).tolist() == totals.tolist()
    enough = (totals >= floor * np.bincount(group))[group]
    assert (found[enough] >= floor).all()
    assert (found >= 0).all()


def test_a_group_without_a_column_is_left_out():
    found = shared_out(np.array([4, 5, 6]), np.ones((1, 3)), np.array([0, 2, 2]))
    assert found.tolist() == [[4, 3, 3]]
    assert shared_out(np.array([4]), np.ones((2, 0)), np.array([], int)).shape == (2, 0)


@pytest.mark.parametrize("total", [0, 2])
def test_fewer_employees_than_employers_leave_some_without(total):
    sizes = np.array([[5.0, 1.0, 1.0, 1.0]])
    found = brought_to(np.array([total]), sizes, np.zeros(4, int))
    assert found.sum() == total
    assert found.max() <= total

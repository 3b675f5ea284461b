"""The order of contraction: every state once, and few shortcuts.

A grid of 24 by 24 with dead ends and a long stretch hung on its corner:

┼──┼──┼──•
┼──┼──┼──•        o──o──o── … ──o
┼──┼──┼──────────┘
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.roads.matrix.ordering import contraction_order, distinct_links, peel

SIDE = 24
TAIL = 300


def town():
    """Lay out the drawing of the module: links and positions."""
    row, column = np.indices((SIDE, SIDE)).reshape(2, -1)
    at = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    ends = [np.arange(SIDE) + SIDE * SIDE, np.arange(TAIL) + SIDE * SIDE + SIDE]
    tail = np.concatenate([at[:, :-1].ravel(), at[:-1].ravel(), at[:, -1]])
    head = np.concatenate([at[:, 1:].ravel(), at[1:].ravel(), ends[0]])
    tail = np.concatenate([tail, [0], ends[1][:-1]])
    head = np.concatenate([head, ends[1]])
    x = np.concatenate([column, np.full(SIDE, SIDE), -1.0 - np.arange(TAIL)])
    y = np.concatenate([row, np.arange(SIDE), np.zeros(TAIL)])
    return (tail, head), (100.0 * x, 100.0 * y)


def contract(links, order):
    """Contract by hand: shortcuts added, and neighbours of each when its turn comes."""
    around: dict[int, set[int]] = {state: set() for state in order}
    for one, other in zip(*links, strict=True):
        if one != other:
            around[one].add(other)
            around[other].add(one)
    added, later = 0, []
    for state in order:
        near = around.pop(state)
        later.append(len(near))
        for one in near:
            fresh = near - around[one] - {one}
            added += len(fresh)
            around[one] |= fresh
            around[one].discard(state)
    return added // 2, later


def test_every_state_comes_once_and_few_shortcuts_are_made():
    links, (x, y) = town()
    order = contraction_order(*links, x=x, y=y)
    assert sorted(order) == list(range(len(x)))
    pairs = [one.tolist() for one in links]
    added, later = contract(pairs, order.tolist())
    by_row, _ = contract(pairs, list(range(len(x))))
    # Row by row a grid fills with n√n shortcuts; cut in halves, with n log n.
    assert added < by_row / 2
    assert max(later) <= 2 * SIDE


def test_dead_ends_and_stretches_go_first():
    links, (x, y) = town()
    order = contraction_order(*links, x=x, y=y)
    _, later = contract([one.tolist() for one in links], order.tolist())
    assert max(later[: SIDE + TAIL]) <= 2
    # All but the last few, and corners of the grid, which have two neighbours too.
    hung = np.arange(SIDE * SIDE, len(x))
    assert np.isin(hung, order[: SIDE + TAIL]).sum() >= SIDE + TAIL - 10


def test_a_long_stretch_is_a_low_hierarchy():
    """The ways up from a row of k states pass some log k of them."""
    n = 1_000
    row = np.arange(n, dtype=np.int32)
    order, _ = peel((row[:-1], row[1:]), n)
    before = {state: state - 1 for state in range(n)}
    after = {state: state + 1 for state in range(n)}
    height = dict.fromkeys(range(-1, n + 1), 0)
    for state in order.tolist():
        left, right = before[state], after[state]
        height[left] = max(height[left], height[state] + 1)
        height[right] = max(height[right], height[state] + 1)
        after[left], before[right] = right, left
    assert len(order) == n
    assert max(height.values()) <= 4 * np.log2(n)


def test_arcs_in_another_order_or_sense_give_the_same():
    (tail, head), (x, y) = town()
    order = contraction_order(tail, head, x=x, y=y)
    mixed = np.random.default_rng(1).permutation(len(tail))
    other = contraction_order(head[mixed], tail[mixed], x=x, y=y)
    np.testing.assert_array_equal(order, other)
    both = (np.concatenate([tail, head]), np.concatenate([head, tail]))
    np.testing.assert_array_equal(order, contraction_order(*both, x=x, y=y))


def test_moving_all_of_it_changes_nothing():
    (tail, head), (x, y) = town()
    order = contraction_order(tail, head, x=x, y=y)
    moved = contraction_order(tail, head, x=x + 512_000.0, y=y + 6_225_024.0)
    np.testing.assert_array_equal(order, moved)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_networks_of_next_to_nothing(n):
    none = np.empty(0, dtype=np.int64)
    order = contraction_order(none, none, x=np.zeros(n), y=np.zeros(n))
    assert order.tolist() == list(range(n))


def test_states_all_on_one_spot_are_ordered_too():
    n = 3_000
    rng = np.random.default_rng(4)
    tail, head = rng.integers(0, n, (2, 4 * n))
    order = contraction_order(tail, head, x=np.zeros(n), y=np.zeros(n))
    assert sorted(order) == list(range(n))


@st.composite
def networks(draw):
    n = draw(st.integers(1, 30))
    state = st.integers(0, n - 1)
    links = draw(st.lists(st.tuples(state, state), max_size=60))
    return n, np.array(links, dtype=np.int64).reshape(-1, 2).T


@settings(max_examples=100, deadline=None)
@given(networks())
def test_peeling_takes_light_states_and_leaves_what_joins_the_others(network):
    n, (tail, head) = network
    order, links = peel(distinct_links(tail, head, n), n)
    kept = np.setdiff1d(np.arange(n), order)
    pairs = (tail.tolist(), head.tolist())
    _, later = contract(pairs, [*order.tolist(), *kept.tolist()])
    assert all(count <= 2 for count in later[: len(order)])
    assert np.isin(np.concatenate(links), kept).all()
    # Contracting by hand what is left makes the same number of neighbours.
    _, rest = contract([one.tolist() for one in links], kept.tolist())
    assert rest == later[len(order) :]

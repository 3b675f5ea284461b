"""Where a part of a network is cut, by hand."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from eitgeo.roads.matrix import ordering
from eitgeo.roads.matrix.ordering import (
    _ANGLES,
    _along,
    _crossings,
    _cut_large,
    _separator,
    _separators,
    _source_side,
    contraction_order,
)


def links(*pairs: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return links between states."""
    u, v = np.array(pairs, dtype=np.int32).T
    return u, v


def test_links_over_each_gap_are_counted() -> None:
    """0──1, 0─────2, 3──1: one, two and two, one after them, none before."""
    a, b = links((0, 1), (2, 0), (3, 1))
    assert _crossings(a, b, 4).tolist() == [0, 2, 2, 1]
    assert _crossings(b, a, 5).tolist() == [0, 2, 2, 1, 0]
    assert _crossings(a[:0], b[:0], 2).tolist() == [0, 0]


def test_the_cut_is_where_fewest_links_are() -> None:
    """Two links at each step of a line of six but one: there it parts."""
    for single in range(5):
        pairs = [(n, n + 1) for n in range(5) for _ in range(1 + (n != single))]
        u, v = links(*pairs)
        for ends in ((u, v), (v, u)):
            side = _source_side(*ends, 6)
            assert side.tolist() == [n <= single for n in range(6)]


def test_what_is_joined_to_neither_end_is_on_one_side_whole() -> None:
    """0──1──5, and 2──3──4."""
    side = _source_side(*links((0, 1), (1, 5), (2, 3), (3, 4)), 6).tolist()
    assert side[0]
    assert not side[5]
    assert side[2] == side[3] == side[4]


@pytest.mark.parametrize(
    ("twice", "n_near"),
    [((0, 1), 3), ((3, 4), 3), ((0,), 2), ((4,), 4), ((0, 1, 2), 4)],
)
def test_of_equal_cuts_the_one_nearer_the_middle_is_taken(twice, n_near) -> None:
    """Only the first and the last of the least cuts are looked at."""
    pairs = [(n, n + 1) for n in range(5) for _ in range(1 + (n in twice))]
    side = _source_side(*links(*pairs), 6)
    assert side.tolist() == [n < n_near for n in range(6)]


STAR = links((0, 2), (0, 3), (0, 4), (1, 0), (3, 4))
"""One of two states on a side has links to the three of the other."""


@pytest.mark.parametrize("left_is_first", [True, False])
def test_a_cut_is_told_by_its_ends_on_the_side_where_they_are_fewest(
    left_is_first,
) -> None:
    first = np.array([True, True, False, False, False])
    left = first if left_is_first else ~first
    assert _separator(STAR, left).tolist() == [0]
    alone = np.zeros(5, dtype=np.int32)
    assert _separators(STAR, ~left, alone, 1).tolist() == [0]


def test_each_part_has_the_side_where_its_own_ends_are_fewest() -> None:
    """The star, then its image: of one the ends are on the left, of the other not."""
    u, v = STAR
    both = (np.concatenate([u, u + 5]), np.concatenate([v, v + 5]))
    first = np.array([True, True, False, False, False])
    right = np.concatenate([~first, first])
    label = np.repeat(np.array([0, 1], dtype=np.int32), 5)
    assert _separators(both, right, label, 2).tolist() == [0, 5]


def test_straight_cuts_look_in_four_directions_evenly_spread() -> None:
    """East, north-east, north and north-west, of a place one metre to the east."""
    east = (np.array([1.0]), np.array([0.0]))
    told = [_along(east, angle).item() for angle in _ANGLES]
    assert told == pytest.approx([1.0, 0.5**0.5, 0.0, -(0.5**0.5)])


def ladder(n: int) -> tuple[list[tuple[int, int]], np.ndarray, np.ndarray]:
    """Lay out two rails of n states each and their rungs: links, along, across."""
    along, across = np.tile(np.arange(n), 2) * 100.0, np.repeat([0.0, 50.0], n)
    at = np.arange(2 * n).reshape(2, n)
    pairs = [*zip(at[0].tolist(), at[1].tolist(), strict=True)]
    pairs += [(a, b) for line in at.tolist() for a, b in pairwise(line)]
    return pairs, along, across


@pytest.mark.parametrize("is_turned", [False, True])
@pytest.mark.parametrize("large", [60, 20])
def test_a_large_part_is_cut_across_its_length(monkeypatch, is_turned, large) -> None:
    """Each cut of a ladder of two by forty sets one rung apart, and so do its parts."""
    monkeypatch.setattr(ordering, "_LARGE", large)
    pairs, along, across = ladder(40)
    place: Any = (across, along) if is_turned else (along, across)
    rank = np.full(80, -1, dtype=np.int32)
    parts = _cut_large(links(*pairs), place, rank)
    sizes = np.bincount(parts.label[parts.label >= 0])
    assert len(sizes) == len(parts.low) > 1
    assert sizes.max() <= large
    assert sizes.min() >= 0.3 * large
    apart = np.flatnonzero(rank >= 0)
    assert len(apart) == 2 * (len(sizes) - 1)
    assert len(np.unique(along[apart])) == len(sizes) - 1
    assert np.ptp(along[rank >= 78]) == 0  # the first cut comes last
    assert (parts.label[apart] < 0).all()  # ranked for good, in no half


@pytest.mark.parametrize("gap", range(17, 22))
def test_a_large_part_is_cut_where_it_is_narrow(monkeypatch, gap) -> None:
    """One rail of the ladder is broken near its middle: one state holds both parts."""
    monkeypatch.setattr(ordering, "_LARGE", 60)
    pairs, *place = ladder(40)
    pairs.remove((gap, gap + 1))
    rank = np.full(80, -1, dtype=np.int32)
    _cut_large(links(*pairs), (place[0], place[1]), rank)
    apart = np.flatnonzero(rank >= 0)
    assert len(apart) == 1
    assert apart.item() in {40 + gap, 41 + gap}


def test_states_that_are_all_neighbours_are_ordered_too(monkeypatch) -> None:
    """Of two halves, each state of the smaller one is an end of a cut link."""
    monkeypatch.setattr(ordering, "_LARGE", 60)
    tail, head = np.triu_indices(80, 1)
    x = np.arange(80.0)
    order = contraction_order(tail, head, x=x, y=np.zeros(80))
    assert sorted(order) == list(range(80))

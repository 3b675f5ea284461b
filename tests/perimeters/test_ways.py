"""Ways out of a set and separators, against slow walks on random graphs."""

from itertools import combinations

import numpy as np
import pytest
from scipy.sparse import csr_array

from eitgeo.perimeters.optimum.choice import Choice, Limit, holds_together
from eitgeo.perimeters.optimum.optimum import Growth, Ways, stays_whole
from eitgeo.perimeters.optimum.relaxation import Separation

SIZE = 11


def graph_of(
    rng: np.random.Generator, share: float = 0.25, *, size: int = SIZE
) -> csr_array:
    """Draw a symmetric graph, some of it out of reach."""
    half = np.triu(rng.random((size, size)) < share, 1)
    return csr_array((half | half.T).astype(float))


def weighed(graph: csr_array, cost: np.ndarray) -> csr_array:
    """Give each link the cost of the unit that it enters."""
    return csr_array(graph.toarray() * cost)


def cheapest(length: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Relax all links until nothing moves."""
    cost = np.where(start, 0.0, np.inf)
    for _ in range(SIZE):
        through = np.where(length > 0, cost[:, None] + length, np.inf).min(axis=0)
        cost = np.minimum(cost, through)
    return cost


@pytest.mark.parametrize("seed", range(20))
def test_ways_are_cheapest_and_their_sums_are_those_of_their_units(seed) -> None:
    rng = np.random.default_rng(seed)
    length = weighed(graph_of(rng), rng.uniform(0.1, 1, SIZE))
    start = rng.random(SIZE) < 0.25
    start[0] = True
    ways = Ways(length, start)
    cost = cheapest(length.toarray(), start)
    assert ways.reached.tolist() == (np.isfinite(cost) & ~start).tolist()
    amounts = rng.random(SIZE)
    pairs = np.array(list(combinations(range(SIZE), 2)))[:, ::-1]
    pair_amounts = rng.random(len(pairs))
    sums = ways.sums(amounts)
    pair_sums = ways.pair_sums(pairs, pair_amounts)
    for unit in np.flatnonzero(ways.reached).tolist():
        path = ways.path(unit)
        assert path[0] == unit
        assert not start[path].any()
        assert length.toarray()[path[1:], path[:-1]].all()
        entered = length.toarray()[:, path].max(axis=0)
        assert entered.sum() == pytest.approx(cost[unit])
        assert sums[unit] == pytest.approx(amounts[path].sum())
        inside = np.isin(pairs, path).all(axis=1)
        assert pair_sums[unit] == pytest.approx(pair_amounts[inside].sum())
        assert ways.depth[unit] == len(path)


@pytest.mark.parametrize("seed", range(20))
def test_a_set_that_stays_whole_is_in_one_piece_without_the_unit(seed) -> None:
    rng = np.random.default_rng(seed)
    graph = graph_of(rng, 0.35)
    near = [graph[[unit]].indices.tolist() for unit in range(SIZE)]
    checked = 0
    for _ in range(40):
        held = rng.random(SIZE) < 0.7
        if not holds_together(graph, held) or held.sum() == 1:
            continue
        for unit in np.flatnonzero(held).tolist():
            without = held.copy()
            without[unit] = False
            told = stays_whole(near, held.tolist(), unit)
            assert told == holds_together(graph, without)
            checked += 1
    assert checked


def side_of(near: list[int], target: int, cut: int) -> int:
    """Return the units, as bits, that chains without a cut join to a target."""
    side, edge = 1 << target, [target]
    while edge:
        fresh = near[edge.pop()] & ~cut & ~side
        side |= fresh
        edge += [unit for unit in range(len(near)) if fresh >> unit & 1]
    return side


def least_through(
    near: list[int], target: int, held: np.ndarray, rooted: np.ndarray | None
) -> float:
    """Try every set of units: what the narrowest that cuts a target off lets by."""
    found = [1.0]
    for cut in range(1 << len(near)):
        if cut >> target & 1:
            continue
        side = side_of(near, target, cut)
        if rooted is None and side & 1:
            continue
        bits = [unit for unit in range(len(near)) if cut >> unit & 1]
        within = [unit for unit in range(len(near)) if (side | cut) >> unit & 1]
        roots = 0.0 if rooted is None else rooted[within].sum()
        found.append(float(held[bits].sum() + roots))
    return min(found)


@pytest.mark.parametrize("is_free", [False, True])
@pytest.mark.parametrize("seed", range(25))
def test_separators_are_true_and_none_that_is_broken_is_missed(seed, is_free) -> None:
    rng = np.random.default_rng(seed)
    graph = graph_of(rng, 0.4, size=8)
    near = [sum(1 << n for n in graph[[unit]].indices.tolist()) for unit in range(8)]
    held = rng.integers(0, 6, 8) / 5
    rooted = held * rng.random(8) if is_free else None
    if rooted is not None:
        rooted /= max(rooted.sum(), 1e-9)
    else:
        held[0] = 1.0
    found = Separation(graph, None if is_free else 0).broken(held, rooted, most=1000)
    for one in found:
        side = side_of(near, one.target, sum(1 << unit for unit in one.through))
        within = {unit for unit in range(8) if side >> unit & 1}
        assert one.target not in one.through
        assert within <= set(one.inside) if is_free else 0 not in within
        roots = 0.0 if rooted is None else rooted[list(one.inside)].sum()
        assert held[list(one.through)].sum() + roots < held[one.target] - 1e-3
    lacking = {
        unit
        for unit in np.flatnonzero(held > 0).tolist()
        if least_through(near, unit, held, rooted) < held[unit] - 0.01
    }
    assert lacking == {one.target for one in found}


@pytest.mark.parametrize("seed", range(15))
def test_what_grows_is_in_one_piece_under_the_ceilings(seed) -> None:
    rng = np.random.default_rng(seed)
    graph = graph_of(rng)
    every = np.array(list(combinations(range(SIZE), 2)))
    people = rng.integers(1, 20, SIZE).astype(float)
    choice = Choice(
        units=tuple(f"c{unit}" for unit in range(SIZE)),
        links=every[graph.toarray()[every[:, 0], every[:, 1]] > 0],
        own=rng.random(SIZE),
        pairs=every,
        pair_value=rng.random(len(every)),
        limits=(Limit("de population", people, high=float(people.sum() / 2)),),
        root=0,
    )
    if people[0] > choice.limits[0].high:
        return
    growth = Growth(choice)
    found = growth.along(rng.random(SIZE))
    assert found is not None
    assert choice.allows(found)
    assert holds_together(graph, found)
    # Nothing more fits beside it: adding any neighbour breaks the ceiling.
    for unit in np.flatnonzero(~found & (graph @ found > 0)):
        assert people[found].sum() + people[unit] > choice.limits[0].high


def test_without_a_forced_unit_it_starts_from_what_trades_most_too() -> None:
    """Two pairs apart: the first is held as much, the second is worth more."""
    choice = Choice(
        units=("a", "b", "c", "d"),
        links=np.array([[0, 1], [2, 3]]),
        own=np.zeros(4),
        pairs=np.array([[0, 1], [2, 3]]),
        pair_value=np.array([1.0, 5.0]),
    )
    held = np.full(4, 0.5)
    best = Growth(choice).along(held)
    first = Growth(choice, more_starts=0).along(held)
    assert best is not None
    assert first is not None
    assert (best.tolist(), first.tolist()) == (
        [False, False, True, True],
        [True, True, False, False],
    )

"""The parts of the optimum by hand: what is alike, what is useful, what is proved."""

from dataclasses import FrozenInstanceError
from types import SimpleNamespace

import numpy as np
import pytest

from eitgeo.flows.exchanges import allocation
from eitgeo.flows.exchanges.allocation import (
    Problem,
    best_of,
    certified,
    solved,
    unique_rows,
)
from tests.flows.test_allocation import make_arcs, solve


def problem(supply, need, gain, supply_t, need_t, *, use=None, kept=None) -> Problem:
    """Make a problem from lists, tonne for tonne unless told."""
    ones = np.ones(len(gain))
    return Problem(
        np.asarray(supply, np.int64),
        np.asarray(need, np.int64),
        ones if use is None else np.asarray(use, float),
        np.asarray(gain, float),
        ones if kept is None else np.asarray(kept, float),
        np.asarray(supply_t, float),
        np.asarray(need_t, float),
    )


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (1, [0, 1, 0, 0, 1, 0]),
        (2, [1, 1, 0, 0, 1, 1]),
        (3, [1, 1, 1, 0, 1, 1]),
        (4, [1, 1, 1, 1, 1, 1]),
    ],
)
def test_the_best_of_each_group_are_marked_the_first_of_equals(count, expected) -> None:
    group, score = np.array([7, 7, 7, 7, 2, 2]), np.array([3.0, 9, 3, 1, 5, 5])
    assert best_of(group, score, count).tolist() == [bool(one) for one in expected]
    # In whatever order the groups come, and mixed.
    order = np.array([4, 0, 1, 5, 2, 3])
    mixed = best_of(group[order], score[order], count)
    assert mixed.tolist() == [bool(expected[at]) for at in order]


def test_no_arc_no_mark() -> None:
    assert best_of(np.zeros(0, np.int64), np.zeros(0), 4).tolist() == []


def test_rows_of_one_sort_are_told_by_the_first_of_them() -> None:
    """Sorted: (1, c) is rows 3 and 6, (1, g) 1 and 4, (2, d) row 5, (2, e) 0 and 2."""
    number = np.array([2, 1, 2, 1, 1, 2, 1])
    letter = np.array(["e", "g", "e", "c", "g", "d", "c"])
    first, sort = unique_rows(number, letter)
    assert first.tolist() == [3, 1, 5, 0]
    assert sort.tolist() == [3, 1, 3, 0, 1, 2, 0]
    assert [one.tolist() for one in unique_rows(number[:0], letter[:0])] == [[], []]


def useful(gain, *, supply=0, supply_t=(5.0,), need_t=(4.0, np.inf, np.inf, 0.0)):
    """Say which arcs of a lot to four needs an optimum may use."""
    one = problem([supply] * len(gain), range(len(gain)), gain, supply_t, need_t)
    return allocation._is_useful(one).tolist()  # noqa: SLF001 - by hand


def test_arcs_that_no_optimum_needs_are_left_out() -> None:
    # Need 1 takes all at 3: less elsewhere is of no use, nor is need 3, which is nil.
    assert useful([5.0, 3.0, 2.0, 9.0]) == [True, True, False, False]
    # As much in a bounded need is of no use; in another unbounded one it is.
    assert useful([3.0, 3.0, 3.0, 9.0]) == [False, True, True, False]
    assert useful([0.5, 0.0, -0.5, 9.0]) == [True, False, False, False]
    assert useful([0.0, 0.0, 0.0, 0.0]) == [False] * 4
    assert useful([5.0, 3.0, 2.0, 9.0], supply_t=(0.0,)) == [False] * 4


@pytest.mark.parametrize("scale", [0.01, 1.0, 100.0])
def test_pairs_that_nobody_chooses_first_are_exchanged_where_they_gain(scale) -> None:
    """Four small lots and four small needs are everybody's best; two large pairs wait.

    Each of the six lots may feed each of the six needs; the large ones (10 t) are each
    other's fifth and sixth choice, and almost all that is exchanged.
    """
    pairs = [(s, n) for s in range(6) for n in range(6)]
    benefit = [scale * (12 - s - n) for s, n in pairs]
    supply, need = zip(*pairs, strict=True)
    tonnes = [1e-3] * 4 + [10.0] * 2
    found = solve(make_arcs(supply, need), benefit, tonnes, tonnes)
    large = {pair: t for pair, t in zip(pairs, found.t, strict=True) if min(pair) >= 4}
    assert sum(large.values()) == pytest.approx(20.0, abs=0.01)
    assert found.benefit_eur == pytest.approx(found.bound_eur, rel=1e-3)


def test_a_solution_is_brought_within_needs_then_within_lots() -> None:
    """Need 0 has 6 t of input, an arc uses half a tonne: 12 t of the 16 told.

    Lot 1 has 3 t: of 4 t told, 3 are left.
    """
    told = problem(
        [0, 0, 1], [0, 1, 2], [2.0, 1.0, 5.0], [100.0, 3.0], [6.0, np.inf, 9.0],
        use=[0.5, 1.0, 1.0], kept=[1.0, 0.5, 1.0],
    )  # fmt: skip
    found = certified(told, np.array([16.0, 20.0, 4.0]), np.array([1.0, 7.0, 0.0]))
    assert found.t.tolist() == [12.0, 10.0, 3.0]
    assert found.unmatched_t.tolist() == [78.0, 0.0]
    assert found.benefit_eur == 12 * 2.0 + 20 * 1.0 + 3 * 5.0
    # Prices of unbounded needs are nil; a tonne of lot 0 could bring 2 − 0.5 × 1.
    assert found.need_price_eur_per_t.tolist() == [1.0, 0.0, 0.0]
    assert found.supply_price_eur_per_t.tolist() == [1.5, 5.0]
    assert found.bound_eur == 100 * 1.5 + 3 * 5.0 + 6 * 1.0
    told_least = certified(told, np.zeros(3), np.zeros(3), least=np.array([2.0, 6.0]))
    assert told_least.bound_eur == 100 * 2.0 + 3 * 6.0


def test_a_need_of_nothing_bounds_no_lot() -> None:
    told = problem([0, 0], [0, 1], [9.0, 2.0], [10.0], [0.0, 4.0])
    found = certified(told, np.array([0.0, 4.0]), np.zeros(2))
    assert found.supply_price_eur_per_t.tolist() == [2.0]


@pytest.mark.parametrize(
    ("lot_t", "small_t", "expected"),
    [(1.0, 1e-12, 0.0), (1.0, 2e-12, 2e-12), (500.0, 5e-10, 0.0), (500.0, 1e-9, 1e-9)],
)
def test_a_billionth_of_a_thousandth_of_a_lot_is_not_exchanged(
    lot_t, small_t, expected
) -> None:
    told = problem([0, 0], [0, 1], [2.0, 2.0], [lot_t], [1.0, 1.0])
    found = certified(told, np.array([small_t, 0.5]), np.zeros(2))
    assert found.t.tolist() == [expected, 0.5]


def test_rounding_leaves_no_tonne_below_nought() -> None:
    """Brought within a lot of 3.3 t, 2.2 and 1.9 t add up to a little more than it."""
    told = problem([0, 0], [0, 1], [2.0, 2.0], [3.3], [np.inf, np.inf])
    found = certified(told, np.array([2.2, 1.9]), np.zeros(2))
    assert found.t.sum() > 3.3
    assert found.unmatched_t.tolist() == [0.0]


def test_rounding_of_the_solver_makes_no_tonne_nor_price_below_nought(
    monkeypatch,
) -> None:
    def answered(*_: object, **__: object) -> SimpleNamespace:
        marginals = SimpleNamespace(marginals=np.array([1e-12, -2.0]))
        return SimpleNamespace(status=0, x=np.array([-1e-12]), ineqlin=marginals)

    monkeypatch.setattr(allocation, "linprog", answered)
    t, (of_lots, of_needs) = solved(problem([0], [0], [2.0], [1.0], [1.0]))
    assert (t.tolist(), of_lots.tolist(), of_needs.tolist()) == ([0.0], [0.0], [2.0])


def test_a_solver_that_gives_up_is_heard(monkeypatch) -> None:
    def gives_up(*_: object, **__: object) -> SimpleNamespace:
        return SimpleNamespace(status=4, message="numerical difficulties")

    monkeypatch.setattr(allocation, "linprog", gives_up)
    with pytest.raises(RuntimeError, match="HiGHS: numerical difficulties"):
        solved(problem([0], [0], [2.0], [1.0], [1.0]))


def test_neither_a_problem_nor_an_optimum_changes_once_it_is_made() -> None:
    one = problem([0], [0], [2.0], [1.0], [1.0])
    found = solve(make_arcs([0], [0]), [2.0], [1.0], [1.0])
    with pytest.raises(FrozenInstanceError):
        one.gain = np.zeros(1)  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        found.benefit_eur = 0.0  # type: ignore[misc]

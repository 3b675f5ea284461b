"""Bounds are those of a plain linear program, unknown by unknown."""

import numpy as np
import pytest
from scipy.optimize import linprog

from eitgeo.audit.published import Interval
from eitgeo.audit.system import (
    Equation,
    Solver,
    System,
    Target,
    build_system,
    check_truth,
    reduce_system,
)
from eitgeo.errors import InfeasibleError

NEAR = 1e-6


def drawn_system(seed: int) -> tuple[System, np.ndarray]:
    """Draw sums of unknowns that overlap, true for some amounts."""
    rng = np.random.default_rng(seed)
    n_unknowns, n_rows = 14, 7
    truth = np.round(rng.lognormal(2.0, 1.0, n_unknowns), 2)
    equations = []
    for row in range(n_rows):
        inside = np.flatnonzero(rng.random(n_unknowns) < 0.35)
        if not len(inside):
            continue
        weights = rng.choice([1.0, 1.0, 1.0, 0.8], len(inside))
        total = float(weights @ truth[inside])
        told = Interval(total * 0.97, total * 1.02)
        terms: dict[tuple[str, ...], float] = {
            ("x", f"{n:02d}"): float(w) for n, w in zip(inside, weights, strict=True)
        }
        equations.append(Equation(f"r{row}", told, terms))
    return build_system(equations), truth


def plain_bound(system: System, ranks: np.ndarray) -> Interval:
    """Bound a sum with another solver, nothing put together."""
    cost = np.zeros(len(system.unknowns))
    cost[ranks] = 1.0
    table = system.table.toarray()
    rows = np.vstack([table, -table])
    limits = np.concatenate([system.high, -system.low])
    low, high = (
        linprog(sign * cost, A_ub=rows, b_ub=limits, method="highs-ipm")
        for sign in (1.0, -1.0)
    )
    return Interval(low.fun, -high.fun)


@pytest.mark.parametrize("seed", range(12))
def test_bounds_are_those_of_a_plain_program(seed: int) -> None:
    system, _ = drawn_system(seed)
    solver = Solver(system)
    rng = np.random.default_rng(seed)
    names = system.unknowns
    sets = [[n] for n in range(len(names))]
    sets += [list(rng.choice(len(names), 3, replace=False)) for _ in range(6)]
    for chosen in sets:
        terms = tuple(names[n] for n in chosen)
        expected = plain_bound(system, np.array(chosen))
        assert solver.bound(Target(terms, terms)) == pytest.approx(expected, abs=NEAR)


def test_unknowns_of_the_same_equations_are_put_together() -> None:
    equations = [
        Equation("r", Interval(10.0, 10.0), {("x", c): 1.0 for c in "abc"}),
        Equation("s", Interval(2.0, 3.0), {("x", "c"): 1.0, ("x", "d"): 1.0}),
        Equation("t", Interval(5.0, 5.0), {("x", "e"): 1.0}),
    ]
    reduced = reduce_system(build_system(equations))
    assert reduced.size.tolist() == [2, 1, 1, 1]
    assert [len(part.low) for part in reduced.parts] == [2, 1]


def test_a_sum_that_nothing_bounds_has_no_end() -> None:
    system = build_system(
        [Equation("r", Interval(10.0, 10.0), {("x", "a"): 1.0, ("x", "b"): 1.0})]
    )
    terms = (("x", "a"), ("x", "elsewhere"))
    assert Solver(system).bound(Target(terms, terms)) == Interval(0.0, np.inf)


def test_one_equation_alone_needs_no_program() -> None:
    pair = (("x", "a"), ("x", "b"))
    system = build_system(
        [Equation("r", Interval(9.0, 11.0), dict.fromkeys(pair, 2.0))]
    )
    solver = Solver(system)
    assert solver.bound(Target(pair, pair)) == Interval(4.5, 5.5)
    assert solver.bound(Target(pair[:1], pair[:1])) == Interval(0.0, 5.5)
    assert solver.n_solved == 0


def test_figures_that_contradict_each_other_are_refused() -> None:
    a, b = ("x", "a"), ("x", "b")
    system = build_system(
        [
            Equation("r", Interval(10.0, 10.0), {a: 1.0, b: 1.0}),
            Equation("s", Interval(12.0, 12.0), {a: 1.0}),
        ]
    )
    with pytest.raises(InfeasibleError, match="aucun montant ne satisfait"):
        Solver(system).bound(Target((b,), (b,)))


def test_false_equations_are_named() -> None:
    system, truth = drawn_system(0)
    true = truth[[int(u[1]) for u in system.unknowns]]
    amounts = dict(zip(system.unknowns, true, strict=True))
    assert check_truth(system, amounts) == []
    first = next(iter(amounts))
    assert check_truth(system, amounts | {first: 1e6}) != []

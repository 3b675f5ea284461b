"""The optimum against brute force, its proof, and what it conserves."""

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from eitgeo.errors import SchemaError
from eitgeo.flows.exchanges.allocation import TIE_EUR_PER_T, Allocated, Arcs, allocate

seeds = st.integers(0, 2**32 - 1)


def make_arcs(supply, need, *, use=None, length_m=None, kept=None) -> Arcs:
    """Return arcs from lists, one rule each, tonne for tonne unless told."""
    n = len(supply)
    length = np.asarray(length_m if length_m is not None else np.zeros(n), float)
    return Arcs(
        np.asarray(supply, np.int64),
        np.asarray(need, np.int64),
        np.arange(n, dtype=np.int64),
        length,
        length / 15,
        np.asarray(np.ones(n) if use is None else use, float),
        np.asarray(np.ones(n) if kept is None else kept, float),
    )


def solve(arcs: Arcs, benefit, supply_t, need_t) -> Allocated:
    """Allocate from lists."""
    return allocate(
        arcs,
        benefit_eur_per_t=np.asarray(benefit, float),
        supply_t=np.asarray(supply_t, float),
        need_t=np.asarray(need_t, float),
    )


def random_problem(seed: int, *, whole: bool = False) -> tuple[Any, ...]:
    """Draw arcs, benefits, lots and needs; some needs are unbounded, some empty."""
    rng = np.random.default_rng(seed)
    n_lots, n_needs = rng.integers(1, 4 if whole else 12, 2)
    cells = [(s, n) for s in range(n_lots) for n in range(n_needs)]
    most = 5 if whole else 80
    kept = rng.permutation(len(cells))[:most]
    supply, need = np.array(cells)[kept].T
    use = np.ones(len(kept)) if whole else rng.choice([1.0, 0.3, 2.5], len(kept))
    benefit = rng.choice([-4.0, 0.0, 1.0, 3.0, 3.0, 7.5, 20.0], len(kept))
    supply_t = rng.integers(0, 4, n_lots).astype(float)
    need_t = rng.choice([0.0, 1.0, 2.0, 5.0, np.inf], n_needs)
    if not whole:
        supply_t *= rng.uniform(0.01, 1e4, n_lots)
        need_t *= rng.uniform(0.01, 1e4, n_needs)
    length_m = rng.integers(0, 5, len(kept)) * 1000.0
    kept_part = np.ones(len(kept)) if whole else np.exp2(-length_m / 3000.0)
    return (
        make_arcs(supply, need, use=use, length_m=length_m, kept=kept_part),
        benefit,
        supply_t,
        need_t,
    )


def best_by_enumeration(arcs: Arcs, benefit, supply_t, need_t) -> float:
    """Try every whole number of tonnes on every arc."""
    choices = [range(int(supply_t[s]) + 1) for s in arcs.supply]
    best = 0.0
    for tonnes in product(*choices):
        t = np.array(tonnes, float)
        given_t = np.bincount(arcs.supply, t, len(supply_t))
        used_t = np.bincount(arcs.need, t, len(need_t))
        if (given_t <= supply_t).all() and (used_t <= need_t).all():
            best = max(best, float(t @ benefit))
    return best


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_the_optimum_is_that_of_brute_force(seed) -> None:
    arcs, benefit, supply_t, need_t = random_problem(seed, whole=True)
    found = solve(arcs, benefit, supply_t, need_t)
    best = best_by_enumeration(arcs, benefit, supply_t, need_t)
    assert found.benefit_eur == pytest.approx(best, abs=TIE_EUR_PER_T * 10)


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_the_optimum_is_that_of_the_whole_programme(seed) -> None:
    """Pruning and pricing out change nothing: HiGHS on all arcs, inner points."""
    arcs, benefit, supply_t, need_t = random_problem(seed)
    found = solve(arcs, benefit, supply_t, need_t)
    bounded = np.flatnonzero(np.isfinite(need_t))
    rows = [np.where(arcs.supply == s, 1.0, 0.0) for s in range(len(supply_t))]
    use = arcs.use * arcs.kept
    rows += [np.where(arcs.need == n, use, 0.0) for n in bounded]
    whole = linprog(
        -benefit * arcs.kept,
        A_ub=np.array(rows),
        b_ub=np.concatenate([supply_t, need_t[bounded]]),
        method="highs-ipm",
    )
    slack = 1e-6 * max(1.0, -whole.fun) + TIE_EUR_PER_T * supply_t.sum()
    assert found.benefit_eur == pytest.approx(-whole.fun, abs=slack)


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_each_tonne_is_counted_once_and_the_bound_proves_it(seed) -> None:
    arcs, benefit, supply_t, need_t = random_problem(seed)
    found = solve(arcs, benefit, supply_t, need_t)
    total = found.t.sum() + found.unmatched_t.sum()
    assert total == pytest.approx(supply_t.sum(), rel=1e-9, abs=1e-9)
    given_t = np.bincount(arcs.supply, found.t, len(supply_t))
    assert given_t + found.unmatched_t == pytest.approx(supply_t, rel=1e-9, abs=1e-9)
    used = np.bincount(arcs.need, found.t * arcs.use, len(need_t))
    assert (used <= need_t * (1 + 1e-9)).all()
    assert (found.t >= 0).all()
    assert (found.unmatched_t >= 0).all()
    assert not found.t[benefit <= 0].any()
    gap = found.bound_eur - found.benefit_eur
    rounding = 1e-9 * max(1.0, found.bound_eur)
    assert -rounding <= gap <= TIE_EUR_PER_T * supply_t.sum() + 1e3 * rounding


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_the_order_of_rows_changes_nothing(seed) -> None:
    arcs, benefit, supply_t, need_t = random_problem(seed)
    order = np.random.default_rng(seed).permutation(len(arcs))
    names = ("supply", "need", "rule", "length_m", "time_s", "use", "kept")
    shuffled = Arcs(*(getattr(arcs, name)[order] for name in names))
    found = solve(arcs, benefit, supply_t, need_t)
    again = solve(shuffled, benefit[order], supply_t, need_t)
    assert np.array_equal(found.t[order], again.t)
    assert np.array_equal(found.need_price_eur_per_t, again.need_price_eur_per_t)


def test_a_dual_says_what_is_missing() -> None:
    """Lot 0 (10 t) may feed need 0 (4 t, 8 €/t) or need 1 (100 t, 3 €/t)."""
    found = solve(make_arcs([0, 0], [0, 1]), [8.0, 3.0], [10.0], [4.0, 100.0])
    assert found.t == pytest.approx([4.0, 6.0])
    assert found.benefit_eur == pytest.approx(4 * 8 + 6 * 3)
    # One tonne more of need 0 turns 3 €/t into 8 €/t.
    assert found.need_price_eur_per_t == pytest.approx([5.0, 0.0], abs=1e-3)
    assert found.supply_price_eur_per_t == pytest.approx([3.0], abs=1e-3)
    richer = solve(make_arcs([0, 0], [0, 1]), [8.0, 3.0], [10.0], [5.0, 100.0])
    assert richer.benefit_eur - found.benefit_eur == pytest.approx(5.0, abs=1e-3)


def test_a_greedy_choice_would_lose() -> None:
    """The best pair first (10 €/t) would leave lot 1 without anything: 10 < 9 + 9."""
    arcs = make_arcs([0, 0, 1], [0, 1, 0])
    found = solve(arcs, [10.0, 9.0, 9.0], [1.0, 1.0], [1.0, 1.0])
    assert found.t == pytest.approx([0.0, 1.0, 1.0])


def test_among_equals_the_shortest_way_wins_then_the_first_by_name() -> None:
    near = make_arcs([0, 0], [0, 1], length_m=[9000, 2000])
    assert solve(near, [5.0, 5.0], [3.0], [3.0, 3.0]).t == pytest.approx([0.0, 3.0])
    equal = make_arcs([0, 0], [0, 1], length_m=[2000, 2000])
    assert solve(equal, [5.0, 5.0], [3.0], [3.0, 3.0]).t == pytest.approx([3.0, 0.0])


def test_a_need_is_counted_in_tonnes_of_input() -> None:
    """5 t of whey replace 0.3 t of barley: a need of 0.3 t takes them, no more."""
    found = solve(make_arcs([0], [0], use=[0.06]), [4.0], [20.0], [0.3])
    assert found.t == pytest.approx([5.0])
    assert found.unmatched_t == pytest.approx([15.0])


def test_of_a_tonne_engaged_far_away_a_part_alone_is_exchanged() -> None:
    """10 t of one lot: 8 €/t where half is kept (4 €), 3 €/t where all is (3 €).

    The far need (4 t) is full with 8 t engaged: 4 t are exchanged there, 2 t next
    door, and 4 t are left. One more tonne of the far need takes two that would have
    brought 3 € each: 8 − 2 × 3 = 2 €.
    """
    arcs = make_arcs([0, 0], [0, 1], kept=[0.5, 1.0])
    found = solve(arcs, [8.0, 3.0], [10.0], [4.0, 100.0])
    assert found.t == pytest.approx([4.0, 2.0])
    assert found.unmatched_t == pytest.approx([4.0])
    assert found.benefit_eur == pytest.approx(4 * 8 + 2 * 3)
    assert found.need_price_eur_per_t == pytest.approx([2.0, 0.0], abs=1e-3)


def test_what_brings_nothing_moves_nothing() -> None:
    found = solve(make_arcs([0, 0], [0, 1]), [0.0, -2.0], [7.0], [9.0, np.inf])
    assert found.t.tolist() == [0.0, 0.0]
    assert found.unmatched_t.tolist() == [7.0]
    assert (found.benefit_eur, found.bound_eur) == (0.0, 0.0)


def test_no_arc_at_all_leaves_everything() -> None:
    found = solve(make_arcs([], []), [], [7.0], [])
    assert found.unmatched_t.tolist() == [7.0]


@pytest.mark.parametrize(
    ("benefit", "supply_t", "need_t", "met"),
    [
        ([1.0], [-3.0], [1.0], r"gisement n° 0 : -3 t/an"),
        ([1.0], [3.0], [-1.0], r"besoin n° 0 : -1 t/an"),
        ([1.0], [3.0], [np.nan], r"besoin n° 0 : nan t/an"),
        ([1.0], [np.inf], [1.0], "gisement infini"),
        ([np.nan], [3.0], [1.0], "bénéfice inconnu"),
        ([1.0, 2.0], [3.0], [1.0], "2 bénéfices pour 1 échanges"),
        ([], [3.0], [1.0], "0 bénéfices pour 1 échanges"),
    ],
)
def test_amounts_that_are_none_are_refused(benefit, supply_t, need_t, met) -> None:
    with pytest.raises(SchemaError, match=met):
        solve(make_arcs([0], [0]), benefit, supply_t, need_t)

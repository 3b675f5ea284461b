"""The optimum against every connected subset, its bound, and rules that clash."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from eitgeo.errors import InfeasibleError, SchemaError
from eitgeo.perimeters.optimum.optimum import Choice, Limit, best_set
from tests.perimeters.toy import groups_of

MANY_NODES = 3000


def territory(seed: int, size: int) -> Choice:
    """Draw units, links and values; some rules apply, some do not."""
    draw = np.random.default_rng(seed)
    every = np.array(list(combinations(range(size), 2)), dtype=int).reshape(-1, 2)
    pairs = every[draw.random(len(every)) < 0.5]
    people = draw.integers(0, 20, size).astype(float)
    jobs = draw.integers(0, 5, size).astype(float)
    limits = [Limit("de population", people, high=people.sum() * draw.uniform(0.3, 1))]
    if draw.random() < 0.3:
        limits.append(Limit("d'emplois", jobs, low=float(draw.integers(0, 8))))
    groups = np.unique(draw.integers(0, 3, size), return_inverse=True)[1]
    return Choice(
        units=tuple(f"c{unit}" for unit in range(size)),
        links=every[draw.random(len(every)) < draw.choice([0.2, 0.35, 0.6])],
        own=draw.integers(1, 4, size).astype(float),
        pairs=pairs,
        pair_value=draw.integers(0, 9, len(pairs)).astype(float),
        limits=tuple(limits),
        root=None if draw.random() < 0.5 else int(draw.integers(size)),
        include=draw.integers(size, size=int(draw.random() < 0.2)),
        exclude=draw.integers(size, size=int(draw.random() < 0.2)),
        groups=groups if draw.random() < 0.4 else None,
        max_split=int(draw.integers(0, 2)),
    )


def every_worth(choice: Choice) -> list[tuple[float, np.ndarray]]:
    """Try every subset: those in one piece that keep the rules, with their worth."""
    links = {frozenset(pair) for pair in choice.links.tolist()}
    found = []
    for bits in range(1, 2**choice.size):
        held = np.array([bits >> unit & 1 for unit in range(choice.size)], dtype=bool)
        if not choice.allows(held):
            continue
        names = [str(unit) for unit in np.flatnonzero(held)]
        joined = groups_of(names, lambda a, b: frozenset((int(a), int(b))) in links)
        if len(joined) == 1:
            found.append((choice.worth(held), held))
    return found


@pytest.mark.parametrize("seed", range(40))
def test_it_equals_every_subset_tried(seed) -> None:
    choice = territory(seed, size=2 + seed % 7)
    worths = every_worth(choice)
    if not worths:
        with pytest.raises(InfeasibleError, match="optimum"):
            best_set(choice, gap=0.0, max_nodes=MANY_NODES)
        return
    found = best_set(choice, gap=0.0, max_nodes=MANY_NODES)
    best = max(worth for worth, _ in worths)
    assert found.value == pytest.approx(best)
    assert found.bound == pytest.approx(best, abs=1e-5)
    assert found.proved
    assert any(np.array_equal(found.held, held) for _, held in worths)


@pytest.mark.parametrize("seed", range(4))
def test_it_equals_every_subset_of_twelve_units(seed) -> None:
    choice = replace(territory(200 + seed, size=12), groups=None)
    best = max(worth for worth, _ in every_worth(choice))
    found = best_set(choice, gap=0.0, max_nodes=MANY_NODES)
    assert found.value == pytest.approx(best)
    assert found.proved


@pytest.mark.parametrize("seed", range(20))
def test_the_bound_holds_with_few_nodes_and_few_pairs(seed) -> None:
    choice = territory(seed, size=8)
    worths = every_worth(choice)
    if not worths:
        return
    best = max(worth for worth, _ in worths)
    found = best_set(choice, gap=0.0, max_nodes=500, max_rounds=2, max_pairs=4)
    assert found.value <= best + 1e-9 <= found.bound + 1e-6
    assert found.omitted == pytest.approx(
        np.sort(choice.pair_value)[: max(0, len(choice.pairs) - 4)].sum()
    )


def test_the_order_of_units_and_pairs_changes_nothing() -> None:
    choice = replace(
        territory(3, size=9), root=None, groups=None, include=NONE, exclude=NONE
    )
    rng = np.random.default_rng(0)
    # Values that no two sets share, so that the optimum is one set.
    choice = replace(
        choice, own=rng.random(9), pair_value=rng.random(len(choice.pairs))
    )
    order = rng.permutation(9)
    place = np.argsort(order)
    turned = replace(
        choice,
        units=tuple(np.array(choice.units)[order]),
        links=place[choice.links][::-1],
        own=choice.own[order],
        pairs=place[choice.pairs][::-1],
        pair_value=choice.pair_value[::-1],
        limits=tuple(replace(one, weight=one.weight[order]) for one in choice.limits),
    )
    first = best_set(choice, gap=0.0, max_nodes=MANY_NODES)
    other = best_set(turned, gap=0.0, max_nodes=MANY_NODES)
    assert other.value == pytest.approx(first.value)
    assert other.held.tolist() == first.held[order].tolist()


def test_the_same_choice_gives_the_same_set() -> None:
    choice = territory(7, size=9)
    first, again = (best_set(choice, gap=0.0, max_nodes=40) for _ in range(2))
    assert first.held.tolist() == again.held.tolist()
    assert (first.bound, first.n_nodes) == (again.bound, again.n_nodes)


NONE = np.zeros(0, dtype=int)


def line(**changes) -> Choice:
    """Lay four communes in a row, 100 people each."""
    people = np.full(4, 100.0)
    row = Choice(
        units=("31001", "31002", "31003", "31004"),
        links=np.array([[0, 1], [1, 2], [2, 3]]),
        own=np.array([1.0, 1.0, 1.0, 1.0]),
        pairs=np.array([[0, 3]]),
        pair_value=np.array([8.0]),
        limits=(Limit("de population", people, high=300.0),),
        root=0,
    )
    return replace(row, **changes)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"include": np.array([1]), "exclude": np.array([1])},
            "« 31002 » à la fois imposée et exclue",
        ),
        (
            {"include": np.array([3]), "exclude": np.array([1])},
            r"communes imposées que rien ne relie \(31001, 31004…\)",
        ),
        (
            {"limits": (Limit("d'emplois", np.full(4, 5.0), low=10_000),)},
            "plancher d'emplois 10\u202f000 impossible : au plus 20",
        ),
        (
            {
                "include": np.array([1]),
                "limits": (Limit("de population", np.full(4, 100.0), high=150.0),),
            },
            "plafond de population 150 dépassé par les seules communes imposées",
        ),
        ({"own": np.zeros(4), "pair_value": np.zeros(1)}, "aucun échange"),
        ({"include": np.array([3])}, "aucun périmètre d'un seul tenant"),
    ],
    ids=["both", "cut off", "floor", "ceiling", "nothing", "together"],
)
def test_rules_that_clash_are_named(changes, told) -> None:
    with pytest.raises(InfeasibleError, match=told):
        best_set(line(**changes))


def test_the_far_pair_is_taken_when_the_ceiling_lets_it() -> None:
    wide = line(limits=(Limit("de population", np.full(4, 100.0), high=400.0),))
    assert best_set(wide, gap=0.0).value == 12.0
    assert best_set(line(), gap=0.0).value == 3.0


def test_a_unit_whose_links_are_excluded_stays_alone() -> None:
    found = best_set(line(exclude=np.array([1])), gap=0.0)
    assert found.held.tolist() == [True, False, False, False]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"own": np.array([1.0, np.nan, 1.0, 1.0])}, "valeur propre : nombre négatif"),
        ({"own": np.ones(3)}, "valeur propre : 3 nombres pour 4"),
        ({"pair_value": np.array([-1.0])}, "valeur de paire : nombre négatif"),
        ({"pairs": np.array([[0, 9]])}, "paires : unité inconnue"),
        ({"pairs": np.array([[1, 1]])}, "paires : répétées, ou d'une seule unité"),
        (
            {"pairs": np.array([[0, 3], [3, 0]]), "pair_value": np.ones(2)},
            "paires : répétées",
        ),
        ({"links": np.array([[0.0, 1.0]])}, "liens : deux indices entiers"),
        ({"root": 7}, "unité imposée ou exclue inconnue"),
        ({"exclude": np.array([-1])}, "unité imposée ou exclue inconnue"),
        ({"groups": np.zeros(2, dtype=int)}, "groupes : un par unité"),
        (
            {"limits": (Limit("d'emplois", np.array([1.0, -5.0, 1.0, 1.0]), high=1),)},
            "limite d'emplois : nombre négatif",
        ),
        (
            {"limits": (Limit("d'emplois", np.ones(4), low=3.0, high=2.0),)},
            "limite d'emplois : plancher 3, plafond 2",
        ),
    ],
)
def test_unsound_arrays_are_refused(changes, told) -> None:
    with pytest.raises(SchemaError, match=told):
        best_set(line(**changes))


@pytest.mark.parametrize("factor", [1e-9, 1e9])
def test_the_unit_of_the_values_changes_nothing(factor) -> None:
    choice = territory(11, size=9)
    other = replace(
        choice, own=choice.own * factor, pair_value=choice.pair_value * factor
    )
    first = best_set(choice, gap=0.0, max_nodes=MANY_NODES)
    again = best_set(other, gap=0.0, max_nodes=MANY_NODES)
    assert again.value == pytest.approx(first.value * factor)
    assert again.gap == pytest.approx(first.gap, abs=1e-6)
    assert again.proved


def test_a_heavy_group_is_no_short_way_to_what_is_worth_holding() -> None:
    # From the root, three light communes or a heavy group lead to what is worth most.
    weight = np.array([1.0, 1.0, 1.0, 1.0, 50.0, 10.0])
    choice = Choice(
        units=("root", "a", "b", "c", "heavy", "far"),
        links=np.array([[0, 1], [1, 2], [2, 3], [3, 5], [0, 4], [4, 5]]),
        own=np.array([1.0, 0.0, 0.0, 0.0, 0.0, 100.0]),
        pairs=np.zeros((0, 2), dtype=int),
        pair_value=np.zeros(0),
        limits=(Limit("de population", weight, high=40.0),),
        root=0,
    )
    found = best_set(choice, gap=0.0, max_nodes=1, max_rounds=1)
    assert found.held.tolist() == [True, True, True, True, False, True]


@pytest.mark.parametrize("seed", range(60, 72))
def test_groups_held_in_part_are_found_within_few_nodes(seed) -> None:
    draw = np.random.default_rng(seed)
    choice = replace(
        territory(seed, size=9),
        include=NONE,
        exclude=NONE,
        groups=np.repeat([0, 1, 2], 3),
        max_split=int(draw.integers(0, 3)),
    )
    worths = every_worth(choice)
    if not worths:
        return
    found = best_set(choice, gap=0.0, max_nodes=MANY_NODES)
    assert found.value == pytest.approx(max(worth for worth, _ in worths))
    assert choice.n_split(found.held) <= (choice.max_split or 0)

"""Random contours against enumeration, rules kept, chains that mix."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chisquare

from eitgeo.errors import InfeasibleError
from eitgeo.perimeters.contours.mesh import broken_rules, enclaves, make_mesh
from eitgeo.perimeters.ensemble.ensemble import mixing, sample_contours
from eitgeo.study.methods import Ensemble, Rules
from tests.perimeters.toy import code_at, make_contiguity, make_grid

GRID = make_grid("1112", "1122", "3322")
MESH = make_mesh(GRID, make_contiguity(GRID), root=code_at(1, 1))
FREE = [code for code in MESH.codes if code != MESH.root]


def all_contours(rules: Rules) -> list[frozenset[str]]:
    """List every set that keeps the rules, by trying them all."""
    found = []
    for size in range(len(FREE) + 1):
        for some in itertools.combinations(FREE, size):
            held = frozenset({MESH.root, *some})
            if not broken_rules(held, rules, MESH) and not enclaves(held, MESH):
                found.append(held)
    return found


def cut_links(held: frozenset[str]) -> int:
    """Count the road links from a set to the rest."""
    return sum(near not in held for code in held for near in MESH.near[code])


def draw(rules: Rules, seed: int, **law) -> tuple[list[frozenset[str]], pd.DataFrame]:
    """Draw contours, and keep them."""
    seen: list[frozenset[str]] = []

    def keep(held: frozenset[str]) -> float:
        seen.append(held)
        return float(len(held))

    chain = sample_contours(
        MESH,
        rules,
        law=Ensemble(**law),
        observed={"n_communes": keep},
        rng=np.random.default_rng(seed),
    )
    return seen, chain.values


CEILING = Rules(ceilings={"n_communes": 5}, exclude=(code_at(0, 3),))


SEEDS = [1, 2, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (3, 4, 5))]
"""Two show a chance that is not asked, or a move that has no way back."""


@pytest.mark.parametrize("border_weight", [0.0, 0.4, 0.8])
@pytest.mark.parametrize("seed", SEEDS)
def test_draws_follow_the_law(seed: int, border_weight: float) -> None:
    sets = all_contours(CEILING)
    weight = np.array([math.exp(-border_weight * cut_links(held)) for held in sets])
    seen, _ = draw(
        CEILING, seed, n_draws=12 * len(sets), thinning=120, border_weight=border_weight
    )
    counts = pd.Series(seen).value_counts()
    assert set(counts.index) <= set(sets)
    met = np.array([counts.get(held, 0) for held in sets])
    expected = len(seen) * weight / weight.sum()
    # Rare contours count as one.
    rare = expected < 5
    assert rare.mean() < (0.9 if border_weight else 0.01)
    counted = np.append(met[~rare], met[rare].sum())
    hoped = np.append(expected[~rare], expected[rare].sum())
    assert chisquare(counted[hoped > 0], hoped[hoped > 0]).pvalue > 0.01


def test_rules_are_kept_and_all_contours_reached() -> None:
    rules = Rules(
        include=(code_at(0, 0),),
        locked=((code_at(1, 2), code_at(2, 2)),),
        floors={"population": 1500},
        max_split_epci=2,
    )
    sets = all_contours(rules)
    seen, values = draw(rules, 7, n_draws=2000, thinning=40, border_weight=0.0)
    assert set(seen) == set(sets)
    assert values["n_communes"].tolist() == [len(held) for held in seen]


def test_same_seed_same_draws() -> None:
    law = {"n_draws": 50, "thinning": 20}
    first, _ = draw(Rules(), 11, **law)
    assert draw(Rules(), 11, **law)[0] == first
    assert draw(Rules(), 12, **law)[0] != first


def test_enclaves_come_only_where_they_are_told() -> None:
    law = {"n_draws": 1500, "thinning": 20, "border_weight": 0.0}
    filled, _ = draw(Rules(), 3, **law)
    told, _ = draw(Rules(enclaves="signaler"), 3, **law)
    assert not any(enclaves(held, MESH) for held in filled)
    assert any(enclaves(held, MESH) for held in told)


def test_bounds_that_nothing_meets_are_refused() -> None:
    tight = Rules(floors={"population": 7750}, ceilings={"population": 7790})
    with pytest.raises(InfeasibleError, match="aucun contour de départ"):
        draw(tight, 1, n_draws=4, thinning=1)


def test_mixing_tells_chains_that_agree_from_those_that_do_not() -> None:
    rng = np.random.default_rng(5)
    same = [pd.DataFrame({"x": rng.normal(size=500), "fixed": 1.0}) for _ in range(4)]
    found = mixing(same)
    assert found.loc["x", "rhat"] == pytest.approx(1, abs=0.01)
    assert found.loc["x", "ess"] == pytest.approx(2000, rel=0.2)
    assert found["is_mixed"].tolist() == [True, False]
    apart = [chain.assign(x=chain["x"] + 3 * rank) for rank, chain in enumerate(same)]
    assert mixing(apart)["rhat"].to_dict()["x"] > 1.5
    with pytest.raises(InfeasibleError, match="deux chaînes"):
        mixing(same[:1])

"""What does not vote by mending, on random small territories: certified, or refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import event, given, settings

from eitgeo.errors import InfeasibleError
from eitgeo.perimeters.contours.candidate import union_perimeters
from eitgeo.perimeters.contours.certificate import certify
from eitgeo.perimeters.contours.mesh import broken_rules, enclaves, make_mesh
from eitgeo.perimeters.ensemble.ensemble import sample_contours
from eitgeo.perimeters.optimum.exchanges import (
    exchange_choice,
    exchange_perimeter,
    with_rules,
)
from eitgeo.perimeters.optimum.optimum import best_set
from eitgeo.study.methods import Ensemble, ExchangeContour
from tests.perimeters.test_methods import ROOT, territories
from tests.perimeters.toy import groups_of, side_by_side


@settings(max_examples=60, deadline=None)
@given(territories())
def test_the_contour_by_the_exchanges_is_certified_or_refused(territory) -> None:
    grid, contiguity, rules, seed = territory
    rng = np.random.default_rng(seed)
    codes = sorted(grid["code_insee"])
    pairs = [(a, b) for a in codes for b in codes if a <= b]
    trade = pd.DataFrame(pairs, columns=["code_a", "code_b"])
    trade["t_mid"] = rng.integers(0, 4, len(trade)) * 1.0
    jobs = pd.Series(rng.integers(0, 9, len(codes)) * 1.0, codes)
    contour = ExchangeContour(
        population_share=float(rng.choice([0.3, 0.6, 1.0])),
        root="fixed" if seed % 2 else "free",
        max_split_epci=rules.max_split_epci,
        min_population=rules.floors.get("population", 0.0),
        include=rules.include,
        exclude=rules.exclude,
    )
    try:
        choice = exchange_choice(
            grid, contiguity, trade, jobs=jobs, root=ROOT, contour=contour
        )
        found = best_set(choice, max_nodes=40)
    except InfeasibleError:
        event("refused")
        return
    event("certified")
    held = frozenset(np.array(choice.units)[found.held].tolist())
    one = exchange_perimeter(held, found, contour=contour)
    ruled = with_rules(one, grid, jobs=jobs, root=ROOT, contour=contour)
    # It raises where a rule is broken or a piece is apart.
    (certificate,) = certify([ruled], grid, contiguity=contiguity)
    assert len(groups_of(sorted(held), side_by_side)) == 1
    assert certificate.n_pieces_border == 1
    if rules.max_split_epci is None:
        assert certificate.n_pieces_road == 1
    both = trade["code_a"].isin(held) & trade["code_b"].isin(held)
    assert found.value == pytest.approx(trade.loc[both, "t_mid"].sum())


@settings(max_examples=60, deadline=None)
@given(territories())
def test_random_contours_are_certified_or_refused(territory) -> None:
    grid, contiguity, rules, seed = territory
    drawn: set[frozenset[str]] = set()

    def note(held: frozenset[str]) -> float:
        drawn.add(held)
        return float(len(held))

    try:
        mesh = make_mesh(grid, contiguity, root=ROOT)
        sample_contours(
            mesh,
            rules,
            law=Ensemble(n_draws=12, thinning=15),
            observed={"n_communes": note},
            rng=np.random.default_rng(seed),
        )
    except InfeasibleError:
        event("refused")
        return
    event(f"{len(drawn)} contours")
    for held in drawn:
        assert broken_rules(held, rules, mesh) == []
        assert rules.enclaves == "signaler" or not enclaves(held, mesh)
        assert len(groups_of(sorted(held), lambda a, b: b in mesh.near[a])) == 1


@settings(max_examples=60, deadline=None)
@given(territories())
def test_unions_of_whole_epci_are_certified(territory) -> None:
    grid, contiguity, _, _ = territory
    siren = str(grid.set_index("code_insee")["epci_siren"][ROOT])
    names = {one: one for one in grid["epci_siren"]}
    unions = union_perimeters(
        grid, contiguity, names=names, root_epci=siren, limit=1000
    )
    assert len({one.codes for one in unions}) == len(unions)
    for one in unions:
        assert ROOT in one.codes
        n_pieces = len(groups_of(sorted(one.codes), side_by_side))
        event(f"{n_pieces} pieces")  # more than one: an EPCI that is so itself
        (certificate,) = certify([one], grid, contiguity=contiguity)
        assert (certificate.n_pieces_border, certificate.n_epci_cut) == (n_pieces, 0)

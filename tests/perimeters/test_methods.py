"""Methods that vote: by hand, then on random small territories."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.spatial.distance import cdist
from sklearn.cluster import AgglomerativeClustering
from spopt.region.skater import SpanningForest

from eitgeo.errors import InfeasibleError
from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.perimeters.contours.certificate import certify
from eitgeo.perimeters.contours.mesh import broken_rules, make_mesh, mend
from eitgeo.perimeters.ensemble.core_fringe import FAMILIES
from eitgeo.perimeters.ensemble.votes import Field, cast_votes
from eitgeo.perimeters.methods.regions import (
    maxp_regions,
    skater_cuts,
    ward_cuts,
    weights_of,
)
from eitgeo.perimeters.methods.ties import (
    Ties,
    commune_features,
    community_regions,
    sector_jobs,
    sector_ties,
)
from eitgeo.study.methods import Affinity, Rules, Votes
from tests.perimeters.toy import code_at, make_contiguity, make_grid

ROOT = code_at(0, 0)
SYNERGIES = pd.DataFrame(
    {"source_naf": ["16.10A;10.11Z", "25.11Z"], "target_naf": ["17.11Z", "16.10A"]}
)
FEW = Votes(
    minutes=(15, 30),
    regions=(2, 3),
    population_shares=(0.3, 0.6),
    resolutions=(0.5, 1),
    sector_weights=(0, 0.5),
    n_seeds=2,
    n_draws=2,
)

ONE_OF_EACH = Votes(
    minutes=(20,),
    regions=(2,),
    population_shares=(0.5,),
    resolutions=(1,),
    sector_weights=(0.3,),
    n_seeds=1,
    n_draws=1,
)


def a_field(seed: int, grid, contiguity, rules: Rules | None = None) -> Field:
    """Fill communes with sectors, exchanges and minutes drawn from a seed."""
    rng = np.random.default_rng(seed)
    codes = sorted(grid["code_insee"])
    # Whole numbers: ties are met often.
    jobs = pd.DataFrame(rng.integers(0, 4, (len(codes), 3)), codes, ["10", "16", "17"])
    minutes = pd.DataFrame(rng.integers(1, 9, (len(codes), 2)) * 5.0, codes, ["a", "b"])
    pairs = [(a, b) for a in codes for b in codes if a < b]
    frame = pd.DataFrame(pairs, columns=["code_a", "code_b"])
    drawn = [frame.assign(t_mid=rng.integers(0, 3, len(frame)) * 1.0) for _ in range(2)]
    mesh = make_mesh(grid, contiguity, root=ROOT)
    truck = pd.DataFrame(pairs, columns=["origin_id", "destination_id"]).assign(
        time_s=60.0 * rng.integers(1, 90, len(pairs))
    )
    from_root = pd.DataFrame(
        {
            "destination_id": codes * 2,
            "profile": ["car"] * len(codes) + ["truck"] * len(codes),
            "time_s": 60.0 * rng.integers(1, 40, 2 * len(codes)),
        }
    )
    sectors = sector_ties(
        mesh, jobs, rules=SYNERGIES, truck_minutes=truck, max_minutes=60
    )
    return Field(
        mesh=mesh,
        rules=rules or Rules(),
        sectors=sectors,
        exchanges=drawn,
        town_minutes=minutes,
        jobs=jobs,
        from_root=from_root,
        affinity=Affinity(),
        seed=seed,
    )


def pulled(mesh, *pairs: tuple[str, str, float]) -> Ties:
    """Return ties of some pairs."""
    n = len(mesh.codes)
    at = {code: rank for rank, code in enumerate(mesh.codes)}
    found = np.zeros((n, n))
    for a, b, pull in pairs:
        found[at[a], at[b]] = found[at[b], at[a]] = pull
    return Ties(mesh, csr_array(found))


ROW = make_grid("111222")
ROW_CODES = list(ROW["code_insee"])
ROW_MESH = make_mesh(ROW, make_contiguity(ROW), root=ROOT)
TWO_VALLEYS = np.array([[0.0], [0.1], [0.2], [5.0], [5.1], [5.3]])
HALVES = [0, 0, 0, 1, 1, 1]


def test_methods_of_like_communes_find_two_valleys() -> None:
    for method in (ward_cuts, skater_cuts):
        assert method(ROW_MESH, TWO_VALLEYS)(2).tolist() == HALVES
    # 100 + 200 + 300 inhabitants, then 400 + 500, and 600 make three.
    found = maxp_regions(ROW_MESH, TWO_VALLEYS, floor=600, seed=3, n_starts=30)
    assert found.tolist() == [0, 0, 0, 1, 1, 2]


@pytest.mark.parametrize("seed", range(4))
def test_skater_cuts_where_the_library_alone_would(seed: int) -> None:
    square = make_grid(*["1111111"] * 6)
    mesh = make_mesh(square, make_contiguity(square), root=ROOT)
    rng = np.random.default_rng(seed)
    # Few values: many cuts are as good, and the first of them is taken.
    features = rng.integers(0, 3, (len(mesh.codes), 2)) / 3
    forest = SpanningForest(
        dissimilarity=lambda one, other: (
            cdist(one, one if other is None else other, "cityblock") + 1e-9
        )
    )
    forest.fit(n_clusters=9, W=weights_of(mesh), data=features)
    found = skater_cuts(mesh, features)(9)
    assert pd.factorize(found)[0].tolist() == (
        pd.factorize(forest.current_labels_)[0].tolist()
    )


@pytest.mark.parametrize("seed", range(2))
def test_several_numbers_of_regions_are_those_that_each_alone_would_be(seed) -> None:
    """Ward as scikit-learn cuts its tree, SKATER begun again; many are equals."""
    square = make_grid(*["11111"] * 6)
    mesh = make_mesh(square, make_contiguity(square), root=ROOT)
    features = np.random.default_rng(seed).integers(0, 3, (len(mesh.codes), 2)) / 3
    ward, skater = ward_cuts(mesh, features), skater_cuts(mesh, features)
    for n_regions in (5, 2, 30, 4):
        model = AgglomerativeClustering(
            n_clusters=n_regions, connectivity=mesh.minutes, linkage="ward"
        )
        alone = pd.factorize(model.fit_predict(features))[0]
        assert ward(n_regions).tolist() == alone.tolist()
        again = skater_cuts(mesh, features)(n_regions)
        assert skater(n_regions).tolist() == again.tolist()


def test_skater_joins_neighbours_that_are_the_same() -> None:
    same = np.zeros((6, 1))
    assert skater_cuts(ROW_MESH, same)(1).tolist() == [0] * 6


def test_communities_are_made_contiguous() -> None:
    """The first and the last commune exchange most, but nothing joins them."""
    a, b, c, d, e, f = ROW_CODES
    ties = pulled(
        ROW_MESH, (a, f, 9.0), (a, b, 5.0), (b, c, 4.0), (d, e, 6.0), (e, f, 1.0)
    )
    found = community_regions(ties, resolution=1.0, seed=1)
    assert found[a] == found[b]
    # One number a stretch of the row.
    assert found.diff().ne(0).sum() == len(set(found))


def test_a_commune_that_nothing_ties_joins_the_nearest() -> None:
    a, b, c, d, e, f = ROW_CODES
    ties = pulled(ROW_MESH, (a, b, 1.0), (e, f, 1.0))
    minutes = make_contiguity(ROW).assign(road_minutes=[9.0, 3.0, 5.0, 2.0, 9.0])
    mesh = make_mesh(ROW, minutes, root=ROOT)
    found = community_regions(Ties(mesh, ties.matrix), resolution=1.0, seed=1)
    assert found[a] == found[b] == found[c]
    assert found[d] == found[e] == found[f]


def test_seeds_leave_the_global_generator_alone() -> None:
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    maxp_regions(ROW_MESH, TWO_VALLEYS, floor=600, seed=3)
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002


def test_floors_and_counts_out_of_reach_are_refused() -> None:
    with pytest.raises(InfeasibleError, match=r"plancher de 2.200 .* compte 2.100"):
        maxp_regions(ROW_MESH, TWO_VALLEYS, floor=2200, seed=1)
    for method in (ward_cuts, skater_cuts):
        with pytest.raises(InfeasibleError, match="7 régions pour 6 communes"):
            method(ROW_MESH, TWO_VALLEYS)(7)


def test_no_tie_at_all_is_refused() -> None:
    given_field = a_field(1, ROW, make_contiguity(ROW))
    nothing = given_field.exchanges[0].assign(t_mid=0.0)
    with pytest.raises(InfeasibleError, match="affinité nulle entre toutes"):
        given_field.sectors.with_exchanges(
            nothing, Affinity(exchanges=1, complementarity=0, similarity=0)
        )


def test_ties_by_hand() -> None:
    """Two communes with 4 and 9 jobs of division 16, one of them 1 of 17.

    Similarity √4 √9 = 6; no rule joins 16 to 16; one rule joins 16 to 17: √4 √1.
    At 30 of 60 minutes, half of it.
    """
    grid = make_grid("11")
    a, b = grid["code_insee"]
    mesh = make_mesh(grid, make_contiguity(grid), root=a)
    jobs = pd.DataFrame({"16": [4.0, 9.0], "17": [0.0, 1.0]}, index=[a, b])
    truck = pd.DataFrame({"origin_id": [a, b], "destination_id": [b, a]})
    found = sector_ties(
        mesh,
        jobs,
        rules=SYNERGIES,
        truck_minutes=truck.assign(time_s=1800.0),
        max_minutes=60,
    )
    assert found.similarity.tolist() == [[0, 3], [3, 0]]
    assert found.complementarity.tolist() == [[0, 1], [1, 0]]
    mixed = found.with_exchanges(
        pd.DataFrame({"code_a": [a], "code_b": [b], "t_mid": [12.0]}), Affinity()
    )
    assert mixed.captured([a, b]) == pytest.approx(1.0)
    assert mixed.captured([a]) == 0


def test_jobs_of_unknown_size_or_activity_count_nowhere() -> None:
    sites = pd.DataFrame(
        {
            "code_insee": [ROOT, ROOT, ROOT],
            "naf_rev2": ["16.10A", "16.21Z", ""],
            "headcount_mid": [3.0, np.nan, 9.0],
        }
    )
    assert sector_jobs(sites).to_dict() == {"16": {ROOT: 3.0}}


def test_features_weigh_minutes_and_sectors() -> None:
    grid = make_grid("11")
    mesh = make_mesh(grid, make_contiguity(grid), root=ROOT)
    minutes = pd.DataFrame({"t": [10.0, 20.0]}, index=mesh.codes)
    jobs = pd.DataFrame({"10": [1.0, 0.0], "16": [0.0, 5.0]}, index=mesh.codes)
    road = commune_features(mesh, minutes, jobs=jobs, sector_weight=0)
    assert road.tolist() == [[-1.0], [1.0]]
    both = commune_features(mesh, minutes, jobs=jobs, sector_weight=0.25)
    assert both[:, :1].tolist() == [[-0.75], [0.75]]
    assert (both[:, 1:] ** 2).sum() == pytest.approx(2 * 0.25**2)
    with pytest.raises(InfeasibleError, match="aucune ville"):
        commune_features(mesh, minutes[[]], jobs=jobs, sector_weight=0)
    with pytest.raises(InfeasibleError, match=r"1 communes .*dont 31010"):
        commune_features(
            mesh,
            minutes.mask(minutes["t"].eq(20)),
            jobs=jobs,
            sector_weight=0,
        )


@st.composite
def territories(draw):
    """Draw a small grid with islands, holes, borders without roads, and rules."""
    rows = draw(
        st.lists(
            st.text("1234..", min_size=4, max_size=4), min_size=3, max_size=4
        ).filter(lambda rows: rows[0][0] != ".")
    )
    grid = make_grid(*rows)
    contiguity = make_contiguity(grid)
    closed = draw(
        st.lists(st.booleans(), min_size=len(contiguity), max_size=len(contiguity))
    )
    rare = np.array(closed, dtype=bool) & (np.arange(len(contiguity)) % 3 == 0)
    contiguity.loc[rare, "road_minutes"] = np.nan
    codes = st.sampled_from(sorted(grid["code_insee"]))
    rules = Rules(
        include=draw(st.lists(codes, max_size=1)),
        exclude=draw(st.lists(codes, max_size=1)),
        floors=draw(st.sampled_from([{}, {"population": 1000}])),
        ceilings=draw(st.sampled_from([{}, {"n_communes": 5}])),
        max_split_epci=draw(st.sampled_from([None, 0, 1])),
        split_price=draw(st.sampled_from([0, 400])),
        enclaves=draw(st.sampled_from(["remplir", "signaler"])),
    )
    return grid, contiguity, rules, draw(st.integers(0, 2**20))


@settings(max_examples=60, deadline=None)
@given(territories())
def test_every_method_is_certified_or_refused(territory) -> None:
    grid, contiguity, rules, seed = territory
    try:
        given_field = a_field(seed, grid, contiguity, rules)
        votes = cast_votes(given_field, ONE_OF_EACH, quick=False)
    except InfeasibleError:
        return
    assert {vote.family for vote in votes} == set(FAMILIES) - {"optimum"}
    for vote in votes:
        if vote.refusal:
            assert not vote.codes
            continue
        assert broken_rules(vote.codes, rules, given_field.mesh) == []
        one = Candidate(vote.run_id, vote.run_id, vote.family, vote.codes)
        (certificate,) = certify([one], grid, contiguity=contiguity)
        assert (certificate.n_pieces_border, certificate.n_pieces_road) == (1, 1)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**20))
def test_same_seed_and_any_order_of_rows_give_the_same_votes(seed: int) -> None:
    grid = make_grid("1122", "1.22", "3344")
    contiguity = make_contiguity(grid)
    first = cast_votes(a_field(seed, grid, contiguity), FEW, quick=False)
    turned = a_field(
        seed,
        grid.sample(frac=1, random_state=seed),
        contiguity.sample(frac=1, random_state=seed),
    )
    again = cast_votes(turned, FEW, quick=False)
    assert [(v.run_id, v.codes) for v in again] == [(v.run_id, v.codes) for v in first]
    assert len({vote.run_id for vote in first}) == len(first)


def test_a_quick_study_runs_less_and_no_maxp() -> None:
    grid = make_grid("1122", "1122", "3344")
    given_field = a_field(5, grid, make_contiguity(grid))
    quick = cast_votes(given_field, FEW, quick=True)
    full = cast_votes(given_field, FEW, quick=False)
    assert "maxp" not in {vote.family for vote in quick}
    assert len(quick) < len(full)
    cuts = [vote.parameters for vote in quick if vote.family == "skater"]
    told = [(cut["sector_weight"], cut["n_regions"]) for cut in cuts]
    assert told == [(0.0, 2), (0.0, 3), (0.5, 3)]
    by_id = {(vote.family, str(vote.parameters)): vote.codes for vote in full}
    for vote in quick:
        assert by_id[vote.family, str(vote.parameters)] == vote.codes


def test_growth_reaches_the_share_that_is_asked_for() -> None:
    grid = make_grid("1122", "1122", "3344")
    given_field = a_field(5, grid, make_contiguity(grid))
    total = given_field.mesh.total(given_field.mesh.codes, "population")
    grown = [
        vote
        for vote in cast_votes(given_field, FEW, quick=True)
        if vote.family == "croissance"
    ]
    for vote in grown:
        people = given_field.mesh.total(vote.codes, "population")
        assert people >= float(str(vote.parameters["population_share"])) * total
        assert vote.told == {}


def test_what_mending_did_is_told() -> None:
    ties = a_field(1, ROW, make_contiguity(ROW)).ties()
    found = mend([ROOT, ROW_CODES[3]], ROW_MESH, Rules(), ties=ties, method="x")
    assert found.told == {"n_added": 0, "n_removed": 1}


def test_the_contour_by_the_exchanges_votes_too_and_keeps_the_rules() -> None:
    """That of the study first; one that no solver finds is a refusal, not a fault."""

    def refused() -> frozenset[str]:
        message = "aucun contour ne tient les règles"
        raise InfeasibleError(message)

    grid = make_grid("1122", "1122", "3344")
    far = frozenset(sorted(grid["code_insee"])[:2]) | {ROOT}
    plain = a_field(5, grid, make_contiguity(grid))
    optima = [({"population_share": 0.5}, lambda: far), ({}, refused)]
    full = cast_votes(replace(plain, optima=optima), FEW, quick=False)
    mine = [vote for vote in full if vote.family == "optimum"]
    assert [bool(vote.refusal) for vote in mine] == [False, True]
    assert mine[0].parameters == {"population_share": 0.5}
    assert broken_rules(mine[0].codes, plain.rules, plain.mesh) == []
    quick = cast_votes(replace(plain, optima=optima), FEW, quick=True)
    assert [vote.family for vote in quick].count("optimum") == len(optima)

"""The contour by the exchanges, its certificate, and rules that clash.

A row of five communes, EPCI 1 1 2 2 3; 100 to 500 people; the far pairs trade most.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from eitgeo.errors import InfeasibleError, StudyError
from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.perimeters.contours.certificate import certify
from eitgeo.perimeters.optimum.exchanges import (
    exchange_choice,
    exchange_perimeter,
    kept_exchanges,
    with_rules,
)
from eitgeo.perimeters.optimum.optimum import best_set, clash_text
from eitgeo.study.methods import ExchangeContour
from tests.perimeters.toy import code_at, make_contiguity, make_grid

GRID = make_grid("11223")
CODES = [code_at(0, n) for n in range(5)]
NEAR = make_contiguity(GRID)
TRADE = pd.DataFrame(
    {
        "code_a": [CODES[0], CODES[0], CODES[1], CODES[4]],
        "code_b": [CODES[0], CODES[1], CODES[4], "09999"],
        "t_mid": [3.0, 10.0, 50.0, 900.0],
    }
)
JOBS = pd.Series({CODES[0]: 5.0, CODES[3]: 40.0})


def choice(contiguity=NEAR, **rules):
    """Lay out the choice of the row."""
    contour = ExchangeContour(**({"population_share": 1.0} | rules))
    made = exchange_choice(
        GRID, contiguity, TRADE, jobs=JOBS, root=CODES[0], contour=contour
    )
    return made, contour


def drawn(**rules) -> Candidate:
    """Choose, and make the candidate with its rules."""
    made, contour = choice(**rules)
    found = best_set(made, gap=0.0)
    codes = frozenset(np.array(made.units)[found.held].tolist())
    one = exchange_perimeter(codes, found, contour=contour)
    return with_rules(one, GRID, jobs=JOBS, root=CODES[0], contour=contour)


def test_all_is_held_when_the_ceiling_lets_it() -> None:
    one = drawn()
    assert one.codes == set(CODES)
    assert one.objective == 63.0 == kept_exchanges(TRADE, one.codes)
    assert (one.root, one.method) == (CODES[0], "optimum")


def test_the_ceiling_cuts_the_far_pair() -> None:
    one = drawn(population_share=0.5)
    assert {CODES[0], CODES[1]} <= one.codes
    assert CODES[4] not in one.codes
    (found,) = certify([one], GRID, contiguity=NEAR)
    assert "population : " in found.sentence
    assert "plafond 750" in found.sentence
    assert "0,0 % d'échanges potentiels en plus" in found.sentence


def test_whole_epci_only() -> None:
    one = drawn(max_split_epci=0, population_share=0.7)
    assert one.codes in ({*CODES[:2]}, {*CODES[:4]})
    (found,) = certify([one], GRID, contiguity=NEAR)
    assert found.n_epci_cut == 0
    assert "EPCI coupés : 0, plafond 0" in found.sentence


def test_an_epci_that_no_road_joins_may_be_held_whole() -> None:
    gaps = make_contiguity(GRID, gaps=[(CODES[0], CODES[1])])
    joined, _ = choice(gaps, max_split_epci=1)
    apart, _ = choice(gaps)
    assert len(joined.links) == 4
    assert len(apart.links) == 3


def test_a_free_root_finds_the_best_pair_anywhere() -> None:
    one = drawn(root="free", population_share=0.95, exclude=(CODES[0],))
    assert one.codes == set(CODES[1:])
    assert one.root == ""


def test_a_rule_that_the_communes_break_is_refused() -> None:
    one = drawn(population_share=0.5)
    with pytest.raises(InfeasibleError, match=r"règle rompue .population : 1.500"):
        certify([replace(one, codes=frozenset(CODES))], GRID, contiguity=NEAR)
    with pytest.raises(InfeasibleError, match=f"imposée « {CODES[0]} » absente"):
        certify([replace(one, codes=frozenset(CODES[1:3]))], GRID, contiguity=NEAR)


def test_an_unknown_commune_gets_the_nearest() -> None:
    with pytest.raises(StudyError, match="include : commune « 31011 » hors du terr"):
        choice(include=("31011",))


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        (
            {"population_share": 0.5, "min_jobs": 45.0},
            [
                "règles incompatibles : plafond de population 750 ; plancher d'emplois",
                "plancher d'emplois : 5 au plus si les autres règles tiennent",
                "plafond de population : entre ",
            ],
        ),
        (
            {"max_split_epci": 0, "include": (CODES[2],), "exclude": (CODES[3],)},
            [
                f"ne plus imposer {CODES[2]}",
                f"ne plus exclure {CODES[3]}",
                "EPCI coupés : 1 suffisent",
            ],
        ),
        (
            {"include": (CODES[4],), "exclude": (CODES[1],)},
            [f"ne plus imposer {CODES[4]}", f"ne plus exclure {CODES[1]}"],
        ),
    ],
)
def test_rules_that_clash_are_told_with_what_would_do(rules, told) -> None:
    made, _ = choice(**rules)
    with pytest.raises(InfeasibleError):
        best_set(made)
    text = clash_text(made)
    for expected in told:
        assert expected in text, text


def test_what_is_told_would_do() -> None:
    made, _ = choice(population_share=0.5, min_jobs=45.0)
    text = clash_text(made)
    high = float(text.rpartition(" et ")[2].split(" si ")[0].replace("\u202f", ""))
    share = (high + 1) / 1_500
    loose, _ = choice(population_share=share, min_jobs=45.0)
    assert best_set(loose).held.sum() >= 4


def test_a_floor_that_no_piece_reaches_names_each_of_them() -> None:
    gaps = make_contiguity(GRID, gaps=[(CODES[1], CODES[2])])
    made, _ = choice(gaps, root="free", min_jobs=60.0)
    told = "plancher d'emplois 60 impossible pour 2 composantes : 40 et 5"
    with pytest.raises(InfeasibleError, match=told):
        best_set(made)


def test_a_floor_above_the_ceiling_is_told_with_both() -> None:
    told = r"plancher de population 900 au-dessus du plafond 750 → abaisser"
    with pytest.raises(InfeasibleError, match=told):
        choice(population_share=0.5, min_population=900.0)


def test_no_exchange_at_all_is_told() -> None:
    silent = TRADE.assign(t_mid=0.0)
    made = exchange_choice(
        GRID, NEAR, silent, jobs=JOBS, root=CODES[0], contour=ExchangeContour()
    )
    with pytest.raises(InfeasibleError, match="aucun échange"):
        best_set(made)


def test_an_epci_that_reaches_beyond_the_area_is_never_held_whole(monkeypatch) -> None:
    """EPCI 2 has a third member elsewhere: none of it, or one EPCI cut."""
    grid = GRID.assign(epci_communes=[2, 2, 3, 3, 1])
    monkeypatch.setattr("tests.perimeters.test_exchanges.GRID", grid)
    alone = drawn(max_split_epci=0)
    assert alone.codes == set(CODES[:2])
    (found,) = certify([alone], grid, contiguity=NEAR)
    assert "EPCI coupés : 0, plafond 0" in found.sentence
    all_of_it = drawn(max_split_epci=1)
    assert all_of_it.codes == set(CODES)
    (found,) = certify([all_of_it], grid, contiguity=NEAR)
    assert "EPCI coupés : 1, plafond 1" in found.sentence

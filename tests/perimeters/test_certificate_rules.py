"""What a certificate holds a perimeter to, and how it says so: by hand."""

import math
from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from eitgeo.errors import InfeasibleError
from eitgeo.perimeters.contours.candidate import Candidate, Rule
from eitgeo.perimeters.contours.certificate import certify
from tests.perimeters.toy import code_at, make_contiguity, make_grid

GRID = make_grid("112", "122")
ROADS = make_contiguity(GRID)
SQUARE = frozenset({code_at(0, 0), code_at(0, 1), code_at(1, 0), code_at(1, 1)})
"""EPCI 1 whole, EPCI 2 in part: two touched, one whole, one cut."""

OUT = code_at(0, 2)


def sentence(*rules: Rule, **about: Any) -> str:
    """Certify a perimeter that keeps some rules, and return what is said of it."""
    one = Candidate("p", "Périmètre p", "ward", SQUARE, rules=rules, **about)
    (found,) = certify([one], GRID, contiguity=ROADS)
    return found.sentence.replace("\N{NARROW NO-BREAK SPACE}", " ")


def jobs(each: float = 300.0, **bounds: float) -> Rule:
    """Bound a sum over communes: four times what each has."""
    return Rule("emplois", weight=dict.fromkeys(SQUARE, each), **bounds)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (jobs(low=1_000), "emplois : 1 200, plancher 1 000"),
        (jobs(high=2_000), "emplois : 1 200, plafond 2 000"),
        (jobs(low=1_200, high=1_200), "emplois : 1 200, plancher 1 200, plafond 1 200"),
        (jobs(), "emplois : 1 200"),
        (Rule("EPCI en partie", high=1), "EPCI en partie : 1, plafond 1"),
        (Rule("un seul", weight={code_at(0, 0): 7.0}), "un seul : 7"),
    ],
)
def test_a_rule_is_told_with_its_total_and_the_bounds_that_it_has(rule, told) -> None:
    assert sentence(rule).endswith(f" ; EPCI coupés : 1 ; {told}")


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (jobs(low=1_201), r"règle rompue \(emplois : 1.200, plancher 1.201\)"),
        (jobs(high=1_199), r"règle rompue \(emplois : 1.200, plafond 1.199\)"),
        (Rule("EPCI", high=0), r"règle rompue \(EPCI : 1, plafond 0\)"),
        (Rule("EPCI", low=2), r"règle rompue \(EPCI : 1, plancher 2\)"),
    ],
)
def test_a_broken_rule_is_refused_with_its_numbers(rule, told) -> None:
    with pytest.raises(InfeasibleError, match=told):
        sentence(rule)


def test_rules_are_told_in_their_order() -> None:
    said = sentence(jobs(), Rule("EPCI"), remark="dit par la méthode")
    assert said.endswith(" ; emplois : 1 200 ; EPCI : 1 ; dit par la méthode")


@pytest.mark.parametrize(
    ("total", "slack"),
    [(0.0, 1e-9), (1.0, 1e-9), (1e6, 1e-3)],
)
def test_a_bound_gives_way_by_a_billionth_of_the_total_and_no_more(
    total, slack
) -> None:
    """Of one at least: a total of zero has the rounding of its terms."""
    each = total / 4
    for within in (0.4 * slack, slack):
        assert "emplois" in sentence(jobs(each, low=total + within))
        assert "emplois" in sentence(jobs(each, high=total - within))
    for beyond in (1.5 * slack, 0.1, 1.5):
        for broken in ({"low": total + beyond}, {"high": total - beyond}):
            with pytest.raises(InfeasibleError, match="règle rompue"):
                sentence(jobs(each, **broken))


def test_imposed_communes_are_in_and_excluded_ones_are_not() -> None:
    inside, outside = frozenset({code_at(0, 0)}), frozenset({OUT})
    assert sentence(include=inside, exclude=outside) == sentence()
    with pytest.raises(
        InfeasibleError, match=rf"(?s)« Périmètre p ».*imposée « {OUT} » absente"
    ):
        sentence(include=outside)
    with pytest.raises(
        InfeasibleError,
        match=rf"(?s)« Périmètre p ».*exclue « {code_at(0, 0)} » présente",
    ):
        sentence(exclude=inside)


@pytest.mark.parametrize(
    ("gap", "told"),
    [(0.012, "1,2"), (0.0121, "1,3"), (0.0, "0,0"), (1.0, "100,0"), (0.25, "25,0")],
)
def test_the_gap_of_an_optimum_is_rounded_up_to_a_tenth(gap, told) -> None:
    """What is printed stays a bound; rounding of the gap itself adds no tenth."""
    assert sentence(gap=gap).endswith(
        " ; aucun contour qui tient ces règles ne garde plus "
        f"de {told} % d'échanges potentiels en plus (borne calculée)"
    )
    assert sentence(gap=gap + 1e-13) == sentence(gap=gap)
    assert "borne calculée" not in sentence(gap=math.nan)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (("111", "111"), "sans enclave ; aucun EPCI coupé"),
        (("111", "121", "111"), "1 enclave ; aucun EPCI coupé"),
        (("11111", "12131", "11111"), "2 enclaves ; aucun EPCI coupé"),
    ],
)
def test_enclaves_are_counted_in_words(rows, told) -> None:
    grid = make_grid(*rows)
    ring = frozenset(grid.loc[grid["epci_siren"].str.endswith("1"), "code_insee"])
    one = Candidate("p", "Périmètre p", "ward", ring)
    (found,) = certify([one], grid, contiguity=make_contiguity(grid))
    assert found.sentence.endswith(f" ; {told}")


def test_a_certificate_is_not_changed_once_it_is_made() -> None:
    one = Candidate("p", "Périmètre p", "ward", SQUARE)
    (found,) = certify([one], GRID, contiguity=ROADS)
    with pytest.raises(FrozenInstanceError):
        found.sentence = "aucun EPCI coupé"  # type: ignore[misc]

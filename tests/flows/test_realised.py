"""What animators make of a potential, on three cases that can be worked out by hand."""

import math

import numpy as np
import pandas as pd
import pytest

from eitgeo.flows.exchanges.realised import (
    CASES_OF,
    NONE_TELLS,
    UNTOLD,
    Animation,
    above_text,
    animation_of,
    lever_realised,
    realised,
    realised_text,
)
from eitgeo.reference.governance import CASE_NUMBERS, documented_cases
from eitgeo.study.governance import Governance
from eitgeo.words import NARROW, NBSP

NONE = math.nan
CASES = pd.DataFrame(
    {
        "name": [
            "Grand programme (GP)",
            "Vallée, atelier d’essai",
            "PORT Exchange",
        ],
        "years": ["2001-2003", "2010-2011", "2005-2013"],
        "n_firms": [1_000.0, 20.0, NONE],
        "n_realised": [200.0, 1.0, NONE],
        "t_per_year": [50_000.0, 300.0, 9_000.0],
        "eur_per_year": NONE,
        "tco2e_per_year": [NONE, NONE, 400.0],
        "fte": [10.0, NONE, NONE],
    },
    index=["programme", "vallee", "port"],
)
ONE = Animation(CASES, 1.0, (50.0, 100.0))


def plain(text: str) -> str:
    return text.replace(NARROW, " ").replace(NBSP, " ")


def test_a_case_is_brought_down_to_as_many_firms_and_never_up() -> None:
    """0.2 synergy by firm, for 50 to 100: 10 to 20; one in a valley of 20 stays one."""
    few = ONE._replace(cases=CASES.assign(n_realised=[80.0, 1.0, NONE]))
    found = realised(few, "n_realised")
    assert (found.low, found.high) == (1.0, 8.0)
    assert found.ends == ("Vallée", "GP")
    told = plain(realised_text(found, "synergies"))
    assert told == "≈ 1 à 8 synergies (Vallée, GP)"
    assert above_text(found) == "", "no potential is announced"


def test_synergies_of_eight_years_count_for_three_of_them() -> None:
    """200 synergies of 1 000 firms from 2001 to 2009: 75 in three years, 7.5 here."""
    long = CASES.assign(years=["2001-2009", "2010-2011", "2012"])
    found = realised(ONE._replace(cases=long), "n_realised")
    assert found.low == 1.0
    assert found.high == pytest.approx(7.5)
    tonnes = realised(ONE._replace(cases=long), "t_per_year")
    assert tonnes == realised(ONE, "t_per_year"), "tonnes are by year already"


def test_nothing_is_realised_above_the_potential_and_what_binds_is_told() -> None:
    found = realised(ONE, "t_per_year", potential=200.0)
    assert (found.low, found.high) == (200.0, 200.0)
    told = plain(realised_text(found, "t/an"))
    assert told == ("≈ 200 t/an (Vallée ; GP seul : 5 000 ; borné par le potentiel)")
    wide = realised(ONE, "t_per_year", potential=1_000.0)
    assert (wide.low, wide.high) == (300.0, 300.0)
    assert "borné" not in realised_text(wide, "t/an")


@pytest.mark.parametrize(
    ("potential", "told"),
    [
        (4_000.0, ""),
        (9_000.0, ""),
        (9_001.0, "soit plus que le plus élevé des cas documentés (PORT)"),
        (26_000.0, "soit ≈\xa03 fois le plus élevé des cas documentés (PORT)"),
    ],
)
def test_a_potential_above_every_case_says_by_how_much(potential, told) -> None:
    """A programme of 50 000 t comes to 5 000 for 100 firms; the port reached 9 000."""
    assert above_text(realised(ONE, "t_per_year", potential=potential)) == told


def test_a_case_that_was_brought_down_says_so() -> None:
    alone = ONE._replace(cases=CASES.drop(index="port"))
    told = above_text(realised(alone, "t_per_year", potential=50_000.0))
    assert told == (
        "soit ≈\xa010 fois le plus élevé des cas documentés "
        "(GP, à nombre égal d’entreprises)"
    )


def test_a_case_that_stands_apart_is_told_beside_the_interval() -> None:
    """100 firms of a programme make 5 000 t, of a valley of 20 at most 300."""
    for potential in (1e6, 2_000.0):  # the same, wherever it is printed
        found = realised(ONE, "t_per_year", potential=potential)
        assert (found.low, found.high, found.apart) == (300.0, 300.0, 5_000.0)
        told = plain(realised_text(found, "t/an"))
        assert told == "≈ 300 t/an (Vallée ; GP seul : 5 000)"
    near = CASES.assign(t_per_year=[30_000.0, 300.0, 9_000.0])
    found = realised(ONE._replace(cases=near), "t_per_year")
    assert (found.high, found.lone) == (3_000.0, ""), "ten times is not above ten times"
    alone = ONE._replace(cases=CASES.drop(index="vallee"))
    assert math.isnan(realised(alone, "t_per_year").apart)


def test_fewer_firms_than_animators_meet_bind() -> None:
    found = realised(ONE, "n_realised", n_sites=60.0)
    assert (found.low, found.high, found.apart) == (1.0, 1.0, 12.0)
    assert realised(ONE, "n_realised", n_sites=5_000.0) == realised(ONE, "n_realised")


def test_what_no_case_tells_is_not_given() -> None:
    for measure in ("eur_per_year", None):
        found = realised(ONE, measure, potential=1e9)
        assert realised_text(found, "€/an") == NONE_TELLS
        assert above_text(found) == ""


def test_a_case_without_its_firms_is_held_against_and_gives_no_interval() -> None:
    found = realised(ONE, "tco2e_per_year", potential=1_200.0)
    assert realised_text(found, "tCO2e/an") == NONE_TELLS
    assert above_text(found).endswith("3 fois le plus élevé des cas documentés (PORT)")


@pytest.mark.parametrize("potential", [NONE, 0.0, -200.0])
def test_no_part_is_made_of_a_loss_or_of_what_is_withheld(potential) -> None:
    found = realised(ONE, "t_per_year", potential=potential)
    assert realised_text(found, "t/an") == NONE_TELLS


def test_firms_met_are_the_band_of_the_study_widened_by_cases() -> None:
    one = animation_of(Governance(meetings=(30.0, 50.0)))
    cases = documented_cases()
    told = (cases["n_firms"] / cases["fte"]).dropna()
    assert one.met == (min(80.0, told.min()), max(150.0, told.max()))
    two = animation_of(Governance(posts=2.0))
    assert np.array(two.met) == pytest.approx(2 * np.array(one.met))


def test_levers_read_columns_that_cases_have() -> None:
    assert {*CASES_OF.values()} < {*CASE_NUMBERS}
    shipped = animation_of(Governance())
    assert realised(shipped, "n_realised").high > 0
    assert realised(shipped, CASES_OF["eur_firms"], potential=1e8).times > 1


def test_what_no_case_tells_is_said_so() -> None:
    assert lever_realised(ONE, "tkm_avoided", 500.0) == UNTOLD

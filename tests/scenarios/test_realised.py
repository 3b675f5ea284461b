"""What an animator makes of the levers of a perimeter stands in their notes."""

import math
from typing import Any

import pandas as pd

from eitgeo.flows.exchanges.realised import NONE_TELLS, Animation
from eitgeo.reference.indicators import indicator_catalogue
from eitgeo.scenarios.measures.matter import with_realised
from eitgeo.words import NARROW, NBSP

CASES = pd.DataFrame(
    {
        "name": ["Grand programme (GP)"],
        "n_firms": 1_000.0,
        "t_per_year": math.nan,
        "eur_per_year": 500_000.0,
        "tco2e_per_year": math.nan,
    },
    index=["programme"],
)


def notes(*rows: tuple[str, str, float]) -> dict[tuple[str, str], str]:
    """Return the notes of figures of perimeters: perimeter, indicator, value."""
    table: Any = pd.DataFrame(rows, columns=["perimeter_id", "indicator_id", "value"])
    told = with_realised(
        table.assign(note=["déjà"] + [""] * (len(rows) - 1)),
        catalogue=indicator_catalogue(),
        animation=Animation(CASES, 1.0, (50.0, 100.0)),
    )
    keys = zip(told["perimeter_id"], told["indicator_id"], strict=True)
    texts = told["note"].str.replace(NARROW, " ").str.replace(NBSP, " ")
    return dict(zip(keys, texts, strict=True))


def test_the_balance_of_firms_is_held_against_cases() -> None:
    """500 k€ for 1 000 firms: 25 to 50 for 50 to 100; 480 k€ is ten times that."""
    told = notes(("a", "eur_net", 480.0), ("a", "target_sites", 300.0))
    assert told["a", "eur_net"] == (
        "déjà ; soit ≈ 10 fois le plus élevé des cas "
        "documentés (GP, à nombre égal d’entreprises) ; ce qu’un animateur en réalise "
        "en 3 ans : ≈ 30 à 50 k€/an (GP)"
    )
    assert told["a", "target_sites"] == ""


def test_a_lever_below_what_cases_reached_says_nothing_of_them() -> None:
    (told,) = notes(("a", "eur_net", 40.0)).values()
    assert "plus élevé" not in told
    assert told.endswith("≈ 30 à 40 k€/an (GP ; borné par le potentiel)")


def test_no_case_and_no_figure_are_said_apart() -> None:
    told = notes(
        ("a", "n_epci", 4.0), ("a", "tkm_avoided", 9.0), ("b", "eur_net", NONE)
    )
    assert (
        told["a", "tkm_avoided"]
        == f"ce qu’un animateur en réalise en 3 ans : {NONE_TELLS}"
    )
    assert told["a", "n_epci"] == "déjà"
    assert told["b", "eur_net"] == ""


NONE = math.nan


def test_no_perimeter_is_better_unless_its_firms_are_too_few_to_meet() -> None:
    told = notes(
        ("x", "n_epci", 1.0),
        ("large", "eur_net", 4_000.0),
        ("large", "target_sites", 3_000.0),
        ("middle", "eur_net", 2_000.0),
        ("small", "eur_net", 1_000.0),
        ("small", "target_sites", 20.0),
    )
    made = {
        name: told[name, "eur_net"].rpartition(" : ")[2]
        for name in ("large", "middle", "small")
    }
    assert made["large"] == made["middle"] == "≈ 30 à 50 k€/an (GP)"
    assert made["small"] == "≈ 10 k€/an (GP)"


def test_notes_stay_where_no_lever_is_told() -> None:
    assert set(notes(("a", "eur_net", NONE), ("b", "n_epci", 2.0)).values()) == {
        "déjà",
        "",
    }

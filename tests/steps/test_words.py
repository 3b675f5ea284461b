"""What the log says of figures and of pairs of places."""

import re

import pytest

from eitgeo.ledger import Place
from eitgeo.steps import log_words
from eitgeo.steps.flows import levers
from eitgeo.tables.schema import TABLES
from eitgeo.words import NBSP

AT = Place("lever_totals", "exchange_tkm", "mid")


def test_every_status_of_a_pair_has_french_words() -> None:
    allowed = TABLES["od_matrix"].columns["status"].values
    assert allowed
    assert set(log_words.STATUS_WORDS) == set(allowed)
    assert not any("_" in word for word in log_words.STATUS_WORDS.values())


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            {"low": 9e6, "mid": 1.7e7, "high": 3.2e7},
            "de l’ordre de 20 000 000 €/an (9 000 000 à 30 000 000)",
        ),
        (
            {"low": -4e5, "mid": -2.1e5, "high": -3e4},
            "de l’ordre de -200 000 €/an (-400 000 à -30 000)",
        ),
        (dict.fromkeys(("low", "mid", "high"), float("nan")), None),
    ],
)
def test_a_lever_has_one_figure_and_an_interval(row, told) -> None:
    said = levers._interval(row, "€/an", AT).replace(NBSP, " ")  # noqa: SLF001
    assert said == (told or "non chiffré")


def test_a_figure_is_written_for_every_console() -> None:
    said = log_words.about(-1_234_567.0, "t/an", AT, bounds=(-2e6, 1e6))
    assert said.encode("cp1252").decode("cp1252") == said
    assert not re.search(r"\de[+-]?\d", said)
    assert log_words.about(float("nan"), "t/an", AT) == "–"

"""Numbers as they are printed: hand-written truths."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eitgeo.words import (
    NBSP,
    figure_text,
    french_number,
    published_value,
    round_share,
    round_significant,
    settled,
    typographic,
    with_unit,
)

NAN = float("nan")


def plain(text: str) -> str:
    """Make no-break spaces plain."""
    return text.replace(NBSP, " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (0, None, "0"),
        (1234.5, None, "1 234,5"),
        (1_234_567, 0, "1 234 567"),
        (0.25, 1, "0,3"),
        (2.675, 2, "2,68"),
        (-1500, None, "−1 500"),
        (-0.04, 1, "0,0"),
        (1e-7, None, "0,0000001"),
        (40_000.0, None, "40 000"),
        (NAN, 1, "–"),
        (math.inf, None, "–"),
    ],
)
def test_numbers_are_french(value: float, decimals: int | None, expected: str) -> None:
    assert plain(french_number(value, decimals=decimals)) == expected


def test_thousands_are_parted_by_a_narrow_no_break_space() -> None:
    assert french_number(12345) == "12\N{NARROW NO-BREAK SPACE}345"


@pytest.mark.parametrize(
    ("value", "figures", "expected"),
    [
        (38_412, 1, 40_000),
        (45_000, 1, 50_000),
        (45_000, 2, 45_000),
        (0.0249, 2, 0.025),
        (99.6, 2, 100),
        (-38_412, 1, -40_000),
        (0, 1, 0),
    ],
)
def test_significant_figures(value: float, figures: int, expected: float) -> None:
    assert round_significant(value, figures) == expected


@pytest.mark.parametrize(
    ("evidence", "expected"), [("O", 1234.57), ("S", 1200.0), ("H", 1000.0)]
)
def test_evidence_sets_the_rounding(evidence: str, expected: float) -> None:
    found = published_value(1234.567, evidence=evidence, decimals=2, unit="t/an")
    assert found == expected


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (14.0, "nombre", 10.0),
        (474.0, "nombre", 500.0),
        (207.0, "étab./ETP", 200.0),
        (96.2, "%", 96.0),
        (99.3, "%", 99.0),
        (99.9, "%", 99.0),
        (80.8, "%", 80.0),
        (53.0, "%", 50.0),
        (0.97, "points", 1.0),
        (31.3, "min (voiture)", 30.0),
        (NAN, "%", NAN),
    ],
)
def test_counts_and_shares_are_rounded_for_what_they_are(
    value: float, unit: str, expected: float
) -> None:
    found = published_value(value, evidence="H", decimals=1, unit=unit)
    assert found == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("evidence", ["S", "H"])
@given(value=st.floats(0, 100))
def test_a_share_is_nothing_or_all_only_where_it_is(
    evidence: str, value: float
) -> None:
    found = published_value(value, evidence=evidence, decimals=1, unit="%")
    assert (found == 0) == (value == 0)
    # To twelve figures: 100 less a last bit is 100 on another processor.
    assert (found == 100) == (settled(value) == 100)
    assert abs(found - value) <= 5


@given(st.floats(0, 100), st.floats(0, 100))
def test_rounding_keeps_the_order_of_shares(first: float, second: float) -> None:
    low, high = sorted((first, second))
    assert round_share(low, 1) <= round_share(high, 1)


@pytest.mark.parametrize(
    ("value", "bounds", "evidence", "unit", "expected"),
    [
        (
            38_412,
            (19_000, 81_000),
            "H",
            "t/an",
            "≈ 40 000 t/an (20 000 à 80 000)",
        ),
        (38_412, (38_412, 38_412), "H", "t/an", "≈ 40 000 t/an"),
        (38_412, (NAN, NAN), "H", "t/an", "≈ 40 000 t/an"),
        (1234, (980, 1449), "S", "emplois", "1 200 emplois (980 à 1 400)"),
        (66.66, (66.66, 66.66), "O", "%", "66,7 %"),
        (100, (100, 100), "O", "%", "100,0 %"),
        (4, (4, 4), "S", "nombre", "4"),
        (NAN, (NAN, NAN), "H", "t/an", "–"),
        (3, (3, 3), "H", "nombre", "3"),
        (3.4, (3.4, 3.4), "H", "nombre", "≈ 3"),
        (3, (NAN, NAN), "H", "t/an", "≈ 3 t/an"),
        (41, (38, 62), "H", "km", "≈ 40 à 60 km"),
        (45, (45.1, 52), "S", "%", "45 à 52 %"),
        (3, (2, 5), "H", "nombre", "3 (2 à 5)"),
        (474, (474, 474), "H", "nombre", "≈ 500"),
        (207, (207, 223), "O", "nombre", "207,0 (207,0 à 223,0)"),
        (100, (100, 100), "H", "%", "≈ 100 %"),
        (96.2, (NAN, NAN), "H", "%", "≈ 96 %"),
        (0.97, (NAN, NAN), "H", "points", "≈ 1 point"),
        (2, (2, 2), "O", "points", "2,0 points"),
    ],
)
def test_figures(
    value: float,
    bounds: tuple[float, float],
    evidence: str,
    unit: str,
    expected: str,
) -> None:
    text = figure_text(value, bounds=bounds, evidence=evidence, unit=unit, decimals=1)
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("bounds", "unit", "expected"),
    [
        ((42.853506, 100), "%", "de 42,9 % à 100 %"),
        ((0, 1), "nombre", "de 0 à 1"),
        ((12_345, 67_890), "emplois", "de 12 345 emplois à 67 890 emplois"),
        # No bound is rounded up to a value that is not there.
        ((42.853506, 42.86), "%", "42,9 %"),
        ((NAN, NAN), "%", "–"),
        ((5, 5), "%", "–"),
        ((0, NAN), "%", "–"),
    ],
)
def test_bounds_alone_are_written_where_they_are_counted(
    bounds: tuple[float, float], unit: str, expected: str
) -> None:
    told: Any = {"bounds": bounds, "evidence": "H", "unit": unit, "decimals": 1}
    assert plain(figure_text(NAN, **told, at_best="O")) == expected
    # Those of an estimate are told by its note.
    assert figure_text(NAN, **told, at_best="S") == "–"
    assert figure_text(NAN, **told) == "–"


def test_a_missing_number_has_no_unit() -> None:
    assert with_unit("–", "t/an") == "–"


def test_apostrophes_of_names_are_set_but_not_quotes() -> None:
    assert typographic("l'Aval 'x'") == "l’Aval 'x'"


@given(st.floats(1e-6, 1e12), st.integers(1, 4))
def test_rounding_stays_near_and_is_stable(value: float, figures: int) -> None:
    once = round_significant(value, figures)
    assert abs(once - value) <= value * 0.5 * 10 ** (1 - figures) * (1 + 1e-9)
    assert round_significant(once, figures) == once


@given(st.floats(0, 1e9), st.floats(0, 1e9))
def test_rounding_keeps_the_order(first: float, second: float) -> None:
    low, high = sorted((first, second))
    assert round_significant(low, 1) <= round_significant(high, 1)


def neighbours(value: float) -> list[float]:
    """Return a number and those that another processor may find in its place."""
    found = [value]
    for way in (-math.inf, math.inf):
        near = value
        for _ in range(8):
            near = math.nextafter(near, way)
            found.append(near)
    return found


TIES = [
    digits * 10.0**power
    for digits in (5, 15, 25, 35, 45, 55, 65, 75, 85, 95, 105, 115, 995, 1005, 8500)
    for power in range(-6, 4)
]


@pytest.mark.parametrize("evidence", "OSH")
@pytest.mark.parametrize("unit", ["t/an", "%", "nombre"])
def test_the_last_bits_move_no_printed_figure(unit: str, evidence: str) -> None:
    for tie in TIES:
        told = {
            figure_text(
                value,
                bounds=(value / 2, 3 * value),
                evidence=evidence,
                unit=unit,
                decimals=2,
            )
            for value in neighbours(tie)
        }
        assert len(told) == 1, (tie, told)


def test_a_whole_is_kept_as_it_is() -> None:
    assert float(settled(1_234_567_890_123.0)) == 1_234_567_890_123.0
    assert french_number(99.99999999999999) == "100"
    assert round_share(99.99999999999999, 2) == 100.0 == round_share(100.0, 2)

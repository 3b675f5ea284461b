"""When an order of bodies may be published: by hand."""

import numpy as np
import pandas as pd
import pytest

from eitgeo.scenarios.decision.orders import order_held

TWO = {"n_deliberations": (4.0, 8.0), "seat_45min_pct": (90.0, 60.0)}


def criteria(figures=TWO, *, evidence="O", weight=50.0) -> pd.DataFrame:
    rows = [
        (perimeter, name, value)
        for name, values in figures.items()
        for perimeter, value in zip("abc", values, strict=False)
    ]
    table = pd.DataFrame(rows, columns=["perimeter_id", "indicator_id", "measured"])
    return table.assign(evidence=evidence, weight=weight)


@pytest.mark.parametrize("evidence", ["O", "S"])
def test_two_axes_that_tell_apart_are_an_order(evidence) -> None:
    assert order_held(criteria(evidence=evidence), demonstration=("roads",)) == ""


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ({"n_deliberations": (4, 8), "n_departements": (1, 2)}, "« Gouvernance »"),
        (TWO | {"seat_45min_pct": (90, 90)}, "« Gouvernance »"),
        (TWO | {"seat_45min_pct": (0.1 + 0.2, 0.3)}, "« Gouvernance »"),
        (TWO | {"n_deliberations": (4, 4)}, "« Accessibilité »"),
        (dict.fromkeys(TWO, (4, 4)), "aucun axe"),
        ({}, "aucun axe"),
    ],
)
def test_one_axis_or_none_is_no_order(figures, words) -> None:
    assert words in order_held(criteria(figures))


def test_what_weighs_nothing_or_is_assumed_tells_nobody_apart() -> None:
    table = criteria()
    access = table["indicator_id"] == "seat_45min_pct"
    assert "« Gouvernance »" in order_held(table.assign(weight=50.0 * ~access))
    assumed = table.assign(evidence=np.where(access, "H", "O"))
    assert "« Gouvernance »" in order_held(assumed)


def test_in_a_demonstration_no_assumption_weighs_beside_two_axes() -> None:
    assumed = criteria({"captured_pct": (10, 90)}, evidence="H")
    table = pd.concat([criteria(), assumed])
    assert order_held(table) == ""
    assert "(sites tirés)" in order_held(table, demonstration=("sites tirés",))


def test_only_those_who_have_all_criteria_are_told_apart() -> None:
    figures = TWO | {"n_deliberations": (4, 4, 9), "seat_45min_pct": (90, 60, np.nan)}
    assert "« Accessibilité »" in order_held(criteria(figures))


def test_one_perimeter_alone_has_its_ranks_among_unions() -> None:
    one = {name: values[:1] for name, values in TWO.items()}
    assert order_held(criteria(one)) == ""
    assert "« Gouvernance »" in order_held(criteria({"n_deliberations": (4.0,)}))

"""The share of the core, by hand."""

import numpy as np
import pytest

from eitgeo.scenarios.measures.fabric import core_figures
from eitgeo.scenarios.measures.indicators import measure_indicators
from tests.scenarios.test_indicators import ALL, busy, measured
from tests.scenarios.toy import (
    A,
    B,
    C,
    candidate,
    make_bodies,
    make_communes,
    make_inputs,
    make_membership,
    make_study,
)


def test_inhabitants_of_the_core_over_those_of_the_perimeter() -> None:
    communes = make_communes()
    people = communes.set_index("code_insee")["population"]
    two = candidate("deux", A, B)
    inputs = make_inputs(two, candidate("un", B), communes=communes, core={A, C})
    found = core_figures(inputs)["core_pct"]
    expected = 100 * people[A] / (people[A] + people[B])
    assert found["value"].tolist() == pytest.approx([expected, 0.0])


def test_no_inhabitant_no_share() -> None:
    communes = make_communes().assign(population=0)
    inputs = make_inputs(candidate("un", A), communes=communes, core={A})
    found = core_figures(inputs)["core_pct"]
    assert np.isnan(found["value"]).all()


def test_it_is_told_only_once_contours_have_voted() -> None:
    assert "core_pct" not in measured(ALL).index.get_level_values("indicator_id")
    table = measure_indicators(
        [ALL],
        busy(),
        communes=make_communes(),
        bodies=make_bodies(),
        membership=make_membership(),
        study=make_study(),
        core={A},
    )
    row = table.set_index("indicator_id").loc["core_pct"]
    assert (row["evidence"], row["unit"], row["direction"]) == ("H", "%", "up")
    assert 0 < row["value"] < 100

"""What the name of a contour says of how sure it is."""

from __future__ import annotations

import pytest

from eitgeo.perimeters.contours.candidate import Candidate


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("structure", "Aval"),
        ("importe", "Aval"),
        ("union_epci", "Aval"),
        ("temps_de_route", "Aval – contour de classe H"),
        ("optimum", "Aval – contour de classe H"),
    ],
)
def test_a_contour_is_as_sure_as_what_drew_it(method, name) -> None:
    candidate = Candidate("aval", "Aval", method, frozenset({"31001"}))
    assert candidate.label == name

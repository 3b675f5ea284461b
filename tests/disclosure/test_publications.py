"""Which earlier sums a new one is held against, and how the erased are named."""

import numpy as np
import pytest

from eitgeo.disclosure.answers import Cell
from eitgeo.disclosure.publications import Publication, leaking_cells, without_firms

EPCI = "200072643"
BEFORE, ONE_MORE = dict.fromkeys("abc", 1.0), dict.fromkeys("abcd", 1.0)


@pytest.mark.parametrize(
    ("first", "second", "refused"),
    [
        (("exutoire", "repris"), ("exutoire", "repris"), True),
        (("exutoire", "repris"), ("exutoire", "vendu"), False),  # another outlet
        (("exutoire", "repris"), ("besoin", "repris"), False),  # another subject
        (("flux", "NDNI"), ("flux", "INERT"), True),  # waste may be coded again
        (("flux", "NDNI"), ("besoin", "NDNI"), False),
    ],
)
def test_sums_of_one_thing_alone_are_held_against_each_other(
    first, second, refused
) -> None:
    """A firm more would be told by difference, were it of the same thing."""
    old = Publication("2026-01-01", {Cell(EPCI, *first): BEFORE})
    cell = Cell(EPCI, *second)
    new = Publication("2026-06-01", {cell: ONE_MORE})
    assert leaking_cells([old], new) == ([(cell, "2026-01-01")] if refused else [])


def test_the_erased_are_numbered_from_one_by_their_order() -> None:
    held = {Cell(EPCI, "flux", "NDNI"): {"c": 3.0, "a": 1.0, "b": 2.0}}
    (once,) = without_firms([Publication("2026-01-01", held)], ["c", "a", "absent"])
    assert [*once.cells.values()] == [
        pytest.approx({"effacee-2": np.nan, "effacee-1": np.nan, "b": 2.0}, nan_ok=True)
    ]
    (twice,) = without_firms([once], ["b"])
    assert sorted(*twice.cells.values()) == ["effacee-1", "effacee-2", "effacee-3"]

"""The ledger: what comes back of it, and how the erased are named."""

import json

import numpy as np
import pytest

from eitgeo.disclosure.answers import Cell, PublishedSum
from eitgeo.disclosure.publications import (
    Publication,
    latest,
    ledger_json,
    read_publications,
    sources,
    without_firms,
)
from eitgeo.errors import SchemaError

EPCI = "200072643"
NDNI = Cell(EPCI, "flux", "NDNI")
WOOD = Cell(EPCI, "flux", "professionnel|bois|2025")


def published(day: str, cell: Cell = NDNI, **firms: float) -> Publication:
    """Publish one sum."""
    row = {"n_firms": len(firms), "mass_t": float("nan")}
    return Publication(day, frozenset({EPCI}), (PublishedSum(day, cell, firms, row),))


def test_the_erased_are_numbered_by_their_order_and_never_twice() -> None:
    (once,) = without_firms([published("1", c=3.0, a=1.0, b=2.0)], ["c", "a", "absent"])
    assert once.sums[0].firms == pytest.approx(
        {"effacee-2": np.nan, "effacee-1": np.nan, "b": 2.0}, nan_ok=True
    )
    (twice,) = without_firms([once], ["b"])
    assert sorted(twice.sums[0].firms) == ["effacee-1", "effacee-2", "effacee-3"]
    assert without_firms([twice], ["zzz"])[0].sums[0].firms.keys() == (
        twice.sums[0].firms.keys()
    )


def test_the_ledger_comes_back_as_it_was_written() -> None:
    first = published("2026-01-01", a=1.25, b=0.1, c=3.0)
    every = [first, *without_firms([first], ["a"])]
    text = json.dumps(ledger_json(every), allow_nan=False)
    back = read_publications(json.loads(text), where="publications.json")
    assert ledger_json(back) == ledger_json(every)
    assert back[0].sums[0].firms == first.sums[0].firms


def test_the_last_sum_stands_and_the_first_source_stays() -> None:
    every = [published("1", a=1.0), published("2", a=2.0), published("3", WOOD, b=1.0)]
    assert [one.day for one in latest(every).values()] == ["2", "3"]
    assert sources([*every, published("4", WOOD, a=1.0)]) == {"a": False, "b": True}


@pytest.mark.parametrize("entries", [None, [], {}, {"format": "x"}, {"format": 3}])
def test_another_file_is_no_ledger(entries) -> None:
    with pytest.raises(SchemaError, match="registre des publications illisible"):
        read_publications(entries, where="publications.json")
    right = {"format": "eitgeo-publications/2", "publications": [{"day": "x"}]}
    with pytest.raises(SchemaError, match=r"publications\.json : registre"):
        read_publications(right, where="publications.json")

"""Counts by NAF division that the study area is held against."""

import pytest

from eitgeo.errors import SchemaError
from eitgeo.sources.sites.establishments import read_sector_counts
from tests.sources.source import Source, plain

HEADER = "division,n_sites,source\n"
COUNTS = HEADER + "10,900,Été\n01,40,s\n25,1500,s\n"


def test_counts_are_whole_numbers_by_division(write) -> None:
    counts = read_sector_counts(write("n.csv", COUNTS))
    assert counts.to_dict() == {"01": 40, "10": 900, "25": 1500}
    assert str(counts.dtype) == "int64"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1,3,s\n", "ligne 5 : « division » = « 1 »"),
        ("10,3,s\n", r"ligne 5 : clé répétée \(10\)"),
        ("11,3.5,s\n", "ligne 5 : « n_sites » = « 3.5 »"),
    ],
)
def test_what_is_no_count_of_a_division_is_refused(write, line, message) -> None:
    with pytest.raises(SchemaError, match=message):
        read_sector_counts(write("n.csv", COUNTS + line))


SAMPLES = {
    "sector_counts": Source(
        "Établissements par division NAF, CSV",
        ("read_sector_counts",),
        "counts.csv",
        plain(lambda path: read_sector_counts(path).reset_index()),
        COUNTS.encode(),
    ),
}

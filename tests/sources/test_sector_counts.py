"""Counts by NAF division that the study area is held against."""

from eitgeo.sources.sites.establishments import read_sector_counts
from tests.sources.source import Source, plain

HEADER = "division,n_sites,source\n"
COUNTS = HEADER + "10,900,Été\n01,40,s\n25,1500,s\n"


def test_counts_are_whole_numbers_by_division(write) -> None:
    counts = read_sector_counts(write("n.csv", COUNTS))
    assert counts.to_dict() == {"01": 40, "10": 900, "25": 1500}
    assert str(counts.dtype) == "int64"


SAMPLES = {
    "sector_counts": Source(
        "Établissements par division NAF, CSV",
        ("read_sector_counts",),
        "counts.csv",
        plain(lambda path: read_sector_counts(path).reset_index()),
        COUNTS.encode(),
    ),
}

"""Certificates of the delivered study against the official lists of members."""

from eitgeo.study.project import Project
from eitgeo.tables.files import read_table
from tests.results.official import official_lists


def test_every_certificate_counts_the_epci_of_the_lists(delivered: Project) -> None:
    """Each compared perimeter and each of the 392 unions; no code of the package."""
    official = official_lists()
    members = read_table(delivered.processed, "perimeter_communes")
    told = read_table(delivered.processed, "perimeters").set_index("perimeter_id")
    codes = members.groupby("perimeter_id")["code_insee"].agg(frozenset)
    assert len(codes) > 392
    for name, held in codes.items():
        met = [one for one in official.values() if one & held]
        assert held <= frozenset().union(*met)
        n_whole = sum(one <= held for one in met)
        found = told.loc[name, ["n_epci_whole", "n_epci_cut"]].tolist()
        assert found == [n_whole, len(met) - n_whole], name
        says_none = "aucun EPCI coupé" in told.loc[name, "certificate"]
        assert says_none == (n_whole == len(met)), name

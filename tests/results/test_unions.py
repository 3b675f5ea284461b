"""How many unions of whole EPCI there are around Cœur et Coteaux du Comminges.

392 was counted for this project apart from this code, on borders alone. The count of
fourteen EPCI (3 824) is not tested: the four neighbours it took are not named, and
three choices of four give it.
"""

from itertools import combinations

import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from eitgeo.perimeters.contours.candidate import union_perimeters
from eitgeo.tables.files import read_table

pytestmark = pytest.mark.results

ROOT_EPCI = "200072643"


@pytest.fixture(scope="module")
def unions(project) -> list[frozenset[str]]:
    """Return the EPCI of each union, contiguity by border only."""
    communes = read_table(project.processed, "communes")
    found = union_perimeters(
        communes,
        read_table(project.processed, "borders"),
        names=dict(zip(communes["epci_siren"], communes["epci_siren"], strict=True)),
        root_epci=ROOT_EPCI,
        limit=20_000,
    )
    siren = communes.set_index("code_insee")["epci_siren"]
    return [frozenset(siren[sorted(one.codes)]) for one in found]


def test_there_are_392(unions) -> None:
    assert len(unions) == len(set(unions)) == 392
    assert all(ROOT_EPCI in union for union in unions)
    assert {len(union) for union in unions} == set(range(1, 11))


def test_a_second_library_counts_them_one_by_one(project, unions) -> None:
    """Try the 2⁹ subsets of the nine other EPCI with scipy."""
    communes = read_table(project.processed, "communes")
    epci = communes.set_index("code_insee")["epci_siren"]
    ten = sorted(set(communes.loc[communes["in_area"], "epci_siren"]))
    borders = read_table(project.processed, "borders")
    touching = {
        (ten.index(a), ten.index(b))
        for a, b in zip(
            borders["code_a"].map(epci), borders["code_b"].map(epci), strict=True
        )
        if a in ten and b in ten
    }
    rows, columns = zip(*touching, strict=True)
    graph = coo_array(([1] * len(rows), (rows, columns)), shape=(10, 10)).tocsr()
    root = ten.index(ROOT_EPCI)
    others = [rank for rank in range(10) if rank != root]
    connected = {
        frozenset(ten[rank] for rank in (root, *chosen))
        for size in range(10)
        for chosen in combinations(others, size)
        if connected_components(
            graph[[root, *chosen]][:, [root, *chosen]], directed=False
        )[0]
        == 1
    }
    assert set(unions) == connected


def test_named_bodies_are_among_them(project, unions) -> None:
    """PETR, syndicate and Territoire d'industrie are unions of whole EPCI."""
    communes = read_table(project.processed, "communes").set_index("code_insee")
    membership = read_table(project.processed, "membership")
    named = ["petr_comminges", "systom_7_epci", "systom_8_epci", "ti_comminges_nestes"]
    for body in named:
        codes = membership.loc[membership["body_id"] == body, "code_insee"]
        assert frozenset(communes.loc[codes, "epci_siren"]) in unions

"""Meshes, rules, and what mending makes of a drawn set."""

import pandas as pd
import pytest

from eitgeo.errors import InfeasibleError, StudyError
from eitgeo.perimeters.contours.mesh import (
    broken_rules,
    cut_epci,
    enclaves,
    make_mesh,
    mend,
    require_sound,
)
from eitgeo.perimeters.ensemble.ensemble import make_cells
from eitgeo.perimeters.methods.ties import Ties, sector_ties
from eitgeo.study.methods import Affinity, Rules
from tests.perimeters.toy import code_at, make_contiguity, make_grid

GRID = make_grid("1122", "1122", "3344")
ROOT = code_at(0, 0)
MESH = make_mesh(GRID, make_contiguity(GRID), root=ROOT)


def ties_of(mesh=MESH, **pairs: float) -> Ties:
    """Return ties of pairs written « a_b » by row and column, else faint ones."""
    codes = list(mesh.codes)
    rows = [(codes[0], code, 1e-6) for code in codes[1:]]
    for pair, mass in pairs.items():
        a, b = (code_at(int(at[1]), int(at[2])) for at in pair.split("_"))
        rows.append((a, b, mass))
    exchanges = pd.DataFrame(rows, columns=["code_a", "code_b", "t_mid"])
    sectors = sector_ties(
        mesh,
        pd.DataFrame(index=codes),
        rules=pd.DataFrame({"source_naf": [], "target_naf": []}),
        truck_minutes=pd.DataFrame(
            {"origin_id": [], "destination_id": [], "time_s": []}
        ),
        max_minutes=60,
    )
    return sectors.with_exchanges(exchanges, Affinity())


def mended(*drawn: str, mesh=MESH, ties=None, **rules) -> set[str]:
    """Mend a set under rules."""
    asked = Rules(**rules)
    require_sound(asked, mesh)
    found = mend(drawn, mesh, asked, ties=ties or ties_of(mesh), method="essai")
    assert broken_rules(found.codes, asked, mesh) == []
    assert set(found.added) == found.codes - set(drawn)
    assert set(found.removed) == set(drawn) - found.codes
    return set(found.codes)


def test_the_piece_of_the_root_is_kept() -> None:
    assert mended(ROOT, code_at(0, 1), code_at(2, 3)) == {ROOT, code_at(0, 1)}


def test_what_is_imposed_comes_with_the_way_to_it() -> None:
    codes = mended(ROOT, include=[code_at(0, 2)], exclude=[code_at(0, 1)])
    assert codes == {ROOT, code_at(1, 0), code_at(1, 1), code_at(1, 2), code_at(0, 2)}


def test_a_locked_set_goes_in_or_out_by_the_fewest_inhabitants() -> None:
    """Communes of 500 and 600 inhabitants, then of 200 and 300."""
    pair = [code_at(1, 0), code_at(1, 1)]
    assert mended(ROOT, pair[0], locked=[pair]) == {ROOT}
    assert mended(ROOT, *pair[:1], locked=[pair], include=pair[1:]) == {ROOT, *pair}
    row = [code_at(0, 1), code_at(0, 2)]
    assert mended(ROOT, row[1], row[0], locked=[row]) == {ROOT, *row}


def test_an_epci_is_made_whole_at_its_price() -> None:
    """EPCI 1 lacks one commune of 600; EPCI 2 has one of 300 inside."""
    drawn = [ROOT, code_at(0, 1), code_at(1, 0), code_at(0, 2)]
    whole_1 = {*drawn[:3], code_at(1, 1)}
    assert mended(*drawn) == set(drawn)
    assert mended(*drawn, split_price=599) == set(drawn[:3])
    assert mended(*drawn, split_price=600) == whole_1
    assert mended(*drawn, max_split_epci=0) == whole_1
    assert mended(*drawn, max_split_epci=1) == set(drawn[:3])


def test_a_floor_is_reached_by_the_most_tied_and_a_ceiling_by_the_least() -> None:
    ties = ties_of(c00_c10=5.0, c10_c11=4.0, c00_c01=1.0)
    grown = mended(ROOT, ties=ties, floors={"n_communes": 3})
    assert grown == {ROOT, code_at(1, 0), code_at(1, 1)}
    square = [ROOT, code_at(0, 1), code_at(1, 0), code_at(1, 1)]
    kept = mended(*square, ties=ties, ceilings={"n_communes": 3})
    assert kept == {ROOT, code_at(1, 0), code_at(1, 1)}


def test_an_enclave_is_filled_or_told() -> None:
    grid = make_grid("1111", "1211", "1111")
    mesh = make_mesh(grid, make_contiguity(grid), root=ROOT)
    ring = [code for code in mesh.codes if code != code_at(1, 1)]
    assert mended(*ring, mesh=mesh) == set(mesh.codes)
    assert mended(*ring, mesh=mesh, enclaves="signaler") == set(ring)
    assert mended(*ring, mesh=mesh, exclude=[code_at(1, 1)]) == set(ring)
    assert enclaves(ring, mesh) == {code_at(1, 1)}


def test_an_enclave_without_a_road_is_left_and_known() -> None:
    """No road leads to the commune in the middle: it is out of the mesh."""
    grid = make_grid("1111", "1211", "1111")
    middle = code_at(1, 1)
    around = [code_at(0, 1), code_at(1, 0), code_at(1, 2), code_at(2, 1)]
    gaps = [(middle, code) for code in around]
    mesh = make_mesh(grid, make_contiguity(grid, gaps=gaps), root=ROOT)
    assert mesh.cut_off == (middle,)
    assert mended(*mesh.codes, mesh=mesh) == set(mesh.codes)
    assert enclaves(mesh.codes, mesh) == {middle}


def test_two_halves_of_the_outside_are_no_enclave() -> None:
    column = [code_at(row, 1) for row in range(3)]
    mesh = make_mesh(GRID, make_contiguity(GRID), root=column[0])
    assert enclaves(column, mesh) == set()


def test_what_cannot_be_kept_is_told_with_numbers() -> None:
    with pytest.raises(InfeasibleError, match=r"essai : règles non tenues : "):
        mended(
            ROOT,
            include=[code_at(0, 2)],
            max_split_epci=0,
            ceilings={"n_communes": 3},
        )


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"include": ["31010"], "exclude": ["31010"]}, "imposées et exclues : 31010"),
        ({"exclude": ["31000"]}, "imposées et exclues : 31000"),
        ({"floors": {"population": 9000}}, r"9.000 habitants : 7.800 à portée"),
        (
            {"floors": {"population": 500}, "ceilings": {"population": 400}},
            "500 habitants au-dessus du plafond 400",
        ),
        (
            {"include": ["31230"], "ceilings": {"population": 1000}},
            r"plafond 1.000 habitants : les communes imposées en comptent 1.300",
        ),
        ({"locked": [["31010", "31230"]]}, "en plusieurs morceaux par la route"),
        (
            {
                "locked": [["31010", "31020"]],
                "include": ["31010"],
                "exclude": ["31020"],
            },
            "solidaire à la fois imposé et exclu",
        ),
        (
            {"include": ["31230"], "exclude": ["31010", "31100"]},
            "imposées mais sans route vers « 31000 » : 31230",
        ),
    ],
)
def test_rules_that_clash_are_refused(rules, message) -> None:
    with pytest.raises(InfeasibleError, match=message):
        require_sound(Rules(**rules), MESH)


def test_unknown_communes_and_sums_are_refused() -> None:
    with pytest.raises(StudyError, match=r"(?s)2 anomalies.*« 31999 ».*« jobs »"):
        require_sound(Rules(include=("31999",), floors={"jobs": 3}), MESH)


def test_a_mesh_counts_what_it_is_given() -> None:
    jobs = pd.DataFrame({"jobs": {ROOT: 7.0}})
    mesh = make_mesh(GRID, make_contiguity(GRID), root=ROOT, sums=jobs)
    assert mesh.total(mesh.codes, "jobs") == 7
    require_sound(Rules(floors={"jobs": 7}), mesh)


def test_a_root_outside_or_alone_is_refused() -> None:
    with pytest.raises(StudyError, match="« 31999 » hors du territoire"):
        make_mesh(GRID, make_contiguity(GRID), root="31999")
    gaps = [(ROOT, code_at(0, 1)), (ROOT, code_at(1, 0))]
    with pytest.raises(InfeasibleError, match="aucune route pour camion"):
        make_mesh(GRID, make_contiguity(GRID, gaps=gaps), root=ROOT)


def test_an_epci_that_reaches_beyond_the_area_is_cut_as_soon_as_touched() -> None:
    """EPCI 2, in the east, has a fifth member that the layer does not hold."""
    grid = make_grid("1122", "1122")
    grid.loc[grid["epci_siren"].eq("200000002"), "epci_communes"] = 5
    mesh = make_mesh(grid, make_contiguity(grid), root=ROOT)
    assert cut_epci(mesh.codes, mesh) == ["200000002"]
    west = set(grid.loc[grid["epci_siren"].eq("200000001"), "code_insee"])
    assert mended(*mesh.codes, mesh=mesh, max_split_epci=0) == west
    assert mended(*mesh.codes, mesh=mesh, max_split_epci=1) == set(mesh.codes)
    cells = make_cells(mesh, Rules(max_split_epci=0))
    assert cells.epci_sizes == [4, 5]
    assert cells.free == []

"""Certificates by hand, then against a slow count of cells."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, box

from eitgeo.errors import CrsError, InfeasibleError, StudyError
from eitgeo.perimeters.contours.candidate import Candidate, Certificate
from eitgeo.perimeters.contours.certificate import certify
from tests.perimeters.toy import (
    X0,
    Y0,
    code_at,
    groups_of,
    make_contiguity,
    make_grid,
    side_by_side,
)


def candidate(*codes: str, method: str = "structure") -> Candidate:
    """Make a perimeter of communes."""
    return Candidate("p", "Périmètre p", method, frozenset(codes))


def certificate(grid, one: Candidate, **options) -> Certificate:
    """Certify one perimeter of a grid."""
    (found,) = certify([one], grid, contiguity=make_contiguity(grid, **options))
    return found


def test_a_perimeter_by_hand() -> None:
    """EPCI 1 whole, EPCI 2 cut.

    1 1 2
    1 2 2
    """
    grid = make_grid("112", "122")
    one = candidate(code_at(0, 0), code_at(0, 1), code_at(1, 0), code_at(1, 1))
    assert certificate(grid, one) == Certificate(
        n_communes=4,
        population=100 + 200 + 400 + 500,
        area_km2=4.0,
        n_pieces_border=1,
        n_pieces_road=1,
        n_holes=0,
        n_epci_whole=1,
        n_epci_cut=1,
        sentence=(
            "d'un seul tenant ; toutes ses communes reliées sans en sortir (réseau "
            "de substitution) ; sans enclave ; EPCI coupés : 1"
        ),
    )


def test_a_corner_does_not_join_two_communes() -> None:
    grid = make_grid("12", "34")
    corner = [code_at(0, 0), code_at(1, 1)]
    found = certificate(grid, candidate(*corner))
    assert (found.n_pieces_border, found.n_pieces_road) == (2, 2)
    assert found.sentence.startswith(
        "en 2 morceaux ; 2 groupes de communes sans liaison intérieure entre eux "
        "(réseau de substitution : à vérifier sur les routes réelles) ; "
    )
    with pytest.raises(InfeasibleError, match=r"« Périmètre p » : .* en 2 morceaux"):
        certificate(grid, candidate(*corner, method="ward"))


def test_an_epci_held_whole_is_one_body_whatever_its_pieces() -> None:
    grid = make_grid("121", "322")
    apart = [code_at(0, 0), code_at(0, 2)]
    whole = certificate(grid, candidate(*apart, method="union_epci"))
    assert (whole.n_pieces_border, whole.n_epci_whole) == (2, 1)
    assert whole.sentence.startswith("en 2 morceaux ; ")
    # A third piece, of another EPCI, that nothing of the first two joins.
    wide = make_grid("1213", "2222", "2224")
    more = candidate(*apart, code_at(2, 3), method="union_epci")
    with pytest.raises(InfeasibleError, match="en 2 morceaux"):
        certificate(wide, more)
    # Held in part, the EPCI excuses nothing.
    cut = make_grid("121", "122")
    with pytest.raises(InfeasibleError, match="en 2 morceaux"):
        certificate(cut, candidate(*apart, method="union_epci"))


def test_an_island_does_not_part_its_commune() -> None:
    grid = make_grid("12", "34")
    island = box(X0 - 5_000, Y0, X0 - 4_500, Y0 + 500)
    first = grid.index[grid["code_insee"] == code_at(0, 0)]
    grid.loc[first, "geometry"] = MultiPolygon([grid.geometry[first[0]], island])
    codes = (code_at(0, 0), code_at(0, 1))
    found = certificate(grid, candidate(*codes, method="ward"))
    assert found.n_pieces_border == 2
    assert found.area_km2 == pytest.approx(2.25)
    far = candidate(code_at(0, 0), code_at(1, 1), method="ward")
    with pytest.raises(InfeasibleError, match="en 2 morceaux"):
        certificate(grid, far)


def test_a_ring_has_a_hole() -> None:
    grid = make_grid("111", "121", "111")
    ring = [code for code in grid["code_insee"] if code != code_at(1, 1)]
    found = certificate(grid, candidate(*ring, method="ward"))
    assert found.n_holes == 1
    assert found.n_pieces_border == 1
    assert found.area_km2 == pytest.approx(8.0)
    assert (found.n_epci_whole, found.n_epci_cut) == (1, 0)
    assert "; 1 enclave ; aucun EPCI coupé" in found.sentence


def test_a_border_without_road_parts_a_perimeter_of_one_piece() -> None:
    """The road from one side to the other goes through the commune outside.

    1 │ 1     no road across the bar
    2   2
    """
    grid = make_grid("11", "22")
    gap = (code_at(0, 0), code_at(0, 1))
    found = certificate(grid, candidate(*gap, method="ward"), gaps=[gap])
    assert (found.n_pieces_border, found.n_pieces_road) == (1, 2)
    whole = certificate(grid, candidate(*grid["code_insee"]), gaps=[gap])
    assert whole.n_pieces_road == 1


def test_communes_without_epci_cut_none() -> None:
    grid = make_grid("001")
    found = certificate(grid, candidate(code_at(0, 0)))
    assert (found.n_epci_whole, found.n_epci_cut) == (0, 0)


def test_an_unknown_commune_or_an_empty_perimeter_is_refused() -> None:
    grid = make_grid("11")
    with pytest.raises(StudyError, match=r"(?s)2 anomalies.*« 31998 ».*« 31999 »"):
        certificate(grid, candidate("31999", code_at(0, 0), "31998"))
    with pytest.raises(
        StudyError, match=r"(?s)« Périmètre p » : 1 anomalie.*aucune com"
    ):
        certificate(grid, candidate())


def test_degrees_are_refused() -> None:
    grid = make_grid("11")
    with pytest.raises(CrsError, match="EPSG:2154"):
        certificate(grid.to_crs(4326), candidate(code_at(0, 0)))


def test_certificates_keep_the_order_and_leave_inputs() -> None:
    grid = make_grid("12", "34")
    contiguity = make_contiguity(grid)
    before = grid.copy(), contiguity.copy()
    ones = [candidate(code_at(1, 1)), candidate(code_at(0, 0), code_at(0, 1))]
    found = certify(ones, grid, contiguity=contiguity)
    assert [one.n_communes for one in found] == [1, 2]
    assert grid.equals(before[0])
    assert contiguity.equals(before[1])
    turned = certify(ones, grid.iloc[::-1], contiguity=contiguity.iloc[::-1])
    assert turned == found


def slow_holes(piece: set[str]) -> int:
    """Count what a piece encloses: groups of empty cells, the outside left out."""
    # One ring of empty cells around a grid of 4 by 4 lies outside.
    cells = [code_at(r, c) for r in range(6) for c in range(6)]
    return len(groups_of([c for c in cells if c not in piece], side_by_side)) - 1


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_pieces_and_holes_agree_with_a_slow_count(seed: int) -> None:
    rng = np.random.default_rng(seed)
    grid = make_grid(*["......"] + [".1111."] * 4 + ["......"])
    codes = list(grid["code_insee"])
    chosen = [code for code in codes if rng.random() < 0.6] or codes[:1]
    contiguity = make_contiguity(grid)
    closed = rng.random(len(contiguity)) < 0.3
    contiguity.loc[closed, "road_minutes"] = np.nan
    usable = contiguity.loc[~closed, ["code_a", "code_b"]]
    roads = set(usable.itertuples(index=False, name=None))
    (found,) = certify([candidate(*chosen)], grid, contiguity=contiguity)
    pieces = groups_of(chosen, side_by_side)
    assert found.n_pieces_border == len(pieces)
    assert found.n_holes == sum(slow_holes(piece) for piece in pieces)
    by_road = groups_of(chosen, lambda a, b: (a, b) in roads or (b, a) in roads)
    assert found.n_pieces_road == len(by_road)
    assert found.area_km2 == pytest.approx(len(chosen))


def test_real_roads_leave_no_doubt_about_the_network() -> None:
    grid = make_grid("11")
    one = candidate(code_at(0, 0), code_at(0, 1))
    whole = make_contiguity(grid)
    for contiguity, words in (
        (whole, "toutes ses communes reliées sans en sortir ;"),
        (whole.assign(road_minutes=np.nan), "sans liaison intérieure entre eux ;"),
    ):
        (found,) = certify([one], grid, contiguity=contiguity, on_surrogate=False)
        assert words in found.sentence
        assert "substitution" not in found.sentence


def test_an_epci_is_whole_by_its_list_not_by_the_layer() -> None:
    grid = make_grid("112")
    grid.loc[grid["epci_siren"].eq("200000001"), "epci_communes"] = 3
    one = candidate(*grid["code_insee"])
    found = certificate(grid, one)
    assert (found.n_epci_whole, found.n_epci_cut) == (1, 1)
    assert found.sentence.endswith("EPCI coupés : 1")
    # What it holds of it joins nothing: two pieces are two.
    apart = make_grid("121")
    apart.loc[apart["epci_siren"].eq("200000001"), "epci_communes"] = 3
    ends = candidate(code_at(0, 0), code_at(0, 2), method="union_epci")
    with pytest.raises(InfeasibleError, match="en 2 morceaux"):
        certificate(apart, ends)


def test_an_epci_without_a_list_is_never_whole() -> None:
    grid = make_grid("1213")
    grid.loc[grid["epci_siren"].eq("200000003"), "epci_communes"] = 0
    found = certificate(grid, candidate(code_at(0, 3)))
    assert (found.n_epci_whole, found.n_epci_cut) == (0, 1)
    # Where it is not touched, it changes nothing for the two pieces of another.
    ends = candidate(code_at(0, 0), code_at(0, 2), method="union_epci")
    assert certificate(grid, ends).n_pieces_border == 2


def test_a_list_to_confirm_is_told() -> None:
    grid = make_grid("112")
    contiguity = make_contiguity(grid)
    pair = candidate(code_at(0, 0), code_at(0, 1))
    for doubtful, words in (
        (("200000001",), "aucun EPCI coupé (listes de membres à confirmer : 1)"),
        (("200000002",), "aucun EPCI coupé"),
    ):
        (found,) = certify([pair], grid, contiguity=contiguity, doubtful=doubtful)
        assert found.sentence.endswith(words)

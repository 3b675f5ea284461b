"""Ward basins on drawn grids."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eitgeo.errors import InfeasibleError, StudyError
from eitgeo.perimeters.contours.candidate import Candidate
from eitgeo.perimeters.contours.mesh import make_mesh
from eitgeo.perimeters.methods.regions import ward_perimeter
from eitgeo.study.methods import Rules, Ward
from tests.perimeters.toy import (
    groups_of,
    make_contiguity,
    make_grid,
    side_by_side,
)

ROW = make_grid("111111")
CODES = list(ROW["code_insee"])
WEST, EAST = CODES[0], CODES[-1]


def minutes_of(*per_town: list[float]) -> pd.DataFrame:
    """Return minutes from the six communes of the row to towns."""
    towns = [WEST, EAST][: len(per_town)]
    return pd.DataFrame(dict(zip(towns, per_town, strict=True)), index=CODES)


TWO_VALLEYS = minutes_of([1, 5, 9, 50, 55, 60], [60, 55, 50, 9, 5, 1])


def basin(root: str = WEST, minutes=TWO_VALLEYS, **options: Any) -> Candidate:
    """Return the basin of a root on the row of six."""
    grid = options.pop("grid", ROW)
    contiguity = options.pop("contiguity", make_contiguity(grid))
    mesh = make_mesh(grid, contiguity, root=root)
    return ward_perimeter(
        mesh,
        town_minutes=minutes,
        root_name=f"Commune {root}",
        ward=Ward(n_regions=options.pop("n", 2)),
        rules=options.pop("rules", Rules()),
    )


def test_two_valleys_make_two_basins() -> None:
    assert basin(WEST).codes == set(CODES[:3])
    assert basin(CODES[2]).codes == set(CODES[:3])
    assert basin(EAST).codes == set(CODES[3:])


def test_what_it_is_called_and_made_of() -> None:
    found = basin()
    assert found.perimeter_id == "bassin_ward"
    assert found.name == f"Bassin routier de Commune {WEST} (2 bassins)"
    assert (found.method, found.root) == ("ward", WEST)
    assert found.parameters == {"n_regions": 2, "towns": [WEST, EAST]}


def test_like_minutes_without_contiguity_do_not_join() -> None:
    """Both ends are as far from the town in the middle."""
    found = basin(WEST, minutes_of([40, 40, 5, 5, 40, 40]), n=3)
    assert found.codes == set(CODES[:2])


def test_a_border_without_road_does_not_join() -> None:
    """A ring of roads, cut between the two communes of like minutes.

    a b      a and c are alike but no road crosses their border
    c d
    """
    grid = make_grid("11", "11")
    a, b, c, d = grid["code_insee"]
    minutes = pd.DataFrame({a: [1.0, 30, 1, 31]}, index=[a, b, c, d])
    joined = basin(a, minutes, grid=grid)
    assert joined.codes == {a, c}
    cut = make_contiguity(grid, gaps=[(a, c)])
    assert basin(a, minutes, grid=grid, contiguity=cut).codes != {a, c}


def test_communes_out_of_the_area_take_no_part() -> None:
    grid = make_grid("111111", outside=[EAST])
    found = basin(CODES[4], minutes_of([1, 5, 9, 50, 55, 60]), grid=grid)
    assert found.codes == {CODES[3], CODES[4]}


def test_communes_that_no_road_joins_to_the_root_take_no_part() -> None:
    cut = make_contiguity(ROW, gaps=[(CODES[2], CODES[3])])
    assert basin(contiguity=cut, n=3).codes == {WEST}
    with pytest.raises(InfeasibleError, match="4 régions pour 3 communes"):
        basin(contiguity=cut, n=4)


def test_the_common_rules_are_kept_or_refused_with_the_numbers() -> None:
    """The basin of the west end holds 100 + 200 + 300 inhabitants."""
    mended = basin(rules=Rules(exclude=(CODES[2],)))
    assert mended.codes == set(CODES[:2])
    assert (mended.parameters["n_added"], mended.parameters["n_removed"]) == (0, 1)
    wider = basin(rules=Rules(floors={"population": 1_000}))
    assert wider.codes == set(CODES[:4])
    with pytest.raises(InfeasibleError, match=r"plancher 5.000 habitants : 2.100 à"):
        basin(rules=Rules(floors={"population": 5_000}))


def test_a_root_out_of_the_area_is_refused() -> None:
    with pytest.raises(StudyError, match="racine « 31999 » hors du territoire"):
        basin("31999")


def test_more_regions_than_communes_are_refused() -> None:
    with pytest.raises(InfeasibleError, match="7 régions pour 6 communes"):
        basin(n=7)
    assert basin(n=6).codes == {WEST}


def test_no_town_or_no_way_to_one_is_refused() -> None:
    with pytest.raises(InfeasibleError, match="aucune ville dans le territoire"):
        basin(minutes=minutes_of())
    far = minutes_of([1, 2, 3, 4, np.nan, np.nan])
    with pytest.raises(InfeasibleError, match=rf"2 communes .*dont {CODES[4]}"):
        basin(minutes=far)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 8))
def test_a_basin_is_in_one_piece_whatever_the_order_of_rows(seed, n) -> None:
    rng = np.random.default_rng(seed)
    grid = make_grid("1111", "1111", "1.11", "1111")
    contiguity = make_contiguity(grid)
    codes = list(grid["code_insee"])
    minutes = pd.DataFrame(rng.uniform(1, 90, (len(codes), 3)), index=codes)
    minutes.columns = codes[:3]
    found = basin(codes[0], minutes, grid=grid, n=n)
    assert len(groups_of(found.codes, side_by_side)) == 1
    assert codes[0] in found.codes
    assert len(found.codes) <= len(codes) - n + 1
    again = basin(
        codes[0],
        minutes.sample(frac=1, random_state=seed),
        grid=grid.sample(frac=1, random_state=seed),
        contiguity=contiguity.sample(frac=1, random_state=seed),
        n=n,
    )
    assert again == found

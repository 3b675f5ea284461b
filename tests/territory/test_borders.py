"""Border lengths measured by hand on squares of 1 km."""

import geopandas as gpd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, affinity

from eitgeo.errors import CrsError, SchemaError
from eitgeo.tables.schema import validate
from eitgeo.territory.borders import border_contiguity
from tests.territory.conftest import rectangle, square, squares


def borders_m(layer: gpd.GeoDataFrame) -> dict[tuple[str, str], float]:
    """Return border lengths by pair, with the last two digits of the codes."""
    table = validate(border_contiguity(layer), table="borders")
    pairs = zip(table["code_a"].str[-2:], table["code_b"].str[-2:], strict=True)
    return dict(zip(pairs, table["shared_border_m"], strict=True))


GRID = {
    **{(f"0{i}", f"0{i + 1}"): 1000.0 for i in (1, 2, 4, 5, 7, 8)},
    **{(f"0{i}", f"0{i + 3}"): 1000.0 for i in range(1, 7)},
}


def test_the_grid_has_twelve_borders_and_no_diagonal(grid) -> None:
    assert borders_m(grid) == GRID


def test_an_island_has_none_and_a_corner_is_none() -> None:
    layer = squares(
        c10=rectangle(5000, 0, 6000, 1000), c11=rectangle(3000, 3000, 4000, 4000)
    )
    assert borders_m(layer) == GRID


def test_an_enclave_has_its_whole_outline() -> None:
    """A square of 400 m inside 31005."""
    inner = rectangle(1300, 1300, 1700, 1700)
    layer = squares(c5=square(5).difference(inner), c10=inner)
    assert borders_m(layer) == GRID | {("05", "10"): 1600.0}


def test_the_two_pieces_of_a_commune_count_together() -> None:
    """31009 lies on both sides of 31010: twice 1 000 m."""
    pieces = MultiPolygon([square(9), rectangle(4000, 2000, 5000, 3000)])
    layer = squares(c9=pieces, c10=rectangle(3000, 2000, 4000, 3000))
    assert borders_m(layer) == GRID | {("09", "10"): 2000.0}


def test_a_border_across_steps_and_slopes() -> None:
    """Two triangles of one square share its diagonal: 1 000 √2 m."""
    west, south, east, north = square(5).bounds
    lower = gpd.GeoSeries.from_wkt(
        [f"POLYGON (({west} {south}, {east} {south}, {east} {north}, {west} {south}))"]
    )[0]
    layer = squares(c5=square(5).difference(lower), c10=lower)
    measured = borders_m(layer)
    assert measured["05", "10"] == pytest.approx(1000 * 2**0.5)
    assert measured["02", "10"] == 1000.0
    assert ("02", "05") not in measured


def test_unmatched_vertices_do_not_hide_a_border() -> None:
    """31002 faces 31005 (600 m) and 31010 (400 m) along one straight side."""
    layer = squares(
        c5=rectangle(1000, 1000, 1600, 2000), c10=rectangle(1600, 1000, 2000, 2000)
    )
    measured = borders_m(layer)
    assert (measured["02", "05"], measured["02", "10"]) == (600.0, 400.0)


def test_one_commune_has_no_border(grid) -> None:
    assert border_contiguity(grid.iloc[:1]).empty
    assert list(border_contiguity(grid.iloc[:0]).columns) == [
        "code_a",
        "code_b",
        "shared_border_m",
    ]


def test_a_layer_without_codes_or_metres_is_refused(grid) -> None:
    with pytest.raises(SchemaError, match="« code_insee » absente"):
        border_contiguity(grid.rename(columns={"code_insee": "code"}))
    with pytest.raises(CrsError, match="EPSG:2154"):
        border_contiguity(grid.to_crs(4326))


@given(order=st.permutations(range(9)), angle_deg=st.integers(0, 359))
def test_order_and_orientation_do_not_matter(order, angle_deg) -> None:
    grid = squares()
    turned = grid.set_geometry(
        [
            affinity.rotate(s, angle_deg, origin=square(5).centroid)
            for s in grid.geometry
        ],
        crs=2154,
    )
    snapped = turned.set_geometry(turned.geometry.set_precision(0.001))
    measured = borders_m(snapped.iloc[order])
    long = {pair: length for pair, length in measured.items() if length > 0.01}
    assert set(long) == set(GRID)
    assert list(long.values()) == pytest.approx(list(GRID.values()), abs=0.1)


@given(cut_m=st.integers(1, 999))
def test_the_outline_of_a_commune_is_its_borders_and_the_outside(cut_m) -> None:
    """Cutting 31005 in two: its four sides are shared out, the cut is new."""
    layer = squares(
        c5=rectangle(1000, 1000, 1000 + cut_m, 2000),
        c10=rectangle(1000 + cut_m, 1000, 2000, 2000),
    )
    measured = borders_m(layer)
    assert measured["05", "10"] == 1000.0
    of_both = sum(m for pair, m in measured.items() if {"05", "10"} & set(pair))
    assert of_both == pytest.approx(4000.0 + 1000.0)

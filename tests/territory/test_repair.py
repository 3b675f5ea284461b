"""What the repair mends, what it leaves, and what it conserves."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon

from eitgeo.errors import CrsError
from eitgeo.territory.coverage import coverage_report, repair_coverage, united
from tests.territory.conftest import rectangle, square, squares
from tests.territory.test_coverage import BOW_TIE


def kinds(layer: gpd.GeoDataFrame) -> list[str]:
    """Return the kinds of the faults of a layer."""
    return coverage_report(layer)["kind"].tolist()


def areas_m2(layer: gpd.GeoDataFrame) -> list[float]:
    """Return the areas of communes 1 to 9 and more."""
    return [round(area) for area in layer.set_index("code_insee").area]


def test_a_clean_layer_is_bit_identical(grid) -> None:
    inner = rectangle(1300, 1300, 1700, 1700)
    lived_in = squares(
        c5=square(5).difference(inner),
        c9=MultiPolygon([square(9), rectangle(4000, 2000, 5000, 3000)]),
        c10=inner,
        c11=rectangle(3000, 2000, 4000, 3000),
        c12=rectangle(8000, 0, 9000, 1000),
    )
    for layer in (grid, lived_in):
        mended = repair_coverage(layer)
        assert mended is not layer
        assert mended.to_wkb().equals(layer.to_wkb())


def test_an_overlap_goes_to_one_of_the_two() -> None:
    """31001 reaches 50 m into 31002: 50 000 m² belong to one or the other."""
    layer = squares(c1=rectangle(0, 0, 1050, 1000))
    mended = repair_coverage(layer)
    assert kinds(mended) == []
    one, two, *others = areas_m2(mended)
    assert (one, two) in {(1_050_000, 950_000), (1_000_000, 1_000_000)}
    assert others == [1_000_000] * 7


def test_a_small_gap_goes_to_the_neighbour_of_longest_border() -> None:
    """A gap 100 m wide and 50 m high between 31005 (three sides) and 31002."""
    hole = rectangle(1400, 1000, 1500, 1050)
    layer = squares(c5=square(5).difference(hole))
    mended = repair_coverage(layer)
    assert kinds(mended) == []
    assert areas_m2(mended) == [1_000_000] * 9


def test_a_large_gap_is_kept_whatever_its_width_and_the_other_faults() -> None:
    """A slit of 20 m × 600 m is narrow, but its 12 000 m² pass the limit."""
    slit = rectangle(1100, 1490, 1700, 1510)
    alone = squares(c5=square(5).difference(slit))
    assert repair_coverage(alone).to_wkb().equals(alone.to_wkb())
    both = squares(c5=square(5).difference(slit), c1=rectangle(0, 0, 1050, 1000))
    mended = repair_coverage(both)
    assert kinds(mended) == ["trou"]
    assert areas_m2(mended)[4] == 1_000_000 - 12_000
    assert kinds(repair_coverage(both, max_gap_m2=12_000)) == []


def test_a_bow_tie_becomes_its_two_triangles() -> None:
    mended = repair_coverage(squares(c1=BOW_TIE))
    assert mended.is_valid.all()
    assert areas_m2(mended)[0] == 500_000
    assert kinds(mended) == ["morceaux"]


def test_a_spike_is_cut() -> None:
    """31003 ends in a line 500 m long, without area."""
    first, second, *others = square(3).exterior.coords
    spiked = shapely.Polygon([first, second, (553_500, 6_201_000), second, *others])
    layer = squares(c3=spiked)
    assert "invalide" in kinds(layer)
    mended = repair_coverage(layer)
    assert kinds(mended) == []
    assert set(mended.geom_type) == {"Polygon"}
    assert areas_m2(mended) == [1_000_000] * 9


def test_polygons_far_from_a_fault_are_bit_identical() -> None:
    layer = squares(c1=rectangle(0, 0, 1050, 1000))
    before, after = layer.to_wkb()["geometry"], repair_coverage(layer).to_wkb()
    same = (before == after["geometry"]).set_axis(layer["code_insee"])
    assert same[["31003", "31006", "31007", "31008", "31009"]].all()
    assert not same["31002"]


def test_index_columns_and_input_are_kept() -> None:
    layer = squares(c1=rectangle(0, 0, 1050, 1000)).set_index("population", drop=False)
    before = layer.copy()
    mended = repair_coverage(layer)
    assert mended.index.equals(layer.index)
    assert mended.crs == layer.crs
    assert mended.drop(columns="geometry").equals(layer.drop(columns="geometry"))
    assert layer.geom_equals_exact(before, tolerance=0).all()


def test_degrees_are_refused(grid) -> None:
    with pytest.raises(CrsError, match="EPSG:2154"):
        repair_coverage(grid.to_crs(4326))


METRES = st.integers(1, 99)


@given(reach_m=METRES, west_m=METRES, side_m=METRES, order=st.permutations(range(9)))
def test_land_is_conserved_and_no_fault_is_left(reach_m, west_m, side_m, order) -> None:
    """31001 reaches into 31002; 31005 has a hole of at most 99 m × 99 m."""
    hole = rectangle(1000 + west_m, 1500, 1000 + west_m + side_m, 1500 + side_m)
    layer = squares(
        c1=rectangle(0, 0, 1000 + reach_m, 1000), c5=square(5).difference(hole)
    )
    mended = repair_coverage(layer.iloc[order])
    assert kinds(mended) == []
    assert shapely.coverage_is_valid(mended.geometry.to_numpy())
    # What overlapped counts once, what was missing counts: nine square kilometres.
    assert mended.area.sum() == pytest.approx(9e6, abs=1e-3)
    assert mended.union_all().area == pytest.approx(9e6, abs=1e-3)
    twice = repair_coverage(mended)
    assert np.array_equal(twice.to_wkb()["geometry"], mended.to_wkb()["geometry"])


def test_what_is_no_polygon_is_told_and_mended(grid) -> None:
    """A line beside a commune: GEOS says that such a layer is a coverage."""
    shapes = grid.geometry.to_numpy().copy()
    line = shapely.LineString(shapely.get_coordinates(shapes[0])[:2] - 5e3)
    shapes[0] = shapely.GeometryCollection([shapes[0], line])
    odd = grid.set_geometry(gpd.GeoSeries(shapes, grid.index, grid.crs))
    assert kinds(odd) == ["morceaux"]
    mended = repair_coverage(odd)
    assert shapely.equals(mended.geometry.to_numpy(), grid.geometry.to_numpy()).all()


def test_a_union_is_the_same_of_a_coverage_and_of_other_polygons(grid) -> None:
    shapes = grid.geometry.to_numpy()
    moved = shapes.copy()
    moved[0] = shapely.transform(moved[0], lambda xy: xy + 7.0)
    for polygons in (shapes, moved, shapes[:0]):
        assert shapely.equals(united(polygons), shapely.union_all(polygons))

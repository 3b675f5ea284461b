"""Roads under a map: joined by class, cut to what is seen, told apart in the legend."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import LineString, MultiLineString

from eitgeo.maps.paper.canvas import Page, drawing_style
from eitgeo.maps.paper.formats import FORMATS
from eitgeo.maps.paper.layout import open_map
from eitgeo.maps.paper.road_lines import (
    ROAD_CLASSES,
    occupied_cells,
    seen_roads,
)
from eitgeo.maps.prints.road_maps import RoadLayer, _covered, _items
from eitgeo.steps.roads.drawn_roads import roads_by_class
from tests.maps.test_road_maps import released

FRAME = (0.0, 0.0, 1_000.0, 1_000.0)


def roads(*classes):
    shapes = [LineString([(100 * k, 0), (100 * k, 2_000)]) for k in range(len(classes))]
    lines = gpd.GeoDataFrame(geometry=shapes, crs=2154)
    return roads_by_class(lines, pd.Series(classes))


def test_each_class_is_one_row_with_its_links_and_small_streets_are_left_out():
    found = roads("primary", "motorway_link", "trunk", "residential", "primary_link")
    assert found["label"].tolist() == ["route principale", "autoroute ou voie express"]
    assert found.length.tolist() == [4_000.0, 4_000.0]
    assert found.crs.to_epsg() == 2154


def test_the_larger_road_is_drawn_over_the_smaller_and_wider():
    widths = [drawn.style["linewidth"] for drawn in ROAD_CLASSES.values()][1:]
    assert widths == sorted(widths)
    items = _items(RoadLayer("roads", released(roads("secondary", "motorway"))))
    assert [one.label for one in items] == [
        "autoroute ou voie express",
        "route secondaire",
    ]


def test_roads_are_grey_under_links_that_have_their_colours():
    layer = RoadLayer("roads", released(roads("secondary", "motorway")))
    colours = [
        {one.style["color"] for one in _items(shown)}
        for shown in (layer, layer._replace(is_muted=True))
    ]
    assert [len(one) for one in colours] == [2, 1]
    assert colours[0].isdisjoint(colours[1])


def test_roads_are_cut_to_the_frame_and_local_ones_left_to_close_maps():
    both = roads("tertiary", "primary")
    near = seen_roads(both, FRAME, m_per_mm=100.0)
    far = seen_roads(both, FRAME, m_per_mm=400.0)
    assert near["label"].tolist() == ["route locale", "route principale"]
    assert far["label"].tolist() == ["route principale"]
    assert near.total_bounds[3] == 1_000


def test_a_line_is_simplified_by_less_than_a_tenth_of_a_millimetre():
    x = np.arange(0.0, 1_000.0, 5.0)
    wave = LineString(np.column_stack([x, 500 + 3 * np.sin(x)]))
    loop = LineString([(10, 10), (12, 10), (12, 12), (10, 10)])
    table = gpd.GeoDataFrame(
        {"label": ["route principale"]},
        geometry=[MultiLineString([wave, loop])],
        crs=2154,
    )
    (drawn,) = seen_roads(table, FRAME, m_per_mm=100.0).geometry
    assert shapely.hausdorff_distance(drawn.geoms[0], wave) <= 8
    assert shapely.get_num_coordinates(drawn) < 10
    assert drawn.is_valid


def test_cells_are_those_that_a_line_crosses_however_long_its_segments():
    line = gpd.GeoSeries([LineString([(5, 5), (95, 5)])], crs=2154)
    cells = occupied_cells(line, cell_m=10.0)
    assert cells.equals(shapely.box(0, 0, 100, 10))
    assert occupied_cells(line.iloc[:0], cell_m=10.0).is_empty


def test_the_room_of_roads_is_a_grid_whatever_their_number():
    """Furniture asks where roads are: a coarse answer, not a shape of each of them."""
    rng = np.random.default_rng(7)
    ends = rng.uniform(0, 80_000, (20_000, 2, 2))
    ends[:, 1] = ends[:, 0] + rng.uniform(-400, 400, (20_000, 2))
    many = gpd.GeoDataFrame(
        {"label": ["route principale"]},
        geometry=[shapely.multilinestrings(shapely.linestrings(ends))],
        crs=2154,
    )
    with drawing_style():
        page = Page(FORMATS["A4"])
        view = open_map(page, (0, 0, 80_000, 80_000), low_mm=20.0)
        room = _covered([RoadLayer("roads", released(many))], view)
    assert shapely.get_num_coordinates(room) < 10_000
    points = shapely.points(ends[:, 0])
    frame = shapely.box(*view.placer.frame)
    assert shapely.covers(room, points[shapely.covers(frame, points)]).all()


@pytest.mark.parametrize("label", list(ROAD_CLASSES))
def test_each_class_has_a_name_and_a_line_of_its_own(label):
    style = ROAD_CLASSES[label].style
    others = [one.style for name, one in ROAD_CLASSES.items() if name != label]
    assert style not in others

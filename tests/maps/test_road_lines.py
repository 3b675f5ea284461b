"""Roads under a map: joined by class, cut to what is seen, told apart in the legend."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import LineString, MultiLineString

from eitgeo.maps.paper.canvas import Page, drawing_style
from eitgeo.maps.paper.formats import FORMATS
from eitgeo.maps.paper.layers import (
    ROAD_CLASSES,
    seen_roads,
)
from eitgeo.maps.paper.layout import open_map
from eitgeo.maps.roads.layers import Roads, road_sheet
from eitgeo.steps.roads.drawn_roads import roads_by_class
from tests.maps.test_road_maps import released
from tests.maps.toy import X0, Y0

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


def legend(toy, *classes, is_muted=False):
    """Draw the roads of a map, and return their lines of the legend."""
    lines = roads(*classes).translate(X0, Y0)
    table = roads(*classes).set_geometry(lines.set_crs(2154))
    told: dict[str, Any] = {"subject": "x", "heading": "x", "side": ()}
    made = Roads(toy.ground, released(table), "routes d'essai")
    drawn = road_sheet(made, is_muted=is_muted, **told)
    with drawing_style():
        view = open_map(Page(FORMATS["A4"]), drawn.bounds, low_mm=20.0)
        return drawn.layers[0].draw(view)


def test_the_larger_road_is_drawn_over_the_smaller_and_wider(toy):
    widths = [drawn.style["linewidth"] for drawn in ROAD_CLASSES.values()][1:]
    assert widths == sorted(widths)
    items = legend(toy, "secondary", "motorway")
    assert [one.label for one in items] == [
        "Autoroute ou voie express",
        "Route secondaire",
    ]


def test_roads_are_grey_under_links_that_have_their_colours(toy):
    colours = [
        {
            one.style["color"]
            for one in legend(toy, "secondary", "motorway", is_muted=muted)
        }
        for muted in (False, True)
    ]
    assert [len(one) for one in colours] == [2, 1]
    assert colours[0].isdisjoint(colours[1])


def test_roads_are_cut_to_the_frame_and_local_ones_left_to_close_maps():
    both = roads("tertiary", "primary").iloc[::-1]  # as a table, ordered by name
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


@pytest.mark.parametrize("label", list(ROAD_CLASSES))
def test_each_class_has_a_name_and_a_line_of_its_own(label):
    style = ROAD_CLASSES[label].style
    others = [one.style for name, one in ROAD_CLASSES.items() if name != label]
    assert style not in others

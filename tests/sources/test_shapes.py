"""Shapes of producers' files: made valid, or none."""

import numpy as np
import pytest
import shapely

from eitgeo.sources.files.shapes import repaired_polygons

BOW = [(0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)]
SQUARE = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]


@pytest.mark.parametrize("lost", [np.nan, np.inf, -np.inf])
def test_a_polygon_without_a_place_is_none_and_the_others_stay(lost) -> None:
    """GEOS raised on it: the file of a whole country was lost with a traceback."""
    rows = [SQUARE, [(0.0, 0.0), (1.0, lost), (1.0, 1.0)], BOW]
    with np.errstate(invalid="ignore"):
        shapes = np.array([shapely.polygons(one) for one in rows] + [None], object)
    made, repaired = repaired_polygons(shapes)
    assert made[0].area == 1.0
    assert made[1] is None
    assert made[2].is_valid
    assert made[2].area == pytest.approx(0.5)
    assert made[3] is None
    assert repaired.tolist() == [False, False, True, False]

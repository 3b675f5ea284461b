"""Colours hold for three kinds of colour blindness and in greyscale.

The deficiencies are simulated after Machado et al. (2009) by ``colour-science``, at
full severity; differences are measured in CAM02-UCS (Luo et al., 2006).
"""

from functools import cache
from itertools import combinations, pairwise

import geopandas as gpd
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from shapely import box

from eitgeo.maps.paper.charter import (
    _CONFUSABLE,
    _TOL_LIGHT,
    DISTINCT,
    NEAR_M,
    OUTLET_SYMBOLS,
    soften,
    spread_colours,
)
from eitgeo.maps.prints.core_map import CORE_CLASSES
from eitgeo.maps.prints.difference_map import _STYLES
from eitgeo.maps.prints.zone_maps import _ALONE_FILL, _JOBS_FILL, _TONNES_FILL
from eitgeo.maps.roads.closures import _LATER
from eitgeo.maps.roads.layers import near_colours
from eitgeo.maps.roads.network import _GRADES

with np.printoptions():  # the library sets those of everybody
    from colour.blindness import matrix_cvd_Machado2009
    from colour.models import (
        XYZ_to_CAM02UCS,
        eotf_inverse_sRGB,
        eotf_sRGB,
        sRGB_to_XYZ,
    )
    from colour.utilities import suppress_warnings

VISIONS = (None, "Deuteranomaly", "Protanomaly", "Tritanomaly")
STEP_OF_GREY = 5.0


@cache
def seen(colour: str, vision: str | None) -> np.ndarray:
    """Return a colour as a reader sees it: lightness, red-green, yellow-blue."""
    light = eotf_sRGB(np.array(to_rgb(colour)))
    if vision is not None:
        # The model is rougher for tritanomaly, and its library warns of it.
        with suppress_warnings(colour_usage_warnings=True):
            matrix = matrix_cvd_Machado2009(vision, 1.0)
        light = np.clip(matrix @ light, 0, 1)
    return XYZ_to_CAM02UCS(sRGB_to_XYZ(eotf_inverse_sRGB(light)))


def apart(one: str, other: str) -> float:
    """Return how far apart two colours are for the reader who tells them least."""
    return min(
        float(np.linalg.norm(seen(one, vision) - seen(other, vision)))
        for vision in VISIONS
    )


def lightness(colour: str) -> float:
    """Return the lightness of a colour: what a photocopy keeps of it."""
    return float(seen(colour, None)[0])


SCHEME = [soften(colour) for colour in _TOL_LIGHT]


def test_the_pairs_told_apart_are_those_of_the_table() -> None:
    far = {
        pair
        for pair in combinations(range(len(SCHEME)), 2)
        if apart(SCHEME[pair[0]], SCHEME[pair[1]]) < DISTINCT
    }
    assert far == _CONFUSABLE


def test_neighbours_are_told_apart() -> None:
    ring = gpd.GeoSeries(
        [box(x, y, x + 1e4, y + 1e4) for x in (0, 1e4, 2e4) for y in (0, 1e4)],
        crs=2154,
    )
    colours = spread_colours(ring)
    for one, other in combinations(range(len(ring)), 2):
        if ring.iloc[one].dwithin(ring.iloc[other], NEAR_M):
            assert apart(colours[one], colours[other]) >= DISTINCT


def test_more_neighbours_than_colours_still_get_one() -> None:
    heap = gpd.GeoSeries([box(0, 0, 1, 1)] * 14, crs=2154)
    assert len(spread_colours(heap)) == 14
    assert len(set(spread_colours(heap))) == len(SCHEME)


RAMPS = {
    "core": [colour for _, colour, _ in CORE_CLASSES],
    "minutes of isochrones": list(near_colours(4)),
    "minutes of seats": list(near_colours(5)),
    "delays": list(_LATER),
    "links": [style["color"] for style in _GRADES],
}


@pytest.mark.parametrize("name", RAMPS)
def test_a_ramp_darkens_step_by_step(name: str) -> None:
    """A photocopy keeps the order of the classes, and each from the next."""
    steps = np.diff([lightness(colour) for colour in RAMPS[name]])
    assert (np.abs(steps) >= STEP_OF_GREY).all(), steps
    assert abs(np.sign(steps).sum()) == len(steps)
    assert min(apart(one, other) for one, other in pairwise(RAMPS[name])) >= 6


def test_the_parts_of_a_difference_are_told_apart() -> None:
    fills = [style["facecolor"] for style in _STYLES.values()]
    assert min(apart(one, other) for one, other in combinations(fills, 2)) >= DISTINCT
    hatches = [
        style.get("hatch", "") for name, style in _STYLES.items() if name != "both"
    ]
    assert len(set(hatches)) == 2  # on a photocopy, the hatch tells A from B


def test_zones_are_told_apart() -> None:
    fills = (_JOBS_FILL, _TONNES_FILL, _ALONE_FILL)
    assert min(apart(one, other) for one, other in combinations(fills, 2)) >= DISTINCT


def test_each_kind_of_outlet_has_its_shape() -> None:
    markers = [symbol.marker for symbol in OUTLET_SYMBOLS.values()]
    assert len(set(markers)) == len(markers)

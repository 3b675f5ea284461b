"""Rough outlines: France, for the « Situation » sketch; its neighbours, to name them.

Towns and capes along coasts and borders, to about 10 km; never measured.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import shapely

from eitgeo.crs import to_metres

_RINGS: dict[str, Any] = tomllib.loads(
    resources.files("eitgeo.maps.paper").joinpath("france.toml").read_text("utf-8")
)
FRANCE_LON_LAT = tuple(tuple(map(tuple, ring)) for ring in _RINGS["france"])
NEIGHBOURS_LON_LAT = {
    name: tuple(map(tuple, ring)) for name, ring in _RINGS["neighbours"].items()
}
"""Where the name of a country may stand, to about 10 km; never drawn, never measured.
"""


@cache
def project_ring(ring: tuple[tuple[float, float], ...]) -> shapely.Polygon:
    """Put longitudes and latitudes in EPSG:2154."""
    x, y = to_metres().transform(*np.array(ring).T)
    return shapely.polygons(np.column_stack([x, y]))

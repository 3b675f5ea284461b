"""The roads under a map: by class, cut to what is seen, and the room that they take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

from eitgeo.maps.paper.palette import MOTORWAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

BORDERS = "limite de commune"
"""What stands for roads where they run from town hall to town hall."""
MAIN_ROADS = "autoroute ou voie express"
_MUTED = {"color": "#b3b2ab"}
_FINE_MM = 0.08
"""What no eye tells apart on paper."""


class RoadClass(NamedTuple):
    """How roads of some classes are drawn.

    Attributes
    ----------
    classes
        Classes of ``road_edges``, their links included.
    style
        Of the line.
    widest_m_per_mm
        Scale beyond which they would cover the map.
    """

    classes: tuple[str, ...]
    style: dict[str, Any]
    widest_m_per_mm: float = np.inf


ROAD_CLASSES: dict[str, RoadClass] = {
    BORDERS: RoadClass((), {"color": "#8a8a86", "linewidth": 0.45}),
    "route locale": RoadClass(
        ("tertiary",), {"color": "#d3bd9c", "linewidth": 0.4}, 350.0
    ),
    "route secondaire": RoadClass(
        ("secondary",), {"color": "#c39b6b", "linewidth": 0.5}
    ),
    "route principale": RoadClass(("primary",), {"color": "#b8763a", "linewidth": 0.9}),
    MAIN_ROADS: RoadClass(("motorway", "trunk"), {"color": MOTORWAY, "linewidth": 1.5}),
}
"""By name, French, the smallest first: the larger is drawn over it."""


def road_styles(
    labels: Sequence[str], *, is_muted: bool = False
) -> list[tuple[str, dict[str, Any]]]:
    """Return each class with its style, or all of them grey."""
    colour = _MUTED if is_muted else {}
    return [(label, ROAD_CLASSES[label].style | colour) for label in labels]


def seen_roads(
    roads: gpd.GeoDataFrame, frame: Sequence[float], *, m_per_mm: float
) -> gpd.GeoDataFrame:
    """Cut roads to a frame, by class, without those too small for its scale."""
    widest = roads["label"].map(lambda label: ROAD_CLASSES[label].widest_m_per_mm)
    shown = roads[widest >= m_per_mm]
    cut = [shapely.clip_by_rect(shape, *frame) for shape in shown.geometry]
    fine = [_simplified(lines, tolerance_m=_FINE_MM * m_per_mm) for lines in cut]
    return shown.set_geometry(fine, crs=roads.crs)


def _simplified(lines: shapely.Geometry, *, tolerance_m: float) -> shapely.Geometry:
    """Simplify lines one by one: all at once, each is held against the others."""
    parts = shapely.simplify(shapely.get_parts(lines), tolerance_m)
    return shapely.multilinestrings(parts)


def occupied_cells(lines: gpd.GeoSeries, *, cell_m: float) -> shapely.Geometry:
    """Join the cells of a grid that lines cross: where they are, roughly."""
    dense = shapely.segmentize(lines.to_numpy(), cell_m / 2)
    cells = np.unique(np.floor(shapely.get_coordinates(dense) / cell_m), axis=0)
    low = cells * cell_m
    return shapely.coverage_union_all(shapely.box(*low.T, *(low + cell_m).T))

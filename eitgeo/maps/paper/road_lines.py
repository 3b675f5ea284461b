"""The roads under a map: by class, cut to what is seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from eitgeo.maps.paper.charter import MOTORWAY, styles
from eitgeo.maps.paper.ground import Ground
from eitgeo.maps.paper.shapes import add_lines

if TYPE_CHECKING:
    from eitgeo.maps.paper.labels import MapFrame

BORDERS = "limite de commune"
"""What stands for roads where they run from town hall to town hall."""
MAIN_ROADS = "autoroute ou voie express"
_MUTED = {"color": "#b3b2ab"}
_FINE_MM = 0.08
"""What no eye tells apart on paper."""
GROUND_ROADS = styles("ground_roads")
"""Classes under a map that is not about roads, the smallest first."""


class RoadClass(NamedTuple):
    """How roads of some classes are drawn."""

    classes: tuple[str, ...]  # Classes of ``road_edges``, their links included
    style: dict[str, Any]
    widest_m_per_mm: float = np.inf  # Scale beyond which they would cover the map


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
_RANKS = {label: rank for rank, label in enumerate(ROAD_CLASSES)}


def road_styles(
    labels: Sequence[str], *, is_muted: bool = False
) -> list[tuple[str, dict[str, Any]]]:
    """Return each class with its style, or all of them grey."""
    colour = _MUTED if is_muted else {}
    return [(label, ROAD_CLASSES[label].style | colour) for label in labels]


def seen_roads(
    roads: gpd.GeoDataFrame, frame: Sequence[float], *, m_per_mm: float
) -> gpd.GeoDataFrame:
    """Cut roads to a frame, the smallest class first, those too small for it left."""
    roads = roads.iloc[np.argsort(roads["label"].map(_RANKS), kind="stable")]
    widest = roads["label"].map(lambda label: ROAD_CLASSES[label].widest_m_per_mm)
    shown = roads[widest >= m_per_mm]
    cut = [shapely.clip_by_rect(shape, *frame) for shape in shown.geometry]
    fine = [_simplified(lines, tolerance_m=_FINE_MM * m_per_mm) for lines in cut]
    return shown.set_geometry(fine, crs=roads.crs)


def _simplified(lines: shapely.Geometry, *, tolerance_m: float) -> shapely.Geometry:
    """Simplify lines one by one: all at once, each is held against the others."""
    parts = shapely.simplify(shapely.get_parts(lines), tolerance_m)
    return shapely.multilinestrings(parts)


def draw_roads(view: MapFrame, ground: Ground, *, sketch: dict[str, Any]) -> None:
    """Draw roads by class, cut to the frame; motorways as a sketch where none are."""
    if ground.roads.empty:
        for line in ground.motorways.geometry:
            add_lines(view.axes, line, zorder=9, **sketch)
    for rank, (label, lines) in enumerate(roads_in(view, ground).items()):
        add_lines(view.axes, lines, zorder=5 + rank / 10, **GROUND_ROADS[label])


def roads_in(view: MapFrame, ground: Ground) -> dict[str, shapely.Geometry]:
    """Return the lines of each class in the frame, the smallest first."""
    frame = view.placer.frame
    if frame not in ground.cut:
        roads = ground.roads[ground.roads["label"].isin(GROUND_ROADS)]
        seen = seen_roads(roads, frame, m_per_mm=view.m_per_mm)
        lines = dict(zip(seen["label"], seen.geometry, strict=True))
        ground.cut.clear()
        ground.cut[frame] = {
            name: lines[name] for name in GROUND_ROADS if name in lines
        }
    shown: dict[str, shapely.Geometry] = ground.cut[frame]
    return shown

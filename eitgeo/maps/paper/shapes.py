"""From shapely geometries to matplotlib paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.path import Path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.axes import Axes


def polygon_path(geometry: shapely.Geometry) -> Path:
    """Make one path of all rings; holes run the other way, so they stay empty."""
    turned = shapely.orient_polygons(geometry)
    rings = shapely.get_rings(shapely.get_parts(turned))
    paths = [Path(shapely.get_coordinates(ring), closed=True) for ring in rings]
    return Path.make_compound_path(*paths) if paths else Path(np.empty((0, 2)))


def add_polygons(
    axes: Axes, geometries: Iterable[shapely.Geometry], **style: Any
) -> None:
    """Draw polygons with one style, or one face colour each."""
    paths = [polygon_path(geometry) for geometry in geometries]
    if paths:
        axes.add_collection(PathCollection(paths, **style), autolim=False)


def add_lines(axes: Axes, geometry: shapely.Geometry, **style: Any) -> None:
    """Draw every line of a geometry."""
    parts = shapely.get_parts(geometry)
    lines = [shapely.get_coordinates(part) for part in parts]
    if lines:
        axes.add_collection(LineCollection(lines, **style), autolim=False)


def shared_borders(geometries: Iterable[shapely.Geometry]) -> shapely.Geometry:
    """Return the borders between polygons, each drawn once, the outline left out."""
    shapes = np.asarray(list(geometries))
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = np.column_stack([left, right])[left < right]
    edges = shapely.boundary(shapes)
    shared = shapely.intersection(edges[pairs[:, 0]], edges[pairs[:, 1]])
    lines = shapely.get_parts(shared)
    linear = shapely.get_dimensions(lines) == 1
    return shapely.line_merge(shapely.union_all(lines[linear]))

"""From shapely geometries to matplotlib paths."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.path import Path

if TYPE_CHECKING:
    from eitgeo.maps.paper.canvas import Paper

_PATH_POINTS = 4_000
"""Points of a path, about: a canvas of dots refuses paths of too many."""


def polygon_path(geometry: shapely.Geometry) -> Path:
    """Make one path of all rings; holes run the other way, so they stay empty."""
    turned = shapely.orient_polygons(geometry)
    rings = shapely.get_rings(shapely.get_parts(turned))
    paths = [Path(shapely.get_coordinates(ring), closed=True) for ring in rings]
    return Path.make_compound_path(*paths) if paths else Path(np.empty((0, 2)))


def add_polygons(
    axes: Axes | Paper, geometries: Iterable[shapely.Geometry], **style: Any
) -> None:
    """Draw polygons with one style, many at a time, or one face colour each."""
    shapes = np.asarray(list(geometries), dtype=object)
    if "facecolors" not in style:
        parts = shapely.get_parts(shapes)
        shapes = np.array([shapely.multipolygons(one) for one in _grouped(parts)])
    paths = [polygon_path(shape) for shape in shapes]
    if paths:
        axes.add_artist(PathCollection(paths, **style))


def add_lines(axes: Axes | Paper, geometry: shapely.Geometry, **style: Any) -> None:
    """Draw every line of a geometry, many at a time: a canvas draws path by path."""
    parts = shapely.get_parts(geometry)
    parts = parts[~shapely.is_empty(parts)]
    if not len(parts):
        return
    paths = PathCollection(
        [_joined_path(group) for group in _grouped(parts)],
        facecolor="none",
        edgecolor=style.pop("color"),
        **style,
    )
    axes.add_artist(paths)


def _grouped(shapes: npt.NDArray[np.object_]) -> list[npt.NDArray[np.object_]]:
    """Part shapes in groups of so many points, in their order."""
    if not len(shapes):
        return []
    rank = np.cumsum(shapely.get_num_coordinates(shapes)) // _PATH_POINTS
    return np.split(shapes, 1 + np.flatnonzero(np.diff(rank)))


def _joined_path(lines: npt.NDArray[np.object_]) -> Path:
    """Make one path of lines, each begun where it begins."""
    points, line = shapely.get_coordinates(lines, return_index=True)
    codes = np.full(len(points), Path.LINETO, dtype=Path.code_type)
    codes[np.flatnonzero(np.diff(line, prepend=-1))] = Path.MOVETO
    return Path(points, codes)


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

"""Shared arcs: each border once, with the commune on either side of it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from eitgeo.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

OUTSIDE = -1
"""In place of a commune, beyond the outer border."""
_SIDES = 2


class Frame(NamedTuple):
    """Whole metres from the top left corner, downwards as on a screen.

    Attributes
    ----------
    x0, y0
        Top left corner, EPSG:2154 [m].
    width, height
        Extent [m].
    """

    x0: int
    y0: int
    width: int
    height: int

    def place(self, points: np.ndarray) -> np.ndarray:
        """Move points into the frame."""
        away = np.asarray(points, dtype=float) - (self.x0, self.y0)
        moved: np.ndarray = np.rint(away * (1.0, -1.0)).astype("int64")
        return moved


class Arcs(NamedTuple):
    """Borders between communes.

    Attributes
    ----------
    sides
        The two communes of each arc, by rank; :data:`OUTSIDE` beyond the border.
    lines
        Each arc: first point, then steps, flat [m].
    """

    sides: list[tuple[int, int]]
    lines: list[list[int]]


def frame_of(shapes: Iterable[shapely.Geometry]) -> Frame:
    """Return the frame that holds polygons."""
    bounds = shapely.total_bounds(np.asarray(list(shapes), dtype=object))
    xmin, ymin = (int(np.floor(side)) for side in bounds[:2])
    xmax, ymax = (int(np.ceil(side)) for side in bounds[2:])
    return Frame(xmin, ymax, xmax - xmin, ymax - ymin)


def shared_arcs(shapes: Sequence[shapely.Geometry], frame: Frame) -> Arcs:
    """Cut the borders of a coverage into arcs, each with its two sides."""
    edges: dict[tuple[tuple[int, int], tuple[int, int]], set[int]] = {}
    for rank, shape in enumerate(shapes):
        for ring in shapely.get_rings(shapely.get_parts(shape)):
            points = frame.place(shapely.get_coordinates(ring)).tolist()
            for p, q in pairwise(points):
                if p != q:
                    first, last = sorted((tuple(p), tuple(q)))
                    # A spike of one polygon runs to and fro: it is no border.
                    edges.setdefault((first, last), set()).symmetric_difference_update(
                        {rank}
                    )
    return _merged(edges)


def _merged(
    edges: dict[tuple[tuple[int, int], tuple[int, int]], set[int]],
) -> Arcs:
    """Join the edges that have the same sides."""
    by_sides: dict[tuple[int, int], list[shapely.LineString]] = {}
    for edge in sorted(edges):
        ranks = sorted(edges[edge])
        if len(ranks) > _SIDES:
            message = f"communes : {len(ranks)} polygones sur une même limite"
            raise SchemaError(message)
        if ranks:
            first = ranks[0] if len(ranks) == _SIDES else OUTSIDE
            by_sides.setdefault((first, ranks[-1]), []).append(shapely.LineString(edge))
    arcs = Arcs([], [])
    for sides, lines in sorted(by_sides.items()):
        merged = shapely.line_merge(shapely.MultiLineString(lines))
        for line in shapely.get_parts(merged):
            points = np.rint(shapely.get_coordinates(line)).astype("int64")
            steps = np.vstack([points[:1], np.diff(points, axis=0)])
            arcs.sides.append(sides)
            arcs.lines.append(steps.ravel().tolist())
    return arcs

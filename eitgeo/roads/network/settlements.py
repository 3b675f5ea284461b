"""Where roads run through settlements, told by the junctions around them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely
from scipy.ndimage import convolve

from eitgeo.roads.network.graph import RoadGraph
from eitgeo.roads.network.profile import junctions

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

RADIUS_M = 300.0
"""Junctions count as far as this from a stretch of road."""

LEAST_JUNCTIONS = 10
"""From so many junctions around on, a stretch of road runs through a settlement."""

_CELL_M = 100.0


def add_settled(graph: RoadGraph) -> RoadGraph:
    """Add ``settled`` to the edges: the share of each that runs through settlements.

    Notes
    -----
    On cells of 100 m: whole numbers, the same on any processor. No limit of a
    settlement is in the extract; the streets of many villages are no ``residential``
    there, their junctions are.
    """
    corner = np.array([graph.x.min(initial=np.inf), graph.y.min(initial=np.inf)])
    nodes = np.column_stack([graph.x, graph.y])[junctions(graph)]
    points, edge, length_m = _pieces(graph)
    everywhere = np.concatenate([nodes, points])
    cell = ((everywhere - corner) // _CELL_M).astype(np.int64)
    cell -= cell.min(axis=0, initial=0)  # a line may bend further than its ends
    around = _junctions_around(cell[: len(nodes)], tuple(cell.max(axis=0) + 1))
    row, column = cell[len(nodes) :].T
    inside_m = np.where(around[row, column] >= LEAST_JUNCTIONS, length_m, 0.0)
    n = len(graph.edges)
    total_m = np.bincount(edge, weights=length_m, minlength=n)
    settled_m = np.bincount(edge, weights=inside_m, minlength=n)
    share = settled_m / np.where(total_m > 0, total_m, 1.0)
    return replace(graph, edges=graph.edges.assign(settled=np.minimum(share, 1.0)))


def _pieces(graph: RoadGraph) -> tuple[Floats, Ints, Floats]:
    """Cut lines into pieces no longer than a cell: middle, edge and length of each."""
    real = np.flatnonzero(shapely.length(graph.lines) > 0)
    fine = shapely.segmentize(graph.lines[real], _CELL_M)
    xy, line = shapely.get_coordinates(fine, return_index=True)
    inside = line[1:] == line[:-1]
    start, stop = xy[:-1][inside], xy[1:][inside]
    return (start + stop) / 2, real[line[1:][inside]], np.hypot(*(stop - start).T)


def _junctions_around(cell: Ints, shape: tuple[int, ...]) -> Ints:
    """Count the junctions within the radius of each cell."""
    counts = np.bincount(
        np.ravel_multi_index(tuple(cell.T), shape), minlength=np.prod(shape)
    )
    reach = int(RADIUS_M / _CELL_M)
    north, east = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = (north**2 + east**2 <= reach**2).astype(np.int32)
    return np.asarray(
        convolve(counts.astype(np.int32).reshape(shape), disc, mode="constant")
    )

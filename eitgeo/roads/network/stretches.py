"""Stretches of edges: cut out of their lines, and merged where they overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from shapely.ops import substring

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


class Stretches(NamedTuple):
    """Parts of edges, as fractions of the way from ``u`` to ``v``.

    ``edge``: edge of each part. ``start``, ``stop``: fractions, 0 to 1; ``start >
    stop`` runs from ``v`` to ``u``.
    """

    edge: Ints
    start: Floats
    stop: Floats


def cut(lines: npt.NDArray[Any], parts: Stretches) -> npt.NDArray[Any]:
    """Cut parts out of the lines of their edges."""
    cut_lines = lines[parts.edge]
    backward = parts.start > parts.stop
    cut_lines[backward] = shapely.reverse(cut_lines[backward])
    partial = np.abs(parts.stop - parts.start) < 1
    for part in np.flatnonzero(partial).tolist():
        line = lines[parts.edge[part]]
        cut_lines[part] = substring(
            line, parts.start[part], parts.stop[part], normalized=True
        )
    return cut_lines


def merge(parts: Stretches) -> Stretches:
    """Merge the parts of each edge that overlap or touch."""
    low, high = np.minimum(parts.start, parts.stop), np.maximum(parts.start, parts.stop)
    order = np.lexsort((high, low, parts.edge))
    edge, low, high = parts.edge[order], low[order], high[order]
    if not len(edge):
        return Stretches(edge, low, high)
    # One axis for all edges, two units apart: no part of one touches another's.
    axis = 2.0 * edge
    furthest = np.maximum.accumulate(axis + high)
    fresh = np.ones(len(edge), dtype=bool)
    fresh[1:] = axis[1:] + low[1:] > furthest[:-1]
    first = np.flatnonzero(fresh)
    return Stretches(edge[first], low[first], np.maximum.reduceat(high, first))

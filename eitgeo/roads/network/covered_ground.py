"""The ground that an extract covers: beyond it, nothing is known of the roads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely

from eitgeo.crs import to_metres

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
    Box = tuple[float, float, float, float]

CELL_M = 2_000
NEAR_M = 2_000
"""Ground around a cell of roads that is covered too."""

GAP_M = 5_000
"""Half of the widest gap without a road that is covered."""

_STEP_DEG, _AROUND_DEG = 0.1, 1.0
_LOW_BITS = 2**32 - 1


def covered_ground(x: Floats, y: Floats, *, box: Box | None = None) -> Any:
    """Draw the ground that an extract covers, from the nodes of its roads.

    ``x``, ``y``: shape (n,): nodes [m, EPSG:2154]. ``box``: west, south, east, north
    that the extract declares [degrees]; None where it declares none. Returns:
    EPSG:2154: all within 2 km of a cell of 2 km that holds a node, and gaps less than
    10 km wide, as a mountain without roads; nothing out of the box.
    """
    rows = _runs(x, y)
    wide = shapely.union_all(shapely.box(*rows + GAP_M * np.array([[-1, -1, 1, 1]]).T))
    ground = shapely.buffer(wide, NEAR_M - GAP_M, join_style="mitre")
    if box is not None and not ground.is_empty:
        ground = shapely.intersection(ground, _projected(box, ground.bounds))
    parts = shapely.get_parts(ground)
    return shapely.multipolygons(parts[shapely.get_dimensions(parts) == 2])  # noqa: PLR2004


def _runs(x: Floats, y: Floats) -> Floats:
    """Bounds of the cells that hold a node, those one above the other joined."""
    known = np.isfinite(x) & np.isfinite(y)
    cells = np.floor_divide([x[known], y[known]], CELL_M).astype(np.int64)
    base = cells.min(axis=1, initial=0)
    key = np.unique((cells[0] - base[0]) << 32 | (cells[1] - base[1]))
    low = key[np.diff(key, prepend=-2) != 1]
    high = key[np.diff(key, append=-1) != 1]
    west, south = (low >> 32) + base[0], (low & _LOW_BITS) + base[1]
    north = (high & _LOW_BITS) + base[1]
    return CELL_M * np.array([west, south, west + 1, north + 1], dtype=float)


def _projected(box: Box, around: Box) -> Any:
    """Draw what a box of degrees has near some ground, its sides curved as they are."""
    to_lambert93 = to_metres()
    low, high = np.array([-_AROUND_DEG] * 2), np.array([_AROUND_DEG] * 2)
    near = to_lambert93.transform_bounds(*around, direction="INVERSE")
    near = shapely.box(*(near + np.concatenate([low, high])))
    dense = shapely.segmentize(shapely.intersection(shapely.box(*box), near), _STEP_DEG)
    return shapely.transform(dense, to_lambert93.transform, interleaved=False)

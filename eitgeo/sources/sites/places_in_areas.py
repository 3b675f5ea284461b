"""Places drawn inside the areas of activity of a commune, by their area."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from eitgeo.draws import draw_keys, plain_uniforms
from eitgeo.reference.naf import in_divisions

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

_GROUNDS = (
    (("05-39", "41-43", "49-53"), ("industrial",)),
    (("45-46",), ("industrial", "commercial", "retail")),
    (("47",), ("retail", "commercial")),
)
"""Divisions, and the uses of the ground where they stand (a working assumption)."""

_BAKERIES = "10.71"
"""They stand among their customers."""

_USES = frozenset({"industrial", "commercial", "retail"})
"""Uses of OpenStreetMap; an area that an inventory draws serves all activities."""

_MAX_TRIES = 100


def places_in_areas(rows: pd.DataFrame, pieces: pd.DataFrame, *, seed: int) -> Floats:
    """Draw a place for the activities that stand in areas of activity.

    Parameters
    ----------
    rows
        ``name`` (seeds the draw), ``code_insee``, ``naf``.
    pieces
        ``code_insee``, ``kind``, ``piece``: areas cut along the communes, EPSG:2154.

    Returns
    -------
    numpy.ndarray of float
        Shape (rows, 2) [m]: uniform inside a piece that is chosen by its area; NaN for
        other activities, and where the commune has no area of that use.
    """
    place = np.full((len(rows), 2), np.nan)
    area = shapely.area(pieces["piece"].to_numpy())
    for divisions, uses in _GROUNDS:
        stands = in_divisions(rows["naf"], divisions)
        stands &= ~rows["naf"].str.startswith(_BAKERIES)
        serves = pieces["kind"].isin(uses) | ~pieces["kind"].isin(_USES)
        ground = pieces[serves & (area > 0)].sort_values("code_insee", kind="stable")
        stands &= rows["code_insee"].isin(ground["code_insee"])
        chosen = rows[stands]
        piece = _by_area(chosen, ground, seed=seed)
        shapes = ground["piece"].to_numpy()[piece]
        place[stands.to_numpy()] = _inside(shapes, chosen["name"], seed=seed)
    return place


def _by_area(rows: pd.DataFrame, ground: pd.DataFrame, *, seed: int) -> Ints:
    """Choose a piece of the commune of each row."""
    up_to = np.cumsum(shapely.area(ground["piece"].to_numpy()))
    codes = ground["code_insee"].to_numpy(dtype=str)
    mine = rows["code_insee"].to_numpy(dtype=str)
    first = np.searchsorted(codes, mine, side="left")
    last = np.searchsorted(codes, mine, side="right") - 1
    before = np.where(first > 0, up_to[first - 1], 0.0)
    keys = draw_keys(rows["name"], seed=seed, source="terrain")
    unit = plain_uniforms(keys, 1)[:, 0]
    reached = before + unit * (up_to[last] - before)
    return np.clip(np.searchsorted(up_to, reached, side="right"), first, last)


def _inside(
    shapes: npt.NDArray[np.object_], names: pd.Series[str], *, seed: int
) -> Floats:
    """Draw a point inside each shape: in its box, until it is in."""
    shapely.prepare(shapes)
    place = shapely.get_coordinates(shapely.point_on_surface(shapes))
    low, high = np.split(shapely.bounds(shapes), 2, axis=1)
    left = np.arange(len(shapes))
    for attempt in range(_MAX_TRIES):
        if len(left) == 0:
            break
        source = f"place {attempt}"
        unit = plain_uniforms(draw_keys(names.iloc[left], seed=seed, source=source), 2)
        point = low[left] + unit * (high[left] - low[left])
        held = shapely.contains_xy(shapes[left], point[:, 0], point[:, 1])
        place[left[held]] = point[held]
        left = left[~held]
    return place

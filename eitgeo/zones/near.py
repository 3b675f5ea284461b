"""Pairs of sites near each other: a sparse table of distances, whatever their kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.spatial import KDTree

from eitgeo.check import require_lambert93
from eitgeo.errors import InfeasibleError
from eitgeo.words import french_number

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

MAX_PAIRS = 25_000_000
"""Above this many pairs the radius is refused (about 1 GB)."""

NOISE = -1
"""Label of a site that no cluster takes."""

AS_GIVEN = 0
"""Draw of the runs on headcounts and positions as they are given."""

LEAST = 1e-3
"""Distances are whole millimetres, or thousandths of a minute, and never nil."""


def plane_pairs(sites: gpd.GeoDataFrame, *, max_m: float) -> csr_array:
    """Measure the straight lines between sites within a radius.

    ``max_m``: radius [m], included. Returns: shape (n, n), symmetric, distances in the
    plane [m] in the order of the rows, rounded to the millimetre so that neither a turn
    nor a shift of the map tips a pair; 0.001 m between sites on one point; nothing on
    the diagonal. Refused when the radius takes in more pairs than memory can hold.

    Notes
    -----
    A k-d tree: ``O(n log n + pairs)``.

    Examples
    --------
    >>> import geopandas as gpd
    >>> points = gpd.points_from_xy([5e5, 500_300.0, 502_000.0], [62e5] * 3, crs=2154)
    >>> plane_pairs(gpd.GeoDataFrame(geometry=points), max_m=500).toarray()[0].tolist()
    [0.0, 300.0, 0.0]
    """
    require_lambert93(sites, where="sites")
    if len(sites) == 0:
        return csr_array((0, 0), dtype=float)
    xy = np.column_stack([sites.geometry.x, sites.geometry.y])
    tree = KDTree(xy)
    reach = max_m + LEAST
    require_room((int(tree.count_neighbors(tree, reach)) - len(xy)) // 2)
    pair = tree.query_pairs(reach, output_type="ndarray")
    away_m = np.hypot(*(xy[pair[:, 0]] - xy[pair[:, 1]]).T)
    return symmetric(pair[:, 0], pair[:, 1], away_m, n=len(xy), at_most=max_m)


def symmetric(
    one: Ints, other: Ints, distance: Floats, *, n: int, at_most: float
) -> csr_array:
    """Lay out pairs as a symmetric table of distances."""
    rounded = rounded_m(distance)
    is_within = rounded <= at_most
    row = np.concatenate([one[is_within], other[is_within]])
    column = np.concatenate([other[is_within], one[is_within]])
    values = np.concatenate([rounded[is_within], rounded[is_within]])
    return csr_array((values, (row, column)), shape=(n, n))


def rounded_m(distance: Floats) -> Floats:
    """Round distances so that neither a turn nor a shift of the map tips a pair."""
    return np.maximum(np.round(distance, 3), LEAST)


def within(pairs: csr_array, reach: float) -> csr_array:
    """Keep the pairs within a smaller radius."""
    every = pairs.tocoo()
    is_within = every.data <= reach
    row, column = every.coords
    return csr_array(
        (every.data[is_within], (row[is_within], column[is_within])), shape=pairs.shape
    )


def require_room(
    n_pairs: int,
    *,
    remedy: str = "réduire zones.radius_m, zones.radius_min ou zones.sweep",
) -> None:
    """Refuse more pairs than memory can hold."""
    if n_pairs > MAX_PAIRS:
        message = (
            f"zones : le rayon réunit {french_number(n_pairs)} paires "
            f"d'établissements, trop pour la mémoire ({french_number(MAX_PAIRS)} au "
            f"plus) → {remedy}"
        )
        raise InfeasibleError(message)


def require_all_pairs(n_sites: int, *, distance: str) -> None:
    """Refuse so many sites that the roads between all of them cannot be held.

    Concentration needs them all, whatever the radii: who finds zones by road is told
    before, not at the end of an hour.
    """
    if distance != "plane":
        require_room(n_sites * (n_sites - 1) // 2, remedy=_STRAIGHT)


_STRAIGHT = "mesurer en ligne droite (zones.distance: plane)"

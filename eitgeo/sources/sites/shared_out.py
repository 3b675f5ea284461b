"""Whole numbers that sum to a whole total, in proportion to weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

_DIGITS = 9
"""Remainders closer than this are equal, whatever the processor."""


def shared_out(totals: Ints, weights: Floats, group: Ints) -> Ints:
    """Split the total of each group among its columns, by largest remainder.

    Parameters
    ----------
    totals
        Whole total of each group, at least 0.
    weights
        Shape (draws, columns), at least 0; where a group has none above 0, all are
        alike.
    group
        Group of each column, in order: columns of a group are neighbours.

    Returns
    -------
    numpy.ndarray of int
        Shape (draws, columns): each group sums to its total in each draw. Of equal
        remainders, the first column has the unit.

    Examples
    --------
    >>> shared_out(np.array([5]), np.array([[1.0, 1.0, 2.0]]), np.zeros(3, int))
    array([[1, 1, 3]])
    """
    if weights.shape[1] == 0:
        return np.zeros(weights.shape, dtype=np.int64)
    names, starts, at = np.unique(group, return_index=True, return_inverse=True)
    total = totals[names]
    sums = np.add.reduceat(weights, starts, axis=1)[:, at]
    sizes = np.bincount(at)[at]
    share = np.where(sums > 0, weights / np.where(sums > 0, sums, 1.0), 1.0 / sizes)
    exact = np.round(share * total[at], _DIGITS)
    whole = np.floor(exact)
    left = total - np.add.reduceat(whole, starts, axis=1).astype(np.int64)
    # Groups in order, and the largest remainder first in each.
    order = np.argsort(2.0 * at - (exact - whole).round(_DIGITS), axis=1, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(len(group))[None, :] - starts[at], axis=1)
    return whole.astype(np.int64) + (rank < left[:, at])


def brought_to(totals: Ints, sizes: Floats, group: Ints, *, floor: int = 1) -> Ints:
    """Bring drawn sizes to the total of their group, none below a floor.

    Notes
    -----
    What is above the floor is in proportion to what the draw has above it. A total
    that does not give each column its floor is shared in proportion to the sizes: some
    columns then have 0.

    Examples
    --------
    >>> sizes = np.array([[1.0, 4.0, 9.0]])
    >>> brought_to(np.array([25]), sizes, np.zeros(3, int)).tolist()
    [[1, 7, 17]]
    >>> brought_to(np.array([2]), sizes, np.zeros(3, int)).tolist()
    [[0, 1, 1]]
    """
    least = floor * np.bincount(group, minlength=len(totals))
    enough = totals >= least
    base = np.where(enough, floor, 0)[group]
    rest = np.where(enough, totals - least, totals)
    return base + shared_out(rest, np.maximum(sizes - base, 0.0), group)

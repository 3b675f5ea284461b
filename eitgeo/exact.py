"""Numbers on which a figure or a decision hangs, alike on every processor.

Two processors add the same numbers in another order (BLAS kernels, vector widths), and
their exponentials differ in the last bit. What is compared, cut into classes or ranked
is settled first: twelve figures, the rule of :func:`eitgeo.words.settled`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from eitgeo.words import settled

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

_LAST_BITS = 1e-12


def settled_values(values: npt.ArrayLike) -> Floats:
    """Keep the figures of numbers that no processor moves.

    Examples
    --------
    >>> settled_values([4.999999999999999, 1 / 3, float("nan")]).tolist()
    [5.0, 0.333333333333, nan]
    """
    return each(values, lambda x: float(settled(x)) if math.isfinite(x) else x)


def each(values: npt.ArrayLike, rule: Callable[[float], float]) -> Floats:
    """Apply a rule of one number to many.

    Examples
    --------
    >>> each([[1, -2]], abs).tolist()
    [[1.0, 2.0]]
    """
    exact = np.asarray(values, dtype=np.float64)
    flat = [rule(float(one)) for one in exact.ravel()]
    return np.array(flat, dtype=np.float64).reshape(exact.shape)


def at_most(values: npt.ArrayLike, limits: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Say which numbers are at most their limit, the last bits set aside.

    Examples
    --------
    >>> at_most([85.0, 85.00000000000001, 85.001], 85.0).tolist()
    [True, True, False]
    """
    tops = np.asarray(limits, dtype=np.float64)
    found: npt.NDArray[np.bool_] = np.asarray(values) <= tops + _LAST_BITS * abs(tops)
    return found


def count_mean(counts: Sequence[int], values: Floats) -> Floats:
    """Average rows, each met so many times.

    Examples
    --------
    >>> count_mean([1, 2], np.array([[1.0], [4.0]])).tolist()
    [3.0]
    """
    times = np.array(counts, dtype=np.float64)
    return np.array([math.fsum(one) for one in (times[:, None] * values).T]) / sum(
        counts
    )


def weighted_median(values: Floats, weights: Floats) -> float:
    """Return the smallest value that at least half of the weight does not pass.

    Examples
    --------
    >>> weighted_median(np.array([10.0, 20.0, 30.0]), np.array([1.0, 1.0, 3.0]))
    30.0
    """
    total = weights.sum()
    if total == 0:
        return float("nan")
    filled = np.where(np.isnan(values), np.inf, values)
    order = np.argsort(filled, kind="stable")
    reached = np.cumsum(weights[order]) >= total / 2
    found = float(filled[order][reached.argmax()])
    return found if np.isfinite(found) else float("nan")


def weighted_medians(values: Floats, order: Ints, weights: Floats) -> Floats:
    """Return the weighted median of each column, whose order is known already.

    Examples
    --------
    >>> values = np.array([[30.0, np.nan], [10.0, 5.0], [20.0, np.nan]])
    >>> order = np.argsort(values, axis=0, kind="stable")
    >>> weighted_medians(values, order, np.array([3.0, 1.0, 1.0])).tolist()
    [30.0, nan]
    """
    total = weights.sum()
    if total == 0:
        return np.full(values.shape[1], np.nan)
    reached = np.cumsum(weights[order], axis=0) >= total / 2
    columns = np.arange(values.shape[1])
    found: Floats = values[order[reached.argmax(axis=0), columns], columns]
    return np.where(np.isfinite(found), found, np.nan)


def largest(values: Floats, few: int) -> Ints:
    """Return where so many of the largest of each row are; of equals, the first ones.

    Which of some equals `argpartition` takes depends on the processor.

    Examples
    --------
    >>> largest(np.array([[1.0, 3.0, 3.0, 2.0, 3.0]]), 2).tolist()
    [[1, 2]]
    >>> largest(np.array([[1.0, 3.0]]), 2).tolist()
    [[0, 1]]
    """
    if few == values.shape[1]:
        return np.tile(np.arange(few), (len(values), 1))
    taken = np.argpartition(-values, few - 1, axis=1)[:, :few]
    least = np.take_along_axis(values, taken, axis=1).min(axis=1)
    tied = np.flatnonzero((values >= least[:, None]).sum(axis=1) > few)
    taken[tied] = np.argsort(-values[tied], axis=1, kind="stable")[:, :few]
    return np.sort(taken, axis=1)

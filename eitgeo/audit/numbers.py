"""What a printed number says: between which bounds the figure before rounding lies."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

import numpy as np

EXACT = 5e-9
"""Relative width of a number told with all its digits."""

SAME = 1e-6
"""Relative difference of two writings of a figure."""

EXCEPTIONS = 0.1
"""Part of a rounded column that may have been told too precisely by mistake."""

FEW = 3
"""Rounded numbers that make another an exception."""

MAX_ROUNDED_FIGURES = 2
"""Significant figures of a column that is said to be rounded."""

_UNDER_HALF = 4
"""Last figure of what may be a number just short of a half."""


class Interval(NamedTuple):
    """Bounds of a figure; both may be reached."""

    low: float
    high: float

    def plus(self, other: Interval) -> Interval:
        """Add two intervals."""
        return Interval(self.low + other.low, self.high + other.high)

    def common(self, other: Interval) -> Interval:
        """Keep what two intervals have in common."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return Interval(low, high) if low <= high else self

    def holds(self, other: Interval, *, tolerance: float = EXACT) -> bool:
        """Say whether another interval lies inside."""
        slack = tolerance * max(1.0, abs(self.low), abs(self.high), abs(other.high))
        return self.low - slack <= other.low and other.high <= self.high + slack

    def meets(self, other: Interval, *, tolerance: float = EXACT) -> bool:
        """Say whether both can be true."""
        slack = tolerance * max(1.0, abs(self.low), abs(self.high), abs(other.high))
        return self.low <= other.high + slack and other.low <= self.high + slack


def significant_figures(value: float) -> int:
    """Count the significant figures of a number as it is told.

    Examples
    --------
    >>> [significant_figures(one) for one in (1200.0, 0.031, 5.0, 12.5, 0.0)]
    [2, 2, 1, 3, 1]
    """
    if value == 0 or not math.isfinite(value):
        return 1
    return len(Decimal(repr(float(value))).normalize().as_tuple().digits)


def told_figures(values: Iterable[float]) -> int | None:
    """Say to how many significant figures a column is rounded."""
    counts = [significant_figures(v) for v in values if math.isfinite(v) and v]
    rounded = [count for count in counts if count <= MAX_ROUNDED_FIGURES]
    n_exact = len(counts) - len(rounded)
    if n_exact > max(1, EXCEPTIONS * len(counts)) or len(rounded) < FEW * n_exact:
        return None
    if not rounded:
        return None
    return max(rounded)


def interval_of(value: float, *, figures: int | None) -> Interval:
    """Bound what a number was before it was rounded.

    Examples
    --------
    >>> interval_of(1200.0, figures=2)
    Interval(low=1150.0, high=1250.0)
    >>> interval_of(100.0, figures=2)
    Interval(low=99.5, high=105.0)
    >>> interval_of(1400.0, figures=2)
    Interval(low=1350.0, high=1500.0)
    >>> interval_of(0.0, figures=2)
    Interval(low=0.0, high=0.0)
    """
    if figures is None or value == 0 or significant_figures(value) > figures:
        slack = EXACT * abs(value)
        return Interval(value - slack, value + slack)
    exact = Decimal(repr(abs(float(value))))
    step = Decimal(1).scaleb(exact.adjusted() - figures + 1)
    first = exact == Decimal(1).scaleb(exact.adjusted())
    below = step / 10 if first else step
    # The door rounds no number up to a half: 1 499 leaves as 1 400.
    under = figures == MAX_ROUNDED_FIGURES and exact / step % 10 == _UNDER_HALF
    above = step if under else step / 2
    inward, outward = float(exact - below / 2), float(exact + above)
    return Interval(inward, outward) if value > 0 else Interval(-outward, -inward)


def mean_interval(values: Sequence[float], *, figures: int | None) -> Interval:
    """Bound the mean of numbers that were rounded one by one.

    Examples
    --------
    >>> mean_interval([1200.0, 100.0], figures=2)
    Interval(low=624.75, high=677.5)
    """
    means = np.asarray(values, dtype=float)
    slack = EXACT * np.abs(means)
    below, above = means - slack, means + slack
    if figures is not None:
        known = means > 0
        tens = np.floor(np.log10(np.where(known, means, 1.0)) + EXACT)
        step = 10.0 ** (tens - figures + 1)
        first = np.isclose(means, 10.0**tens, rtol=EXACT, atol=0.0)
        fine = known & (np.abs(means / step - np.rint(means / step)) < EXACT * 100)
        below = np.where(fine, means - np.where(first, step / 10, step) / 2, below)
        under = fine & (np.rint(means / step) % 10 == _UNDER_HALF)
        under &= figures == MAX_ROUNDED_FIGURES
        above = np.where(fine, means + step / np.where(under, 1, 2), above)
    return Interval(float(below.mean()), float(above.mean()))


def too_precise(values: Sequence[float]) -> list[int]:
    """List the numbers told with more figures than their rounded column."""
    figures = told_figures(values)
    if figures is None:
        return []
    return [
        rank
        for rank, value in enumerate(values)
        if math.isfinite(value) and significant_figures(value) > MAX_ROUNDED_FIGURES
    ]

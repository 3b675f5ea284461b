"""Climb along straight lines between places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Heights = Callable[[Floats, Floats], Floats]


def line_profiles(
    ends: Floats, *, heights: Heights, step_m: float = 500.0
) -> pd.DataFrame:
    """Measure length, climb, descent and ridge along straight lines.

    Examples
    --------
    >>> def hill(x, y):
    ...     return np.where(np.abs(x - 500.0) < 1.0, 100.0, 0.0)
    >>> line = line_profiles(np.array([[0.0, 0, 1000, 0]]), heights=hill, step_m=500)
    >>> line.loc[0].to_dict() # doctest: +NORMALIZE_WHITESPACE
    {'straight_m': 1000.0, 'ascent_m': 100.0, 'descent_m': 100.0, 'ridge_m': 100.0,
     'relief': 0.2}
    """
    straight_m = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1])
    n_steps = max(1, int(np.ceil(straight_m.max(initial=0.0) / step_m)))
    # One grid for all lines: each line gets at least its own number of samples.
    share = np.linspace(0.0, 1.0, n_steps + 1)
    own_steps = np.maximum(1, np.ceil(straight_m / step_m)).astype(int)
    share_of = np.minimum(share * n_steps / own_steps[:, None], 1.0)
    x = ends[:, [0]] + share_of * (ends[:, [2]] - ends[:, [0]])
    y = ends[:, [1]] + share_of * (ends[:, [3]] - ends[:, [1]])
    z = _without_voids(heights(x.ravel(), y.ravel()).reshape(x.shape))
    rise = np.diff(z, axis=1)
    ascent_m = np.clip(rise, 0, None).sum(axis=1)
    descent_m = np.clip(-rise, 0, None).sum(axis=1)
    ridge_m = z.max(axis=1) - np.maximum(z[:, 0], z[:, -1])
    relief = np.divide(
        ascent_m + descent_m,
        straight_m,
        out=np.zeros_like(straight_m),
        where=straight_m > 0,
    )
    return pd.DataFrame(
        {
            "straight_m": straight_m,
            "ascent_m": ascent_m,
            "descent_m": descent_m,
            "ridge_m": ridge_m,
            "relief": relief,
        }
    )


def _without_voids(z: Floats) -> Floats:
    filled = pd.DataFrame(z.T).ffill().bfill().fillna(0.0)
    return filled.to_numpy().T

"""Whether chains of draws tell the same story, and how much they are worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eitgeo.errors import InfeasibleError
from eitgeo.extras import from_extra

if TYPE_CHECKING:
    from collections.abc import Sequence

MIXED_BELOW = 1.01
"""Split R̂ under which chains are said to have mixed (Vehtari et al. 2021)."""

ENOUGH = 400.0
"""Effective draws from which a percentile is worth printing (the same)."""


def mixing(chains: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Compare chains, quantity by quantity.

    Parameters
    ----------
    chains
        Draws of each chain, the same columns and as many rows.

    Returns
    -------
    pandas.DataFrame
        One row a quantity (index): ``rhat`` (split, rank-normalised), ``ess``
        (effective draws of all chains, bulk), ``is_mixed``. A quantity that never
        moves has neither: NaN, not mixed.

    Raises
    ------
    InfeasibleError
        With fewer than two chains or four draws.

    Notes
    -----
    ``arviz-stats``, after A. Vehtari et al., Bayesian Analysis 16, 2021, p. 667–718.
    """
    if len(chains) < 2 or len(chains[0]) < 4:  # noqa: PLR2004
        message = "mélange : il faut deux chaînes de quatre tirages au moins"
        raise InfeasibleError(message)
    rows = {name: _mixing_of(name, chains) for name in chains[0].columns}
    names = ["rhat", "ess", "is_mixed"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names)


def _mixing_of(name: str, chains: Sequence[pd.DataFrame]) -> tuple[float, float, bool]:
    draws = np.array([chain[name].to_numpy(dtype=float) for chain in chains])
    if np.ptp(draws) == 0:
        return np.nan, np.nan, False
    arviz = from_extra("arviz_stats.base", extra="methods", purpose="mélange")
    stats = arviz.array_stats
    rhat, ess = float(stats.rhat(draws)), float(stats.ess(draws))
    return rhat, ess, rhat < MIXED_BELOW and ess >= ENOUGH

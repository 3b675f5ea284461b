"""How far exchanges go: three medians, for one alone says what it weighs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from eitgeo.exact import at_most, weighted_median

BY_COUNT, ABOVE, BY_TONNE = "modele", "modele_10t", "modele_tonne"
"""Each exchange once; each of more than ten tonnes once; each tonne once."""
_LEAST_T = 10.0


def reach_weights(t: pd.Series[float]) -> pd.DataFrame:
    """Say what each exchange weighs in each median; NaN where it is left out.

    Examples
    --------
    >>> reach_weights(pd.Series([4.0, 20.0])).to_numpy().tolist()
    [[1.0, nan, 4.0], [1.0, 1.0, 20.0]]
    """
    once = pd.Series(1.0, index=t.index)
    small = at_most(t.to_numpy(float), _LEAST_T)
    return pd.DataFrame({BY_COUNT: once, ABOVE: once.mask(small), BY_TONNE: t})


def reach_medians(km: pd.Series[float], t: pd.Series[float]) -> pd.Series[float]:
    """Return the medians of ways [km one way]; NaN where no exchange counts.

    Examples
    --------
    >>> km, t = pd.Series([2.0, 30.0, 4.0]), pd.Series([4.0, 50.0, 20.0])
    >>> reach_medians(km, t).to_dict()
    {'modele': 4.0, 'modele_10t': 17.0, 'modele_tonne': 30.0}
    """
    weights = reach_weights(t)
    told = {
        name: float(np.median(km[of.notna()])) if of.notna().any() else np.nan
        for name, of in weights[[BY_COUNT, ABOVE]].items()
    }
    by_tonne = weighted_median(np.asarray(km, np.float64), np.asarray(t, np.float64))
    return pd.Series(told | {BY_TONNE: by_tonne})

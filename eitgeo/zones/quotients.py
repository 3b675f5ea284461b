"""Location quotients: the weight of a sector here, over its weight elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import chi2

from eitgeo.check import Faults
from eitgeo.errors import SchemaError

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]

CONFIDENCE = 0.95
"""Of the intervals."""


def location_quotients(
    counts: pd.Series[int], reference: pd.Series[int], *, confidence: float = CONFIDENCE
) -> pd.DataFrame:
    """Compare the sectors of a place with those of a reference.

    Parameters
    ----------
    counts
        Number of sites by sector (index) in the place.
    reference
        Number of sites by sector in the reference: the study area and its buffer, or
        a country. Sites of the same least size as in ``counts``.
    confidence
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        Sectors of the reference (index, sorted): ``n_sites``, ``expected`` (sites of
        the place × share of the sector in the reference), ``quotient`` = n_sites ÷
        expected, ``quotient_low``, ``quotient_high``. 1: as in the reference. Where
        the place has no site at all: no row.

    Raises
    ------
    SchemaError
        When a sector of the place is unknown to the reference, or a count is
        negative.

    Notes
    -----
    The interval is the exact one of a Poisson count (Garwood): half chi-square
    quantiles with 2n and 2n + 2 degrees of freedom, ÷ expected. It takes the
    reference as known, holds for counts of a few sites, 0 included, and is on the
    wide side where a sector makes most of the place.

    References
    ----------
    Garwood (1936), *Biometrika* 28, 437–442,
    https://doi.org/10.1093/biomet/28.3-4.437.

    Examples
    --------
    Four sites of ten where the reference has one of ten: four times the share, but
    four sites leave room from once to ten times.

    >>> here = pd.Series({"10": 4, "25": 6})
    >>> there = pd.Series({"10": 100, "25": 900})
    >>> location_quotients(here, there).loc["10"].round(2).tolist()
    [4.0, 1.0, 4.0, 1.09, 10.24]
    """
    _require_known(counts, reference)
    known = reference[reference > 0].sort_index()
    n = counts.reindex(known.index, fill_value=0).astype("int64")
    if n.sum() == 0:
        known, n = known.iloc[:0], n.iloc[:0]
    expected = float(n.sum()) * known / float(known.sum())
    low, high = poisson_interval(np.asarray(n, dtype=np.int64), confidence=confidence)
    return pd.DataFrame(
        {
            "n_sites": n,
            "expected": expected,
            "quotient": n / expected,
            "quotient_low": low / expected,
            "quotient_high": high / expected,
        }
    )


def poisson_interval(
    counts: npt.NDArray[np.int64], *, confidence: float = CONFIDENCE
) -> tuple[Floats, Floats]:
    """Bound the mean of Poisson counts.

    ``confidence``: of the intervals, both tails alike. Returns: lower bounds (0 for a
    count of 0) and upper bounds, shape (n,).

    Examples
    --------
    >>> low, high = poisson_interval(np.array([0, 4]))
    >>> low.round(2).tolist(), high.round(2).tolist()
    ([0.0, 1.09], [3.69, 10.24])
    """
    tail = (1 - confidence) / 2
    low = np.where(counts > 0, chi2.ppf(tail, 2 * np.maximum(counts, 1)) / 2, 0.0)
    return low, chi2.ppf(1 - tail, 2 * counts + 2) / 2


def _require_known(counts: pd.Series[int], reference: pd.Series[int]) -> None:
    faults = Faults("quotients de localisation")
    for name in sorted(reference.index[reference < 0].union(counts.index[counts < 0])):
        faults.add(f"secteur « {name} » : nombre négatif", remedy="le corriger")
    present = counts.index[counts > 0]
    absent = present.difference(reference.index[reference > 0])
    for name in sorted(absent):
        fault = f"secteur « {name} » absent de la référence"
        faults.add(fault, remedy="compléter la référence (sectors.reference)")
    faults.raise_if_any(SchemaError)

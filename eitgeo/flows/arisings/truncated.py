"""Amounts that are told above a threshold only, held against the law of their sites."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.stats import binom

from eitgeo.flows.arisings.arising_draws import drawn_blocks
from eitgeo.flows.arisings.arising_margins import (
    LEVELS_PCT,
    MASS_COLUMNS,
    term_exceeded,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt
    import pandas as pd

    from eitgeo.flows.arisings.arising_draws import DrawLaw

    type Bounds = tuple[float, float]
    Flags = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float64]

SURE_PCT = (2.5, 97.5)
"""Bounds that hold 95 of 100 outcomes."""
_HALVINGS = 45
_LEAST_T, _MOST_T = np.log(1e-6), np.log(1e12)
_FARTHEST_FACTOR = np.log(1e4)
_HALF = 0.5


class Draws(NamedTuple):
    """What sites do in each draw of their law: one row a site, one column a draw.

    Attributes
    ----------
    told
        Whether the site is above its threshold.
    inside
        And between the P10 and the P90 of such amounts.
    above
        And above their median.
    """

    told: Flags
    inside: Flags
    above: Flags

    def of(self, rows: Flags) -> Draws:
        """Keep some of the sites."""
        return Draws(self.told[rows], self.inside[rows], self.above[rows])


def truncated_levels(terms: pd.DataFrame) -> pd.DataFrame:
    """Predict each term given that it is above its threshold.

    Parameters
    ----------
    terms
        As `arising_terms` returns them, of one stream; ``declared_t`` and ``beyond_t``,
        what was told and the threshold [t/year].

    Returns
    -------
    pandas.DataFrame
        ``terms`` with ``reached``, the probability of being above; ``t_low``,
        ``t_mid``, ``t_high``, the P10, P50 and P90 then [t/year]; ``factor``: by what
        the law must be multiplied for that median to be what was told.
    """
    beyond = terms["beyond_t"].to_numpy(dtype=float)
    told = terms["declared_t"].to_numpy(dtype=float)
    reached = term_exceeded(terms, beyond)
    found = {
        name: np.exp(
            _solved(
                lambda log_t: term_exceeded(terms, np.exp(log_t)),
                (1.0 - level / 100.0) * reached,
                (_LEAST_T, _MOST_T),
            )
        )
        for name, level in zip(MASS_COLUMNS, LEVELS_PCT, strict=True)
    }

    def rarer(log_per: Floats) -> Floats:
        per = np.exp(log_per)
        out_of, some = (
            term_exceeded(terms, beyond * per),
            term_exceeded(terms, told * per),
        )
        return np.divide(some, out_of, out=np.zeros_like(some), where=out_of > 0)

    limits = (-_FARTHEST_FACTOR, _FARTHEST_FACTOR)
    wanted = np.full(len(terms), _HALF)
    factor = np.exp(-_solved(rarer, wanted, limits))
    return terms.assign(reached=reached, **found, factor=factor)


def _solved(
    falling: Callable[[Floats], Floats], wanted: Floats, limits: Bounds
) -> Floats:
    """Find where a falling function of a logarithm takes a value, by halving."""
    low, high = (np.full(len(wanted), one) for one in limits)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        is_short = falling(middle) > wanted
        low, high = np.where(is_short, middle, low), np.where(is_short, high, middle)
    return (low + high) / 2.0


def truncated_draws(levels: pd.DataFrame, law: DrawLaw) -> Draws:
    """Say what each draw of the law would have told, common errors included."""
    size = (len(levels), law.n_draws)
    draws = Draws(*(np.zeros(size, dtype=bool) for _ in Draws._fields))
    beyond, low, mid, high = (
        levels[name].to_numpy(dtype=float)[:, None]
        for name in ("beyond_t", *MASS_COLUMNS)
    )
    for rows, t in drawn_blocks(levels, law=law):
        told = t > beyond[rows]
        draws.told[rows] = told
        draws.inside[rows] = told & (t >= low[rows]) & (t <= high[rows])
        draws.above[rows] = told & (t > mid[rows])
    return draws


def law_share(hit: Flags, told: Flags, weights: Floats) -> Bounds:
    """Bound the share of what is told that does something, over the draws of the law.

    Examples
    --------
    >>> hit, told = np.array([[True, False]]), np.array([[True, True]])
    >>> law_share(hit, told, np.ones(1)) == (0.025, 0.975)
    True
    """
    whole = weights @ told
    kept = whole > 0
    if not kept.any():
        return 0.0, 1.0
    low, high = np.percentile((weights @ hit)[kept] / whole[kept], SURE_PCT)
    return float(low), float(high)


def even_share(n: int) -> Bounds:
    """Bound the share of so many sites that are above their median, each by itself."""
    low, high = binom.ppf([one / 100.0 for one in SURE_PCT], n, _HALF) / n
    return float(low), float(high)


def factor_bounds(factors: Floats, share_above: Bounds) -> Bounds:
    """Bound a common factor: those that leave an admitted share of sites above.

    Examples
    --------
    >>> factors = np.array([1.0, 2.0, 3.0, 4.0])
    >>> factor_bounds(factors, (0.25, 0.75)), factor_bounds(factors, (0.0, 1.0))
    ((1.0, 4.0), (0.0, inf))
    """
    ordered, n = np.sort(factors), len(factors)
    fewest = int(np.ceil(n * share_above[0]))
    most = int(np.floor(n * share_above[1]))
    low = 0.0 if most >= n else float(ordered[n - most - 1])
    high = np.inf if fewest <= 0 else float(ordered[n - fewest])
    return low, high

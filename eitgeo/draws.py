"""Seeded draws that depend on names, not on the order of rows.

Each source of uncertainty has a key made of its name and of the seed of the study.
The draws of a key are one Latin hypercube column: every stratum of the unit interval
is visited once, in an order that the key alone decides. Adding or moving a row leaves
the draws of all the others as they were.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
    Keys = npt.NDArray[np.uint64]
    Orders = npt.NDArray[np.intp]

Z90 = float(ndtri(0.9))
"""Standard normal score of the 90th percentile."""

_WEYL = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_HALF = 0.5


def draw_keys(names: Iterable[str], *, seed: int, source: str) -> Keys:
    """Make the key of each name.

    Examples
    --------
    >>> first, again, other = draw_keys(["a", "a", "b"], seed=1, source="ratio")
    >>> bool(first == again), bool(first == other)
    (True, False)
    """
    start = hashlib.blake2b(f"{seed}\x1f{source}\x1f".encode(), digest_size=8)
    found = []
    for name in names:
        one = start.copy()
        one.update(str(name).encode())
        found.append(int.from_bytes(one.digest(), "little"))
    return np.array(found, dtype=np.uint64)


def _orders(keys: Keys, n_draws: int) -> Orders:
    """Return a permutation of the strata for each key."""
    steps = np.arange(1, n_draws + 1, dtype=np.uint64) * _WEYL
    return np.argsort(_mixed(keys[:, None] + steps[None, :]), axis=1)


def _mixed(state: Keys) -> Keys:
    state = (state ^ (state >> np.uint64(30))) * _MIX_1
    state = (state ^ (state >> np.uint64(27))) * _MIX_2
    mixed: Keys = state ^ (state >> np.uint64(31))
    return mixed


def _centres(n_draws: int) -> Floats:
    return (np.arange(n_draws) + _HALF) / n_draws


def stratified_uniforms(keys: Keys, n_draws: int) -> Floats:
    """Draw each key once in each of ``n_draws`` equal strata of (0, 1).

    Notes
    -----
    Centred Latin hypercube sampling: a sum of independent terms is estimated with far
    less noise than from plain draws. The bits are those of SplitMix64.

    References
    ----------
    McKay, Beckman, Conover (1979), Technometrics 21(2), 239–245; Steele, Lea, Flood
    (2014), Fast splittable pseudorandom number generators, OOPSLA.

    Examples
    --------
    >>> keys = draw_keys(["a"], seed=1, source="ratio")
    >>> sorted(stratified_uniforms(keys, 4)[0].tolist())
    [0.125, 0.375, 0.625, 0.875]
    """
    drawn: Floats = _centres(n_draws)[_orders(keys, n_draws)]
    return drawn


def plain_uniforms(keys: Keys, n_draws: int) -> Floats:
    """Draw each key ``n_draws`` times in [0, 1), each draw apart from the others.

    Notes
    -----
    The first draws of a key are the same whatever their number: a draw that is shown
    needs no other.

    Examples
    --------
    >>> key = draw_keys(["a"], seed=1, source="ratio")
    >>> bool(plain_uniforms(key, 9)[0, 0] == plain_uniforms(key, 1)[0, 0])
    True
    """
    return uniforms_at(keys[:, None], np.arange(n_draws)[None, :])


def uniforms_at(keys: Keys, draw: npt.NDArray[np.integer]) -> Floats:
    """Return one draw of each key, as :func:`plain_uniforms` numbers them."""
    bits = _mixed(keys + (draw.astype(np.uint64) + np.uint64(1)) * _WEYL)
    return (bits >> np.uint64(11)).astype(np.float64) * 2.0**-53


def stratified_scores(keys: Keys, n_draws: int) -> Floats:
    """Draw standard normal scores, each stratum once."""
    scores: Floats = ndtri(_centres(n_draws))[_orders(keys, n_draws)]
    return scores


def shared_scores(common: Floats, own: Floats, *, common_share: float) -> Floats:
    """Combine an error that several rows share with one of their own."""
    return np.sqrt(common_share) * common + np.sqrt(1.0 - common_share) * own


def two_piece_lognormal(
    score: Floats, low: Floats, mid: Floats, high: Floats
) -> Floats:
    """Turn normal scores into values of given P10, P50 and P90.

    Examples
    --------
    >>> scores = np.array([-Z90, 0.0, Z90])
    >>> two_piece_lognormal(scores, 30.0, 60.0, 100.0).round(6).tolist()
    [30.0, 60.0, 100.0]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        above = np.log(np.where(mid > 0, high / mid, 1.0))
        below = np.log(np.where(mid > 0, mid / low, 1.0))
    spread = np.where(score >= 0, above, below)
    values: Floats = mid * np.exp(score / Z90 * spread)
    return values


def two_piece_loguniform(
    unit: Floats, low: Floats, mid: Floats, high: Floats
) -> Floats:
    """Turn uniforms into values between two bounds, half of them below ``mid``.

    Examples
    --------
    >>> low, mid, high = np.array([20.0, 30.0, 45.0])
    >>> found = two_piece_loguniform(np.array([0.0, 0.5, 1.0]), low, mid, high)
    >>> found.round(9).tolist()
    [20.0, 30.0, 45.0]
    """
    away = np.abs(2.0 * unit - 1.0)
    has_low = low > 0
    spread_below = np.log(np.where(has_low, low, mid) / mid)
    spread = np.where(unit < _HALF, spread_below, np.log(high / mid))
    values: Floats = mid * np.exp(away * spread)
    if np.all(has_low):
        return values
    return np.where(has_low | (unit >= _HALF), values, mid * (1.0 - away))

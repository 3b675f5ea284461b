"""Marcon–Puech M: the share of a sector around its sites, against its share overall."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from eitgeo.errors import InfeasibleError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Rings:
    """Neighbours of each site, by the smallest radius that takes them in.

    Attributes
    ----------
    row, column
        Shape (pairs,): a site and its neighbour, each pair both ways.
    cell
        Shape (pairs,): ``row × len(radii) + ring``.
    near
        Shape (n × len(radii), n): 1 where a site is a neighbour in a ring.
    radii
        Rising.
    """

    row: npt.NDArray[np.int32] = field(repr=False)
    column: npt.NDArray[np.int32] = field(repr=False)
    cell: Ints = field(repr=False)
    near: csr_array = field(repr=False)
    radii: tuple[float, ...]


def rings(pairs: csr_array, *, radii: Sequence[float]) -> Rings:
    """Sort the neighbours of each site by the radius that takes them in.

    Parameters
    ----------
    pairs
        Shape (n, n), symmetric: distances within the largest radius at least, as
        `plane_pairs` gives them, or by road. What is not stored
        is farther.
    radii
        In the unit of the distances.

    Returns
    -------
    Rings
        The diagonal is left out: no site is its own neighbour.
    """
    rising = tuple(sorted(set(radii)))
    every = pairs.tocoo()
    row, column = every.coords
    ring = np.searchsorted(rising, every.data, side="left")
    kept = (ring < len(rising)) & (row != column)
    row, column, ring = row[kept], column[kept], ring[kept]
    cell = row.astype(np.int64) * len(rising) + ring
    n = pairs.shape[0]
    near = csr_array(
        (np.ones(len(cell)), (cell, column)), shape=(n * len(rising), n), dtype=float
    )
    return Rings(row.astype(np.int32), column.astype(np.int32), cell, near, rising)


def marcon_puech_m(
    sector: pd.Series[str], weight: pd.Series[float], *, neighbours: Rings
) -> pd.DataFrame:
    """Measure M of each sector: its share around its own sites, over its share overall.

    Parameters
    ----------
    sector
        Shape (n,): sector of each site.
    weight
        Shape (n,), positive: headcounts, or ones; on the index of ``sector``.
    neighbours
        Of :func:`rings`, sites in the same order.

    Returns
    -------
    pandas.DataFrame
        Sectors (index, sorted) × radii (columns). 1: as everywhere; 2: within that
        radius of its sites the sector holds twice its share; NaN where no site of
        the sector has a neighbour within the radius, or where the sector has a
        single site.

    Raises
    ------
    InfeasibleError
        When a weight is unknown, negative or nil.

    Notes
    -----
    ``M(r) = Σᵢ (Σⱼ wⱼ [same sector, dᵢⱼ ≤ r] ÷ Σⱼ wⱼ [dᵢⱼ ≤ r])
    ÷ Σᵢ (W_sector − wᵢ) ÷ (W − wᵢ)``, i over the sites of the sector, j ≠ i. A site
    without neighbour within r is left out of both sums.

    References
    ----------
    Marcon & Puech (2010), *Journal of Economic Geography* 10, 745–762,
    https://doi.org/10.1093/jeg/lbp056; Marcon & Puech (2017), *Regional Science and
    Urban Economics* 62, 56–67, https://doi.org/10.1016/j.regsciurbeco.2016.10.004.

    Examples
    --------
    Two neighbours of one sector, and two of another farther on: around a site all
    its neighbours are of its sector, which is one third of the other sites.

    >>> pairs = csr_array(([1.0] * 4, ([0, 1, 2, 3], [1, 0, 3, 2])), shape=(4, 4))
    >>> sector = pd.Series(["25", "25", "10", "10"])
    >>> around = rings(pairs, radii=[1.0])
    >>> marcon_puech_m(sector, pd.Series(1.0, index=sector.index), neighbours=around)
        1.0
    10  3.0
    25  3.0
    """
    w = _known_weights(weight)
    code, names = pd.factorize(sector.to_numpy(dtype=str), sort=True)
    value = m_curves(code.astype(np.int64), w, n_sectors=len(names), around=neighbours)
    columns = pd.Index(neighbours.radii, dtype=float)
    return pd.DataFrame(value, index=pd.Index(names, dtype="str"), columns=columns)


def permuted_m(
    sector: pd.Series[str],
    weight: pd.Series[float],
    *,
    neighbours: Rings,
    orders: Iterable[Ints],
) -> Floats:
    """Measure M again where sectors and headcounts, together, change places.

    Parameters
    ----------
    sector, weight, neighbours
        As in :func:`marcon_puech_m`.
    orders
        Permutations of 0…n−1: which site comes to each place.

    Returns
    -------
    numpy.ndarray
        Shape (permutations, sectors, radii), sectors sorted.

    Raises
    ------
    InfeasibleError
        When a weight is unknown, negative or nil.

    Notes
    -----
    Places stay: that industry as a whole is concentrated, and that large sites are
    few, is in the null hypothesis. ``O(pairs)`` for each permutation, all sectors
    at once.
    """
    w = _known_weights(weight)
    code, names = pd.factorize(sector.to_numpy(dtype=str), sort=True)
    few = code.astype(np.int16)
    drawn = [
        m_curves(few[order], w[order], n_sectors=len(names), around=neighbours)
        for order in orders
    ]
    return np.array(drawn).reshape(-1, len(names), len(neighbours.radii))


def m_curves(
    code: npt.NDArray[np.integer], weight: Floats, *, n_sectors: int, around: Rings
) -> Floats:
    """Measure M of each sector, from codes."""
    n, n_radii = len(code), len(around.radii)
    kin = np.flatnonzero(code[around.row] == code[around.column])
    in_ring = np.bincount(
        around.cell[kin], weights=weight[around.column[kin]], minlength=n * n_radii
    )
    own = in_ring.reshape(n, n_radii).cumsum(axis=1)
    every = (around.near @ weight).reshape(n, n_radii).cumsum(axis=1)
    met = every > 0
    local = np.divide(own, every, out=np.zeros(own.shape), where=met)
    total = np.bincount(code, weights=weight, minlength=n_sectors)
    others = weight.sum() - weight
    overall = np.divide(
        total[code] - weight, others, out=np.zeros_like(others), where=others > 0
    )
    member = csr_array((np.ones(n), (code, np.arange(n))), shape=(n_sectors, n))
    above = member @ local
    below = member @ (overall[:, None] * met)
    counted = below > total[:, None] * 1e-12 / max(total.sum(), 1.0)
    return np.divide(above, below, out=np.full_like(above, np.nan), where=counted)


def _known_weights(weight: pd.Series[float]) -> Floats:
    known = np.asarray(weight, dtype=np.float64)
    wrong = int((~(known > 0) | ~np.isfinite(known)).sum())
    if wrong:
        message = (
            f"concentration : {wrong} effectif(s) inconnu(s) ou nul(s) → écarter ces "
            "établissements avant la mesure"
        )
        raise InfeasibleError(message)
    return known

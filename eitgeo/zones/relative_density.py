"""Marcon–Puech M: the share of a sector around its sites, against its share overall."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from eitgeo.check import require_lambert93
from eitgeo.errors import InfeasibleError
from eitgeo.zones.near import LEAST, rounded_m

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


_BLOCK_CELLS = 2_000_000
"""Distances looked at at once, some 100 MB: there may be any number of pairs."""


class Block(NamedTuple):
    """Neighbours of the sites of some rows, both as rows of the sites.

    ``start``, ``stop``: the rows. ``row``, ``column``: shape (pairs,): a site and its
    neighbour, by row, then by column. ``cell``: shape (pairs,): ``(row − start) ×
    len(radii) + ring``.
    """

    start: int
    stop: int
    row: Ints
    column: Ints
    cell: Ints


@dataclass(frozen=True)
class Rings:
    """Neighbours of each site, by the smallest radius that takes them in.

    ``n``: number of sites. ``radii``: rising. ``apart``: rows from start to stop →
    pairs (row − start, column, distance), by row, then by column; those beyond the
    largest radius, or a site with itself, may be there.
    """

    n: int
    radii: tuple[float, ...]
    apart: Callable[[int, int], tuple[Ints, Ints, Floats]] = field(repr=False)

    def blocks(self) -> Iterator[Block]:
        """Yield the neighbours of all sites, some rows at once."""
        n_rows = max(_BLOCK_CELLS // max(self.n, 1), 1)
        for start in range(0, self.n, n_rows):
            stop = min(start + n_rows, self.n)
            at, column, distance = self.apart(start, stop)
            ring = np.searchsorted(self.radii, distance, side="left")
            is_inside = (ring < len(self.radii)) & (at + start != column)
            at, column, ring = at[is_inside], column[is_inside], ring[is_inside]
            cell = at * len(self.radii) + ring
            yield Block(start, stop, at + start, column, cell)


def rings(pairs: csr_array, *, radii: Sequence[float]) -> Rings:
    """Sort the neighbours of each site by the radius that takes them in.

    ``pairs``: shape (n, n), symmetric: distances within the largest radius at least, as
    `plane_pairs` gives them, or by road. What is not stored is farther. ``radii``: in
    the unit of the distances. Returns: the diagonal is left out: no site is its own
    neighbour.
    """

    def apart(start: int, stop: int) -> tuple[Ints, Ints, Floats]:
        rows = pairs[start:stop].tocoo()
        at, column = rows.coords
        return at.astype(np.int64), column.astype(np.int64), rows.data

    return Rings(pairs.shape[0], tuple(sorted(set(radii))), apart)


def plane_rings(sites: gpd.GeoDataFrame, *, radii: Sequence[float]) -> Rings:
    """Sort the neighbours of each site by straight lines [m], without their list.

    Notes
    -----
    Same distances as `plane_pairs`: `rings` of these gives the same values.
    """
    require_lambert93(sites, where="sites")
    x, y = sites.geometry.x.to_numpy(), sites.geometry.y.to_numpy()

    def apart(start: int, stop: int) -> tuple[Ints, Ints, Floats]:
        block = slice(start, stop)
        away_m = np.hypot(x[block, None] - x, y[block, None] - y)
        at, column = np.nonzero(away_m <= max(radii) + LEAST)
        return at, column, rounded_m(away_m[at, column])

    return Rings(len(x), tuple(sorted(set(radii))), apart)


def marcon_puech_m(
    sector: pd.Series[str], weight: pd.Series[float], *, neighbours: Rings
) -> pd.DataFrame:
    """Measure M of each sector: its share around its own sites, over its share overall.

    ``sector``: shape (n,): sector of each site. ``weight``: shape (n,), positive:
    headcounts, or ones; on the index of ``sector``. ``neighbours``: of :func:`rings`,
    sites in the same order. Returns: sectors (index, sorted) × radii (columns). 1: as
    everywhere; 2: within that radius of its sites the sector holds twice its share; NaN
    where no site of the sector has a neighbour within the radius, or where the sector
    has a single site. Refused when a weight is unknown, negative or nil.

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

    >>> from scipy.sparse import csr_array
    >>> pairs = csr_array(([1.0] * 4, ([0, 1, 2, 3], [1, 0, 3, 2])), shape=(4, 4))
    >>> sector = pd.Series(["25", "25", "10", "10"])
    >>> around = rings(pairs, radii=[1.0])
    >>> marcon_puech_m(sector, pd.Series(1.0, index=sector.index), neighbours=around)
        1.0
    10  3.0
    25  3.0
    """
    itself = [np.arange(len(sector))]
    (value,) = permuted_m(sector, weight, neighbours=neighbours, orders=itself)
    names = pd.Index(np.unique(sector.to_numpy(dtype=str)), dtype="str")
    columns = pd.Index(neighbours.radii, dtype=float)
    return pd.DataFrame(value, index=names, columns=columns)


def permuted_m(
    sector: pd.Series[str],
    weight: pd.Series[float],
    *,
    neighbours: Rings,
    orders: Iterable[Ints],
) -> Floats:
    """Measure M again where sectors and headcounts, together, change places.

    ``orders``: permutations of 0…n−1: which site comes to each place. Returns: shape
    (permutations, sectors, radii), sectors sorted. Refused when a weight is unknown,
    negative or nil.

    Notes
    -----
    Places stay: that industry as a whole is concentrated, and that large sites are
    few, is in the null hypothesis. ``O(pairs)`` for each permutation, all sectors
    at once.
    """
    w = _known_weights(weight)
    code, names = pd.factorize(sector.to_numpy(dtype=str), sort=True)
    few = code.astype(np.int16)
    draws = [_Sums.of(few[order], w[order], len(names)) for order in orders]
    shape = (len(names), len(neighbours.radii))
    above, below = np.zeros((2, len(draws), *shape))
    for block in neighbours.blocks():
        for rank, sums in enumerate(draws):
            local, overall = sums.around(block, n_radii=shape[1])
            sectors = sums.code[block.start : block.stop]
            np.add.at(above[rank], sectors, local)
            np.add.at(below[rank], sectors, overall)
    least = np.array([sums.total for sums in draws]).reshape(-1, shape[0], 1)
    counted = below > least * 1e-12 / max(float(w.sum()), 1.0)
    return np.divide(above, below, out=np.full_like(above, np.nan), where=counted)


class _Sums(NamedTuple):
    """Sectors and weights dealt out to places, and their shares overall."""

    code: npt.NDArray[np.int16]
    weight: Floats
    total: Floats
    overall: Floats

    @classmethod
    def of(cls, code: npt.NDArray[np.int16], weight: Floats, n_sectors: int) -> _Sums:
        """Sum by sector; what a site leaves to its own, over what it leaves to all."""
        total = np.bincount(code, weights=weight, minlength=n_sectors)
        others = weight.sum() - weight
        overall = np.divide(
            total[code] - weight, others, out=np.zeros_like(others), where=others > 0
        )
        return cls(code, weight, total, overall)

    def around(self, block: Block, *, n_radii: int) -> tuple[Floats, Floats]:
        """Share of its sector around each site of a block, and overall; 0 if alone."""
        n_rows = block.stop - block.start
        weights_near = self.weight[block.column]
        kin = np.flatnonzero(self.code[block.row] == self.code[block.column])
        own, every = (
            np.bincount(cell, weights=weights, minlength=n_rows * n_radii)
            .reshape(n_rows, n_radii)
            .cumsum(axis=1)
            for cell, weights in (
                (block.cell[kin], weights_near[kin]),
                (block.cell, weights_near),
            )
        )
        has_neighbour = every > 0
        local = np.divide(own, every, out=np.zeros(own.shape), where=has_neighbour)
        return local, self.overall[block.start : block.stop, None] * has_neighbour


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

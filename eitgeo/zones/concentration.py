"""Which sectors are concentrated, at what distance, beyond what chance would give."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array
from scipy.spatial.distance import cdist
from scipy.stats import rankdata

from eitgeo.check import require_columns, require_lambert93
from eitgeo.errors import InfeasibleError
from eitgeo.study.sectors import Sectors
from eitgeo.words import french_number
from eitgeo.zones.clustering import LEAST, rounded_m
from eitgeo.zones.sectors import evidence_class

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]
type Bins = npt.NDArray[np.uint16]

N_BINS = 4096
"""Distances are sorted into so many classes, from 0 to the longest."""

_NO_PAIR = N_BINS
_ROWS = 256
_HALF = 0.5


@dataclass(frozen=True)
class BinnedDistances:
    """Table of the distances between all the sites, by class.

    ``bin_of``: shape (n, n): class of each pair; ``N_BINS`` where there is none
    (diagonal, pairs that no road joins). ``width``: width of a class, in the unit of
    the distances.
    """

    bin_of: Bins = field(repr=False)
    width: float

    @property
    def middles(self) -> Floats:
        """Return the middle of each class.

        Returns: shape (N_BINS,), in the unit of the distances.
        """
        return self.width * (np.arange(N_BINS, dtype=np.float64) + _HALF)


def plane_bins(sites: gpd.GeoDataFrame) -> BinnedDistances:
    """Sort the straight lines between all sites into classes.

    Returns: in metres. Refused when there are fewer than two sites, or all are on one
    point.

    Notes
    -----
    By blocks of rows: two bytes a pair, 72 MB for 6 000 sites.
    """
    require_lambert93(sites, where="sites")
    xy = np.column_stack([sites.geometry.x, sites.geometry.y])
    starts = range(0, len(xy), _ROWS)
    longest = max(
        (float(cdist(xy[i : i + _ROWS], xy).max()) for i in starts), default=0.0
    )
    blocks = (cdist(xy[i : i + _ROWS], xy) for i in starts)
    return _binned(blocks, n=len(xy), longest=longest)


def matrix_bins(matrix: Floats) -> BinnedDistances:
    """Sort given distances between all sites into classes.

    ``matrix``: shape (n, n): metres or minutes by road; NaN where no road joins them.
    Returns: in the unit of the matrix. Refused when the matrix is not square, holds
    negative or infinite distances, or no distance above nil.
    """
    if matrix.shape != (len(matrix), len(matrix)) or (matrix < 0).any():
        message = (
            f"concentration : distances {matrix.shape} → une matrice carrée de "
            "distances positives, NaN sans trajet"
        )
        raise InfeasibleError(message)
    off = matrix[~np.eye(len(matrix), dtype=bool)]
    longest = float(np.nanmax(off)) if np.isfinite(off).any() else 0.0
    blocks = (matrix[i : i + _ROWS] for i in range(0, len(matrix), _ROWS))
    return _binned(blocks, n=len(matrix), longest=longest)


def _binned(blocks: Iterator[Floats], *, n: int, longest: float) -> BinnedDistances:
    if not 0 < longest < np.inf:
        message = (
            "concentration : moins de deux établissements, tous au même point, ou "
            "distances infinies → vérifier les positions"
        )
        raise InfeasibleError(message)
    # The longest falls in the last class, whatever the rounding.
    width = longest * (1 + 1e-9) / N_BINS
    bin_of = np.empty((n, n), dtype=np.uint16)
    row = 0
    for block in blocks:
        classes = np.where(np.isfinite(block), block / width, _NO_PAIR)
        bin_of[row : row + len(block)] = np.minimum(classes, _NO_PAIR)
        row += len(block)
    np.fill_diagonal(bin_of, _NO_PAIR)
    return BinnedDistances(bin_of, width)


def silverman_bandwidth(spread: float, *, n_pairs: int) -> float:
    """Choose how far a distance is smoothed.

    ``spread``: smaller of the standard deviation of the distances and of their
    interquartile range ÷ 1.34. Returns: ``0.9 × spread × n_pairs^(−1/5)``, in the unit
    of the distances.

    References
    ----------
    Silverman (1986), *Density Estimation for Statistics and Data Analysis*, Chapman
    and Hall, section 3.4.2, equation 3.31.

    Examples
    --------
    >>> round(silverman_bandwidth(1000.0, n_pairs=32), 6)
    450.0
    """
    return float(0.9 * spread * n_pairs ** (-0.2))


def duranton_overman_kd(
    distances: Floats, *, at: Floats, bandwidth: float, weights: Floats | None = None
) -> Floats:
    """Estimate the density of the distances between the sites of a sector.

    ``distances``: shape (pairs,): one a pair of sites, each pair once. ``at``: shape
    (k,): distances at which the density is wanted, same unit. ``weights``: shape
    (pairs,): product of the headcounts of both sites; None: ones. Returns: shape (k,):
    density, per unit of distance; its integral from 0 on is 1. Refused when there is no
    pair, or the bandwidth is not above nil.

    Notes
    -----
    ``K(d) = Σ wᵢwⱼ [f((d − dᵢⱼ) ÷ h) + f((d + dᵢⱼ) ÷ h)] ÷ (h Σ wᵢwⱼ)``, i < j, with
    f the Gaussian density: what the kernel would spread below 0 is reflected. The
    paper divides by n (n − 1) rather than by the number of pairs, which halves every
    curve and changes no test.

    References
    ----------
    Duranton & Overman (2005), *Review of Economic Studies* 72, 1077–1106,
    https://doi.org/10.1111/0034-6527.00362.

    Examples
    --------
    >>> one = duranton_overman_kd(np.array([3.0]), at=np.array([3.0]), bandwidth=1.0)
    >>> round(float(one[0]), 6)
    0.398942
    """
    pair = np.ones_like(distances) if weights is None else weights
    if not (len(distances) and bandwidth > 0 and pair.sum() > 0):
        message = (
            "concentration : aucune paire à mesurer, ou largeur de lissage nulle → "
            "au moins deux établissements à des places distinctes"
        )
        raise InfeasibleError(message)
    total = np.array([pair @ _kernel(distances, float(d), bandwidth) for d in at])
    return total / pair.sum()


def kd_curves(
    members: Iterable[Ints],
    *,
    distances: BinnedDistances,
    at: Floats,
    bandwidth: float,
    weight: Floats | None = None,
) -> Floats:
    """Estimate Kd of many draws of the same number of sites.

    ``members``: arrays of m rows of the sites: the sector, or a draw of as many sites.
    ``weight``: shape (m,): headcounts, in the order of each array of ``members``; None:
    ones. Returns: shape (draws, k): as :func:`duranton_overman_kd`, each distance taken
    at the middle of its class; NaN for a draw without any pair.

    Notes
    -----
    A histogram of the pairs by draw, then one product with the kernels. With classes
    under a tenth of the bandwidth, the curves are within 0.1 % of the peak of exact
    ones.
    """
    pair = None if weight is None else np.outer(weight, weight).ravel()
    histograms = [
        np.bincount(
            distances.bin_of.take(rows, axis=0).take(rows, axis=1).ravel(),
            weights=pair,
            minlength=N_BINS + 1,
        )[:N_BINS]
        for rows in members
    ]
    counts = np.array(histograms, dtype=float).reshape(-1, N_BINS)
    kernel = np.column_stack(
        [_kernel(distances.middles, float(d), bandwidth) for d in at]
    )
    total = counts.sum(axis=1, keepdims=True)
    empty = np.full((len(counts), len(at)), np.nan)
    return np.divide(counts @ kernel, total, out=empty, where=total > 0)


def distance_spread(distances: BinnedDistances) -> tuple[float, float]:
    """Measure the spread and the median of the distances between all sites."""
    count = np.zeros(N_BINS + 1, dtype=np.int64)
    for row in distances.bin_of:
        count += np.bincount(row, minlength=N_BINS + 1)
    count = count[:N_BINS]
    middle, n = distances.middles, count.sum()
    deviation = np.sqrt((count @ middle**2) / n - ((count @ middle) / n) ** 2)
    reached = np.cumsum(count)
    q1, q2, q3 = (middle[np.searchsorted(reached, share * n)] for share in _QUARTILES)
    inner = (q3 - q1) / 1.34
    spread = min(deviation, inner) if inner > 0 else deviation
    # One single distance between all sites has no spread.
    return float(max(spread, distances.width)), float(q2)


_QUARTILES = (0.25, 0.5, 0.75)


def _kernel(distances: Floats, d: float, bandwidth: float) -> Floats:
    """Gaussian kernel at one distance, reflected at 0."""
    direct = np.exp(-0.5 * ((d - distances) / bandwidth) ** 2)
    mirrored = np.exp(-0.5 * ((d + distances) / bandwidth) ** 2)
    return (direct + mirrored) / (bandwidth * np.sqrt(2 * np.pi))


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
    `plane_pairs` gives them, or by road. What is not stored is farther. Returns: the
    diagonal is left out: no site is its own neighbour.
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

    ``weight``: shape (n,), positive: headcounts, or ones; on the index of ``sector``.
    Returns: sectors (index, sorted) × radii (columns). 1: as everywhere; 2: within that
    radius of its sites the sector holds twice its share; NaN where no site of the
    sector has a neighbour within the radius, or where the sector has a single site.
    Refused when a weight is unknown, negative or nil.

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


N_STEPS = 40
"""Kd is told at so many distances beyond 0, up to the median of all distances."""
DIGITS = 9
"""Significant digits kept, so that another library of sums gives the same bytes."""
_COLUMNS: dict[str, Any] = {
    "division": "str",
    "measure": "str",
    "distance_m": float,
    "n_sites": "int64",
    "value": float,
    "low": float,
    "high": float,
    "p_value": float,
    "status": "str",
    "n_permutations": "int64",
    "synthetic_share_pct": float,
    "evidence": "str",
}
_CIRCULAR = (
    "Les sites tirés sont placés dans des zones déjà dessinées : leur concentration "
    "(Marcon-Puech, Duranton-Overman) est celle du tirage, la mesure est circulaire."
)
LEVEL = 0.05
"""Probability that a curve drawn at random leaves its envelope somewhere."""


def concentration(
    sites: gpd.GeoDataFrame,
    *,
    settings: Sectors,
    n_permutations: int,
    rng: np.random.Generator,
    pairs: csr_array | None = None,
    distances: BinnedDistances | None = None,
) -> pd.DataFrame:
    """Measure M and Kd of each NAF division, with global envelopes.

    ``sites``: ``site_id``, ``naf``, ``headcount_mid`` (known, above 0), ``synthetic``,
    ``evidence`` and points, EPSG:2154: sites whose position is good. ``settings``:
    radii of M and least number of sites of a sector. ``pairs``: shape (n, n): distances
    within the largest radius between the rows of ``sites`` sorted by ``site_id``, by
    road; None: straight lines. ``distances``: between all of them, in the same order,
    by road; None: straight lines. Returns: table ``concentration``: for each division
    that has enough sites, M (weighted by headcount) within each radius and Kd (each
    site counts one) [per m] at 41 distances from 0 to the median of all distances.
    ``status`` is read at one distance: above or below the envelope; ``p_value`` is that
    of the whole curve. Empty where no sector has enough sites, or where all are on one
    point. Refused: headcounts unknown, fewer than 19 permutations.

    Notes
    -----
    One permutation deals pairs (activity, headcount) out to all the places of sites:
    it serves every sector and both measures. The bandwidth of Kd comes from all
    distances and from the number of pairs of the sector, so that it is the same for
    the sector and for its draws.

    References
    ----------
    Marcon & Puech (2010), https://doi.org/10.1093/jeg/lbp056; Duranton & Overman
    (2005), https://doi.org/10.1111/0034-6527.00362.
    """
    needed = ["site_id", "naf", "headcount_mid", "synthetic", "evidence"]
    require_columns(sites, needed, where="sites")
    require_lambert93(sites, where="sites")
    ordered = sites.sort_values("site_id", ignore_index=True, kind="stable")
    division = ordered["naf"].str[:2]
    size = division[division.ne("")].value_counts()
    tested = sorted(size.index[size >= settings.min_sites])
    if not tested or _on_one_point(ordered):
        return _typed([])
    orders = np.array(
        [rng.permutation(len(ordered)) for _ in range(n_permutations)], dtype=np.int32
    )
    around = (
        plane_rings(ordered, radii=settings.radii_m)
        if pairs is None
        else rings(pairs, radii=settings.radii_m)
    )
    weight = ordered["headcount_mid"]
    value = marcon_puech_m(division, weight, neighbours=around).loc[tested]
    every = sorted(division.unique())
    values_drawn = permuted_m(division, weight, neighbours=around, orders=orders)
    parts = []
    for name in tested:
        curve = value.loc[name].to_numpy(dtype=np.float64)
        part = _tested_curve(curve, values_drawn[:, every.index(name)], neutral=1.0)
        parts.append(part.assign(division=name, measure="M", distance_m=around.radii))
    bins = plane_bins(ordered) if distances is None else distances
    parts += _kd_parts(division, tested, distances=bins, orders=orders)
    return _described(parts, ordered, division, n_permutations=n_permutations)


def concentration_sentence(table: pd.DataFrame, *, drawn_inside: bool = False) -> str:
    """Say in one sentence how many sectors are concentrated, and at what distance.

    ``drawn_inside``: whether its sites were drawn in zones drawn before: no measure
    then. Returns: French, for a chapter: the figures stay in the annex.

    Notes
    -----
    A sector counts where its whole curve Kd leaves the envelope (``p_value`` ≤
    :data:`LEVEL`) upwards somewhere. So many sectors times that level would do so by
    chance.
    """
    curves = table[table["measure"].eq("Kd")]
    n_tested = int(curves["division"].nunique())
    if n_tested == 0:
        return "Aucun secteur n'a assez de sites pour mesurer sa concentration."
    unusual = curves["p_value"].le(LEVEL) & curves["status"].eq("concentre")
    near_m = curves[unusual].groupby("division")["distance_m"].min()
    by_chance = french_number(LEVEL * n_tested, decimals=1)
    counted = {0: "aucun n'est plus regroupé", 1: "un est plus regroupé"}.get(
        len(near_m), f"{len(near_m)} sont plus regroupés"
    )
    counted_text = (
        f"Sur {n_tested} secteurs assez nombreux pour être mesurés, {counted} "
        "que si les activités changeaient de place au hasard "
        f"(courbe entière, seuil de {100 * LEVEL:g} % ; le hasard seul en "
        f"donnerait jusqu'à {by_chance})"
    )
    circular = f" {_CIRCULAR}" if drawn_inside else ""
    if near_m.empty:
        return f"{counted_text}.{circular}"
    distance_km = french_number(near_m.median() / 1000, decimals=1)
    return f"{counted_text} ; l'écart commence à {distance_km} km (médiane).{circular}"


def _kd_parts(
    division: pd.Series[str],
    tested: list[str],
    *,
    distances: BinnedDistances,
    orders: npt.NDArray[np.int32],
) -> list[pd.DataFrame]:
    spread, median = distance_spread(distances)
    steps = np.linspace(0.0, median, N_STEPS + 1)
    names = division.to_numpy(dtype=str)
    parts = []
    for name in tested:
        of_sector = names == name
        n = int(of_sector.sum())
        bandwidth = silverman_bandwidth(spread, n_pairs=n * (n - 1) // 2)
        itself = np.arange(len(names))
        members = (np.flatnonzero(of_sector[order]) for order in (itself, *orders))
        curves = kd_curves(members, distances=distances, at=steps, bandwidth=bandwidth)
        part = _tested_curve(curves[0], curves[1:], neutral=0.0)
        parts.append(part.assign(division=name, measure="Kd", distance_m=steps))
    return parts


def _tested_curve(observed: Floats, drawn: Floats, *, neutral: float) -> pd.DataFrame:
    """Compare a curve with its draws; where it is not defined it tells nothing."""
    known = np.isfinite(observed)
    band = global_envelope(
        np.where(known, observed, neutral),
        np.where(np.isfinite(drawn), drawn, neutral),
        level=LEVEL,
    )
    status = np.select(
        [~known, observed > band.high, observed < band.low],
        ["sans_voisin", "concentre", "disperse"],
        default="aucun_ecart",
    )
    table = {"value": observed, "low": band.low, "high": band.high}
    return pd.DataFrame(table).assign(p_value=band.p_value, status=status)


def _described(
    parts: list[pd.DataFrame],
    sites: pd.DataFrame,
    division: pd.Series[str],
    *,
    n_permutations: int,
) -> pd.DataFrame:
    groups = {str(name): group for name, group in sites.groupby(division.to_numpy())}
    rows = []
    for part in parts:
        group = groups[part["division"].iloc[0]]
        rows.append(
            part.assign(
                n_sites=len(group),
                n_permutations=n_permutations,
                synthetic_share_pct=100 * float(group["synthetic"].mean()),
                evidence=evidence_class(group),
            )
        )
    return _typed(rows)


def _typed(parts: list[pd.DataFrame]) -> pd.DataFrame:
    blank = pd.DataFrame(columns=list(_COLUMNS)).astype(_COLUMNS)
    table = pd.concat(parts, ignore_index=True) if parts else blank
    for name in ("value", "low", "high"):
        table[name] = _rounded(table[name].to_numpy(dtype=np.float64))
    typed = table[list(_COLUMNS)].astype(_COLUMNS)
    return typed.sort_values(["division", "measure", "distance_m"], ignore_index=True)


def _rounded(values: Floats) -> Floats:
    known = np.isfinite(values) & (values != 0)
    size = np.floor(np.log10(np.abs(np.where(known, values, 1.0))))
    scale = 10.0 ** (DIGITS - 1 - size)
    return np.where(known, np.round(values * scale) / scale, values)


def _on_one_point(sites: gpd.GeoDataFrame) -> bool:
    xmin, ymin, xmax, ymax = sites.total_bounds
    return bool(xmin == xmax and ymin == ymax)


@dataclass(frozen=True)
class Envelope:
    """Band that holds whole curves, and how unusual the observed one is.

    ``low``, ``high``: shape (k,): bounds at each distance. ``p_value``: share of the
    curves at least as extreme as the observed one, itself included.
    """

    low: Floats = field(repr=False)
    high: Floats = field(repr=False)
    p_value: float


def global_envelope(
    observed: Floats, simulated: Floats, *, level: float = LEVEL
) -> Envelope:
    """Draw the band that curves drawn at random leave with a given probability.

    Returns: hull of the curves, the observed one among them, that are not in the most
    extreme share ``level``. ``p_value`` ≤ ``level`` says that the observed curve is in
    that share. Refused when there are too few curves for the level: 19 at least for 5
    %.

    Notes
    -----
    Extreme rank lengths: at each distance a curve has a rank, counted from the
    nearer end (ties share the mean); curves are ordered by their ranks from the
    most extreme on, so that of two curves which both come first somewhere, the one
    that does so at more distances is the more extreme. The test is exact for
    exchangeable curves, whatever the number of distances; pointwise bands are not.

    References
    ----------
    Myllymäki, Mocquard, Mrkvička, Hahn & Grabarnik (2017), *J. R. Stat. Soc. B* 79,
    381–404, https://doi.org/10.1111/rssb.12172; Duranton & Overman (2005) for the
    need of a band that is global.

    Examples
    --------
    >>> flat = np.arange(1.0, 20.0)[:, None] * np.ones(3)
    >>> band = global_envelope(np.full(3, 99.0), flat, level=0.1)
    >>> band.p_value, band.low.tolist(), band.high.tolist()
    (0.1, [2.0, 2.0, 2.0], [19.0, 19.0, 19.0])
    """
    curves = np.vstack([observed, simulated])
    if len(curves) * level < 1:
        needed = int(np.ceil(1 / level - 1e-9)) - 1
        message = (
            f"enveloppe : {len(simulated)} permutations pour un seuil de "
            f"{100 * level:g}\N{NARROW NO-BREAK SPACE}% → en demander au moins {needed}"
        )
        raise InfeasibleError(message)
    rising = rankdata(curves, axis=0)
    depth = np.sort(np.minimum(rising, len(curves) + 1 - rising), axis=1)
    # As whole numbers: midranks are halves.
    _, group, size = np.unique(
        np.rint(2 * depth).astype(np.int64),
        axis=0,
        return_inverse=True,
        return_counts=True,
    )
    share = (np.cumsum(size) / len(curves))[group.ravel()]
    usual = curves[share > level]
    return Envelope(usual.min(axis=0), usual.max(axis=0), float(share[0]))

"""Clusters of near sites, tried again as parameters, headcounts, positions move."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree
from sklearn.cluster import HDBSCAN

from eitgeo.check import require_lambert93
from eitgeo.errors import InfeasibleError, StudyError
from eitgeo.study.zones import Zones
from eitgeo.words import french_number

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]
type Names = npt.NDArray[np.str_]
type Measure = Callable[[gpd.GeoDataFrame], csr_array]

MAX_PAIRS = 25_000_000
"""Above this many pairs the radius is refused (about 1 GB)."""

NOISE = -1
"""Label of a site that no cluster takes."""

AS_GIVEN = 0
"""Draw of the runs on headcounts and positions as they are given."""

LEAST = 1e-3
"""Distances are whole millimetres, or thousandths of a minute, and never nil."""


def plane_pairs(sites: gpd.GeoDataFrame, *, max_m: float) -> csr_array:
    """Measure the straight lines between sites within a radius.

    ``max_m``: radius [m], included. Returns: shape (n, n), symmetric, distances in the
    plane [m] in the order of the rows, rounded to the millimetre so that neither a turn
    nor a shift of the map tips a pair; 0.001 m between sites on one point; nothing on
    the diagonal. Refused when the radius takes in more pairs than memory can hold.

    Notes
    -----
    A k-d tree: ``O(n log n + pairs)``.

    Examples
    --------
    >>> import geopandas as gpd
    >>> points = gpd.points_from_xy([5e5, 500_300.0, 502_000.0], [62e5] * 3, crs=2154)
    >>> plane_pairs(gpd.GeoDataFrame(geometry=points), max_m=500).toarray()[0].tolist()
    [0.0, 300.0, 0.0]
    """
    require_lambert93(sites, where="sites")
    if len(sites) == 0:
        return csr_array((0, 0), dtype=float)
    xy = np.column_stack([sites.geometry.x, sites.geometry.y])
    tree = KDTree(xy)
    reach = max_m + LEAST
    require_room((int(tree.count_neighbors(tree, reach)) - len(xy)) // 2)
    pair = tree.query_pairs(reach, output_type="ndarray")
    away_m = np.hypot(*(xy[pair[:, 0]] - xy[pair[:, 1]]).T)
    return symmetric(pair[:, 0], pair[:, 1], away_m, n=len(xy), at_most=max_m)


def symmetric(
    one: Ints, other: Ints, distance: Floats, *, n: int, at_most: float
) -> csr_array:
    """Lay out pairs as a symmetric table of distances."""
    rounded = rounded_m(distance)
    is_within = rounded <= at_most
    row = np.concatenate([one[is_within], other[is_within]])
    column = np.concatenate([other[is_within], one[is_within]])
    values = np.concatenate([rounded[is_within], rounded[is_within]])
    return csr_array((values, (row, column)), shape=(n, n))


def rounded_m(distance: Floats) -> Floats:
    """Round distances so that neither a turn nor a shift of the map tips a pair."""
    return np.maximum(np.round(distance, 3), LEAST)


def within(pairs: csr_array, reach: float) -> csr_array:
    """Keep the pairs within a smaller radius."""
    every = pairs.tocoo()
    is_within = every.data <= reach
    row, column = every.coords
    return csr_array(
        (every.data[is_within], (row[is_within], column[is_within])), shape=pairs.shape
    )


def require_room(
    n_pairs: int,
    *,
    remedy: str = "réduire zones.radius_m, zones.radius_min ou zones.sweep",
) -> None:
    """Refuse more pairs than memory can hold."""
    if n_pairs > MAX_PAIRS:
        message = (
            f"zones : le rayon réunit {french_number(n_pairs)} paires "
            f"d'établissements, trop pour la mémoire ({french_number(MAX_PAIRS)} au "
            f"plus) → {remedy}"
        )
        raise InfeasibleError(message)


def require_all_pairs(n_sites: int, *, distance: str) -> None:
    """Refuse so many sites that the roads between all of them cannot be held.

    Concentration needs them all, whatever the radii: who finds zones by road is told
    before, not at the end of an hour.
    """
    if distance != "plane":
        require_room(n_sites * (n_sites - 1) // 2, remedy=_STRAIGHT)


_STRAIGHT = "mesurer en ligne droite (zones.distance: plane)"


_FAR = 1e6
"""Parts that no road or radius joins stand so many radii apart for HDBSCAN."""

_APART = 1e-7
"""Links of one length are set apart by this part of it at most."""

_ROUNDING = 1e-9
"""A neighbourhood that lacks no more than this of its weight is dense."""


@dataclass(frozen=True)
class Setting:
    """Parameters of one clustering.

    ``method``: ``dbscan`` or ``hdbscan``. ``radius``: in the unit of the distances:
    metres, or minutes. ``min_sites``, ``min_jobs``: so many sites, or so many jobs,
    make a zone.
    """

    method: str
    radius: float
    min_sites: int
    min_jobs: float


def fixed_setting(zones: Zones) -> Setting:
    """Return the setting that a study fixes.

    Returns: DBSCAN unless another method is fixed. Refused when the study leaves the
    radius to the sweep.
    """
    if zones.radius is None:
        name = "radius_min" if zones.distance == "truck_min" else "radius_m"
        message = f"zones : rayon laissé au balayage → fixer zones.{name}"
        raise StudyError(message)
    method = zones.method or "dbscan"
    return Setting(method, zones.radius, zones.min_sites, zones.min_jobs)


def cluster_sites(
    sites: gpd.GeoDataFrame, *, zones: Zones, pairs: csr_array | None = None
) -> pd.Series[str]:
    """Cluster sites; isolated large sites are results of the same rank as zones.

    ``sites``: ``site_id``, ``headcount_mid`` and points in EPSG:2154: the sites that
    may make a zone. ``zones``: method, radius, least number of sites or jobs, jobs of
    an isolated large site. ``pairs``: shape (n, n), symmetric: distances between the
    rows of ``sites`` within the radius at least, in the unit of the radius; None:
    straight lines [m]. Returns: ``zone_id`` on the index of ``sites``; empty where a
    site is in none. Zones are ``Z001``… and isolated large sites ``I001``…, by falling
    headcount, so that row order changes no name. Refused when the study leaves the
    radius to the sweep. Refused when the radius takes in more pairs than memory can
    hold.
    """
    setting = fixed_setting(zones)
    require_lambert93(sites, where="sites")
    site_id = sites["site_id"].to_numpy(dtype=str)
    jobs = sites["headcount_mid"].to_numpy(dtype=float)
    # A site at the edge of two clusters goes to the one met first: the order must
    # depend neither on rows nor on axes.
    order = np.argsort(site_id, kind="stable")
    if pairs is None:
        near = plane_pairs(sites.iloc[order], max_m=setting.radius)
    else:
        near = pairs[order][:, order]
    label = np.full(len(sites), NOISE)
    label[order] = label_sites(near, jobs[order], setting=setting)
    names = name_zones(label, jobs, site_id, isolated_jobs=zones.isolated_jobs)
    return pd.Series(names, index=sites.index, dtype="str", name="zone_id")


def label_sites(pairs: csr_array, jobs: Floats, *, setting: Setting) -> Ints:
    """Label sites by cluster.

    ``pairs``: shape (n, n), symmetric: distances within the radius at least, sites in a
    stable order. Returns: shape (n,): 0, 1 …, or −1 for a site in no cluster.

    Notes
    -----
    DBSCAN: a site weighs ``max(1, jobs × min_sites ÷ min_jobs)``, so that a
    neighbourhood of ``min_sites`` sites or of ``min_jobs`` jobs is dense. HDBSCAN of
    scikit-learn takes no weights (as many copies of a site would be infinitely dense):
    ``min_sites`` is its least cluster, the radius the longest link, and jobs come
    after: where it finds nothing among sites that links join, they are one cluster if
    they hold ``min_jobs``. With both, each cluster is checked against the rule
    « sites or jobs » and needs two sites at least.

    References
    ----------
    Ester, Kriegel, Sander & Xu (1996), *KDD-96*, 226–231; Campello, Moulavi & Sander
    (2013), *PAKDD*, 160–172, https://doi.org/10.1007/978-3-642-37456-2_14.
    """
    if len(jobs) == 0:
        return np.empty(0, dtype=np.int64)
    near = within(pairs, setting.radius)
    labels = (_dbscan if setting.method == "dbscan" else _hdbscan)(near, jobs, setting)
    return _kept(labels, jobs, setting)


def name_zones(
    label: Ints, jobs: Floats, site_id: Names, *, isolated_jobs: float
) -> Names:
    """Name clusters and isolated large sites by falling headcount.

    Returns: shape (n,): ``Z001`` …, ``I001`` …, or an empty string.
    """
    table = pd.DataFrame({"label": label, "jobs": jobs, "site_id": site_id})
    alone = (table["label"] == NOISE) & (table["jobs"] >= isolated_jobs)
    grouped = table[table["label"] != NOISE]
    zone_names = _ranked(grouped.groupby("label"), "Z")
    lone_names = _ranked(table[alone].groupby("site_id"), "I")
    names = pd.Series("", index=table.index, dtype="str")
    names = names.mask(table["label"] != NOISE, table["label"].map(zone_names))
    return names.mask(alone, table["site_id"].map(lone_names)).to_numpy(dtype=str)


def _ranked(groups: Any, letter: str) -> dict[object, str]:
    jobs, first = groups["jobs"].sum(), groups["site_id"].min()
    order = np.lexsort((first.to_numpy(dtype=str), -jobs.to_numpy()))
    keys = jobs.index[order]
    return {key: f"{letter}{rank:03d}" for rank, key in enumerate(keys, start=1)}


def _dbscan(near: csr_array, jobs: Floats, setting: Setting) -> Ints:
    """Join dense sites near each other; at an edge, the first cluster takes the site.

    A cluster has the rank of its first dense site for label.
    """
    weight = np.maximum(1.0, jobs * setting.min_sites / setting.min_jobs)
    row = np.repeat(np.arange(len(jobs)), np.diff(near.indptr))
    around = weight + np.bincount(row, weight[near.indices], minlength=len(jobs))
    dense = np.flatnonzero(around >= setting.min_sites - _ROUNDING)
    _, part = connected_components(near[dense][:, dense], directed=False)
    label = np.full(len(jobs), len(jobs))
    label[dense] = dense[np.unique(part, return_index=True)[1]][part]
    np.minimum.at(label, near.indices, label[row])
    return np.where(label < len(jobs), label, NOISE)


def _hdbscan(near: csr_array, jobs: Floats, setting: Setting) -> Ints:
    least = max(2, setting.min_sites)
    label = np.full(len(jobs), NOISE)
    mutual = _mutual_reachability(near, least)
    _, part = connected_components(mutual, directed=False)
    dense = np.flatnonzero(np.bincount(part)[part] >= least)
    if len(dense):
        joined = _joined(mutual[dense][:, dense], part[dense], least, setting.radius)
        model = HDBSCAN(
            min_cluster_size=least, min_samples=1, metric="precomputed", copy=True
        )
        label[dense] = model.fit(joined).labels_[: len(dense)]
    return _with_parts_of_jobs(label, near, jobs, setting)


def _mutual_reachability(near: csr_array, least: int) -> csr_array:
    """Longest of the distance and of both core distances (a site counts itself)."""
    n_near = np.diff(near.indptr)
    row = np.repeat(np.arange(len(n_near)), n_near)
    rising = near.data[np.lexsort((near.data, row))]
    core = np.full(len(n_near), np.inf)
    enough = n_near >= least - 1
    core[enough] = rising[near.indptr[:-1][enough] + least - 2]
    reach = np.maximum(near.data, np.maximum(core[row], core[near.indices]))
    is_finite = np.isfinite(reach)
    return csr_array(
        (reach[is_finite], (row[is_finite], near.indices[is_finite])), shape=near.shape
    )


def _joined(mutual: csr_array, part: Ints, least: int, radius: float) -> csr_array:
    """Join the parts by links so long that each stands as if alone.

    A part more, of no site, lets a lone one be a cluster: HDBSCAN never takes the
    whole for a cluster.
    """
    n = mutual.shape[0]
    first = np.unique(part, return_index=True)[1]
    chain = np.concatenate([first, np.arange(n, n + least)])
    start, other = chain[:-1], chain[1:]
    length = np.where(start >= n, radius, _FAR * radius)
    every = mutual.tocoo()
    itself = np.arange(n + least)
    row = np.concatenate([every.coords[0], start, other, itself])
    column = np.concatenate([every.coords[1], other, start, itself])
    links = _none_equal(np.concatenate([every.data, length, length]), row, column)
    values = np.concatenate([links, np.zeros(n + least)])
    return csr_array((values, (row, column)), shape=(n + least, n + least))


def _none_equal(length: Floats, row: Ints, column: Ints) -> Floats:
    """Part links of one length by their ends, far less than distances are rounded.

    HDBSCAN sorts links, and the order of equals would depend on the processor.
    """
    n = len(length)
    first, last = np.minimum(row, column)[:n], np.maximum(row, column)[:n]
    ends = first.astype(np.int64) * (int(last.max(initial=0)) + 1) + last
    pair = np.unique(ends, return_inverse=True)[1]
    n_pairs = int(pair.max(initial=0)) + 1
    return length * (1 + _APART * pair / n_pairs)


def _with_parts_of_jobs(
    label: Ints, near: csr_array, jobs: Floats, setting: Setting
) -> Ints:
    n_parts, part = connected_components(near, directed=False)
    has_cluster = np.zeros(n_parts, dtype=bool)
    has_cluster[part[label != NOISE]] = True
    total = np.bincount(part, weights=jobs)
    whole = ~has_cluster & (np.bincount(part) > 1) & (total >= setting.min_jobs)
    fresh = label.max(initial=NOISE) + 1 + part
    return np.where(whole[part], fresh, label)


def _kept(label: Ints, jobs: Floats, setting: Setting) -> Ints:
    """Drop the clusters that break the rule; number the others from 0."""
    inside = label != NOISE
    _, group = np.unique(label[inside], return_inverse=True)
    n_sites = np.bincount(group)
    n_jobs = np.bincount(group, weights=jobs[inside])
    enough = (n_sites >= setting.min_sites) | (n_jobs >= setting.min_jobs)
    good = enough & (n_sites > 1)
    number = np.where(good, np.cumsum(good) - 1, NOISE)
    renumbered = np.full(len(label), NOISE)
    renumbered[inside] = number[group]
    return renumbered


@dataclass(frozen=True)
class Sweep:
    """Runs of a sweep: every setting on every draw.

    ``settings``: the settings, in order. ``setting_of``, ``draw_of``: shape (runs,):
    which setting, and which draw (0: as given). ``labels``: shape (runs, sites):
    cluster of each site, −1 in none. ``site_id``, ``jobs``: shape (sites,): the sites
    by rising identifier, and their headcount as given.
    """

    settings: tuple[Setting, ...]
    setting_of: Ints = field(repr=False)
    draw_of: Ints = field(repr=False)
    labels: Ints = field(repr=False)
    site_id: npt.NDArray[np.str_] = field(repr=False)
    jobs: npt.NDArray[np.float64] = field(repr=False)

    def as_given(self, setting: int) -> Ints:
        """Return the labels of a setting on the sites as given.

        ``setting``: its rank in ``settings``. Returns: shape (sites,).
        """
        run = (self.setting_of == setting) & (self.draw_of == AS_GIVEN)
        return np.asarray(self.labels[run][0])


def settings_of(zones: Zones) -> tuple[Setting, ...]:
    """List the settings of a sweep, those that the study fixes included.

    Returns: every method × radius × minimum, sorted.
    """
    fixed = () if zones.method is None else (zones.method,)
    methods = sorted({*zones.sweep.methods, *fixed})
    swept = ((one.sites, float(one.jobs)) for one in zones.sweep.minima)
    minima = sorted({*swept, (zones.min_sites, float(zones.min_jobs))})
    return tuple(
        Setting(method, radius, sites, jobs)
        for method, radius, (sites, jobs) in product(methods, zones.radii, minima)
    )


def run_sweep(
    sites: gpd.GeoDataFrame,
    *,
    zones: Zones,
    measure: Measure,
    rng: np.random.Generator,
    n_draws: int,
) -> Sweep:
    """Cluster the sites with every setting, as given and drawn again.

    ``sites``: table ``sites``, EPSG:2154: those that may make a zone. ``measure``:
    gives the distances between the rows of a layer of sites, within the largest radius
    (`plane_pairs`). ``rng``: source of randomness; the same state gives the same sweep.
    Returns: ``settings × (1 + n_draws)`` runs.
    """
    require_lambert93(sites, where="sites")
    ordered = sites.sort_values("site_id", kind="stable")
    settings = settings_of(zones)
    runs = []
    for draw in range(n_draws + 1):
        sites_drawn = (
            ordered if draw == AS_GIVEN else redrawn(ordered, zones=zones, rng=rng)
        )
        runs.append(_labels(sites_drawn, measure(sites_drawn), settings))
    ranks = np.arange(len(settings))
    return Sweep(
        settings=settings,
        setting_of=np.tile(ranks, n_draws + 1),
        draw_of=np.repeat(np.arange(n_draws + 1), len(settings)),
        labels=np.concatenate(runs),
        site_id=ordered["site_id"].to_numpy(dtype=str),
        jobs=ordered["headcount_mid"].to_numpy(dtype=float),
    )


def redrawn(
    sites: gpd.GeoDataFrame, *, zones: Zones, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Draw headcounts within their bounds, and positions about where they are.

    ``sites``: table ``sites``, EPSG:2154. ``zones``: ``sweep.jitter_m`` of the study:
    standard deviation along each axis [m], by quality of position. Returns: A copy.
    ``headcount_mid`` is drawn log-uniform between ``headcount_low`` and
    ``headcount_high`` (its bands are about geometric); a site without both bounds keeps
    its headcount. Points move by a normal deviate along each axis.
    """
    low = sites["headcount_low"].to_numpy(dtype=float)
    high = sites["headcount_high"].to_numpy(dtype=float)
    mid = sites["headcount_mid"].to_numpy(dtype=float)
    share = rng.random(len(sites))
    known = (low > 0) & (high >= low)
    ratio = np.divide(high, low, out=np.ones(len(sites)), where=known)
    headcounts = np.where(known, np.where(known, low, 1.0) * ratio**share, mid)
    spread_m = sites["position_quality"].map(zones.sweep.jitter_m.model_dump())
    spread = spread_m.fillna(0.0).to_numpy(dtype=float)[:, None]
    moved = rng.standard_normal((len(sites), 2)) * spread
    points = gpd.points_from_xy(
        sites.geometry.x + moved[:, 0], sites.geometry.y + moved[:, 1], crs=sites.crs
    )
    return sites.assign(headcount_mid=headcounts).set_geometry(points)


def _labels(
    sites: gpd.GeoDataFrame, pairs: csr_array, settings: Sequence[Setting]
) -> Ints:
    jobs = sites["headcount_mid"].to_numpy(dtype=float)
    labels = [label_sites(pairs, jobs, setting=one) for one in settings]
    return np.array(labels, dtype=np.int64).reshape(len(settings), len(sites))


def setting_table(sweep: Sweep, *, zones: Zones) -> pd.DataFrame:
    """Say what each setting gives on the sites as given.

    Returns: table ``zone_settings`` without its columns ``agreement``,
    ``official_agreement`` and ``chosen``.
    """
    in_minutes = zones.distance == "truck_min"
    rows = []
    for rank, setting in enumerate(sweep.settings):
        label = sweep.as_given(rank)
        inside = label != NOISE
        rows.append(
            {
                "setting_id": setting_id(setting, distance=zones.distance),
                "method": setting.method,
                "distance": zones.distance,
                "radius_m": np.nan if in_minutes else setting.radius,
                "radius_min": setting.radius if in_minutes else np.nan,
                "min_sites": setting.min_sites,
                "min_jobs": setting.min_jobs,
                "n_runs": int((sweep.setting_of == rank).sum()),
                "n_zones": int(label.max(initial=NOISE)) + 1,
                "n_sites": int(inside.sum()),
                "headcount_mid": float(sweep.jobs[inside].sum()),
            }
        )
    return pd.DataFrame(rows)


def setting_id(setting: Setting, *, distance: str) -> str:
    """Name a setting.

    ``distance``: ``plane``, ``truck_m`` or ``truck_min``. Returns:
    ``dbscan_500m_3_30``.

    Examples
    --------
    >>> setting_id(Setting("hdbscan", 1.5, 3, 30.0), distance="truck_min")
    'hdbscan_1.5min_3_30'
    """
    unit = "min" if distance == "truck_min" else "m"
    minimum = f"{setting.min_sites}_{setting.min_jobs:g}"
    return f"{setting.method}_{setting.radius:g}{unit}_{minimum}"


STABLE = 0.75
"""A zone found again this well, on average, is stable (Hennig 2007)."""
ALWAYS = 0.9
"""Sites that share a zone in this share of the runs are always together."""


@dataclass(frozen=True)
class Together:
    """Pairs of sites that share a zone in enough runs.

    ``one``, ``other``: shape (pairs,): rows of the sites, ``one < other``, sorted.
    ``share``: shape (pairs,): share of the runs, 0 to 1.
    """

    one: Ints = field(repr=False)
    other: Ints = field(repr=False)
    share: Floats = field(repr=False)


def agreements(labels: Ints) -> Floats:
    """Measure how far each two clusterings agree: adjusted Rand index.

    ``labels``: shape (runs, sites): cluster of each site; each site in none (−1) counts
    as a cluster of its own. Returns: shape (runs, runs): 1 where the same, about 0
    where no better than chance; 1 too where neither run joins any sites.

    Notes
    -----
    ``(P_ab − E) ÷ ((P_a + P_b) ÷ 2 − E)``, ``P`` the number of pairs joined (by both
    runs), ``E = P_a P_b ÷ C(n, 2)``. All contingency tables come from one sparse
    product: sites in no cluster join no pair, and are not in it.

    References
    ----------
    Hubert & Arabie (1985), *Journal of Classification* 2, 193–218,
    https://doi.org/10.1007/BF01908075.

    Examples
    --------
    >>> agreements(np.array([[0, 0, 1, 1], [1, 1, 0, 0], [0, 0, 0, 0]])).round(2)
    array([[1., 1., 0.],
           [1., 1., 0.],
           [0., 0., 1.]])
    """
    n_runs, n_sites = labels.shape
    member, run = _members(labels)
    common = (member.T @ member).tocoo()
    shared = common.data * (common.data - 1) / 2
    joined = np.zeros((n_runs, n_runs))
    row, column = common.coords
    np.add.at(joined, (run[row], run[column]), shared)
    each = np.diag(joined)
    chance = np.outer(each, each) / max(1.0, n_sites * (n_sites - 1) / 2)
    span = (each[:, None] + each[None, :]) / 2 - chance
    same = np.isclose(joined, each[:, None]) & np.isclose(joined, each[None, :])
    index = np.divide(joined - chance, span, out=np.zeros_like(span), where=span > 0)
    return np.where(same, 1.0, index)


def mean_agreement(sweep: Sweep) -> Floats:
    """Measure how far each setting, as given, agrees with all the other runs.

    Returns: shape (settings,): mean adjusted Rand index; 1 for a setting alone.
    """
    index = agreements(sweep.labels)
    as_given = np.flatnonzero(sweep.draw_of == AS_GIVEN)
    others = max(1, len(index) - 1)
    mean = np.where(
        len(index) > 1,
        (index[as_given].sum(axis=1) - 1) / others,
        np.ones(len(as_given)),
    )
    by_setting = np.empty(len(sweep.settings))
    by_setting[sweep.setting_of[as_given]] = mean
    return by_setting


def choose_setting(sweep: Sweep, agreement: Floats, *, zones: Zones) -> int:
    """Choose the setting that agrees best with all the others.

    ``zones``: section ``zones`` of the study: only settings with its minimum, and with
    its method and radius where it fixes them, may be chosen. Returns: rank in
    ``sweep.settings``; the first (by method, radius, minimum) among those that agree as
    well to nine decimals.
    """
    admitted = [
        rank
        for rank, one in enumerate(sweep.settings)
        if (one.min_sites, one.min_jobs) == (zones.min_sites, zones.min_jobs)
        and zones.method in {None, one.method}
        and zones.radius in {None, one.radius}
    ]

    def order(rank: int) -> tuple[float, int]:
        return round(float(agreement[rank]), 9), -rank

    return max(admitted, key=order)


def zone_stability(sweep: Sweep, zone_id: Names) -> pd.Series[float]:
    """Measure how well each zone is found again by the runs.

    ``zone_id``: shape (sites,), in the order of the sweep: zone or isolated site of
    each, empty where in none. Returns: ``stability`` by zone, 0 to 1: mean over the
    runs of the largest Jaccard index, by headcount, between the zone and a cluster of
    the run. An isolated site is found again whole by a run that leaves it alone.

    References
    ----------
    Hennig (2007), *Computational Statistics & Data Analysis* 52, 258–271,
    https://doi.org/10.1016/j.csda.2006.11.025: 0.75 and above, stable.
    """
    names, place = np.unique(zone_id[zone_id != ""], return_inverse=True)
    rows = np.flatnonzero(zone_id != "")
    shape = (len(zone_id), len(names))
    zone = csr_array((np.ones(len(rows)), (rows, place)), shape=shape)
    member, run = _members(sweep.labels)
    by_jobs = zone.multiply(sweep.jobs[:, None]).tocsr()
    shared = (by_jobs.T @ member).tocoo()
    row, column = shared.coords
    all_jobs = by_jobs.sum(axis=0)[row] + (sweep.jobs @ member)[column]
    best = np.zeros((len(names), len(sweep.labels)))
    np.maximum.at(best, (row, run[column]), shared.data / (all_jobs - shared.data))
    lone = np.flatnonzero([name.startswith("I") for name in names])
    site = zone.tocsc().indices[zone.tocsc().indptr[lone]]
    alone = sweep.labels[:, site].T == NOISE
    best[lone] = np.where(alone, 1.0, best[lone])
    stability = best.mean(axis=1) if len(names) else np.empty(0)
    index = pd.Index(names, dtype="str", name="zone_id")
    return pd.Series(np.minimum(stability, 1.0), index=index, name="stability")


def together(labels: Ints, *, at_least: float) -> Together:
    """Find the pairs of sites that share a cluster in enough runs.

    ``labels``: shape (runs, sites): cluster of each site, −1 in none. ``at_least``:
    share of the runs, above 0. Returns: every such pair, exactly. Refused when there
    may be more of them than memory can hold.

    Notes
    -----
    A pair missed by no more than ``m`` runs is in one of any ``m + 1`` runs: those
    that join fewest pairs are listed, and only their pairs are counted in all runs.

    Examples
    --------
    >>> pairs = together(np.array([[0, 0, 1, 1], [0, 0, -1, -1]]), at_least=0.9)
    >>> pairs.one.tolist(), pairs.other.tolist(), pairs.share.tolist()
    ([0], [1], [1.0])
    """
    n_runs, n_sites = labels.shape
    needed = max(1, math.ceil(at_least * n_runs - 1e-9))
    sizes = [np.bincount(one[one != NOISE]) for one in labels]
    n_pairs = np.array([int((size * (size - 1) // 2).sum()) for size in sizes])
    listed = np.argsort(n_pairs, kind="stable")[: n_runs - needed + 1]
    require_room(int(n_pairs[listed].sum()))
    codes = [_pair_codes(labels[run]) for run in listed]
    code = np.unique(np.concatenate([*codes, np.empty(0, np.int64)]))
    one, other = np.divmod(code, max(1, n_sites))
    count = np.zeros(len(code), dtype=np.int64)
    for label in labels:
        count += (label[one] == label[other]) & (label[one] != NOISE)
    is_enough = count >= needed
    return Together(one[is_enough], other[is_enough], count[is_enough] / max(1, n_runs))


def site_stability(sweep: Sweep, zone_id: Names) -> pd.DataFrame:
    """Say which sites are always together, which sometimes, which alone.

    ``zone_id``: shape (sites,), in the order of the sweep: zone of each. ``core_id``:
    sites linked, one to the next, by pairs that share a zone in :data:`ALWAYS` of the
    runs, « N001 »… by falling headcount; ``status``: « toujours » in such a group, «
    parfois » in a zone in some runs, « isole » in none; ``clustered_pct``: share of the
    runs where the site is in a zone [%].
    """
    core = _cores(together(sweep.labels, at_least=ALWAYS), sweep)
    often = 100 * (sweep.labels != NOISE).mean(axis=0)
    status = np.where(core != "", "toujours", np.where(often > 0, "parfois", "isole"))
    names = {"site_id": sweep.site_id, "zone_id": zone_id, "core_id": core}
    table = pd.DataFrame({**names, "status": status, "clustered_pct": often})
    return table.astype(dict.fromkeys([*names, "status"], "str"))


def core_share_pct(stability: pd.DataFrame, jobs: Floats) -> pd.Series[float]:
    """Measure the share of each zone's jobs in its largest core.

    Returns: ``core_share_pct`` by zone [%]; 0 where none of its sites is always with
    another.
    """
    table = stability.assign(jobs=jobs)
    zoned = table[table["zone_id"].ne("")]
    total = zoned.groupby("zone_id")["jobs"].sum()
    cores = zoned[zoned["core_id"].ne("")].groupby(["zone_id", "core_id"])["jobs"].sum()
    largest = cores.groupby("zone_id").max().reindex(total.index, fill_value=0.0)
    share = (100 * largest / total).clip(upper=100.0)
    return share.rename("core_share_pct")


def _members(labels: Ints) -> tuple[csr_array, Ints]:
    """Sites by clusters of all runs, and the run of each cluster."""
    n_runs, n_sites = labels.shape
    n_clusters = labels.max(axis=1, initial=NOISE) + 1
    first = np.concatenate([[0], np.cumsum(n_clusters)])
    run, site = np.nonzero(labels != NOISE)
    cluster = first[run] + labels[run, site]
    member = coo_array(
        (np.ones(len(site)), (site, cluster)), shape=(n_sites, int(first[-1]))
    )
    return member.tocsr(), np.repeat(np.arange(n_runs), n_clusters)


def _pair_codes(label: Ints) -> Ints:
    """Pairs that one run joins, as ``n × one + other``."""
    order = np.argsort(label, kind="stable")
    order = order[label[order] != NOISE]
    size = np.bincount(label[order])
    stop = np.repeat(np.cumsum(size), size)
    after = stop - np.arange(len(order)) - 1
    one = np.repeat(np.arange(len(order)), after)
    begin = np.repeat(np.cumsum(after) - after, after)
    other = one + 1 + np.arange(len(one)) - begin
    return np.asarray(order[one] * len(label) + order[other], dtype=np.int64)


def _cores(pairs: Together, sweep: Sweep) -> Names:
    n_sites = len(sweep.site_id)
    links = coo_array(
        (np.ones(len(pairs.one)), (pairs.one, pairs.other)), shape=(n_sites, n_sites)
    )
    _, part = connected_components(links, directed=False)
    table = pd.DataFrame({"part": part, "jobs": sweep.jobs, "site_id": sweep.site_id})
    groups = table[np.bincount(part, minlength=1)[part] > 1].groupby("part")
    size = groups.agg(jobs=("jobs", "sum"), first=("site_id", "min"))
    ranked = size.sort_values(["jobs", "first"], ascending=[False, True]).index
    names = {key: f"N{rank:03d}" for rank, key in enumerate(ranked, start=1)}
    return np.array([names.get(key, "") for key in part], dtype=str)

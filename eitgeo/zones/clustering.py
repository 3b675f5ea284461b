"""Clusters of sites from a table of distances: DBSCAN by jobs, HDBSCAN by sites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from sklearn.cluster import HDBSCAN

from eitgeo.check import require_lambert93
from eitgeo.errors import StudyError
from eitgeo.study.zones import Zones
from eitgeo.zones.near import NOISE, plane_pairs, within

if TYPE_CHECKING:
    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Names = npt.NDArray[np.str_]

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
    stable order. ``setting``: method, radius, least number of sites or jobs. Returns:
    shape (n,): 0, 1 …, or −1 for a site in no cluster.

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

    ``label``: shape (n,): of :func:`label_sites`. ``isolated_jobs``: jobs of an
    isolated large site. Returns: shape (n,): ``Z001`` …, ``I001`` …, or an empty
    string.
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

"""Which zones stay when parameters, headcounts and positions move."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from eitgeo.study.zones import Zones
from eitgeo.zones.near import AS_GIVEN, NOISE, require_room

if TYPE_CHECKING:
    from eitgeo.zones.sweep import Sweep

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Names = npt.NDArray[np.str_]

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

    ``sweep``: of `run_sweep`. Returns: shape (settings,): mean adjusted Rand index; 1
    for a setting alone.
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

    ``sweep``: of `run_sweep`. ``zones``: section ``zones`` of the study: only settings
    with its minimum, and with its method and radius where it fixes them, may be chosen.
    Returns: rank in ``sweep.settings``; the first (by method, radius, minimum) among
    those that agree as well to nine decimals.
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

    ``sweep``: of `run_sweep`. ``zone_id``: shape (sites,), in the order of the sweep:
    zone or isolated site of each, empty where in none. Returns: ``stability`` by zone,
    0 to 1: mean over the runs of the largest Jaccard index, by headcount, between the
    zone and a cluster of the run. An isolated site is found again whole by a run that
    leaves it alone.

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

    ``sweep``: of `run_sweep`. ``zone_id``: shape (sites,), in the order of the sweep:
    zone of each. Returns: table ``site_stability``. ``core_id``: sites linked, one to
    the next, by pairs that share a zone in :data:`ALWAYS` of the runs, « N001 »… by
    falling headcount; ``status``: « toujours » in such a group, « parfois » in a zone
    in some runs, « isole » in none; ``clustered_pct``: share of the runs where the site
    is in a zone [%].
    """
    core = _cores(together(sweep.labels, at_least=ALWAYS), sweep)
    often = 100 * (sweep.labels != NOISE).mean(axis=0)
    status = np.where(core != "", "toujours", np.where(often > 0, "parfois", "isole"))
    names = {"site_id": sweep.site_id, "zone_id": zone_id, "core_id": core}
    table = pd.DataFrame({**names, "status": status, "clustered_pct": often})
    return table.astype(dict.fromkeys([*names, "status"], "str"))


def core_share_pct(stability: pd.DataFrame, jobs: Floats) -> pd.Series[float]:
    """Measure the share of each zone's jobs in its largest core.

    ``jobs``: shape (sites,): headcounts in the order of its rows. Returns:
    ``core_share_pct`` by zone [%]; 0 where none of its sites is always with another.
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

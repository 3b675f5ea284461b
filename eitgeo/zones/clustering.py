"""Clusters of sites in planar metres, weighted by headcount."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.cluster import DBSCAN

from eitgeo.check import require_lambert93
from eitgeo.reference import in_divisions

if TYPE_CHECKING:
    import geopandas as gpd

    from eitgeo.study import Zones

NOISE = -1
_CLUSTERED_QUALITIES = ("exacte", "rue", "synthetique")


def clusterable(sites: gpd.GeoDataFrame, *, zones: Zones) -> pd.Series[bool]:
    """Say which sites may make a zone.

    Parameters
    ----------
    sites
        Table ``sites``.
    zones
        ``naf_divisions`` of the study.

    Returns
    -------
    pandas.Series of bool
        False for other activities, for positions at commune precision (they would
        cluster the noise of geocoding) and for unknown headcounts.
    """
    productive = in_divisions(sites["naf"], zones.naf_divisions)
    placed = sites["position_quality"].isin(_CLUSTERED_QUALITIES)
    return productive & placed & sites["headcount_mid"].gt(0)


def cluster_sites(sites: gpd.GeoDataFrame, *, zones: Zones) -> pd.Series[str]:
    """Cluster sites with DBSCAN; isolated large sites are results of the same rank.

    Parameters
    ----------
    sites
        ``site_id``, ``headcount_mid`` and points in EPSG:2154: the sites that may
        make a zone.
    zones
        Radius [m], least number of sites or jobs, jobs of an isolated large site.

    Returns
    -------
    pandas.Series of str
        ``zone_id`` on the index of ``sites``; empty where a site is in none. Zones
        are ``Z001``… and isolated large sites ``I001``…, by falling headcount, so
        that row order changes no name.

    Raises
    ------
    CrsError
        When the layer is not in EPSG:2154.

    Notes
    -----
    A site weighs ``max(1, headcount × min_sites ÷ min_jobs)``: a neighbourhood of
    ``min_sites`` sites or of ``min_jobs`` jobs is dense. As the two scales add up,
    each cluster is checked again against the rule « sites or jobs » and needs two
    sites at least.
    """
    require_lambert93(sites, where="sites")
    names = pd.Series("", index=sites.index, dtype="str", name="zone_id")
    if sites.empty:
        return names
    jobs = sites["headcount_mid"].to_numpy(dtype=float)
    xy = np.column_stack([sites.geometry.x, sites.geometry.y])
    # A site at the edge of two clusters goes to the one met first: the order must
    # depend neither on rows nor on axes.
    order = np.argsort(sites["site_id"].to_numpy(), kind="stable")
    weight = np.maximum(1.0, jobs * zones.min_sites / zones.min_jobs)
    model = DBSCAN(eps=zones.radius_m, min_samples=zones.min_sites)
    label = np.empty(len(sites), dtype=int)
    label[order] = model.fit_predict(xy[order], sample_weight=weight[order])
    table = pd.DataFrame(
        {"label": label, "jobs": jobs, "site_id": sites["site_id"].to_numpy()},
        index=sites.index,
    )
    table["label"] = table["label"].where(_is_zone(table, zones), NOISE)
    alone = (table["label"] == NOISE) & (table["jobs"] >= zones.isolated_jobs)
    zone_names = _ranked(table[table["label"] != NOISE].groupby("label"), "Z")
    lone_names = _ranked(table[alone].groupby("site_id"), "I")
    names = names.mask(table["label"] != NOISE, table["label"].map(zone_names))
    return names.mask(alone, table["site_id"].map(lone_names)).astype("str")


def _is_zone(table: pd.DataFrame, zones: Zones) -> pd.Series[bool]:
    group = table.groupby("label")["jobs"]
    n_sites, n_jobs = group.transform("size"), group.transform("sum")
    enough = (n_sites >= zones.min_sites) | (n_jobs >= zones.min_jobs)
    return enough & (n_sites > 1) & (table["label"] != NOISE)


def _ranked(groups: Any, letter: str) -> dict[object, str]:
    size = groups.agg(jobs=("jobs", "sum"), first=("site_id", "min")).reset_index()
    by_rank = size.sort_values(["jobs", "first"], ascending=[False, True])
    keys = by_rank.iloc[:, 0]
    return {key: f"{letter}{rank:03d}" for rank, key in enumerate(keys, start=1)}

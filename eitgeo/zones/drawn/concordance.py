"""Zones found against official zones: ground, sites, and how far they agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from eitgeo.check import require_columns, require_lambert93
from eitgeo.zones.marks import NOISE
from eitgeo.zones.stability import agreements

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]


def official_of(sites: gpd.GeoDataFrame, official: gpd.GeoDataFrame) -> pd.Series[str]:
    """Say in which official zone each site stands.

    Parameters
    ----------
    sites
        Points, EPSG:2154.
    official
        Table ``official_zones``, EPSG:2154.

    Returns
    -------
    pandas.Series of str
        ``official_id`` on the index of ``sites``; of zones that overlap, the one of
        lowest identifier; empty where a site is in none (a border is inside).

    Raises
    ------
    CrsError
        When a layer is not in EPSG:2154.
    """
    require_columns(official, ["zone_id"], where="zones officielles")
    for layer, where in ((sites, "sites"), (official, "zones officielles")):
        require_lambert93(layer, where=where)
    ordered = official.sort_values("zone_id", kind="stable")
    names = ordered["zone_id"].to_numpy(dtype=object)
    tree = shapely.STRtree(ordered.geometry.to_numpy())
    site, zone = tree.query(sites.geometry.to_numpy(), predicate="intersects")
    order = np.lexsort((zone, site))
    at, first = np.unique(site[order], return_index=True)
    found = np.full(len(sites), "", dtype=object)
    found[at] = names[zone[order][first]]
    return pd.Series(found, index=sites.index, dtype="str", name="official_id")


def concordance(
    sites: gpd.GeoDataFrame,
    zone_of: pd.Series[str],
    *,
    outlines: gpd.GeoSeries,
    official: gpd.GeoDataFrame,
) -> pd.DataFrame:
    """Compare each zone found with each official zone that it meets.

    Parameters
    ----------
    sites
        ``headcount_mid`` and points, EPSG:2154: those that may make a zone.
    zone_of
        ``zone_id`` on the index of ``sites``, empty where none.
    outlines
        Outline of each zone by ``zone_id``, EPSG:2154, drawn from the sites alone.
    official
        Table ``official_zones``, EPSG:2154.

    Returns
    -------
    pandas.DataFrame
        Table ``zone_concordance``, sorted: ``iou``, shared ÷ joint surface of outline
        and official zone (0 to 1); sites of the zone in and out of the official one;
        other sites in the official one; headcounts in and out. A zone that meets none
        has one row without ``official_id``, and the reverse. No row where no official
        zone is at hand.

    Raises
    ------
    CrsError
        When a layer is not in EPSG:2154.
    """
    require_lambert93(outlines, where="contours des zones")
    jobs = sites["headcount_mid"].to_numpy(dtype=float)
    seen = pd.DataFrame(
        {
            "zone_id": zone_of.to_numpy(dtype=str),
            "official_id": official_of(sites, official).to_numpy(dtype=str),
            "jobs": jobs,
        }
    )
    known = official.sort_values("zone_id", kind="stable")
    rows = _meeting(outlines, known)
    both = seen[seen["zone_id"].ne("") & seen["official_id"].ne("")]
    pairs = {(zone, one) for zone, one in both[["zone_id", "official_id"]].to_numpy()}
    for pair in sorted(pairs - set(rows)):
        rows[pair] = 0.0
    alone = set(outlines.index) - {zone for zone, _ in rows} if len(known) else set()
    rows |= {(str(one), ""): 0.0 for one in alone}
    rows |= {
        ("", str(one)): 0.0 for one in set(known["zone_id"]) - {o for _, o in rows}
    }
    table = pd.DataFrame(
        [(*pair, iou) for pair, iou in sorted(rows.items())],
        columns=["zone_id", "official_id", "iou"],
    ).astype({"zone_id": "str", "official_id": "str", "iou": float})
    names = known.set_index("zone_id")["name"]
    table["official_name"] = table["official_id"].map(names).fillna("").astype("str")
    return _with_sites(table, seen)


def official_agreement(label: Ints, official_id: pd.Series[str]) -> float:
    """Measure how far a clustering agrees with the official zones.

    Parameters
    ----------
    label
        Shape (sites,): cluster of each site, −1 in none.
    official_id
        Shape (sites,): of :func:`official_of`.

    Returns
    -------
    float
        Adjusted Rand index; NaN where no site is in an official zone.
    """
    named = official_id.to_numpy(dtype=str)
    if not (named != "").any():
        return float("nan")
    _, place = np.unique(named, return_inverse=True)
    ranks = place - 1 if (named == "").any() else place
    return float(
        agreements(np.array([label, np.where(named == "", NOISE, ranks)]))[0, 1]
    )


def _meeting(
    outlines: gpd.GeoSeries, official: gpd.GeoDataFrame
) -> dict[tuple[str, str], float]:
    """Intersection over union of the pairs that share ground."""
    found, known = outlines.to_numpy(), official.geometry.to_numpy()
    zone, one = shapely.STRtree(known).query(found, predicate="intersects")
    shared_m2 = shapely.area(shapely.intersection(found[zone], known[one]))
    joint_m2 = shapely.area(found[zone]) + shapely.area(known[one]) - shared_m2
    names = official["zone_id"].to_numpy(dtype=object)
    return {
        (str(outlines.index[z]), str(names[o])): min(1.0, float(shared / joint))
        for z, o, shared, joint in zip(zone, one, shared_m2, joint_m2, strict=True)
        if shared > 0
    }


def _with_sites(table: pd.DataFrame, seen: pd.DataFrame) -> pd.DataFrame:
    """Count sites and jobs of each pair, in and out."""
    both = seen.groupby(["zone_id", "official_id"])["jobs"].agg(["size", "sum"])
    of_zone = seen.groupby("zone_id")["jobs"].agg(["size", "sum"])
    of_official = seen.groupby("official_id")["jobs"].agg(["size", "sum"])
    pair = pd.MultiIndex.from_frame(table[["zone_id", "official_id"]])
    paired = table["zone_id"].ne("") & table["official_id"].ne("")
    inside = both.reindex(pair, fill_value=0).reset_index(drop=True).where(paired, 0)
    zone = of_zone.reindex(table["zone_id"], fill_value=0).reset_index(drop=True)
    zone = zone.where(table["zone_id"].ne(""), 0)
    known = of_official.reindex(table["official_id"], fill_value=0)
    known = known.reset_index(drop=True).where(table["official_id"].ne(""), 0)
    return table.assign(
        n_in=inside["size"].astype("int64"),
        n_out=(zone["size"] - inside["size"]).astype("int64"),
        n_others=(known["size"] - inside["size"]).astype("int64"),
        headcount_in=inside["sum"].astype(float),
        headcount_out=(zone["sum"] - inside["sum"]).clip(lower=0.0).astype(float),
    )

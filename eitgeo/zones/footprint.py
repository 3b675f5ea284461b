"""The ground that a zone covers, and what it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eitgeo.check import WORKING_EPSG

if TYPE_CHECKING:
    from eitgeo.study import Zones


def zone_table(
    sites: gpd.GeoDataFrame, zone_of: pd.Series[str], *, zones: Zones
) -> gpd.GeoDataFrame:
    """Describe zones and isolated large sites, with footprints that do not overlap.

    Parameters
    ----------
    sites
        Table ``sites``, EPSG:2154.
    zone_of
        ``zone_id`` on the index of ``sites``, empty where none.
    zones
        Buffer [m] and concavity of the footprints.

    Returns
    -------
    geopandas.GeoDataFrame
        Table ``zones``: headcount interval, main activity (NAF division of largest
        headcount), richness (number of divisions), share of synthetic headcount
        [%], footprint (concave hull and buffer). Where two footprints meet, the
        ground goes to the zone of larger headcount; one that lies wholly inside
        larger ones is kept and cut out of them.
    """
    inside = sites[zone_of.ne("")].assign(zone_id=zone_of[zone_of.ne("")])
    rows = [_describe(str(name), group) for name, group in inside.groupby("zone_id")]
    # Without a zone, a blank row gives the columns their types.
    blank = _describe("", sites.iloc[:0])
    table = pd.DataFrame(rows or [blank]).iloc[: len(rows)]
    shapes = np.array(
        [
            _footprint(group.geometry.to_numpy(), zones)
            for _, group in inside.groupby("zone_id")
        ],
        dtype=object,
    )
    rank = np.argsort(-table["headcount_mid"].to_numpy(dtype=float), kind="stable")
    return gpd.GeoDataFrame(
        table, geometry=_apart(shapes, rank), crs=f"EPSG:{WORKING_EPSG}"
    )


def _describe(zone_id: str, group: gpd.GeoDataFrame) -> dict[str, Any]:
    jobs = group["headcount_mid"]
    by_division = jobs.groupby(group["naf"].str[:2]).sum().sort_index()
    by_commune = jobs.groupby(group["code_insee"]).sum().sort_index()
    total = float(jobs.sum())
    synthetic = float(jobs[group["synthetic"]].sum())
    return {
        "zone_id": zone_id,
        "kind": "site_isole" if zone_id.startswith("I") else "zone",
        "code_insee": "" if by_commune.empty else str(by_commune.idxmax()),
        "n_sites": len(group),
        "headcount_low": float(group["headcount_low"].sum()),
        "headcount_mid": total,
        "headcount_high": float(group["headcount_high"].sum()),
        "main_naf": "" if by_division.empty else str(by_division.idxmax()),
        "richness": int(by_division.size),
        "synthetic_share_pct": 100 * min(1.0, synthetic / total) if total else 0.0,
    }


def _footprint(points: Any, zones: Zones) -> Any:
    hull = shapely.concave_hull(shapely.union_all(points), ratio=zones.hull_ratio)
    return shapely.buffer(hull, zones.buffer_m, quad_segs=8)


def _apart(shapes: Any, rank: Any) -> Any:
    """Cut each footprint by the earlier ones in rank; none is left empty."""
    cut = shapes.copy()
    tree = shapely.STRtree(shapes)
    place = np.empty(len(shapes), dtype=int)
    place[rank] = np.arange(len(shapes))
    for i in rank:
        near = tree.query(shapes[i], predicate="intersects")
        before = [j for j in near if place[j] < place[i]]
        if before:
            cut[i] = shapely.difference(shapes[i], shapely.union_all(shapes[before]))
    for i in rank:
        if shapely.is_empty(cut[i]):
            cut = shapely.difference(cut, shapes[i])
            cut[i] = shapes[i]
    return cut

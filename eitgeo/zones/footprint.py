"""The ground that a zone covers, and what it is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eitgeo.check import WORKING_EPSG
from eitgeo.reference.divisions import expand_divisions
from eitgeo.study.zones import Zones
from eitgeo.zones.reference_zones import official_of

_INDUSTRY = expand_divisions(["05-39"])
MAIN_SHARE = 0.5
"""Official zones that hold this share of the jobs of a zone give it its ground."""


@dataclass(frozen=True)
class Ground:
    """Grounds that are known beside the sites.

    ``official``: table ``official_zones``, EPSG:2154; None where none is at hand.
    ``cover``: one geometry, EPSG:2154: industrial land cover (CORINE 121); None where
    none is at hand.
    """

    official: gpd.GeoDataFrame | None = field(default=None, repr=False)
    cover: Any = field(default=None, repr=False)


NO_GROUND = Ground()


def zone_outlines(
    sites: gpd.GeoDataFrame, zone_of: pd.Series[str], *, zones: Zones
) -> gpd.GeoSeries:
    """Draw the outline of each zone around its sites.

    ``sites``: ``geometry``: points, EPSG:2154. ``zone_of``: ``zone_id`` on the index of
    ``sites``, empty where none. ``zones``: buffer [m] and concavity of the outlines.
    Returns: concave hull and buffer by ``zone_id``, sorted, EPSG:2154.
    """
    inside = zone_of.ne("").to_numpy()
    points = pd.Series(sites.geometry.to_numpy()[inside], dtype=object)
    groups = points.groupby(zone_of[inside].to_numpy(dtype=str), sort=True)
    hulls = {
        name: _outline(group.to_numpy(), zones) for name, group in groups if len(group)
    }
    index = pd.Index(list(hulls), dtype="str", name="zone_id")
    return gpd.GeoSeries(list(hulls.values()), index=index, crs=WORKING_EPSG)


def zone_table(
    sites: gpd.GeoDataFrame,
    zone_of: pd.Series[str],
    *,
    zones: Zones,
    ground: Ground = NO_GROUND,
    measures: pd.DataFrame | None = None,
) -> gpd.GeoDataFrame:
    """Describe zones and isolated large sites, with footprints that do not overlap.

    ``sites``: table ``sites``, EPSG:2154. ``zone_of``: ``zone_id`` on the index of
    ``sites``, empty where none. ``zones``: buffer [m] and concavity of the footprints;
    where ``ground`` was drawn. ``measures``: ``stability`` and ``core_share_pct`` by
    ``zone_id``; NaN where not given. Returns: table ``zones``: headcount interval, main
    activity (NAF division of largest headcount) and main industry (the same among 05 to
    39; empty: none), richness (number of divisions), share of synthetic headcount [%],
    official zone that holds most of its jobs (empty where official zones hold less than
    half of them), footprint and its source.

    Notes
    -----
    A footprint is the official zones that the zone has most jobs in, if they hold half
    of its jobs, and a disc around each site out of them; else the concave hull and
    buffer of its sites, trimmed to the industrial land cover (and those discs) where
    it meets any. Where two footprints meet, the ground goes to official ones first,
    then to the zone of larger headcount; one that lies wholly inside others is kept
    and cut out of them. Zones of OpenStreetMap (ODbL) are named, their outline is not
    taken: footprints stand beside layers of other producers.
    """
    inside = sites[zone_of.ne("")].assign(zone_id=zone_of[zone_of.ne("")])
    rows = [_describe(str(name), group) for name, group in inside.groupby("zone_id")]
    # Without a zone, a blank row gives the columns their types.
    blank = _describe("", sites.iloc[:0])
    table = pd.DataFrame(rows or [blank]).iloc[: len(rows)]
    table = _with_measures(table, measures)
    outlines = zone_outlines(sites, zone_of, zones=zones)
    table, shapes = _footprints(
        table, inside, outlines=outlines, ground=ground, zones=zones
    )
    official = table["footprint_source"].eq("officielle").to_numpy()
    jobs = table["headcount_mid"].to_numpy(dtype=float)
    rank = np.lexsort((np.arange(len(table)), -jobs, ~official))
    return gpd.GeoDataFrame(
        table, geometry=_apart(shapes, rank), crs=f"EPSG:{WORKING_EPSG}"
    )


def _describe(zone_id: str, group: gpd.GeoDataFrame) -> dict[str, Any]:
    jobs = group["headcount_mid"]
    by_division = jobs.groupby(group["naf"].str[:2]).sum().sort_index()
    industry = by_division[by_division.index.isin(_INDUSTRY)]
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
        "main_industry": "" if industry.empty else str(industry.idxmax()),
        "richness": int(by_division.size),
        "synthetic_share_pct": 100 * min(1.0, synthetic / total) if total else 0.0,
    }


def _with_measures(table: pd.DataFrame, measures: pd.DataFrame | None) -> pd.DataFrame:
    names = ["stability", "core_share_pct"]
    if measures is None:
        return table.assign(**dict.fromkeys(names, np.nan))
    known = measures.reindex(table["zone_id"])
    return table.assign(**{name: known[name].to_numpy(dtype=float) for name in names})


def _outline(points: Any, zones: Zones) -> Any:
    hull = shapely.concave_hull(shapely.union_all(points), ratio=zones.hull_ratio)
    return shapely.buffer(hull, zones.buffer_m, quad_segs=8)


def _footprints(
    table: pd.DataFrame,
    inside: gpd.GeoDataFrame,
    *,
    outlines: gpd.GeoSeries,
    ground: Ground,
    zones: Zones,
) -> tuple[pd.DataFrame, Any]:
    """Give each zone its official zone, its footprint and where that comes from."""
    mains, held = _official_grounds(inside, ground)
    owned = {} if zones.drawn_in_osm else held
    points = inside.geometry.to_numpy()
    discs = shapely.buffer(points, zones.buffer_m, quad_segs=8)
    rows = inside.groupby(inside["zone_id"].to_numpy(dtype=str)).indices
    footprints = [
        _one_footprint(
            outlines[name],
            owned.get(name),
            ground.cover,
            (points[rows[name]], discs[rows[name]]),
        )
        for name in table["zone_id"]
    ]
    names = [mains.get(name, "") for name in table["zone_id"]]
    described = table.assign(
        official_zone=pd.Series(names, index=table.index, dtype="str"),
        footprint_source=pd.Series(
            [source for _, source in footprints], index=table.index, dtype="str"
        ),
    )
    return described, np.array([shape for shape, _ in footprints], dtype=object)


def _one_footprint(
    outline: Any, owned: Any, cover: Any, sites: tuple[Any, Any]
) -> tuple[Any, str]:
    points, discs = sites
    if owned is not None:
        out = ~shapely.intersects(owned, points)
        return shapely.union_all([owned, *discs[out]]), "officielle"
    if cover is not None:
        covered = shapely.intersection(outline, cover)
        if shapely.area(covered) > 0:
            whole = shapely.union_all([covered, *discs])
            return shapely.intersection(whole, outline), "corine_121"
    return outline, "enveloppe"


def _official_grounds(
    inside: gpd.GeoDataFrame, ground: Ground
) -> tuple[dict[str, str], dict[str, Any]]:
    """Official zone of each zone, and the official ground that is its own."""
    if ground.official is None or inside.empty:
        return {}, {}
    official_id = official_of(inside, ground.official)
    table = pd.DataFrame(
        {
            "zone_id": inside["zone_id"].to_numpy(dtype=str),
            "official_id": official_id.to_numpy(dtype=str),
            "jobs": inside["headcount_mid"].to_numpy(dtype=float),
        }
    )
    total = table.groupby("zone_id")["jobs"].sum()
    in_official = table[table["official_id"].ne("")]
    shared = in_official.groupby(["zone_id", "official_id"], as_index=False)[
        "jobs"
    ].sum()
    jobs_held = (
        shared.groupby("zone_id")["jobs"].sum().reindex(total.index, fill_value=0.0)
    )
    good = set(total.index[jobs_held >= MAIN_SHARE * total])
    of_good = shared[shared["zone_id"].isin(good)]
    falling = of_good.sort_values(
        ["jobs", "zone_id", "official_id"], ascending=[False, True, True]
    )
    main = falling.drop_duplicates("zone_id").set_index("zone_id")["official_id"]
    owner = falling.drop_duplicates("official_id")
    shapes = ground.official.set_index("zone_id").geometry
    owned = {
        str(name): shapely.union_all(shapes.loc[group["official_id"]].to_numpy())
        for name, group in owner.groupby("zone_id")
    }
    return {str(name): str(one) for name, one in main.items()}, owned


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
            cut[i] = _surface(
                shapely.difference(shapes[i], shapely.union_all(shapes[before]))
            )
    for i in rank:
        if shapely.is_empty(cut[i]):
            cut = np.array(
                [_surface(one) for one in shapely.difference(cut, shapes[i])],
                dtype=object,
            )
            cut[i] = shapes[i]
    return cut


def _surface(shape: Any) -> Any:
    """Keep the polygons of a shape: what a cut leaves of a border is no ground."""
    if shape.geom_type in {"Polygon", "MultiPolygon"}:
        return shape
    parts = [one for one in shapely.get_parts(shape) if one.geom_type == "Polygon"]
    return shapely.union_all(parts)

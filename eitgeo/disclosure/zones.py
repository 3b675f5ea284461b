"""Zones as they may be told: classes of jobs and of tonnes, public grounds alone."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eitgeo.check import WORKING_EPSG, require_columns, require_lambert93
from eitgeo.disclosure.rule import MIN_CONTRIBUTORS, parts_by, passes
from eitgeo.exact import settled_values
from eitgeo.study.zones import Zones
from eitgeo.zones.footprint import zone_outlines

HELD_BACK = "secret"

ACTIVITY_DRAWN = "activité tirée au sort : non publiée"
"""Told in place of an activity that one drawn site makes, where a real firm may be."""

_MOST = 0.85
"""Share of the jobs of an activity in a zone above which one drawn site makes it."""

_BOUNDS = (50.0, 100.0, 250.0, 500.0)
_CLASSES = np.array(["moins de 50", "50 à 99", "100 à 249", "250 à 499", "500 ou plus"])
_KEPT = [
    "zone_id",
    "kind",
    "code_insee",
    "n_sites",
    "size_class",
    "main_naf",
    "main_industry",
    "richness",
    "stability",
    "core_share_pct",
    "official_zone",
    "footprint_source",
    "synthetic_share_pct",
]

_TONNES = (30.0, 100.0, 300.0, 1_000.0)
POTENTIAL_CLASSES = (
    "moins de 30",
    "30 à 100",
    "100 à 300",
    "300 à 1 000",
    "1 000 ou plus",
    HELD_BACK,
)
"""Tonnes a year; each class about three times the one before."""


def size_class(jobs: pd.Series[float]) -> pd.Series[str]:
    """Put jobs into the classes that are told outside.

    Examples
    --------
    >>> size_class(pd.Series([12.0, 50.0, 499.5, 500.0])).tolist()
    ['moins de 50', '50 à 99', '250 à 499', '500 ou plus']
    """
    place = np.searchsorted(_BOUNDS, settled_values(jobs), side="right")
    return pd.Series(_CLASSES[place], index=jobs.index, dtype="str", name="size_class")


def publish_zones(
    table: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    *,
    official: gpd.GeoDataFrame,
    zones: Zones,
) -> gpd.GeoDataFrame:
    """Tell zones without telling what a firm that may stay unnamed is, or where.

    ``table``: table ``zones``, EPSG:2154. ``sites``: ``zone_id``, ``siret``,
    ``diffusible``, ``natural_person``, ``headcount_mid``, ``naf``, ``synthetic`` and
    points, EPSG:2154: the sites of zones. ``official``: table ``official_zones``: their
    ground is public. ``zones``: buffer [m] and concavity of the outlines; where
    ``official`` was drawn. Returns: table ``zones_public``, without the zones of which
    no site may be told. The ground is that of the zone, cut to the official zones and
    to the outline of the sites that may be told; to the latter alone where the former
    are of OpenStreetMap (ODbL), whose outlines are not copied. Headcounts are classes,
    « secret » where a zone of fewer than three firms has one that may not be told. An
    activity is not told where one drawn site holds most of its jobs: the place is real,
    and so may be the firm that readers would know there. Refused when a column is
    missing.

    Notes
    -----
    A headcount, even that of three firms, minus the jobs of a block of communes would
    give those of the sites out of the zone: classes alone are told. Zones do not
    overlap, so that no difference of classes tells a firm.
    """
    needed = ["zone_id", "siret", "diffusible", "natural_person"]
    needed += ["headcount_mid", "naf", "synthetic"]
    require_columns(sites, needed, where="sites des zones")
    for layer, where in ((table, "zones"), (sites, "sites des zones")):
        require_lambert93(layer, where=where)
    is_told = sites["diffusible"].isin([True]) & sites["natural_person"].isin([False])
    outlines = zone_outlines(sites[is_told], sites.loc[is_told, "zone_id"], zones=zones)
    shown = table[table["zone_id"].isin(outlines.index)].reset_index(drop=True)
    classes = size_class(shown["headcount_mid"])
    few = shown["zone_id"].map(_firms(sites)).lt(MIN_CONTRIBUTORS)
    hidden = shown["zone_id"].isin(sites.loc[~is_told, "zone_id"])
    described = shown.assign(
        size_class=classes.mask(few & hidden, HELD_BACK), **_activities(shown, sites)
    )
    public = official.iloc[:0] if zones.drawn_in_osm else official
    shapes = _grounds(shown, outlines, public)
    return gpd.GeoDataFrame(
        described[_KEPT], geometry=shapes, crs=f"EPSG:{WORKING_EPSG}"
    )


def _activities(table: pd.DataFrame, sites: pd.DataFrame) -> dict[str, pd.Series[str]]:
    """Keep the activities of zones, but those that one drawn site makes."""
    keys = [sites["zone_id"], sites["naf"].str[:2]]
    jobs = sites["headcount_mid"]
    largest = jobs.where(sites["synthetic"]).groupby(keys).max()
    share = largest / jobs.groupby(keys).sum()
    columns = {}
    for name in ("main_naf", "main_industry"):
        rows = pd.MultiIndex.from_frame(table[["zone_id", name]])
        by_one = share.reindex(rows).gt(_MOST).to_numpy()
        columns[name] = table[name].mask(by_one, ACTIVITY_DRAWN)
    return columns


def _firms(sites: pd.DataFrame) -> pd.Series[int]:
    """Count the firms of each zone; a site without SIRET is a firm."""
    unnamed = "site " + sites.index.astype("str").to_series(index=sites.index)
    firm = sites["siret"].str[:9].where(sites["siret"].ne(""), unnamed)
    return firm.groupby(sites["zone_id"]).nunique()


def _grounds(
    kept: gpd.GeoDataFrame, outlines: gpd.GeoSeries, official: gpd.GeoDataFrame
) -> list[shapely.Geometry]:
    public = shapely.union_all(official.geometry.to_numpy())
    grounds = []
    for name, shape in zip(kept["zone_id"], kept.geometry, strict=True):
        # Footprints give way to one another: what is left may miss the public sites.
        allowed = shapely.union(outlines[name], shapely.intersection(public, shape))
        cut = shapely.intersection(shape, allowed)
        parts = [one for one in shapely.get_parts(cut) if one.area > 0]
        grounds.append(shapely.union_all(parts) if parts else outlines[name])
    return grounds


def zone_potentials(sites: pd.DataFrame, tonnes: pd.Series[float]) -> pd.DataFrame:
    """Put the potential waste of each zone into a class that may be told.

    Notes
    -----
    Classes alone, as for jobs: a sum of tonnes less that of a block of communes would
    give the sites out of the zone.
    """
    require_columns(sites, ["site_id", "zone_id", "siret"], where="sites des zones")
    firm = sites["siret"].str[:9].where(sites["siret"].ne(""), sites["site_id"])
    rows = sites.assign(
        t=sites["site_id"].map(tonnes), firm=pd.factorize(firm)[0]
    ).dropna(subset="t")
    parts = parts_by(rows, ["zone_id"], ["t"])
    names = sorted(set(sites["zone_id"]))
    classes = [
        _potential_class(float(parts[(name,)].amounts.sum()))
        if (name,) in parts and passes(parts[(name,)])
        else HELD_BACK
        for name in names
    ]
    return pd.DataFrame({"zone_id": names, "potential_class": classes}, dtype="str")


def _potential_class(mass_t: float) -> str:
    rank = np.searchsorted(_TONNES, settled_values(mass_t), side="right")
    return POTENTIAL_CLASSES[int(rank)]

"""Which sites may make a zone, and how sure a figure made of several is."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eitgeo.check import require_columns, require_lambert93
from eitgeo.reference.naf import in_divisions
from eitgeo.study.zones import Zones

CENTRE_TOLERANCE_M = 25.0
"""A point this close to the town hall or to the centroid is the commune's."""
PLACED = ("exacte", "rue", "synthetique")
"""Qualities of a position that may make a zone."""
REASONS = {
    "activity": "autre activité",
    "siret": "SIRET déjà compté",
    "commune": "position à la commune",
    "centre": "point partagé au centre de la commune",
    "headcount": "effectif inconnu ou nul",
}
"""Why a site is kept out, in the order in which it is said."""
HYPOTHESIS_MAX = 0.2
"""Above this share of working assumptions, a figure is one itself."""


def clusterable(
    sites: gpd.GeoDataFrame,
    *,
    zones: Zones,
    communes: gpd.GeoDataFrame | None = None,
) -> pd.Series[bool]:
    """Say which sites may make a zone.

    Returns: True where nothing keeps the site out.
    """
    return exclusions(sites, zones=zones, communes=communes).eq("")


def exclusions(
    sites: gpd.GeoDataFrame,
    *,
    zones: Zones,
    communes: gpd.GeoDataFrame | None = None,
) -> pd.Series[str]:
    """Say why a site may not make a zone.

    ``sites``: table ``sites``, EPSG:2154. ``zones``: ``naf_divisions`` of the study.
    ``communes``: table ``communes``, EPSG:2154. With it, sites that share one point at
    the town hall or centroid of their commune count as placed at the commune, whatever
    their source says. Returns: one of :data:`REASONS` (French) on the index of
    ``sites``, the first that holds; empty where the site may make a zone. Positions at
    commune precision would cluster the noise of geocoding.
    """
    require_lambert93(sites, where="sites")
    placed = sites["position_quality"].isin(PLACED)
    known = sites["headcount_mid"].gt(0)
    reason = pd.Series("", index=sites.index, dtype="str", name="exclusion")
    reason = reason.mask(~known, REASONS["headcount"])
    if communes is not None:
        at_centre = _at_centre(sites, communes)
        reason = reason.mask(at_centre, REASONS["centre"])
    reason = reason.mask(~placed, REASONS["commune"])
    if "siret" in sites:
        reason = reason.mask(_repeated(sites), REASONS["siret"])
    productive = in_divisions(sites["naf"], zones.naf_divisions)
    return reason.mask(~productive, REASONS["activity"])


def _repeated(sites: gpd.GeoDataFrame) -> pd.Series[bool]:
    """Find sites whose SIRET a larger site of the same commune bears.

    The SIRET of a head office may stand for sites in several communes: those are kept.
    """
    falling = sites.assign(jobs=-sites["headcount_mid"].fillna(0.0))
    keys = ["siret", "code_insee"]
    again = falling.sort_values([*keys, "jobs", "site_id"]).duplicated(keys)
    return again.reindex(sites.index) & sites["siret"].ne("")


def _at_centre(sites: gpd.GeoDataFrame, communes: gpd.GeoDataFrame) -> pd.Series[bool]:
    """Find sites on a point that others share, at the centre of their commune."""
    require_columns(communes, ["code_insee", "seat_x", "seat_y"], where="communes")
    require_lambert93(communes, where="communes")
    xy = np.rint(np.column_stack([sites.geometry.x, sites.geometry.y]))
    spots = pd.DataFrame(xy, index=sites.index)
    shared = spots.duplicated(keep=False).to_numpy()
    row = pd.Index(communes["code_insee"]).get_indexer(sites["code_insee"])
    centroid = shapely.get_coordinates(shapely.centroid(communes.geometry.to_numpy()))
    seat = communes[["seat_x", "seat_y"]].to_numpy(dtype=float)
    is_near = np.zeros(len(sites), dtype=bool)
    for centre in (seat, centroid):
        away_m = np.hypot(*(xy - centre[row]).T)
        is_near |= away_m <= CENTRE_TOLERANCE_M
    return pd.Series(is_near & shared & (row >= 0), index=sites.index)


def evidence_class(sites: pd.DataFrame) -> str:
    """Class a count of sites by the sites that it is made of."""
    if sites.empty:
        return "O"
    assumed = sites["synthetic"] | sites["evidence"].eq("H")
    if assumed.mean() > HYPOTHESIS_MAX:
        return "H"
    return "O" if sites["evidence"].eq("O").all() else "S"

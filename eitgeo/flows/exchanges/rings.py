"""How far takers are sought: a ring for all, a wider one for what bears long ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.territory.borders import within_ring

if TYPE_CHECKING:
    from collections.abc import Collection

    import geopandas as gpd
    import pandas as pd

    from eitgeo.study.sections import Territory


def near_codes(
    communes: gpd.GeoDataFrame, territory: Territory
) -> frozenset[str] | None:
    """List the communes where takers of what does not go far are sought.

    Parameters
    ----------
    communes
        ``code_insee``, ``in_area`` and polygons, EPSG:2154.
    territory
        ``buffer_km`` and ``far_buffer_km`` [km].

    Returns
    -------
    frozenset of str
        The area and its nearer ring; None where there is no wider ring: all of them.
    """
    wider = territory.far_buffer_km
    if wider is None or wider <= territory.buffer_km:
        return None
    near = within_ring(communes, communes["in_area"], buffer_km=territory.buffer_km)
    return frozenset(communes.loc[near, "code_insee"])


def goes_far(rules: pd.DataFrame) -> pd.Series[bool]:
    """Say which rules seek their takers in the wider ring.

    Parameters
    ----------
    rules
        ``state``, ``hazardous``.

    Returns
    -------
    pandas.Series of bool
        Baled or hazardous residues: they bear long ways.
    """
    baled = rules["state"].eq("solide_balles")
    return (baled | rules["hazardous"].eq("1")).rename("goes_far")


def links_in_rings(
    links: pd.DataFrame,
    rules: pd.DataFrame,
    *,
    sites: pd.DataFrame,
    near: Collection[str] | None,
) -> pd.DataFrame:
    """Leave out receivers beyond the nearer ring, but for what goes far.

    Parameters
    ----------
    links
        As :func:`receiver_links` returns them.
    rules
        ``rule_id``, ``state``, ``hazardous``.
    sites
        ``site_id``, ``code_insee``.
    near
        As :func:`near_codes` returns them; None: nothing is left out.

    Returns
    -------
    pandas.DataFrame
        Rows of `links`.
    """
    if near is None:
        return links
    far = set(rules.loc[goes_far(rules), "rule_id"])
    places = links["site_id"].map(sites.set_index("site_id")["code_insee"])
    kept = links["rule_id"].isin(far) | places.isin(list(near))
    return links[kept].reset_index(drop=True)

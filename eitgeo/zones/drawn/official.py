"""Zones drawn before, of several producers, as one table; their ground by commune."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eitgeo.check import WORKING_EPSG, require_lambert93
from eitgeo.sources.files.loaded import Loaded, dropped_rows
from eitgeo.tables.schema import TABLES, validate

if TYPE_CHECKING:
    from collections.abc import Sequence

_M2_PER_HA = 10_000
_USE = ["kind", "source"]
SAME_GROUND = 0.5
"""A zone covered this much by those of earlier sources is the same ground."""


def merge_official(tables: Sequence[gpd.GeoDataFrame]) -> Loaded:
    """Put official zones of several sources together; the earlier source wins.

    Parameters
    ----------
    tables
        Tables ``official_zones``, EPSG:2154, in the order of the study.

    Returns
    -------
    Loaded
        Table ``official_zones``, as each source draws it; zones whose identifier, or
        half of whose ground, an earlier source has are left out.

    Raises
    ------
    CrsError
        When a layer is not in EPSG:2154.
    """
    kept = [_blank()]
    gone = []
    for table in tables:
        tidy = validate(table, table="official_zones")
        before = pd.concat(kept, ignore_index=True)
        known = tidy["zone_id"].isin(before["zone_id"])
        covered = _covered_share(tidy, before) >= SAME_GROUND
        reason = np.where(
            known,
            "identifiant d'une source précédente",
            "terrain d'une zone d'une source précédente",
        )
        out = known | covered
        gone += [
            ("", zone_id, zone_id, str(why))
            for zone_id, why in zip(tidy.loc[out, "zone_id"], reason[out], strict=True)
        ]
        kept.append(tidy[~out])
    merged = gpd.GeoDataFrame(pd.concat(kept, ignore_index=True), crs=WORKING_EPSG)
    return Loaded(validate(merged, table="official_zones"), dropped_rows(gone))


def activity_areas(
    zones: gpd.GeoDataFrame, *, communes: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Measure, by commune and use, the ground of activity that others have drawn.

    Parameters
    ----------
    zones
        Table ``official_zones``, EPSG:2154.
    communes
        ``code_insee`` and polygons, EPSG:2154.

    Returns
    -------
    pandas.DataFrame
        Table ``activity_areas``, sorted: one row a commune, a use and a source, where
        there is some. ``area_ha`` is the ground within the commune, once where areas
        of one use overlap; ``n_areas`` counts the areas of which the commune has the
        most, so that both add up over communes. What is drawn is observed (class O).

    Raises
    ------
    CrsError
        When a layer is not in EPSG:2154.
    """
    for layer, where in ((zones, "zones"), (communes, "communes")):
        require_lambert93(layer, where=where)
    pieces = area_pieces(zones, communes=communes)
    ground = pieces.groupby(["code_insee", *_USE])["piece"].agg(
        lambda found: shapely.area(shapely.union_all(found.to_numpy())) / _M2_PER_HA
    )
    counted = zones.groupby(["code_insee", *_USE]).size()
    table = ground[ground.gt(0)].astype(float).rename("area_ha").reset_index()
    keys = pd.MultiIndex.from_frame(table[["code_insee", *_USE]])
    return validate(
        table.assign(
            n_areas=counted.reindex(keys, fill_value=0).to_numpy(dtype="int64"),
            evidence="O",
        ),
        table="activity_areas",
    )


def area_pieces(zones: gpd.GeoDataFrame, *, communes: gpd.GeoDataFrame) -> pd.DataFrame:
    """Cut zones along the communes: ``code_insee``, ``kind``, ``source``, ``piece``."""
    shapes, polygons = zones.geometry.to_numpy(), communes.geometry.to_numpy()
    commune, zone = shapely.STRtree(shapes).query(polygons, predicate="intersects")
    return pd.DataFrame(
        {
            "code_insee": communes["code_insee"].to_numpy(dtype=str)[commune],
            **{name: zones[name].to_numpy(dtype=str)[zone] for name in _USE},
            "piece": shapely.intersection(shapes[zone], polygons[commune]),
        }
    )


def _blank() -> gpd.GeoDataFrame:
    names = TABLES["official_zones"].column_names
    columns = {name: pd.Series(dtype="str") for name in names if name != "geometry"}
    return gpd.GeoDataFrame(columns, geometry=[], crs=WORKING_EPSG)


def _covered_share(zones: gpd.GeoDataFrame, before: gpd.GeoDataFrame) -> pd.Series:
    shapes = zones.geometry.to_numpy()
    ground = shapely.union_all(before.geometry.to_numpy())
    shared_m2 = shapely.area(shapely.intersection(shapes, ground))
    share = shared_m2 / np.maximum(shapely.area(shapes), np.finfo(float).tiny)
    return pd.Series(share, index=zones.index)

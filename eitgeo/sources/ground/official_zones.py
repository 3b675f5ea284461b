"""Business zones of CNIG and BD TOPO as one table, each with its commune."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eitgeo.check import hint, require_columns, require_lambert93
from eitgeo.errors import SchemaError
from eitgeo.sources.files.loaded import Audited, dropped_rows, note_rows
from eitgeo.sources.ground.bd_topo import read_bd_topo_zones
from eitgeo.sources.ground.cnig import read_cnig_zones
from eitgeo.tables.schema import validate

ZONE_PRODUCERS = ("cnig", "bd_topo")
"""Which standard a file of official zones follows."""


def read_official_zones(
    path: Path,
    *,
    producer: str,
    communes: gpd.GeoDataFrame,
    former: Mapping[str, str] | None = None,
) -> Audited:
    """Read the official business zones of either producer, each with its commune.

    Parameters
    ----------
    path
        File of :func:`read_cnig_zones` or of :func:`read_bd_topo_zones`.
    producer
        ``cnig`` or ``bd_topo``.
    communes
        ``code_insee`` and polygons, EPSG:2154.
    former
        Code of a commune that is no more → of the present one; None: none.

    Returns
    -------
    Audited
        Table ``official_zones``, EPSG:2154. ``kind`` is the main use told by CNIG
        (``site_vocadomi``), or the nature told by BD TOPO. The commune is the one
        that the file gives, else the one that the zone covers most; zones that overlap
        none are left out, those whose commune was changed are told.

    References
    ----------
    Producer: CNIG, standard Sites économiques,
    https://github.com/cnigfr/schema-sites-economiques; IGN, BD TOPO,
    https://geoservices.ign.fr/bdtopo. Licence: Licence Ouverte 2.0. Vintage: standard
    1.0.1 (2025); BD TOPO version 3. CRS: EPSG:2154; EPSG:4326 for CNIG, told row by
    row.
    """
    if producer not in ZONE_PRODUCERS:
        message = (
            f"{path.name} : producteur de zones inconnu « {producer} » "
            f"→ {hint(producer, ZONE_PRODUCERS)}"
        )
        raise SchemaError(message)
    if producer == "cnig":
        loaded = read_cnig_zones(path)
        zones = loaded.table.assign(kind=loaded.table["main_use"])
    else:
        loaded = read_bd_topo_zones(path, bounds=_bounds(communes))
        zones = loaded.table.assign(code_insee="")
    present = zones.assign(code_insee=zones["code_insee"].replace(dict(former or {})))
    placed = zones.assign(code_insee=zone_communes(present, communes=communes))
    return _audited(loaded, zones, placed, path)


def zone_communes(
    zones: gpd.GeoDataFrame, *, communes: gpd.GeoDataFrame
) -> pd.Series[str]:
    """Give each zone its commune.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> communes = gpd.GeoDataFrame({"code_insee": ["31001", "31002"]}, geometry=[
    ...     box(5e5, 62e5, 5.1e5, 6.21e6), box(5.1e5, 62e5, 5.2e5, 6.21e6)], crs=2154)
    >>> zones = gpd.GeoDataFrame({"code_insee": [""]}, geometry=[
    ...     box(509_000, 6_201_000, 513_000, 6_202_000)], crs=2154)
    >>> zone_communes(zones, communes=communes).tolist()
    ['31002']
    """
    for layer, where in ((zones, "zones"), (communes, "communes")):
        require_columns(layer, ["code_insee"], where=where)
        require_lambert93(layer, where=where)
    shapes, polygons = zones.geometry.to_numpy(), communes.geometry.to_numpy()
    zone, commune = shapely.STRtree(polygons).query(shapes, predicate="intersects")
    shared_m2 = shapely.area(shapely.intersection(shapes[zone], polygons[commune]))
    met = pd.DataFrame(
        {
            "zone": zone,
            "code": communes["code_insee"].to_numpy()[commune],
            "given": zones["code_insee"].to_numpy()[zone],
            "shared_m2": shared_m2,
        }
    )
    # A border in common is no area in common.
    met = met[met["shared_m2"] > 0]
    ordered = met.assign(is_given=met["code"] == met["given"]).sort_values(
        ["zone", "is_given", "shared_m2", "code"], ascending=[True, False, False, True]
    )
    first = ordered.drop_duplicates("zone").set_index("zone")["code"]
    codes = first.reindex(range(len(zones)), fill_value="").to_numpy()
    return pd.Series(codes, index=zones.index, name="code_insee", dtype="str")


def _bounds(communes: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    xmin, ymin, xmax, ymax = (float(value) for value in communes.total_bounds)
    return xmin, ymin, xmax, ymax


def _audited(
    loaded: Audited, zones: gpd.GeoDataFrame, placed: gpd.GeoDataFrame, path: Path
) -> Audited:
    given, found = zones["code_insee"], placed["code_insee"]
    away = dropped_rows(
        (path.name, zone_id, zone_id, "hors des communes")
        for zone_id in placed.loc[found == "", "zone_id"]
    )
    moved = np.asarray((given != "") & (found != "") & (given != found))
    changes = note_rows(
        (path.name, zone_id, zone_id, "commune_reattribuee", f"« {before} » → {after}")
        for zone_id, before, after in zip(
            placed.loc[moved, "zone_id"], given[moved], found[moved], strict=True
        )
    )
    kept = placed[np.asarray(found != "")]
    return replace(
        loaded,
        table=validate(kept, table="official_zones", where=path.name),
        dropped=pd.concat([loaded.dropped, away], ignore_index=True),
        notes=pd.concat([loaded.notes, changes], ignore_index=True),
    )

"""Areas of activity of OpenStreetMap, as a file of polygons without name or identifier.

What contributors drew at a date, never an inventory: the file stays one of its own
(ODbL), and no outline of it goes into a layer of another producer.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely

from eitgeo.sources.files.loaded import (
    Audited,
    dropped_rows,
    drops,
    first_reason,
    note_rows,
    remarks,
    repeats,
    where,
)
from eitgeo.sources.files.shapes import repaired_polygons
from eitgeo.sources.files.vectors import VectorSource
from eitgeo.sources.ground.osm_areas import OSM_SOURCE
from eitgeo.tables.schema import validate

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = VectorSource("osm_zones", layer="osm_zones")
ACTIVITY_LANDUSE = ("industrial", "commercial", "retail")
"""Values of ``landuse`` that are ground of activity."""

_NEAR_M = 0.1
"""Vertices are told apart from here: what a projection moves is far below."""

_DIGITS = 12


def read_osm_zones(path: Path) -> Audited:
    """Read the areas of activity of OpenStreetMap that a file of polygons holds.

    Parameters
    ----------
    path
        GeoJSON (or another layer of polygons) with ``class``, the value of
        ``landuse``, dated by its producer.

    Returns
    -------
    Audited
        Table ``official_zones``, EPSG:2154, sorted by ``zone_id``: ``osm_`` and a
        digest of the outline, the same whatever the order of the file and its other
        areas; ``kind`` is ``industrial``, ``commercial`` or ``retail``; no name; the
        commune is not known (``""``). Areas of another use, without surface, or drawn
        twice are left out; outlines that cross themselves are repaired and told.

    Raises
    ------
    SourceError
        File absent, empty, unreadable, in another encoding.
    SchemaError
        Column missing.
    CrsError
        CRS other than degrees or Lambert 93; coordinates outside metropolitan France.

    References
    ----------
    Producer: OpenStreetMap contributors; tag:
    https://wiki.openstreetmap.org/wiki/Key:landuse. Licence: ODbL 1.0. Vintage: told
    by the study (``vintage``): the file has none. CRS: EPSG:4326, read from the file.
    """
    rows = SOURCE.read(path)
    shapes, repaired = repaired_polygons(shapely.force_2d(rows.geometry.to_numpy()))
    table = gpd.GeoDataFrame(
        {
            "zone_id": [_identifier(shape) for shape in shapes],
            "name": "",
            "kind": rows["kind"],
            "source": OSM_SOURCE,
            "code_insee": "",
        },
        geometry=shapes,
        crs=rows.crs,
        index=rows.index,
    )
    other = ~table["kind"].isin(ACTIVITY_LANDUSE)
    reasons = first_reason(
        where(other, "usage « " + table["kind"] + " » : pas un sol d'activité"),
        where(pd.Series(shapely.is_missing(shapes), rows.index), "objet sans surface"),
        repeats(table, ["zone_id"]),
    )
    crossed = where(pd.Series(repaired, rows.index), "contour croisé")
    kept = table[reasons.eq("")].sort_values("zone_id", ignore_index=True)
    return Audited(
        validate(kept, table="official_zones", where=path.name),
        dropped_rows(drops(path.name, table["zone_id"], reasons)),
        note_rows(remarks(path.name, table["zone_id"], "polygone_repare", crossed)),
    )


def _identifier(shape: Any) -> str:
    """Name an area by its outline, wherever its rings start."""
    if shape is None:
        return ""
    drawn = shapely.normalize(shapely.set_precision(shape, _NEAR_M, mode="pointwise"))
    return f"osm_{hashlib.sha256(shapely.to_wkb(drawn)).hexdigest()[:_DIGITS]}"

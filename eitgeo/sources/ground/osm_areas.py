"""Grounds of OpenStreetMap: industrial areas of an extract, areas of a file.

What contributors drew at a date, never an inventory: the areas stay a file of their own
(ODbL), and no outline of it goes into a layer of another producer. Of an extract, only
outlines, names and the value of ``landuse`` are kept; what cannot be closed is left out
and told.
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import osmium
import osmium.geom
import pandas as pd
import shapely
from osmium.filter import TagFilter

from eitgeo.check import WORKING_EPSG
from eitgeo.errors import SourceError
from eitgeo.sources.files.loaded import (
    Audited,
    Drop,
    dropped_rows,
    drops,
    first_reason,
    note_rows,
    remarks,
    repeats,
    where,
)
from eitgeo.sources.files.shapes import WGS84_EPSG, repaired_polygons, to_lambert93
from eitgeo.sources.files.vectors import VectorSource
from eitgeo.tables.schema import validate

Bounds = tuple[float, float, float, float]

INDUSTRIAL_LANDUSE = ("industrial",)
"""Values of ``landuse`` that are kept."""

MAX_SORTED_BYTES = 150_000_000
"""The largest file that is sorted here: memory takes twenty times its size."""

OSM_SOURCE = "OpenStreetMap"
_log = logging.getLogger(__name__)
_COLUMNS = ("zone_id", "name", "kind")

SOURCE = VectorSource("osm_zones", layer="osm_zones")
ACTIVITY_LANDUSE = ("industrial", "commercial", "retail")
"""Values of ``landuse`` that are ground of activity."""

_NEAR_M = 0.1
"""Vertices are told apart from here: what a projection moves is far below."""

_DIGITS = 12


def read_osm_areas(
    path: Path,
    *,
    bounds: Bounds | None = None,
    landuse: Collection[str] = INDUSTRIAL_LANDUSE,
) -> Audited:
    """Read the industrial areas of an extract.

    Parameters
    ----------
    path
        ``.osm.pbf``, ``.osm`` or ``.osm.bz2`` file, dated by its producer; one whose
        identifiers are not in order is sorted first.
    bounds
        Box xmin, ymin, xmax, ymax (EPSG:2154) [m] that areas must touch; None: all.
    landuse
        Values of ``landuse`` that are kept.

    Returns
    -------
    Audited
        Table ``official_zones``, EPSG:2154: ``osm_w…`` (way) or ``osm_r…`` (relation);
        ``kind`` is the value of ``landuse``, the commune is not known (``""``). Areas
        whose outline does not close, or crosses itself, are left out. An extract
        without any gives no row.

    References
    ----------
    Producer: OpenStreetMap contributors, extracts by Geofabrik,
    https://download.geofabrik.de; tag:
    https://wiki.openstreetmap.org/wiki/Tag:landuse%3Dindustrial. Licence: ODbL 1.0.
    Vintage: the date in the header of the file. CRS: EPSG:4326.
    """
    if not path.is_file():
        message = f"{path} : fichier introuvable\n  → déposer l'extrait .osm.pbf"
        raise SourceError(message)
    try:
        rows, shapes, failed = _areas_in_order(path, landuse)
    except SourceError:
        raise
    except Exception as error:
        # osmium has errors of its own, which nothing gathers: all mean this.
        message = (
            f"{path} : extrait OpenStreetMap illisible ({error})\n"
            "  → le télécharger de nouveau ; il faut un fichier .osm.pbf entier"
        )
        raise SourceError(message) from error
    return _audited(
        _layer(rows, shapes, path),
        failed=[
            (path.name, one, one, "contour qui ne se ferme pas, ou se coupe")
            for one in failed
        ],
        path=path,
        bounds=bounds,
    )


def _areas_in_order(
    path: Path, landuse: Collection[str]
) -> tuple[list[tuple[str, str, str]], list[str], list[str]]:
    """Read the areas of a file, sorted first where its identifiers are not in order."""
    try:
        return _areas(path, landuse)
    except RuntimeError as error:
        if "out of order" not in str(error):
            raise
    if path.stat().st_size > MAX_SORTED_BYTES:
        message = (
            f"{path.name} : identifiants en désordre, fichier trop grand pour être "
            "trié ici → « osmium sort », ou reprendre l'extrait du producteur"
        )
        raise SourceError(message)
    _log.warning("%s : identifiants en désordre, triés avant lecture", path.name)
    with tempfile.TemporaryDirectory(prefix="eitgeo-") as folder:
        ordered = Path(folder) / "ordered.osm.pbf"
        merged = osmium.MergeInputReader()
        merged.add_file(str(path))
        with osmium.SimpleWriter(str(ordered)) as writer:
            merged.apply(writer)
        return _areas(ordered, landuse)


def _areas(
    path: Path, landuse: Collection[str]
) -> tuple[list[tuple[str, str, str]], list[str], list[str]]:
    """Read identifiers, names and kinds; outlines as WKB; and what does not close."""
    wanted = TagFilter(*(("landuse", value) for value in sorted(landuse)))
    factory = osmium.geom.WKBFactory()
    rows: list[tuple[str, str, str]] = []
    shapes: list[str] = []
    closed: set[str] = set()
    named: set[str] = set()
    processor: Any = osmium.FileProcessor(str(path))
    for item in processor.with_areas(wanted).with_filter(wanted):
        if item.is_area():
            letter = "w" if item.from_way() else "r"
            zone_id = f"osm_{letter}{item.orig_id()}"
            outline = _outline(factory, item)
            if outline:
                closed.add(zone_id)
                shapes.append(outline)
                name = item.tags.get("name", "")
                rows.append((zone_id, name, item.tags["landuse"]))
        elif item.is_way() or item.is_relation():
            named.add(f"osm_{'w' if item.is_way() else 'r'}{item.id}")
    return rows, shapes, sorted(named - closed)


def _outline(factory: Any, area: Any) -> str:
    """Return the outline as WKB, nothing where its rings cross or do not close."""
    try:
        outline: str = factory.create_multipolygon(area)
    except RuntimeError:
        return ""
    return outline


def _layer(
    rows: list[tuple[str, str, str]], shapes: list[str], path: Path
) -> gpd.GeoDataFrame:
    """Lay out the areas as they are drawn, EPSG:2154."""
    columns = {
        name: np.array([row[at] for row in rows], dtype=object)
        for at, name in enumerate(_COLUMNS)
    }
    outlines = np.array(shapely.from_wkb(shapes), dtype=object)
    table = gpd.GeoDataFrame(columns, geometry=outlines, crs=WGS84_EPSG)
    table = table.astype(dict.fromkeys(_COLUMNS, "str"))
    table = table.assign(code_insee="", source=OSM_SOURCE)
    if table.empty:
        return table.to_crs(WORKING_EPSG)
    return to_lambert93(table, where=path.name)


def _audited(
    table: gpd.GeoDataFrame, *, failed: list[Drop], path: Path, bounds: Bounds | None
) -> Audited:
    # A projection may bring two near points of an outline across each other.
    polygons, _ = repaired_polygons(table.geometry.to_numpy())
    made = table.set_geometry(gpd.GeoSeries(polygons, index=table.index, crs=table.crs))
    has_outline = made.geometry.notna()
    if bounds is not None:
        has_outline &= made.intersects(shapely.box(*bounds))
    return Audited(
        validate(made[has_outline], table="official_zones", where=path.name),
        dropped_rows(failed),
        note_rows([]),
    )


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
    kept = table[reasons.eq("")].sort_values(
        "zone_id", ignore_index=True, kind="stable"
    )
    return Audited(
        validate(kept, table="official_zones", where=path.name),
        dropped_rows(drops(path.name, table["zone_id"], reasons)),
        note_rows(remarks(path.name, table["zone_id"], "polygone_repare", crossed)),
    )


def _identifier(shape: Any) -> str:
    """Name an area by its outline, wherever its rings start."""
    if shape is None:
        return ""
    outline = shapely.normalize(shapely.set_precision(shape, _NEAR_M, mode="pointwise"))
    return f"osm_{hashlib.sha256(shapely.to_wkb(outline)).hexdigest()[:_DIGITS]}"

"""BD TOPO (IGN): zones of activity, and road sections with their restrictions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eitgeo.check import Faults
from eitgeo.errors import SchemaError
from eitgeo.sources.files.archives import extracted
from eitgeo.sources.files.loaded import (
    Audited,
    Note,
    dropped_rows,
    drops,
    first_reason,
    note_rows,
    repeats,
)
from eitgeo.sources.files.rows import to_amounts
from eitgeo.sources.files.shapes import repaired_polygons
from eitgeo.sources.files.vectors import Bounds, VectorSource, count_features
from eitgeo.tables.schema import validate

ZONES = VectorSource("bd_topo_zones", layer="zone_d_activite_ou_d_interet")
ROADS = VectorSource("bd_topo_roads", layer="troncon_de_route")
BUSINESS_CATEGORIES = ("Industriel et commercial",)

_LARGEST = {
    "max_height_m": 10.0,
    "max_weight_t": 100.0,
    "max_axle_weight_t": 30.0,
    "max_width_m": 10.0,
    "max_length_m": 50.0,
}
"""Past these, a limit is in another unit (kilogrammes, centimetres) or an error."""

_SIZES = ("lanes", "width_m", "car_speed_kmh")
_FLAGS = ("fictitious", "private", "urban", "dangerous_goods_forbidden")
_TRUE, _FALSE = ("true", "oui", "vrai", "1"), ("false", "non", "faux", "0", "")
_DIRECTIONS = {
    "Double sens": "both",
    "Sens direct": "forward",
    "Sens inverse": "backward",
    "Sans objet": "",
    "": "",
}
_ENDINGS = (".gpkg", ".shp", ".shx", ".dbf", ".prj", ".cpg", ".geojson", ".json")


def read_bd_topo_zones(
    path: Path,
    *,
    bounds: Bounds | None = None,
    categories: Collection[str] = BUSINESS_CATEGORIES,
) -> Audited:
    """Read the zones of activity of BD TOPO.

    Parameters
    ----------
    path
        GeoPackage with the layer ``zone_d_activite_ou_d_interet``, Shapefile of that
        layer (short names ``NAT_DETAIL`` …), or the ``.7z`` or ``.zip`` of either.
    bounds
        Box xmin, ymin, xmax, ymax (EPSG:2154) [m]; None: the whole layer.
    categories
        Values of ``categorie`` that are kept.

    Returns
    -------
    Audited
        One row a zone, sorted by ``zone_id``: ``category``, ``kind`` (« Zone
        industrielle », « Usine », « Carrière » …), ``detail``, ``name``,
        ``is_fictitious`` (outline not surveyed), ``area_ha``, ``source``, polygons in
        EPSG:2154. Zones of other categories, and those that have no surface, are
        left out; zones out of bounds are not read, and counted in a remark.

    References
    ----------
    Producer: IGN, BD TOPO, descriptif de contenu, classe « Zone d'activité ou
    d'intérêt », https://geoservices.ign.fr/bdtopo. Licence: Licence Ouverte 2.0.
    Vintage: version 3, quarterly editions. CRS: EPSG:2154.
    """
    rows, notes = _read(path, ZONES, bounds)
    flags, flag_notes = _flag(rows, "fictitious", path)
    shapes, repaired = repaired_polygons(shapely.force_2d(rows.geometry.to_numpy()))
    surface = pd.Series("", rows.index).mask(
        shapely.is_missing(shapes), "objet sans surface"
    )
    other = ("catégorie « " + rows["category"] + " »").mask(
        rows["category"].isin(list(categories)), ""
    )
    reasons = first_reason(_keyless(rows), repeats(rows, ["zone_id"]), other, surface)
    table = gpd.GeoDataFrame(
        {
            **rows[["zone_id", "category", "kind", "detail", "name"]],
            "is_fictitious": flags,
            "area_ha": shapely.area(shapes) / 1e4,
            "source": "© IGN – BD TOPO",
        },
        geometry=shapes,
        crs=rows.crs,
        index=rows.index,
    )
    notes += flag_notes
    notes += [
        (
            path.name,
            line,
            rows.loc[line, "zone_id"],
            "polygone_repare",
            "contour croisé",
        )
        for line in rows.index[repaired]
    ]
    return _audited(table, reasons, notes=notes, path=path)


def read_bd_topo_roads(path: Path, *, bounds: Bounds | None = None) -> Audited:
    """Read the road sections of BD TOPO, with what lorries are forbidden.

    Parameters
    ----------
    path
        GeoPackage with the layer ``troncon_de_route``, Shapefile of that layer (short
        names ``NAT_RESTR``, ``RESTR_P`` …), or the ``.7z`` or ``.zip`` of either.
    bounds
        Box xmin, ymin, xmax, ymax (EPSG:2154) [m]; None: the whole layer.

    Returns
    -------
    Audited
        Table ``road_restrictions``, one row a section: ``direction`` is ``both``,
        ``forward``, ``backward``, or ``""`` where unknown; limits in metres and
        tonnes, NaN where a limit is not filled in, or is zero or absurd (then told);
        lines in EPSG:2154 (with z where the file has it).

    Notes
    -----
    A limit that is not filled in does not mean that there is none: report the share
    of a route whose limits are unknown. Fictitious and private sections are kept and
    flagged: whoever builds a network decides.

    References
    ----------
    Producer: IGN, BD TOPO, descriptif de contenu, classe « Tronçon de route »,
    https://geoservices.ign.fr/bdtopo. Licence: Licence Ouverte 2.0. Vintage: version
    3, quarterly editions. CRS: EPSG:2154.
    """
    rows, notes = _read(path, ROADS, bounds)
    table = gpd.GeoDataFrame(rows.copy())
    faults = Faults(path.name)
    for name in (*_LARGEST, *_SIZES):
        table[name] = to_amounts(rows, name, faults=faults)
    faults.raise_if_any(SchemaError)
    notes += _limit_notes(table, path)
    for name, largest in _LARGEST.items():
        table[name] = table[name].where((table[name] > 0) & (table[name] <= largest))
    for name in _SIZES:
        table[name] = table[name].where(table[name] >= 0)
    for name in _FLAGS:
        table[name], flag_notes = _flag(rows, name, path)
        notes += flag_notes
    table["direction"] = rows["direction"].map(_DIRECTIONS).fillna("")
    odd = rows["direction"][~rows["direction"].isin(list(_DIRECTIONS))]
    notes += _domain_notes(odd, rows["section_id"], path)
    table["length_m"] = table.length
    table["source"] = "© IGN – BD TOPO"
    is_line = shapely.get_dimensions(table.geometry.to_numpy()) == 1
    shapeless = pd.Series("", rows.index).mask(~is_line, "objet sans tracé")
    reasons = first_reason(_keyless(rows), repeats(rows, ["section_id"]), shapeless)
    renamed = {name: f"is_{name}" for name in _FLAGS[:3]}
    loaded = _audited(table.rename(columns=renamed), reasons, notes=notes, path=path)
    tidy = validate(loaded.table, table="road_restrictions", where=path.name)
    return replace(loaded, table=tidy)


def _read(
    path: Path, source: VectorSource, bounds: Bounds | None
) -> tuple[gpd.GeoDataFrame, list[Note]]:
    def is_wanted(name: str) -> bool:
        stem, _, ending = name.rpartition("/")[2].rpartition(".")
        fits = ending.lower() == "gpkg" or source.layer in stem.lower()
        return fits and f".{ending.lower()}" in _ENDINGS

    alone = path.is_file() and path.suffix.lower() in _ENDINGS
    with extracted(path, wanted=(lambda _: True) if alone else is_wanted) as files:
        main = next(
            (file for file in files.values() if file.suffix.lower() in _MAIN), path
        )
        rows = source.read(main, bounds=bounds)
        total = count_features(main, layer=source.layer)
    if total == len(rows):
        return rows, []
    detail = f"hors de l'emprise demandée, non lus : {total - len(rows)}"
    return rows, [(path.name, "", source.layer, "hors_emprise", detail)]


_MAIN = (".gpkg", ".shp", ".geojson", ".json")


def _keyless(rows: pd.DataFrame) -> pd.Series:
    empty = rows.iloc[:, 0] == ""
    return pd.Series("", rows.index).mask(empty, "identifiant absent")


def _flag(rows: pd.DataFrame, name: str, path: Path) -> tuple[pd.Series, list[Note]]:
    folded = rows[name].str.lower()
    odd = rows[name][~folded.isin([*_TRUE, *_FALSE])]
    return folded.isin(_TRUE), _domain_notes(odd, rows.iloc[:, 0], path)


def _domain_notes(odd: pd.Series, subjects: pd.Series, path: Path) -> list[Note]:
    return [
        (
            path.name,
            line,
            subjects[line],
            "hors_domaine",
            f"« {odd.name} » = « {text} »",
        )
        for line, text in zip(odd.index.tolist(), odd.tolist(), strict=True)
    ]


def _limit_notes(table: pd.DataFrame, path: Path) -> list[Note]:
    notes: list[Note] = []
    for name, largest in (_LARGEST | dict.fromkeys(_SIZES, np.inf)).items():
        absurd = (table[name] < 0) | (table[name] > largest)
        absurd_rows = table.loc[absurd, ["section_id", name]]
        notes += [
            (path.name, line, section_id, "limite_absurde", f"« {name} » = {value:g}")
            for line, section_id, value in absurd_rows.itertuples()
        ]
    return notes


def _audited(
    table: gpd.GeoDataFrame,
    reasons: pd.Series,
    *,
    notes: list[Note],
    path: Path,
) -> Audited:
    subjects = table.iloc[:, 0]
    kept = table[np.asarray(reasons == "")]
    return Audited(
        kept.sort_values(str(table.columns[0]), ignore_index=True, kind="stable"),
        dropped_rows(drops(path.name, subjects, reasons)),
        note_rows(notes),
    )

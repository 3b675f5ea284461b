"""Perimeters that the user brings: a list of communes, or polygons."""

from __future__ import annotations

import re
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from eitgeo.check import Faults
from eitgeo.errors import SchemaError
from eitgeo.outlines import drawn_name, snapshot
from eitgeo.sources.files.csv import require_file
from eitgeo.sources.files.rows import check_codes, check_key, read_rows
from eitgeo.sources.files.vectors import read_features

_CODE_NAMES = ("code_insee", "insee_com", "insee", "codgeo", "code")
_VECTORS = (".geojson", ".gpkg", ".json", ".shp")
_SURFACE = 2
_PLACE = re.compile(r"\[([-\d.]+) ([-\d.]+)")


def read_perimeter_file(path: Path, *, named: str = "") -> pd.DataFrame:
    """Read a perimeter: a list of INSEE codes, or polygons with or without codes.

    Parameters
    ----------
    path
        CSV (UTF-8, column ``code_insee``, comma or semicolon), GeoJSON, GeoPackage or
        Shapefile; what the comparator exports is one of them. A GeoPackage may be
        open in QGIS: what is saved there is read, and nothing is written.
    named
        Of a layer of several perimeters, the one to keep (field ``nom``).

    Returns
    -------
    pandas.DataFrame or geopandas.GeoDataFrame
        ``code_insee`` (``""`` where a feature has none) and, for a layer, its
        geometry in EPSG:2154.
    """
    require_file(path)
    if path.suffix.lower() == ".csv":
        head = path.read_text(encoding="utf-8-sig", errors="replace").partition("\n")[0]
        separator = ";" if ";" in head else ","
        rows = read_rows(path, columns=["code_insee"], separator=separator)
    elif path.suffix.lower() in _VECTORS:
        rows = _features(path)
    else:
        message = (
            f"{path.name} : « {path.suffix} » n'est pas un périmètre lisible "
            "→ CSV (code_insee), GeoJSON, GPKG ou SHP"
        )
        raise SchemaError(message)
    listed = rows[rows["code_insee"] != ""] if "geometry" in rows else rows
    faults = Faults(path.name)
    check_codes(listed, faults=faults)
    check_key(listed, ["code_insee"], faults=faults)
    if len(listed) < len(rows):
        _note_outlines(rows, faults)
    if named and named not in set(rows["nom"]):
        faults.add(f"périmètre « {named} » absent", remedy="relancer le calcul")
    faults.raise_if_any(SchemaError)
    kept = rows[rows["nom"] == named] if named else rows
    return kept[["code_insee", *(["geometry"] if "geometry" in rows else [])]]


def _features(path: Path) -> gpd.GeoDataFrame:
    optional = {"code_insee": _CODE_NAMES, "nom": ["nom"]}
    if path.suffix.lower() != ".gpkg":
        return read_features(path, layer=path.stem, columns={}, optional=optional)
    with snapshot(path) as copy:
        rows = read_features(copy, layer=path.stem, columns={}, optional=optional)
    return rows.assign(nom=rows["nom"].map(drawn_name))


def _note_outlines(rows: gpd.GeoDataFrame, faults: Faults) -> None:
    """Note the features that are no surface, and the outlines that cross themselves."""
    shapes = rows.geometry.to_numpy()
    reasons = shapely.is_valid_reason(shapes)
    for rank, (shape, reason) in enumerate(zip(shapes, reasons, strict=True), start=1):
        if shape is None or shape.is_empty or shapely.get_dimensions(shape) != _SURFACE:
            faults.add(
                f"objet {rank} : ni polygone, ni code commune",
                remedy="dessiner une surface, ou donner la colonne code_insee",
            )
        elif not shape.is_valid:
            place = _PLACE.search(reason)
            misplaced = (
                f" près de x = {float(place[1]):.0f}, y = {float(place[2]):.0f} (m)"
                if place
                else ""
            )
            faults.add(
                f"objet {rank} : contour qui se croise ou se touche{misplaced}",
                remedy="réparer la géométrie (QGIS : « Réparer les géométries »)",
            )

"""Communes of the API Découpage administratif (geo.api.gouv.fr), JSON or GeoJSON."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from eitgeo.check import Faults, require_columns
from eitgeo.errors import SchemaError, SourceError
from eitgeo.sources.files.csv import require_file
from eitgeo.sources.files.loaded import Audited
from eitgeo.sources.files.shapes import MAX_OBJECTS, WGS84_EPSG
from eitgeo.sources.territory.commune_layers import text_of, tidy_communes

FIELDS = ("code", "nom", "population", "contour")
"""Fields that the request must ask for (``fields=``), beside ``codeEpci``."""

_GEOMETRIES = ("contour", "mairie")


def read_geo_api_communes(
    path: Path, *, departements: Collection[str] | None = None
) -> Audited:
    """Read the communes that geo.api.gouv.fr answered, saved in a file.

    Parameters
    ----------
    path
        UTF-8: a JSON list with ``fields=nom,code,codeEpci,population,contour,mairie``,
        or GeoJSON (``format=geojson&geometry=contour``).
    departements
        Those that are kept; None: all of metropolitan France.

    Returns
    -------
    Audited
        Columns ``COMMUNE_COLUMNS`` of ``read_communes``, EPSG:2154, sorted by code.
        The seat is ``mairie`` where the file has it and it lies in the commune, else a
        point on the surface; ``centre`` is no town hall and is not used. No
        ``codeEpci``: the empty string. ``dropped``: communes overseas or of other
        départements.

    Raises
    ------
    SourceError
        File absent, empty, not in UTF-8, not JSON, or without a commune.
    SchemaError
        Field missing, malformed or repeated code, contour absent or invalid.
    CrsError
        Coordinates outside metropolitan France (longitude and latitude swapped).

    References
    ----------
    Etalab, *API Découpage administratif*, https://geo.api.gouv.fr/decoupage-administratif.
    Licence Ouverte 2.0. Vintage: the COG in force when the file was asked for (contours
    of ADMIN EXPRESS, municipal populations of INSEE). CRS: EPSG:4326 (RFC 7946).
    """
    rows = _rows(path)
    require_columns(rows, FIELDS, where=path.name)
    rows = rows.reindex(columns=[*FIELDS, "codeEpci", "mairie"])
    faults = Faults(path.name)
    shapes = {
        name: [
            _shape(value, name, code, faults)
            for value, code in zip(rows[name], rows["code"], strict=True)
        ]
        for name in _GEOMETRIES
    }
    faults.raise_if_any(SchemaError)
    codes = text_of(rows["code"])
    layer = gpd.GeoDataFrame(
        {
            "code_insee": codes,
            "nom": text_of(rows["nom"]),
            "epci": text_of(rows["codeEpci"]),
            "population": text_of(rows["population"]),
        },
        geometry=gpd.GeoSeries(shapes["contour"], crs=WGS84_EPSG),
    )
    halls = gpd.GeoSeries(shapes["mairie"], index=codes, crs=WGS84_EPSG)
    seats = None if halls.isna().all() else halls[halls.notna()]
    return tidy_communes(layer, seats=seats, departements=departements, where=path.name)


def _rows(path: Path) -> pd.DataFrame:
    require_file(path)
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        message = f"{path.name} : JSON illisible → le demander à nouveau à l'API"
        raise SourceError(message) from error
    if isinstance(content, dict) and content.get("type") == "FeatureCollection":
        content = [_flat(feature) for feature in _list(content.get("features"))]
    rows = [row for row in _list(content) if isinstance(row, dict)]
    if not rows or len(rows) != len(content):
        message = (
            f"{path.name} : ni une liste de communes, ni une FeatureCollection "
            "→ demander « communes?fields=nom,code,codeEpci,population,contour,mairie »"
        )
        raise SourceError(message)
    return pd.DataFrame(rows)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _flat(feature: Any) -> Any:
    if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
        return None
    return {"contour": feature.get("geometry"), **feature["properties"]}


def _shape(value: Any, name: str, code: Any, faults: Faults) -> Any:
    # Missing in the answer, or missing for this commune alone: pandas makes it NaN.
    if not isinstance(value, dict):
        if name == "contour":
            remedy = "demander le champ « contour »"
            faults.add(f"commune « {code} » sans contour", remedy=remedy)
        return None
    # Collections nested by the thousand crash GEOS: a commune needs one object.
    try:
        text = json.dumps(value)
        if text.count("{") > MAX_OBJECTS:
            wrong = "fait de trop d'objets imbriqués"
        else:
            shape = shapely.from_geojson(text)
            if name == "contour" or _is_point(shape):
                return shape
            wrong = "n'est pas un point"
    except (shapely.errors.GEOSException, RecursionError):
        wrong = "n'est pas une géométrie GeoJSON"
    met = f"commune « {code} » : « {name} » {wrong}"
    faults.add(met, remedy="demander à nouveau le fichier à l'API")
    return None


def _is_point(shape: Any) -> bool:
    return bool(shape.geom_type == "Point" and not shape.is_empty)

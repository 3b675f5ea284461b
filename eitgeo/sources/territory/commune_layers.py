"""Communes of official layers: ADMIN EXPRESS (IGN), API Découpage administratif."""

from __future__ import annotations

import contextlib
import json
import logging
import re
import warnings
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyogrio.errors
import shapely

from eitgeo.check import Faults, commune_code_fault, require_columns
from eitgeo.errors import SchemaError, SourceError
from eitgeo.sources.files.archives import extracted
from eitgeo.sources.files.csv import read_json
from eitgeo.sources.files.loaded import (
    Audited,
    dropped_rows,
    drops,
    first_reason,
    note_rows,
)
from eitgeo.sources.files.shapes import MAX_OBJECTS, WGS84_EPSG, to_lambert93
from eitgeo.sources.files.vectors import require_own_data, require_table
from eitgeo.sources.territory.communes import (
    COMMUNE_COLUMNS,
    SEAT_TOLERANCE_M,
    note_geometry_faults,
    note_repeated_codes,
)

_MISREAD = re.compile("Ã[\x80-¿]|\ufffd")
_COUNT = re.compile("[0-9]{1,9}")
_EPCI = re.compile(r"\d{9}(/\d{9})*")
_NO_EPCI = frozenset({"", "NR", "NC", "ZZZZZZZZZ"})


def text_of(values: pd.Series) -> pd.Series:
    """Turn a column as read into text.

    Examples
    --------
    >>> text_of(pd.Series([12.0, None])).tolist()
    ['12', '']
    """
    if pd.api.types.is_float_dtype(values):
        # Past 2**53 a float is no exact number of units: it is left as it is written.
        whole = values.where((values % 1 == 0) & (values.abs() < 2**53))
        text = whole.astype("Int64").astype("str").where(whole.notna(), values.map(str))
    else:
        text = values.astype("str")
    return text.where(values.notna(), "").astype("str").str.strip()


def tidy_communes(
    layer: gpd.GeoDataFrame,
    *,
    seats: gpd.GeoSeries | None,
    departements: Collection[str] | None,
    where: str,
) -> Audited:
    """Turn communes as published into those of the package."""
    reasons = _reasons(layer, departements)
    communes = layer[reasons == ""]
    _require_rows(communes, where)
    _require_attributes(communes, where)
    metres = to_lambert93(communes, where=where)
    _require_shapes(metres, where)
    points, is_hall = _seats(metres, seats, where)
    epci = communes["epci"].where(~communes["epci"].isin(list(_NO_EPCI)), "")
    table = metres.assign(
        dep=communes["code_insee"].str[:2],
        epci_siren=epci.str[:9],
        population=communes["population"].astype("int64"),
        area_km2=metres.area / 1e6,
        seat_x=points.x,
        seat_y=points.y,
        seat_source=np.where(is_hall, "mairie", "point_representatif"),
    )
    ordered = table[list(COMMUNE_COLUMNS)].sort_values(
        "code_insee", ignore_index=True, kind="stable"
    )
    seated = pd.Series(is_hall, index=communes.index)
    return Audited(
        table=gpd.GeoDataFrame(ordered, crs=metres.crs),
        dropped=dropped_rows(drops(where, layer["code_insee"], reasons)),
        notes=note_rows(
            _commune_notes(communes, seated if seats is not None else None, where)
        ),
    )


def _reasons(
    layer: gpd.GeoDataFrame, departements: Collection[str] | None
) -> pd.Series:
    codes = layer["code_insee"]
    none = pd.Series("", index=layer.index, dtype="str")
    overseas = none.mask(codes.str.startswith(("97", "98")), "hors de la métropole")
    if departements is None:
        return overseas
    # A malformed code is told as a fault: it must not hide in another département.
    formed = codes.map(lambda code: commune_code_fault(code) is None)
    away = formed & ~codes.str[:2].isin(list(departements))
    return first_reason(overseas, none.mask(away, "hors des départements demandés"))


def _require_rows(kept: gpd.GeoDataFrame, where: str) -> None:
    if len(kept) == 0:
        message = (
            f"{where} : aucune commune des départements demandés "
            "→ vérifier l'emprise du fichier"
        )
        raise SchemaError(message)


def _require_attributes(kept: gpd.GeoDataFrame, where: str) -> None:
    faults = Faults(where)
    for place, code in zip(kept.index + 1, kept["code_insee"], strict=True):
        wrong = commune_code_fault(code)
        if wrong is not None:
            faults.add(f"objet {place} : {wrong[0]}", remedy=wrong[1])
    note_repeated_codes(kept, faults=faults)
    checks = (
        ("population", ~kept["population"].str.fullmatch(_COUNT), "un nombre entier"),
        (
            "epci",
            ~_is_epci(kept["epci"]),
            "un SIREN, « A/B » ou « NR »",
        ),
        ("nom", kept["nom"] == "", "un nom"),
    )
    for column, wrong_rows, remedy in checks:
        for code, value in kept.loc[wrong_rows, ["code_insee", column]].to_numpy():
            met = f"commune {code} : « {column} » = « {value} »"
            faults.add(met, remedy=f"écrire {remedy}")
    for code, name in kept.loc[
        kept["nom"].str.contains(_MISREAD), ["code_insee", "nom"]
    ].to_numpy():
        met = f"commune {code} : nom « {name} » lu dans un autre encodage"
        faults.add(met, remedy="enregistrer en UTF-8, ou joindre le fichier .cpg")
    faults.raise_if_any(SchemaError)


def _is_epci(values: pd.Series) -> pd.Series:
    return values.isin(list(_NO_EPCI)) | values.str.fullmatch(_EPCI)


def _require_shapes(metres: gpd.GeoDataFrame, where: str) -> None:
    faults = Faults(where)
    note_geometry_faults(metres, faults=faults)
    faults.raise_if_any(SchemaError)


def _seats(
    metres: gpd.GeoDataFrame, seats: gpd.GeoSeries | None, where: str
) -> tuple[gpd.GeoSeries, np.ndarray]:
    inner = gpd.GeoSeries(
        shapely.point_on_surface(metres.geometry.to_numpy()),
        index=metres.index,
        crs=metres.crs,
    )
    if seats is None:
        return inner, np.zeros(len(metres), dtype=bool)
    given = seats[seats.index.isin(metres["code_insee"])]
    given = given[~given.index.duplicated()]
    known = gpd.GeoDataFrame(geometry=given, crs=seats.crs)
    halls = to_lambert93(known, where=where).geometry.reindex(metres["code_insee"])
    away_m = shapely.distance(metres.geometry.to_numpy(), halls.to_numpy())
    is_hall = np.nan_to_num(away_m, nan=np.inf) <= SEAT_TOLERANCE_M
    chosen = np.where(is_hall, halls.to_numpy(), inner.to_numpy())
    return gpd.GeoSeries(chosen, index=metres.index, crs=metres.crs), is_hall


def _commune_notes(
    kept: gpd.GeoDataFrame, seated: pd.Series | None, where: str
) -> list[tuple[str, object, str, str, str]]:
    several = kept[kept["epci"].str.contains("/", regex=False)]
    notes = [
        (where, code, name, "epci_multiple", f"{epci} : le premier est retenu")
        for code, name, epci in several[["code_insee", "nom", "epci"]].to_numpy()
    ]
    if seated is None:
        return notes
    detail = "chef-lieu absent ou hors de la commune : point de la surface"
    loose = kept.loc[~seated, ["code_insee", "nom"]].to_numpy()
    notes += [(where, code, name, "chef_lieu_absent", detail) for code, name in loose]
    return notes


_log = logging.getLogger(__name__)

_UNREADABLE = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    shapely.errors.ShapelyError,
    pyogrio.errors.FeatureError,
    pyogrio.errors.GeometryError,
    pyogrio.errors.FieldError,
)
_COMMUNE_LAYERS = ("commune", "commune_carto")
_SEAT_LAYERS = ("chef_lieu_de_commune", "chflieu_commune", "chflieu_commune_carto")
_SHAPEFILE = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_MAINLAND = re.compile(r"LAMB93|FXX|_FRA?(?![A-Z])", re.IGNORECASE)

# For each column needed, its names in the order tried: from 2025, then to 2024.
_NAMES = {
    "code_insee": ("code_insee", "insee_com"),
    "nom": ("nom_officiel", "nom", "nom_com"),
    "epci": ("codes_siren_des_epci", "siren_epci", "code_epci"),
    "population": ("population",),
}
_SEAT_NAMES = ("code_insee_de_la_commune", "code_insee", "insee_com", "id_com")


def read_admin_express(
    path: Path, *, departements: Collection[str] | None = None
) -> Audited:
    """Read the communes of ADMIN EXPRESS, with their EPCI, population and seat.

    Parameters
    ----------
    path
        The archive as downloaded (``.7z``, ``.zip``), the folder it unfolds to, or
        ``COMMUNE.SHP`` or the GeoPackage itself. Where no layer has the name that IGN
        gives, the one of polygons that bears the columns of communes is read.
    departements
        Those that are kept; None: all of metropolitan France.

    Returns
    -------
    Audited
        Columns ``COMMUNE_COLUMNS`` of ``read_communes``, EPSG:2154, sorted by code.
        The seat is the town hall (layer of the chefs-lieux) where it lies in the
        commune. ``dropped``: communes overseas or of other départements. ``notes``:
        communes of several EPCI (the first is kept) and seats that are not a town
        hall. No EPCI (``NR``): the empty string.

    Notes
    -----
    To 2024: upper-case names (``INSEE_COM``, ``SIREN_EPCI``), SHP, layer ``COMMUNE``.
    From 2025 (version 4): lower-case names (``code_insee``, ``nom_officiel``,
    ``codes_siren_des_epci``), GPKG, geometry ``geometrie``. Names are matched whatever
    their case.

    References
    ----------
    IGN, *ADMIN EXPRESS, descriptif de contenu*, versions 3.x (2021 to 2024) and 4.0
    (from 2025), https://geoservices.ign.fr/adminexpress. Licence Ouverte 2.0. Vintage:
    1 January of the year (COG edition). CRS: EPSG:2154 (LAMB93) or EPSG:4326 (WGS84G).
    """
    with extracted(path, wanted=_is_wanted) as files:
        where = path.name
        raw = _read(*_find(files, _COMMUNE_LAYERS, where), where=where)
        halls = _layers(files, _SEAT_LAYERS, where)
        # Several layers of seats: none is known to be that of the communes read.
        hall_layer = _read(*halls[0], where=where) if len(halls) == 1 else None
        seats = None if hall_layer is None else _hall_seats(hall_layer, raw, where)
    layer = gpd.GeoDataFrame(
        {
            name: text_of(raw[_pick(raw, names, where)])
            for name, names in _NAMES.items()
        },
        geometry=raw.geometry,
        crs=raw.crs,
    )
    return tidy_communes(layer, seats=seats, departements=departements, where=where)


def _is_wanted(name: str) -> bool:
    member = PurePosixPath(name.casefold())
    if member.suffix == ".gpkg":
        return True
    known = member.stem in (*_COMMUNE_LAYERS, *_SEAT_LAYERS)
    return member.suffix in _SHAPEFILE and (known or "commune" in member.stem)


def _layers(
    files: dict[str, Path], wanted: Sequence[str], where: str
) -> list[tuple[Path, str]]:
    layers_of_files = []
    for name, path in files.items():
        suffix = PurePosixPath(name.casefold()).suffix
        if suffix == ".shp" and PurePosixPath(name.casefold()).stem in wanted:
            layers_of_files.append((name, path, path.stem))
        elif suffix == ".gpkg":
            layers = _list_layers(path, where)
            layers_of_files += [
                (name, path, la) for la in layers if la.casefold() in wanted
            ]
    # An archive of all of France holds one delivery a territory.
    mainland = [item for item in layers_of_files if _MAINLAND.search(item[0])]
    chosen = mainland if len(layers_of_files) > 1 and mainland else layers_of_files
    return [(path, layer) for _, path, layer in chosen]


def _find(
    files: dict[str, Path], wanted: Sequence[str], where: str
) -> tuple[Path, str]:
    matching = _layers(files, wanted, where) or _by_columns(files, where)
    if len(matching) != 1:
        names = ", ".join(f"{file.name} ({layer})" for file, layer in matching)
        message = (
            f"{where} : {len(matching)} couche de communes ({names or 'aucune'}), "
            "une seule nécessaire → indiquer COMMUNE.SHP ou le .gpkg de la métropole"
        )
        raise SourceError(message)
    return matching[0]


def _by_columns(files: dict[str, Path], where: str) -> list[tuple[Path, str]]:
    """Find the layers of polygons that bear the columns of communes, whatever named."""
    matching = []
    for path in files.values():
        if path.suffix.casefold() in {".gpkg", ".shp"}:
            layers = _list_layers(path, where)
            matching += [
                (path, one) for one in layers if _is_of_communes(path, one, where)
            ]
    for path, layer in matching:
        _log.warning("%s : communes lues dans la couche « %s »", path.name, layer)
    return matching


def _is_of_communes(path: Path, layer: str, where: str) -> bool:
    with _refusing(path, where):
        info = pyogrio.read_info(path, layer=layer)
    present = {str(name).casefold() for name in info["fields"]}
    is_area = "Polygon" in str(info["geometry_type"])
    return is_area and all(present & set(names) for names in _NAMES.values())


def _list_layers(path: Path, where: str) -> list[str]:
    require_own_data(path)
    with _refusing(path, where):
        return [str(name) for name, _ in pyogrio.list_layers(path)]


def _read(path: Path, layer: str, *, where: str) -> gpd.GeoDataFrame:
    require_table(path, layer)
    with _refusing(path, where):
        raw = gpd.read_file(path, layer=layer)
    if len(raw) == 0 or not isinstance(raw, gpd.GeoDataFrame):
        message = (
            f"{where} : couche « {layer} » vide (aucun objet géographique) "
            "→ télécharger à nouveau"
        )
        raise SourceError(message)
    return raw


@contextlib.contextmanager
def _refusing(path: Path, where: str) -> Iterator[None]:
    # GDAL tells of damage by warnings or by several errors: all mean the same here.
    try:
        with warnings.catch_warnings(record=True) as met:
            warnings.simplefilter("always")
            yield
    except (*_UNREADABLE, UnicodeDecodeError, ValueError, RuntimeError) as error:
        message = (
            f"{where} : couche « {path.name} » illisible → vérifier le format et "
            "l'encodage, ou télécharger à nouveau"
        )
        raise SourceError(message) from error
    for warning in met:
        _log.warning("%s : %s", where, warning.message)


def _pick(raw: pd.DataFrame, names: Sequence[str], where: str) -> str:
    present = {str(column).casefold(): str(column) for column in raw.columns}
    for name in names:
        if name in present:
            return present[name]
    # Told in the dialect of the file, so that the nearest name makes sense.
    is_upper = "insee_com" in present
    missing = names[-1].upper() if is_upper else names[0]
    require_columns(raw, [missing], where=where)
    return missing


def _hall_seats(
    halls: gpd.GeoDataFrame, communes: gpd.GeoDataFrame, where: str
) -> gpd.GeoSeries:
    present = {str(column).casefold(): str(column) for column in halls.columns}
    name = next((name for name in _SEAT_NAMES if name in present), None)
    if name is None:
        return gpd.GeoSeries([], crs=halls.crs)
    codes = text_of(halls[present[name]])
    if name == "id_com":
        ids = {str(column).casefold(): str(column) for column in communes.columns}
        known = communes.set_index(text_of(communes[ids["id"]]))
        code = _pick(communes, _NAMES["code_insee"], where)
        codes = codes.map(known[code]).fillna("")
    return gpd.GeoSeries(halls.geometry.to_numpy(), index=codes, crs=halls.crs)


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
    content = read_json(path, remedy="le demander à nouveau à l'API")
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

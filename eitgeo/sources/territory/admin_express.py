"""ADMIN EXPRESS of the IGN: communes in its two dialects, in an archive or not."""

from __future__ import annotations

import contextlib
import logging
import re
import warnings
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path, PurePosixPath

import geopandas as gpd
import pandas as pd
import pyogrio
import pyogrio.errors
import shapely

from eitgeo.check import require_columns
from eitgeo.errors import SourceError
from eitgeo.sources.files.archives import extracted
from eitgeo.sources.files.loaded import Audited
from eitgeo.sources.files.own_data import require_own_data, require_table
from eitgeo.sources.territory.commune_layers import text_of, tidy_communes

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

    Raises
    ------
    SourceError
        File absent, empty or unreadable; archive refused; no layer of communes, or
        several.
    SchemaError
        Column missing, malformed or repeated code, misread name, invalid polygon.
    CrsError
        CRS other than EPSG:4326 or EPSG:2154; coordinates outside France.

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
        seats = None if hall_layer is None else _seats(hall_layer, raw, where)
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


def _seats(
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

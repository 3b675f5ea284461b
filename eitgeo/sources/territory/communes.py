"""Communes: polygons, population and seat, from a layer to the working CRS."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio.errors
import shapely

from eitgeo.check import (
    WORKING_EPSG,
    Faults,
    commune_code_fault,
    hint,
    require_columns,
)
from eitgeo.errors import SchemaError, SourceError
from eitgeo.sources.files.csv import require_file
from eitgeo.sources.files.shapes import WGS84_EPSG, to_lambert93
from eitgeo.sources.files.vectors import require_own_data, require_table

COMMUNE_COLUMNS = (
    "code_insee",
    "nom",
    "epci_siren",
    "dep",
    "population",
    "area_km2",
    "seat_x",
    "seat_y",
    "seat_source",
    "geometry",
)
"""Columns returned: those of table ``communes`` that a source knows."""

SEAT_TOLERANCE_M = 5.0
SEAT_SOURCES = ("mairie", "point_representatif")
_NEEDED = (
    "code_insee",
    "nom",
    "epci_siren",
    "dep",
    "population",
    "seat_lon",
    "seat_lat",
    "seat_source",
)

MOST_PEOPLE = 10**9
"""No commune has as many inhabitants."""

_UNREADABLE = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    shapely.errors.ShapelyError,
    UnicodeDecodeError,
)


def read_communes(path: Path) -> gpd.GeoDataFrame:
    """Read the communes of the study area and of its buffer.

    Parameters
    ----------
    path
        GeoJSON (RFC 7946: WGS84) or any vector layer in EPSG:4326 or EPSG:2154,
        with ``code_insee``, ``nom``, ``epci_siren``, ``dep``, ``population``,
        ``seat_lon``, ``seat_lat`` (WGS84 degrees) and ``seat_source``.

    Returns
    -------
    geopandas.GeoDataFrame
        One row a commune, sorted by ``code_insee``, EPSG:2154, with
        ``COMMUNE_COLUMNS``: the columns of table ``communes`` except ``altitude_m``
        and ``in_area``, which depend on the relief and on the study.
    """
    layer = read_layer(path)
    require_columns(layer, _NEEDED, where=path.name)
    metres = to_lambert93(layer, where=path.name)
    faults = Faults(path.name)
    for place, row in labelled(layer):
        for met, remedy in _attribute_faults(row):
            faults.add(f"{place} : {met}", remedy=remedy)
    note_geometry_faults(metres, faults=faults)
    note_repeated_codes(layer, faults=faults)
    faults.raise_if_any(SchemaError)
    seats = gpd.GeoSeries.from_xy(
        layer["seat_lon"].astype(float), layer["seat_lat"].astype(float), crs=WGS84_EPSG
    ).to_crs(WORKING_EPSG)
    _require_seats_inside(metres, seats, path.name)
    return _tidy(metres, seats)


def read_layer(path: Path) -> gpd.GeoDataFrame:
    """Read a vector layer as it stands."""
    require_file(path)
    require_own_data(path)
    require_table(path)
    try:
        with warnings.catch_warnings():
            # A cell or a shape that GDAL does not know is told by the checks below.
            warnings.simplefilter("ignore", RuntimeWarning)
            warnings.simplefilter("ignore", UserWarning)
            layer = gpd.read_file(path)
    except _UNREADABLE as error:
        message = f"{path.name} : couche illisible → vérifier le format et l'encodage"
        raise SourceError(message) from error
    if len(layer) == 0 or not isinstance(layer, gpd.GeoDataFrame):
        message = f"{path.name} : couche vide (aucun objet géographique) → la compléter"
        raise SourceError(message)
    return layer


def labelled(layer: gpd.GeoDataFrame) -> Iterator[tuple[str, Any]]:
    """Name each feature by its rank and code."""
    for rank, row in enumerate(layer.itertuples(index=False), start=1):
        yield f"objet {rank} ({row.code_insee})", row


def note_geometry_faults(layer: gpd.GeoDataFrame, *, faults: Faults) -> None:
    """Note features without polygon, or with one that crosses itself."""
    shapes = layer.geometry.to_numpy()
    polygonal = np.isin(
        shapely.get_type_id(shapes),
        [shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON],
    )
    good = polygonal & shapely.is_valid(shapes) & ~shapely.is_empty(shapes)
    reasons = shapely.is_valid_reason(shapes)
    for (place, _), fine, is_polygon, reason in zip(
        labelled(layer), good, polygonal, reasons, strict=True
    ):
        if not fine:
            met = f"polygone invalide ({reason})" if is_polygon else "pas un polygone"
            remedy = "réparer la géométrie (QGIS : « Réparer les géométries »)"
            faults.add(f"{place} : {met}", remedy=remedy)


def note_repeated_codes(layer: gpd.GeoDataFrame, *, faults: Faults) -> None:
    """Note commune codes that stand on more than one feature."""
    repeated = layer["code_insee"].duplicated()
    for (place, _), again in zip(labelled(layer), repeated, strict=True):
        if again:
            faults.add(f"{place} : code répété", remedy="fusionner ou retirer l'objet")


def _attribute_faults(row: Any) -> Iterator[tuple[str, str]]:
    wrong = commune_code_fault(row.code_insee)
    if wrong is not None:
        yield wrong
    elif not row.code_insee.startswith(str(row.dep)):
        yield f"département « {row.dep} » étranger au code", "corriger « dep »"
    if not _is_count(row.population):
        is_absent = pd.api.types.is_scalar(row.population) and pd.isna(row.population)
        met = "absente" if is_absent else f"« {row.population} »"
        yield f"population {met}", "écrire un nombre entier ≥ 0"
    if str(row.seat_source) not in SEAT_SOURCES:
        yield (
            f"seat_source « {row.seat_source} »",
            hint(str(row.seat_source), SEAT_SOURCES),
        )
    if not all(_is_degrees(value) for value in (row.seat_lon, row.seat_lat)):
        yield "chef-lieu sans coordonnées", "donner seat_lon et seat_lat en degrés"


def _is_count(value: Any) -> bool:
    # One absent cell makes numbers with a point of the whole column.
    is_number = isinstance(value, float | int | np.integer)
    return is_number and 0 <= value < MOST_PEOPLE and float(value).is_integer()


def _is_degrees(value: object) -> bool:
    return isinstance(value, float | int) and abs(value) <= 180  # noqa: PLR2004


def _require_seats_inside(
    metres: gpd.GeoDataFrame, seats: gpd.GeoSeries, where: str
) -> None:
    away_m = shapely.distance(metres.geometry.to_numpy(), seats.to_numpy())
    faults = Faults(where)
    for (place, _), distance_m in zip(labelled(metres), away_m, strict=True):
        if not distance_m <= SEAT_TOLERANCE_M:
            met = f"{place} : chef-lieu à {distance_m:.0f} m hors de la commune"
            faults.add(met, remedy="corriger seat_lon et seat_lat")
    faults.raise_if_any(SchemaError)


def _tidy(metres: gpd.GeoDataFrame, seats: gpd.GeoSeries) -> gpd.GeoDataFrame:
    # An EPCI may be absent (a commune that belongs to none): the empty string.
    table = metres.assign(
        epci_siren=metres["epci_siren"].fillna("").astype(str),
        population=metres["population"].astype("int64"),
        area_km2=metres.area / 1e6,
        seat_x=seats.x.to_numpy(),
        seat_y=seats.y.to_numpy(),
    )
    ordered = table[list(COMMUNE_COLUMNS)].sort_values(
        "code_insee", ignore_index=True, kind="stable"
    )
    return gpd.GeoDataFrame(pd.DataFrame(ordered), crs=metres.crs)

"""Communes of official layers, whatever the dialect: checked, seated, measured."""

from __future__ import annotations

import re
from collections.abc import Collection

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eitgeo.check import Faults, commune_code_fault
from eitgeo.errors import SchemaError
from eitgeo.sources.files.loaded import (
    Audited,
    dropped_rows,
    drops,
    first_reason,
    note_rows,
)
from eitgeo.sources.files.shapes import to_lambert93
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
        notes=note_rows(_notes(communes, seated if seats is not None else None, where)),
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


def _notes(
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

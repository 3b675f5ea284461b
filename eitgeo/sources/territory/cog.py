"""Code officiel géographique: communes of today, and the movements since 1943.

Communes come from the lists of the COG and from polygons of an older vintage.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from eitgeo.check import Faults, commune_code_fault, hint, require_columns
from eitgeo.errors import SchemaError, SourceError
from eitgeo.reference.nomenclatures import MOVEMENT_COLUMNS
from eitgeo.sources.files.csv import read_json
from eitgeo.sources.files.loaded import Loaded, dropped_rows, drops, first_reason
from eitgeo.sources.files.rows import (
    CsvSource,
    check_codes,
    check_dates,
    check_key,
    faulty,
    read_official,
)
from eitgeo.sources.files.shapes import to_lambert93
from eitgeo.sources.territory.communes import (
    COMMUNE_COLUMNS,
    note_geometry_faults,
    note_repeated_codes,
    read_layer,
)
from eitgeo.sources.territory.dgcl_members import read_dgcl_members

MERGES = CsvSource("merges")
_CURRENT = "commune-actuelle"
_OTHER = "commune qui n'est plus (déléguée ou associée)"
_COMMUNE_KEYS = ("code", "nom", "departement", "population")
_MEMBER_KEYS = ("code", "populationMunicipale")

KINDS = {
    "20": "création",
    "21": "rétablissement",
    "30": "suppression",
    "31": "fusion simple",
    "32": "commune nouvelle",
    "33": "fusion association",
    "34": "fusion association transformée en fusion simple",
    "41": "changement de département",
    "50": "transfert de chef-lieu",
}
"""Movements that change codes, by ``MOD`` of INSEE."""

_NAMES = {
    "DATE_EFF": "date",
    "COM_AV": "old_code",
    "LIBELLE_AV": "old_name",
    "COM_AP": "new_code",
    "LIBELLE_AP": "new_name",
}
_COLUMNS = ("MOD", "TYPECOM_AV", "TYPECOM_AP", *_NAMES)
_COMMUNE = "COM"


def read_cog_communes(folder: Path, *, polygons: Path, merges: Path) -> Loaded:
    """Read communes from the lists of the COG and from polygons by département.

    Parameters
    ----------
    folder
        Holds one ``communes*.json`` and one ``epci*.json`` (découpage administratif
        of Etalab); or, in place of the latter, ``perimetre-epci*.csv`` of the DGCL.
    polygons
        Holds ``*.geojson`` with ``code`` and ``nom``, EPSG:4326, of an older vintage.
    merges
        Communes merged since that vintage, see :func:`read_merges`.

    Returns
    -------
    Loaded
        Columns of :func:`read_communes`, EPSG:2154, sorted by code. Population is
        the municipal one of the EPCI members' list; where the EPCI is not in that
        list, ``epci_siren`` is empty and the population that of the communes' list.
        The seat is a point on the surface. Left out: rows of the list that are no
        present commune; polygons that are now part of another commune's.

    References
    ----------
    Producer: Etalab, *découpage administratif* (data of INSEE and DGCL); polygons of
    IGN, ADMIN EXPRESS, generalised. Licence: Licence Ouverte 2.0 (lists distributed
    under MIT). Vintage: that of the lists; polygons of an older one. CRS: EPSG:4326.
    """
    listed, others = _listed(folder)
    layer = _read_polygons(polygons)
    renewed = layer["code_insee"].replace(read_merges(merges))
    joined = [
        (polygons.name, old, old, f"polygone réuni à celui de la commune « {new} »")
        for old, new in zip(layer["code_insee"], renewed, strict=True)
        if old != new
    ]
    layer = layer.assign(code_insee=renewed)
    merged = layer[["code_insee", "geometry"]].dissolve("code_insee")
    both = f"{polygons.name} et {_only(folder, 'communes*.json').name}"
    _require_same_codes(listed, merged, where=both)
    table = merged.join(listed.set_index("code_insee")).reset_index()
    seats = gpd.GeoSeries(shapely.point_on_surface(table.geometry), crs=table.crs)
    table = table.assign(
        area_km2=table.area / 1e6,
        seat_x=seats.x,
        seat_y=seats.y,
        seat_source="point_representatif",
    )
    ordered = table[list(COMMUNE_COLUMNS)].sort_values(
        "code_insee", ignore_index=True, kind="stable"
    )
    return Loaded(
        gpd.GeoDataFrame(ordered, crs=table.crs), dropped_rows([*others, *joined])
    )


def _listed(folder: Path) -> tuple[pd.DataFrame, list[Any]]:
    """Return the present communes, and the rows of the list that are none."""
    communes_path = _only(folder, "communes*.json")
    every = _objects(read_list(communes_path), communes_path)
    rows = [row for row in every if row.get("type") == _CURRENT]
    others = [
        (communes_path.name, rank, str(row.get("code", "")), _OTHER)
        for rank, row in enumerate(every, start=1)
        if row.get("type") != _CURRENT
    ]
    communes = _frame(rows, _COMMUNE_KEYS, communes_path).rename(
        columns={"code": "code_insee", "departement": "dep", "population": "listed"}
    )
    faults = Faults(communes_path.name)
    check_key(communes, ["code_insee"], faults=faults)
    faults.raise_if_any(SchemaError)
    known = read_epci_members(_only(folder, "epci*.json", "perimetre-epci*.csv"))
    both = communes.merge(known, "left", on="code_insee", validate="one_to_one")
    population = both["population"].fillna(both["listed"]).astype("int64")
    both = both.assign(
        population=population, epci_siren=both["epci_siren"].fillna("").astype(str)
    )
    columns = ["code_insee", "nom", "dep", "population", "epci_siren"]
    return both[columns].sort_values(
        "code_insee", ignore_index=True, kind="stable"
    ), others


def read_epci_members(path: Path) -> pd.DataFrame:
    """Read which commune belongs to which EPCI, with its municipal population.

    Parameters
    ----------
    path
        ``epci.json`` of the découpage administratif of Etalab, or the CSV of the
        DGCL (:func:`read_dgcl_members`).

    Returns
    -------
    pandas.DataFrame
        ``code_insee``, ``population``, ``epci_siren``, sorted by commune.
    """
    if path.suffix.casefold() == ".csv":
        return read_dgcl_members(path)[["code_insee", "population", "epci_siren"]]
    bodies = _objects(read_list(path), path)
    require_columns(pd.DataFrame(bodies), ("code", "membres"), where=path.name)
    rows = [
        {**row, "epci_siren": body.get("code")}
        for body in bodies
        for row in _objects(body.get("membres"), path)
    ]
    members = _frame(rows, (*_MEMBER_KEYS, "epci_siren"), path).rename(
        columns={"code": "code_insee", "populationMunicipale": "population"}
    )
    faults = Faults(path.name)
    check_key(members, ["code_insee"], faults=faults)
    faults.raise_if_any(SchemaError)
    members = members.astype({"population": "int64"})
    return members.sort_values("code_insee", ignore_index=True, kind="stable")


def read_merges(path: Path) -> dict[str, str]:
    """Read which commune each former one has joined.

    Parameters
    ----------
    path
        CSV with ``old_code`` and ``new_code``.

    Returns
    -------
    dict of str to str
        New INSEE code by former code.
    """
    read = MERGES.read(path)
    rows, faults = read.table, read.faults
    chained = rows["new_code"].isin(rows["old_code"])
    for line, code in faulty(rows["new_code"], chained):
        met = f"« {code} » est à la fois commune nouvelle et ancienne"
        faults.add(met, row=line, remedy="donner la dernière commune nouvelle")
    faults.raise_if_any(SchemaError)
    return dict(zip(rows["old_code"], rows["new_code"], strict=True))


def read_list(path: Path) -> Any:
    """Read a JSON file that holds a list."""
    content = read_json(path, remedy="le télécharger à nouveau")
    if not isinstance(content, list) or not content:
        message = (
            f"{path.name} : une liste non vide est nécessaire "
            "→ le télécharger à nouveau"
        )
        raise SourceError(message)
    return content


def _only(folder: Path, *patterns: str) -> Path:
    """Find the one file of the first pattern that any has."""
    each = [sorted(folder.glob(pattern)) for pattern in patterns]
    files_found = next((files for files in each if files), [])
    pattern = patterns[0]
    if len(files_found) != 1:
        message = (
            f"{folder.name} : {len(files_found)} fichier « {pattern} » "
            "→ en garder un, et un seul"
        )
        raise SourceError(message)
    return files_found[0]


def _frame(rows: list[Any], keys: Sequence[str], path: Path) -> pd.DataFrame:
    frame = pd.DataFrame(rows)
    require_columns(frame, keys, where=path.name)
    faults = Faults(path.name)
    for key in keys:
        needed, is_good = _KINDS.get(key, _TEXT)
        for place, value in enumerate(frame[key], start=1):
            if not is_good(value):
                met = f"« {key} » = « {value} »"
                faults.add(met, row=place, remedy=f"donner {needed}")
    faults.raise_if_any(SchemaError)
    return frame[list(keys)]


def _objects(items: Any, path: Path) -> list[dict[str, Any]]:
    if not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
        faults = Faults(path.name)
        met = "des éléments ne sont pas des objets JSON"
        faults.add(met, remedy="télécharger à nouveau le fichier")
        faults.raise_if_any(SchemaError)
    return list(items)


def _is_count(value: Any) -> bool:
    # Of a column where one is missing, pandas makes floats.
    whole = isinstance(value, int) or (isinstance(value, float) and value % 1 == 0)
    return whole and not isinstance(value, bool) and 0 <= value < 10**9


def _is_code(value: Any) -> bool:
    return commune_code_fault(value) is None


_TEXT = ("un texte", lambda value: isinstance(value, str))
_COUNT = ("un nombre entier", _is_count)
_KINDS = {
    "code": ("un code commune, par exemple « 09001 »", _is_code),
    "population": _COUNT,
    "populationMunicipale": _COUNT,
}


def _read_polygons(folder: Path) -> gpd.GeoDataFrame:
    paths = sorted(folder.glob("*.geojson"))
    if not paths:
        message = (
            f"{folder.name} : aucun fichier « *.geojson » de communes → les y déposer"
        )
        raise SourceError(message)
    layers = []
    for path in paths:
        layer = read_layer(path)
        require_columns(layer, ("code", "nom"), where=path.name)
        layer = to_lambert93(layer, where=path.name)
        layers.append(layer.rename(columns={"code": "code_insee"}))
    layer = gpd.GeoDataFrame(pd.concat(layers, ignore_index=True), crs=layers[0].crs)
    faults = Faults(folder.name)
    note_geometry_faults(layer, faults=faults)
    note_repeated_codes(layer, faults=faults)
    faults.raise_if_any(SchemaError)
    return layer


def _require_same_codes(
    listed: pd.DataFrame, layer: gpd.GeoDataFrame, *, where: str
) -> None:
    faults = Faults(where)
    codes = set(listed["code_insee"])
    for code in sorted(codes - set(layer.index)):
        faults.add(f"commune « {code} » sans polygone", remedy="ajouter le polygone")
    for code in sorted(set(layer.index) - codes):
        remedy = f"déclarer sa fusion ; {hint(code, codes)}"
        faults.add(f"polygone « {code} » hors du COG", remedy=remedy)
    faults.raise_if_any(SchemaError)


def read_cog_movements(path: Path, *, first_year: int = 2013) -> Loaded:
    """Read the movements of communes of all of France.

    Parameters
    ----------
    path
        ``v_mvtcommune_AAAA.csv`` (``v_mvt_commune_AAAA.csv`` since 2024): comma, UTF-8.
    first_year
        First vintage wanted: movements on or before its 1 January are left out.

    Returns
    -------
    Loaded
        ``MOVEMENT_COLUMNS``, sorted by date and codes. ``dropped``: changes of name,
        movements of delegated or associated communes, movements before
        ``first_year``, repeated rows.

    References
    ----------
    INSEE, *Code officiel géographique*, file of the events on communes (« Événements
    survenus aux communes depuis 1943 »), https://www.insee.fr/fr/information/2560452.
    Licence Ouverte 2.0. Vintage: one a year, on 1 January. No coordinates.
    """
    rows = read_official(path, columns=_COLUMNS, separator=",")
    none = pd.Series("", index=rows.index, dtype="str")
    is_commune = (rows["TYPECOM_AV"] == _COMMUNE) & (rows["TYPECOM_AP"] == _COMMUNE)
    faults = Faults(path.name)
    check_dates(rows, "DATE_EFF", faults=faults)
    communes = rows[is_commune]
    for column in ("COM_AV", "COM_AP"):
        check_codes(communes, faults=faults, column=column)
    faults.raise_if_any(SchemaError)
    reasons = first_reason(
        none.mask(~is_commune, "commune déléguée ou associée"),
        none.mask(
            ~rows["MOD"].isin(list(KINDS)), "code inchangé (MOD " + rows["MOD"] + ")"
        ),
        none.mask(rows["DATE_EFF"] <= f"{first_year}-01-01", f"avant {first_year}"),
        none.mask(rows.duplicated(["DATE_EFF", "COM_AV", "COM_AP"]), "ligne répétée"),
    )
    kept = rows[reasons == ""]
    if len(kept) == 0:
        message = (
            f"{path.name} : aucun mouvement après le 1er janvier {first_year} "
            "→ vérifier le millésime du fichier"
        )
        raise SourceError(message)
    named = kept.rename(columns=_NAMES).assign(kind=kept["MOD"].map(KINDS))
    table = named[list(MOVEMENT_COLUMNS)].sort_values(
        ["date", "new_code", "old_code"], ignore_index=True
    )
    label = rows["COM_AV"] + " " + rows["LIBELLE_AV"]
    return Loaded(table=table, dropped=dropped_rows(drops(path.name, label, reasons)))

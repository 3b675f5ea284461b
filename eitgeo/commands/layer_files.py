"""Layers that another program hands over, and what is handed back to it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyogrio
import shapely

from eitgeo.check import Faults, hint
from eitgeo.errors import SchemaError
from eitgeo.reference.labels import labels_of
from eitgeo.sources.files.vectors import read_features
from eitgeo.store import new_files, write, write_bytes

_KEY = "key"
_KINDS = {"points": "Point", "polygones": "Polygon"}
_RESERVED = {"fid", "geom", "geometry"}
_UNDATED = {"OGR_CURRENT_DATE": "1970-01-01T00:00:00Z"}
"""A GeoPackage bears the hour at which it is written, unless told another."""


def read_layer(
    path: Path,
    *,
    layer: str,
    kind: str,
    key: str = "",
    texts: Sequence[str] = (),
    numbers: Sequence[str] = (),
) -> gpd.GeoDataFrame:
    """Read points or polygons in EPSG:2154, named by a column or by their rank."""
    asked = {f"column {rank}": name for rank, name in enumerate([*texts, *numbers])}
    wanted = {ours: (name,) for ours, name in asked.items()}
    rows = read_features(
        path, layer=layer, columns=wanted | ({_KEY: (key,)} if key else {})
    )
    where = f"couche « {layer} »"
    shapes = _single(rows.geometry, kind=kind, where=where)
    names = rows[_KEY] if key else pd.Series(range(1, len(rows) + 1)).astype("str")
    index = _index(names, where=where, column=key)
    columns = {
        name: rows[ours] if name in texts else _number(rows[ours], where, name)
        for ours, name in asked.items()
    }
    return gpd.GeoDataFrame(
        {name: values.to_numpy() for name, values in columns.items()},
        geometry=shapes.to_numpy(),
        index=index,
        crs=rows.crs,
    )


def _index(names: pd.Series, *, where: str, column: str) -> pd.Index:
    faults = Faults(where)
    for name in names[names.duplicated()].unique():
        fault = f"« {column} » : identifiant répété « {name} »" if name else ""
        faults.add(
            fault or f"« {column} » : identifiant vide, plusieurs fois",
            remedy="choisir une colonne qui nomme chaque entité une fois",
        )
    faults.raise_if_any(SchemaError)
    return pd.Index(names.to_numpy(), dtype="str")


def _number(values: pd.Series, where: str, column: str) -> pd.Series:
    numbers = pd.to_numeric(values.where(values != ""), errors="coerce")
    wrong = values[numbers.isna()]
    if len(wrong):
        message = (
            f"{where} : colonne « {column} », {len(wrong)} valeur(s) qui ne sont pas "
            f"des nombres (« {wrong.iloc[0]} ») → la compléter, ou la convertir"
        )
        raise SchemaError(message)
    return numbers


def _single(shapes: gpd.GeoSeries, *, kind: str, where: str) -> gpd.GeoSeries:
    """Take each shape as one of its kind; a group of one point is that point."""
    flat = shapely.force_2d(shapes.to_numpy())
    if kind == "points":
        lone = shapely.get_num_geometries(flat) == 1
        flat[lone] = shapely.get_geometry(flat[lone], 0)
    shapes_single = gpd.GeoSeries(flat, index=shapes.index, crs=shapes.crs)
    faults = Faults(where)
    for rank in shapes_single.index[shapes_single.isna() | shapes_single.is_empty]:
        faults.add("sans géométrie", row=rank, remedy="la compléter, ou l'ôter")
    types = shapes_single.geom_type.dropna().str.removeprefix(
        "Multi" if kind != "points" else ""
    )
    for rank in types.index[types != _KINDS[kind]]:
        faults.add(
            f"forme {shapes_single.geom_type[rank]}",
            row=rank,
            remedy=f"donner des {kind}",
        )
    for rank in shapes_single.index[~shapes_single.is_valid & shapes_single.notna()]:
        faults.add(
            "géométrie invalide", row=rank, remedy="QGIS : Réparer les géométries"
        )
    faults.raise_if_any(SchemaError)
    return shapes_single


@contextmanager
def sound_coverage(where: str) -> Iterator[None]:
    """Say of polygons that overlap what GEOS says of them in its own words."""
    try:
        yield
    except shapely.errors.GEOSException as error:
        message = (
            f"couche « {where} » : polygones qui se recouvrent → QGIS : Vérifier la "
            "couverture, puis corriger"
        )
        raise SchemaError(message) from error


def require_free_names(names: Sequence[str], *, taken: Sequence[str]) -> None:
    """Refuse columns that bear the name of one that is written beside them."""
    known = _RESERVED | {name.casefold() for name in taken}
    faults = Faults("colonnes à sommer")
    for name in names:
        if name.casefold() in known:
            faults.add(f"nom déjà pris : « {name} »", remedy="renommer la colonne")
        known.add(name.casefold())
    faults.raise_if_any(SchemaError)


def require_label(label: str, index: pd.Index, *, where: str) -> None:
    """Refuse a name that no row bears."""
    if label not in index:
        message = f"couche « {where} » : « {label} » absent → {hint(label, index)}"
        raise SchemaError(message)


def listed(labels: Sequence[Any]) -> str:
    """Write names as a list that any of them may stand in."""
    return json.dumps([str(one) for one in labels], ensure_ascii=False)


def write_layer(path: Path, rows: gpd.GeoDataFrame, *, shape: str) -> Path:
    """Write a layer to a GeoPackage of its own."""
    pyogrio.set_gdal_config_options(_UNDATED)
    table = rows.reset_index() if rows.index.name else rows.reset_index(drop=True)
    with new_files():
        return write(
            path,
            lambda partial: pyogrio.write_dataframe(
                table,
                partial,
                layer=path.stem,
                driver="GPKG",
                geometry_type=shape,
                promote_to_multi=shape.startswith("Multi"),
            ),
        )


def write_table(path: Path, table: pa.Table) -> Path:
    """Write a table as CSV, with the types of its columns beside (``.csvt``)."""
    types = [
        "Integer"
        if pa.types.is_integer(kind)
        else "Real"
        if pa.types.is_floating(kind)
        else "String"
        for kind in table.schema.types
    ]
    types_text = ",".join(f'"{name}"' for name in types)
    with new_files():
        write_bytes(path.with_suffix(".csvt"), f"{types_text}\n".encode())
        return write(path, lambda partial: pyarrow.csv.write_csv(table, partial))


def write_trips(path: Path, found: pd.DataFrame) -> Path:
    """Write a matrix in French, a row a trip; names and reasons are held once each."""
    pairs: Any = found.index
    columns_of = [
        pa.DictionaryArray.from_arrays(codes.astype(np.int32), level.to_numpy(object))
        for codes, level in zip(pairs.codes, pairs.levels, strict=True)
    ]
    status = pa.array(found["status"]).dictionary_encode()
    if isinstance(status, pa.ChunkedArray):
        status = status.combine_chunks()
    words = labels_of("trip_status")
    reasons = [words[one] for one in status.dictionary.to_pylist()]
    figures = {"minutes": found["time_s"] / 60, "km": found["length_m"] / 1000}
    columns = {"origine": columns_of[0], "destination": columns_of[1]} | {
        name: pa.array(values.round(3), from_pandas=True)
        for name, values in figures.items()
    }
    columns["statut"] = pa.DictionaryArray.from_arrays(status.indices, reasons)
    return write_table(path, pa.table(columns))

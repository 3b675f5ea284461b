"""Rows of the standard « Sites économiques »: read, checked against its fields."""

from __future__ import annotations

import contextlib
import csv
import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from eitgeo.check import Faults
from eitgeo.errors import SchemaError
from eitgeo.reference.nomenclatures import cnig_fields
from eitgeo.sources.files.csv import check_short
from eitgeo.sources.files.loaded import Note, repeats
from eitgeo.sources.files.rows import check_codes, faulty, read_official, to_amounts
from eitgeo.sources.files.shapes import (
    LAMBERT93,
    crs_of_shapes,
    shapes_of_geojson,
    shapes_of_lon_lat,
    shapes_of_open_rings,
)
from eitgeo.sources.files.vectors import read_features

GEOMETRY_TYPES = ("polygon", "points", "lon_lat")
FIRST_YEAR, LAST_YEAR = 1800, 2100
_OPEN_RING = "contour dont le dernier point diffère du premier : refermé"
_CELL_LIMIT = 1 << 26
_CRS_NAMES = {LAMBERT93: "Lambert-93 (EPSG:2154)", "EPSG:4326": "WGS84 (EPSG:4326)"}


@dataclass(frozen=True)
class CnigRows:
    """Rows of one class, checked, with their geometries as written.

    Attributes
    ----------
    table
        Our column names, in the order of ``cnig_fields``; numbers as float, the rest
        as text; the index is the line (or the feature) of the file.
    shapes
        Geometries as written, one a row, None where there is none.
    found
        CRS of each, as :func:`crs_of_shapes` tells it.
    subjects
        What each row is about; never a SIRET, which may be a natural person's.
    reasons
        Why a row is left out, in French, ``""`` where it is kept.
    notes
        Remarks on rows.
    """

    table: pd.DataFrame = field(repr=False)
    shapes: Any = field(repr=False)
    found: Any = field(repr=False)
    subjects: pd.Series = field(repr=False)
    reasons: pd.Series = field(repr=False)
    notes: list[Note] = field(repr=False)


def read_cnig_rows(path: Path, class_name: str) -> CnigRows:
    """Read the rows of one class, in CSV or GeoPackage, and check them."""
    fields = cnig_fields(class_name)
    is_cell = path.suffix.lower() in {".csv", ".txt"}
    read = _from_csv if is_cell else _from_layer
    rows, shapes, closed = read(path, class_name, fields)
    rows.columns = list(fields["name"])
    attributes = fields[~fields["type"].isin(GEOMETRY_TYPES)].set_index("name")
    key = str(attributes.index[0])
    discreet = key == "siret"
    subjects = "établissement à " + rows["code_insee"] if discreet else rows[key]
    faults = Faults(path.name)
    remarks: list[tuple[int, str, str]] = []
    table = rows[list(attributes.index)].copy()
    for name, rule in attributes.to_dict("index").items():
        table[name] = values = _checked(rows, str(name), rule, faults)
        admitted = rows[name] if rule["type"] == "number" else values
        remarks += _value_notes(rows[name], admitted, rule, discreet=discreet)
    faults.raise_if_any(SchemaError)
    epsg = crs_of_shapes(shapes)
    remarks += _crs_notes(epsg, rows.index)
    remarks += [(line, "anneau_ferme", _OPEN_RING) for line in rows.index[closed]]
    notes: list[Note] = [
        (path.name, line, subjects[line], kind, detail)
        for line, kind, detail in remarks
    ]
    reasons = _reasons(table, rows[key], discreet=discreet)
    return CnigRows(table, shapes, epsg, subjects, reasons, notes)


def _reasons(table: pd.DataFrame, written: pd.Series, *, discreet: bool) -> pd.Series:
    key = str(written.name)
    absent = "identifiant absent ou mal formé" + (
        "" if discreet else " (« " + written + " »)"
    )
    again = repeats(table, [key])
    if discreet:
        again = again.mask(again != "", "SIRET répété")
    return again.mask(table[key] == "", absent)


def _from_csv(
    path: Path, class_name: str, fields: pd.DataFrame
) -> tuple[pd.DataFrame, Any, Any]:
    del class_name
    needed = fields.index[fields["compulsory"]]
    with _long_cells():
        rows = read_official(
            path, columns=needed, optional=fields.index.difference(needed, sort=False)
        )[list(fields.index)]
    cell, kind = _geometry_field(fields)
    if kind == "lon_lat":
        return rows, shapes_of_lon_lat(rows[cell]), np.zeros(len(rows), dtype=bool)
    shapes = shapes_of_geojson(rows[cell])
    refused = shapely.is_missing(shapes) & (kind == "polygon")
    shapes[refused] = shapes_of_open_rings(rows[cell][refused])
    return rows, shapes, refused & ~shapely.is_missing(shapes)


def _from_layer(
    path: Path, class_name: str, fields: pd.DataFrame
) -> tuple[pd.DataFrame, Any, Any]:
    plain = fields[~fields["type"].isin(GEOMETRY_TYPES)]
    names = {name: (name,) for name in plain.index}
    needed = {name: names[name] for name in plain.index[plain["compulsory"]]}
    rest = {name: at for name, at in names.items() if name not in needed}
    rows = read_features(path, layer=class_name, columns=needed, optional=rest)
    shapes = rows.geometry.to_numpy()
    table = pd.DataFrame(rows).reindex(columns=fields.index, fill_value="")
    return table, shapes, np.zeros(len(rows), dtype=bool)


def _geometry_field(fields: pd.DataFrame) -> tuple[str, str]:
    chosen = fields[fields["type"].isin(GEOMETRY_TYPES)]
    return str(chosen.index[0]), str(chosen["type"].iloc[0])


@contextlib.contextmanager
def _long_cells() -> Iterator[None]:
    # The outline of a large zone passes the 131 072 signs that `csv` admits.
    before = csv.field_size_limit(_CELL_LIMIT)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _checked(
    rows: pd.DataFrame, name: str, rule: Mapping[Hashable, Any], faults: Faults
) -> pd.Series:
    kind, values = rule["type"], rows[name]
    check_short(values, faults=faults)
    if kind == "number":
        amounts = to_amounts(rows, name, faults=faults)
        for line, text in faulty(values, amounts < 0):
            faults.add(f"« {name} » = « {text} »", row=line, remedy="valeur ≥ 0")
        return amounts
    if kind == "commune":
        check_codes(rows, faults=faults, column=name)
    if kind == "year":
        return values.where(_in_calendar(values + "-01-01"), "")
    if kind == "date":
        return values.where(_in_calendar(values), "")
    if rule["pattern"]:
        return values.where(values.str.fullmatch(re.compile(rule["pattern"])), "")
    return values


def _in_calendar(texts: pd.Series) -> pd.Series:
    days = pd.to_datetime(texts, format="%Y-%m-%d", errors="coerce")
    written = texts.str.fullmatch(r"\d{4}-\d{2}-\d{2}")
    return written & days.dt.year.between(FIRST_YEAR, LAST_YEAR)


def _value_notes(
    written: pd.Series,
    admitted: pd.Series,
    rule: Mapping[Hashable, Any],
    *,
    discreet: bool,
) -> list[tuple[int, str, str]]:
    name = written.name
    lost = (written != "") & (admitted == "")
    void = (written == "") & bool(rule["compulsory"])
    values = rule["pattern"].replace("|", " ou ") if rule["type"] == "yes_no" else ""
    wanted = {"date": "AAAA-MM-JJ", "year": "AAAA"}.get(rule["type"], values)
    tail = f" (valeur admise : {wanted})" if wanted else ""
    return [
        *(
            (line, "hors_domaine", f"« {name} »{_shown(text, discreet)}{tail}")
            for line, text in faulty(written, lost)
        ),
        *(
            (line, "obligatoire_vide", f"« {name} » vide")
            for line, _ in faulty(written, void)
        ),
    ]


def _shown(text: str, discreet: bool) -> str:  # noqa: FBT001 - private
    return " mal formé" if discreet else f" = « {text} »"


def _crs_notes(found: Any, index: pd.Index) -> list[tuple[int, str, str]]:
    """Tell the rows whose CRS is not that of most rows of the file."""
    placed = np.isin(found, list(_CRS_NAMES))
    names, counts = np.unique(found[placed].astype(str), return_counts=True)
    if len(names) < 2:  # noqa: PLR2004 - one CRS only
        return []
    main = str(names[np.argmax(counts)])
    tail = f"dans un fichier surtout en {_CRS_NAMES[main]}"
    lines = index[placed & (found != main)].tolist()
    other = next(name for epsg, name in _CRS_NAMES.items() if epsg != main)
    detail = f"coordonnées en {other} {tail}"
    return [(line, "systeme_melange", detail) for line in lines]

"""Business zones of the CNIG standard « Sites économiques »: zones, plots, firms."""

from __future__ import annotations

import contextlib
import csv
import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eitgeo.check import WORKING_EPSG, Faults
from eitgeo.errors import SchemaError
from eitgeo.reference.nomenclatures import cnig_fields
from eitgeo.sources.files.csv import check_short
from eitgeo.sources.files.frames import (
    NOT_DIFFUSED,
    headcounts,
    naf_from_ape,
    tidy_sites,
)
from eitgeo.sources.files.loaded import (
    Audited,
    Note,
    away,
    dropped_rows,
    drops,
    first_reason,
    note_rows,
    repeats,
)
from eitgeo.sources.files.rows import check_codes, faulty, read_official, to_amounts
from eitgeo.sources.files.shapes import (
    EDGE_TOLERANCE_M,
    LAMBERT93,
    UNPLACED,
    crs_of_shapes,
    in_lambert93,
    place_points,
    repaired_polygons,
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


MASKED_NAME = "Établissement (nom non diffusé)"
_NATURAL_PERSON = "1"


def read_cnig_zones(path: Path) -> Audited:
    """Read the business zones (class ``site_eco``).

    Parameters
    ----------
    path
        ``.csv`` (``;``, UTF-8, ``site_geomsurf`` in GeoJSON) or GeoPackage with the
        layer ``site_eco``.

    Returns
    -------
    Audited
        One row a zone, sorted by ``zone_id``: the names of ``cnig_fields``,
        ``source``, ``source_crs`` (CRS that the row was written in) and polygons in
        EPSG:2154. Areas in ha, distances in km, NaN where unknown; supplies are
        ``oui``, ``non``, or ``""`` where unknown. Zones without a
        usable outline are left out; values out of their domain are emptied and told.

    Notes
    -----
    The CRS of a GeoJSON cell is told row by row from its coordinates (degrees and
    Lambert-93 metres share no value in France); rows in another CRS than most are
    remarks. Nothing is swapped: a row with latitude first is left out, and told.

    References
    ----------
    Producer: CNIG, standard Sites économiques, filled in by each intercommunalité,
    https://github.com/cnigfr/schema-sites-economiques. Licence: Licence Ouverte 2.0.
    Vintage: standard 1.0.1 (2025), each row dated. CRS: EPSG:2154 or EPSG:4326, told
    row by row.
    """
    rows = read_cnig_rows(path, "site_eco")
    return _with_polygons(rows, path)


def read_cnig_plots(path: Path) -> Audited:
    """Read the plots of business zones (class ``terrain_eco``).

    Parameters
    ----------
    path
        ``.csv`` (``;``, UTF-8, ``terr_geomsurf`` in GeoJSON) or GeoPackage with the
        layer ``terrain_eco``.

    Returns
    -------
    Audited
        One row a plot, sorted by ``plot_id``, as :func:`read_cnig_zones`. Buyers and
        prices are not read.

    References
    ----------
    Producer: CNIG, standard Sites économiques, filled in by each intercommunalité,
    https://github.com/cnigfr/schema-sites-economiques. Licence: Licence Ouverte 2.0.
    Vintage: standard 1.0.1 (2025), each row dated. CRS: EPSG:2154 or EPSG:4326, told
    row by row.
    """
    rows = read_cnig_rows(path, "terrain_eco")
    return _with_polygons(rows, path)


def read_cnig_hubs(path: Path) -> Audited:
    """Read the groups of business zones (class ``pole_eco``).

    Parameters
    ----------
    path
        ``.csv`` (``;``, UTF-8, ``pole_geompoint`` as « longitude, latitude ») or
        GeoPackage with the layer ``pole_eco``.

    Returns
    -------
    Audited
        One row a group, sorted by ``hub_id``, with points, as
        :func:`read_cnig_zones`.

    References
    ----------
    Producer: CNIG, standard Sites économiques, filled in by each intercommunalité,
    https://github.com/cnigfr/schema-sites-economiques. Licence: Licence Ouverte 2.0.
    Vintage: standard 1.0.1 (2025), each row dated. CRS: EPSG:4326 or EPSG:2154, told
    row by row.
    """
    rows = read_cnig_rows(path, "pole_eco")
    shapes = in_lambert93(rows.shapes, rows.found)
    is_point = shapely.get_type_id(shapes) == shapely.GeometryType.POINT
    shapes[~is_point] = None
    return _tidy(rows, shapes, path)


def read_cnig_sites(path: Path, *, communes: gpd.GeoDataFrame) -> Audited:
    """Read the establishments of business zones (class ``etablissement``).

    Parameters
    ----------
    path
        ``.csv`` (``;``, UTF-8, ``etab_geompoint`` in GeoJSON) or GeoPackage with the
        layer ``etablissement``.
    communes
        ``code_insee``, ``seat_x``, ``seat_y``, polygons, EPSG:2154.

    Returns
    -------
    Audited
        Table ``sites``, EPSG:2154: NAF with its dot (``"45.20B"``), headcount from
        the INSEE bracket (mid = geometric mean; ``NN`` or empty: NaN). Of several
        points, the first that lies in the commune. Establishments told closed, of
        other communes, or whose SIRET is malformed or repeated are left out.

    Notes
    -----
    Mail addresses and telephone numbers (``etab_contact_*``) are never read. Names
    and SIRET of natural persons (legal category 1…) and of rows with ``[ND]`` are
    masked. The standard does not say the version of the NAF: it is taken as rév. 2,
    the official one until the end of 2026.

    References
    ----------
    Producer: CNIG, standard Sites économiques, filled in by each intercommunalité,
    https://github.com/cnigfr/schema-sites-economiques. Licence: Licence Ouverte 2.0.
    Vintage: standard 1.0.1 (2025), each row dated. CRS: EPSG:4326 or EPSG:2154, told
    row by row.
    """
    rows = read_cnig_rows(path, "etablissement")
    closed = pd.Series("", index=rows.table.index).mask(
        rows.table["active"] == "non", "établissement déclaré inactif"
    )
    reasons = first_reason(rows.reasons, closed, away(rows.table, communes))
    kept = (reasons == "").to_numpy()
    table = rows.table[kept]
    shapes = in_lambert93(rows.shapes, rows.found)[kept]
    points = _in_commune(table, shapes, communes)
    found = rows.found[kept]
    placed = place_points(
        table,
        points,
        kinds=np.where(points.isna(), np.where(_is_fault(found), found, "absente"), ""),
        communes=communes,
    )
    sites = _sites(table).assign(position_quality=placed.quality)
    return Audited(
        tidy_sites(sites.set_geometry(placed.points), where=path.name),
        dropped_rows(drops(path.name, rows.subjects, reasons)),
        note_rows(
            [
                *rows.notes,
                *placed.notes(path.name, rows.subjects),
                *_site_notes(path.name, table, rows.subjects, shapes),
            ]
        ),
    )


def _is_fault(found: Any) -> Any:
    return np.isin(found, list(UNPLACED))


def _with_polygons(rows: CnigRows, path: Path) -> Audited:
    shapes, repaired = repaired_polygons(in_lambert93(rows.shapes, rows.found))
    notes: list[Note] = [
        (path.name, line, rows.subjects[line], "polygone_repare", "polygone invalide")
        for line in rows.table.index[repaired]
    ]
    return _tidy(rows, shapes, path, notes=notes)


def _tidy(
    rows: CnigRows, shapes: Any, path: Path, *, notes: list[Note] | None = None
) -> Audited:
    lost = shapely.is_missing(shapes)
    unplaced = [
        UNPLACED.get(kind, UNPLACED["absente"]) if gone else ""
        for kind, gone in zip(rows.found, lost, strict=True)
    ]
    reasons = first_reason(
        rows.reasons, pd.Series(unplaced, rows.table.index, dtype="str")
    )
    table = gpd.GeoDataFrame(
        rows.table.assign(
            source="CNIG, Sites économiques",
            source_crs=pd.Series(rows.found, rows.table.index, dtype="str"),
        ),
        geometry=shapes,
        crs=WORKING_EPSG,
    )[(reasons == "").to_numpy()]
    return Audited(
        table.sort_values(str(table.columns[0]), ignore_index=True, kind="stable"),
        dropped_rows(drops(path.name, rows.subjects, reasons)),
        note_rows([*rows.notes, *(notes or [])]),
    )


def _in_commune(
    table: pd.DataFrame, shapes: Any, communes: gpd.GeoDataFrame
) -> gpd.GeoSeries:
    """Return the first point of each row that lies in its commune, else the first."""
    polygons = communes.set_index("code_insee").geometry.loc[table["code_insee"]]
    points, rows = shapely.get_parts(shapes, return_index=True)
    is_point = shapely.get_type_id(points) == shapely.GeometryType.POINT
    points, rows = points[is_point], rows[is_point]
    inside = shapely.dwithin(polygons.to_numpy()[rows], points, EDGE_TOLERANCE_M)
    order = np.lexsort((np.arange(len(rows)), ~inside, rows))
    first = pd.Series(points[order], index=rows[order], dtype=object)
    chosen = first[~first.index.duplicated()].reindex(range(len(table)))
    return gpd.GeoSeries(
        chosen.where(chosen.notna(), None).to_numpy(),
        index=table.index,
        crs=WORKING_EPSG,
    )


def _sites(table: pd.DataFrame) -> gpd.GeoDataFrame:
    natural = table["legal_category"].str.startswith(_NATURAL_PERSON)
    withheld = table["name"].str.contains(NOT_DIFFUSED, regex=False)
    hidden = natural | withheld
    ranks = pd.Series(np.arange(1, len(table) + 1), index=table.index).astype(str)
    masked = "CNIG-" + table["code_insee"] + "-" + ranks
    return gpd.GeoDataFrame(
        {
            "site_id": ("CNIG" + table["siret"]).mask(hidden, masked),
            "siret": table["siret"].mask(hidden, ""),
            "name": table["name"].mask(hidden, MASKED_NAME),
            "naf": naf_from_ape(table["ape"]),
            **headcounts(table["headcount_code"].str.zfill(2)),
            "diffusible": ~withheld,
            "natural_person": natural,
            "source": "CNIG, Sites économiques",
            "code_insee": table["code_insee"],
        },
        index=table.index,
    )


def _site_notes(
    file: str, table: pd.DataFrame, subjects: pd.Series, shapes: Any
) -> list[Note]:
    short = table["headcount_code"].str.fullmatch(r"\d")
    wrong_siren = (table["siren"] != "") & (table["siren"] != table["siret"].str[:9])
    several = pd.Series(shapely.get_num_geometries(shapes) > 1, table.index)
    remarks = {
        "zero_perdu": (short, "tranche d'effectif sans son zéro de tête, rétabli"),
        "siren_different": (wrong_siren, "le SIREN n'est pas le début du SIRET"),
        "plusieurs_points": (several, "plusieurs points : le premier dans la commune"),
        "fermeture_datee": (
            table["closed"] != "",
            "date de fermeture donnée pour un établissement non déclaré inactif",
        ),
    }
    return [
        (file, line, subjects[line], kind, detail)
        for kind, (wrong, detail) in remarks.items()
        for line in table.index[wrong]
    ]

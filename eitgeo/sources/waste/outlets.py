"""Outlets: those that the study names, déchèteries and landfills of SINOE (ADEME)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from eitgeo.check import WORKING_EPSG, Faults, require_columns
from eitgeo.errors import CrsError, SchemaError, SourceError
from eitgeo.reference.source_columns import source_columns
from eitgeo.sources.files.csv import read_json
from eitgeo.sources.files.frames import at_seats, tidy_outlets
from eitgeo.sources.files.loaded import (
    Audited,
    Loaded,
    away,
    dropped_rows,
    drops,
    first_reason,
    looked_up,
    note_rows,
    remarks,
    where,
)
from eitgeo.sources.files.rows import CsvSource, read_official
from eitgeo.sources.files.shapes import (
    WGS84_EPSG,
    Positions,
    place_degrees,
    place_points,
)

SOURCE = CsvSource("outlets")


def read_outlets(path: Path, *, communes: pd.DataFrame) -> Loaded:
    """Read the named outlets, at the seat of their commune.

    Parameters
    ----------
    path
        CSV with the columns of table ``outlets`` except the geometry; aliases (names
        and SIRET of the same site) and ICPE headings are ``;`` lists, capacities
        are in t/year; kinds are those of :func:`outlet_kinds`.
    communes
        ``code_insee``, ``seat_x``, ``seat_y`` (EPSG:2154) [m].

    Returns
    -------
    Loaded
        Table ``outlets``, EPSG:2154. Rows of other communes, and of sites that are
        closed (``ferme``: they take nothing), are left out.

    References
    ----------
    Producer: the author of the study, each row citing a public source. Licence: that of
    the sources (Licence Ouverte 2.0 for the file that ships). Vintage: told row by row.
    CRS: none in the file; at the town hall, EPSG:2154.
    """
    read = SOURCE.read(path)
    rows, faults = read.table, read.faults
    _note_shared_aliases(rows, faults)
    faults.raise_if_any(SchemaError)
    is_closed = where(rows["status"] == "ferme", "fermé : ne reçoit plus de déchets")
    reasons = first_reason(away(rows, communes), is_closed)
    placed = at_seats(rows[reasons == ""], communes=communes)
    return Loaded(
        tidy_outlets(placed, where=path.name),
        dropped_rows(drops(path.name, rows["outlet_id"], reasons)),
    )


def _note_shared_aliases(rows: pd.DataFrame, faults: Faults) -> None:
    # One site under two SIRET is one outlet; one SIRET under two outlets is a slip.
    owner: dict[str, str] = {}
    for line, outlet, aliases in zip(
        rows.index, rows["outlet_id"], rows["aliases"], strict=True
    ):
        for alias in filter(None, aliases.split(";")):
            first = owner.setdefault(alias, outlet)
            if first != outlet:
                met = f"alias « {alias} » déjà porté par « {first} »"
                faults.add(met, row=line, remedy="fusionner les deux lignes")


KIND, HEADING = "decheterie", "2710"
LATELY_YEARS = 4
"""The survey of ADEME is held every second year: two of them without an answer."""

SINOE = CsvSource("sinoe", separator=";", is_official=True)
_COLUMNS = tuple(one.column for one in source_columns("sinoe"))

PREFIX = "ISDND-SINOE"
"""What the code of the directory stands behind in ``outlet_id``."""

MERCATOR_EPSG = 3857
SINOE_LANDFILLS = CsvSource("sinoe_isdnd", is_official=True)
_FAR_KM = 5.0
"""Beyond it, median over rows, « lon » and « lat » do not tell the same places."""

_KM_PER_DEGREE = 111.2

_PRECISE = ("Géolocalisation manuelle", "Qualité suffisante")


def read_sinoe(pages: Sequence[Path], *, communes: gpd.GeoDataFrame) -> Audited:
    """Read the directory of déchèteries: the latest record of each site.

    Parameters
    ----------
    pages
        The CSV (``;``, UTF-8 with a byte order mark), or the JSON pages of the service
        (``total``, ``results``, ``next``), all of them.
    communes
        ``code_insee``, ``seat_x``, ``seat_y``, polygons, EPSG:2154.

    Returns
    -------
    Audited
        Table ``outlets``, EPSG:2154, kind ``decheterie``, heading 2710, capacity NaN.
        Left out: records of older years, repeated, without identifier or year, of
        other communes; services that have not answered for ``LATELY_YEARS`` before the
        latest year of the file, named: the directory lists those closed since.
        Remarks: positions. Addresses, telephones and operators are
        not read.

    References
    ----------
    Producer: ADEME, SINOE déchets, annuaire des déchèteries DMA,
    https://data.ademe.fr/datasets/sinoe-(r)-annuaire-des-decheteries-dma. Licence:
    Licence Ouverte 2.0. Vintage: column ``ANNEE``. CRS: EPSG:4326 (``GPS_LONG``,
    ``GPS_LAT``; ``GPS_X``, ``GPS_Y`` are in EPSG:3857 and are not read).
    """
    text = _records(pages)
    file = pages[0].name
    read = SINOE.hold(text, where=file)
    read.faults.raise_if_any(SchemaError)
    rows = read.table
    subjects = "SINOE" + rows["code"]
    reason = first_reason(_record_reasons(rows, communes), _silent(rows))
    kept = rows[reason == ""]
    placed = place_degrees(
        kept, kept["lon"], kept["lat"], communes=communes, where=file
    )
    outlets = gpd.GeoDataFrame(
        {
            "outlet_id": subjects[kept.index],
            "name": kept["name"],
            "kind": KIND,
            "icpe_headings": HEADING,
            "position_quality": placed.quality,
            "source": "ADEME, SINOE " + kept["year"],
            "code_insee": kept["code_insee"],
        },
        geometry=placed.points,
    )
    return Audited(
        tidy_outlets(outlets, where=file),
        dropped_rows(drops(file, subjects, reason)),
        note_rows(placed.notes(file, subjects)),
    )


def _silent(rows: pd.DataFrame) -> pd.Series:
    """Tell the services whose last answer is old: closed since, or not answering."""
    years = pd.to_numeric(rows["year"].where(rows["year"].str.fullmatch(r"\d{4}")))
    old = years < years.max() - LATELY_YEARS
    name = "« " + rows["name"] + " » : dernière réponse en " + rows["year"]
    return where(old, name + ", fermée depuis ou sans réponse")


def _record_reasons(rows: pd.DataFrame, communes: pd.DataFrame) -> pd.Series:
    """Say why a record is left out: `rows` bear ``code``, ``year``, ``code_insee``."""
    years = rows["year"]
    dated = years.str.fullmatch(r"(19|20)\d{2}")
    ordered = rows[dated].sort_values("year", kind="stable", ascending=False)
    latest = ordered.groupby("code")["year"].first()
    last = looked_up(rows["code"], latest)
    again = rows.duplicated(["code", "year"])
    return first_reason(
        where(rows["code"] == "", "identifiant absent"),
        where(~dated, "année hors de portée (« " + years + " »)"),
        where(years != last, "année " + years + " remplacée par " + last),
        where(again, "ligne répétée (" + rows["code"] + ", " + years + ")"),
        away(rows, communes),
    )


def _records(pages: Sequence[Path]) -> pd.DataFrame:
    if not pages:
        message = "SINOE : aucun fichier donné → donner le CSV ou les pages JSON"
        raise SourceError(message)
    parts = [_page(path) for path in pages]
    rows = pd.concat([part for part, _, _ in parts])
    last = parts[-1]
    total = max(total for _, total, _ in parts)
    if last[2] or len(rows) < total:
        message = (
            f"{pages[-1].name} : {len(rows)} enregistrements sur {total}, la page dit "
            "qu'une autre suit → télécharger toutes les pages"
        )
        raise SourceError(message)
    # One numbering over the pages: a record is named by its rank.
    return rows if len(parts) == 1 else rows.set_axis(range(1, len(rows) + 1))


def _page(path: Path) -> tuple[pd.DataFrame, int, bool]:
    """Return records, how many there are in all, and whether a page follows."""
    if path.suffix.casefold() != ".json":
        rows = read_official(path, columns=_COLUMNS)
        return rows, len(rows), False
    content = _json(path)
    results = content.get("results")
    if not isinstance(results, list) or not all(
        isinstance(record, dict) for record in results
    ):
        message = f"{path.name} : « results » absent → télécharger la page à nouveau"
        raise SourceError(message)
    if not results:
        message = f"{path.name} : page sans enregistrement → vérifier la requête"
        raise SourceError(message)
    frame = pd.DataFrame(results)
    require_columns(frame, _COLUMNS, where=path.name)
    text = pd.DataFrame(
        {name: frame[name].map(_text) for name in _COLUMNS}, dtype="str"
    )
    total = content.get("total", len(text))
    rows = text.set_axis(pd.RangeIndex(1, len(text) + 1, name="line"))
    return (
        rows,
        total if isinstance(total, int) else len(text),
        bool(content.get("next")),
    )


def _json(path: Path) -> dict[str, Any]:
    content = read_json(path, remedy="télécharger la page à nouveau")
    if not isinstance(content, dict):
        message = f"{path.name} : ce n'est pas une page de résultats → la télécharger"
        raise SourceError(message)
    return content


def _text(value: object) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def read_sinoe_landfills(path: Path, *, communes: gpd.GeoDataFrame) -> Audited:
    """Read the landfills of the directory: the latest record of each.

    Parameters
    ----------
    path
        CSV, ``,``, UTF-8 with a byte order mark, names of columns over two lines.
    communes
        ``code_insee``, ``seat_x``, ``seat_y``, polygons, EPSG:2154.

    Returns
    -------
    Audited
        Table ``outlets``, EPSG:2154, kind ``isdnd``, heading 2760-2, ``a_verifier``:
        the directory says what was open in its year, not what is. Left out: records
        of older years, repeated, without identifier or year, of other communes.
        Remarks: positions, capacities that are absent or nil (NaN). Addresses,
        telephones and operators, who may be persons, are not read.

    Notes
    -----
    The file calls its coordinates « Mercator » and no more. Its columns ``lon`` and
    ``lat`` stand in the commune: read in EPSG:3857, half of the 212 landfills of 2016
    that have both lie within 1.5 km of them; in EPSG:3395, 21 km away.

    References
    ----------
    Producer: ADEME, SINOE déchets, annuaire des ISDND, https://data.ademe.fr. Licence:
    Licence Ouverte 2.0. Vintage: column ``Année`` (2016). CRS: EPSG:3857, checked
    against ``lon`` and ``lat``.
    """
    rows = SINOE_LANDFILLS.accepted(path)
    _require_mercator(rows, path.name)
    subjects = PREFIX + rows["code"]
    reason = _record_reasons(rows, communes)
    kept = rows[reason == ""]
    placed = _placed(kept, communes)
    has_capacity = kept["capacity_t"] > 0
    outlets = gpd.GeoDataFrame(
        {
            "outlet_id": subjects[kept.index],
            "name": kept["name"],
            "kind": "isdnd",
            "icpe_headings": "2760-2",
            "capacity_t": kept["capacity_t"].where(has_capacity),
            "position_quality": placed.quality,
            "status": "a_verifier",
            "evidence": "S",
            "source": "ADEME, SINOE ISDND " + kept["year"],
            "code_insee": kept["code_insee"],
        },
        geometry=placed.points,
    )
    silent = where(~has_capacity, "capacité absente ou nulle : prise pour inconnue")
    notes = [
        *placed.notes(path.name, subjects),
        *remarks(path.name, subjects, "capacite_inconnue", silent),
    ]
    return Audited(
        tidy_outlets(outlets, where=path.name),
        dropped_rows(drops(path.name, subjects, reason)),
        note_rows(notes),
    )


def _points(rows: pd.DataFrame, to: int) -> gpd.GeoSeries:
    points = gpd.GeoSeries.from_xy(rows["x"], rows["y"], crs=MERCATOR_EPSG).to_crs(to)
    return points.set_axis(rows.index)


def _require_mercator(rows: pd.DataFrame, file: str) -> None:
    """Refuse coordinates that are not near the degrees that the file gives too."""
    both = rows[rows[["x", "y", "lon", "lat"]].notna().all(axis=1)]
    if both.empty:
        return
    in_degrees = _points(both, WGS84_EPSG)
    east = (in_degrees.x - both["lon"]) * np.cos(np.radians(both["lat"]))
    apart_km = (
        float(np.hypot(east, in_degrees.y - both["lat"]).median()) * _KM_PER_DEGREE
    )
    if not apart_km <= _FAR_KM:
        message = (
            f"{file} : coordonnées « Mercator » à {apart_km:.0f} km de « lon » et "
            f"« lat » (médiane) → les donner en EPSG:{MERCATOR_EPSG}"
        )
        raise CrsError(message)


def _placed(rows: pd.DataFrame, communes: gpd.GeoDataFrame) -> Positions:
    """Place rows where the producer calls the position good, else at the town hall."""
    levels = rows["precision"].str.split().str.join(" ")
    points = _points(rows, WORKING_EPSG)
    kinds = np.select(
        [
            rows[["x", "y"]].isna().any(axis=1),
            levels.str.startswith("Centroïde"),
            ~levels.str.endswith(_PRECISE),
        ],
        ["absente", "centre_commune", "peu_precise"],
        default="",
    )
    return place_points(rows, points, kinds=kinds.astype(object), communes=communes)

"""IREP: establishments that declare emissions and waste (Géorisques)."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection
from pathlib import Path, PurePosixPath

import geopandas as gpd
import pandas as pd

from eitgeo.check import Faults
from eitgeo.errors import SchemaError, SourceError
from eitgeo.sources.files.archives import ARCHIVE_SUFFIXES, extracted
from eitgeo.sources.files.declared import CsvSource
from eitgeo.sources.files.frames import (
    hidden_sirets,
    naf_from_ape,
    named_rows,
    tidy_sites,
)
from eitgeo.sources.files.identity import (
    by_own_name,
    folded,
    may_be_shown,
    own_names,
    siret_notes,
)
from eitgeo.sources.files.loaded import (
    Audited,
    Note,
    dropped_rows,
    drops,
    looked_up,
    note_rows,
    remarks,
    where,
)
from eitgeo.sources.files.positions import from_epsg, place_points

LAMBERT2_EPSG = 27572
"""Lambert II étendu: the coordinates of these files."""

_MEMBER = "etablissements.csv"
"""In the archive of a year."""

MASKED_NAME = "Établissement déclarant (nom non diffusé)"
SOURCE = CsvSource("irep", is_official=True)
_YEAR = re.compile(r"(?<!\d)(?<!\d-)(?:19|20)\d{2}(?!\d)(?!-\d)")
"""A year alone: neither a day of download (« 2024-11-28 ») nor a span of years."""
_log = logging.getLogger(__name__)


def read_irep_sites(
    path: Path,
    *,
    communes: gpd.GeoDataFrame,
    companies: Collection[str] = (),
    year: int | None = None,
) -> Audited:
    """Read the declaring establishments, without headcount.

    Parameters
    ----------
    path
        ``etablissements.csv``, comma, or the archive of its year as downloaded: all
        years in one file (column ``annee``), or one year alone, told by the name of
        the file or archive, of its folder, or by `year`.
        Coordinates in EPSG:27572 [m], or in the CRS that ``code_epsg`` tells. Where a
        column ``personne`` says ``morale``, name and SIRET are shown.
    communes
        ``code_insee``, ``nom``, ``dep``, ``seat_x``, ``seat_y``, polygons, EPSG:2154.
    companies
        SIREN of legal persons that SIRENE tells: their names and SIRET are shown.
    year
        Declarations of that year; None: the last one of each establishment.

    Returns
    -------
    Audited
        Table ``sites``, EPSG:2154, class O, headcounts NaN, ``position_quality``
        ``commune``; the lines left out (other years, other communes); remarks on
        points, communes that are not named, SIRET and activity codes.

    Raises
    ------
    SourceError
        File absent, empty or unreadable.
    SchemaError
        Missing column, malformed coordinate, postcode or year, no declaration that
        year, year told nowhere.
    CrsError
        A point that is not in France.

    Notes
    -----
    The points are places of the commune, not of the site (in 2017, 283 sites share
    135 points), so none is taken as exact. The commune is that of ``code_insee``
    where the file tells it, else the one of that name in the
    département of the postcode, else the one of that name that holds the point: a
    point never speaks against the name. Where no commune is named, it is that of the
    point, and it is told. A point outside its commune is put at the seat. The files
    say nothing of the legal category, so name and SIRET are kept only where a word of
    the name, a SIREN of the public sector, or ``personne`` tells an organisation.
    Activity codes of NAF rév. 1 (« 241G ») are told and left empty: no passage is
    guessed.

    References
    ----------
    Producer: ministère chargé de l'environnement, Géorisques, registre des émissions
    polluantes (IREP), https://www.georisques.gouv.fr/donnees/bases-de-donnees.
    Licence: Licence Ouverte 2.0. Vintage: declarations of 2003 to 2017, gathered in
    one file. CRS: EPSG:27572 (Lambert II étendu).
    """
    rows = _declarations(path, year)
    latest = _of_year(rows, year, path.name)
    epsg = latest["code_epsg"].mask(latest["code_epsg"] == "", str(LAMBERT2_EPSG))
    places, kinds = from_epsg(latest["x"], latest["y"], epsg)
    points = gpd.GeoDataFrame(latest, geometry=places)
    codes = commune_codes(points, communes)
    kept = points.assign(code_insee=codes)[codes != ""]
    away = points[codes == ""]
    _log.info(
        "%s : %d lignes lues, %d établissements retenus, %d hors des communes",
        path.name,
        len(rows),
        len(kept),
        len(away),
    )
    older = rows.drop(index=latest.index)
    left_out = [
        *drops(
            path.name,
            "IREP" + older["code"],
            "autre année (" + older["year"] + ")",
        ),
        *drops(path.name, "IREP" + away["code"], beyond(away, codes[away.index])),
    ]
    sites = _sites(kept, companies)
    placed = place_points(
        sites,
        sites.geometry,
        kinds=kinds[(codes != "").to_numpy()],
        communes=communes,
        tolerance_m=0.0,
    )
    notes = [
        *placed.notes(path.name, sites["site_id"] + " " + sites["name"]),
        *unnamed_notes(path.name, sites["site_id"], kept["commune"], codes),
        *siret_notes(path.name, kept["siret"], sites["site_id"]),
        *ape_notes(path.name, kept),
    ]
    table = tidy_sites(sites.set_geometry(placed.points), where=path.name)
    withheld = hidden_sirets(sites, kept["siret"])
    return Audited(table, dropped_rows(left_out), note_rows(notes), holders=withheld)


def _declarations(path: Path, year: int | None) -> pd.DataFrame:
    is_packed = path.is_dir() or path.suffix.lower() in ARCHIVE_SUFFIXES
    with extracted(path, wanted=(_MEMBER,) if is_packed else lambda _: True) as members:
        if len(members) > 1:
            message = f"{path.name} : plusieurs années → donner une archive à la fois"
            raise SourceError(message)
        ((member, at),) = members.items()
        read = SOURCE.read(at)
    rows, faults = read.table, read.faults
    untold = rows["year"] == ""
    if untold.all():
        places = (path.stem, path.parent.name, PurePosixPath(member).parent.name)
        named = next(filter(None, map(_YEAR.search, places)), None)
        year_told = named[0] if named else "" if year is None else str(year)
        rows = rows.assign(year=year_told)
        if not year_told:
            remedy = (
                "nommer le fichier comme l'archive (« 2015.csv »), ou donner l'année"
            )
            faults.add("année dite nulle part", remedy=remedy)
    else:
        for line in rows.index[untold]:
            faults.add("« annee » vide", row=line, remedy="compléter la ligne")
    faults.raise_if_any(SchemaError)
    return rows


def ape_notes(file: str, rows: pd.DataFrame) -> list[Note]:
    """Note the codes of activity that are of NAF rév. 1: they are left empty."""
    old = (naf_from_ape(rows["ape"]) == "") & (rows["ape"] != "")
    detail = where(old, "« " + rows["ape"] + " » hors NAF rév. 2, laissé vide")
    return remarks(file, "IREP" + rows["code"], "code_ape", detail)


def _of_year(rows: pd.DataFrame, year: int | None, where: str) -> pd.DataFrame:
    if year is not None:
        chosen = rows[rows["year"] == str(year)]
        if chosen.empty:
            faults = Faults(where)
            years = ", ".join(sorted(set(rows["year"])))
            met = f"aucune déclaration de {year}"
            faults.add(met, remedy=f"choisir parmi {years}")
            faults.raise_if_any(SchemaError)
        return chosen
    ordered = rows.sort_values("year", kind="stable")
    return ordered.drop_duplicates("code", keep="last")


def commune_codes(points: gpd.GeoDataFrame, communes: gpd.GeoDataFrame) -> pd.Series:
    """Find the commune of each row: that of its code, or of its name and its point."""
    named = folded(points["commune"])
    told = points["told_code"]
    by_name = looked_up(points["postcode"].str[:2] + named, by_own_name(communes))
    around = communes[["code_insee", "geometry"]].assign(own=own_names(communes))
    places = gpd.GeoDataFrame({"named": named}, geometry=points.geometry)
    containing = places.sjoin(around, predicate="within")
    agreed = containing[
        (containing["named"] == containing["own"]) | (containing["named"] == "")
    ]
    by_point = agreed["code_insee"].groupby(level=0).first()
    lines = points.index.to_series()
    codes = by_name.where(by_name != "", looked_up(lines, by_point))
    here = told.where(told.isin(communes["code_insee"]), "")
    return codes.where(told == "", here)


def beyond(rows: pd.DataFrame, codes: pd.Series) -> pd.Series:
    """Tell the rows that are in no commune at hand."""
    named = rows["commune"].where(rows["commune"] != "", "commune non nommée")
    return where(codes == "", "hors des communes (" + named + ")")


def unnamed_notes(
    file: str, subjects: pd.Series, named: pd.Series, codes: pd.Series
) -> list[Note]:
    """Tell the rows whose commune is that of their point, as they name none."""
    detail = "commune non nommée : celle du point (" + codes[named.index] + ")"
    blank = folded(named) == ""
    return remarks(file, subjects, "commune_du_point", where(blank, detail))


def _sites(points: gpd.GeoDataFrame, companies: Collection[str]) -> gpd.GeoDataFrame:
    naf = naf_from_ape(points["ape"])
    unread = sorted(set(points["ape"][naf == ""]) - {""})
    if unread:
        _log.warning(
            "codes d'activité hors NAF rév. 2, laissés vides : %s", ", ".join(unread)
        )
    legal = points.loc[points["person"] == "morale", "siret"].str[:9]
    known = {*companies, *legal}
    shown = may_be_shown(points["name"], points["siret"], companies=known)
    named = named_rows(points, prefix="IREP", shown=shown, masked=MASKED_NAME)
    return gpd.GeoDataFrame(
        named.assign(naf=naf, source="Géorisques, IREP " + points["year"]),
        geometry=points.geometry,
    )

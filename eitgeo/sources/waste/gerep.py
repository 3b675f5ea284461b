"""IREP and GEREP (Géorisques): who declares emissions and waste, the waste declared."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection
from pathlib import Path, PurePosixPath
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from eitgeo.check import Faults, require_columns
from eitgeo.errors import SchemaError, SourceError
from eitgeo.reference.waste import low_ewc, waste_operations
from eitgeo.sources.files.archives import ARCHIVE_SUFFIXES, extracted
from eitgeo.sources.files.frames import (
    by_own_name,
    folded,
    hidden_sirets,
    installation_keys,
    may_be_shown,
    naf_from_ape,
    named_rows,
    own_names,
    siret_notes,
    tidy_outlets,
    tidy_sites,
)
from eitgeo.sources.files.loaded import (
    Audited,
    Drop,
    Loaded,
    Note,
    dropped_rows,
    drops,
    first_reason,
    looked_up,
    note_rows,
    remarks,
    repeats,
    where,
)
from eitgeo.sources.files.rows import CsvSource
from eitgeo.sources.files.shapes import from_epsg, place_points
from eitgeo.tables.schema import validate

LAMBERT2_EPSG = 27572
"""Lambert II étendu: the coordinates of these files."""

_MEMBER = "etablissements.csv"
"""In the archive of a year."""

MASKED_NAME = "Établissement déclarant (nom non diffusé)"
IREP = CsvSource("irep", is_official=True)
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
    rows = _irep_rows(path, year)
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
    sites = _irep_sites(kept, companies)
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


def _irep_rows(path: Path, year: int | None) -> pd.DataFrame:
    is_packed = path.is_dir() or path.suffix.lower() in ARCHIVE_SUFFIXES
    with extracted(path, wanted=(_MEMBER,) if is_packed else lambda _: True) as members:
        if len(members) > 1:
            message = f"{path.name} : plusieurs années → donner une archive à la fois"
            raise SourceError(message)
        ((member, at),) = members.items()
        read = IREP.read(at)
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


def _irep_sites(
    points: gpd.GeoDataFrame, companies: Collection[str]
) -> gpd.GeoDataFrame:
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


ESTABLISHMENTS = "etablissements.csv"
SOURCE = "Géorisques, IREP (déclarations GEREP)"
DECLARED = CsvSource("gerep_sites", separator=";", is_official=True)

type Side = Literal["produced", "treated"]

DECLARATION_COLUMNS = (
    "site_id",
    "year",
    "waste_code",
    "label",
    "hazardous",
    "operation",
    "dep",
    "country",
    "admitted_t",
    "mass_t",
    "file",
    "row",
)
"""Columns of the declarations; masses are in t/year."""

FIRST_YEAR, LAST_YEAR = 2003, 2100
_SAME = ["site_id", "year", "waste_code", "operation", "dep", "country", "mass_t"]
MAX_MASS_T = 1e8
_PREFIX = {"produced": "Prod", "treated": "Trait"}
_TONNES = {"tonnes/an": 1.0, "tonne/an": 1.0, "t/an": 1.0, "t": 1.0, "kg/an": 1e-3}
_WASTE_FILES = {
    side: CsvSource(f"gerep_{side}", separator=";", is_official=True)
    for side in ("produced", "treated")
}


def read_gerep_sites(
    path: Path, *, communes: gpd.GeoDataFrame, companies: Collection[str] = ()
) -> Audited:
    """Read the establishments of one year of declarations, without headcount.

    Parameters
    ----------
    path
        ``AAAA.zip`` (or its folder) with ``etablissements.csv``: ``;``, UTF-8 or
        ISO-8859-1, blanks around the header; coordinates in the CRS of ``code_epsg``.
    communes
        ``code_insee``, ``nom``, ``dep``, ``seat_x``, ``seat_y``, polygons, EPSG:2154.
    companies
        As :func:`read_irep_sites`.

    Returns
    -------
    Audited
        Table ``sites``, EPSG:2154, class O, headcounts NaN, ``position_quality``
        ``commune``: the producer does not vouch for the coordinates. Left out: rows
        without identifier, repeated, or of other communes. Remarks: positions (no
        CRS told: town hall), communes that are not named, SIRET, activity codes.

    Notes
    -----
    The commune is found by name, as :func:`read_irep_sites` does: a
    point never speaks against the name; ``site_id`` is the same.

    References
    ----------
    Producer: ministère chargé de l'environnement, Géorisques, registre des émissions
    polluantes, https://files.georisques.fr/irep/ (one archive a year). Licence:
    Licence Ouverte 2.0. Vintage: year of the archive. CRS: told row by row
    (``code_epsg``: 2154, 27572, 4171, 4258 or 4326).
    """
    with extracted(path, wanted=(ESTABLISHMENTS,)) as members:
        if len(members) > 1:
            message = f"{path.name} : plusieurs années → donner une archive à la fois"
            raise SourceError(message)
        (at,) = members.values()
        rows = DECLARED.accepted(at)
    points, kinds = from_epsg(rows["x"], rows["y"], rows["code_epsg"])
    codes = commune_codes(gpd.GeoDataFrame(rows, geometry=points), communes)
    reason = first_reason(
        where(rows["code"] == "", "identifiant absent"),
        repeats(rows, ["code"]),
        beyond(rows, codes),
    )
    kept = rows.assign(code_insee=codes)[reason == ""]
    subjects = "IREP" + rows["code"]
    placed = place_points(
        kept,
        points[kept.index],
        kinds=kinds[(reason == "").to_numpy()],
        communes=communes,
        tolerance_m=0.0,
    )
    notes = [
        *placed.notes(ESTABLISHMENTS, subjects),
        *unnamed_notes(ESTABLISHMENTS, subjects, kept["commune"], codes),
        *siret_notes(ESTABLISHMENTS, kept["siret"], subjects),
        *ape_notes(ESTABLISHMENTS, kept),
    ]
    left_out = drops(ESTABLISHMENTS, subjects, reason)
    _log.info("%s : %d lignes lues, %d retenues", path.name, len(rows), len(kept))
    sites = gpd.GeoDataFrame(_sites(kept, companies), geometry=placed.points)
    table = tidy_sites(sites, where=path.name)
    return Audited(
        table,
        dropped_rows(left_out),
        note_rows(notes),
        holders=hidden_sirets(sites, kept["siret"]),
    )


def _sites(rows: pd.DataFrame, companies: Collection[str]) -> pd.DataFrame:
    shown = may_be_shown(rows["name"], rows["siret"], companies=companies)
    named = named_rows(rows, prefix="IREP", shown=shown, masked=MASKED_NAME)
    return named.assign(naf=naf_from_ape(rows["ape"]), source=SOURCE)


def read_waste_declarations(path: Path, *, side: Side = "produced") -> Audited:
    """Read the waste declared, row by row.

    Parameters
    ----------
    path
        ``AAAA.zip`` (or its folder) with ``Prod_dechets_dangereux.csv`` and
        ``Prod_dechets_non_dangereux.csv`` (produced), or ``Trait_dechets_…`` (treated):
        ``;``, UTF-8 or ISO-8859-1, blanks around the header. Archives of the first
        years lack the file of non-hazardous waste.
    side
        What the establishments produced, or what they took and treated.

    Returns
    -------
    Audited
        ``DECLARATION_COLUMNS``, one row a declaration: ``site_id`` as in
        :func:`read_gerep_sites`, ``waste_code`` of the List of Waste
        (``07 07 08*``), ``operation`` (``D5``, ``R13``), ``dep`` where it goes or comes
        from (``09``; ``""`` abroad), masses [t/year] (``admitted_t`` NaN for produced
        waste). Left out: no identifier, malformed code or year, no quantity, unknown
        unit. Remarks: code and file at odds on hazard, malformed département.

    References
    ----------
    Producer: ministère chargé de l'environnement, Géorisques, registre des émissions
    polluantes, https://files.georisques.fr/irep/. Licence: Licence Ouverte 2.0.
    Vintage: year of the archive. CRS: none. The column
    ``code_operation_eliminatio_valorisation`` is spelt so by the producer.
    """
    endings = tuple(
        f"{_PREFIX[side]}_dechets_{kind}.csv" for kind in ("dangereux", "non_dangereux")
    )
    parts: list[pd.DataFrame] = []
    left_out: list[Drop] = []
    notes: list[Note] = []
    with extracted(path, wanted=endings) as members:
        for name in sorted(members):
            rows = _declarations(members[name], name, side)
            reason = _reasons(rows)
            subjects = "IREP" + rows["identifiant"]
            left_out += drops(name, subjects, reason)
            kept = rows[reason == ""]
            notes += _notes(kept, name)
            parts.append(kept)
    table = pd.concat(parts, ignore_index=True)[list(DECLARATION_COLUMNS)]
    return Audited(table, dropped_rows(left_out), note_rows(notes))


def waste_code(written: str) -> str:
    """Write a code of the List of Waste as ``07 07 08*``.

    Examples
    --------
    >>> [waste_code(text) for text in ("070708*", "7 07 08", "07/07/2008")]
    ['07 07 08*', '', '']
    """
    digits = re.sub(r"[\s.]", "", written)
    match = re.fullmatch(r"(0[1-9]|1\d|20)(\d{2})(\d{2})(\*?)", digits)
    return "" if match is None else " ".join(match.groups()[:3]) + match.group(4)


def department(written: str) -> str:
    """Write a département with its leading zero.

    Examples
    --------
    >>> [department(text) for text in ("9", "65", "2a", "974", "", "999x")]
    ['09', '65', '2A', '974', '', '']
    """
    code = written.upper().zfill(2) if written else ""
    return code if re.fullmatch(r"0[1-9]|[1-8]\d|9[0-5]|2[AB]|97\d", code) else ""


def _declarations(path: Path, name: str, side: Side) -> pd.DataFrame:
    # A comma in an identifier: saved again by a program, which turned its point.
    rows = _WASTE_FILES[side].accepted(path)
    units = rows["unite"].str.casefold().str.replace(" ", "", regex=False)
    per_unit = units.map(_TONNES).astype(float)
    codes = _each(rows["code_dechet"], waste_code)
    in_file = "non_dangereux" not in name.casefold()
    return rows.assign(
        site_id="IREP" + rows["identifiant"],
        waste_code=codes,
        hazardous=codes.str.endswith("*") | in_file,
        at_odds=codes.str.endswith("*") != in_file,
        operation=rows["operation"].str.upper().str.replace(r"\s", "", regex=True),
        dep=_each(rows["code_departement"], department),
        mass_t=rows["mass"] * per_unit,
        admitted_t=rows["admitted"] * per_unit if side == "treated" else np.nan,
        unit_known=per_unit.notna(),
        file=name,
        row=rows.index.astype(str),
    )


def _each(values: pd.Series, write: Callable[[str], str]) -> pd.Series:
    # A national file repeats a few hundred codes: each is written once.
    return looked_up(values, pd.Series({text: write(text) for text in values.unique()}))


def _reasons(rows: pd.DataFrame) -> pd.Series:
    years = rows["year"].where(rows["year"].str.fullmatch(r"\d{4}"), "0").astype(int)
    return first_reason(
        where(rows["identifiant"] == "", "identifiant absent"),
        where(
            rows["waste_code"] == "",
            "code déchet mal formé (« " + rows["code_dechet"] + " »)",
        ),
        where(
            ~years.between(FIRST_YEAR, LAST_YEAR),
            "année hors de portée (« " + rows["year"] + " »)",
        ),
        where(~rows["unit_known"], "unité inconnue (« " + rows["unite"] + " »)"),
        where(rows["mass_t"].isna(), "quantité absente"),
        where(rows["mass_t"] < 0, "quantité négative"),
        where(rows["admitted_t"] < 0, "quantité admise négative"),
        where(
            rows[["mass_t", "admitted_t"]].max(axis=1) > MAX_MASS_T,
            "quantité hors de portée",
        ),
    )


def _notes(rows: pd.DataFrame, name: str) -> list[Note]:
    subjects = rows["site_id"]
    odd = "« " + rows["waste_code"] + " » au regard du fichier"
    strange = (rows["dep"] == "") & (rows["code_departement"] != "")
    no_dep = "« " + rows["code_departement"] + " » n'est pas un département"
    again = rows.duplicated(_SAME, keep="first")
    return [
        *remarks(name, subjects, "danger", where(rows["at_odds"], odd)),
        *remarks(name, subjects, "departement", where(strange, no_dep)),
        *remarks(
            name,
            subjects,
            "ligne_identique",
            where(again, "déclaration identique à une autre, comptée elle aussi"),
        ),
    ]


LOW_EWC = CsvSource("low_ewc", is_official=True)
STREAMS = ("NDNI", "INERT")
GENERIC_KIND = "traitement"


def read_low_ewc(path: Path) -> Loaded:
    """Read a correspondence of waste codes to statistical categories.

    Parameters
    ----------
    path
        CSV, ``,``, UTF-8: ``waste_code`` (``07 07 08*``), ``ewc_stat`` (``W075``),
        ``stream`` (``NDNI``, ``INERT``, ``""`` for hazardous waste).

    Returns
    -------
    Loaded
        These columns, sorted by code; no row is left out.

    References
    ----------
    Producer: European Union, annex III of Regulation (EC) 2150/2002 on waste
    statistics, as amended by Regulation (EU) 849/2010; the file is the user's.
    Licence: reuse permitted with source (EUR-Lex). Vintage: 2010. CRS: none.
    """
    rows = LOW_EWC.accepted(path)
    return Loaded(
        rows.sort_values("waste_code", ignore_index=True, kind="stable"),
        dropped_rows([]),
    )


def site_of_declarant(
    declarations: pd.DataFrame, establishments: pd.DataFrame, sites: pd.DataFrame
) -> pd.Series[str]:
    """Find the site of the study that each declaration speaks of.

    Examples
    --------
    >>> told = pd.DataFrame({"site_id": ["IREP068.02548", "IREP1.1", "IREP9.9"]})
    >>> own = pd.DataFrame({"site_id": ["IREP1.1"], "siret": ["12345678900011"]})
    >>> sites = pd.DataFrame({"site_id": ["ICPE0006802548", "SIR1"],
    ...     "siret": ["", "12345678900011"]})
    >>> site_of_declarant(told, own, sites).tolist()
    ['ICPE0006802548', 'SIR1', 'IREP9.9']
    """
    number = pd.Series(sites["site_id"].to_numpy(), installation_keys(sites["site_id"]))
    known = sites[sites["siret"] != ""].drop_duplicates("siret", keep=False)
    by_siret = known.set_index("siret")["site_id"]
    siret = establishments.set_index("site_id")["siret"]
    declared = declarations["site_id"]
    first = installation_keys(declared).map(number[~number.index.duplicated()])
    second = declared.map(siret).map(by_siret)
    other = second.where(second.notna(), declared)
    return first.where(first.notna(), other).astype("str")


def declared_arisings(
    declarations: pd.DataFrame,
    *,
    site_ids: Collection[str],
    correspondence: pd.DataFrame | None = None,
) -> Loaded:
    """Turn the waste that sites declare into observed arisings.

    Notes
    -----
    The mass is observed; its category is as sure as the correspondence. The package's
    own holds two codes in three: the rest is left out rather than put in a category
    by guess. Bring the whole correspondence of Regulation 849/2010 with
    :func:`read_low_ewc`. Below the thresholds of declaration a site says
    nothing: absent is not zero.
    """
    require_columns(declarations, DECLARATION_COLUMNS, where="declarations")
    known = low_ewc() if correspondence is None else correspondence
    table = known.set_index("waste_code")[["ewc_stat", "stream"]]
    rows = declarations.join(table, on="waste_code")
    latest = rows.groupby("site_id")["year"].transform("max")
    reason = first_reason(
        where(
            ~rows["site_id"].isin(list(site_ids)), "établissement hors du territoire"
        ),
        where(rows["year"] != latest, "année remplacée par " + latest),
        where(rows["hazardous"], "déchet dangereux, hors des flux NDNI et INERT"),
        where(
            ~rows["stream"].isin(STREAMS),
            "code « " + rows["waste_code"] + " » sans catégorie EWC-Stat connue",
        ),
    )
    kept = rows[reason == ""]
    key = ["site_id", "waste_code", "stream"]
    again = where(kept.duplicated(key), "ajoutée à la première ligne du même déchet")
    left_out = [
        *_drops(rows[reason != ""], reason[reason != ""]),
        *_drops(kept[again != ""], again[again != ""]),
    ]
    summed = kept.groupby([*key, "ewc_stat"], as_index=False)["mass_t"].sum()
    arisings = summed.assign(
        t_low=summed["mass_t"],
        t_mid=summed["mass_t"],
        t_high=summed["mass_t"],
        method="irep",
        evidence="O",
    )
    tidy = validate(arisings, table="arisings", where="déclarations IREP")
    return Loaded(tidy, dropped_rows(left_out))


def _drops(rows: pd.DataFrame, reasons: pd.Series) -> list[Drop]:
    return list(zip(rows["file"], rows["row"], rows["site_id"], reasons, strict=True))


def read_gerep_outlets(
    path: Path, *, communes: gpd.GeoDataFrame, companies: Collection[str] = ()
) -> Audited:
    """Read the establishments that declare waste taken and treated, as outlets.

    Parameters
    ----------
    path
        ``AAAA.zip`` (or its folder): ``etablissements.csv`` and ``Trait_dechets_…``.
    communes, companies
        As :func:`read_gerep_sites`.

    Returns
    -------
    Audited
        Table ``outlets``, EPSG:2154, ``a_verifier``: the kind is that of the operation
        with the largest mass treated (:func:`waste_operations`);
        ``capacity_t`` is NaN, for a mass treated is no capacity. Left out:
        establishments that treat nothing, declarations of establishments that are
        not at hand, and what the two readers below leave out.

    References
    ----------
    Producer: ministère chargé de l'environnement, Géorisques, registre des émissions
    polluantes, https://files.georisques.fr/irep/ (one archive a year). Licence:
    Licence Ouverte 2.0. Vintage: year of the archive. CRS: told row by row
    (``code_epsg``).
    """
    sites = read_gerep_sites(path, communes=communes, companies=companies)
    declared = read_waste_declarations(path, side="treated")
    treated = declared.table[declared.table["mass_t"] > 0]
    kinds = _main_kinds(treated)
    rows = sites.table.assign(kind=sites.table["site_id"].map(kinds))
    idle = rows["kind"].isna()
    others = ~declared.table["site_id"].isin(rows["site_id"])
    left_out = [
        *[
            (path.name, at, at, "aucun déchet traité déclaré")
            for at in rows["site_id"][idle]
        ],
        *_drops(
            declared.table[others],
            where(others, "établissement hors du territoire")[others],
        ),
    ]
    kept = rows[~idle]
    outlets = gpd.GeoDataFrame(
        {
            "outlet_id": kept["site_id"],
            "name": kept["name"],
            "aliases": kept["siret"],
            "kind": kept["kind"],
            "position_quality": kept["position_quality"],
            "status": "a_verifier",
            "source": SOURCE,
            "code_insee": kept["code_insee"],
        },
        geometry=kept.geometry,
    )
    dropped = pd.concat(
        [sites.dropped, declared.dropped, dropped_rows(left_out)], ignore_index=True
    )
    notes = pd.concat([sites.notes, declared.notes], ignore_index=True)
    return Audited(tidy_outlets(outlets, where=path.name), dropped, notes)


def _main_kinds(treated: pd.DataFrame) -> pd.Series:
    operations = waste_operations().set_index("operation")["kind"]
    kinds = treated["operation"].map(operations).fillna(GENERIC_KIND)
    masses = treated.assign(kind=kinds).groupby(["site_id", "kind"])["mass_t"].sum()
    ordered = masses.reset_index().sort_values(
        ["site_id", "mass_t", "kind"], ascending=[True, False, True]
    )
    return ordered.drop_duplicates("site_id").set_index("site_id")["kind"]

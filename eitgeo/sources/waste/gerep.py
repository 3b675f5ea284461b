"""IREP archives of one year (GEREP declarations): sites, waste produced or treated."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from eitgeo.errors import SourceError
from eitgeo.sources.files.archives import extracted
from eitgeo.sources.files.declared import CsvSource
from eitgeo.sources.files.frames import (
    hidden_sirets,
    naf_from_ape,
    named_rows,
    tidy_sites,
)
from eitgeo.sources.files.identity import may_be_shown, siret_notes
from eitgeo.sources.files.loaded import (
    Audited,
    Drop,
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
from eitgeo.sources.files.positions import from_epsg, place_points
from eitgeo.sources.waste.irep import (
    MASKED_NAME,
    ape_notes,
    beyond,
    commune_codes,
    unnamed_notes,
)

ESTABLISHMENTS = "etablissements.csv"
SOURCE = "Géorisques, IREP (déclarations GEREP)"
DECLARED = CsvSource("gerep_sites", separator=";", is_official=True)
_log = logging.getLogger(__name__)

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

    Raises
    ------
    SourceError
        File absent, empty or unreadable; archive unsafe, or of several years.
    SchemaError
        Missing column, coordinate that is no number, postcode without leading zero.

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

    Raises
    ------
    SourceError
        File absent, empty or unreadable; archive unsafe, or without these files.
    SchemaError
        Missing column, quantity that is no number.

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

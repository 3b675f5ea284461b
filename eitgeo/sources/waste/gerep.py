"""IREP archives of one year (GEREP declarations): sites and declared waste."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import geopandas as gpd

from eitgeo.errors import SchemaError, SourceError
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
    dropped_rows,
    drops,
    first_reason,
    note_rows,
    remarks,
    repeats,
    where,
)
from eitgeo.sources.files.positions import from_epsg, place_points
from eitgeo.sources.waste.irep import MASKED_NAME, beyond, commune_codes, unnamed_notes

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    import pandas as pd

    from eitgeo.sources.files.loaded import Note

ESTABLISHMENTS = "etablissements.csv"
SOURCE = "Géorisques, IREP (déclarations GEREP)"
DECLARED = CsvSource("gerep_sites", separator=";", is_official=True)
_log = logging.getLogger(__name__)


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
        rows = _establishments(at)
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
        *_ape_notes(kept),
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


def _establishments(path: Path) -> pd.DataFrame:
    read = DECLARED.read(path)
    read.faults.raise_if_any(SchemaError)
    return read.table


def _ape_notes(rows: pd.DataFrame) -> list[Note]:
    old = (naf_from_ape(rows["ape"]) == "") & (rows["ape"] != "")
    told = where(old, "« " + rows["ape"] + " » hors NAF rév. 2, laissé vide")
    return remarks(ESTABLISHMENTS, "IREP" + rows["code"], "code_ape", told)


def _sites(rows: pd.DataFrame, companies: Collection[str]) -> pd.DataFrame:
    shown = may_be_shown(rows["name"], rows["siret"], companies=companies)
    named = named_rows(rows, prefix="IREP", shown=shown, masked=MASKED_NAME)
    return named.assign(naf=naf_from_ape(rows["ape"]), source=SOURCE)

"""IREP archives of one year (GEREP declarations): sites and declared waste."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from eitgeo.check import Faults
from eitgeo.errors import SchemaError, SourceError
from eitgeo.sources._archives import extracted
from eitgeo.sources._identity import check_postcodes, may_be_shown, siret_notes
from eitgeo.sources._loaded import dropped_rows
from eitgeo.sources._official import (
    Audited,
    drops,
    first_reason,
    note_rows,
    read_official,
    remarks,
    repeats,
    to_amounts,
    where,
)
from eitgeo.sources._positions import from_epsg, place_points
from eitgeo.sources._site_rows import tidy_sites
from eitgeo.sources.irep import (
    MASKED_NAME,
    beyond,
    commune_codes,
    naf_from_ape,
    unnamed_notes,
)

if TYPE_CHECKING:
    from pathlib import Path

    from eitgeo.sources._official import Note

ESTABLISHMENTS = "etablissements.csv"
SOURCE = "Géorisques, IREP (déclarations GEREP)"
_NEEDED = (
    "identifiant",
    "nom_etablissement",
    "numero_siret",
    "code_postal",
    "commune",
    "coordonnees_x",
    "coordonnees_y",
    "code_ape",
)
_log = logging.getLogger(__name__)


def read_gerep_sites(path: Path, *, communes: gpd.GeoDataFrame) -> Audited:
    """Read the establishments of one year of declarations, without headcount.

    Parameters
    ----------
    path
        ``AAAA.zip`` (or its folder) with ``etablissements.csv``: ``;``, UTF-8 or
        ISO-8859-1, blanks around the header; coordinates in the CRS of ``code_epsg``.
    communes
        ``code_insee``, ``nom``, ``dep``, ``seat_x``, ``seat_y``, polygons, EPSG:2154.

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
    named = rows.rename(columns={"code_postal": "Code_Postal", "commune": "Commune"})
    codes = commune_codes(gpd.GeoDataFrame(named, geometry=points), communes)
    reason = first_reason(
        where(rows["identifiant"] == "", "identifiant absent"),
        repeats(rows, ["identifiant"]),
        beyond(named, codes),
    )
    kept = rows.assign(code_insee=codes)[reason == ""]
    subjects = "IREP" + rows["identifiant"]
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
        *siret_notes(ESTABLISHMENTS, kept["numero_siret"], subjects),
        *_ape_notes(kept),
    ]
    left_out = drops(ESTABLISHMENTS, subjects, reason)
    _log.info("%s : %d lignes lues, %d retenues", path.name, len(rows), len(kept))
    sites = gpd.GeoDataFrame(_sites(kept), geometry=placed.points)
    table = tidy_sites(sites, where=path.name)
    return Audited(table, dropped_rows(left_out), note_rows(notes))


def _establishments(path: Path) -> pd.DataFrame:
    rows = read_official(path, columns=_NEEDED, optional=("code_epsg",))
    faults = Faults(path.name)
    check_postcodes(rows, "code_postal", faults=faults)
    spots = {
        name: to_amounts(rows, f"coordonnees_{name}", faults=faults) for name in "xy"
    }
    faults.raise_if_any(SchemaError)
    return rows.assign(**spots)


def _ape_notes(rows: pd.DataFrame) -> list[Note]:
    old = (naf_from_ape(rows["code_ape"]) == "") & (rows["code_ape"] != "")
    told = where(old, "« " + rows["code_ape"] + " » hors NAF rév. 2, laissé vide")
    return remarks(ESTABLISHMENTS, "IREP" + rows["identifiant"], "code_ape", told)


def _sites(rows: pd.DataFrame) -> pd.DataFrame:
    shown = may_be_shown(rows["nom_etablissement"], rows["numero_siret"])
    good = rows["numero_siret"].str.fullmatch(r"\d{14}")
    return pd.DataFrame(
        {
            "site_id": "IREP" + rows["identifiant"],
            "siret": rows["numero_siret"].where(shown & good, ""),
            "name": rows["nom_etablissement"].where(shown, MASKED_NAME),
            "naf": naf_from_ape(rows["code_ape"]),
            "naf_version": "NAFRev2",
            "headcount_low": np.nan,
            "headcount_mid": np.nan,
            "headcount_high": np.nan,
            "position_quality": "commune",
            "diffusible": True,
            "natural_person": False,
            "source": SOURCE,
            "evidence": "O",
            "synthetic": False,
            "code_insee": rows["code_insee"],
        }
    )

"""IREP: establishments that declare emissions and waste (Géorisques)."""

from __future__ import annotations

import logging
import unicodedata
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from eitgeo.check import WORKING_EPSG, Faults
from eitgeo.errors import SchemaError
from eitgeo.sources._places import at_seats
from eitgeo.sources._rows import check_key, check_pattern, read_rows, to_numbers
from eitgeo.tables import validate

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

LAMBERT2_EPSG = 27572
"""Lambert II étendu: the coordinates of these files."""

ARTICLES = ("L", "LA", "LE", "LES")
_ORGANISATIONS = (
    r"\b(?:CC|CCI|CHU|COMMUNAUTE|COMMUNE|COOPERATIVE|CUMA|EURL|GIE|GROUPE|INDUSTRIES?"
    r"|MAIRIE|REGIE|SA|SARL|SAS|SASU|SCA|SCOP|SEM|SICA|SIVOM|SMTD|SNC|SOCIETE|STE"
    r"|SYNDICAT|USINE)\b"
)
"""Words that tell a legal person from somebody's name."""

MASKED_NAME = "Établissement déclarant (nom non diffusé)"
_NEEDED = (
    "Identifiant",
    "Nom_Etablissement",
    "Numero_SIRET",
    "Code_Postal",
    "Commune",
    "Coordonnees_X",
    "Coordonnees_Y",
    "Code_APE",
    "annee",
)
_log = logging.getLogger(__name__)


def read_irep_sites(
    path: Path, *, communes: gpd.GeoDataFrame, year: int | None = None
) -> gpd.GeoDataFrame:
    """Read the declaring establishments, without headcount.

    Parameters
    ----------
    path
        ``etablissements.csv``, all years in one file (column ``annee``); coordinates
        in EPSG:27572 [m].
    communes
        ``code_insee``, ``nom``, ``dep``, ``seat_x``, ``seat_y``, polygons, EPSG:2154.
    year
        Declarations of that year; None: the last one of each establishment.

    Returns
    -------
    geopandas.GeoDataFrame
        Table ``sites``, EPSG:2154, class O, headcounts NaN, ``position_quality``
        ``commune``.

    Raises
    ------
    SourceError
        File absent, empty or not in UTF-8.
    SchemaError
        Missing column, malformed coordinate or year, no declaration that year.

    Notes
    -----
    The points are places of the commune, not of the site (in 2017, 283 sites share
    135 points), so none is taken as exact. The commune is the one of that name in the
    département of the postcode, else the one that holds the point; sites in no
    commune of the layer are dropped and counted in the log. A point outside that
    commune is put at its seat. The files say nothing of the legal category, so name
    and SIRET are kept only where a word of the name tells an organisation. Activity
    codes of NAF rév. 1 (« 241G ») are told in the log and left empty: no passage is
    guessed.
    """
    rows = read_rows(path, columns=_NEEDED)
    faults = Faults(path.name)
    check_key(rows, ["Identifiant", "annee"], faults=faults)
    check_pattern(rows, "annee", pattern=r"\d{4}", example="2017", faults=faults)
    rows = rows.assign(
        x=to_numbers(rows, "Coordonnees_X", faults=faults),
        y=to_numbers(rows, "Coordonnees_Y", faults=faults),
    )
    faults.raise_if_any(SchemaError)
    latest = _of_year(rows, year, path.name)
    points = gpd.GeoDataFrame(
        latest, geometry=gpd.points_from_xy(latest["x"], latest["y"], crs=LAMBERT2_EPSG)
    ).to_crs(WORKING_EPSG)
    codes = _commune_codes(points, communes)
    kept = points[codes != ""]
    _log.info(
        "%s : %d lignes lues, %d établissements retenus, %d hors des communes",
        path.name,
        len(rows),
        len(kept),
        len(points) - len(kept),
    )
    sites = _sites(kept).assign(code_insee=codes[codes != ""])
    sites = sites.set_geometry(_in_their_commune(sites, communes))
    return validate(sites, table="sites", where=path.name)


def naf_from_ape(codes: pd.Series) -> pd.Series:
    """Write activity codes as NAF rév. 2 sub-classes.

    Parameters
    ----------
    codes
        ``"1330Z"``, ``"13.30Z"``, or a code of NAF rév. 1 (``"241G"``).

    Returns
    -------
    pandas.Series
        ``naf``: ``"13.30Z"``; ``""`` where the code is not one of NAF rév. 2.

    Examples
    --------
    >>> import pandas as pd
    >>> naf_from_ape(pd.Series(["1330Z", "17.11Z ", "241G"])).tolist()
    ['13.30Z', '17.11Z', '']
    """
    compact = codes.str.strip().str.upper().str.replace(".", "", regex=False)
    good = compact.str.fullmatch(r"\d{4}[A-Z]")
    dotted = compact.str[:2] + "." + compact.str[2:]
    return dotted.where(good, "").rename("naf")


def _of_year(rows: pd.DataFrame, year: int | None, where: str) -> pd.DataFrame:
    if year is not None:
        chosen = rows[rows["annee"] == str(year)]
        if chosen.empty:
            faults = Faults(where)
            years = ", ".join(sorted(set(rows["annee"])))
            met = f"aucune déclaration de {year}"
            faults.add(met, remedy=f"choisir parmi {years}")
            faults.raise_if_any(SchemaError)
        return chosen
    ordered = rows.sort_values("annee", kind="stable")
    return ordered.drop_duplicates("Identifiant", keep="last")


def _commune_codes(points: gpd.GeoDataFrame, communes: gpd.GeoDataFrame) -> pd.Series:
    names = communes.assign(key=communes["dep"] + _folded(communes["nom"]))
    unique = names.drop_duplicates("key", keep=False).set_index("key")["code_insee"]
    key = points["Code_Postal"].str[:2] + _folded(points["Commune"])
    by_name = key.map(unique)
    places = gpd.GeoDataFrame(geometry=points.geometry)
    joined = places.sjoin(communes[["code_insee", "geometry"]], predicate="within")
    by_point = joined["code_insee"].groupby(level=0).first()
    return by_name.fillna(by_point).fillna("")


def _in_their_commune(
    sites: gpd.GeoDataFrame, communes: gpd.GeoDataFrame
) -> gpd.GeoSeries:
    seats = at_seats(sites[["code_insee"]], communes=communes).geometry
    polygons = communes.set_index("code_insee").geometry.loc[sites["code_insee"]]
    held = shapely.covers(polygons.to_numpy(), sites.geometry.to_numpy())
    return sites.geometry.where(held, seats)


def _names_an_organisation(names: pd.Series) -> pd.Series:
    words = names.str.upper().str.replace(".", "", regex=False)
    return words.str.contains(_ORGANISATIONS, regex=True)


def _folded(names: pd.Series) -> pd.Series:
    """Return names without accent, case, article or sign: « L'Isle » = « ISLE »."""

    def fold(name: str) -> str:
        parts = unicodedata.normalize("NFD", name.upper().replace("Œ", "OE"))
        plain = "".join(sign for sign in parts if not unicodedata.combining(sign))
        words = "".join(sign if sign.isalpha() else " " for sign in plain).split()
        return "".join(words[1:] if words[:1] and words[0] in ARTICLES else words)

    return names.map(fold)


def _sites(points: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    naf = naf_from_ape(points["Code_APE"])
    unread = sorted(set(points["Code_APE"][naf == ""]) - {""})
    if unread:
        _log.warning(
            "codes d'activité hors NAF rév. 2, laissés vides : %s", ", ".join(unread)
        )
    shown = _names_an_organisation(points["Nom_Etablissement"])
    well_formed = points["Numero_SIRET"].str.fullmatch(r"\d{14}")
    return gpd.GeoDataFrame(
        {
            "site_id": "IREP" + points["Identifiant"],
            "siret": points["Numero_SIRET"].where(shown & well_formed, ""),
            "name": points["Nom_Etablissement"].where(shown, MASKED_NAME),
            "naf": naf,
            "naf_version": "NAFRev2",
            "headcount_low": np.nan,
            "headcount_mid": np.nan,
            "headcount_high": np.nan,
            "position_quality": "commune",
            "diffusible": True,
            "natural_person": False,
            "source": "Géorisques, IREP " + points["annee"],
            "evidence": "O",
            "synthetic": False,
        },
        geometry=points.geometry,
    )

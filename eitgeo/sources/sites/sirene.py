"""SIRENE: establishments of some communes, from the national files of INSEE."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Literal

import pandas as pd

from eitgeo.check import Faults, hint
from eitgeo.errors import SchemaError
from eitgeo.sources.files.frames import tidy_sites
from eitgeo.sources.files.loaded import Loaded, dropped_rows
from eitgeo.sources.sites.sirene_places import placed
from eitgeo.sources.sites.sirene_rows import counted_lines, picked_establishments
from eitgeo.sources.sites.sirene_rows import legal_units as find_units
from eitgeo.sources.sites.sirene_rows import positions as find_positions
from eitgeo.sources.sites.sirene_scan import engine
from eitgeo.sources.sites.sirene_sites import NAF_2025, NAF_REV2, described

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

SOURCE = "INSEE, SIRENE"
_UNIT_COLUMNS = ("siren", "unit_status", "unit_name", "category", "n_rows")
_POSITION_COLUMNS = ("siret", "x", "y", "qualite_xy", "epsg", "n_rows")
_log = logging.getLogger(__name__)


def read_sirene_sites(
    path: Path,
    *,
    communes: gpd.GeoDataFrame,
    legal_units: Path | None = None,
    geolocation: Path | None = None,
    naf_version: Literal["NAFRev2", "NAF2025"] = "NAFRev2",
    vintage: str = "",
) -> Loaded:
    """Read the active establishments of some communes from the national stock.

    Parameters
    ----------
    path
        ``StockEtablissement_utf8``: ``.csv`` (comma, UTF-8), ``.parquet``, or a
        ``.zip`` of either; about 40 million rows, scanned and never loaded whole. Or
        a list of sirene.fr, which tells the legal unit beside each establishment
        (``categorieJuridiqueUniteLegale``, ``statutDiffusionUniteLegale``).
    communes
        ``code_insee``, ``seat_x``, ``seat_y`` and polygons (EPSG:2154) [m] of the
        study area and of its buffer, in the COG vintage of the stock.
    legal_units
        ``StockUniteLegale_utf8``, same forms. Where neither it nor `path` tells the
        legal category, the establishment is protected as one of a natural person;
        where neither tells the unit's status, as one that is not diffused.
    geolocation
        ``GeolocalisationEtablissement_Sirene_pour_etudes_statistiques_utf8``: same
        forms, the CSV with semicolons; column names in any case; one CRS a row,
        column ``epsg``. Without it every establishment is put at the seat.
    naf_version
        The nomenclature of column ``naf``; both are kept in ``naf_rev2`` and
        ``naf_2025``.
    vintage
        Edition of the stock, told in ``source``, as « septembre 2026 ».

    Returns
    -------
    Loaded
        ``table``: table ``sites``, EPSG:2154, class O.
        ``dropped``: for the stock, each reason with the count of its rows (« 12
        lignes » in column ``row``, for they are millions) and each repeated row; for
        the geolocation, each position that was not kept, its establishment being put
        at the seat.

    Raises
    ------
    SourceError
        File absent, empty, truncated, not in UTF-8, of another format, or archive
        that is not safe.
    SchemaError
        Wrong separator, missing column, codes without their zero, key repeated with
        other values, value out of its domain, no active establishment.
    CrsError
        Most positions out of their commune: axes swapped or CRS misstated.

    Notes
    -----
    Rows of the stock = rows of the table + rows counted or listed for that file.
    Headcounts are the bounds of the band, its middle their geometric mean: « NN » and
    empty are unknown (NaN), « 00 » is zero. ``position_quality`` comes from
    ``qualite_xy``: 11 and 21 ``exacte``; 12 and 22 ``rue`` (drawn at random in the
    street); 33 ``commune`` (drawn at random in the commune: placed as given, to be
    left out of clustering); no position: ``commune``, at the seat.

    Diffusion: « P » is not diffusible, « N » is left out. Establishments that are not
    diffusible or belong to natural persons keep neither name nor SIRET; their
    identifier is a rank in their commune, stable for one edition of the stock only.
    The geolocation is for statistical use, not for canvassing.

    References
    ----------
    .. [1] INSEE, « Base Sirene des entreprises et de leurs établissements (SIREN,
       SIRET) », files ``StockEtablissement`` and ``StockUniteLegale``, monthly, on
       data.gouv.fr. Licence Ouverte 2.0. UTF-8; no geometry used; communes in the
       COG in force at the edition.
    .. [2] INSEE, « Géolocalisation des établissements du répertoire Sirene pour les
       études statistiques », monthly, on data.gouv.fr. Licence Ouverte 2.0.
       EPSG:2154 in metropolitan France; 2972, 2975, 4471, 5490 overseas, told row by
       row.
    .. [3] INSEE, « Sirene open data : actualités », insee.fr/fr/information/9019311:
       column ``activitePrincipaleNAF25Etablissement`` since 16/12/2025; the NAF 2025
       is official on 01/01/2027.
    """
    _require_version(naf_version)
    with engine() as connection:
        picked, left, silenced = picked_establishments(
            connection, path, codes=set(communes["code_insee"])
        )
        units = pd.DataFrame(columns=list(_UNIT_COLUMNS), dtype="str")
        if legal_units is not None:
            units = find_units(connection, legal_units)
        positions = pd.DataFrame(columns=list(_POSITION_COLUMNS), dtype="str")
        if geolocation is not None:
            positions = find_positions(connection, geolocation)
    sites = described(picked, units=units, naf_version=naf_version, path=path)
    _require_activities(sites, naf_version, path)
    where = geolocation or path
    located, discarded = placed(
        sites, positions=positions, communes=communes, path=where
    )
    source = f"{SOURCE} ({vintage})" if vintage else SOURCE
    table = tidy_sites(located.assign(source=source), where=path.name)
    moved = _moved(discarded, where.name)
    twice = picked["n_rows"].set_axis(sites["site_id"])
    dropped = _report(left, twice, path=path, moved=moved)
    _log.info(
        "%s : %d lignes lues, %d établissements retenus",
        path.name,
        int(left["n_rows"].sum() + picked["n_rows"].sum()),
        len(table),
    )
    hidden = sites["siret"] == ""
    holders = dict(zip(sites["site_id"][hidden], sites["key"][hidden], strict=True))
    return Loaded(table, dropped, holders=holders, silenced=silenced)


def _require_version(naf_version: str) -> None:
    if naf_version not in {NAF_REV2, NAF_2025}:
        remedy = hint(naf_version, [NAF_REV2, NAF_2025])
        message = f"nomenclature « {naf_version} » inconnue → {remedy}"
        raise SchemaError(message)


def _require_activities(sites: pd.DataFrame, naf_version: str, path: Path) -> None:
    other = NAF_REV2 if naf_version == NAF_2025 else NAF_2025
    in_other = sites["naf_rev2" if other == NAF_REV2 else "naf_2025"]
    if (sites["naf"] == "").all() and (in_other != "").any():
        faults = Faults(path.name)
        met = f"aucune activité en {naf_version}"
        faults.add(met, remedy=f"demander « {other} », ou une autre édition du stock")
        faults.raise_if_any(SchemaError)


def _report(
    left: pd.DataFrame, n_rows_of: pd.Series, *, path: Path, moved: pd.DataFrame
) -> pd.DataFrame:
    counted = [
        (path.name, counted_lines(n_rows), "établissements", reason)
        for reason, n_rows in zip(left["reason"], left["n_rows"], strict=True)
    ]
    # By site_id, not by SIRET: it may be a natural person's.
    merged = [
        (path.name, site_id, "établissement", "ligne répétée à l'identique")
        for site_id, n_rows in n_rows_of[n_rows_of > 1].items()
        for _ in range(n_rows - 1)
    ]
    return dropped_rows([*counted, *merged, *moved.itertuples(index=False, name=None)])


def _moved(discarded: pd.DataFrame, file: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "file": file,
            "row": discarded["site_id"],
            "subject": "position",
            "reason": discarded["reason"] + " → établissement placé à la mairie",
        }
    )

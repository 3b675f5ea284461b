"""Classified waste installations (S3IC) matched to SIRENE, at commune precision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eitgeo.check import Faults
from eitgeo.errors import SchemaError
from eitgeo.sources._places import at_seats, keep_inside
from eitgeo.sources._rows import check_codes, check_key, read_rows
from eitgeo.sources.irep import naf_from_ape
from eitgeo.tables import validate

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

NOT_DIFFUSED = "[ND]"
SOLE_TRADER = "1000"
MASKED_NAME = "Installation classée (nom non diffusé)"
HEADCOUNT_BRACKETS: dict[str, tuple[float, float]] = {
    "00": (0, 0),
    "01": (1, 2),
    "02": (3, 5),
    "03": (6, 9),
    "11": (10, 19),
    "12": (20, 49),
    "21": (50, 99),
    "22": (100, 199),
    "31": (200, 249),
    "32": (250, 499),
    "41": (500, 999),
    "42": (1000, 1999),
    "51": (2000, 4999),
    "52": (5000, 9999),
}
"""INSEE headcount brackets: code → lowest, highest; other codes are unknown."""

_UNKNOWN = (np.nan, np.nan)
_KIND_OF_NAF = {
    "37.00": "traitement_effluents",
    "38.11": "collecte",
    "38.12": "collecte_dangereux",
    "38.21": "traitement",
    "38.22": "traitement_dangereux",
    "38.31": "demantelement",
    "38.32": "recuperation",
}
_NEEDED = {
    "code_s3ic": "code",
    "cd_insee": "code_insee",
    "nom_ets": "name",
    "activiteprincipaleunitelegale__REF": "ape",
    "categoriejuridiqueunitelegale__REF": "legal_category",
    "siret__REF": "siret",
    "statutdiffusionetablissement__REF": "diffusion",
    "trancheeffectifsetablissement__REF": "bracket",
}


def read_s3ic_outlets(path: Path, *, communes: pd.DataFrame) -> gpd.GeoDataFrame:
    """Read the waste installations as outlets, at the seat of their commune.

    Parameters
    ----------
    path
        ``s3ic_x_sirene.csv``: ``;``, UTF-8.
    communes
        ``code_insee``, ``seat_x``, ``seat_y`` (EPSG:2154) [m]; rows of other
        communes are left out and named in the log.

    Returns
    -------
    geopandas.GeoDataFrame
        Table ``outlets``, EPSG:2154: capacity unknown, ``a_verifier``; the names of
        non-diffusible installations and of natural persons are masked.

    Raises
    ------
    SourceError
        File absent, empty or not in UTF-8.
    SchemaError
        Missing column, repeated installation, malformed commune code.
    """
    rows = _read(path, communes)
    kinds = naf_from_ape(rows["ape"]).str[:5].map(_KIND_OF_NAF)
    hidden = _hidden(rows)
    outlets = pd.DataFrame(
        {
            "outlet_id": "S3IC" + rows["code"],
            "name": rows["name"].mask(hidden, MASKED_NAME),
            "aliases": rows["siret"].mask(hidden, ""),
            "kind": kinds.fillna("icpe_dechets"),
            "icpe_headings": "",
            "capacity_t": np.nan,
            "household_t": np.nan,
            "position_quality": "commune",
            "status": "a_verifier",
            "evidence": "O",
            "source": "Géorisques, ICPE déchets rapprochées de SIRENE (2019)",
            "code_insee": rows["code_insee"],
        }
    )
    placed = at_seats(outlets, communes=communes)
    return validate(placed, table="outlets", where=path.name)


def read_s3ic_sites(path: Path, *, communes: pd.DataFrame) -> gpd.GeoDataFrame:
    """Read the waste installations as establishments, at the seat of their commune.

    Parameters
    ----------
    path
        ``s3ic_x_sirene.csv``: ``;``, UTF-8.
    communes
        ``code_insee``, ``seat_x``, ``seat_y`` (EPSG:2154) [m]; rows of other
        communes are left out and named in the log.

    Returns
    -------
    geopandas.GeoDataFrame
        Table ``sites``, EPSG:2154. Headcount from the INSEE bracket (mid = geometric
        mean), NaN where unknown; ``diffusible`` False where the name is ``[ND]`` or
        the status is not ``O``; ``natural_person`` True for sole traders
        (category 1000). Names of both are masked. The activity is the legal unit's.

    Raises
    ------
    SourceError
        File absent, empty or not in UTF-8.
    SchemaError
        Missing column, repeated installation, malformed commune code.
    """
    rows = _read(path, communes)
    hidden = _hidden(rows)
    low, high = np.array(
        [HEADCOUNT_BRACKETS.get(code, _UNKNOWN) for code in rows["bracket"]],
        dtype=float,
    ).T
    sites = pd.DataFrame(
        {
            "site_id": "S3IC" + rows["code"],
            "siret": rows["siret"].mask(hidden, ""),
            "name": rows["name"].mask(hidden, MASKED_NAME),
            "naf": naf_from_ape(rows["ape"]),
            "naf_version": "NAFRev2",
            "headcount_low": low,
            "headcount_mid": np.sqrt(low * high),
            "headcount_high": high,
            "position_quality": "commune",
            "diffusible": ~_is_masked(rows),
            "natural_person": rows["legal_category"] == SOLE_TRADER,
            "source": "Géorisques, ICPE déchets rapprochées de SIRENE (2019)",
            "evidence": "O",
            "synthetic": False,
            "code_insee": rows["code_insee"],
        }
    )
    placed = at_seats(sites, communes=communes)
    return validate(placed, table="sites", where=path.name)


def _read(path: Path, communes: pd.DataFrame) -> pd.DataFrame:
    rows = read_rows(path, columns=_NEEDED, separator=";")
    rows = rows[list(_NEEDED)].rename(columns=_NEEDED)
    faults = Faults(path.name)
    check_key(rows, ["code"], faults=faults)
    check_codes(rows, faults=faults)
    faults.raise_if_any(SchemaError)
    return keep_inside(rows, communes=communes, path=path)


def _is_masked(rows: pd.DataFrame) -> pd.Series:
    # An unmatched row has no status: its name alone says whether it may be shown.
    named = rows["name"].str.contains(NOT_DIFFUSED, regex=False)
    return named | ~rows["diffusion"].isin(["O", ""])


def _hidden(rows: pd.DataFrame) -> pd.Series:
    return _is_masked(rows) | (rows["legal_category"] == SOLE_TRADER)

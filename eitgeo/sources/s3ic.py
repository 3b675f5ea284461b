"""Classified waste installations (S3IC) matched to SIRENE, at commune precision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from eitgeo.check import Faults
from eitgeo.errors import SchemaError
from eitgeo.sources._identity import siret_notes
from eitgeo.sources._loaded import dropped_rows
from eitgeo.sources._official import Audited, away, drops, note_rows, read_official
from eitgeo.sources._places import at_seats
from eitgeo.sources._rows import check_codes, check_key
from eitgeo.sources._site_rows import tidy_sites
from eitgeo.sources.irep import naf_from_ape
from eitgeo.tables.schema import validate

if TYPE_CHECKING:
    from pathlib import Path

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


def read_s3ic_outlets(path: Path, *, communes: pd.DataFrame) -> Audited:
    """Read the waste installations as outlets, at the seat of their commune.

    Parameters
    ----------
    path
        ``s3ic_x_sirene.csv``: ``;``, UTF-8.
    communes
        ``code_insee``, ``seat_x``, ``seat_y`` (EPSG:2154) [m].

    Returns
    -------
    Audited
        Table ``outlets``, EPSG:2154: capacity unknown, ``a_verifier``; the names of
        non-diffusible installations and of natural persons are masked. Rows of other
        communes are left out; SIRET malformed or borne twice are remarks.

    Raises
    ------
    SourceError
        File absent, empty or not in UTF-8.
    SchemaError
        Missing column, repeated installation, malformed commune code.

    References
    ----------
    Producer: ministère chargé de l'environnement, Géorisques (S3IC), waste
    installations matched to SIRENE (INSEE) by Trackdéchets. Licence: Licence Ouverte
    2.0. Vintage: about 2019. CRS: none in the file; put at the town hall, EPSG:2154.
    """
    every = _read(path)
    rows = every[every["code_insee"].isin(communes["code_insee"])]
    kinds = naf_from_ape(rows["ape"]).str[:5].map(_KIND_OF_NAF)
    hidden = _hidden(rows)
    outlets = pd.DataFrame(
        {
            "outlet_id": "S3IC" + rows["code"],
            "name": rows["name"].mask(hidden, MASKED_NAME),
            "aliases": _siret(rows, hidden),
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
    table = validate(placed, table="outlets", where=path.name)
    return _audited(table, every, rows, communes=communes, path=path)


def read_s3ic_sites(path: Path, *, communes: pd.DataFrame) -> Audited:
    """Read the waste installations as establishments, at the seat of their commune.

    Parameters
    ----------
    path
        ``s3ic_x_sirene.csv``: ``;``, UTF-8.
    communes
        ``code_insee``, ``seat_x``, ``seat_y`` (EPSG:2154) [m].

    Returns
    -------
    Audited
        Table ``sites``, EPSG:2154. Headcount from the INSEE bracket (mid = geometric
        mean), NaN where unknown; ``diffusible`` False where the name is ``[ND]`` or
        the status is not ``O``; ``natural_person`` True for sole traders
        (category 1000). Names of both are masked. The activity is the legal unit's.
        Rows left out and remarks as :func:`read_s3ic_outlets`.

    Raises
    ------
    SourceError
        File absent, empty or not in UTF-8.
    SchemaError
        Missing column, repeated installation, malformed commune code.

    References
    ----------
    Producer: ministère chargé de l'environnement, Géorisques (S3IC), waste
    installations matched to SIRENE (INSEE) by Trackdéchets. Licence: Licence Ouverte
    2.0. Vintage: about 2019. CRS: none in the file; put at the town hall, EPSG:2154.
    """
    every = _read(path)
    rows = every[every["code_insee"].isin(communes["code_insee"])]
    hidden = _hidden(rows)
    low, high = np.array(
        [HEADCOUNT_BRACKETS.get(code, _UNKNOWN) for code in rows["bracket"]],
        dtype=float,
    ).T
    sites = pd.DataFrame(
        {
            "site_id": "S3IC" + rows["code"],
            "siret": _siret(rows, hidden),
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
    table = tidy_sites(placed, where=path.name)
    return _audited(table, every, rows, communes=communes, path=path)


def _read(path: Path) -> pd.DataFrame:
    rows = read_official(path, columns=_NEEDED).rename(columns=_NEEDED)
    faults = Faults(path.name)
    check_key(rows, ["code"], faults=faults)
    check_codes(rows, faults=faults)
    faults.raise_if_any(SchemaError)
    return rows


def _audited(
    table: pd.DataFrame,
    every: pd.DataFrame,
    rows: pd.DataFrame,
    *,
    communes: pd.DataFrame,
    path: Path,
) -> Audited:
    gone = drops(path.name, "S3IC" + every["code"], away(every, communes))
    notes = siret_notes(path.name, rows["siret"], "S3IC" + rows["code"])
    return Audited(table, dropped_rows(gone), note_rows(notes))


def _siret(rows: pd.DataFrame, hidden: pd.Series) -> pd.Series:
    shown = ~hidden & rows["siret"].str.fullmatch(r"\d{14}")
    return rows["siret"].where(shown, "")


def _is_masked(rows: pd.DataFrame) -> pd.Series:
    # An unmatched row has no status: its name alone says whether it may be shown.
    named = rows["name"].str.contains(NOT_DIFFUSED, regex=False)
    return named | ~rows["diffusion"].isin(["O", ""])


def _hidden(rows: pd.DataFrame) -> pd.Series:
    return _is_masked(rows) | (rows["legal_category"] == SOLE_TRADER)

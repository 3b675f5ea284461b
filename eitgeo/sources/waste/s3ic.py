"""Classified waste installations (S3IC) matched to SIRENE, at commune precision."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from eitgeo.sources.files.declared import CsvSource
from eitgeo.sources.files.frames import (
    NOT_DIFFUSED,
    as_outlets,
    at_seats,
    headcounts,
    naf_from_ape,
    named_rows,
    tidy_outlets,
    tidy_sites,
)
from eitgeo.sources.files.identity import siret_notes
from eitgeo.sources.files.loaded import Audited, away, dropped_rows, drops, note_rows

SOLE_TRADER = "1000"
MASKED_NAME = "Installation classée (nom non diffusé)"
_KIND_OF_NAF = {
    "37.00": "traitement_effluents",
    "38.11": "collecte",
    "38.12": "collecte_dangereux",
    "38.21": "traitement",
    "38.22": "traitement_dangereux",
    "38.31": "demantelement",
    "38.32": "recuperation",
}
SOURCE = CsvSource("s3ic", separator=";", is_official=True)
_CREDIT = "Géorisques, ICPE déchets rapprochées de SIRENE (2019)"


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
    every = SOURCE.accepted(path)
    rows = every[every["code_insee"].isin(communes["code_insee"])]
    kinds = naf_from_ape(rows["ape"]).str[:5].map(_KIND_OF_NAF)
    placed = at_seats(as_outlets(_named(rows)), communes=communes)
    outlets = placed.assign(
        kind=kinds.fillna("icpe_dechets"), status="a_verifier", source=_CREDIT
    )
    table = tidy_outlets(outlets, where=path.name)
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
    every = SOURCE.accepted(path)
    rows = every[every["code_insee"].isin(communes["code_insee"])]
    placed = at_seats(_named(rows), communes=communes)
    sites = placed.assign(
        naf=naf_from_ape(rows["ape"]),
        **headcounts(rows["bracket"]),
        diffusible=~_is_masked(rows),
        natural_person=rows["legal_category"] == SOLE_TRADER,
        source=_CREDIT,
    )
    table = tidy_sites(sites, where=path.name)
    return _audited(table, every, rows, communes=communes, path=path)


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


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    hidden = _is_masked(rows) | (rows["legal_category"] == SOLE_TRADER)
    return named_rows(rows, prefix="S3IC", shown=~hidden, masked=MASKED_NAME)


def _is_masked(rows: pd.DataFrame) -> pd.Series:
    # An unmatched row has no status: its name alone says whether it may be shown.
    named = rows["name"].str.contains(NOT_DIFFUSED, regex=False)
    return named | ~rows["diffusion"].isin(["O", ""])

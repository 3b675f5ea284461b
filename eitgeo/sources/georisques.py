"""Classified installations (ICPE) of Géorisques: establishments and waste outlets."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from eitgeo.check import Faults
from eitgeo.errors import SchemaError, SourceError
from eitgeo.sources._archives import extracted
from eitgeo.sources._identity import folded, may_be_shown, siret_notes
from eitgeo.sources._loaded import dropped_rows
from eitgeo.sources._official import (
    Audited,
    away,
    drops,
    first_reason,
    note_rows,
    read_official,
    repeats,
    to_amounts,
    where,
)
from eitgeo.sources._positions import Positions, place_degrees
from eitgeo.sources._site_rows import tidy_sites
from eitgeo.sources.icpe_headings import main_headings, waste_headings
from eitgeo.sources.irep import naf_from_ape
from eitgeo.tables.schema import validate

if TYPE_CHECKING:
    from pathlib import Path

    from eitgeo.sources._official import Drop, Note

INSTALLATIONS = "InstallationClassee.csv"
HEADINGS = "rubriqueIC.csv"
MASKED_NAME = "Installation classée (nom non diffusé)"
SOURCE = "Géorisques, installations classées"
CLOSED = ("en fin d'exploitation", "à l'arrêt", "cessation", "récolement")
"""How the state of an installation that takes nothing any more begins, whatever its
case and accents."""

_NEEDED = (
    "codeAiot",
    "raisonSociale",
    "codeInsee",
    "longitude",
    "latitude",
    "etatActivite",
    "numeroSiret",
    "codeNaf",
)
_HEADING_COLUMNS = ("codeAiot", "numeroRubrique")
_HEADING_OPTIONAL = ("alinea", "quantiteTotale", "unite")
_log = logging.getLogger(__name__)


def read_icpe_outlets(path: Path, *, communes: gpd.GeoDataFrame) -> Audited:
    """Read the classified installations that take waste, as outlets.

    Parameters
    ----------
    path
        ZIP of the export (or its folder): ``InstallationClassee.csv`` and
        ``rubriqueIC.csv``, ``;``, ISO-8859-1; coordinates in WGS84 [°].
    communes
        ``code_insee``, ``seat_x``, ``seat_y``, polygons, EPSG:2154.

    Returns
    -------
    Audited
        Table ``outlets``, EPSG:2154. The kind is that of the heading of lowest rank
        (:func:`icpe_headings`); ``capacity_t`` [t/year] is filled
        where the quantity of that heading is told in t/an, NaN for any other unit.
        Left out: installations without waste heading, closed, repeated, or of other
        communes; headings of no installation. Remarks: positions, SIRET, headings
        unknown here, quantities that are no number.

    Raises
    ------
    SourceError
        File absent, empty or unreadable; archive unsafe, or without these two files.
    SchemaError
        Missing column, commune code without its leading zero, malformed coordinate.
    CrsError
        Coordinates that are not degrees.

    Notes
    -----
    A point is held against the polygon of its commune: absent, null, swapped or
    foreign, it goes to the town hall with quality ``commune``; at the town hall, at
    the centroid or shared, it stays with that quality. Name and SIRET are masked
    unless they are surely not a natural person's.

    References
    ----------
    Producer: ministère chargé de l'environnement, Géorisques, installations classées,
    https://www.georisques.gouv.fr/api/v1/csv/installations_classees. Licence: Licence
    Ouverte 2.0. Vintage: day of the download. CRS: EPSG:4326.
    """
    rows, headings, left_out = _read(path, communes)
    known = waste_headings(headings)
    main = main_headings(known.rows).reindex(rows["codeAiot"]).set_axis(rows.index)
    idle = main["kind"].isna()
    reason = where(idle, "aucune rubrique de déchets")
    left_out += drops(INSTALLATIONS, _subjects(rows), reason)
    kept, main = rows[~idle], main[~idle]
    placed = _placed(kept, communes)
    shown = may_be_shown(kept["raisonSociale"], kept["numeroSiret"])
    outlets = gpd.GeoDataFrame(
        {
            "outlet_id": "ICPE" + kept["codeAiot"],
            "name": kept["raisonSociale"].where(shown, MASKED_NAME),
            "aliases": _well_formed(kept).where(shown, ""),
            "kind": main["kind"],
            "icpe_headings": main["headings"],
            "capacity_t": main["capacity_t"].astype(float),
            "household_t": np.nan,
            "position_quality": placed.quality,
            "status": "publie",
            "evidence": "O",
            "source": SOURCE,
            "code_insee": kept["code_insee"],
        },
        geometry=placed.points,
    )
    notes = [*known.notes, *_row_notes(kept, placed)]
    return _audited(outlets, "outlets", path=path, left_out=left_out, notes=notes)


def read_icpe_sites(path: Path, *, communes: gpd.GeoDataFrame) -> Audited:
    """Read the classified installations as establishments, without headcount.

    Parameters
    ----------
    path
        As :func:`read_icpe_outlets`.
    communes
        As :func:`read_icpe_outlets`.

    Returns
    -------
    Audited
        Table ``sites``, EPSG:2154, headcounts NaN. Left out: installations closed,
        repeated, or of other communes. Remarks: positions, SIRET.

    Raises
    ------
    SourceError
        As :func:`read_icpe_outlets`.
    SchemaError
        As :func:`read_icpe_outlets`.
    CrsError
        As :func:`read_icpe_outlets`.

    References
    ----------
    As :func:`read_icpe_outlets`: Géorisques, Licence Ouverte 2.0, EPSG:4326.
    """
    rows, _, left_out = _read(path, communes)
    placed = _placed(rows, communes)
    shown = may_be_shown(rows["raisonSociale"], rows["numeroSiret"])
    sites = gpd.GeoDataFrame(
        {
            "site_id": "ICPE" + rows["codeAiot"],
            "siret": _well_formed(rows).where(shown, ""),
            "name": rows["raisonSociale"].where(shown, MASKED_NAME),
            "naf": naf_from_ape(rows["codeNaf"]),
            "naf_version": "NAFRev2",
            "headcount_low": np.nan,
            "headcount_mid": np.nan,
            "headcount_high": np.nan,
            "position_quality": placed.quality,
            "diffusible": True,
            "natural_person": False,
            "source": SOURCE,
            "evidence": "O",
            "synthetic": False,
            "code_insee": rows["code_insee"],
        },
        geometry=placed.points,
    )
    notes = _row_notes(rows, placed)
    return _audited(sites, "sites", path=path, left_out=left_out, notes=notes)


def _read(
    path: Path, communes: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, list[Drop]]:
    with extracted(path, wanted=(INSTALLATIONS, HEADINGS)) as members:
        files = {name.rpartition("/")[2].casefold(): at for name, at in members.items()}
        if len(files) < len(members):
            message = (
                f"{path.name} : plusieurs exports ensemble → en donner un à la fois"
            )
            raise SourceError(message)
        for name in (INSTALLATIONS, HEADINGS):
            if name.casefold() not in files:
                message = f"{path.name} : « {name} » absent → télécharger à nouveau"
                raise SourceError(message)
        rows = _installations(files[INSTALLATIONS.casefold()])
        headings = read_official(
            files[HEADINGS.casefold()],
            columns=_HEADING_COLUMNS,
            optional=_HEADING_OPTIONAL,
        )
    orphan = ~headings["codeAiot"].isin(rows["codeAiot"])
    lost = where(orphan, "installation absente")
    reason = first_reason(
        repeats(rows, ["codeAiot"]), away(rows, communes), _closed(rows)
    )
    left_out = [
        *drops(INSTALLATIONS, _subjects(rows), reason),
        *drops(HEADINGS, "ICPE" + headings["codeAiot"], lost),
    ]
    kept = rows[reason == ""]
    mine = headings[headings["codeAiot"].isin(kept["codeAiot"])]
    return kept, mine, left_out


def _installations(path: Path) -> pd.DataFrame:
    rows = read_official(path, columns=_NEEDED)
    faults = Faults(path.name)
    for line, code in rows["codeInsee"][
        rows["codeInsee"].str.fullmatch(r"\d{4}")
    ].items():
        met = f"code commune « {code} » sans son zéro de tête"
        faults.add(
            met, row=str(line), remedy=f"écrire « 0{code} » (colonne au format texte)"
        )
    for line in rows.index[rows["codeAiot"] == ""]:
        faults.add(
            "« codeAiot » vide", row=line, remedy="retirer ou compléter la ligne"
        )
    degrees = {
        name: to_amounts(rows, name, faults=faults)
        for name in ("longitude", "latitude")
    }
    faults.raise_if_any(SchemaError)
    return rows.assign(**degrees).rename(columns={"codeInsee": "code_insee"})


def _closed(rows: pd.DataFrame) -> pd.Series:
    state = rows["etatActivite"]
    shut = folded(state).str.startswith(tuple(folded(pd.Series(CLOSED))))
    return where(shut, "activité terminée (« " + state + " »)")


def _subjects(rows: pd.DataFrame) -> pd.Series:
    return "ICPE" + rows["codeAiot"]


def _well_formed(rows: pd.DataFrame) -> pd.Series:
    sirets = rows["numeroSiret"]
    return sirets.where(sirets.str.fullmatch(r"\d{14}"), "")


def _placed(rows: pd.DataFrame, communes: gpd.GeoDataFrame) -> Positions:
    return place_degrees(
        rows,
        rows["longitude"],
        rows["latitude"],
        communes=communes,
        where=INSTALLATIONS,
    )


def _row_notes(rows: pd.DataFrame, placed: Positions) -> list[Note]:
    return [
        *placed.notes(INSTALLATIONS, _subjects(rows)),
        *siret_notes(INSTALLATIONS, rows["numeroSiret"], _subjects(rows)),
    ]


def _audited(
    frame: gpd.GeoDataFrame,
    table: str,
    *,
    path: Path,
    left_out: list[Drop],
    notes: list[Note],
) -> Audited:
    _log.info(
        "%s : %d lignes retenues, %d laissées de côté, %d remarques",
        path.name,
        len(frame),
        len(left_out),
        len(notes),
    )
    tidy = (
        tidy_sites(frame, where=path.name)
        if table == "sites"
        else validate(frame, table=table, where=path.name)
    )
    return Audited(tidy, dropped_rows(left_out), note_rows(notes))

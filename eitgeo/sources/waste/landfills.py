"""Landfills of non-hazardous waste (ISDND): ceilings of the tonnage they may take.

Of the national list; and those that sources give to one site, side by side.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from eitgeo.sources.files.frames import (
    at_seats,
    by_own_name,
    folded,
    siret_notes,
    tidy_outlets,
)
from eitgeo.sources.files.loaded import (
    Audited,
    dropped_rows,
    drops,
    first_reason,
    looked_up,
    note_rows,
    remarks,
    where,
)
from eitgeo.sources.files.rows import CsvSource

SOURCE = "capacités ISDND (plafond de 50 %)"
DECLARED = CsvSource("isdnd", is_official=True)
_TOWN_HALL = r"^MAIRIE\s+\d{5}\s+"

CEILINGS = CsvSource("ceilings")


def read_isdnd_capacities(path: Path, *, communes: pd.DataFrame) -> Audited:
    """Read the landfills with the tonnage that the law lets them take.

    Parameters
    ----------
    path
        CSV, ``,``, UTF-8, with ``DÉPARTEMENT`` (``Ariège (09)``), ``NOM SITE``,
        ``COMMUNE``, ``CAPACITÉ AUTORISÉE 50`` [t/year] and ``SIRET``.
    communes
        ``code_insee``, ``nom``, ``dep``, ``seat_x``, ``seat_y`` (EPSG:2154) [m].

    Returns
    -------
    Audited
        Table ``outlets``, EPSG:2154, kind ``isdnd``, at the town hall. Left out:
        départements not at hand or without code, communes not found by name, repeated
        rows. Remarks: address at a town hall (the operator's, maybe not the site's),
        SIRET malformed or borne twice.

    Notes
    -----
    ``outlet_id`` is ``ISDND`` and the SIRET, or the line where the SIRET is malformed;
    blanks inside a SIRET are taken out, a lost zero is not put back.

    References
    ----------
    Producer: ministère chargé de l'environnement, Trackdéchets, list of landfills with
    their ceiling (50 % of the tonnage of 2010). Licence: Licence Ouverte 2.0.
    Vintage: not told by the file. CRS: none; at the town hall, EPSG:2154.
    """
    rows = _rows(path, communes)
    dep = rows["dep"]
    reason = first_reason(
        where(dep == "", "département sans code (« " + rows["department"] + " »)"),
        where(~dep.isin(communes["dep"]), "hors des départements (" + dep + ")"),
        where(
            rows["code_insee"] == "",
            "commune « " + rows["commune"] + " » introuvable dans " + dep,
        ),
    )
    kept = rows[reason == ""]
    good = kept["siret"].str.fullmatch(r"\d{14}")
    own = ("ISDND" + kept["siret"]).where(
        good & ~kept["siret"].duplicated(),
        "ISDND-ligne-" + kept.index.to_series().astype(str),
    )
    outlets = pd.DataFrame(
        {
            "outlet_id": own,
            "name": kept["name"],
            "aliases": kept["siret"].where(good, ""),
            "kind": "isdnd",
            "icpe_headings": "2760-2",
            "capacity_t": kept["capacity_t"],
            "source": SOURCE,
            "code_insee": kept["code_insee"],
        }
    )
    hall = kept["commune"].str.upper().str.contains(_TOWN_HALL)
    detail = "« " + kept["commune"] + " » : adresse d'une mairie, pas du site"
    notes = [
        *remarks(path.name, own, "adresse_mairie", where(hall, detail)),
        *siret_notes(path.name, kept["siret"], own),
    ]
    placed = at_seats(outlets, communes=communes)
    return Audited(
        tidy_outlets(placed, where=path.name),
        dropped_rows(drops(path.name, rows["name"], reason)),
        note_rows(notes),
    )


def _rows(path: Path, communes: pd.DataFrame) -> pd.DataFrame:
    rows = DECLARED.accepted(path)
    dep = rows["department"].str.extract(r"\((\d{2,3}|2[AB])\)")[0].fillna("")
    return rows.assign(
        dep=dep,
        siret=rows["siret"].str.replace(r"\s", "", regex=True),
        code_insee=_codes(rows["commune"], dep, communes),
    )


def _codes(names: pd.Series, dep: pd.Series, communes: pd.DataFrame) -> pd.Series:
    plain = names.str.upper().str.replace(_TOWN_HALL, "", regex=True)
    return looked_up(dep + folded(plain), by_own_name(communes))


def read_landfill_ceilings(path: Path) -> pd.DataFrame:
    """Read the ceilings that sources give to treatment sites.

    Parameters
    ----------
    path
        CSV with ``outlet_id``, ``ceiling_id``, ``label_fr``, ``ceiling_t`` [t/year],
        ``status``, ``evidence``, ``source``, ``question``, and ``vintage`` if told:
        the year of the fact, or that nobody tells it.

    Returns
    -------
    pandas.DataFrame
        Those columns, in the order of the file.
    """
    return CEILINGS.accepted(path)

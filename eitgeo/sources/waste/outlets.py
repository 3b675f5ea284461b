"""Outlets: sites that treat, sort, recover or store what firms throw away."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from eitgeo.check import Faults
from eitgeo.errors import SchemaError
from eitgeo.sources.files.declared import CsvSource
from eitgeo.sources.files.frames import at_seats, tidy_outlets
from eitgeo.sources.files.loaded import (
    Loaded,
    away,
    dropped_rows,
    drops,
    first_reason,
    where,
)

SOURCE = CsvSource("outlets")


def read_outlets(path: Path, *, communes: pd.DataFrame) -> Loaded:
    """Read the named outlets, at the seat of their commune.

    Parameters
    ----------
    path
        CSV with the columns of table ``outlets`` except the geometry; aliases (names
        and SIRET of the same site) and ICPE headings are ``;`` lists, capacities
        are in t/year; kinds are those of :func:`outlet_kinds`.
    communes
        ``code_insee``, ``seat_x``, ``seat_y`` (EPSG:2154) [m].

    Returns
    -------
    Loaded
        Table ``outlets``, EPSG:2154. Rows of other communes, and of sites that are
        closed (``ferme``: they take nothing), are left out.

    Raises
    ------
    SourceError
        File absent, empty or not in UTF-8.
    SchemaError
        Missing column, repeated outlet or alias, unknown kind, malformed code, decimal
        comma …

    References
    ----------
    Producer: the author of the study, each row citing a public source. Licence: that of
    the sources (Licence Ouverte 2.0 for the file that ships). Vintage: told row by row.
    CRS: none in the file; at the town hall, EPSG:2154.
    """
    read = SOURCE.read(path)
    rows, faults = read.table, read.faults
    _note_shared_aliases(rows, faults)
    faults.raise_if_any(SchemaError)
    is_closed = where(rows["status"] == "ferme", "fermé : ne reçoit plus de déchets")
    reasons = first_reason(away(rows, communes), is_closed)
    placed = at_seats(rows[reasons == ""], communes=communes)
    return Loaded(
        tidy_outlets(placed, where=path.name),
        dropped_rows(drops(path.name, rows["outlet_id"], reasons)),
    )


def _note_shared_aliases(rows: pd.DataFrame, faults: Faults) -> None:
    # One site under two SIRET is one outlet; one SIRET under two outlets is a slip.
    owner: dict[str, str] = {}
    for line, outlet, aliases in zip(
        rows.index, rows["outlet_id"], rows["aliases"], strict=True
    ):
        for alias in filter(None, aliases.split(";")):
            first = owner.setdefault(alias, outlet)
            if first != outlet:
                met = f"alias « {alias} » déjà porté par « {first} »"
                faults.add(met, row=line, remedy="fusionner les deux lignes")

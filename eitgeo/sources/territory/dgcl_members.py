"""EPCI and their communes, in the list that the DGCL publishes each year."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pandas as pd

from eitgeo.check import Faults
from eitgeo.errors import SchemaError
from eitgeo.sources.files.csv import (
    OFFICIAL,
    cells_of,
    require_file,
    require_separator,
)
from eitgeo.sources.files.loaded import dropped_rows, note_rows
from eitgeo.sources.files.rows import (
    check_codes,
    check_key,
    check_pattern,
    read_official,
    to_counts,
)
from eitgeo.sources.territory.bodies import BodyTables
from eitgeo.tables.schema import validate

_NEEDED = ("siren", "raison_sociale", "nature_juridique", "insee", "siren_membre")
_MUNICIPAL = re.compile(r"pmun_(?:19|20)\d{2}")
_SIREN = {"pattern": r"[0-9]{9}", "example": "200067940"}
_BLANKS = r"[\s\u00a0\u202f]"
"""Between the thousands of a population."""


def read_dgcl_members(path: Path) -> pd.DataFrame:
    """Read which commune belongs to which EPCI, as the DGCL lists them.

    Parameters
    ----------
    path
        ``perimetre-epci-a-fp.csv``: ``;``, Windows-1252 or UTF-8, one row a commune,
        municipal population in the column of the vintage (``pmun_2025``).

    Returns
    -------
    pandas.DataFrame
        ``code_insee``, ``population`` [inhabitants], ``epci_siren``,
        ``commune_siren``, ``epci_name``, ``nature``, sorted by commune.

    References
    ----------
    Producer: DGCL, *Liste et composition des EPCI à fiscalité propre*,
    https://www.collectivites-locales.gouv.fr. Licence: Licence Ouverte 2.0. Vintage:
    1 January of the year, populations of the same. No coordinates.
    """
    counted = _population_column(path)
    rows = read_official(path, columns=[*_NEEDED, counted])
    rows[counted] = rows[counted].str.replace(_BLANKS, "", regex=True)
    faults = Faults(path.name)
    check_codes(rows, faults=faults, column="insee")
    check_key(rows, ["insee"], faults=faults)
    for column in ("siren", "siren_membre"):
        check_pattern(rows, column, faults=faults, **_SIREN)
    population = to_counts(rows, counted, faults=faults)
    faults.raise_if_any(SchemaError)
    table = pd.DataFrame(
        {
            "code_insee": rows["insee"],
            "population": population,
            "epci_siren": rows["siren"],
            "commune_siren": rows["siren_membre"],
            "epci_name": rows["raison_sociale"],
            "nature": rows["nature_juridique"],
        }
    )
    return table.sort_values("code_insee", ignore_index=True, kind="stable")


def _population_column(path: Path) -> str:
    require_file(path)
    lines = cells_of(path, ";", OFFICIAL)
    header = [name.strip().casefold() for name in lines[0][1]] if lines else []
    require_separator(path, header, ";", OFFICIAL)
    named = [name for name in header if _MUNICIPAL.fullmatch(name)]
    if len(named) != 1:
        faults = Faults(path.name)
        met = f"{len(named)} colonnes de population municipale (« pmun_AAAA »)"
        faults.add(
            met, row=1, remedy="reprendre la liste d'une année, telle que publiée"
        )
        faults.raise_if_any(SchemaError)
    return named[0]


def read_dgcl_bodies(path: Path, *, on_date: dt.date) -> BodyTables:
    """Read the EPCI of that list as bodies, with their communes.

    Parameters
    ----------
    path
        As :func:`read_dgcl_members`.
    on_date
        Date of the list (1 January of its year): memberships start there.

    Returns
    -------
    BodyTables
        ``bodies``: one row an EPCI, ``body_id`` = ``epci_`` and its SIREN, a legal
        person with both competences by law. ``table``: ``membership``, ``publie``.

    References
    ----------
    Producer: DGCL, *Liste et composition des EPCI à fiscalité propre*,
    https://www.collectivites-locales.gouv.fr. Licence: Licence Ouverte 2.0. Vintage:
    1 January of the year. No coordinates.
    """
    members = read_dgcl_members(path)
    source = f"DGCL, liste et composition des EPCI, {on_date.isoformat()}"
    named = members[["epci_siren", "epci_name"]].drop_duplicates()
    faults = Faults(path.name)
    for siren in named.loc[named["epci_siren"].duplicated(), "epci_siren"]:
        faults.add(f"deux noms pour l'EPCI « {siren} »", remedy="n'en garder qu'un")
    faults.raise_if_any(SchemaError)
    bodies = pd.DataFrame(
        {
            "body_id": "epci_" + named["epci_siren"],
            "kind": "epci",
            "name": named["epci_name"],
            "legal_person": True,
            "economic_competence": True,
            "waste_competence": True,
            "status": "publie",
            "source": source,
        }
    )
    table = pd.DataFrame(
        {
            "body_id": "epci_" + members["epci_siren"],
            "code_insee": members["code_insee"],
            "from_date": on_date.isoformat(),
            "to_date": "",
            "status": "publie",
            "source": source,
        }
    )
    return BodyTables(
        table=validate(table, table="membership", where=path.name),
        bodies=validate(bodies, table="bodies", where=path.name),
        dropped=dropped_rows([]),
        notes=note_rows([]),
    )

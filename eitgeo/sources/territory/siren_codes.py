"""SIREN of communes: what BANATIC calls them, against their INSEE code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from eitgeo.check import Faults, require_columns
from eitgeo.errors import SchemaError
from eitgeo.sources.files.loaded import Loaded, dropped_rows
from eitgeo.sources.files.rows import (
    check_codes,
    check_key,
    check_pattern,
    read_official,
)
from eitgeo.sources.files.workbooks import read_sheet
from eitgeo.sources.territory.cog import read_json

if TYPE_CHECKING:
    from pathlib import Path

_CURRENT = "commune-actuelle"


def read_siren_codes(path: Path) -> Loaded:
    """Read the INSEE code of each commune by its SIREN.

    Parameters
    ----------
    path
        ``communes.json`` of the découpage administratif of Etalab (``code``,
        ``siren``); or the table « SIREN / INSEE » of BANATIC, ``.xlsx`` or CSV with
        ``;`` (``siren``, ``insee``); or the list of EPCI of the DGCL, where the SIREN
        of the commune is ``siren_membre`` (:func:`read_dgcl_members`).

    Returns
    -------
    Loaded
        ``siren``, ``code_insee``, sorted. ``dropped``: rows of Etalab that are no
        present commune, or have no SIREN.

    Raises
    ------
    SourceError
        File absent, empty or unreadable.
    SchemaError
        Column missing, malformed SIREN or code, SIREN or code repeated.

    References
    ----------
    Etalab, *découpage administratif* (MIT; data of INSEE and DGCL, Licence Ouverte
    2.0), vintage of the package; DGCL, BANATIC, *Table de correspondance code SIREN /
    code INSEE des communes*, Licence Ouverte 2.0, one vintage a year. No coordinates.
    """
    if path.suffix.lower() == ".json":
        rows, dropped = _of_etalab(path)
    elif path.suffix.lower() == ".xlsx":
        rows, dropped = read_sheet(path, columns=["siren", "insee"]), []
    else:
        rows, dropped = _of_csv(path), []
    rows = rows.rename(columns={"insee": "code_insee"})[["siren", "code_insee"]]
    faults = Faults(path.name)
    check_pattern(
        rows, "siren", pattern=r"[0-9]{9}", example="210900015", faults=faults
    )
    check_codes(rows, faults=faults)
    check_key(rows, ["siren"], faults=faults)
    check_key(rows, ["code_insee"], faults=faults)
    faults.raise_if_any(SchemaError)
    table = rows.sort_values("siren", ignore_index=True)
    return Loaded(table=table, dropped=dropped_rows(dropped))


def _of_csv(path: Path) -> pd.DataFrame:
    rows = read_official(path, columns=["siren", "insee"], optional=["siren_membre"])
    of_a_member = rows["siren_membre"]
    # In the list of the DGCL, « siren » is the EPCI's.
    return rows if of_a_member.eq("").all() else rows.assign(siren=of_a_member)


def _of_etalab(path: Path) -> tuple[pd.DataFrame, list[Any]]:
    content = read_json(path)
    faults = Faults(path.name)
    if not all(isinstance(item, dict) for item in content):
        faults.add("des éléments ne sont pas des communes", remedy="reprendre le JSON")
    faults.raise_if_any(SchemaError)
    rows = pd.DataFrame(content)
    rows.index = pd.RangeIndex(1, len(rows) + 1, name="line")
    require_columns(rows, ["code", "siren", "type"], where=path.name)
    is_commune = (rows["type"] == _CURRENT) & rows["siren"].notna()
    gone = rows.loc[~is_commune, "code"].astype("str")
    reason = "n'est pas une commune actuelle, ou n'a pas de SIREN"
    kept = rows[is_commune][["siren", "code"]].astype("str")
    return kept.rename(columns={"code": "insee"}), [
        (path.name, line, code, reason) for line, code in gone.items()
    ]

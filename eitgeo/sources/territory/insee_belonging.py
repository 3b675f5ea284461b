"""INSEE: which living area, employment zone and city attraction area has a commune."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from eitgeo.check import Faults
from eitgeo.errors import SchemaError
from eitgeo.sources.files.archives import extracted
from eitgeo.sources.files.loaded import dropped_rows, drops, note_rows
from eitgeo.sources.files.rows import check_codes, check_key, check_pattern
from eitgeo.sources.files.workbooks import read_sheet
from eitgeo.sources.territory.bodies import BodyTables
from eitgeo.tables.schema import validate

ZONES = {
    "BV2022": ("bassin_de_vie", "Bassin de vie", r"(\d{2}|2[AB])\d{3}", "09261"),
    "BV2012": ("bassin_de_vie", "Bassin de vie", r"(\d{2}|2[AB])\d{3}", "09261"),
    "ZE2020": ("zone_emploi", "Zone d'emploi", r"\d{4}", "7616"),
    "AAV2020": ("aav", "Aire d'attraction", r"[0-9A-Z]{3}", "042"),
}
"""Column of the table → kind of body, word before a code, form, an example."""

_LEVELS = (("BV2022", "ZE2020", "AAV2020"), ("BV2012", "ZE2020", "AAV2020"))
"""Columns of zones, by generation of the table: the latest first."""

OUTSIDE = "000"
"""AAV2020 of the communes outside the attraction of cities."""

_SHEET = "COM"
_NAMES_SHEET = "Zones_supra_communales"
_NAME_COLUMNS = ("NIVGEO", "CODGEO", "LIBGEO")


def read_insee_belonging(
    path: Path,
    *,
    on_date: dt.date,
    departements: Collection[str] | None = None,
) -> BodyTables:
    """Read the statistical zones of INSEE as bodies with their communes.

    Parameters
    ----------
    path
        ``table-appartenance-geo-communes-AAAA.xlsx``, or the archive that holds it.
    on_date
        Date of the geography of the file (1 January of its year).
    departements
        Those whose communes are kept; None: all.

    Returns
    -------
    BodyTables
        ``bodies``: kinds ``bassin_de_vie`` (BV2022, or BV2012 in older tables),
        ``zone_emploi`` (ZE2020), ``aav`` (AAV2020), no legal person, no competence.
        ``table``: ``membership`` from ``on_date``. ``dropped``: communes of other
        départements (one row each), and communes outside the attraction of cities
        (AAV2020 = 000).

    Notes
    -----
    Sheet ``COM``; the header is found below the banner (line 6 of the recent files).
    Names come from the sheet ``Zones_supra_communales``.

    References
    ----------
    INSEE, *Table d'appartenance géographique des communes*,
    https://www.insee.fr/fr/information/7671844 (2028028 before 2023). Licence Ouverte
    2.0. Vintage: geography on 1 January of the year. No coordinates.
    """
    with extracted(path, wanted=(".xlsx",)) as files:
        workbook = _only(files, path)
        rows, levels = _communes(workbook, path.name)
        names = read_sheet(
            workbook, columns=_NAME_COLUMNS, sheet=_NAMES_SHEET, where=path.name
        )
    away = _away(rows, departements)
    kept = rows[away == ""]
    _require_codes(kept, levels, path.name)
    long = kept.melt(["CODGEO", "LIBGEO"], levels, "level", "zone", ignore_index=False)
    outside = (long["level"] == "AAV2020") & (long["zone"] == OUTSIDE)
    none = pd.Series("", index=long.index, dtype="str")
    reasons = none.mask(outside, "hors de l'attraction des villes")
    inside = long[~outside]
    source = f"INSEE, table d'appartenance géographique des communes, {on_date.year}"
    return BodyTables(
        table=_membership(inside, on_date, source, path.name),
        bodies=_bodies(inside, names, source, path.name),
        dropped=dropped_rows(
            [
                *drops(path.name, rows["CODGEO"], away),
                *drops(path.name, long["CODGEO"], reasons),
            ]
        ),
        notes=note_rows([]),
    )


def _communes(workbook: Path, where: str) -> tuple[pd.DataFrame, list[str]]:
    """Read the communes, and say in which zones the table of that year puts them."""
    refusals = []
    for levels in _LEVELS:
        columns = ["CODGEO", "LIBGEO", *levels]
        try:
            rows = read_sheet(workbook, columns=columns, sheet=_SHEET, where=where)
        except SchemaError as error:
            refusals.append(error)
        else:
            return rows, list(levels)
    raise refusals[0]


def _only(files: dict[str, Path], path: Path) -> Path:
    if len(files) == 1:
        return next(iter(files.values()))
    faults = Faults(path.name)
    met = f"{len(files)} classeurs : {', '.join(files)}"
    faults.add(met, remedy="indiquer celui de la table d'appartenance")
    faults.raise_if_any(SchemaError)
    return path


def _away(rows: pd.DataFrame, departements: Collection[str] | None) -> pd.Series:
    none = pd.Series("", index=rows.index, dtype="str")
    if departements is None:
        return none
    is_near = rows["CODGEO"].str.startswith(tuple(departements))
    # A code that lost its zero is told as a fault, not as another département.
    return none.mask(
        ~is_near & (rows["CODGEO"].str.len() == len("31001")),
        "hors des départements demandés",
    )


def _require_codes(kept: pd.DataFrame, levels: list[str], where: str) -> None:
    faults = Faults(where)
    if len(kept) == 0:
        remedy = "vérifier les départements demandés"
        faults.add("aucune commune des départements demandés", remedy=remedy)
    check_codes(kept, faults=faults, column="CODGEO")
    check_key(kept, ["CODGEO"], faults=faults)
    for column in levels:
        _, _, pattern, example = ZONES[column]
        check_pattern(kept, column, pattern=pattern, example=example, faults=faults)
    faults.raise_if_any(SchemaError)


def _body_ids(rows: pd.DataFrame) -> pd.Series:
    return (rows["level"] + "_" + rows["zone"]).str.lower()


def _membership(
    rows: pd.DataFrame, on_date: dt.date, source: str, where: str
) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "body_id": _body_ids(rows),
            "code_insee": rows["CODGEO"],
            "from_date": on_date.isoformat(),
            "to_date": "",
            "status": "publie",
            "source": source,
        }
    )
    return validate(table, table="membership", where=where)


def _bodies(
    rows: pd.DataFrame, names: pd.DataFrame, source: str, where: str
) -> pd.DataFrame:
    zones = rows[["level", "zone"]].drop_duplicates()
    known = names.drop_duplicates(["NIVGEO", "CODGEO"])
    both = zones.merge(
        known, "left", left_on=["level", "zone"], right_on=["NIVGEO", "CODGEO"]
    )
    kinds = {level: kind for level, (kind, _, _, _) in ZONES.items()}
    words = {level: word for level, (_, word, _, _) in ZONES.items()}
    table = pd.DataFrame(
        {
            "body_id": _body_ids(both),
            "kind": both["level"].map(kinds),
            "name": both["LIBGEO"].fillna(
                both["level"].map(words) + " " + both["zone"]
            ),
            "legal_person": False,
            "economic_competence": False,
            "waste_competence": False,
            "status": "publie",
            "source": source,
        }
    )
    return validate(table, table="bodies", where=where)

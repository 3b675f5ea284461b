"""URSSAF: private employers and their employees, by commune and « grand secteur »."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.errors import SchemaError
from eitgeo.sources.files.declared import CsvSource
from eitgeo.tables.schema import validate

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

SOURCE = CsvSource("urssaf_sectors", is_official=True)
VINTAGE = "2025-12-31"
SECTORS = {
    "Industrie": "industry",
    "Construction": "construction",
    "Commerce": "trade",
    "Hôtellerie-restauration": "hospitality",
    "Autres services marchands hors intérim": "market_services",
    "Intérim": "temp_work",
    "Services non marchands": "public_services",
}
"""How URSSAF writes its seven sectors."""


def read_urssaf_sectors(path: Path) -> pd.DataFrame:
    """Read the private employers of each commune and sector, and their employees.

    Parameters
    ----------
    path
        CSV with ``code_insee``, ``commune``, ``grand_secteur``,
        ``etablissements_employeurs_2025`` and ``salaries_31_12_2025``; a sector
        without an employer has no row.

    Returns
    -------
    pandas.DataFrame
        Table ``activity_urssaf``: the rows of the file, an ``employers`` and an
        ``employees`` each. Which communes the file covers is not told by the file.

    Raises
    ------
    SourceError
        File absent, empty or in another encoding.
    SchemaError
        Missing column, malformed code, unknown sector, sector told twice, count that
        is no whole number.

    References
    ----------
    Producer: URSSAF (open.urssaf.fr). Licence: ODbL 1.0, a table of its own. Vintage:
    end of 2025, by the names of its columns. Private employers outside agriculture;
    rules of secrecy: none told by the file, which has cells of one employer. CRS:
    none.
    """
    read = SOURCE.read(path)
    read.faults.raise_if_any(SchemaError)
    long = read.table.melt(
        ["code_insee", "sector"],
        ["employers", "employees"],
        var_name="measure",
        value_name="value",
    )
    told = long.assign(
        sector=long["sector"].map(SECTORS),
        measure=long["measure"].astype("str"),
        value=long["value"].astype(float),
        vintage=VINTAGE,
        evidence="O",
        source="URSSAF",
    )
    table: pd.DataFrame = validate(told, table="activity_urssaf", where=path.name)
    return table

"""Validation: a table in canonical form, or all its faults at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandera.errors
import pandera.pandas as pa

from eitgeo.check import Faults, require_columns, require_lambert93
from eitgeo.errors import SchemaError
from eitgeo.tables._measures import MEASURE_SPECS
from eitgeo.tables._territory import PLACE_SPECS

if TYPE_CHECKING:
    import pandas as pd

    from eitgeo.tables._columns import TableSpec

TABLES: dict[str, TableSpec] = {
    spec.name: spec for spec in (*PLACE_SPECS, *MEASURE_SPECS)
}


def validate(frame: pd.DataFrame, *, table: str, where: str | None = None) -> Any:
    """Return the table in canonical form, or refuse it with all its faults.

    Parameters
    ----------
    frame
        Rows with at least the columns of the table; geometries in EPSG:2154.
    table
        Name of the table.
    where
        The file or step it comes from, as the user names it.

    Returns
    -------
    pandas.DataFrame or geopandas.GeoDataFrame
        A copy: columns in order, sorted by key, index 0…n−1.

    Raises
    ------
    SchemaError
        Missing or superfluous column, repeated key, value out of its domain.
    CrsError
        Geometries that are not in EPSG:2154.
    """
    spec = TABLES[table]
    name = where or table
    require_columns(frame, spec.column_names, where=name)
    tidy = frame[spec.column_names].sort_values(list(spec.key), kind="stable")
    tidy = tidy.reset_index(drop=True)
    _require_domains(tidy, spec, name)
    if spec.has_geometry:
        require_lambert93(tidy, where=name)
    return tidy


def _require_domains(tidy: pd.DataFrame, spec: TableSpec, name: str) -> None:
    faults = Faults(name)
    key = list(spec.key)
    for repeated in tidy.loc[tidy.duplicated(key), key].itertuples(index=False):
        label = ", ".join(str(part) for part in repeated)
        faults.add(f"clé répétée ({label})", remedy="garder une seule ligne par clé")
    schema = pa.DataFrameSchema(spec.columns)
    try:
        schema.validate(tidy, lazy=True)
    except pandera.errors.SchemaErrors as error:
        for case in error.failure_cases.itertuples():
            met = f"colonne « {case.column} » : « {case.failure_case} » ({case.check})"
            row = None if case.index is None else _label(tidy, key, int(case.index))
            faults.add(met, row=row, remedy="corriger la valeur à la source")
    faults.raise_if_any(SchemaError)


def _label(tidy: pd.DataFrame, key: list[str], index: int) -> str:
    return ", ".join(str(tidy.loc[index, column]) for column in key)

"""Validation: a table in canonical form, or all its faults at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from eitgeo.check import Faults, require_columns, require_lambert93
from eitgeo.errors import SchemaError
from eitgeo.tables.faults import cell_faults
from eitgeo.tables.judge import failures
from eitgeo.tables.schemas.activity import ACTIVITY_SPECS
from eitgeo.tables.schemas.allocation import ALLOCATION_SPECS
from eitgeo.tables.schemas.arisings import ARISING_SPECS
from eitgeo.tables.schemas.decision import DECISION_SPECS
from eitgeo.tables.schemas.declared import DECLARED_SPECS
from eitgeo.tables.schemas.governance import GOVERNANCE_SPECS
from eitgeo.tables.schemas.losses import LOSS_SPECS
from eitgeo.tables.schemas.measures import MEASURE_SPECS
from eitgeo.tables.schemas.released import RELEASE_SPECS
from eitgeo.tables.schemas.road_questions import QUESTION_SPECS
from eitgeo.tables.schemas.roads import ROAD_SPECS
from eitgeo.tables.schemas.sectors import SECTOR_SPECS
from eitgeo.tables.schemas.territory import PLACE_SPECS
from eitgeo.tables.schemas.unions import UNION_SPECS
from eitgeo.tables.schemas.votes import VOTE_SPECS
from eitgeo.tables.schemas.zones import ZONE_SPECS

if TYPE_CHECKING:
    import pandas as pd

    from eitgeo.tables.columns import TableSpec

TABLES: dict[str, TableSpec] = {
    spec.name: spec
    for spec in (
        *PLACE_SPECS,
        *ACTIVITY_SPECS,
        *ROAD_SPECS,
        *QUESTION_SPECS,
        *MEASURE_SPECS,
        *ARISING_SPECS,
        *ALLOCATION_SPECS,
        *RELEASE_SPECS,
        *DECISION_SPECS,
        *LOSS_SPECS,
        *DECLARED_SPECS,
        *ZONE_SPECS,
        *SECTOR_SPECS,
        *VOTE_SPECS,
        *UNION_SPECS,
        *GOVERNANCE_SPECS,
    )
}


def validate(frame: pd.DataFrame, *, table: str, where: str | None = None) -> Any:
    """Return the table in canonical form, or refuse it with all its faults."""
    spec = TABLES[table]
    name = where or table
    require_columns(frame, spec.column_names, where=name)
    # As text: a key of mixed types is told below, not met by the sort.
    tidy = frame[spec.column_names].sort_values(
        list(spec.key), kind="stable", key=lambda column: column.astype(str)
    )
    tidy = tidy.reset_index(drop=True)
    _require_domains(tidy, spec, name)
    if spec.has_geometry:
        require_lambert93(tidy, where=name)
    return tidy


def _require_domains(tidy: pd.DataFrame, spec: TableSpec, name: str) -> None:
    faults = Faults(name)
    key = list(spec.key)
    for index in np.flatnonzero(tidy.duplicated(key)):
        met = f"clé répétée ({_label(tidy, key, int(index))})"
        faults.add(met, remedy="garder une seule ligne par clé")
    cases = failures(tidy, spec)
    if cases is not None:
        for fault in cell_faults(cases, spec):
            row = None if fault.row is None else _label(tidy, key, fault.row)
            place = "" if row is None else f" ({row})"
            met = f"colonne « {fault.column} »{place} : {fault.met}"
            faults.add(met, remedy=fault.remedy)
    if spec.has_geometry:
        # The bounds of a geometry that is absent, empty or not a number are NaN.
        bounds = shapely.bounds(tidy["geometry"].to_numpy())
        for index in np.flatnonzero(~np.isfinite(bounds).all(axis=1)):
            met = f"({_label(tidy, key, int(index))}) sans géométrie"
            faults.add(met, remedy="placer l'objet, ou retirer la ligne")
    faults.raise_if_any(SchemaError)


def _label(tidy: pd.DataFrame, key: list[str], index: int) -> str:
    return ", ".join(str(tidy.loc[index, column]) for column in key)

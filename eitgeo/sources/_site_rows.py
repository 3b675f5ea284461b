"""Establishments in the canonical form of table ``sites``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eitgeo.tables.schema import validate

if TYPE_CHECKING:
    import pandas as pd

NAF_COLUMNS = {"NAFRev2": "naf_rev2", "NAF2025": "naf_2025"}
"""Column that repeats ``naf``, by nomenclature."""


def tidy_sites(rows: pd.DataFrame, *, where: str) -> Any:
    """Return table ``sites``, the activity told in each nomenclature that is known."""
    told = {
        column: rows["naf"].where(rows["naf_version"] == version, "")
        for version, column in NAF_COLUMNS.items()
        if column not in rows
    }
    return validate(rows.assign(**told), table="sites", where=where)

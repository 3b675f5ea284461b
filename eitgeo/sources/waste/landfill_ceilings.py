"""Published ceilings of treatment sites: several for one site, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.errors import SchemaError
from eitgeo.sources.files.declared import CsvSource

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

SOURCE = CsvSource("ceilings")


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

    Raises
    ------
    SourceError
        File absent, empty or not in UTF-8.
    SchemaError
        Missing column, decimal comma, amount absent, repeated ceiling.
    """
    read = SOURCE.read(path)
    read.faults.raise_if_any(SchemaError)
    return read.table

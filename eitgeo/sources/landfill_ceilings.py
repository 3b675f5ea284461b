"""Published ceilings of treatment sites: several for one site, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eitgeo.check import Faults
from eitgeo.errors import SchemaError
from eitgeo.sources._rows import check_choices, check_key, read_rows, to_numbers
from eitgeo.sources.outlets import ROW_STATUSES

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

_COLUMNS = [
    "outlet_id",
    "ceiling_id",
    "label_fr",
    "ceiling_t",
    "status",
    "evidence",
    "source",
    "question",
]
_CLASSES = ("O", "S", "H")


def read_landfill_ceilings(path: Path) -> pd.DataFrame:
    """Read the ceilings that sources give to treatment sites.

    Parameters
    ----------
    path
        CSV with ``outlet_id``, ``ceiling_id``, ``label_fr``, ``ceiling_t`` [t/year],
        ``status``, ``evidence``, ``source``, ``question``.

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
    rows = read_rows(path, columns=_COLUMNS)
    faults = Faults(path.name)
    check_key(rows, ["outlet_id", "ceiling_id"], faults=faults)
    check_choices(rows, "status", allowed=ROW_STATUSES, faults=faults)
    check_choices(rows, "evidence", allowed=_CLASSES, faults=faults)
    amounts = to_numbers(rows, "ceiling_t", faults=faults)
    for line in rows.index[rows["ceiling_t"] == ""]:
        faults.add("« ceiling_t » absent", row=line, remedy="compléter la ligne")
    faults.raise_if_any(SchemaError)
    return rows[_COLUMNS].assign(ceiling_t=amounts)
